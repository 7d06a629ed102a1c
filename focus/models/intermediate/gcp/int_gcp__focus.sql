-- Every Google charge in FOCUS 1.2 columns, still in snake case: lines of the export, promotions,
-- unused parts of commitments, and FOCUS exports as Google wrote them.
with

promotions as (

    select
        'gcp' as x_vendor,
        x_export,
        x_load_id,
        'PROMOTION' as x_source_line_item_type,
        x_source_row_id,
        row_id as x_parent_row_id,
        service_id as x_service_code,
        billing_account_id,
        'Billing Account' as billing_account_type,
        project_id as sub_account_id,
        case when project_id is not null then nullif(project_name, '') end as sub_account_name,
        case when project_id is not null then 'Project' end as sub_account_type,
        'Google Cloud' as invoice_issuer_name,
        'Google Cloud' as provider_name,
        billing_period_start,
        usage_start_time as charge_period_start,
        usage_end_time as charge_period_end,
        'Credit' as charge_category,
        description as charge_description,
        'One-Time' as charge_frequency,
        currency as billing_currency,
        amount as billed_cost,
        amount as effective_cost,
        amount as list_cost,
        amount as contracted_cost,
        case when currency_conversion_rate is not null then 'USD' else currency end
            as pricing_currency,
        case
            when currency_conversion_rate is null or currency = 'USD' then amount
            else {{ gcp_divided('amount', 'currency_conversion_rate') }}
        end as pricing_currency_effective_cost,
        service_id,
        service_description,
        coalesce(location_region, location_location) as region_id
    from {{ ref('int_gcp__promotions') }}

),

unused as (

    select
        'gcp' as x_vendor,
        x_export,
        x_load_id,
        'regular' as x_source_line_item_type,
        row_id || '#unused' as x_source_row_id,
        row_id as x_parent_row_id,
        service_id as x_service_code,
        billing_account_id,
        'Billing Account' as billing_account_type,
        project_id as sub_account_id,
        case when project_id is not null then nullif(project_name, '') end as sub_account_name,
        case when project_id is not null then 'Project' end as sub_account_type,
        'Google Cloud' as invoice_issuer_name,
        'Google Cloud' as provider_name,
        billing_period_start,
        billing_period_start as charge_period_start,
        billing_period_start + interval 1 month as charge_period_end,
        'Usage' as charge_category,
        sku_description as charge_description,
        'Usage-Based' as charge_frequency,
        'Committed' as pricing_category,
        currency as billing_currency,
        cast(0 as decimal(38, 18)) as billed_cost,
        idle_cost as effective_cost,
        cast(0 as decimal(38, 18)) as list_cost,
        cast(0 as decimal(38, 18)) as contracted_cost,
        case when currency_conversion_rate is not null then 'USD' else currency end
            as pricing_currency,
        case
            when currency_conversion_rate is null or currency = 'USD' then idle_cost
            else {{ gcp_divided('idle_cost', 'currency_conversion_rate') }}
        end as pricing_currency_effective_cost,
        case when is_spend then idle_cost else cast(idle_units as decimal(38, 18)) end
            as pricing_quantity,
        case when is_spend then currency else unit end as pricing_unit,
        commitment_id as commitment_discount_id,
        case when is_spend then 'Spend' else 'Usage' end as commitment_discount_category,
        case when is_spend then 'Spend-based CUD' else 'Resource-based CUD' end
            as commitment_discount_type,
        'Unused' as commitment_discount_status,
        case when is_spend then idle_cost else cast(idle_units as decimal(38, 18)) end
            as commitment_discount_quantity,
        case when is_spend then currency else unit end as commitment_discount_unit,
        regexp_extract(sku_description, '(?i)\b([13]) ?year', 1) as commitment_years,
        service_id,
        service_description,
        region_id,
        nullif(sku_id, '') as sku_id,
        case when sku_id <> '' then sku_description end as sku_meter
    from {{ ref('int_gcp__unused') }}
    where idle_cost <> 0

),

charges as (

    select * from {{ ref('int_gcp__mapped') }}
    union all by name
    select * from promotions
    union all by name
    select * from unused

)

select
    charges.* exclude (service_id, service_description, commitment_years)
    replace (
        coalesce(charges.publisher_name, 'Google Cloud') as publisher_name,
        greatest(charges.charge_period_end, charges.charge_period_start + interval 1 second)
            as charge_period_end
    ),
    charges.billing_period_start + interval 1 month as billing_period_end,
    case when charges.commitment_years <> '' then charges.commitment_years || ' year' end
        as x_commitment_term,
    coalesce(nullif(charges.service_description, ''), services.service_name, 'Other')
        as service_name,
    coalesce(services.service_category, 'Other') as service_category,
    coalesce(services.service_subcategory, 'Other (Other)') as service_subcategory,
    coalesce(regions.region_name, charges.region_id) as region_name
from charges
left join {{ ref('gcp_services') }} as services
    on charges.service_description = services.service_name
left join {{ ref('gcp_regions') }} as regions on charges.region_id = regions.region_id
union all by name
select * from {{ ref('int_gcp__focus_native') }}
