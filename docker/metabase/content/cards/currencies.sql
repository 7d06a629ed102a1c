-- name = "Currencies"
-- display = "table"
-- description = "The currencies of the bills, that of most cost first; they are never added up."
-- [filters]
-- provider = "marts.daily_costs.provider_name"

SELECT coalesce(billing_currency, 'no currency') AS currency
FROM marts.daily_costs
WHERE {{provider}}
GROUP BY coalesce(billing_currency, 'no currency')
ORDER BY sum(effective_cost) DESC, currency
