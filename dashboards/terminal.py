"""`finops report`: the pages' figures on the terminal, as JSON, or as one file to mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from core.cli.options import config_option, demo_option, json_option, resolve
from core.cli.vendors import all_of
from core.config import Config
from core.errors import NoDatabase, QueryError, disk_errors
from dashboards.asked import checked
from dashboards.commitments import CommitmentsAsked, commitments
from dashboards.explore import Explored, explore
from dashboards.generations import Generation, Generations
from dashboards.mail_commitments import commitments_page
from dashboards.mail_explore import explore_page
from dashboards.mail_overview import overview_page
from dashboards.printed import print_explored
from dashboards.printed_commitments import print_commitments
from dashboards.printed_overview import print_report
from dashboards.problems import Refused
from dashboards.question import TopQuestion
from dashboards.report import report as read_report
from dashboards.windows import MonthAsked

html_option = click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
    help="Write one HTML file that needs nothing else, to mail or to print.",
)  # fmt: skip
currency_option = click.option("--currency", default="", help="Such as USD; that of most cost.")
month_option = click.option("--month", default="", help="YYYY-MM; the last with costs.")


@click.group()
def report() -> None:
    """Print what you spend, what changed and what is proven."""


@report.command("overview")
@config_option
@demo_option
@json_option
@html_option
@currency_option
@month_option
@click.option("--top", type=click.IntRange(1, 10), default=8, show_default=True,
              help="Lines in each ranking.")  # fmt: skip
@click.pass_context
def overview_command(
    ctx: click.Context,
    /,
    config_path: str | None,
    demo: bool | None,
    as_json: bool,
    html: Path | None,
    top: int,
    **asked: Any,
) -> None:
    """Print key figures, months, causes of change, top services and accounts, and the proof.

    Without --currency it is about every currency, each for itself.

    \b
    Examples:
      ./finops report overview --demo
      ./finops report overview --currency EUR --month 2026-05
      ./finops report overview --json | jq '.currencies[0].overview.tiles[0]'
      ./finops report overview --html june.html
    """
    answer(
        resolve(ctx, config_path, demo=demo),
        lambda generation: read_report(generation, checked(MonthAsked, asked)),
        lambda found: print_report(found, top),
        overview_page,
        as_json=as_json,
        html=html,
    )


@report.command("explore")
@config_option
@demo_option
@all_of(
    click.option("--metric", default="effective_cost", show_default=True,
                 help="effective_cost, billed_cost, contracted_cost, list_cost, usage_quantity."),
    click.option("--group", "-g", multiple=True, help="Dimension, such as ServiceName or tag:team; "
                 "at most two."),
    click.option("--filter", "-f", multiple=True, help="ServiceName:in:VALUE, with in, not or "
                 "contains; RegionId:null. Repeatable."),
    click.option("--grain", default="month", show_default=True, help="day, week, month, quarter."),
    click.option("--start", default=None, help="First day; a year before the end."),
    click.option("--end", default=None, help="Day after the last; the end of the data."),
    click.option("--compare", default="none", show_default=True, help="none, previous, year."),
    click.option("--top", default=9, show_default=True, help="Groups before all others are one."),
    click.option("--unit", default="", help="Of usage_quantity, such as Hrs; that of most cost."),
    currency_option,
)  # fmt: skip
@json_option
@html_option
@click.pass_context
def explore_command(
    ctx: click.Context,
    /,
    config_path: str | None,
    demo: bool | None,
    as_json: bool,
    html: Path | None,
    **asked: Any,
) -> None:
    """Print one cost by time and up to two dimensions: the explorer's figures.

    \b
    Examples:
      ./finops report explore --demo -g ServiceName
      ./finops report explore --demo -g tag:team -f ServiceCategory:in:Compute --compare previous
      ./finops report explore --demo -g SubAccountId --grain day --start 2026-06-01 --json
    """
    config = resolve(ctx, config_path, demo=demo)
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in asked.items() if v is not None}

    def page(found: Explored, generation: Generation) -> str:
        return explore_page(found, checked(TopQuestion, given), generation)

    answer(
        config,
        lambda generation: explore(generation, checked(TopQuestion, given)),
        print_explored,
        page,
        as_json=as_json,
        html=html,
    )


@report.command("commitments")
@config_option
@demo_option
@currency_option
@month_option
@json_option
@html_option
@click.pass_context
def commitments_command(
    ctx: click.Context,
    /,
    config_path: str | None,
    demo: bool | None,
    as_json: bool,
    html: Path | None,
    **asked: Any,
) -> None:
    """Print what commitments cover, how well they are used and what they save.

    \b
    Examples:
      ./finops report commitments --demo
      ./finops report commitments --demo --month 2026-05 --json
    """
    answer(
        resolve(ctx, config_path, demo=demo),
        lambda generation: commitments(generation, checked(CommitmentsAsked, asked)),
        print_commitments,
        commitments_page,
        as_json=as_json,
        html=html,
    )


def answer(
    config: Config,
    ask: Callable[[Generation], Any],
    show: Callable[[Any], None],
    page: Callable[[Any, Generation], str],
    *,
    as_json: bool,
    html: Path | None,
) -> None:
    """Ask the published database, and give the answer in every form that was asked for."""
    with opened(config) as generation:
        found: BaseModel = ask(generation)
        if html:
            write(html, page(found, generation))
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        elif not html:
            show(found)


@contextmanager
def opened(config: Config) -> Iterator[Generation]:
    """Open the published database.

    Raises:
        NoDatabase: If nothing was ever imported.
        QueryError: If a question cannot be answered.
    """
    if not config.database_path.exists():
        raise NoDatabase(config.database_path)
    generations = Generations(config.database_path, config.limits, config.dashboards.query_seconds)
    try:
        yield generations.current()
    except Refused as refused:
        raise QueryError(refused.detail, hint=refused.hint) from None
    finally:
        generations.close()


def write(path: Path, text: str) -> None:
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    click.echo(f"{path} is written", err=True)
