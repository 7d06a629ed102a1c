-- name = "Coverage, utilisation and savings rate by month"
-- display = "line"
-- description = "How much is covered, how much of it is used, and what it saves."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- coverage = "percent"
-- utilisation = "percent"
-- savings_rate = "percent"
-- [visualization]
-- "graph.dimensions" = ["month"]
-- "graph.metrics" = ["coverage", "utilisation", "savings_rate"]

SELECT
    billing_period AS month,
    cast(coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS DOUBLE)
        / nullif(cast(
            coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0)
            + coalesce(sum(eligible_cost), 0) AS DOUBLE
        ), 0) AS coverage,
    cast(coalesce(sum(effective_cost) FILTER (commitment_status = 'Used'), 0) AS DOUBLE)
        / nullif(cast(
            sum(effective_cost) FILTER (commitment_status IN ('Used', 'Unused')) AS DOUBLE
        ), 0) AS utilisation,
    cast(coalesce(sum(list_cost - priced_effective_cost), 0) AS DOUBLE)
        / nullif(cast(sum(list_cost) AS DOUBLE), 0) AS savings_rate
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY billing_period
ORDER BY month
