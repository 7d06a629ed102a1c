-- name = "Price coverage by month"
-- display = "line"
-- description = "Share of usage cost that has a list price: how much the savings metrics see."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- price_coverage = "percent"
-- [visualization]
-- "graph.dimensions" = ["month"]
-- "graph.metrics" = ["price_coverage"]

SELECT
    billing_period AS month,
    cast(coalesce(sum(priced_effective_cost), 0) AS DOUBLE)
        / nullif(cast(sum(usage_effective_cost) AS DOUBLE), 0) AS price_coverage
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY billing_period
ORDER BY month
