-- name = "Unused commitments, last month"
-- display = "scalar"
-- description = "Cost of commitments that idled."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- unused_commitments = "money"

SELECT
    coalesce(sum(effective_cost) FILTER (commitment_status = 'Unused'), 0) AS unused_commitments
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}} AND {{account}} AND {{service}}
