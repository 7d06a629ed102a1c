-- name = "Values that differ in spelling only, last month"
-- display = "table"
-- description = "Values of one key that are the same but for case and punctuation."
-- [filters]
-- currency = true
-- period = "marts.tag_costs.billing_period"
-- [formats]
-- cost_of_the_others = "money"

WITH spelt AS (
    SELECT
        tag_key,
        tag_value,
        regexp_replace(lower(tag_value), '[^a-z0-9]', '', 'g') AS meant,
        sum(effective_cost) AS cost
    FROM marts.tag_costs
    WHERE
        tag_value IS NOT NULL
        AND coalesce(billing_currency, 'no currency') = {{currency}}
        AND billing_period = (
            SELECT max(billing_period) FROM marts.tag_costs
            WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
        )
    GROUP BY tag_key, tag_value
)

SELECT
    tag_key,
    arg_max(tag_value, cost) AS most_used,
    string_agg(tag_value, ', ' ORDER BY cost DESC, tag_value) AS spellings,
    sum(cost) - max(cost) AS cost_of_the_others
FROM spelt
WHERE meant <> ''
GROUP BY tag_key, meant
HAVING count(*) > 1
ORDER BY cost_of_the_others DESC, tag_key, most_used
LIMIT 50
