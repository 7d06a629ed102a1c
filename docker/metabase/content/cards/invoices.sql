-- name = "Invoices"
-- display = "table"
-- description = "What each invoice bills; charges without an invoice are of an open month."
-- [filters]
-- currency = true
-- period = "marts.invoices.billing_period"
-- provider = "marts.invoices.provider_name"
-- [formats]
-- billed_cost = "money"
-- tax = "money"
-- credits = "money"

SELECT
    billing_period AS month,
    invoice_id AS invoice,
    invoice_issuer_name AS issuer,
    provider_name AS provider,
    billing_account_id AS payer,
    any_value(billing_account_name) AS payer_name,
    sum(billed_cost) AS billed_cost,
    sum(billed_cost) FILTER (charge_category = 'Tax') AS tax,
    sum(billed_cost) FILTER (charge_category = 'Credit') AS credits,
    cast(sum(row_count) AS BIGINT) AS charges
FROM marts.invoices
WHERE
    coalesce(billing_currency, 'no currency') = {{currency}}
    AND {{period}} AND {{provider}}
GROUP BY
    billing_period, invoice_id, billing_entity, invoice_issuer_name, provider_name,
    billing_account_id
ORDER BY month DESC, abs(sum(billed_cost)) DESC, invoice
LIMIT 2000
