"""What there is to look at: currencies, months, dimensions, tag keys, metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from core import __version__
from core.periods import next_period, shift
from dashboards.answers import Amount, Month, Ratio, Time
from dashboards.completeness import Reach, complete_until, reaches
from dashboards.dimensions import DAILY_MART, DIMENSIONS, tag_dimension
from dashboards.generations import Generation
from dashboards.problems import Refused
from dashboards.slices import CURRENCY, PeriodSlice

QUANTITY = "usage_quantity"
QUANTITY_FORMULA = "coalesce(sum(consumed_quantity), 0)"
COSTS = ("effective_cost", "billed_cost", "contracted_cost", "list_cost")
TAG_KEYS = 300
KINDS = {
    "ProviderName": "Providers",
    "SubAccountId": "Accounts",
    "ServiceName": "Services",
    "RegionId": "Regions",
    "ResourceId": "Resources",
}
"""What has pages of its own, beside every tag."""
MONTHS = f"""
    SELECT {CURRENCY} AS currency, billing_period AS month,
        max(cost_date) AS last_date, sum(effective_cost) AS effective_cost
    FROM marts.daily_costs GROUP BY ALL ORDER BY currency, month
"""
KEYS = """
    SELECT tag_key AS key, CAST(sum(tagged_cost) AS DOUBLE)
        / nullif(CAST(sum(taggable_cost) AS DOUBLE), 0) AS tagged_share
    FROM marts.tag_coverage WHERE tag_key <> '*'
    GROUP BY tag_key ORDER BY tagged_share DESC NULLS LAST, key LIMIT $keys
"""


class NoParameters(BaseModel):
    """An operation without parameters."""

    model_config = ConfigDict(extra="forbid")


class MonthState(BaseModel):
    """A billing month and whether it still grows."""

    month: Month
    is_partial: bool


class CurrencyMeta(BaseModel):
    """One currency's data: where it begins and how far it reaches."""

    currency: str
    first_date: date
    last_date: date
    complete_until: date
    """Exclusive: from this day on, figures still grow."""
    exports: list[Reach]
    """How far each of its exports is complete."""
    months: list[MonthState]
    effective_cost: Amount


class DimensionMeta(BaseModel):
    """A dimension to group and filter by."""

    name: str
    label: str
    group: str
    source: str
    """The smallest table that has it: daily or charges."""


class TagKeyMeta(BaseModel):
    """A tag key, how to name it as a dimension, and the share of cost that carries it."""

    key: str
    dimension: str
    tagged_share: Ratio | None


class MetricMeta(BaseModel):
    """A metric and its one definition."""

    metric: str
    label: str
    unit: str
    source_mart: str
    formula: str
    description: str


class EntityKind(BaseModel):
    """A kind of thing that has a page."""

    kind: str
    label: str


class Meta(BaseModel):
    """What there is to look at."""

    version: str
    demo: bool
    generation: str
    published_at: Time
    notice: str
    """Why a newer state cannot be shown; '' where all is well."""
    currency: str
    """The currency of most cost."""
    currencies: list[CurrencyMeta]
    dimensions: list[DimensionMeta]
    tag_keys: list[TagKeyMeta]
    metrics: list[MetricMeta]
    cost_metrics: list[MetricMeta]
    """What the explorer can add up."""
    entity_kinds: list[EntityKind]


def currencies(generation: Generation) -> list[CurrencyMeta]:
    """Return every currency, that of most cost first."""
    known: list[CurrencyMeta] = generation.once("currencies", read_currencies)
    return known


def read_currencies(generation: Generation) -> list[CurrencyMeta]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in generation.rows(MONTHS):
        found.setdefault(row["currency"], []).append(row)
    exports = reaches(generation)
    metas = [currency_meta(name, months, exports[name]) for name, months in found.items()]
    return sorted(metas, key=lambda meta: (-meta.effective_cost, meta.currency))


def currency_meta(
    name: str, months: Sequence[Mapping[str, Any]], exports: list[Reach]
) -> CurrencyMeta:
    """Return what there is in one currency; a month is partial until all its days are complete."""
    until = complete_until(exports)
    return CurrencyMeta(
        currency=name,
        first_date=months[0]["month"],
        last_date=max(month["last_date"] for month in months),
        complete_until=until,
        exports=exports,
        months=[
            MonthState(month=one["month"], is_partial=next_period(one["month"]) > until)
            for one in months
        ],
        effective_cost=sum(month["effective_cost"] for month in months),
    )


def currency_of(generation: Generation, name: str) -> CurrencyMeta:
    """Return one currency, that of most cost where none is named.

    Raises:
        Refused: If nothing is loaded, or nothing in that currency.
    """
    found = currencies(generation)
    if not found:
        raise Refused(404, "nothing is loaded yet", "Import a bill, or run `./finops demo`.")
    for meta in found:
        if name in ("", meta.currency):
            return meta
    names = ", ".join(meta.currency for meta in found)
    raise Refused(404, f"there is no cost in {name[:20]!r}", f"There are {names}.")


def period_of(asked: PeriodSlice, meta: CurrencyMeta, months: int = 12) -> tuple[date, date]:
    """Return the period asked for, by default the last months of the data; the end is exclusive.

    Raises:
        Refused: If it ends before it begins.
    """
    last = next_period(meta.months[-1].month)
    end = asked.end or last
    start = asked.start or max(meta.first_date, shift(end.replace(day=1), -months))
    if asked.start is None and start >= end:
        start = end - timedelta(days=1)
    if start >= end:
        raise Refused(
            400, f"the period {start} to {end} is empty", "end is the day after the last."
        )
    return start, end


def metrics(generation: Generation) -> list[MetricMeta]:
    return [
        MetricMeta(**{name: row[name] for name in MetricMeta.model_fields})
        for row in generation.formulas.values()
    ]


def cost_metrics(generation: Generation) -> list[MetricMeta]:
    """Return what the explorer can add up: the costs, in their order, then the quantity."""
    quantity = MetricMeta(
        metric=QUANTITY,
        label="Usage quantity",
        unit="quantity",
        source_mart="charges",
        formula=QUANTITY_FORMULA,
        description="What was consumed, in one unit: quantities of different units are not added.",
    )
    return [*[m for name in COSTS for m in metrics(generation) if m.metric == name], quantity]


def meta(generation: Generation, *, demo: bool, notice: str) -> Meta:
    """Return what there is to look at."""
    known = currencies(generation)
    return Meta(
        version=__version__,
        demo=demo,
        generation=generation.name,
        published_at=generation.published_at,
        notice=notice,
        currency=known[0].currency if known else "",
        currencies=known,
        dimensions=[
            DimensionMeta(
                name=one.name,
                label=one.label,
                group=one.group,
                source="daily" if one.column in DAILY_MART else "charges",
            )
            for one in DIMENSIONS.values()
        ],
        tag_keys=[
            TagKeyMeta(
                key=row["key"],
                dimension=tag_dimension(row["key"]),
                tagged_share=row["tagged_share"],
            )
            for row in generation.rows(KEYS, {"keys": TAG_KEYS})
        ],
        metrics=metrics(generation),
        cost_metrics=cost_metrics(generation),
        entity_kinds=[EntityKind(kind=kind, label=label) for kind, label in KINDS.items()],
    )
