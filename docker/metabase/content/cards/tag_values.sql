-- name = "Effective cost by month and value of a tag"
-- display = "bar"
-- description = "The whole bill by the values of one key; what does not carry it is (none)."
-- [filters]
-- tag_key = true
-- currency = true
-- period = "marts.tag_costs.billing_period"
-- account = "marts.tag_costs.sub_account_id"
-- service = "marts.tag_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- [visualization]
-- "graph.dimensions" = ["month", "tag_value"]
-- "graph.metrics" = ["effective_cost"]
-- "stackable.stack_type" = "stacked"

SELECT
    billing_period AS month,
    coalesce(tag_value, '(none)') AS tag_value,
    sum(effective_cost) AS effective_cost
FROM marts.tag_costs
WHERE
    tag_key = {{tag_key}}
    AND coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{account}} AND {{service}}
GROUP BY billing_period, coalesce(tag_value, '(none)')
ORDER BY month, tag_value
