-- Charges of FOCUS files of any version as FOCUS 1.2: columns of former versions take their new
-- names, values their new spelling. Nothing is invented: what a provider leaves out stays null.
with

charges as (

    select
        *,
        {{ allowed_value('coalesce(charge_category, charge_type)', 'ChargeCategory') }} as category,
        lower(trim(charge_subcategory)) as subcategory,
        coalesce(provider_name, {{ json_text('x_other', 'service_provider_name') }}, provider)
            as provider_of,
        x_dialect in ('focus_0_5', 'focus_1_0_preview', 'focus_1_0', 'focus_1_1')
            as is_before_pricing_currency
    from {{ ref('stg_focus__charges') }}

),

upgraded as (

    select
        *,
        -- Preview: a credit was an adjustment of the subcategory Credit.
        case
            when category = 'Adjustment' and subcategory = 'credit' then 'Credit' else category
        end as category_now,
        {{ service_category_of('service_category') }} as service_category_now,
        coalesce(
            pricing_currency, case when is_before_pricing_currency then billing_currency end
        ) as price_currency,
        coalesce(
            {{ allowed_value('commitment_discount_status', 'CommitmentDiscountStatus') }},
            case subcategory
                when 'used commitment' then 'Used' when 'unused commitment' then 'Unused'
            end
        ) as status_now
    from charges

)

select
    ---------- source
    'focus' as x_vendor,
    x_export,
    x_load_id,
    coalesce(charge_subcategory, charge_type) as x_source_line_item_type,
    {{ focus_row_id('x_operation') }},
    x_usage_type,
    x_operation,
    x_service_code,
    x_other,

    ---------- who bills whom
    billing_account_id,
    billing_account_name,
    billing_account_type,
    sub_account_id,
    sub_account_name,
    sub_account_type,
    invoice_id,
    coalesce(invoice_issuer_name, invoice_issuer) as invoice_issuer_name,
    provider_of as provider_name,
    coalesce(publisher_name, publisher) as publisher_name,

    ---------- times (UTC; ends are exclusive)
    billing_period_start,
    billing_period_start + interval 1 month as billing_period_end,
    charge_period_start,
    charge_period_end,

    ---------- what was charged
    category_now as charge_category,
    coalesce(
        {{ allowed_value('charge_class', 'ChargeClass') }},
        case when subcategory = 'refund' then 'Correction' end
    ) as charge_class,
    charge_description,
    {{ allowed_value('charge_frequency', 'ChargeFrequency') }} as charge_frequency,
    {{ pricing_category_of('pricing_category') }} as pricing_category,

    ---------- money and quantities (billing currency)
    billing_currency,
    billed_cost,
    coalesce(effective_cost, amortized_cost, billed_cost) as effective_cost,
    case
        when effective_cost is not null then null
        when amortized_cost is not null then 'EffectiveCost is AmortizedCost of FOCUS 0.5'
        else 'EffectiveCost follows BilledCost: the source has none'
    end as x_effective_cost_note,
    list_cost,
    list_unit_price,
    contracted_cost,
    contracted_unit_price,
    price_currency as pricing_currency,
    coalesce(
        pricing_currency_effective_cost,
        case when is_before_pricing_currency then coalesce(effective_cost, amortized_cost) end
    ) as pricing_currency_effective_cost,
    coalesce(
        pricing_currency_list_unit_price,
        case when is_before_pricing_currency then list_unit_price end
    ) as pricing_currency_list_unit_price,
    coalesce(
        pricing_currency_contracted_unit_price,
        case when is_before_pricing_currency then contracted_unit_price end
    ) as pricing_currency_contracted_unit_price,
    pricing_quantity,
    pricing_unit,
    coalesce(
        consumed_quantity,
        case
            when category_now = 'Usage' and status_now is distinct from 'Unused' then usage_quantity
        end
    ) as consumed_quantity,
    coalesce(
        consumed_unit,
        case
            when
                category_now = 'Usage' and status_now is distinct from 'Unused'
                and usage_quantity is not null
                then usage_unit
        end
    ) as consumed_unit,

    ---------- commitments
    commitment_discount_id,
    {{ allowed_value('commitment_discount_category', 'CommitmentDiscountCategory') }}
        as commitment_discount_category,
    commitment_discount_type,
    commitment_discount_name,
    status_now as commitment_discount_status,
    commitment_discount_quantity,
    commitment_discount_unit,
    capacity_reservation_id,
    {{ allowed_value('capacity_reservation_status', 'CapacityReservationStatus') }}
        as capacity_reservation_status,

    ---------- what and where
    service_name,
    service_category_now as service_category,
    {{ service_subcategory_of('service_subcategory', 'service_category_now') }}
        as service_subcategory,
    coalesce(region_id, region) as region_id,
    coalesce(region_name, region) as region_name,
    availability_zone,
    resource_id,
    resource_name,
    resource_type,
    sku_id,
    sku_meter,
    sku_price_id,
    sku_price_details,
    tags
from upgraded
