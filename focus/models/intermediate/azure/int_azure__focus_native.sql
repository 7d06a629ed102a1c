-- Charges that Azure exported as FOCUS: passed on as they are, only nulls are filled, and words
-- that FOCUS does not allow replaced. FOCUS 1.0 is raised to 1.2.
with

charges as (

    select
        *,
        {{ focus_pricing('coalesce(pricing_currency, x_pricing_currency)') }},
        lower(coalesce(x_sku_meter_category, '')) as meter_key
    from {{ ref('stg_azure__focus') }}

),

filled as (

    select
        charges.* replace (
            coalesce(nullif(charges.billing_account_type, ''), 'Billing Account')
                as billing_account_type,
            coalesce(
                nullif(charges.sub_account_type, ''),
                case when charges.sub_account_id is not null then 'Subscription' end
            ) as sub_account_type,
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
            coalesce(
                charges.sku_meter,
                case when charges.sku_id is not null then nullif(charges.x_sku_meter_name, '') end
            ) as sku_meter,
            {{ azure_object('charges.tags') }} as tags,
            {{ azure_object('charges.sku_price_details') }} as sku_price_details,
            {{ focus_fills("nullif(charges.service_category, '')") }}
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
    {{ focus_row_id() }}
from filled
