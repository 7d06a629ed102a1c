-- Fails with a row per load and currency in which the invoices differ from FOCUS.
{{ focus_differences('invoices') }}
