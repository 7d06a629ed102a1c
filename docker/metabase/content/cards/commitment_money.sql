-- name = "Savings and waste of commitments by month"
-- display = "bar"
-- description = "What commitments saved on usage, and the cost of those that idled."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- net_savings = "money"
-- unused_commitments = "money"
-- [visualization]
-- "graph.dimensions" = ["month"]
-- "graph.metrics" = ["net_savings", "unused_commitments"]

SELECT
    billing_period AS month,
    coalesce(sum(commitment_savings), 0) AS net_savings,
    coalesce(sum(effective_cost) FILTER (commitment_status = 'Unused'), 0) AS unused_commitments
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY billing_period
ORDER BY month
