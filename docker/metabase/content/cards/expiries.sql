-- name = "Commitments that end within 90 days"
-- display = "table"
-- description = "Those with a cost in the last month, counted from the end of its complete days; at risk is what they saved in it."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- provider = "marts.commitment_use.provider_name"
-- [formats]
-- savings_at_risk = "money"

WITH month AS (
    SELECT max(billing_period) AS first_day
    FROM marts.daily_costs
    WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
),

reached AS (
    SELECT
        CASE
            WHEN bool_or(is_partial) THEN min(cast(data_as_of AS DATE)) FILTER (is_partial)
            ELSE cast((SELECT first_day FROM month) + INTERVAL 1 MONTH AS DATE)
        END AS day
    FROM marts.data_freshness
    WHERE load_id IN (
        SELECT load_id FROM marts.daily_costs
        WHERE
            coalesce(billing_currency, 'no currency') = {{currency}}
            AND billing_period = (SELECT first_day FROM month)
    )
)

SELECT
    commitment_id AS commitment,
    any_value(commitment_name) AS name,
    any_value(commitment_type) AS type,
    max(commitment_end) AS ends,
    cast(max(commitment_end) AS DATE) - (SELECT day FROM reached) AS days_left,
    greatest(
        coalesce(sum(net_savings) FILTER (billing_period = (SELECT first_day FROM month)), 0), 0
    ) AS savings_at_risk
FROM marts.commitment_use
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period <= (SELECT first_day FROM month)
    AND {{provider}}
GROUP BY commitment_id
HAVING
    cast(max(commitment_end) AS DATE) - (SELECT day FROM reached) BETWEEN 0 AND 90
    -- What was returned has no cost any more.
    AND bool_or(
        billing_period = (SELECT first_day FROM month) AND (used_cost <> 0 OR unused_cost <> 0)
    )
ORDER BY days_left, commitment
