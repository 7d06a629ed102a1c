-- Every AWS charge in FOCUS 1.2 columns, still in snake case: CUR mapped, FOCUS exports as they are.
with

priced as (

    select
        *,
        coalesce(nullif(pricing_currency, ''), line_item_currency_code) as price_currency,
        nullif(line_item_resource_id, '') as resource_id,
        case when charge_category in ('Usage', 'Purchase') then nullif(product_sku, '') end
            as sku_id,
        coalesce(
            nullif(product_region_code, ''),
            nullif(product_region, ''),
            nullif(regexp_extract(line_item_availability_zone, '^[a-z]+(-[a-z]+)+-[0-9]+'), '')
        ) as region_id,
        -- Fees, marketplace and discounts have no public price: null, since 0 would be a lie.
        case
            when kind in ('usage', 'ri_usage', 'sp_usage') and not is_unused
                then {{ unit_price(
                    'pricing_public_on_demand_rate', 'list_cost', 'pricing_quantity') }}
        end as list_unit_price,
        case
            when kind <> 'discount' and not is_unused and charge_category in ('Usage', 'Purchase')
                then {{ unit_price(
                    'case when is_net then line_item_net_unblended_rate'
                    ~ ' else line_item_unblended_rate end',
                    'contracted_cost',
                    'pricing_quantity') }}
        end as contracted_unit_price
    from {{ ref('int_aws__charges') }}

),

mapped as (

    select
        ---------- who bills whom
        'aws' as x_vendor,
        priced.x_export,
        priced.x_load_id,
        priced.bill_payer_account_id as billing_account_id,
        nullif(priced.bill_payer_account_name, '') as billing_account_name,
        'Management Account' as billing_account_type,
        nullif(priced.line_item_usage_account_id, '') as sub_account_id,
        nullif(priced.line_item_usage_account_name, '') as sub_account_name,
        case when priced.line_item_usage_account_id <> '' then 'Member Account' end
            as sub_account_type,
        nullif(priced.bill_invoice_id, '') as invoice_id,
        coalesce(
            nullif(priced.bill_invoicing_entity, ''),
            nullif(priced.line_item_legal_entity, ''),
            'Amazon Web Services, Inc.'
        ) as invoice_issuer_name,
        'AWS' as provider_name,
        coalesce(nullif(priced.line_item_legal_entity, ''), 'Amazon Web Services, Inc.')
            as publisher_name,

        ---------- times (UTC; ends are exclusive)
        priced.billing_period_start,
        priced.billing_period_start + interval 1 month as billing_period_end,
        coalesce(priced.line_item_usage_start_date, priced.billing_period_start)
            as charge_period_start,
        greatest(
            -- Fees and taxes end at 23:59:59, a second before the exclusive end.
            coalesce(
                case
                    when date_part('second', priced.line_item_usage_end_date) = 59
                        then priced.line_item_usage_end_date + interval 1 second
                    else priced.line_item_usage_end_date
                end,
                priced.billing_period_start + interval 1 month
            ),
            coalesce(priced.line_item_usage_start_date, priced.billing_period_start)
            + interval 1 second
        ) as charge_period_end,

        ---------- what was charged
        priced.charge_category,
        priced.charge_class,
        nullif(priced.line_item_line_item_description, '') as charge_description,
        case
            when priced.charge_category = 'Usage' and priced.kind <> 'refund' then 'Usage-Based'
            when priced.kind in ('sp_fee', 'ri_fee') then 'Recurring'
            when
                priced.kind = 'fee' and (
                    starts_with(priced.line_item_product_code, 'AWSSupport')
                    or priced.line_item_line_item_description ilike '%monthly%'
                    or priced.line_item_line_item_description ilike '%per month%'
                )
                then 'Recurring'
            else 'One-Time'
        end as charge_frequency,

        ---------- money (billing currency)
        priced.line_item_currency_code as billing_currency,
        priced.billed_cost,
        priced.effective_cost,
        priced.list_cost,
        priced.contracted_cost,
        priced.list_unit_price,
        priced.contracted_unit_price,
        case when priced.kind = 'tax' then 'tax follows billed cost' end as x_effective_cost_note,

        ---------- prices and quantities
        priced.price_currency as pricing_currency,
        case
            when priced.price_currency = priced.line_item_currency_code then priced.effective_cost
        end as pricing_currency_effective_cost,
        case
            when priced.price_currency = priced.line_item_currency_code then priced.list_unit_price
        end as pricing_currency_list_unit_price,
        case
            when priced.price_currency = priced.line_item_currency_code
                then priced.contracted_unit_price
        end as pricing_currency_contracted_unit_price,
        case
            when priced.charge_category not in ('Usage', 'Purchase') then null
            when priced.kind in ('ri_usage', 'sp_usage') or priced.is_unused then 'Committed'
            when contains(priced.line_item_usage_type, 'SpotUsage') then 'Dynamic'
            else 'Standard'
        end as pricing_category,
        priced.pricing_quantity,
        case
            when priced.pricing_quantity is null then null
            when priced.is_unused and priced.kind = 'sp_fee' then priced.line_item_currency_code
            when priced.is_unused then 'Hours'
            else coalesce(nullif(priced.pricing_unit, ''), 'Units')
        end as pricing_unit,
        case
            when priced.charge_category <> 'Usage' or priced.is_unused then null
            when priced.kind = 'discount' then 0
            else priced.pricing_quantity
        end as consumed_quantity,
        case
            when priced.charge_category <> 'Usage' or priced.is_unused then null
            when priced.pricing_quantity is null then null
            else coalesce(nullif(priced.pricing_unit, ''), 'Units')
        end as consumed_unit,

        ---------- commitments
        priced.commitment_discount_id,
        case
            when priced.commitment_discount_id is null then null
            when priced.savings_plan_savings_plan_a_r_n <> '' then 'Spend'
            else 'Usage'
        end as commitment_discount_category,
        case
            when priced.commitment_discount_id is null then null
            when priced.savings_plan_savings_plan_a_r_n <> ''
                then coalesce(nullif(priced.savings_plan_offering_type, ''), 'Savings Plan')
            else 'Reserved Instance'
        end as commitment_discount_type,
        cast(null as varchar) as commitment_discount_name,
        case
            when priced.commitment_discount_id is null then null
            when priced.is_unused then 'Unused'
            when priced.kind in ('sp_usage', 'ri_usage') then 'Used'
        end as commitment_discount_status,
        priced.commitment_quantity as commitment_discount_quantity,
        priced.commitment_unit as commitment_discount_unit,
        try_cast(
            case
                when priced.commitment_discount_id is null then null
                else coalesce(
                    nullif(priced.savings_plan_start_time, ''),
                    nullif(priced.reservation_start_time, '')
                )
            end as timestamp
        ) as x_commitment_start,
        try_cast(
            case
                when priced.commitment_discount_id is null then null
                else coalesce(
                    nullif(priced.savings_plan_end_time, ''),
                    nullif(priced.reservation_end_time, '')
                )
            end as timestamp
        ) as x_commitment_end,

        ---------- source
        priced.line_item_line_item_type as x_source_line_item_type
    from priced

)

select * from mapped
