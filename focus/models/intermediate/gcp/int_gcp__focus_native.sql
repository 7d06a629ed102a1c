-- Charges that Google exported as FOCUS: passed on as they are, only nulls are filled.
-- FOCUS 1.0 is raised to 1.2: the 14 columns it lacks are filled where they follow from others.
with

charges as (

    select
        *,
        {{ focus_pricing() }}
    from {{ ref('stg_gcp__focus') }}

),

filled as (

    select
        charges.* replace (
            coalesce(charges.billing_account_type, 'Billing Account') as billing_account_type,
            coalesce(
                charges.sub_account_type,
                case when charges.sub_account_id is not null then 'Project' end
            ) as sub_account_type,
            coalesce(charges.provider_name, 'Google Cloud') as provider_name,
            coalesce(charges.publisher_name, charges.provider_name, 'Google Cloud') as publisher_name,
            coalesce(charges.invoice_issuer_name, charges.provider_name, 'Google Cloud')
                as invoice_issuer_name,
            coalesce(charges.service_name, 'Other') as service_name,
            {{ focus_fills() }}
        )
    from charges
    left join {{ ref('gcp_services') }} as services
        on charges.service_name = services.service_name
    left join {{ ref('gcp_regions') }} as regions on charges.region_id = regions.region_id

)

select
    'gcp' as x_vendor,
    * exclude (price_currency, is_billed_as_priced, is_committed),
    {{ focus_row_id() }}
from filled
