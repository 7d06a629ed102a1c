-- The charges of int_aws__charges with their costs, unit prices and quantities.
-- Costs stay DECIMAL and are never computed from prices; prices are made to agree with costs.
with

billed as (

    select
        *,
        case when is_unused or kind = 'sp_usage' then 0 else line_cost end as billed_cost,
        case
            when kind = 'sp_usage' then {{ net_or_gross(
                'savings_plan_net_savings_plan_effective_cost',
                'savings_plan_savings_plan_effective_cost') }}
            when kind = 'ri_usage' then {{ net_or_gross(
                'reservation_net_effective_cost', 'reservation_effective_cost') }}
            when is_unused and kind = 'sp_fee' then {{ unused_plan_cost() }}
            when is_unused
                then {{ net_or_gross(
                    'reservation_net_unused_amortized_upfront_fee_for_billing_period',
                    'reservation_unused_amortized_upfront_fee_for_billing_period') }}
                + {{ net_or_gross(
                    'reservation_net_unused_recurring_fee', 'reservation_unused_recurring_fee') }}
            when kind in ('sp_fee', 'sp_upfront', 'ri_fee', 'ri_upfront') then 0
            when kind = 'refund' and commitment_discount_id is not null then 0
            else line_cost
        end as effective_cost,
        case
            when kind in ('credit', 'tax', 'unknown') then null
            when charge_category not in ('Usage', 'Purchase') then null
            when is_unused and kind = 'sp_fee' then {{ unused_plan() }}
            when is_unused then coalesce(reservation_unused_quantity, 0)
            when charge_category = 'Purchase' then coalesce(nullif(line_item_usage_amount, 0), 1)
            when kind in ('discount', 'refund') then coalesce(line_item_usage_amount, 0)
            else line_item_usage_amount
        end as pricing_quantity
    from {{ ref('int_aws__charges') }}

),

listed as (

    select
        *,
        case
            when is_unused or kind = 'discount' then 0
            when kind in ('usage', 'ri_usage', 'sp_usage')
                then
                    case
                        when pricing_public_on_demand_cost <> 0 then pricing_public_on_demand_cost
                        when line_cost = 0 and kind <> 'ri_usage' then 0
                        else
                            coalesce(
                                nullif(
                                    {{ priced('public_rate', 'pricing_quantity') }},
                                    0
                                ),
                                case when kind = 'ri_usage' then effective_cost else line_cost end
                            )
                    end
            else line_cost
        end as list_cost
    from billed

),

contracted as (

    select
        *,
        case
            when is_unused then 0
            -- Reserved usage has no rate but the commitment's: the public one is the nearest.
            when kind = 'ri_usage' then {{ contracted_reserved_cost() }}
            else line_cost
        end as contracted_cost
    from listed

)

select
    *,
    coalesce(
        identity_line_item_id || '#' || identity_time_interval,
        identity_line_item_id,
        -- An export without line item ids: what tells its lines apart.
        md5(concat_ws(
            '|', bill_payer_account_id, line_item_usage_account_id, line_item_line_item_type,
            line_item_product_code, line_item_usage_type, line_item_operation,
            line_item_resource_id, line_item_usage_start_date, line_item_usage_end_date,
            line_item_usage_amount, line_item_unblended_cost
        ))
    ) as row_id,
    coalesce(line_item_usage_start_date, billing_period_start) as charge_period_start,
    -- Fees and taxes end at 23:59:59, a second before the exclusive end.
    coalesce(
        case
            when date_part('second', line_item_usage_end_date) = 59
                then line_item_usage_end_date + interval 1 second
            else line_item_usage_end_date
        end,
        billing_period_start + interval 1 month
    ) as charge_period_end,
    coalesce(nullif(pricing_currency, ''), line_item_currency_code) as price_currency,
    coalesce(nullif(pricing_currency, ''), line_item_currency_code) = line_item_currency_code
        as is_billed_as_priced,
    coalesce(
        nullif(product_region_code, ''),
        nullif(product_region, ''),
        nullif(regexp_extract(line_item_availability_zone, '^[a-z]+(-[a-z]+)+-[0-9]+'), '')
    ) as region_id,
    nullif(line_item_resource_id, '') as resource_id,
    case
        when starts_with(line_item_resource_id, 'arn:')
            then {{ split_text('line_item_resource_id', ':') }}
    end as arn,
    case when charge_category in ('Usage', 'Purchase') then nullif(product_sku, '') end as sku_id,
    case
        when charge_category in ('Usage', 'Purchase')
            then coalesce(nullif(pricing_rate_code, ''), nullif(pricing_rate_id, ''))
    end as sku_price_id,
    case
        when pricing_quantity is null then null
        when is_unused and is_savings_plan then line_item_currency_code
        when is_unused then 'Hours'
        else coalesce(nullif(pricing_unit, ''), 'Units')
    end as price_unit,
    case
        when charge_category <> 'Usage' or is_unused then null
        when kind = 'discount' then 0
        else pricing_quantity
    end as consumed_quantity,
    -- Fees, marketplace and discounts have no public price: null, since 0 would be a lie.
    case
        when kind in ('usage', 'ri_usage', 'sp_usage') and not is_unused
            then {{ unit_price('public_rate', 'list_cost', 'pricing_quantity') }}
    end as list_unit_price,
    case
        when kind <> 'discount' and not is_unused and charge_category in ('Usage', 'Purchase')
            then {{ unit_price(
                "case when kind = 'ri_usage' then public_rate else line_rate end",
                'contracted_cost',
                'pricing_quantity') }}
    end as contracted_unit_price,
    case
        when commitment_discount_id is null or charge_category not in ('Usage', 'Purchase')
            then null
        when is_savings_plan
            then
                case
                    when kind = 'sp_usage'
                        then coalesce(savings_plan_savings_plan_effective_cost, effective_cost)
                    when is_unused then pricing_quantity
                    when kind = 'sp_fee'
                        then coalesce(savings_plan_total_commitment_to_date, line_cost)
                    else line_cost
                end
        when kind = 'ri_usage' and is_normalized then line_item_normalized_usage_amount
        when kind = 'ri_usage' then line_item_usage_amount
        when is_unused and is_normalized
            then coalesce(reservation_unused_normalized_unit_quantity, 0)
        when is_unused then coalesce(reservation_unused_quantity, 0)
        when is_normalized then {{ reserved_normalized_units() }}
        else
            coalesce(
                try_cast(reservation_total_reserved_units as decimal(38, 18)),
                line_item_usage_amount,
                0
            )
    end as commitment_discount_quantity,
    case
        when commitment_discount_id is null or charge_category not in ('Usage', 'Purchase')
            then null
        when is_savings_plan then line_item_currency_code
        when is_normalized then 'Normalized Hours'
        else 'Hours'
    end as commitment_discount_unit
from contracted
