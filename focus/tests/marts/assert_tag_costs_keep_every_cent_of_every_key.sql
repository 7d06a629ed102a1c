-- Fails with a row per load, currency and key in which tag costs differ from the invoices.
{{ mart_differences('tag_costs', by=['tag_key']) }}
