-- Fails with a row per load and currency in which daily costs differ from the invoices.
{{ mart_differences('daily_costs') }}
