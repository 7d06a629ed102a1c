-- name = "Commitment coverage, last month"
-- display = "scalar"
-- description = "Share of eligible usage that commitments covered."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- coverage = "percent"

SELECT
    cast(coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS DOUBLE)
        / nullif(cast(
            coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0)
            + coalesce(sum(eligible_cost), 0) AS DOUBLE
        ), 0) AS coverage
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}} AND {{account}} AND {{service}}
