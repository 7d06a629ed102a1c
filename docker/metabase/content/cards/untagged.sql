-- name = "Resources without a tag, last month"
-- display = "table"
-- description = "The fifty that cost most."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.billing_period"
-- account = "marts.resource_costs.sub_account_id"
-- service = "marts.resource_costs.service_name"
-- [formats]
-- cost = "money"

SELECT
    resource_id AS resource,
    any_value(resource_name) AS resource_name,
    service_name AS service,
    sub_account_id AS account,
    sum(taggable_cost) AS cost
FROM marts.resource_costs
WHERE
    NOT is_tagged
    AND taggable_cost > 0
    AND coalesce(billing_currency, 'no currency') = {{currency}}
    AND billing_period = (
        SELECT max(billing_period) FROM marts.daily_costs
        WHERE coalesce(billing_currency, 'no currency') = {{currency}} AND {{period}}
    )
    AND {{account}} AND {{service}}
GROUP BY resource_id, service_name, sub_account_id
ORDER BY cost DESC, resource, service, account
LIMIT 50
