"""What a Google bill sums to: the formula that source, raw and FOCUS must all agree with.

Billed is cost plus credits, over every cost type: credits lie inside the row that they reduce.
Effective spreads the fees of commitments over the usage whose credits they earned, by account
and project; only regular lines draw on commitments. The macros of focus/macros/gcp.sql say the same
in the same digits, and docs/vendors/gcp.md says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core.money import DECIMAL
from core.periods import next_period

ZERO = f"CAST(0 AS {DECIMAL})"


def totals(dialect: str, relation: str, columns: Sequence[str], period: date) -> str:
    """Return SQL: one row per billing account, project and currency of one export version.

    Columns: billing_account_id, sub_account_id, currency, rows, holes, strays, billed, effective;
    the sums are DECIMAL(38,18) in that currency, `holes` counts lines whose cost or a credit's
    amount is missing, `strays` those of another invoice month than `period`.
    """
    if dialect.startswith("focus"):
        return focus_totals(relation, columns, period)
    return bill_totals(relation, columns, period)


def focus_totals(relation: str, columns: Sequence[str], period: date) -> str:
    earliest, end = period - timedelta(days=1), next_period(period)
    start = "billing_period_start"
    stray = f"{start} < TIMESTAMP '{earliest}' OR {start} >= TIMESTAMP '{end}'"
    return (
        f"SELECT {optional('billing_account_id', columns)} AS billing_account_id, "
        f"{optional('sub_account_id', columns)} AS sub_account_id, "
        f"{optional('billing_currency', columns)} AS currency, count(*) AS rows, "
        "count(*) FILTER (billed_cost IS NULL OR effective_cost IS NULL) AS holes, "
        f"count(*) FILTER ({stray if start in columns else 'false'}) AS strays, "
        "sum(billed_cost) AS billed, sum(effective_cost) AS effective "
        f"FROM {relation} GROUP BY ALL"
    )


def bill_totals(relation: str, columns: Sequence[str], period: date) -> str:
    """Sum lines by project and commitment pool, then spread each pool's fee.

    Lines are grouped by all that tells what they are; only groups are then told apart.
    """
    month = f"invoice_month <> '' AND invoice_month <> '{period:%Y%m}'"
    return f"""
    WITH alike AS ({alike(relation, columns, month)}),
    told AS ({told_apart()}),
    fees AS (
        SELECT account, project, currency,
            CASE WHEN is_spend_fee THEN spend_pool ELSE resource_pool END AS pool,
            sum(fee) AS fee, sum(units) AS bought_units
        FROM told WHERE is_fee AND fee IS NOT NULL GROUP BY ALL
    ),
    drawn AS (
        SELECT account, project, currency, pool, sum(weight) AS weight,
            sum(used_units) AS used_units
        FROM (
            SELECT account, project, currency, resource_pool AS pool, weight, used_units
            FROM told WHERE is_regular AND NOT is_fee AND weight IS NOT NULL
            UNION ALL
            SELECT account, project, currency, spend_pool, spend_weight, NULL
            FROM told WHERE is_regular AND NOT is_fee AND spend_weight IS NOT NULL
        )
        GROUP BY ALL
    ),
    pools AS (
        SELECT account, currency, pool, coalesce(sum(f.fee), 0) AS fee,
            coalesce(sum(d.weight), 0) AS weight,
            sum(d.used_units) AS used_units, sum(f.bought_units) AS bought_units
        FROM (SELECT account, currency, pool, sum(fee) AS fee, sum(bought_units) AS bought_units
            FROM fees GROUP BY ALL) AS f
        FULL JOIN (SELECT account, currency, pool, sum(weight) AS weight,
            sum(used_units) AS used_units FROM drawn GROUP BY ALL) AS d
        USING (account, currency, pool)
        GROUP BY ALL
    ),
    rated AS (
        SELECT *, bool_and({linked()}) OVER (PARTITION BY account, currency) AS is_spread,
            {rate()} AS rate
        FROM pools
    ),
    spread AS (
        SELECT account, project, currency, pool, -fee AS moved FROM fees
        UNION ALL
        SELECT d.account, d.project, d.currency, d.pool,
            CAST(coalesce(d.weight * r.rate, 0) AS {DECIMAL})
        FROM drawn AS d JOIN rated AS r USING (account, currency, pool)
        UNION ALL
        SELECT account, project, currency, pool, {idle_share()}
        FROM (
            SELECT f.account, f.project, f.currency, f.pool, f.fee, r.fee AS pool_fee,
                {idle()} AS idle,
                row_number() OVER (
                    PARTITION BY f.account, f.currency, f.pool ORDER BY f.project NULLS LAST
                ) AS number
            FROM fees AS f JOIN rated AS r USING (account, currency, pool)
        )
    ),
    moved AS (
        SELECT account, project, currency, sum(moved) AS moved
        FROM spread
        SEMI JOIN (SELECT account, currency FROM rated WHERE is_spread) AS s
        USING (account, currency)
        GROUP BY ALL
    ),
    summed AS (
        SELECT account, project, currency, sum(rows) AS rows, sum(holes) AS holes,
            sum(strays) AS strays, sum(net) AS net
        FROM alike GROUP BY ALL
    )
    SELECT s.account AS billing_account_id, s.project AS sub_account_id, s.currency, s.rows,
        s.holes, s.strays, s.net AS billed,
        CAST(s.net + coalesce(m.moved, 0) AS {DECIMAL}) AS effective
    FROM summed AS s
    LEFT JOIN moved AS m ON s.account IS NOT DISTINCT FROM m.account
        AND s.project IS NOT DISTINCT FROM m.project AND s.currency IS NOT DISTINCT FROM m.currency
    """


def alike(relation: str, columns: Sequence[str], stray: str) -> str:
    """Return SQL that sums the lines of one project, SKU, place and type."""
    has = set(columns)

    def money(name: str) -> str:
        return name if name in has else ZERO

    region = f"coalesce({optional('location_region', columns)}, " + (
        f"{optional('location_location', columns)}, 'global')"
    )
    regular = "coalesce(cost_type, 'regular') = 'regular'" if "cost_type" in has else "true"
    return f"""
        SELECT account, project, currency, service, description, region, is_regular, has_offset,
            count(*) AS rows, count(*) FILTER (net IS NULL) AS holes,
            count(*) FILTER (is_stray) AS strays, sum(net) AS net, sum(net - promotion) AS fee,
            sum(CASE WHEN {may_be_fee("description")}
                THEN {rounded("amount", "DECIMAL(28, 6)")} END) AS units,
            sum(CASE WHEN covered <> 0 THEN {weight("covered")} END) AS weight,
            sum(CASE WHEN covered <> 0 THEN {used_units("covered")} END) AS used_units,
            sum(CASE WHEN spend_covered <> 0 THEN {weight("spend_covered")} END) AS spend_weight
        FROM (
            SELECT billing_account_id AS account,
                nullif({optional("project_id", columns)}, '') AS project,
                {optional("currency", columns)} AS currency,
                coalesce({optional("service_id", columns)}, '') AS service,
                {optional("sku_description", columns)} AS description,
                {region} AS region,
                {regular} AS is_regular,
                {money("x_credits_fee_offset")} <> 0 AS has_offset,
                {stray if "invoice_month" in has else "false"} AS is_stray,
                cost, cost + {money("x_credits_total")} AS net,
                {money("x_credits_promotion")} AS promotion,
                {money("x_credits_commitment")} AS covered,
                {money("x_credits_spend_commitment")} AS spend_covered,
                {optional("usage_amount_in_pricing_units", columns, DECIMAL)} AS amount
            FROM {relation}
        )
        GROUP BY ALL
    """


def told_apart() -> str:
    """Return SQL that tells fees from usage, with the pools that join the two."""
    return f"""
        SELECT *,
            CASE WHEN is_fee THEN {is_spend("description")} END AS is_spend_fee,
            CASE WHEN is_fee OR weight IS NOT NULL THEN {resource_pool("description", "region")} END
                AS resource_pool,
            CASE WHEN is_fee OR spend_weight IS NOT NULL THEN 'spend/' || service END AS spend_pool
        FROM (SELECT *, is_regular AND ({is_fee("description")}) AS is_fee FROM alike)
    """


def is_fee(description: str) -> str:
    """Return whether a regular line is the fee of a commitment."""
    return (
        f"coalesce(lower({description}[1:10]) = 'commitment' OR (contains({description}, 'CUD') "
        f"AND regexp_matches({description}, '\\bCUDs?\\b')), false) OR has_offset"
    )


def may_be_fee(description: str) -> str:
    """Return whether `is_fee` is worth asking: true of every fee, and quickly told."""
    return f"has_offset OR {description} ILIKE 'commitment%' OR contains({description}, 'CUD')"


def is_spend(description: str) -> str:
    """Return whether a fee is for a commitment to spend, not to resources."""
    return (
        f"coalesce({description} ILIKE '%dollar based%' "
        f"OR regexp_matches({description}, '\\bCUDs?\\b'), false) OR has_offset"
    )


def resource_pool(description: str, region: str) -> str:
    """Return the family, kind and region that join a resource commitment's fee with its usage."""
    return f"""CASE
            WHEN regexp_matches({description}, '\\b[A-Z][0-9]+[A-Z]?\\b')
                THEN lower(regexp_extract({description}, '\\b[A-Z][0-9]+[A-Z]?\\b'))
            WHEN regexp_matches({description}, '(?i)compute.optimized') THEN 'c2'
            WHEN regexp_matches({description}, '(?i)memory.optimized') THEN 'm'
            ELSE 'n1'
        END || '-' || CASE
            WHEN regexp_matches({description}, '(?i)gpu') THEN 'gpu'
            WHEN regexp_matches({description}, '(?i)cpu|core') THEN 'cpu'
            WHEN regexp_matches({description}, '(?i)ssd|local storage') THEN 'ssd'
            WHEN regexp_matches({description}, '(?i)ram|memory') THEN 'ram'
            ELSE 'other'
        END || '/' || {region}"""


