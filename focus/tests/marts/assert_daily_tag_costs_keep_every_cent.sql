-- Fails with a row per load and currency in which costs by set of tags differ from the invoices.
{{ mart_differences('daily_tag_costs') }}
