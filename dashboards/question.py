"""What the explorer is asked, and how it is answered: period, comparison, tables, unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dashboards.buckets import Grain, starts_of
from dashboards.compared import Compared, Comparison, compared
from dashboards.dimensions import Dimension, dimension
from dashboards.generations import Generation
from dashboards.meta import QUANTITY, QUANTITY_FORMULA, CurrencyMeta, currency_of, period_of
from dashboards.problems import Refused
from dashboards.slices import CURRENCY, Bound, Filter, PeriodSlice, Source, conditions, source_of

UNITS_SHOWN = 30


class Metric(StrEnum):
    """What can be added up."""

    effective_cost = "effective_cost"
    billed_cost = "billed_cost"
    contracted_cost = "contracted_cost"
    list_cost = "list_cost"
    usage_quantity = QUANTITY


class Question(PeriodSlice):
    """What the explorer shows."""

    metric: Annotated[Metric, Field(description="What is added up.")] = Metric.effective_cost
    grain: Grain = Grain.month
    group: Annotated[
        list[Annotated[str, Field(max_length=2000)]],
        Field(max_length=2, description="Dimensions to group by, at most two."),
    ] = []
    compare: Comparison = Comparison.none
    unit: Annotated[str, Field(description="Unit of usage_quantity; that of most cost.")] = ""


class TopQuestion(Question):
    """What the explorer shows, and how much of it."""

    top: Annotated[int, Field(ge=1, le=50, description="Series before all others are one.")] = 9


@dataclass
class Plan:
    """A question, resolved against the data."""

    meta: CurrencyMeta
    start: date
    end: date
    groups: Sequence[Dimension]
    filters: Sequence[Filter]
    source: Source
    bound: Bound
    formula: str
    unit: str | None
    units: Sequence[str]
    compare: Compared | None

    @property
    def is_compared(self) -> bool:
        return self.compare is not None and self.compare.is_covered

    @property
    def own_end(self) -> date:
        """Exclusive: of the own days that are compared."""
        return self.compare.own_end if self.compare else self.end

    def is_before(self) -> str:
        """Return the condition on the rows of the compared period; none is, without one."""
        if not self.compare or not self.is_compared:
            return "false"
        first, after = self.bound.add(self.compare.start), self.bound.add(self.compare.end)
        return f"(costs.cost_date >= {first} AND costs.cost_date < {after})"

    def where(self) -> str:
        """Return the condition on the rows of both periods."""
        own = f"costs.cost_date >= {self.bound.add(self.start)} AND costs.cost_date < " + (
            self.bound.add(self.end)
        )
        parts = [
            f"({own} OR {self.is_before()})",
            f"{CURRENCY} = {self.bound.add(self.meta.currency)}",
        ]
        if self.unit is not None:
            parts.append(f"costs.consumed_unit = {self.bound.add(self.unit)}")
        return " AND ".join([*parts, conditions(self.filters, self.source, self.bound)])


def named(asked: Question) -> tuple[list[Dimension], list[Filter], Source, Bound]:
    """Return what a question names, and the tables that know it, whatever the data are.

    Raises:
        Refused: If there is no such dimension, a filter cannot be read, or there are too many tags.
    """
    groups = [dimension(name) for name in dict.fromkeys(asked.group)]
    filters = asked.filters()
    bound = Bound()
    used = [*groups, *(one.dimension for one in filters)]
    return groups, filters, source_of(used, bound, charges=asked.metric == QUANTITY), bound


def plan(generation: Generation, asked: Question) -> Plan:
    """Resolve a question: period, tables, unit, comparison."""
    meta = currency_of(generation, asked.currency)
    start, end = period_of(asked, meta)
    starts_of(start, end, asked.grain)
    groups, filters, source, bound = named(asked)
    is_quantity = asked.metric == QUANTITY
    made = Plan(
        meta=meta,
        start=start,
        end=end,
        groups=groups,
        filters=filters,
        source=source,
        bound=bound,
        formula=QUANTITY_FORMULA if is_quantity else generation.formulas[asked.metric]["formula"],
        unit=None,
        units=(),
        compare=None
        if asked.compare is Comparison.none
        else compared(asked.compare, start, end, meta),
    )
    if is_quantity:
        check_unit(generation, asked.unit)
        made.units = units(generation, made)
        made.unit = asked.unit or next(iter(made.units), "")
    return made


def check_unit(generation: Generation, unit: str) -> None:
    """Refuse a unit that no charge has; '' stands for that of most cost."""
    known: list[str] = generation.once("units", read_units)
    if unit and unit not in known:
        shown = ", ".join(known[:UNITS_SHOWN]) + (", ..." if len(known) > UNITS_SHOWN else "")
        raise Refused(
            404, f"there is no usage in {unit[:80]!r}", f"Units: {shown or 'none in these data'}."
        )


def read_units(generation: Generation) -> list[str]:
    found = generation.rows(
        "SELECT consumed_unit AS unit FROM marts.charges WHERE consumed_unit IS NOT NULL"
        " GROUP BY ALL ORDER BY sum(effective_cost) DESC, unit"
    )
    return [row["unit"] for row in found]


def units(generation: Generation, made: Plan) -> list[str]:
    """Return the units consumed, that of most cost first."""
    bound = Bound(**made.bound.values)
    where = (
        f"costs.cost_date >= {bound.add(made.start)} AND costs.cost_date < {bound.add(made.end)}"
        f" AND {CURRENCY} = {bound.add(made.meta.currency)}"
        f" AND {conditions(made.filters, made.source, bound)}"
    )
    found = generation.rows(
        f"SELECT costs.consumed_unit AS unit FROM {made.source.table}"
        f" WHERE {where} AND costs.consumed_unit IS NOT NULL"
        " GROUP BY ALL ORDER BY sum(costs.effective_cost) DESC, unit LIMIT 100",
        bound.values,
    )
    return [row["unit"] for row in found]
