-- name = "Effective cost by day and service category"
-- display = "area"
-- description = "Costs on their days, by kind of service."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.cost_date"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- [visualization]
-- "graph.dimensions" = ["day", "service_category"]
-- "graph.metrics" = ["effective_cost"]
-- "stackable.stack_type" = "stacked"

SELECT cost_date AS day, service_category, sum(effective_cost) AS effective_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY cost_date, service_category
ORDER BY day, service_category
