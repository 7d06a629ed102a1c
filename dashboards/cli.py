"""`finops serve`: the dashboards in the browser."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from core.cli.options import config_option, demo_option, resolve
from core.config import Config
from core.errors import BadSetting, NoDatabase, PortInUse


@click.command()
@click.option("--host", default=None, help="Address to listen at; this machine's own, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), default=None,
              help="Port to listen at, 8080; 0 takes a free one.")  # fmt: skip
@click.option("--data-dir", type=click.Path(path_type=Path), default=None,
              help="Folder with finops.duckdb, instead of the configured one.")  # fmt: skip
@demo_option
@config_option
@click.pass_context
def serve(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    demo: bool | None,
    config_path: str | None,
) -> None:
    """Serve the dashboards until Ctrl-C.

    Pages follow every import without a restart, the first one too. Any other host than this
    machine needs a token, or a proxy that signs users in: see [dashboards] in config.toml.example.

    \b
    Examples:
      ./finops serve
      ./finops serve --demo --port 9000
    """
    flags: dict[str, dict[str, object]] = {
        "dashboards": {"host": host, "port": port},
        "project": {"data_dir": data_dir.absolute() if data_dir else None},
    }
    run(resolve(ctx, config_path, demo=demo, flags=flags), is_demo=bool(demo))


def run(config: Config, *, is_demo: bool) -> None:
    """Serve until interrupted, which is how it is meant to end.

    Raises:
        BadSetting: If the network could reach the pages and nobody would have to sign in, or if
            the address cannot be had.
        PortInUse: If another program listens there.
    """
    from dashboards.running import Running
    from dashboards.server import Server

    settings = config.dashboards
    settings.check_access()
    listening = listen(settings.host, settings.port)
    port = listening.getsockname()[1]
    settings = replace(settings, port=port)
    server = Server(config.database_path, config.limits, settings, is_demo=is_demo)
    shown = "127.0.0.1" if settings.is_local else settings.host
    host = f"[{shown}]" if ":" in shown else shown
    running = Running(server)
    try:
        click.echo(f"dashboards: http://{host}:{port}/  (Ctrl-C ends)")
        if not config.database_path.exists():
            tell_nothing(NoDatabase(config.database_path), is_demo=is_demo)
        running.run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("dashboards: ended", err=True)
    finally:
        listening.close()


def tell_nothing(missing: NoDatabase, *, is_demo: bool) -> None:
    """Say that the pages are empty and what fills them."""
    hint = "`./finops demo` makes it." if is_demo else missing.hint
    click.echo(f"attention: {missing}; the pages follow the first import", err=True)
    click.echo(f"hint: {hint}", err=True)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port in use is told before anything starts.

    Raises:
        BadSetting, PortInUse: If it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM
        )[0]
        with ExitStack() as on_failure:
            opened = on_failure.enter_context(socket.socket(family, kind, protocol))
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen(1024)
            on_failure.pop_all()
        return opened
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        reason = error.strerror or str(error)
        raise BadSetting(
            "dashboards.host and port", f"{host}:{port}", f"an address that is free ({reason})"
        ) from None
