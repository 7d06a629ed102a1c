-- Charges that Azure exported as FOCUS: passed on as they are, only nulls are filled, and words
-- that FOCUS does not allow replaced. FOCUS 1.0 is raised to 1.2.
with

charges as (

    select
        *,
        coalesce(pricing_currency, x_pricing_currency, billing_currency) as price_currency,
        coalesce(pricing_currency, x_pricing_currency, billing_currency) = billing_currency
            as is_billed_as_priced,
        commitment_discount_id is not null
        and charge_category in ('Usage', 'Purchase') as is_committed,
        lower(coalesce(x_sku_meter_category, '')) as meter_key
    from {{ ref('stg_azure__focus') }}

),

filled as (

    select
        charges.* replace (
            charges.price_currency as pricing_currency,
            coalesce(nullif(charges.billing_account_type, ''), 'Billing Account')
                as billing_account_type,
            coalesce(
                nullif(charges.sub_account_type, ''),
                case when charges.sub_account_id is not null then 'Subscription' end
            ) as sub_account_type,
            coalesce(
                charges.billing_period_end, charges.billing_period_start + interval 1 month
            ) as billing_period_end,
            case
                when charges.charge_frequency in ('One-Time', 'Recurring', 'Usage-Based')
                    then charges.charge_frequency
                when charges.charge_category = 'Usage' then 'Usage-Based'
                else 'One-Time'
            end as charge_frequency,
            nullif(charges.charge_class, '') as charge_class,
            coalesce(nullif(charges.provider_name, ''), 'Microsoft') as provider_name,
            coalesce(nullif(charges.publisher_name, ''), 'Microsoft') as publisher_name,
            coalesce(nullif(charges.invoice_issuer_name, ''), 'Microsoft') as invoice_issuer_name,
            coalesce(
                nullif(charges.service_name, ''), services.service_name,
                nullif(charges.x_sku_meter_category, ''), 'Other'
            ) as service_name,
            coalesce(nullif(charges.service_category, ''), services.service_category, 'Other')
                as service_category,
            coalesce(
                nullif(charges.service_subcategory, ''),
                case
                    when
                        coalesce(nullif(charges.service_category, ''), services.service_category)
                        = services.service_category
                        then services.service_subcategory
                end,
                'Other (' || coalesce(nullif(charges.service_category, ''), 'Other') || ')'
            ) as service_subcategory,
            coalesce(charges.region_name, regions.region_name, charges.region_id) as region_name,
            coalesce(
                charges.pricing_currency_effective_cost,
                case when charges.is_billed_as_priced then charges.effective_cost end
            ) as pricing_currency_effective_cost,
            coalesce(
                charges.pricing_currency_list_unit_price,
                case when charges.is_billed_as_priced then charges.list_unit_price end
            ) as pricing_currency_list_unit_price,
            coalesce(
                charges.pricing_currency_contracted_unit_price,
                case when charges.is_billed_as_priced then charges.contracted_unit_price end
            ) as pricing_currency_contracted_unit_price,
            coalesce(
                charges.sku_meter,
                case when charges.sku_id is not null then nullif(charges.x_sku_meter_name, '') end
            ) as sku_meter,
            coalesce(
                charges.pricing_unit,
                case
                    when charges.pricing_quantity is not null
                        then coalesce(charges.consumed_unit, 'Units')
                end
            ) as pricing_unit,
            coalesce(
                charges.consumed_unit,
                case
                    when charges.consumed_quantity is not null
                        then coalesce(charges.pricing_unit, 'Units')
                end
            ) as consumed_unit,
            coalesce(
                charges.commitment_discount_quantity,
                case
                    when not charges.is_committed then null
                    when charges.commitment_discount_category <> 'Spend'
                        then charges.pricing_quantity
                    when charges.charge_category = 'Purchase' then charges.billed_cost
                    else charges.effective_cost
                end
            ) as commitment_discount_quantity,
            coalesce(
                charges.commitment_discount_unit,
                case
                    when not charges.is_committed then null
                    when charges.commitment_discount_category = 'Spend'
                        then charges.billing_currency
                    when
                        charges.commitment_discount_quantity is not null
                        or charges.pricing_quantity is not null
                        then coalesce(charges.pricing_unit, 'Hours')
                end
            ) as commitment_discount_unit,
            {{ azure_object('charges.tags') }} as tags,
            {{ azure_object('charges.sku_price_details') }} as sku_price_details
        )
    from charges
    left join {{ ref('azure_services') }} as services
        on charges.meter_key = lower(services.meter_category) and services.meter_family is null
    left join {{ ref('azure_regions') }} as regions
        on {{ azure_location('charges.region_id') }} = regions.location

)

select
    'azure' as x_vendor,
    * exclude (
        price_currency, is_billed_as_priced, is_committed, meter_key, x_pricing_currency,
        x_sku_meter_category, x_sku_meter_subcategory, x_sku_meter_name, x_publisher_category
    ),
    nullif(x_publisher_category, '') as x_billing_entity,
    nullif(
        concat_ws(' - ', nullif(x_sku_meter_subcategory, ''), nullif(x_sku_meter_name, '')), ''
    ) as x_usage_type,
    nullif(x_sku_meter_category, '') as x_service_code,
    -- FOCUS exports have no row id: what tells their rows apart.
    md5(concat_ws(
        '|', billing_account_id, sub_account_id, charge_category, charge_class,
        charge_description, charge_period_start, charge_period_end, resource_id, sku_price_id,
        commitment_discount_id, commitment_discount_status, billed_cost, effective_cost
    )) as x_source_row_id
from filled
