-- The charges of int_gcp__charges in the columns of FOCUS 1.2, still in snake case.
with

lines as (

    select
        charges.* replace (
            coalesce(charges.part_list_cost, charges.part_contracted_cost) as part_list_cost
        ),
        charges.part_list_cost is not null as has_list,
        charges.leg <> 'line' as is_used,
        charges.leg = 'line' and charges.is_priced_by_commitment and not charges.is_fee
            as is_used_at_price,
        charges.currency as billing_currency,
        case
            when charges.currency_conversion_rate is not null then 'USD' else charges.currency
        end as pricing_currency,
        sets.tags as tag_object,
        sets.capacity_reservation_id,
        sets.is_unused_reservation,
        sets.machine,
        sets.cores,
        sets.memory_gib,
        {{ gcp_quantity('coalesce(charges.part_usage_amount, 0)') }} as consumed_amount,
        case
            when charges.charge_category = 'Usage'
                then coalesce(charges.part_pricing_amount, 0)
            when charges.charge_category = 'Purchase'
                then coalesce(nullif(charges.part_pricing_amount, 0), 1)
        end as pricing_quantity
    from {{ ref('int_gcp__charges') }} as charges
    left join {{ ref('int_gcp__tag_sets') }} as sets
        on
            charges.labels is not distinct from sets.labels
            and charges.project_labels is not distinct from sets.project_labels
            and charges.tags is not distinct from sets.resource_tags
            and charges.system_labels is not distinct from sets.system_labels

),

priced as (

    select
        *,
        case
            when is_used or (is_fee and is_spread) then commitment_id
            when is_used_at_price
                then coalesce(
                    nullif(subscription_instance_id, ''),
                    commitment_id,
                    billing_account_id || '/commitments/' || consumption_model_id,
                    billing_account_id || '/commitments/' || consumption_model_description
                )
        end as commitment_discount_id,
        case when charge_category = 'Usage' then part_list_cost else billed_cost end as list_cost,
        case when charge_category = 'Usage' then part_contracted_cost else billed_cost end
            as contracted_cost
    from lines

),

rated as (

    select
        *,
        case
            when charge_category = 'Usage' and has_list
                then {{ unit_price(
                    'coalesce(price_list_price, x_pricing_list_price)',
                    'list_cost', 'pricing_quantity') }}
            -- No list cost in the bill: a price from the list stands only where it makes the cost.
            when charge_category = 'Usage' and pricing_quantity <> 0 and not {{ price_misses_cost(
                'x_pricing_list_price', 'pricing_quantity', 'list_cost', '0.00000005') }}
                then x_pricing_list_price
        end as list_unit_price,
        case
            when charge_category in ('Usage', 'Purchase')
                then {{ unit_price(
                    "case when is_priced_by_commitment then price_effective_price_default"
                    ~ " else price_effective_price end",
                    'contracted_cost', 'pricing_quantity') }}
        end as contracted_unit_price
    from priced

)

