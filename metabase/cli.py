"""`finops metabase`: fill a Metabase with the dashboards of this project, and prove it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from core.cli.options import config_option, json_option, print_json, resolve
from core.config import Config
from core.errors import CardsFailed, ContentDiffers
from core.words import counted
from metabase.client import Client
from metabase.content import FOLDER, read_content

content_option = click.option(
    "--content",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="Folder of cards and dashboards, instead of docker/metabase/content/.",
)


@click.group()
def metabase() -> None:
    """Metabase: its database, cards and dashboards, kept as files.

    Where Metabase is, and who may change it, is in [metabase] of config.toml.
    """


@contextmanager
def connected(config: Config) -> Iterator[Client]:
    """Yield a client of the Metabase of [metabase]; nobody is signed in yet."""
    from metabase.access import client_of

    client = client_of(config.metabase)
    try:
        yield client
    finally:
        client.close()


@metabase.command()
@click.option("--check", is_flag=True, help="Change nothing; fail where there is a change to make.")
@click.option("--wait", type=click.IntRange(0, 3600), default=300, show_default=True,
              help="Seconds to wait for Metabase, for another command that changes it, and for it "
              "to find the tables.")  # fmt: skip
@content_option
@config_option
@json_option
@click.pass_context
def provision(
    ctx: click.Context,
    /,
    check: bool,
    wait: int,
    folder: Path | None,
    config_path: str | None,
    as_json: bool,
) -> None:
    """Bring Metabase into the state that the files describe.

    Sets up the administrator of a new Metabase, also before the first import; then leads it to the
    published data, and makes the collection FinOps with its cards and dashboards. Without data the
    exit code is 9. Safe to run as often as you like: what is
    right is left alone, what was changed by hand is set back, and what the files no longer have
    is archived. Cards and dashboards of other people are never touched.

    \b
    Examples:
      ./finops metabase provision
      ./finops metabase provision --check
    """
    from metabase.changes import Changes
    from metabase.provision import provision as fill

    config = resolve(ctx, config_path)
    content = read_content(folder or FOLDER)
    changes = Changes(not check, lambda text: None if as_json else click.echo(text))
    with connected(config) as client:
        fill(config, content, client, changes, seconds=wait, tell=partial(click.echo, err=True))
    if as_json:
        print_json({"url": config.metabase.address, "made": not check, "changes": changes.found})
    elif not changes.found:
        click.echo(f"Metabase at {config.metabase.address} is as the files say")
    if check and changes.found:
        raise ContentDiffers(config.metabase.address, len(changes.found))


@metabase.command()
@content_option
@config_option
@json_option
@click.pass_context
def smoke(
    ctx: click.Context, /, folder: Path | None, config_path: str | None, as_json: bool
) -> None:
    """Let Metabase run every card, as it opens and with every filter set, and say how each did.

    The rows and the time are those of the card as it opens.

    \b
    Examples:
      ./finops metabase smoke
      ./finops metabase smoke --json | jq '.[] | select(.ok | not)'
    """
    from metabase.access import check_account, sign_in, wait_for
    from metabase.smoke import smoke as run

    config = resolve(ctx, config_path)
    content = read_content(folder or FOLDER)
    found = []
    with connected(config) as client:
        check_account(config.metabase)
        wait_for(client, 0)
        sign_in(client, config.metabase)
        for one in run(config, content, client):
            found.append(one)
            if not as_json:
                state = "ok  " if one.ok else "fail"
                rows = ""
                if one.rows is not None:
                    rows = f"  {counted(one.rows, 'row')}, {one.milliseconds} ms"
                click.echo(f"{state}  {one.what}{rows}{f': {one.error}' if one.error else ''}")
    if as_json:
        print_json([asdict(one) for one in found])
    if failed := [one.what for one in found if not one.ok]:
        raise CardsFailed(failed, len(found))
