"""What the commands of `finops deploy` share."""

from __future__ import annotations

from typing import Any

import click

from core.interrupt import interrupted

CHANGING = ("prepare", "up", "down", "restore", "upgrade")
wait_option = click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    default=600,
    show_default=True,
    help="Seconds to wait until services are healthy.",
)


class Deploy(click.Group):
    """The group; a command of it that is interrupted says where to see how far it came."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            if ctx.invoked_subcommand in CHANGING and interrupted(error):
                said = "`./finops deploy status` shows what runs and what was cut off"
                raise click.Abort(said) from error
            raise


def tell(text: str) -> None:
    """Say what is being done, beside what was asked for."""
    click.echo(text, err=True)
