-- name = "Effective cost by month and provider"
-- display = "bar"
-- description = "What each month cost, by cloud."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- [visualization]
-- "graph.dimensions" = ["month", "provider"]
-- "graph.metrics" = ["effective_cost"]
-- "stackable.stack_type" = "stacked"

SELECT billing_period AS month, provider_name AS provider, sum(effective_cost) AS effective_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY billing_period, provider_name
ORDER BY month, provider
