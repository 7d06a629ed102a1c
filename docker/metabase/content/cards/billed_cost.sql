-- name = "Billed cost, last month"
-- display = "scalar"
-- description = "Charges as invoiced, purchases in full when they are billed."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- billed_cost = "money"

SELECT
    coalesce(sum(billed_cost), 0) AS billed_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}} AND {{account}} AND {{service}}
