-- name = "Tagged share by month"
-- display = "line"
-- description = "Share of usage cost whose resource carries at least one tag of yours."
-- [filters]
-- currency = true
-- period = "marts.tag_coverage.billing_period"
-- [formats]
-- tagged_share = "percent"
-- [visualization]
-- "graph.dimensions" = ["month"]
-- "graph.metrics" = ["tagged_share"]

SELECT
    billing_period AS month,
    cast(coalesce(sum(tagged_cost), 0) AS DOUBLE)
        / nullif(cast(sum(taggable_cost) AS DOUBLE), 0) AS tagged_share
FROM marts.tag_coverage
WHERE
    tag_key = '*'
    AND coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}}
GROUP BY billing_period
ORDER BY month
