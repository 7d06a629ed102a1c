-- name = "From list price to what was paid, last month"
-- display = "waterfall"
-- description = "What negotiated and spot prices, then commitments, took off the list price."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- amount = "money"
-- [visualization]
-- "graph.dimensions" = ["step"]
-- "graph.metrics" = ["amount"]
-- "graph.x_axis.scale" = "ordinal"
-- "waterfall.show_total" = true

WITH sums AS (
    SELECT
        coalesce(sum(list_cost), 0) AS list_cost,
        coalesce(-sum(negotiated_savings), 0) AS negotiated,
        coalesce(-sum(commitment_savings), 0) AS commitments,
        coalesce(sum(usage_effective_cost), 0) AS effective_cost
    FROM marts.daily_costs
    WHERE
        coalesce(billing_currency, 'no currency') = {{currency}}
        AND billing_period = (
            SELECT max(billing_period) FROM marts.daily_costs
            WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
        )
        AND {{provider}} AND {{account}} AND {{service}}
)

SELECT 'List price' AS step, list_cost AS amount FROM sums
UNION ALL
SELECT 'Negotiated and spot' AS step, negotiated AS amount FROM sums
UNION ALL
SELECT 'Commitments' AS step, commitments AS amount FROM sums
UNION ALL
SELECT
    'Other usage and discounts' AS step,
    effective_cost - list_cost - negotiated - commitments AS amount
FROM sums
