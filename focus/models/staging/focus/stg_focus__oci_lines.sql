-- One row per line of the OCI cost reports this run maps, under OCI's own names.
-- Names and types only: no filter, no join, no sum. x_other holds all other columns.
{%- set loads = loads_to_map('focus', ['oci_cost']) -%}

{%- set money = 'DECIMAL(38,18)' -%}
{%- set columns = [
    ['line_item_reference_no', 'VARCHAR'],
    ['line_item_tenant_id', 'VARCHAR'],
    ['line_item_interval_usage_start', 'TIMESTAMP'],
    ['line_item_interval_usage_end', 'TIMESTAMP'],
    ['line_item_is_correction', 'VARCHAR'],
    ['line_item_backreference_no', 'VARCHAR'],
    ['product_service', 'VARCHAR'],
    ['product_compartment_id', 'VARCHAR'],
    ['product_compartment_name', 'VARCHAR'],
    ['product_region', 'VARCHAR'],
    ['product_availability_domain', 'VARCHAR'],
    ['product_resource_id', 'VARCHAR'],
    ['product_description', 'VARCHAR'],
    ['usage_billed_quantity', money],
    ['cost_product_sku', 'VARCHAR'],
    ['cost_unit_price', money],
    ['cost_my_cost', money],
    ['cost_currency_code', 'VARCHAR'],
    ['cost_billing_unit_readable', 'VARCHAR'],
    ['cost_sku_unit_description', 'VARCHAR'],
    ['cost_subscription_id', 'VARCHAR'],
    ['tags', 'JSON'],
] -%}

{{ staged_loads(loads, columns, rest='x_other') }}
