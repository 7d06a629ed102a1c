-- One row per charge of the actual and amortized exports this run maps, all agreements alike.
-- Names and types only: no filter, no join, no sum. Columns an export lacks are null.
{%- set loads = loads_to_map('azure', ['cost_pair', 'cost_actual']) -%}

{%- set money = 'DECIMAL(38,18)' -%}
{%- set columns = [
    ['source_dataset', 'VARCHAR'],

    ['billing_account_id', 'VARCHAR'],
    ['billing_account_name', 'VARCHAR'],
    ['billing_profile_id', 'VARCHAR'],
    ['billing_profile_name', 'VARCHAR'],
    ['subscription_id', 'VARCHAR'],
    ['subscription_name', 'VARCHAR'],
    ['invoice_id', 'VARCHAR'],
    ['partner_name', 'VARCHAR'],

    ['usage_date', 'DATE'],
    ['charge_type', 'VARCHAR'],
    ['frequency', 'VARCHAR'],
    ['pricing_model', 'VARCHAR'],
    ['publisher_name', 'VARCHAR'],
    ['publisher_type', 'VARCHAR'],

    ['billing_currency', 'VARCHAR'],
    ['pricing_currency', 'VARCHAR'],
    ['exchange_rate_pricing_to_billing', money],
    ['cost_in_billing_currency', money],
    ['cost_in_pricing_currency', money],
    ['payg_cost_in_billing_currency', money],
    ['quantity', money],
    ['unit_price', money],
    ['payg_price', money],
    ['unit_of_measure', 'VARCHAR'],

    ['meter_category', 'VARCHAR'],
    ['meter_sub_category', 'VARCHAR'],
    ['meter_name', 'VARCHAR'],
    ['meter_id', 'VARCHAR'],
    ['part_number', 'VARCHAR'],
    ['product_id', 'VARCHAR'],
    ['product_name', 'VARCHAR'],
    ['consumed_service', 'VARCHAR'],

    ['resource_id', 'VARCHAR'],
    ['resource_name', 'VARCHAR'],
    ['resource_location', 'VARCHAR'],
    ['availability_zone', 'VARCHAR'],
    ['additional_info', 'VARCHAR'],
    ['tags', 'VARCHAR'],

    ['benefit_id', 'VARCHAR'],
    ['benefit_name', 'VARCHAR'],
    ['reservation_id', 'VARCHAR'],
    ['reservation_name', 'VARCHAR'],
    ['product_order_id', 'VARCHAR'],
    ['term', 'VARCHAR'],
    ['cost_allocation_rule_name', 'VARCHAR'],
] -%}

{{ staged_loads(loads, columns) }}
