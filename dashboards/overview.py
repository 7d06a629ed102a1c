"""The first page: what this month costs, how it compares, what changed and how it will end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.periods import shift
from dashboards.answers import Amount, Change, Key, KeyChange, Month, Time
from dashboards.dimensions import DIMENSIONS
from dashboards.drivers import Drivers, drivers
from dashboards.forecast import Estimate, estimate
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import MonthState
from dashboards.slices import CURRENCY
from dashboards.tiles import Tile, link, metric_tiles, tile
from dashboards.windows import MOVED, MonthAsked, Windows, leaders, ranked, windows_of

MONTHS = 13
LARGEST = 9
"""Series of the bars that stand for one value each; all others are one."""
RATE_DAYS = 7
RATE_ABOUT = "Usage of a month at the pace of the last week, beside the week before."
RATE_UNKNOWN = "Not known: no bill of these two weeks has usage by day, only lines that span more."
METRICS = (
    "billed_cost",
    "effective_cost",
    "effective_savings_rate",
    "commitment_utilisation",
    "commitment_coverage",
    "unused_commitment_cost",
    "tagged_share",
    "price_coverage",
)
STACK = """
    SELECT billing_period AS month, {column} AS value, sum(effective_cost) AS cost
    FROM marts.daily_costs
    WHERE {currency} = $currency AND billing_period >= $first AND billing_period <= $month
    GROUP BY ALL
"""


class StackSeries(BaseModel):
    """One colour of the bars."""

    key: Key
    is_other: bool
    """Whether it is the sum of all that cost less than those before it."""
    values: list[Amount]


class Stack(BaseModel):
    """Effective cost by month."""

    dimension: str
    label: str
    months: list[MonthState]
    series: list[StackSeries]


class Mover(Change):
    """A service of an account whose cost changed."""

    service: Key
    account: Key


class SavingsStep(BaseModel):
    """From the list price of usage to its effective cost."""

    kind: str
    label: str
    amount: Amount


class Overview(BaseModel):
    """The first page."""

    currency: str
    month: Month
    is_partial: bool
    data_as_of: Time | None
    compared_month: Month
    compared_days: int
    """Complete days of this month, beside as many of the one before."""
    is_compared: bool
    """Whether there are data of all of those before."""
    tiles: list[Tile]
    estimate: Estimate | None
    stack: Stack
    drivers: Drivers
    savings: list[SavingsStep]
    movers: list[Mover]
    services: list[KeyChange]
    accounts: list[KeyChange]
    providers: list[KeyChange]


def overview(generation: Generation, asked: MonthAsked) -> Overview:
    """Return the first page of one month in one currency."""
    windows = windows_of(generation, asked)
    tiles = metric_tiles(generation, windows, METRICS)
    ahead = estimate(generation, windows)
    tiles[2:2] = [run_rate(generation, windows)]
    if ahead:
        tiles[3:3] = [estimate_tile(ahead, generation, windows)]
    names = ("ServiceName", "SubAccountId", "ProviderName")
    services, accounts, providers = (
        leaders(generation, windows, DIMENSIONS[name]) for name in names
    )
    moved = ranked(
        generation, windows, [DIMENSIONS["ServiceName"], DIMENSIONS["SubAccountId"]], order=MOVED
    )
    return Overview(
        currency=windows.meta.currency,
        month=windows.month,
        is_partial=windows.is_partial,
        data_as_of=data_as_of(generation, windows),
        compared_month=windows.before,
        compared_days=windows.days,
        is_compared=windows.is_covered,
        tiles=tiles,
        estimate=ahead,
        stack=stack(
            generation, windows, "ProviderName" if len(providers) > 1 else "ServiceCategory"
        ),
        drivers=drivers(generation, windows),
        savings=savings(generation, windows),
        movers=[
            Mover(service=row["keys"][0], account=row["keys"][1], **without_keys(row))
            for row in moved
            if row["change"]
        ],
        services=services,
        accounts=accounts,
        providers=providers,
    )


def without_keys(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "keys"}


def data_as_of(generation: Generation, windows: Windows) -> Any:
    """Return how far the month's usage reaches in every export, None where none says."""
    [row] = generation.rows(
        f"""
        SELECT min(data_as_of) AS data_as_of FROM marts.data_freshness
        WHERE billing_period = $month AND load_id IN (
            SELECT load_id FROM marts.daily_costs
            WHERE billing_period = $month AND {CURRENCY} = $currency)
        """,
        {"month": windows.month, "currency": windows.meta.currency},
    )
    return row["data_as_of"]


