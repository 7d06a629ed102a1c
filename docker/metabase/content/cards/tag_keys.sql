-- name = "Coverage by tag key, last month"
-- display = "table"
-- description = "How much of the taggable cost carries each key, and how many values it has."
-- [filters]
-- currency = true
-- period = "marts.tag_coverage.billing_period"
-- [formats]
-- coverage = "percent"
-- tagged_cost = "money"
-- taggable_cost = "money"

SELECT
    tag_key,
    cast(coalesce(sum(tagged_cost), 0) AS DOUBLE)
        / nullif(cast(sum(taggable_cost) AS DOUBLE), 0) AS coverage,
    sum(tagged_cost) AS tagged_cost,
    sum(taggable_cost) AS taggable_cost,
    (
        SELECT nullif(count(DISTINCT costs.tag_value), 0)
        FROM marts.tag_costs AS costs
        WHERE
            costs.tag_key = coverage.tag_key
            AND costs.billing_period = max(coverage.billing_period)
            AND coalesce(costs.billing_currency, 'no currency') = {{currency}}
    ) AS value_count
FROM marts.tag_coverage AS coverage
WHERE
    tag_key <> '*'
    AND coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.tag_coverage
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
GROUP BY tag_key
ORDER BY tagged_cost DESC, tag_key
LIMIT 200
