-- name = "Commitment utilisation, last month"
-- display = "scalar"
-- description = "Share of the commitments paid for that was used."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- utilisation = "percent"

SELECT
    cast(coalesce(sum(effective_cost) FILTER (commitment_status = 'Used'), 0) AS DOUBLE)
        / nullif(cast(
            sum(effective_cost) FILTER (commitment_status IN ('Used', 'Unused')) AS DOUBLE
        ), 0) AS utilisation
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}} AND {{account}} AND {{service}}
