-- Charges that AWS exported as FOCUS: passed on as they are, only nulls are filled.
-- FOCUS 1.0 is raised to 1.2: the 14 columns it lacks are filled where they follow from others.
with

charges as (

    select
        *,
        {{ focus_pricing() }}
    from {{ ref('stg_aws__focus') }}

),

filled as (

    select
        charges.* replace (
            coalesce(charges.billing_account_type, 'Management Account') as billing_account_type,
            coalesce(
                charges.sub_account_type,
                case when charges.sub_account_id is not null then 'Member Account' end
            ) as sub_account_type,
            coalesce(charges.provider_name, 'AWS') as provider_name,
            coalesce(charges.publisher_name, charges.provider_name, 'AWS') as publisher_name,
            coalesce(charges.invoice_issuer_name, charges.provider_name, 'AWS')
                as invoice_issuer_name,
            coalesce(charges.service_name, charges.x_service_code, 'Other') as service_name,
            coalesce(
                charges.sku_meter,
                case when charges.sku_id is not null then charges.x_usage_type end
            ) as sku_meter,
            {{ focus_fills() }}
        )
    from charges
    left join {{ ref('aws_services') }} as services
        on
            charges.x_service_code = services.product_code
            and services.product_family is null
    left join {{ ref('aws_regions') }} as regions on charges.region_id = regions.region_id

)

select
    'aws' as x_vendor,
    * exclude (price_currency, is_billed_as_priced, is_committed),
    {{ focus_row_id('x_operation') }}
from filled
