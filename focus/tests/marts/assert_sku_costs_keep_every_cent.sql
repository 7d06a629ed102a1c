-- Fails with a row per load and currency in which SKU costs differ from the invoices.
{{ mart_differences('sku_costs') }}
