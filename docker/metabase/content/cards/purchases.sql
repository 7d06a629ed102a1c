-- name = "Purchases of commitments"
-- display = "table"
-- description = "What was billed for each commitment, upfront and recurring."
-- [filters]
-- currency = true
-- period = "marts.commitment_use.billing_period"
-- provider = "marts.commitment_use.provider_name"
-- [formats]
-- upfront_fee = "money"
-- recurring_fee = "money"

SELECT
    billing_period AS month,
    commitment_id AS commitment,
    any_value(commitment_name) AS name,
    any_value(commitment_type) AS type,
    sum(upfront_fee) AS upfront_fee,
    sum(recurring_fee) AS recurring_fee
FROM marts.commitment_use
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}}
GROUP BY billing_period, commitment_id
HAVING sum(upfront_fee) <> 0 OR sum(recurring_fee) <> 0
ORDER BY month DESC, sum(upfront_fee + recurring_fee) DESC, commitment
LIMIT 500