def run_rate(generation: Generation, windows: Windows) -> Tile:
    """Return what a month costs at the pace of the last days."""
    [row] = generation.rows(
        f"""
        SELECT coalesce(sum(daily_usage_cost) FILTER (cost_date >= $first), 0) AS now,
            coalesce(sum(daily_usage_cost) FILTER (cost_date < $first), 0) AS before,
            count(*) > 0 AS is_known
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND daily_usage_cost IS NOT NULL
            AND cost_date >= $former AND cost_date < $end
        """,
        {
            "currency": windows.meta.currency,
            "former": windows.known_end - timedelta(days=2 * RATE_DAYS),
            "first": windows.known_end - timedelta(days=RATE_DAYS),
            "end": windows.known_end,
        },
    )
    days = (windows.month_end - windows.month).days
    reaches_back = windows.known_end - timedelta(days=2 * RATE_DAYS) >= windows.meta.first_date
    return tile(
        {
            "metric": "run_rate",
            "label": "Run rate",
            "unit": "currency",
            "formula": f"sum(daily_usage_cost) of the last {RATE_DAYS} complete days "
            f"/ {RATE_DAYS} * {days}",
            "description": RATE_ABOUT if row["is_known"] else RATE_UNKNOWN,
        },
        paced(row["now"], days) if row["is_known"] else None,
        paced(row["before"], days) if row["is_known"] and reaches_back else None,
        against=f"the {RATE_DAYS} days before",
        explore=link(windows, "run_rate"),
    )


def paced(cost: Decimal, days: int) -> Decimal:
    return (cost * days / RATE_DAYS).quantize(Decimal("0.000001"))


def estimate_tile(ahead: Estimate, generation: Generation, windows: Windows) -> Tile:
    """Return the estimate beside the whole month before it."""
    former = shift(ahead.month, -1)
    [row] = generation.rows(
        f"""
        SELECT coalesce(sum(effective_cost), 0) AS cost FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND billing_period = $month
        """,
        {"currency": windows.meta.currency, "month": former},
    )
    return tile(
        {
            "metric": "estimate",
            "label": f"Estimate {ahead.month:%b %Y}",
            "unit": "currency",
            "formula": f"{ahead.low:,.0f} to {ahead.high:,.0f}",
            "description": ahead.method,
        },
        ahead.value,
        row["cost"].quantize(Decimal("0.01")),
        against=f"{former:%B %Y}",
    )


def stack(generation: Generation, windows: Windows, name: str, largest: int = LARGEST) -> Stack:
    """Return the bars of the months up to this one, the `largest` values each in a colour."""
    first = shift(windows.month, 1 - MONTHS)
    one = DIMENSIONS[name]
    months = [m for m in windows.meta.months if first <= m.month <= windows.month]
    costs: dict[str | None, dict[date, Decimal]] = {}
    for row in generation.rows(
        STACK.format(column=one.column, currency=CURRENCY),
        {"currency": windows.meta.currency, "first": first, "month": windows.month},
    ):
        costs.setdefault(row["value"], {})[row["month"]] = row["cost"]
    ordered = sorted(costs, key=lambda value: (-sum(costs[value].values()), value or ""))
    # One that would be Other alone is shown by its name.
    most = largest if len(ordered) > largest + 1 else largest + 1
    return Stack(
        dimension=name,
        label=one.label,
        months=months,
        series=[
            StackSeries(key=key(one, value), is_other=False, values=sums([costs[value]], months))
            for value in ordered[:most]
        ]
        + [
            StackSeries(
                key=Key(value=None, label=f"Other ({len(others)})"),
                is_other=True,
                values=sums([costs[value] for value in others], months),
            )
            for others in [ordered[most:]]
            if others
        ],
    )


def sums(costs: list[dict[date, Decimal]], months: list[MonthState]) -> list[Decimal]:
    """Return the sum of some series in each month."""
    return [sum((one.get(m.month, Decimal(0)) for one in costs), Decimal(0)) for m in months]


def savings(generation: Generation, windows: Windows) -> list[SavingsStep]:
    """Return the way from the list price to what usage cost.

    The step Other is what the three before it do not see: usage without a list price, and what
    other discounts took off the negotiated one.
    """
    [row] = generation.rows(
        f"""
        SELECT coalesce(sum(list_cost), 0) AS list,
            coalesce(-sum(negotiated_savings), 0) AS negotiated,
            coalesce(-sum(commitment_savings), 0) AS commitment,
            coalesce(sum(usage_effective_cost), 0) AS effective,
            effective - list - negotiated - commitment AS other
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND billing_period = $month
        """,
        {"currency": windows.meta.currency, "month": windows.month},
    )
    labels = {
        "list": "List price",
        "negotiated": "Negotiated and spot",
        "commitment": "Commitments",
        "other": "Other usage and discounts",
        "effective": "Effective cost of usage",
    }
    return [SavingsStep(kind=kind, label=text, amount=row[kind]) for kind, text in labels.items()]
