-- Every Azure charge in FOCUS 1.2 columns, still in snake case: actual and amortized lines mapped,
-- what the two do not agree on, and FOCUS exports as Azure wrote them.
with

mapped as (

    select
        ---------- source
        'azure' as x_vendor,
        charges.x_export,
        charges.x_load_id,
        charges.charge_type as x_source_line_item_type,
        charges.row_id as x_source_row_id,
        cast(null as varchar) as x_parent_row_id,
        nullif(charges.publisher_type, '') as x_billing_entity,
        nullif(
            concat_ws(
                ' - ', nullif(charges.meter_sub_category, ''), nullif(charges.meter_name, '')
            ), ''
        ) as x_usage_type,
        nullif(charges.consumed_service, '') as x_operation,
        nullif(charges.meter_category, '') as x_service_code,

        ---------- who bills whom
        {{ azure_billing_account('charges.') }} as billing_account_id,
        coalesce(
            nullif(charges.billing_profile_name, ''), nullif(charges.billing_account_name, '')
        ) as billing_account_name,
        case
            when
                charges.billing_profile_id <> ''
                and charges.billing_profile_id is distinct from charges.billing_account_id
                then 'Billing Profile'
            else 'Billing Account'
        end as billing_account_type,
        {{ azure_subscription('charges.') }} as sub_account_id,
        case
            when {{ azure_subscription('charges.') }} is not null
                then nullif(charges.subscription_name, '')
        end as sub_account_name,
        case when {{ azure_subscription('charges.') }} is not null then 'Subscription' end
            as sub_account_type,
        nullif(charges.invoice_id, '') as invoice_id,
        coalesce(nullif(charges.partner_name, ''), 'Microsoft') as invoice_issuer_name,
        'Microsoft' as provider_name,
        coalesce(nullif(charges.publisher_name, ''), 'Microsoft') as publisher_name,

        ---------- times (UTC; ends are exclusive)
        charges.billing_period_start,
        charges.billing_period_start + interval 1 month as billing_period_end,
        coalesce(cast(charges.usage_date as timestamp), charges.billing_period_start)
            as charge_period_start,
        coalesce(
            cast(charges.usage_date as timestamp) + interval 1 day,
            charges.billing_period_start + interval 1 month
        ) as charge_period_end,

        ---------- what was charged
        charges.charge_category,
        case
            when
                charges.kind in ('refund', 'returned')
                and charges.usage_date < cast(charges.billing_period_start as date)
                then 'Correction'
        end as charge_class,
        coalesce(
            nullif(charges.product_name, ''),
            nullif(
                concat_ws(
                    ' - ', nullif(charges.meter_category, ''),
                    nullif(charges.meter_sub_category, ''), nullif(charges.meter_name, '')
                ), ''
            ),
            charges.charge_type
        ) as charge_description,
        case
            when charges.charge_category = 'Usage' then 'Usage-Based'
            when lower(charges.frequency) = 'recurring' then 'Recurring'
            when
                lower(charges.frequency) = 'usagebased' and charges.charge_category <> 'Purchase'
                then 'Usage-Based'
            else 'One-Time'
        end as charge_frequency,
        case
            when charges.charge_category not in ('Usage', 'Purchase') then null
            when charges.kind in ('covered', 'unused') then 'Committed'
            when charges.model = 'spot' then 'Dynamic'
            else 'Standard'
        end as pricing_category,

        ---------- money and quantities (billing currency)
        nullif(charges.billing_currency, '') as billing_currency,
        charges.billed_cost,
        charges.effective_cost,
        case when not charges.is_paired then 'no amortized export: effective cost is billed cost' end
            as x_effective_cost_note,
        charges.list_cost,
        charges.list_unit_price,
        charges.contracted_cost,
        charges.contracted_unit_price,
        charges.price_currency as pricing_currency,
        case
            when charges.is_billed_as_priced then charges.effective_cost
            when charges.effective_cost = 0 then 0
            else charges.cost_in_pricing_currency
        end as pricing_currency_effective_cost,
        case
            when charges.is_billed_as_priced then charges.list_unit_price
            when charges.list_unit_price is not null
                then {{ azure_in_pricing_currency('charges.list_unit_price') }}
        end as pricing_currency_list_unit_price,
        case
            when charges.is_billed_as_priced then charges.contracted_unit_price
            when charges.contracted_unit_price is not null
                then {{ azure_in_pricing_currency('charges.contracted_unit_price') }}
        end as pricing_currency_contracted_unit_price,
        charges.pricing_quantity,
        case when charges.pricing_quantity is not null then charges.pricing_unit end
            as pricing_unit,
        charges.consumed_quantity,
        case when charges.consumed_quantity is not null then coalesce(charges.unit, 'Units') end
            as consumed_unit,

        ---------- commitments
        charges.commitment_discount_id,
        case
            when charges.commitment_discount_id is null then null
            when charges.is_savings_plan then 'Spend'
            else 'Usage'
        end as commitment_discount_category,
        case
            when charges.commitment_discount_id is null then null
            when charges.is_savings_plan then 'Savings Plan'
            else 'Reservation'
        end as commitment_discount_type,
        case
            when charges.commitment_discount_id is not null
                then coalesce(
                    nullif(charges.benefit_name, ''), nullif(charges.reservation_name, '')
                )
        end as commitment_discount_name,
        case
            when charges.commitment_discount_id is null then null
            when charges.kind = 'unused' then 'Unused'
            when charges.kind = 'covered' then 'Used'
        end as commitment_discount_status,
        charges.commitment_discount_quantity,
        charges.commitment_discount_unit,
        case
            when charges.kind = 'bought' and lower(charges.frequency) = 'onetime'
                then cast(charges.usage_date as timestamp)
        end as x_commitment_start,
        case
            when charges.kind = 'bought' and lower(charges.frequency) = 'onetime'
                then
                    cast(charges.usage_date as timestamp)
                    + to_months({{ azure_months('charges.term') }})
        end as x_commitment_end,
        case when charges.commitment_discount_id is not null then {{ azure_term('charges.term') }} end
            as x_commitment_term,
        case
            when charges.kind <> 'bought' then null
            when lower(charges.frequency) = 'onetime' then 'All Upfront'
            when lower(charges.frequency) = 'recurring' then 'Monthly'
        end as x_payment_option,
        nullif(charges.capacity_reservation_id, '') as capacity_reservation_id,
        case
            when charges.charge_category <> 'Usage' then null
            when nullif(charges.capacity_reservation_id, '') is null then null
            when charges.meter_name ilike '%unused%' then 'Unused'
            else 'Used'
        end as capacity_reservation_status,

        ---------- what and where
        coalesce(
            of_family.service_name,
            services.service_name,
            nullif(charges.meter_category, ''),
            'Other'
        ) as service_name,
        coalesce(of_family.service_category, services.service_category, 'Other')
            as service_category,
        coalesce(of_family.service_subcategory, services.service_subcategory, 'Other (Other)')
            as service_subcategory,
        coalesce(regions.region_id, {{ azure_location('charges.resource_location') }})
            as region_id,
        case
            when {{ azure_location('charges.resource_location') }} is not null
                then coalesce(regions.region_name, charges.resource_location)
        end as region_name,
        nullif(charges.availability_zone, '') as availability_zone,
        charges.resource_key as resource_id,
        case
            when charges.resource_key is not null
                then coalesce(
                    nullif(charges.resource_name, ''),
                    nullif(regexp_extract(charges.resource_key, '([^/]+)$', 1), '')
                )
        end as resource_name,
        {{ azure_resource_type('charges.resource_key', 'charges.consumed_service') }}
            as resource_type,
        {{ azure_sku('charges.') }} as sku_id,
        case
            when {{ azure_sku('charges.') }} is not null
                then coalesce(
                    nullif(charges.meter_name, ''), nullif(charges.product_name, ''),
                    nullif(charges.meter_sub_category, ''), nullif(charges.meter_category, '')
                )
        end as sku_meter,
        {{ azure_sku_price('charges.') }} as sku_price_id,
        case when {{ azure_sku_price('charges.') }} is not null then charges.sku_price_details end
            as sku_price_details,
        tag_sets.tags,
        cast(null as json) as x_cost_categories,
        cast(null as json) as x_discounts

    from {{ ref('int_azure__priced') }} as charges
    left join {{ ref('azure_services') }} as services
        on
            charges.meter_key = lower(services.meter_category)
            and services.meter_family is null
    left join {{ ref('azure_services') }} as of_family
        on
            charges.meter_key = lower(of_family.meter_category)
            and {{ azure_meter_family('charges.meter_key', 'charges.meter_sub_category') }}
            = of_family.meter_family
    left join {{ ref('azure_regions') }} as regions
        on {{ azure_location('charges.resource_location') }} = regions.location
    left join {{ ref('int_azure__tag_sets') }} as tag_sets on charges.tags = tag_sets.tags_text

)

select * from mapped
union all by name
select * from {{ ref('int_azure__residuals') }}
union all by name
select * from {{ ref('int_azure__focus_native') }}
