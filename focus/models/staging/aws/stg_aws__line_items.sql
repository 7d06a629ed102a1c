-- One row per line item of the CUR loads this run maps; legacy CUR and CUR 2.0 alike.
-- Names and types only: no filter, no join, no sum. Columns an export lacks are null.
{%- set loads = loads_to_map('aws', ['cur_1', 'cur_2']) -%}

{%- set money = 'DECIMAL(38,18)' -%}
{%- set columns = [
    ['identity_line_item_id', 'VARCHAR'],
    ['identity_time_interval', 'VARCHAR'],

    ['bill_payer_account_id', 'VARCHAR'],
    ['bill_payer_account_name', 'VARCHAR'],
    ['bill_billing_entity', 'VARCHAR'],
    ['bill_invoice_id', 'VARCHAR'],
    ['bill_invoicing_entity', 'VARCHAR'],

    ['line_item_usage_account_id', 'VARCHAR'],
    ['line_item_usage_account_name', 'VARCHAR'],
    ['line_item_line_item_type', 'VARCHAR'],
    ['line_item_line_item_description', 'VARCHAR'],
    ['line_item_usage_start_date', 'TIMESTAMP'],
    ['line_item_usage_end_date', 'TIMESTAMP'],
    ['line_item_product_code', 'VARCHAR'],
    ['line_item_usage_type', 'VARCHAR'],
    ['line_item_operation', 'VARCHAR'],
    ['line_item_availability_zone', 'VARCHAR'],
    ['line_item_resource_id', 'VARCHAR'],
    ['line_item_legal_entity', 'VARCHAR'],
    ['line_item_tax_type', 'VARCHAR'],
    ['line_item_currency_code', 'VARCHAR'],
    ['line_item_unblended_rate', 'VARCHAR'],
    ['line_item_net_unblended_rate', 'VARCHAR'],
    ['line_item_usage_amount', money],
    ['line_item_normalized_usage_amount', money],
    ['line_item_unblended_cost', money],
    ['line_item_net_unblended_cost', money],

    ['pricing_currency', 'VARCHAR'],
    ['pricing_unit', 'VARCHAR'],
    ['pricing_public_on_demand_cost', money],
    ['pricing_public_on_demand_rate', 'VARCHAR'],
    ['pricing_rate_code', 'VARCHAR'],
    ['pricing_rate_id', 'VARCHAR'],
    ['pricing_purchase_option', 'VARCHAR'],
    ['pricing_lease_contract_length', 'VARCHAR'],

    ['reservation_reservation_a_r_n', 'VARCHAR'],
    ['reservation_start_time', 'VARCHAR'],
    ['reservation_end_time', 'VARCHAR'],
    ['reservation_effective_cost', money],
    ['reservation_net_effective_cost', money],
    ['reservation_unused_amortized_upfront_fee_for_billing_period', money],
    ['reservation_net_unused_amortized_upfront_fee_for_billing_period', money],
    ['reservation_unused_recurring_fee', money],
    ['reservation_net_unused_recurring_fee', money],
    ['reservation_unused_quantity', money],
    ['reservation_unused_normalized_unit_quantity', money],
    ['reservation_total_reserved_units', 'VARCHAR'],
    ['reservation_total_reserved_normalized_units', 'VARCHAR'],

    ['savings_plan_savings_plan_a_r_n', 'VARCHAR'],
    ['savings_plan_offering_type', 'VARCHAR'],
    ['savings_plan_payment_option', 'VARCHAR'],
    ['savings_plan_purchase_term', 'VARCHAR'],
    ['savings_plan_start_time', 'VARCHAR'],
    ['savings_plan_end_time', 'VARCHAR'],
    ['savings_plan_savings_plan_effective_cost', money],
    ['savings_plan_net_savings_plan_effective_cost', money],
    ['savings_plan_total_commitment_to_date', money],
    ['savings_plan_used_commitment', money],

    ['capacity_reservation_capacity_reservation_arn', 'VARCHAR'],
    ['capacity_reservation_capacity_reservation_status', 'VARCHAR'],

    ['product_sku', 'VARCHAR'],
    ['product_product_name', 'VARCHAR'],
    ['product_product_family', 'VARCHAR'],
    ['product_region_code', 'VARCHAR'],
    ['product_region', 'VARCHAR'],
    ['product_instance_type', 'VARCHAR'],

    ['product', 'JSON'],
    ['resource_tags', 'JSON'],
    ['cost_category', 'JSON'],
    ['discount', 'JSON'],
] -%}

{{ staged_loads(loads, columns) }}
