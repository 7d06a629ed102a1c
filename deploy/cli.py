"""`finops deploy`: the stack in containers, from the first start to the next version."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.options import config_option, json_option, print_json, resolve
from core.cli.tables import print_table
from core.config import ROOT, Config
from core.errors import ComposeFailed, NotHealthy, NotRunning
from deploy.alone import alone, is_busy
from deploy.halfway import cut_off, settled
from deploy.options import Deploy, tell, wait_option
from deploy.own import METABASE, SERVICES
from deploy.place import Place, prepare
from deploy.ready import addresses, fill
from deploy.saving import backup, restore, upgrade
from deploy.unfinished import forget, unfinished

if TYPE_CHECKING:
    from deploy.stack import Stack

metabase_option = click.option(
    "--with-metabase/--without-metabase",
    "metabase",
    default=None,
    help="Whether Metabase and its Postgres belong to the stack; .env keeps it.",
)

NEVER_RAN = ("absent", "created")
"""States of a service that has no logs for a hint to name."""


@click.group(cls=Deploy)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="Folder of .env, secrets/ and exports/, instead of the project's.",
)
@click.pass_context
def deploy(ctx: click.Context, folder: Path | None) -> None:
    """The stack in containers: dashboards, scheduler, Metabase.

    Drives podman-compose, `podman compose` or `docker compose`, whichever is here. Ports are open
    on this machine alone.

    \b
    Examples:
      ./finops deploy up
      ./finops deploy status
      ./finops deploy backup backups/monday.tar.zst
    """
    path = (ctx.obj or {}).get("config_path")
    ctx.obj = {"config_path": path, "place": Place((folder or ROOT).absolute())}


def prepared(
    ctx: click.Context,
    config_path: str | None,
    metabase: bool | None,
    check: Callable[[Stack, Mapping[str, str]], None] = lambda stack, settings: None,
) -> tuple[Stack, Config]:
    """Write what the containers need, and say what was mended.

    What `check` refuses changes no `.env` that is there; a new one is written, to be completed.
    """
    from deploy.stack import Stack

    place: Place = ctx.obj["place"]
    config = resolve(ctx, config_path)
    stack = Stack.at(place)
    stack.check_compose("start")
    own = {} if metabase is None else {"COMPOSE_PROFILES": METABASE if metabase else ""}
    known = place.env_file.exists()
    if known:
        check(stack, {**place.settings(), **own})
    for mended in prepare(place, config, rootless=stack.rootless, own=own):
        tell(mended)
    if not known:
        check(stack, place.settings())
    return stack, config


@deploy.command("prepare")
@config_option
@metabase_option
@click.pass_context
def only_prepare(ctx: click.Context, /, config_path: str | None, metabase: bool | None) -> None:
    """Write .env, secrets/ and the folders, and start nothing: what `up` does first.

    From then on `podman-compose up -d` or `docker compose up -d` in this folder builds the images
    that are missing and starts the stack. A secret that is there stays as it is.

    \b
    Examples:
      ./finops deploy prepare --without-metabase && podman-compose up -d
    """
    place: Place = ctx.obj["place"]
    with alone(place):
        prepared(ctx, config_path, metabase)
    click.echo(f"{place.env_file} and {place.secrets} are ready for: {', '.join(place.services())}")


@deploy.command()
@config_option
@click.option("--build", is_flag=True, help="Build the images again, also those that are there.")
@metabase_option
@wait_option
@click.pass_context
def up(
    ctx: click.Context,
    /,
    config_path: str | None,
    build: bool,
    metabase: bool | None,
    wait: int,
) -> None:
    """Start the stack, and wait until it is healthy.

    The first start writes .env and secrets/, readable by their owner alone, and builds the images.
    Later ones change no secret, start what does not run, make anew what an edited config.toml or
    .env concerns, and remove services that .env no longer names. A new Metabase gets its
    administrator; once there are data, its dashboards are brought into the state of the files.

    \b
    Examples:
      ./finops deploy up
      ./finops deploy up --without-metabase
      ./finops deploy up --build
    """
    from deploy.former import commit, keep_files
    from deploy.ports import check_free
    from deploy.upgrade import names_again

    def check(stack: Stack, settings: Mapping[str, str]) -> None:
        stack.to_build(settings, only_missing=not build)
        check_free(stack, settings)

    place: Place = ctx.obj["place"]
    with alone(place) as held:
        stack, config = prepared(ctx, config_path, metabase, check)
        if half := cut_off(place):
            tell(half.told(at_work=False))
        names_again(stack, tell)
        stack.remove_left_out()
        built = stack.build(held, only_missing=not build, say=tell)
        stack.start(anew=build and bool(built))
        stack.wait(wait)
        forget(place)
        settled(place)
        keep_files(stack, commit())
        fill(stack, config, wait, tell)
    for line in addresses(stack):
        click.echo(line)


@deploy.command()
@click.pass_context
def down(ctx: click.Context, /) -> None:
    """Stop the stack and remove its containers; all data stays.

    What an import has not published is thrown away; the next start imports it again.

    \b
    Examples:
      ./finops deploy down
    """
    from deploy.quiet import show_but_absent
    from deploy.stack import Stack

    place: Place = ctx.obj["place"]
    with alone(place):
        stack = Stack.at(place)
        stack.check_compose("stop")
        show_but_absent(stack.compose("down"))
        settled(place)


@deploy.command()
@json_option
@click.pass_context
def status(ctx: click.Context, /, as_json: bool) -> None:
    """Show each service: whether it runs, whether it is healthy, where it listens, what it is.

    The exit code is 12 where one that belongs to the stack is not healthy.

    \b
    Examples:
      ./finops deploy status
      ./finops deploy status --json | jq '.[] | select(.health != "healthy")'
    """
    from deploy.stack import Stack

    place: Place = ctx.obj["place"]
    stack = Stack.at(place)
    found = {one.service: asdict(one) for one in stack.containers(look=stack.services())}
    nothing = {"state": "absent", "health": "", "restarts": 0, "ports": (), "version": "",
               "image": "", "id": ""}  # fmt: skip
    rows = [{"service": name, **nothing, **found.get(name, {})} for name in stack.services()]
    if begun := unfinished(place):
        tell(begun.told(at_work=is_busy(place)))
    if half := cut_off(place):
        tell(half.told(at_work=is_busy(place)))
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            row["ports"] = ", ".join(row["ports"])
            row["image"] = row["image"].removeprefix("sha256:")[:12]
            del row["id"]
        print_table(rows)
    unstarted = [row["service"] for row in rows if row["state"] in NEVER_RAN]
    bad = [row["service"] for row in rows if row["health"] != "healthy"]
    if bad == unstarted != []:
        raise NotRunning(unstarted)
    if bad:
        raise NotHealthy(sorted(bad, key=unstarted.__contains__))


@deploy.command()
@click.argument("service", required=False, type=click.Choice(list(SERVICES)))
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl-C.")
@click.option("--tail", type=click.IntRange(0), default=100, show_default=True,
              help="So many of the last lines.")  # fmt: skip
@click.pass_context
def logs(ctx: click.Context, /, service: str | None, follow: bool, tail: int) -> None:
    """Show what the services wrote, one of them or all.

    \b
    Examples:
      ./finops deploy logs scheduler
      ./finops deploy logs --follow --tail 20
    """
    from deploy.stack import Stack
    from deploy.tools import DOCKER, STDOUT, code_of

    stack = Stack.at(ctx.obj["place"])
    options = ["--tail", str(tail), *(["--follow"] if follow else [])]
    services = [service] if service else []
    colored = sys.stdout.isatty() or stack.tools.engine == DOCKER  # whose compose knows a terminal
    if colored and not stack.units:
        command = stack.compose("logs", *options, *services)
    elif found := stack.listed(*services):
        command = [stack.tools.engine, "logs", "--names", *options, *found]
    else:
        raise NotRunning(services or stack.services())
    with suppress(KeyboardInterrupt) if follow else nullcontext():
        code = code_of(command, stderr=STDOUT)  # an engine tells services' streams apart
        if code not in (0, -signal.SIGPIPE):  # who reads has enough
            raise ComposeFailed(command, code)


@deploy.command(
    "exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def execute(ctx: click.Context, /, command: tuple[str, ...]) -> None:
    """Run a finops command in the scheduler's container: its data, credentials and secrets.

    `run` imports at once what the scheduler would import later. The exit code is the command's.

    \b
    Examples:
      ./finops deploy exec run
      ./finops deploy exec doctor
      ./finops deploy exec report overview --json
    """
    from deploy.inside import finops
    from deploy.stack import Stack

    code = finops(Stack.at(ctx.obj["place"]), *command)
    if code == -signal.SIGPIPE:  # who reads has enough
        code = 0
    ctx.exit(code if code >= 0 else 128 - code)


for command in (backup, restore, upgrade):
    deploy.add_command(command)
