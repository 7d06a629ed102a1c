"""One account, service, region, resource or tag value: trend, make-up, SKUs, commitments."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dashboards.answers import Change, Key
from dashboards.compared import Compared, Comparison, compared
from dashboards.dimensions import DIMENSIONS
from dashboards.entities import changed, kind_of
from dashboards.entity_parts import (
    Composition,
    Fact,
    Page,
    Sku,
    Trend,
    UsedCommitment,
    commitments,
    elsewhere,
    facts,
    skus,
    trend,
)
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import KINDS, currency_of, period_of
from dashboards.slices import PeriodSlice

COMPOSED = ("ServiceName", "SubAccountId", "RegionId", "ChargeCategory", "PricingCategory")
RELATED = ("ResourceId", "ServiceName", "SubAccountId")


class EntityAsked(PeriodSlice):
    """Which entity."""

    kind: Annotated[str, Field(max_length=2000, examples=["ServiceName"])]
    value: Annotated[
        str | None, Field(max_length=2000, description="Left out: charges that have none.")
    ] = None


class EntityPage(Change):
    """One entity."""

    kind: str
    label: str
    key: Key
    currency: str
    start: date
    end: date
    compare: Compared
    first_seen: date | None
    last_seen: date | None
    facts: list[Fact]
    trend: Trend
    composition: list[Composition]
    skus: list[Sku]
    commitments: list[UsedCommitment]
    related: list[Composition]
    hint: str
    """In which currencies there is cost, where there is none in this one; else ''."""


def entity(generation: Generation, asked: EntityAsked) -> EntityPage:
    """Return one entity's page."""
    meta = currency_of(generation, asked.currency)
    period = period_of(asked, meta)
    one = kind_of(asked.kind)
    page = Page(generation, one, asked.value, meta)
    compare = compared(Comparison.previous, *period, meta)
    sums = "coalesce(sum(costs.effective_cost), 0) AS cost"
    [now] = page.rows(sums, period)
    [whole_days] = page.rows(sums, (period[0], compare.own_end))
    [then] = page.rows(sums, (compare.start, compare.end))
    costs = {"cost": now["cost"], "now": whole_days["cost"], "before": then["cost"]}
    name = one.any_name
    [seen] = page.rows(
        f"min(costs.cost_date) AS first, max(costs.cost_date) AS last, {name} AS name",
        (meta.first_date, date.max),
    )
    others = [DIMENSIONS[n] for n in COMPOSED if n != one.name]
    related = [DIMENSIONS[n] for n in RELATED if n != one.name]
    return EntityPage(
        kind=one.name,
        label=KINDS.get(one.name, one.label),
        key=key(one, asked.value, seen["name"]),
        currency=meta.currency,
        start=period[0],
        end=period[1],
        compare=compare,
        first_seen=seen["first"],
        last_seen=seen["last"],
        facts=facts(page, period),
        trend=trend(page, period),
        composition=[page.composition(other, period, now["cost"]) for other in others],
        skus=skus(page, period),
        commitments=commitments(page, period),
        related=[page.composition(other, period, now["cost"]) for other in related],
        hint="" if seen["first"] else elsewhere(page),
        **changed(costs, compare),
    )
