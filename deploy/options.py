"""What the commands of `finops deploy` share."""

from __future__ import annotations

import click

wait_option = click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    default=600,
    show_default=True,
    help="Seconds to wait until services are healthy.",
)


def tell(text: str) -> None:
    """Say what is being done, beside what was asked for."""
    click.echo(text, err=True)
