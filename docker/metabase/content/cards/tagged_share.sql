-- name = "Tagged share, last month"
-- display = "scalar"
-- description = "Share of usage cost whose resource carries a tag of yours."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- [formats]
-- tagged_share = "percent"

SELECT
    cast(coalesce(sum(tagged_cost), 0) AS DOUBLE)
        / nullif(cast(sum(taggable_cost) AS DOUBLE), 0) AS tagged_share
FROM marts.tag_coverage
WHERE
    tag_key = '*'
    AND coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
