"""Runs of days on which a service of an account cost far more, or less, than usual: the SQL.

A day is judged by the days before it alone, so later days never change what is found of it: an
episode keeps its first day, and so its id, while it grows.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.generations import Generation
from dashboards.meta import CurrencyMeta, currencies
from dashboards.slices import CURRENCY

HISTORY_DAYS = 60
FEWEST = 4
SCORE = 3.5
SHARE = 0.25
TOP = 200
DRIVERS = 3
WEEKS = 4
"""Same weekdays before the first day that a cause is compared with."""
# `median` of decimals goes through doubles: the mean of the lower and the upper one is exact.
# The MAD of a series that never moves is 0: a hundredth of the median stands in for it.
EPISODES = f"""
    WITH daily AS (
        SELECT provider_name, service_name, sub_account_id,
            any_value(sub_account_name) AS sub_account_name, cost_date,
            sum(daily_usage_cost) AS cost
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND daily_usage_cost IS NOT NULL
            AND commitment_status IS DISTINCT FROM 'Unused' AND cost_date < $end
        GROUP BY provider_name, service_name, sub_account_id, cost_date
    ),
    usual AS (
        SELECT *,
            (quantile_disc(cost, 0.5) OVER past - quantile_disc(-cost, 0.5) OVER past) * 0.5
                AS expected,
            mad(cost) OVER past AS deviation, count(*) OVER past AS days
        FROM daily
        WINDOW past AS (
            PARTITION BY provider_name, service_name, sub_account_id, dayofweek(cost_date)
            ORDER BY cost_date
            RANGE BETWEEN INTERVAL {HISTORY_DAYS} DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING)
    ),
    scored AS (
        SELECT *, cost - expected AS impact,
            CASE WHEN cost > expected THEN 'up' ELSE 'down' END AS direction,
            CAST(cost - expected AS DOUBLE) / greatest(
                1.4826 * CAST(deviation AS DOUBLE), 0.01 * abs(CAST(expected AS DOUBLE)), 0.01
            ) AS score
        FROM usual WHERE days >= {FEWEST}
    ),
    odd AS (
        SELECT *, coalesce(cost_date - lag(cost_date) OVER series > 1, true) AS is_first
        FROM scored WHERE abs(impact) >= {SHARE} * abs(expected) AND abs(score) >= {SCORE}
        WINDOW series AS (
            PARTITION BY provider_name, service_name, sub_account_id, direction ORDER BY cost_date)
    ),
    numbered AS (
        SELECT *, count(*) FILTER (is_first) OVER (
            PARTITION BY provider_name, service_name, sub_account_id, direction ORDER BY cost_date
        ) AS number
        FROM odd
    ),
    summed AS (
        SELECT provider_name, service_name, sub_account_id, direction, number,
            arg_max(sub_account_name, cost_date) AS sub_account_name,
            min(cost_date) AS first_day, max(cost_date) AS last_day, count(*) AS days,
            sum(cost) AS actual, sum(expected) AS expected, sum(impact) AS impact,
            arg_max(score, abs(score)) AS score
        FROM numbered
        GROUP BY provider_name, service_name, sub_account_id, direction, number
    ),
    episodes AS (
        SELECT *, left(sha256(CAST(to_json([
            $currency, provider_name, service_name, sub_account_id,
            CAST(first_day AS VARCHAR), direction
        ]) AS VARCHAR)), 16) AS id
        FROM summed
    )
"""
LATEST = f"""
    {EPISODES}
    SELECT * FROM episodes
    WHERE last_day >= $first AND abs(impact) >= $minimum
        AND id NOT IN (SELECT unnest(CAST($hidden AS VARCHAR[])))
    ORDER BY last_day DESC, abs(impact) DESC, id
    LIMIT {TOP + 1}
"""
KNOWN = f"{EPISODES} SELECT id FROM episodes WHERE id = $id"
CAUSES = f"""
    WITH wanted AS (
        SELECT unnest($ids) AS id, unnest($first_days) AS first_day, unnest($last_days) AS last_day,
            unnest($providers) AS provider, unnest($services) AS service,
            unnest($accounts) AS account
    ),
    days AS (
        SELECT *,
            CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
        FROM wanted
    ),
    changes AS (
        SELECT days.id, coalesce(skus.sku_meter, skus.charge_description, 'No SKU') AS label,
            sum(
                CASE WHEN skus.cost_date = days.day THEN skus.daily_usage_cost
                ELSE skus.daily_usage_cost * {-1 / WEEKS} END
            ) AS change
        FROM days JOIN marts.charges AS skus
            ON skus.provider_name IS NOT DISTINCT FROM days.provider
            AND skus.service_name IS NOT DISTINCT FROM days.service
            AND skus.sub_account_id IS NOT DISTINCT FROM days.account
            AND dayofweek(skus.cost_date) = dayofweek(days.day)
            AND (
                skus.cost_date = days.day
                OR skus.cost_date < days.first_day
                AND skus.cost_date >= days.first_day - 7 * {WEEKS}
            )
        WHERE {CURRENCY} = $currency AND skus.daily_usage_cost IS NOT NULL
            AND skus.commitment_status IS DISTINCT FROM 'Unused'
            AND skus.cost_date >= $first AND skus.cost_date < $end
        GROUP BY days.id, label
    )
    SELECT id, label, change FROM changes WHERE change <> 0
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY abs(change) DESC, label) <= {DRIVERS}
    ORDER BY id, abs(change) DESC, label
"""


def latest(
    generation: Generation, meta: CurrencyMeta, first: date, minimum: Decimal, hidden: list[str]
) -> list[dict[str, Any]]:
    """Return the episodes that reach a day, the latest first; one more than are shown, if any.

    Args:
        minimum: Least impact of an episode, in the currency.
        hidden: Ids of those to leave out.
    """
    values = {"currency": meta.currency, "end": meta.complete_until, "first": first}
    return generation.rows(LATEST, values | {"minimum": minimum, "hidden": hidden})


def is_known(generation: Generation, id: str) -> bool:
    """Tell whether the data have this episode, of whatever impact and in whichever currency."""
    return any(
        generation.rows(KNOWN, {"currency": meta.currency, "end": meta.complete_until, "id": id})
        for meta in currencies(generation)
    )


def causes(
    generation: Generation, meta: CurrencyMeta, found: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the label and change of the SKUs behind each episode, by its id.

    Each of its days is set beside the mean of the same weekday in the weeks before its first day.
    """
    if not found:
        return {}
    rows = generation.rows(
        CAUSES,
        {
            "currency": meta.currency,
            "first": min(row["first_day"] for row in found) - timedelta(days=7 * WEEKS),
            "end": max(row["last_day"] for row in found) + timedelta(days=1),
            "ids": [row["id"] for row in found],
            "first_days": [row["first_day"] for row in found],
            "last_days": [row["last_day"] for row in found],
            "providers": [row["provider_name"] for row in found],
            "services": [row["service_name"] for row in found],
            "accounts": [row["sub_account_id"] for row in found],
        },
    )
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_id.setdefault(row.pop("id"), []).append(row)
    return by_id
