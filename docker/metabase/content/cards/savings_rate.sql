-- name = "Effective savings rate, last month"
-- display = "scalar"
-- description = "Share of the list price that was not paid."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- savings_rate = "percent"

SELECT
    cast(coalesce(sum(list_cost - priced_effective_cost), 0) AS DOUBLE)
        / nullif(cast(sum(list_cost) AS DOUBLE), 0) AS savings_rate
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}} AND {{account}} AND {{service}}
