"""Episodes: days in a row on which a service of an account cost far more, or less, than usual."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from dashboards import episodes
from dashboards.answers import Amount, Key, Time
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import CurrencyMeta, currency_of
from dashboards.problems import Refused
from dashboards.state import Acknowledged, Acknowledgement, State

METHOD = (
    f"Usage of each provider, service and account by day, beside the median of the same weekday in "
    f"the {episodes.HISTORY_DAYS} days before: a day stands out when it is away by "
    f"{episodes.SCORE} robust deviations (MAD) or more, and by {episodes.SHARE:.0%} or more. Such "
    f"days in a row, all above or all below, are one anomaly, listed from the least impact on. "
    f"Purchases, taxes, credits and lines that span a month are left out."
)


class Shown(StrEnum):
    """Which anomalies."""

    all = "all"
    open = "open"


class AnomaliesAsked(BaseModel):
    """Where to look, and from which impact on."""

    model_config = ConfigDict(extra="forbid")

    currency: Annotated[str, Field(max_length=20)] = ""
    days: Annotated[int, Field(ge=1, le=400, description="Complete days to look at.")] = 60
    minimum: Annotated[
        Decimal,
        Field(
            ge=0,
            le=10**12,
            decimal_places=6,
            description="Smallest impact of all its days together, in the currency.",
        ),
    ] = Decimal(50)
    acknowledged: Shown = Shown.all


class Cause(BaseModel):
    """A SKU that cost more, or less, than on the mean of the same weekdays before."""

    label: str
    change: Amount
    """Of all days of the anomaly together."""


class Anomaly(BaseModel):
    """Days in a row of one service in one account that stand out in one direction."""

    id: str
    """The same while days are added: of series, first day and direction."""
    first_day: date
    last_day: date
    """Inclusive."""
    days: int
    is_ongoing: bool
    """Whether its last day is the last complete one, so that it may grow."""
    provider: str | None
    service: Key
    account: Key
    actual: Amount
    """Of its days together, as are the two that follow."""
    expected: Amount
    impact: Amount
    """actual - expected."""
    score: float
    """Robust deviations of the day that is furthest away; below zero where it cost less."""
    direction: Literal["up", "down"]
    is_acknowledged: bool
    note: str
    acknowledged_at: Time | None
    drivers: list[Cause]
    explore: str
    """Query of the explorer for the days around it."""


class Anomalies(BaseModel):
    """What stood out, the latest first."""

    currency: str
    start: date
    """Anomalies that reach this day or a later one are listed, with all their days."""
    end: date
    """Exclusive."""
    minimum: Amount
    method: str
    anomalies: list[Anomaly]
    more: bool
    """Whether there are older ones than those listed."""


def anomalies(generation: Generation, state: State, asked: AnomaliesAsked) -> Anomalies:
    """Return what stood out."""
    meta = currency_of(generation, asked.currency)
    first = meta.complete_until - timedelta(days=asked.days)
    known = state.acknowledged()
    hidden = list(known) if asked.acknowledged is Shown.open else []
    found = episodes.latest(generation, meta, first, asked.minimum, hidden)
    listed = found[: episodes.TOP]
    causes = episodes.causes(generation, meta, listed)
    return Anomalies(
        currency=meta.currency,
        start=first,
        end=meta.complete_until,
        minimum=asked.minimum,
        method=METHOD,
        anomalies=[
            anomaly(row, meta, known.get(row["id"]), causes.get(row["id"], [])) for row in listed
        ],
        more=len(found) > len(listed),
    )


def acknowledge(
    generation: Generation, state: State, id: str, body: Acknowledgement
) -> Acknowledged:
    """Keep, or forget, that somebody has looked at an anomaly.

    One that is kept already can be changed and forgotten also when the data have it no more.

    Raises:
        Refused: If there is no such anomaly.
    """
    if id not in state.acknowledged() and not episodes.is_known(generation, id):
        raise Refused(404, f"there is no anomaly {id}", "/api/v1/anomalies lists them.")
    return state.acknowledge(id, body)


def anomaly(
    row: dict[str, Any],
    meta: CurrencyMeta,
    known: Acknowledged | None,
    causes: list[dict[str, Any]],
) -> Anomaly:
    """Return an episode with its causes and the explorer's question that shows it.

    Args:
        row: Of the episodes: its key, days, and sums in the currency.
        meta: Of that currency; the question ends with its complete days.
        known: Who looked at it, None where nobody has.
        causes: Changes by meter, the largest first.
    """
    first, last = row["first_day"], row["last_day"]
    chosen = {
        "ProviderName": row["provider_name"],
        "ServiceName": row["service_name"],
        "SubAccountId": row["sub_account_id"],
    }
    query = [
        ("currency", meta.currency),
        ("metric", "effective_cost"),
        ("grain", "day"),
        ("start", first - timedelta(days=21)),
        ("end", min(last + timedelta(days=8), meta.complete_until)),
        ("group", "SkuMeter"),
        *(
            ("filter", f"{name}:null" if value is None else f"{name}:in:{value}")
            for name, value in chosen.items()
        ),
    ]
    return Anomaly(
        id=row["id"],
        first_day=first,
        last_day=last,
        days=row["days"],
        is_ongoing=last + timedelta(days=1) == meta.complete_until,
        provider=row["provider_name"],
        service=key(DIMENSIONS["ServiceName"], row["service_name"]),
        account=key(DIMENSIONS["SubAccountId"], row["sub_account_id"], row["sub_account_name"]),
        actual=row["actual"],
        expected=row["expected"],
        impact=row["impact"],
        score=row["score"],
        direction=row["direction"],
        is_acknowledged=known is not None,
        note=known.note if known else "",
        acknowledged_at=known.acknowledged_at if known else None,
        drivers=[Cause(**cause) for cause in causes],
        explore=urlencode(query),
    )
