"""The parts of an entity's page, each a question about its charges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Key, Ratio
from dashboards.buckets import Bucket, Grain, buckets_of, starts_of
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import CurrencyMeta, currencies
from dashboards.slices import CURRENCY, Bound, Source, source_of

TOP = 8
SKUS = 20
SHORT_DAYS = 95


class Fact(BaseModel):
    """Something to know of an entity."""

    label: str
    value: str


class Trend(BaseModel):
    """Effective cost by time."""

    grain: Grain
    buckets: list[Bucket]
    values: list[Amount]


class Share(BaseModel):
    """A part of the cost."""

    key: Key
    cost: Amount
    share: Ratio | None


class Composition(BaseModel):
    """The cost by one dimension; the largest parts."""

    dimension: str
    label: str
    items: list[Share]


class Sku(BaseModel):
    """What was bought, how much of it, at which price."""

    sku: str | None
    meter: str | None
    unit: str | None
    quantity: Amount | None
    cost: Amount
    unit_price: Amount | None
    """cost / quantity, to 28 digits."""


class UsedCommitment(BaseModel):
    """A commitment that covered the entity's usage, or that it owns."""

    key: Key
    type: str | None
    used_cost: Amount
    unused_cost: Amount


class Page:
    """The questions about one entity."""

    def __init__(
        self, generation: Generation, one: Dimension, value: str | None, meta: CurrencyMeta
    ) -> None:
        self.generation, self.one, self.value, self.meta = generation, one, value, meta

    def rows(
        self,
        select: str,
        period: tuple[date, date],
        rest: str = "",
        *,
        charges: bool = False,
        also: tuple[Dimension, ...] = (),
    ) -> list[dict[str, Any]]:
        """Return an aggregate over the entity's charges of some days.

        Args:
            select: Aggregates of a mart called `costs`.
            rest: What follows the condition.
            charges: Whether only the charges will do.
            also: What else the mart must have a column of.
        """
        bound = Bound()
        source = source_of([self.one, *also], bound, charges=charges)
        where = " AND ".join(
            (
                f"costs.cost_date >= {bound.add(period[0])}",
                f"costs.cost_date < {bound.add(period[1])}",
                f"{CURRENCY} = {bound.add(self.meta.currency)}",
                self.is_it(source, bound),
            )
        )
        sql = f"SELECT {select} FROM {source.table} WHERE {where} {rest}"
        return self.generation.rows(sql, bound.values)

    def is_it(self, source: Source, bound: Bound) -> str:
        column = source.column(self.one)
        return f"{column} IS NULL" if self.value is None else f"{column} = {bound.add(self.value)}"

    def composition(
        self, other: Dimension, period: tuple[date, date], total: Decimal
    ) -> Composition:
        """Return the largest parts of the cost by another dimension, which is no tag."""
        column = f"costs.{other.column}"
        found = self.rows(
            f"{column} AS value, {other.any_name} AS name, sum(costs.effective_cost) AS cost",
            period,
            f"GROUP BY {column} ORDER BY abs(cost) DESC, value LIMIT {TOP}",
            also=(other,),
        )
        return Composition(
            dimension=other.name,
            label=other.label,
            items=[
                Share(
                    key=key(other, row["value"], row["name"]),
                    cost=row["cost"],
                    share=float(row["cost"] / total) if total > 0 else None,
                )
                for row in found
            ],
        )


def trend(page: Page, period: tuple[date, date]) -> Trend:
    """Return the cost by day, by month where the period is long."""
    grain = Grain.day if (period[1] - period[0]).days <= SHORT_DAYS else Grain.month
    found = page.rows(
        f"{grain.truncated('costs.cost_date')} AS bucket, sum(costs.effective_cost) AS cost",
        period,
        "GROUP BY 1",
    )
    costs = {row["bucket"]: row["cost"] for row in found}
    return Trend(
        grain=grain,
        buckets=buckets_of(*period, grain, page.meta.complete_until),
        values=[costs.get(start, Decimal(0)) for start in starts_of(*period, grain)],
    )


def facts(page: Page, period: tuple[date, date]) -> list[Fact]:
    """Return what the charges say of the entity: what has one value in all of them."""
    asked = {
        "Resource type": "resource_type",
        "Service": "service_name",
        "Service category": "service_category",
        "Account": "sub_account_name",
        "Region": "region_name",
        "Provider": "provider_name",
    }
    select = ", ".join(
        f"any_value(costs.{column}) AS c{n}, count(DISTINCT costs.{column}) AS d{n}"
        for n, column in enumerate(asked.values())
    )
    [row] = page.rows(select, period, charges=True)
    return [
        Fact(label=label, value=row[f"c{n}"])
        for n, (label, column) in enumerate(asked.items())
        if row[f"d{n}"] == 1 and column not in (page.one.column, page.one.named_by)
    ]


def skus(page: Page, period: tuple[date, date]) -> list[Sku]:
    """Return what was bought most; a price only where quantity and cost are of usage.

    Bills without SKUs have meters alone, so each meter stands for itself.
    """
    found = page.rows(
        "costs.sku_id AS sku, costs.sku_meter AS meter, costs.pricing_unit AS unit,"
        " sum(costs.pricing_quantity) AS quantity, sum(costs.effective_cost) AS cost",
        period,
        "AND costs.charge_category = 'Usage'"
        " GROUP BY costs.sku_id, costs.sku_meter, costs.pricing_unit"
        f" ORDER BY abs(cost) DESC, sku, meter, unit LIMIT {SKUS}",
        charges=True,
    )
    return [Sku(**row, unit_price=price(row)) for row in found]


def price(row: Mapping[str, Any]) -> Decimal | None:
    """Return what one unit cost; a discount has none.

    >>> price({"meter": "Storage", "quantity": Decimal("3"), "cost": Decimal("0.9")})
    Decimal('0.3')
    """
    quantity, cost = row["quantity"], row["cost"]
    is_bought = row["meter"] and quantity and quantity > 0 and cost >= 0
    return Decimal(cost / quantity) if is_bought else None


def commitments(page: Page, period: tuple[date, date]) -> list[UsedCommitment]:
    """Return the commitments behind the entity's usage."""
    used = {
        status: "coalesce(sum(costs.effective_cost) FILTER "
        f"(costs.commitment_status = '{status}'), 0)"
        for status in ("Used", "Unused")
    }
    found = page.rows(
        "costs.commitment_id AS id, any_value(costs.commitment_name) AS name,"
        f" any_value(costs.commitment_type) AS type, {used['Used']} AS used_cost,"
        f" {used['Unused']} AS unused_cost",
        period,
        "AND costs.commitment_id IS NOT NULL GROUP BY costs.commitment_id"
        f" ORDER BY used_cost + unused_cost DESC, id LIMIT {SKUS}",
        charges=True,
    )
    one = DIMENSIONS["CommitmentDiscountId"]
    return [
        UsedCommitment(
            key=key(one, row["id"], row["name"]),
            type=row["type"],
            used_cost=row["used_cost"],
            unused_cost=row["unused_cost"],
        )
        for row in found
    ]


def elsewhere(page: Page) -> str:
    """Return in which other currencies there is cost of the entity."""
    others = [
        meta.currency
        for meta in currencies(page.generation)
        if meta.currency != page.meta.currency
        and Page(page.generation, page.one, page.value, meta).rows(
            "count(*) AS n", (date.min, date.max)
        )[0]["n"]
    ]
    if others:
        return f"No cost in {page.meta.currency}; there is some in {', '.join(others)}."
    return "No charge names it."
