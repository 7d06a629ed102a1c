-- Every AWS charge in FOCUS 1.2 columns, still in snake case.
-- CUR line items mapped, savings plan residuals, and FOCUS exports as AWS wrote them.
with

mapped as (

    select
        ---------- source
        'aws' as x_vendor,
        charges.x_export,
        charges.x_load_id,
        charges.line_item_line_item_type as x_source_line_item_type,
        case when charges.is_unused then charges.row_id || '#unused' else charges.row_id end
            as x_source_row_id,
        case when charges.is_unused then charges.row_id end as x_parent_row_id,
        nullif(charges.bill_billing_entity, '') as x_billing_entity,
        nullif(charges.line_item_usage_type, '') as x_usage_type,
        nullif(charges.line_item_operation, '') as x_operation,
        nullif(charges.line_item_product_code, '') as x_service_code,

        ---------- who bills whom
        charges.bill_payer_account_id as billing_account_id,
        nullif(charges.bill_payer_account_name, '') as billing_account_name,
        'Management Account' as billing_account_type,
        nullif(charges.line_item_usage_account_id, '') as sub_account_id,
        nullif(charges.line_item_usage_account_name, '') as sub_account_name,
        case when charges.line_item_usage_account_id <> '' then 'Member Account' end
            as sub_account_type,
        nullif(charges.bill_invoice_id, '') as invoice_id,
        coalesce(
            nullif(charges.bill_invoicing_entity, ''),
            nullif(charges.line_item_legal_entity, ''),
            'Amazon Web Services, Inc.'
        ) as invoice_issuer_name,
        'AWS' as provider_name,
        coalesce(nullif(charges.line_item_legal_entity, ''), 'Amazon Web Services, Inc.')
            as publisher_name,

        ---------- times (UTC; ends are exclusive)
        charges.billing_period_start,
        charges.billing_period_start + interval 1 month as billing_period_end,
        charges.charge_period_start,
        greatest(charges.charge_period_end, charges.charge_period_start + interval 1 second)
            as charge_period_end,

        ---------- what was charged
        charges.charge_category,
        charges.charge_class,
        nullif(charges.line_item_line_item_description, '') as charge_description,
        case
            when charges.charge_category = 'Usage' and charges.kind <> 'refund' then 'Usage-Based'
            when charges.kind in ('sp_fee', 'ri_fee') then 'Recurring'
            when
                charges.kind = 'fee' and (
                    starts_with(charges.line_item_product_code, 'AWSSupport')
                    or charges.line_item_line_item_description ilike '%monthly%'
                    or charges.line_item_line_item_description ilike '%per month%'
                )
                then 'Recurring'
            else 'One-Time'
        end as charge_frequency,
        case
            when charges.charge_category not in ('Usage', 'Purchase') then null
            when charges.kind in ('ri_usage', 'sp_usage') or charges.is_unused then 'Committed'
            when contains(charges.line_item_usage_type, 'SpotUsage') then 'Dynamic'
            else 'Standard'
        end as pricing_category,

        ---------- money and quantities (billing currency)
        charges.line_item_currency_code as billing_currency,
        charges.billed_cost,
        charges.effective_cost,
        case when charges.kind = 'tax' then 'tax follows billed cost' end as x_effective_cost_note,
        charges.list_cost,
        charges.list_unit_price,
        charges.contracted_cost,
        charges.contracted_unit_price,
        charges.price_currency as pricing_currency,
        case when charges.is_billed_as_priced then charges.effective_cost end
            as pricing_currency_effective_cost,
        case when charges.is_billed_as_priced then charges.list_unit_price end
            as pricing_currency_list_unit_price,
        case when charges.is_billed_as_priced then charges.contracted_unit_price end
            as pricing_currency_contracted_unit_price,
        charges.pricing_quantity,
        charges.price_unit as pricing_unit,
        charges.consumed_quantity,
        case when charges.consumed_quantity is not null then charges.price_unit end
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
            when charges.is_savings_plan
                then coalesce(nullif(charges.savings_plan_offering_type, ''), 'Savings Plan')
            else 'Reserved Instance'
        end as commitment_discount_type,
        cast(null as varchar) as commitment_discount_name,
        case
            when charges.commitment_discount_id is null then null
            when charges.is_unused then 'Unused'
            when charges.kind in ('sp_usage', 'ri_usage') then 'Used'
        end as commitment_discount_status,
        charges.commitment_discount_quantity,
        charges.commitment_discount_unit,
        {{ of_commitment('start_time', 'timestamp') }} as x_commitment_start,
        {{ of_commitment('end_time', 'timestamp') }} as x_commitment_end,
        case
            when charges.commitment_discount_id is not null
                then coalesce(
                    nullif(charges.savings_plan_purchase_term, ''),
                    nullif(charges.pricing_lease_contract_length, '')
                )
        end as x_commitment_term,
        case
            when charges.commitment_discount_id is not null
                then coalesce(
                    nullif(charges.savings_plan_payment_option, ''),
                    nullif(charges.pricing_purchase_option, '')
                )
        end as x_payment_option,
        nullif(charges.capacity_reservation_capacity_reservation_arn, '')
            as capacity_reservation_id,
        case
            when charges.charge_category <> 'Usage' then null
            when coalesce(charges.capacity_reservation_capacity_reservation_arn, '') = '' then null
            when
                lower(charges.capacity_reservation_capacity_reservation_status) = 'unused'
                or charges.line_item_usage_type like '%Unused%'
                then 'Unused'
            else 'Used'
        end as capacity_reservation_status,

        ---------- what and where
        coalesce(
            of_family.service_name,
            services.service_name,
            product_names.product_name,
            nullif(charges.line_item_product_code, ''),
            'Other'
        ) as service_name,
        coalesce(of_family.service_category, services.service_category, 'Other')
            as service_category,
        coalesce(of_family.service_subcategory, services.service_subcategory, 'Other (Other)')
            as service_subcategory,
        charges.region_id,
        coalesce(regions.region_name, charges.region_id) as region_name,
        nullif(charges.line_item_availability_zone, '') as availability_zone,
        charges.resource_id,
        case when charges.resource_id is not null then tag_sets.resource_name end as resource_name,
        {{ aws_resource_type(
            'charges.resource_id', 'charges.arn', 'charges.line_item_product_code') }}
            as resource_type,
        charges.sku_id,
        case when charges.sku_id is not null then nullif(charges.line_item_usage_type, '') end
            as sku_meter,
        charges.sku_price_id,
        case when charges.sku_price_id is not null then sku_details.sku_price_details end
            as sku_price_details,
        tag_sets.tags,
        tag_sets.cost_categories as x_cost_categories,
        {{ json_or_null('charges.discount') }} as x_discounts,
        cast(null as json) as x_other

    from {{ ref('int_aws__priced') }} as charges
    left join {{ ref('aws_services') }} as services
        on
            charges.line_item_product_code = services.product_code
            and services.product_family is null
    left join {{ ref('aws_services') }} as of_family
        on
            charges.line_item_product_code = of_family.product_code
            and charges.product_product_family = of_family.product_family
    left join {{ ref('int_aws__product_names') }} as product_names
        on charges.line_item_product_code = product_names.product_code
    left join {{ ref('aws_regions') }} as regions on charges.region_id = regions.region_id
    left join {{ ref('int_aws__tag_sets') }} as tag_sets
        on
            charges.x_export = tag_sets.x_export
            and charges.resource_tags is not distinct from tag_sets.resource_tags
            and charges.cost_category is not distinct from tag_sets.cost_category
    left join {{ ref('int_aws__sku_details') }} as sku_details
        on
            charges.x_load_id = sku_details.x_load_id
            and charges.sku_id = sku_details.product_sku

)

select * from mapped
union all by name
select * from {{ ref('int_aws__sp_residuals') }}
union all by name
select * from {{ ref('int_aws__focus_native') }}
