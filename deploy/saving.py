"""`finops deploy backup`, `restore` and `upgrade`."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.options import config_option, json_option, print_json, resolve
from deploy.alone import alone
from deploy.options import tell, wait_option
from deploy.place import Place

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
without_metabase = click.option(
    "--without-metabase", is_flag=True, help="Leave out what Metabase keeps in Postgres."
)


@click.command()
@file_argument
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Add .env, config.toml and secrets/: all that another machine needs.",
)
@without_metabase
@config_option
@json_option
@click.pass_context
def backup(
    ctx: click.Context,
    /,
    file: Path,
    with_secrets: bool,
    without_metabase: bool,
    config_path: str | None,
    as_json: bool,
) -> None:
    """Save the stack in FILE: .tar, .tar.gz or .tar.zst.

    Holds the published database with its ledger, the dashboards' saved views, and what Metabase
    keeps in Postgres; before the first import, what there is of it. Takes nothing to a halt, also
    no import: it saves the last good data. The file appears when it is whole and has been read
    again against its checksums; only you can read it.

    \b
    Examples:
      ./finops deploy backup backups/monday.tar.zst
      ./finops deploy backup everything.tar.zst --with-secrets
    """
    from deploy.backup import backup as save
    from deploy.backup import summary

    config = resolve(ctx, config_path)
    options = {"secrets": with_secrets, "metabase": not without_metabase}
    listed = save(config, ctx.obj["place"], file.absolute(), **options, say=tell)
    if as_json:
        print_json(listed)
    else:
        click.echo(summary(file.absolute(), listed))


@click.command()
@file_argument
@click.option("--replace", is_flag=True, help="Replace the data that is here; it is kept beside.")
@without_metabase
@wait_option
@config_option
@click.pass_context
def restore(
    ctx: click.Context,
    /,
    file: Path,
    replace: bool,
    without_metabase: bool,
    wait: int,
    config_path: str | None,
) -> None:
    """Put the backup in FILE back.

    The backup, Metabase's key and what is here are looked at before anything changes. Data that is
    here is replaced only with --replace, and kept beside it in before-restore-.../. Dashboards
    follow by themselves. Interrupted at any moment, each part is whole, old or new; run it again
    with --replace to complete it.

    \b
    Examples:
      ./finops deploy restore backups/monday.tar.zst
      ./finops deploy restore backups/monday.tar.zst --replace
    """
    from deploy.restore import restore as put_back

    place: Place = ctx.obj["place"]
    config = resolve(ctx, config_path)
    with alone(place):
        done = put_back(
            config,
            place,
            file.absolute(),
            replace=replace,
            metabase=not without_metabase,
            wait=wait,
            say=tell,
        )
    for line in done:
        click.echo(line)


@click.command()
@click.option("--no-build", is_flag=True, help="Take images that you have pulled or built.")
@click.option(
    "--backup",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The backup to make, instead of backups/before-upgrade-TIME.tar.zst.",
)
@wait_option
@config_option
@click.pass_context
def upgrade(
    ctx: click.Context,
    /,
    no_build: bool,
    target: Path | None,
    wait: int,
    config_path: str | None,
) -> None:
    """Bring the running stack to this checkout's version, or back.

    Builds the images, makes a backup, starts all services anew and waits until they are healthy.
    If one is not, the former images run again, with what Metabase knew before; what it knew since
    is kept in a file. An image that cannot be built leaves what runs alone. One that was cut off
    goes on when it is run again.

    \b
    Examples:
      git pull && ./finops deploy upgrade
      ./finops deploy upgrade --no-build
    """
    from deploy.ready import addresses
    from deploy.stack import Stack
    from deploy.upgrade import upgrade as renew

    place: Place = ctx.obj["place"]
    config = resolve(ctx, config_path)
    file = target.absolute() if target else None
    with alone(place) as held:
        stack = Stack.at(place)
        renew(stack, config, file, held, build=not no_build, wait=wait, say=tell)
    for line in addresses(stack):
        click.echo(line)
