-- Fails with a row per load and currency in which resource costs differ from the invoices.
{{ mart_differences('resource_costs') }}