select
    ---------- source
    'gcp' as x_vendor,
    x_export,
    x_load_id,
    cost_type as x_source_line_item_type,
    x_source_row_id,
    x_parent_row_id,
    nullif(invoice_publisher_type, '') as x_billing_entity,
    service_id as x_service_code,

    ---------- who bills whom
    billing_account_id,
    'Billing Account' as billing_account_type,
    project_id as sub_account_id,
    case when project_id is not null then nullif(project_name, '') end as sub_account_name,
    case when project_id is not null then 'Project' end as sub_account_type,
    'Google Cloud' as invoice_issuer_name,
    'Google Cloud' as provider_name,
    case
        when transaction_type like 'THIRD_PARTY%'
            then coalesce(nullif(seller_name, ''), nullif(service_description, ''))
    end as publisher_name,

    ---------- times (UTC; ends are exclusive)
    billing_period_start,
    usage_start_time as charge_period_start,
    usage_end_time as charge_period_end,

    ---------- what was charged
    charge_category,
    charge_class,
    coalesce(nullif(adjustment_info_description, ''), nullif(sku_description, ''))
        as charge_description,
    case
        when charge_category = 'Usage' then 'Usage-Based'
        when is_fee then 'Recurring'
        else 'One-Time'
    end as charge_frequency,
    case
        when charge_category not in ('Usage', 'Purchase') then null
        when is_used or is_used_at_price then 'Committed'
        when is_spot then 'Dynamic'
        else 'Standard'
    end as pricing_category,

    ---------- money and quantities
    billing_currency,
    billed_cost,
    effective_cost,
    case
        when charge_category = 'Tax' then 'tax follows billed cost'
        when is_used_at_price then 'billed at the price of the commitment'
        when not is_spread and (is_fee or covered <> 0 or spend_covered <> 0)
            then 'fees and credits of commitments do not match: effective follows billed cost'
        when is_used and is_spend_pool
            then 'the whole fee is spread: the bill does not tell its unused part'
    end as x_effective_cost_note,
    list_cost,
    list_unit_price,
    contracted_cost,
    contracted_unit_price,
    pricing_currency,
    {{ gcp_in_pricing_currency('effective_cost') }} as pricing_currency_effective_cost,
    {{ gcp_in_pricing_currency('list_unit_price') }} as pricing_currency_list_unit_price,
    {{ gcp_in_pricing_currency('contracted_unit_price') }}
        as pricing_currency_contracted_unit_price,
    pricing_quantity,
    case
        when pricing_quantity is not null then coalesce(nullif(usage_pricing_unit, ''), 'Units')
    end as pricing_unit,
    -- Where Google's unit is too fine for the number, such as byte-seconds, the priced one.
    case
        when charge_category = 'Usage' then coalesce(consumed_amount, pricing_quantity)
    end as consumed_quantity,
    case
        when charge_category <> 'Usage' then null
        when consumed_amount is null then coalesce(nullif(usage_pricing_unit, ''), 'Units')
        else coalesce(nullif(usage_unit, ''), 'Units')
    end as consumed_unit,

    ---------- commitments
    commitment_discount_id,
    case
        when commitment_discount_id is null then null
        when is_used_at_price or is_spend_pool then 'Spend'
        else 'Usage'
    end as commitment_discount_category,
    case
        when commitment_discount_id is null then null
        when is_used_at_price or is_spend_pool then 'Spend-based CUD'
        else 'Resource-based CUD'
    end as commitment_discount_type,
    case
        when commitment_discount_id is not null and charge_category = 'Usage' then 'Used'
    end as commitment_discount_status,
    case
        when commitment_discount_id is null then null
        when is_used_at_price then billed_cost
        when is_spend_pool and is_fee then billed_cost
        when is_spend_pool then effective_cost
        else pricing_quantity
    end as commitment_discount_quantity,
    case
        when commitment_discount_id is null then null
        when is_used_at_price or is_spend_pool then billing_currency
        else commitment_unit
    end as commitment_discount_unit,
    case
        when commitment_discount_id is not null
            then regexp_extract(sku_description, '(?i)\b([13]) ?year', 1)
    end as commitment_years,
    case when charge_category in ('Usage', 'Purchase') then capacity_reservation_id end
        as capacity_reservation_id,
    case
        when charge_category <> 'Usage' or capacity_reservation_id is null then null
        when is_unused_reservation then 'Unused'
        else 'Used'
    end as capacity_reservation_status,

    ---------- what and where
    service_id,
    service_description,
    coalesce(location_region, location_location) as region_id,
    nullif(location_zone, '') as availability_zone,
    resource_id,
    case when resource_id is not null then nullif(resource_name, '') end as resource_name,
    {{ gcp_resource_type('resource_id') }} as resource_type,
    case when charge_category in ('Usage', 'Purchase') then nullif(sku_id, '') end as sku_id,
    case when charge_category in ('Usage', 'Purchase') and sku_id <> '' then sku_description end
        as sku_meter,
    case
        when charge_category in ('Usage', 'Purchase') and sku_id <> ''
            then sku_id
                || '/' || coalesce(cast(cast(coalesce(
                    price_tier_start_amount, x_pricing_tier_start_amount
                ) as double) as varchar), '0.0')
                || coalesce('/' || nullif(consumption_model_id, ''), '')
    end as sku_price_id,
    case
        when charge_category = 'Usage' and sku_id <> '' and machine is not null
            then {{ gcp_sku_details() }}
    end as sku_price_details,
    tag_object as tags,
    case when x_credits_total <> x_credits_promotion and leg = 'line'
        then {{ gcp_discounts('credits') }} end as x_discounts
from rated
