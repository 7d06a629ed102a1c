-- name = "Costs and quantities by SKU"
-- display = "table"
-- description = "What a unit of each SKU cost; quantities of one unit only are added."
-- [filters]
-- currency = true
-- period = "marts.sku_costs.charge_month"
-- provider = "marts.sku_costs.provider_name"
-- account = "marts.sku_costs.sub_account_id"
-- service = "marts.sku_costs.service_name"
-- [formats]
-- effective_cost = "money"

SELECT
    service_name AS service,
    coalesce(sku_meter, sku_id) AS sku,
    pricing_unit AS unit,
    sum(pricing_quantity) FILTER (charge_category = 'Usage') AS quantity,
    sum(effective_cost) AS effective_cost,
    cast(sum(effective_cost) FILTER (charge_category = 'Usage') AS DOUBLE)
        / nullif(cast(sum(pricing_quantity) FILTER (charge_category = 'Usage') AS DOUBLE), 0)
        AS cost_of_a_unit
FROM marts.sku_costs
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}} AND {{account}} AND {{service}}
GROUP BY service_name, coalesce(sku_meter, sku_id), pricing_unit
ORDER BY abs(sum(effective_cost)) DESC, service, sku, unit
LIMIT 200
