-- Lines of OCI's own cost reports as FOCUS 1.2. OCI amortizes nothing in it and states no list
-- price: EffectiveCost follows BilledCost, and says so.
with

lines as (

    select
        *,
        coalesce(lower(line_item_is_correction) = 'true', false) as is_correction,
        nullif(product_resource_id, '') as resource_of,
        coalesce(nullif(cost_billing_unit_readable, ''), cost_sku_unit_description) as unit
    from {{ ref('stg_focus__oci_lines') }}

)

select
    ---------- source
    'focus' as x_vendor,
    lines.x_export,
    lines.x_load_id,
    case when lines.is_correction then 'Correction' else 'Usage' end as x_source_line_item_type,
    lines.line_item_reference_no as x_source_row_id,
    lines.product_service as x_service_code,
    case
        when lines.line_item_backreference_no is null then lines.x_other
        else cast(
            '{"line_item_backreference_no":'
            || cast(to_json(lines.line_item_backreference_no) as varchar)
            || coalesce(',' || substr(cast(lines.x_other as varchar), 2), '}') as json
        )
    end as x_other,

    ---------- who bills whom
    lines.line_item_tenant_id as billing_account_id,
    'Tenancy' as billing_account_type,
    lines.product_compartment_id as sub_account_id,
    lines.product_compartment_name as sub_account_name,
    case when lines.product_compartment_id is not null then 'Compartment' end as sub_account_type,
    'Oracle' as invoice_issuer_name,
    'Oracle' as provider_name,
    'Oracle' as publisher_name,

    ---------- times (UTC; ends are exclusive)
    lines.billing_period_start,
    lines.billing_period_start + interval 1 month as billing_period_end,
    lines.line_item_interval_usage_start as charge_period_start,
    lines.line_item_interval_usage_end as charge_period_end,

    ---------- what was charged
    'Usage' as charge_category,
    lines.product_description as charge_description,
    'Usage-Based' as charge_frequency,
    'Standard' as pricing_category,

    ---------- money and quantities (billing currency)
    lines.cost_currency_code as billing_currency,
    lines.cost_my_cost as billed_cost,
    lines.cost_my_cost as effective_cost,
    'EffectiveCost follows BilledCost: OCI''s cost report has none' as x_effective_cost_note,
    cast(null as decimal(38, 18)) as list_cost,
    -- The price of the contract; the report has no list price.
    lines.cost_my_cost as contracted_cost,
    case when lines.cost_unit_price >= 0 then lines.cost_unit_price end as contracted_unit_price,
    lines.cost_currency_code as pricing_currency,
    lines.cost_my_cost as pricing_currency_effective_cost,
    case when lines.cost_unit_price >= 0 then lines.cost_unit_price end
        as pricing_currency_contracted_unit_price,
    lines.usage_billed_quantity as pricing_quantity,
    lines.unit as pricing_unit,
    lines.usage_billed_quantity as consumed_quantity,
    lines.unit as consumed_unit,

    ---------- what and where
    coalesce(services.service_name, lines.product_service) as service_name,
    coalesce(services.service_category, 'Other') as service_category,
    coalesce(services.service_subcategory, 'Other (Other)') as service_subcategory,
    lines.product_region as region_id,
    lines.product_region as region_name,
    lines.product_availability_domain as availability_zone,
    lines.resource_of as resource_id,
    case when lines.resource_of is not null then coalesce(
        nullif(split_part(lines.resource_of, '.', 2), ''), 'resource'
    ) end as resource_type,
    lines.cost_product_sku as sku_id,
    lines.tags
from lines
left join {{ ref('oci_services') }} as services
    on upper(lines.product_service) = services.product_service
