-- name = "Effective cost by month and service"
-- display = "bar"
-- description = "The nine services that cost most, and the rest as Other."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- [visualization]
-- "graph.dimensions" = ["month", "service"]
-- "graph.metrics" = ["effective_cost"]
-- "stackable.stack_type" = "stacked"

WITH base AS (
    SELECT billing_period AS month, service_name, sum(effective_cost) AS effective_cost
    FROM marts.daily_costs
    WHERE
        coalesce(billing_currency, 'no currency') = {{currency}}
        AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
    GROUP BY billing_period, service_name
),

largest AS (
    SELECT service_name
    FROM base
    GROUP BY service_name
    ORDER BY abs(sum(effective_cost)) DESC, service_name
    LIMIT 9
)

SELECT
    month,
    CASE
        WHEN service_name IN (SELECT service_name FROM largest) THEN service_name
        ELSE 'Other'
    END AS service,
    sum(effective_cost) AS effective_cost
FROM base
GROUP BY ALL
ORDER BY month, service
