"""`finops schedule`: `finops run`, at the times of a cron line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from core.cli.options import config_option, json_option, print_json, resolve
from core.cli.tables import print_table
from core.schedule import STATUS, Status, run_forever

UNHEALTHY = 1


@click.command()
@config_option
@click.option("--cron", default=None, help="Minute, hour, day of month, month, weekday.")
@click.option(
    "--status",
    is_flag=True,
    help="Say what it did last; exit code 1 where none is at work, or the last 3 runs failed.",
)
@json_option
@click.pass_context
def schedule(
    ctx: click.Context,
    /,
    config_path: str | None,
    cron: str | None,
    status: bool,
    as_json: bool,
) -> int:
    """Run `finops run` at the times of a cron line, until interrupted.

    A run that fails for the network, a busy database or a full disk is tried again after a while;
    any other failure waits for the next time. Pages go on with the last good data.

    \b
    Examples:
      ./finops schedule
      ./finops schedule --cron "0 */4 * * *"
      ./finops schedule --status
    """
    config = resolve(ctx, config_path, flags={"schedule": {"cron": cron}})
    if not status:
        try:
            run_forever(config, config.schedule, lambda line: click.echo(line, err=True))
        except KeyboardInterrupt:
            click.echo("schedule: ended", err=True)
        return 0
    found = Status.read(config.data_dir / STATUS)
    if as_json:
        print_json(asdict(found) if found else None)
    elif found:
        print_table([asdict(found)])
    else:
        click.echo("no scheduler has run here yet")
    if found and found.is_failing:
        click.echo(f"the last {found.failures_in_a_row} runs failed", err=True)
        return UNHEALTHY
    return 0 if found and found.is_alive(datetime.now(UTC)) else UNHEALTHY
