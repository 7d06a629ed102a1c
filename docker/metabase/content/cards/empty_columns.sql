-- name = "Usage without category, account or region"
-- display = "table"
-- description = "Cost of usage that leaves a column empty."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- [formats]
-- missing_cost = "money"
-- share = "percent"

WITH used AS (
    SELECT service_category, sub_account_id, region_id, pricing_category, effective_cost
    FROM marts.daily_costs
    WHERE
        charge_category = 'Usage'
        AND coalesce(billing_currency, 'no currency') = {{currency}}
        AND {{period}} AND {{provider}}
)

SELECT
    'service_category' AS empty_column,
    coalesce(sum(effective_cost) FILTER (service_category IS NULL), 0) AS missing_cost,
    cast(coalesce(sum(abs(effective_cost)) FILTER (service_category IS NULL), 0) AS DOUBLE)
        / nullif(cast(sum(abs(effective_cost)) AS DOUBLE), 0) AS share
FROM used
UNION ALL
SELECT
    'sub_account_id' AS empty_column,
    coalesce(sum(effective_cost) FILTER (sub_account_id IS NULL), 0) AS missing_cost,
    cast(coalesce(sum(abs(effective_cost)) FILTER (sub_account_id IS NULL), 0) AS DOUBLE)
        / nullif(cast(sum(abs(effective_cost)) AS DOUBLE), 0) AS share
FROM used
UNION ALL
SELECT
    'region_id' AS empty_column,
    coalesce(sum(effective_cost) FILTER (region_id IS NULL), 0) AS missing_cost,
    cast(coalesce(sum(abs(effective_cost)) FILTER (region_id IS NULL), 0) AS DOUBLE)
        / nullif(cast(sum(abs(effective_cost)) AS DOUBLE), 0) AS share
FROM used
UNION ALL
SELECT
    'pricing_category' AS empty_column,
    coalesce(sum(effective_cost) FILTER (pricing_category IS NULL), 0) AS missing_cost,
    cast(coalesce(sum(abs(effective_cost)) FILTER (pricing_category IS NULL), 0) AS DOUBLE)
        / nullif(cast(sum(abs(effective_cost)) AS DOUBLE), 0) AS share
FROM used
ORDER BY missing_cost DESC, empty_column
