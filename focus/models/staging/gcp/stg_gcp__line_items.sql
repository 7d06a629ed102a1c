-- One row per line of the billing exports this run maps, standard and detailed alike.
-- Names and types only: no filter, no join, no sum. Columns an export lacks are null.
{%- set loads = loads_to_map('gcp', ['gcp_standard', 'gcp_detailed']) -%}

{%- set money = 'DECIMAL(38,18)' -%}
{%- set columns = [
    ['billing_account_id', 'VARCHAR'],
    ['project_id', 'VARCHAR'],
    ['project_name', 'VARCHAR'],
    ['service_id', 'VARCHAR'],
    ['service_description', 'VARCHAR'],
    ['sku_id', 'VARCHAR'],
    ['sku_description', 'VARCHAR'],
    ['usage_start_time', 'TIMESTAMP'],
    ['usage_end_time', 'TIMESTAMP'],
    ['cost_type', 'VARCHAR'],
    ['transaction_type', 'VARCHAR'],
    ['seller_name', 'VARCHAR'],
    ['invoice_publisher_type', 'VARCHAR'],
    ['adjustment_info_id', 'VARCHAR'],
    ['adjustment_info_description', 'VARCHAR'],
    ['consumption_model_id', 'VARCHAR'],
    ['consumption_model_description', 'VARCHAR'],
    ['subscription_instance_id', 'VARCHAR'],

    ['location_location', 'VARCHAR'],
    ['location_region', 'VARCHAR'],
    ['location_zone', 'VARCHAR'],
    ['resource_name', 'VARCHAR'],
    ['resource_global_name', 'VARCHAR'],

    ['currency', 'VARCHAR'],
    ['currency_conversion_rate', money],
    ['cost', money],
    ['cost_at_list', money],
    ['cost_at_effective_price_default', money],
    ['price_list_price', money],
    ['price_effective_price', money],
    ['price_effective_price_default', money],
    ['price_tier_start_amount', money],
    ['x_pricing_list_price', money],
    ['x_pricing_tier_start_amount', money],
    ['usage_amount', 'DOUBLE'],
    ['usage_unit', 'VARCHAR'],
    ['usage_amount_in_pricing_units', money],
    ['usage_pricing_unit', 'VARCHAR'],

    ['credits', 'JSON'],
    ['x_credits_total', money],
    ['x_credits_promotion', money],
    ['x_credits_commitment', money],
    ['x_credits_spend_commitment', money],
    ['x_credits_fee_offset', money],

    ['labels', 'JSON'],
    ['project_labels', 'JSON'],
    ['system_labels', 'JSON'],
    ['tags', 'JSON'],
] -%}

{{ staged_loads(loads, columns) }}
