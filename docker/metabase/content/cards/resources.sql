-- name = "Costs by resource"
-- display = "table"
-- description = "The hundred resources that cost most."
-- [filters]
-- currency = true
-- period = "marts.charges.cost_date"
-- provider = "marts.charges.provider_name"
-- account = "marts.charges.sub_account_id"
-- service = "marts.charges.service_name"
-- [formats]
-- effective_cost = "money"
-- billed_cost = "money"

SELECT
    resource_id AS resource,
    any_value(resource_name) AS resource_name,
    service_name AS service,
    sub_account_id AS account,
    sum(effective_cost) AS effective_cost,
    sum(billed_cost) AS billed_cost
FROM marts.charges
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND resource_id IS NOT NULL
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY resource_id, service_name, sub_account_id
ORDER BY abs(sum(effective_cost)) DESC, resource, service, account
LIMIT 100
