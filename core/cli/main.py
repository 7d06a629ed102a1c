"""`./finops`: the command line. Commands are imported only when they run."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import signal
import sys
from contextlib import suppress
from typing import Any, NoReturn

import click

from core import __version__
from core.errors import FinopsError
from core.exports import load_vendor, vendor_names
from core.interrupt import interrupted

INTERRUPTED = 130
COLLECT_AFTER = (20_000, 20, 20)
"""How much more must be made before Python looks for garbage among the objects of dlt and dbt."""
COMMANDS = {
    "demo": "core.cli.demo:demo",
    "run": "core.cli.run:run",
    "schedule": "core.cli.schedule:schedule",
    "serve": "dashboards.cli:serve",
    "report": "dashboards.terminal:report",
    "metabase": "metabase.cli:metabase",
    "deploy": "deploy.cli:deploy",
    "focus": "core.cli.focus:focus",
    "query": "core.cli.query:query",
    "doctor": "core.cli.doctor:doctor",
    "config": "core.cli.config:config",
    "completion": "core.cli.completion:completion",
}


class LazyGroup(click.Group):
    """The root group: our commands, and one group for each folder of `vendors/`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        vendors = [n for n in vendor_names() if load_vendor(n).cli and n not in COMMANDS]
        head = ["demo", "serve", "run"]
        return [*head, *vendors, *[name for name in COMMANDS if name not in head]]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        group = load_vendor(cmd_name).cli if cmd_name in vendor_names() else None
        if cmd_name not in COMMANDS:
            return group() if group else None
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return merged(command, group()) if group else command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click would answer Ctrl-C with an empty line, a closed pipe with 1."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise click.Abort from error
        except BrokenPipeError:  # who reads has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def merged(ours: click.Command, vendors: click.Group) -> click.Group:
    """Return a group of ours with the commands of the vendor that has its name."""
    assert isinstance(ours, click.Group)
    assert not ours.commands.keys() & vendors.commands.keys()
    text = "\n\n".join(inspect.cleandoc(group.help or "") for group in (vendors, ours))
    commands = {**vendors.commands, **ours.commands}
    return click.Group(ours.name, commands, help=text, context_settings=ours.context_settings)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", message="open-finops-stack %(version)s")
@click.option(
    "--config",
    "-c",
    "config_path",
    type=click.Path(path_type=str),
    help="Read this config.toml; every command takes the option too.",
)
@click.pass_context
def cli(ctx: click.Context, config_path: str | None) -> None:
    """Open FinOps Stack: cloud bills to proven FOCUS 1.2 on one machine.

    Start with `./finops demo`; then name your bills with `./finops config init` and `./finops run`.
    """
    ctx.obj = {"config_path": config_path}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; the only catch of FinopsError."""
    signal.signal(signal.SIGTERM, terminate)
    try:
        result: Any = cli.main(args=arguments, prog_name="finops", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except (Exception, KeyboardInterrupt) as error:
        return exit_code(error)


def run() -> NoReturn:
    """Run one command and end this process with its exit code.

    An interrupted one ends at once: what was cut off while it was imported could crash Python's own
    end, or make it end as if it had caught no interruption.
    """
    gc.set_threshold(*COLLECT_AFTER)
    code = main()
    if code == INTERRUPTED:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def exit_code(error: BaseException) -> int:
    """Report what ended a command, and return its exit code; a fault of ours is raised again."""
    if isinstance(error, click.Abort) or interrupted(error):
        if sys.stderr.isatty():
            click.echo(err=True)
        said = str(error) if isinstance(error, click.Abort) else ""
        report_error(f"interrupted; {said or 'what was not yet published is thrown away'}", "")
        return INTERRUPTED
    if isinstance(error, FinopsError):
        report_error(str(error), error.hint)
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    raise error


def terminate(number: int, frame: Any) -> None:
    """Treat SIGTERM as Ctrl-C, so that working copies are cleaned up; a second is not heard."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def report_error(problem: str, hint: str) -> None:
    """Write one error to stderr: what, where, what to do next."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {problem}", err=True)
    if hint:
        click.echo(f"{click.style('hint:', fg='cyan')}  {hint}", err=True)


if __name__ == "__main__":
    run()
