-- name = "Billed cost by month and charge category"
-- display = "bar"
-- description = "Usage, purchases, taxes, credits and adjustments as invoiced."
-- [filters]
-- currency = true
-- period = "marts.invoices.billing_period"
-- provider = "marts.invoices.provider_name"
-- [formats]
-- billed_cost = "money"
-- [visualization]
-- "graph.dimensions" = ["month", "charge_category"]
-- "graph.metrics" = ["billed_cost"]
-- "stackable.stack_type" = "stacked"

SELECT billing_period AS month, charge_category, sum(billed_cost) AS billed_cost
FROM marts.invoices
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}}
GROUP BY billing_period, charge_category
ORDER BY month, charge_category