def weight(credit: str) -> str:
    """Return what a line draws from its pool: the amount of its credit, to six places."""
    return rounded(f"-{credit}", "DECIMAL(18, 6)")


def rounded(amount: str, kind: str) -> str:
    """Return what `CAST(amount AS kind)` is, for a kind of six places, in half the time."""
    return f"CAST(round({amount}, 6) AS {kind})"


def used_units(credit: str) -> str:
    """Return the units of a line that its credit covers."""
    units = rounded("amount", "DECIMAL(28, 6)")
    return (
        f"CASE WHEN -{credit} = cost THEN {units} ELSE TRY_CAST(CAST({units} AS DOUBLE) * CAST("
        f"-{credit} AS DOUBLE) / CAST(nullif(cost, 0) AS DOUBLE) AS DECIMAL(28, 6)) END"
    )


def linked() -> str:
    """Return whether a pool's credits have a fee that can be spread over them."""
    return "weight = 0 OR (weight > 0 AND fee > 0)"


def rate() -> str:
    """Return what one unit of credit costs: the used share of the fee, never rounded up."""
    share = (
        "CASE WHEN used_units > 0 AND bought_units > 0 THEN "
        "least(1, CAST(used_units AS DOUBLE) / CAST(bought_units AS DOUBLE)) ELSE 1 END"
    )
    return (
        f"CASE WHEN weight > 0 AND fee > 0 THEN TRY_CAST(floor(CAST(fee AS DOUBLE) * {share} "
        "/ CAST(weight AS DOUBLE) * 1e12) / 1e12 AS DECIMAL(20, 12)) END"
    )


def idle() -> str:
    """Return the part of a pool's fee that no usage drew."""
    return f"CAST(r.fee - coalesce(r.weight * r.rate, 0) AS {DECIMAL})"


def idle_share() -> str:
    """Return the idle part that one project's fees bear; the first project bears the remainder."""
    own = (
        "CASE WHEN pool_fee = 0 THEN 0 ELSE TRY_CAST(CAST(idle AS DOUBLE) * "
        "(CAST(fee AS DOUBLE) / CAST(pool_fee AS DOUBLE)) AS DECIMAL(28, 8)) END"
    )
    window = "PARTITION BY account, currency, pool"
    return (
        f"CAST(CASE WHEN number = 1 THEN idle - coalesce(sum(CASE WHEN number > 1 THEN {own} END) "
        f"OVER ({window}), 0) ELSE {own} END AS {DECIMAL})"
    )


def optional(name: str, columns: Sequence[str], kind: str = "VARCHAR") -> str:
    """Return a column, or NULL where it is absent."""
    return name if name in columns else f"CAST(NULL AS {kind})"
