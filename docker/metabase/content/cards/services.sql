-- name = "Costs by service"
-- display = "table"
-- description = "All four costs of each service."
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
    any_value(service_category) AS service_category,
    service_name AS service,
    sum(effective_cost) AS effective_cost,
    sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost,
    sum(list_cost) AS list_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY service_name
ORDER BY abs(sum(effective_cost)) DESC, service_name
LIMIT 1000
