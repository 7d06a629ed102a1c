-- name = "Costs by region"
-- display = "table"
-- description = "All four costs of each region."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.cost_date"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- billed_cost = "money"
-- contracted_cost = "money"
-- list_cost = "money"

SELECT
    region_id AS region,
    any_value(region_name) AS region_name,
    sum(effective_cost) AS effective_cost,
    sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost,
    sum(list_cost) AS list_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY region_id
ORDER BY abs(sum(effective_cost)) DESC, region_id
LIMIT 1000
