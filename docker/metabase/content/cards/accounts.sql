-- name = "Costs by account"
-- display = "table"
-- description = "All four costs of each account, subscription or project."
-- [filters]
-- currency = true
-- period = "marts.daily_costs.cost_date"
-- provider = "marts.daily_costs.provider_name"
-- account = "marts.daily_costs.sub_account_id"
-- service = "marts.daily_costs.service_name"
-- [formats]
-- effective_cost = "money"
-- billed_cost = "money"
-- contracted_cost = "money"
-- list_cost = "money"

SELECT
    sub_account_id AS account,
    any_value(sub_account_name) AS account_name,
    sum(effective_cost) AS effective_cost,
    sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost,
    sum(list_cost) AS list_cost
FROM marts.daily_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY sub_account_id
ORDER BY abs(sum(effective_cost)) DESC, sub_account_id
LIMIT 1000
