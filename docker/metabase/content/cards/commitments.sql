-- name = "Commitments, last month"
-- display = "table"
-- description = "What of each was used and what it saved; is_loss: on demand was cheaper."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.commitment_use.provider_name"
-- [formats]
-- utilisation = "percent"
-- used_cost = "money"
-- unused_cost = "money"
-- on_demand_cost = "money"
-- net_savings = "money"

SELECT
    commitment_id AS commitment,
    any_value(commitment_name) AS name,
    any_value(commitment_type) AS type,
    any_value(provider_name) AS provider,
    any_value(payment_option) AS payment_option,
    any_value(commitment_term) AS term,
    max(commitment_end) AS ends,
    cast(sum(used_cost) AS DOUBLE)
        / nullif(cast(sum(used_cost) + sum(unused_cost) AS DOUBLE), 0) AS utilisation,
    sum(used_cost) AS used_cost,
    sum(unused_cost) AS unused_cost,
    sum(contracted_cost) AS on_demand_cost,
    sum(net_savings) AS net_savings,
    sum(net_savings) < 0 AS is_loss
FROM marts.commitment_use
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{provider}}
GROUP BY commitment_id
HAVING sum(used_cost) <> 0 OR sum(unused_cost) <> 0 OR sum(net_savings) <> 0
ORDER BY sum(used_cost) + sum(unused_cost) DESC, commitment
LIMIT 500
