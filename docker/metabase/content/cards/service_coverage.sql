-- name = "Coverage by service, last month"
-- display = "table"
-- description = "Usage that commitments cover, and what they could cover, at on-demand prices."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- covered_cost = "money"
-- eligible_cost = "money"
-- coverage = "percent"

SELECT
    service_name AS service,
    coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS covered_cost,
    sum(eligible_cost) AS eligible_cost,
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
GROUP BY service_name
HAVING
    coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) <> 0
    OR sum(eligible_cost) <> 0
ORDER BY covered_cost DESC, eligible_cost DESC, service
LIMIT 50
