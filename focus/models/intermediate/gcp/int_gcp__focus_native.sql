-- Charges that Google exported as FOCUS: passed on as they are, only nulls are filled.
-- FOCUS 1.0 is raised to 1.2: the 14 columns it lacks are filled where they follow from others.
with

charges as (

    select
        *,
        coalesce(pricing_currency, billing_currency) as price_currency,
        coalesce(pricing_currency, billing_currency) = billing_currency as is_billed_as_priced,
        commitment_discount_id is not null
        and charge_category in ('Usage', 'Purchase') as is_committed
    from {{ ref('stg_gcp__focus') }}

),

filled as (

    select
        charges.* replace (
            charges.price_currency as pricing_currency,
            coalesce(charges.billing_account_type, 'Billing Account') as billing_account_type,
            coalesce(
                charges.sub_account_type,
                case when charges.sub_account_id is not null then 'Project' end
            ) as sub_account_type,
            coalesce(
                charges.billing_period_end, charges.billing_period_start + interval 1 month
            ) as billing_period_end,
            coalesce(charges.provider_name, 'Google Cloud') as provider_name,
            coalesce(charges.publisher_name, charges.provider_name, 'Google Cloud') as publisher_name,
            coalesce(charges.invoice_issuer_name, charges.provider_name, 'Google Cloud')
                as invoice_issuer_name,
            coalesce(charges.service_name, 'Other') as service_name,
            coalesce(charges.service_category, services.service_category, 'Other')
                as service_category,
            coalesce(
                charges.service_subcategory,
                case
                    when
                        coalesce(charges.service_category, services.service_category)
                        = services.service_category
                        then services.service_subcategory
                end,
                'Other (' || coalesce(charges.service_category, 'Other') || ')'
            ) as service_subcategory,
            coalesce(
                charges.region_name, regions.region_name, charges.region_id
            ) as region_name,
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
            ) as commitment_discount_unit
        )
    from charges
    left join {{ ref('gcp_services') }} as services
        on charges.service_name = services.service_name
    left join {{ ref('gcp_regions') }} as regions on charges.region_id = regions.region_id

)

select
    'gcp' as x_vendor,
    * exclude (price_currency, is_billed_as_priced, is_committed),
    -- FOCUS exports have no row id: what tells their rows apart.
    md5(concat_ws(
        '|', billing_account_id, sub_account_id, charge_category, charge_class,
        charge_description, charge_period_start, charge_period_end, resource_id, sku_price_id,
        commitment_discount_id, commitment_discount_status, billed_cost,
        effective_cost
    )) as x_source_row_id
from filled
