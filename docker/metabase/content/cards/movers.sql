-- name = "What changed most"
-- display = "table"
-- description = "Services of an account, last month beside as many days of the one before."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- cost = "money"
-- before = "money"
-- change = "money"
-- change_share = "percent"

WITH months AS (
    SELECT
        max(billing_period) AS newest,
        max(billing_period) FILTER ({{period}}) AS month,
        max(cost_date) AS last_date
    FROM marts.daily_costs
    WHERE coalesce(billing_currency, 'no currency') = {{currency}}
),

-- The day from which on the figures of the newest month still grow.
reached AS (
    SELECT
        CASE
            WHEN bool_or(is_partial)
                THEN coalesce(
                    min(cast(data_as_of AS DATE)) FILTER (is_partial),
                    (SELECT last_date FROM months)
                )
            ELSE cast((SELECT newest FROM months) + INTERVAL 1 MONTH AS DATE)
        END AS day
    FROM marts.data_freshness
    WHERE load_id IN (
        SELECT load_id FROM marts.daily_costs
        WHERE
            coalesce(billing_currency, 'no currency') = {{currency}}
            AND billing_period = (SELECT newest FROM months)
    )
),

days AS (
    SELECT
        month,
        cast(month - INTERVAL 1 MONTH AS DATE) AS before,
        cast(month + INTERVAL 1 MONTH AS DATE) AS month_end,
        least(greatest(day, newest, month + 1), cast(month + INTERVAL 1 MONTH AS DATE)) AS until
    FROM months CROSS JOIN reached
),

spans AS (
    SELECT
        month,
        until,
        before,
        CASE
            WHEN until = month_end THEN month
            ELSE least(before + cast(until - month AS INTEGER), month)
        END AS before_until
    FROM days
),

costs AS (
    SELECT
        service_name,
        sub_account_id,
        any_value(sub_account_name) AS account_name,
        coalesce(sum(effective_cost) FILTER (cost_date >= (SELECT month FROM spans)), 0) AS cost,
        coalesce(sum(effective_cost) FILTER (cost_date < (SELECT month FROM spans)), 0) AS before
    FROM marts.daily_costs
    WHERE
        coalesce(billing_currency, 'no currency') = {{currency}}
        AND (
            cost_date >= (SELECT month FROM spans) AND cost_date < (SELECT until FROM spans)
            OR cost_date >= (SELECT before FROM spans)
            AND cost_date < (SELECT before_until FROM spans)
        )
        AND {{provider}} AND {{account}} AND {{service}}
    GROUP BY service_name, sub_account_id
)

SELECT
    service_name AS service,
    sub_account_id AS account,
    account_name,
    cost,
    before,
    cost - before AS change,
    CASE WHEN before > 0 THEN cast((cost - before) / before AS DOUBLE) END AS change_share
FROM costs
WHERE cost <> before
ORDER BY abs(cost - before) DESC, service, account
LIMIT 50
