"""Tiles: one metric, beside its value over as many days of the month before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel

from dashboards.answers import Figure, Ratio
from dashboards.generations import Generation
from dashboards.slices import CURRENCY
from dashboards.windows import Windows

BETTER: Mapping[str, Literal["lower", "higher"]] = {
    "unused_commitment_cost": "lower",
    "effective_savings_rate": "higher",
    "commitment_utilisation": "higher",
    "commitment_coverage": "higher",
    "commitment_savings": "higher",
    "commitment_savings_rate": "higher",
    "tagged_share": "higher",
    "price_coverage": "higher",
}
EXPLORED: Mapping[str, Mapping[str, str]] = {
    "billed_cost": {"metric": "billed_cost", "group": "ServiceName"},
    "effective_cost": {"metric": "effective_cost", "group": "ServiceName"},
    "run_rate": {
        "metric": "effective_cost",
        "group": "ServiceName",
        "filter": "ChargeCategory:in:Usage",
    },
    "unused_commitment_cost": {
        "metric": "effective_cost",
        "group": "CommitmentDiscountType",
        "filter": "CommitmentDiscountStatus:in:Unused",
    },
    "commitment_coverage": {"metric": "contracted_cost", "group": "PricingCategory"},
}
DAILY = """
    SELECT part, {formulas}
    FROM marts.daily_costs JOIN (
        VALUES ('all', $month, $month_end), ('now', $month, $end), ('before', $before, $before_end)
    ) AS parts (part, first, after) ON cost_date >= first AND cost_date < after
    WHERE {currency} = $currency
    GROUP BY part
"""
MONTHLY = """
    SELECT CASE billing_period WHEN $month THEN 'now' ELSE 'before' END AS part, {formulas}
    FROM marts.tag_coverage
    WHERE billing_period IN ($month, $before) AND {currency} = $currency
    GROUP BY part
"""


class Tile(BaseModel):
    """A figure, how it changed, how it is defined and where to look further."""

    metric: str
    label: str
    unit: str
    value: Figure | None
    before: Figure | None
    against: str
    """What `before` is of."""
    change: Figure | None
    change_ratio: Ratio | None
    description: str
    formula: str
    better: Literal["lower", "higher", "neutral"]
    explore: str
    """Query of the explorer that shows the same; '' where none does."""


def tile(
    metric: Mapping[str, Any],
    value: Any,
    before: Any,
    *,
    against: str,
    now: Any = None,
    explore: str = "",
) -> Tile:
    """Return a tile.

    Args:
        metric: metric, label, unit, formula and description.
        value: What is shown.
        before: What it is compared with.
        against: What that is of.
        now: What is compared, where that is less than all of `value`.
    """
    compared = value if now is None else now
    known = compared is not None and before is not None
    change = compared - before if known else None
    is_cost = isinstance(change, Decimal)
    ratio = float(change / before) if is_cost and before > 0 else None
    return Tile(
        **{name: metric[name] for name in ("metric", "label", "unit", "description", "formula")},
        value=value,
        before=before,
        against=against,
        change=change,
        change_ratio=ratio,
        better=BETTER.get(metric["metric"], "neutral"),
        explore=explore,
    )


def metric_tiles(
    generation: Generation, windows: Windows, names: Sequence[str], source: str = "daily_costs"
) -> list[Tile]:
    """Return tiles of metrics by the formulas of marts.metrics."""
    metrics = [generation.formulas[name] for name in names]
    daily = [one for one in metrics if one["source_mart"] == source]
    monthly = [one for one in metrics if one["source_mart"] != source]
    values: dict[str, dict[str, Any]] = {"all": {}, "now": {}, "before": {}}
    for rows in (
        generation.rows(
            DAILY.format(formulas=formulas(daily), currency=CURRENCY),
            windows.values | {"month_end": windows.month_end},
        ),
        generation.rows(
            MONTHLY.format(formulas=formulas(monthly), currency=CURRENCY),
            {name: windows.values[name] for name in ("currency", "month", "before")},
        )
        if monthly
        else (),
    ):
        for row in rows:
            values[row["part"]].update(row)
    found = []
    for one in metrics:
        name = one["metric"]
        now = values["now"].get(name)
        found.append(
            tile(
                one,
                values["all"].get(name, now),
                values["before"].get(name),
                against=windows.against,
                now=now,
                explore=link(windows, name),
            )
        )
    return found


def formulas(metrics: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['formula']} AS {one['metric']}" for one in metrics)


def link(windows: Windows, name: str) -> str:
    """Return the explorer's query for a tile."""
    asked = EXPLORED.get(name)
    if asked is None:
        return ""
    return urlencode(
        {
            "currency": windows.meta.currency,
            "start": windows.month,
            "end": windows.month_end,
            "grain": "day",
            **asked,
        }
    )
