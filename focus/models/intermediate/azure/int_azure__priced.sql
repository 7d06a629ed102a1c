-- The charges of int_azure__charges with their unit prices and quantities, and their list and
-- contracted costs. Prices are those of a block of the unit of measure, in the billing currency.
with

measured as (

    select
        charges.*,
        units.unit,
        coalesce(units.block_size, 1) as block_size,
        details.sku_price_details,
        details.capacity_reservation_id,
        details.normalization_ratio,
        cast(
            case when coalesce(bases.is_per_block, false) then 1 else coalesce(units.block_size, 1) end
            * coalesce(cast(nullif(charges.exchange_rate_pricing_to_billing, 0) as double), 1)
            as decimal(38, 18)
        ) as price_factor,
        coalesce(nullif(charges.pricing_currency, ''), charges.billing_currency) as price_currency,
        case
            when charges.kind in ('tax', 'credit', 'rounding', 'unknown') then null
            when charges.charge_category = 'Purchase'
                then coalesce(nullif(charges.quantity, 0), 1)
            else coalesce(charges.quantity, 0)
        end as source_quantity
    from {{ ref('int_azure__charges') }} as charges
    left join {{ ref('int_azure__units') }} as units
        on charges.unit_of_measure = units.unit_of_measure
    left join {{ ref('int_azure__price_bases') }} as bases on charges.x_load_id = bases.x_load_id
    left join {{ ref('int_azure__sku_details') }} as details
        on charges.additional_info = details.additional_info

),

rated as (

    select
        *,
        case
            when block_size = 1 then source_quantity
            when source_quantity < 0
                then -{{ quotient('-source_quantity', 'block_size') }}
            else {{ quotient('source_quantity', 'block_size') }}
        end as pricing_quantity,
        -- 0 means that Azure does not say, not that it is free.
        case
            when unit_price = 0 then null
            when price_factor = 1 then unit_price
            else {{ priced('unit_price', 'price_factor') }}
        end as contracted_rate,
        case
            when payg_price = 0 then null
            when price_factor = 1 then payg_price
            else {{ priced('payg_price', 'price_factor') }}
        end as public_rate
    from measured

),

contracted as (

    select
        *,
        case
            when kind = 'unused' then 0
            -- What a commitment covered, at the price that the agreement has without it.
            when kind = 'covered'
                then coalesce(
                    nullif({{ priced('contracted_rate', 'pricing_quantity') }}, 0),
                    nullif({{ priced('public_rate', 'pricing_quantity') }}, 0),
                    effective_cost
                )
            else cost_in_billing_currency
        end as contracted_cost
    from rated

),

listed as (

    select
        *,
        case
            when kind = 'unused' then 0
            when kind in ('usage', 'covered')
                then coalesce(
                    nullif(payg_cost_in_billing_currency, 0),
                    nullif({{ priced('public_rate', 'pricing_quantity') }}, 0),
                    contracted_cost
                )
            else cost_in_billing_currency
        end as list_cost,
        coalesce(public_rate, nullif(payg_cost_in_billing_currency, 0)) is not null
            as has_public_price
    from contracted

)

select
    *,
    price_currency = billing_currency as is_billed_as_priced,
    case
        when block_size = 1 then coalesce(unit, 'Units')
        else block_size || ' ' || unit
    end as pricing_unit,
    case when kind in ('usage', 'covered') then source_quantity end as consumed_quantity,
    case
        when kind in ('usage', 'covered') and has_public_price
            then {{ unit_price('public_rate', 'list_cost', 'pricing_quantity') }}
    end as list_unit_price,
    case
        when kind in ('usage', 'covered', 'purchase', 'bought')
            then {{ unit_price('contracted_rate', 'contracted_cost', 'pricing_quantity') }}
    end as contracted_unit_price,
    case
        when commitment_discount_id is null then null
        when is_savings_plan
            then
                case
                    when kind in ('bought', 'returned') then cost_in_billing_currency
                    else effective_cost
                end
        when kind in ('bought', 'returned')
            then cast(
                source_quantity * {{ azure_hours_per_month() }}
                * case when lower(frequency) = 'onetime' then {{ azure_months('term') }} else 1 end
                as decimal(38, 18)
            )
        else
            cast(
                cast(source_quantity as decimal(28, 10)) * coalesce(normalization_ratio, 1)
                as decimal(38, 18)
            )
    end as commitment_discount_quantity,
    case
        when commitment_discount_id is null then null
        when is_savings_plan then billing_currency
        else 'Hours'
    end as commitment_discount_unit,
    -- Azure gives no row ids: what tells its lines apart.
    md5(concat_ws(
        '|', source_dataset, billing_profile_id, billing_account_id, subscription_id, charge_type,
        pricing_model, usage_date, resource_key, meter_id, product_name, part_number, benefit_id,
        quantity, cost_in_billing_currency, tags
    )) as row_id
from listed
