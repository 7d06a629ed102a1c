-- Costs by day, account, service, region, category and commitment: what most pages ask for.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        load_id,
        charge_date,
        cost_date,
        provider_name,
        billing_account_id,
        any_value(billing_account_name) as billing_account_name,
        sub_account_id,
        any_value(sub_account_name) as sub_account_name,
        service_category,
        service_subcategory,
        service_name,
        region_id,
        any_value(region_name) as region_name,
        charge_category,
        charge_class,
        pricing_category,
        commitment_status,
        commitment_type,
        billing_currency,
        count(*) as row_count,
        count(*) filter (charge_category = 'Usage') as usage_row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        coalesce(sum(list_cost), 0) as list_cost,
        coalesce(sum(contracted_cost), 0) as contracted_cost,
        coalesce(sum(negotiated_savings), 0) as negotiated_savings,
        coalesce(sum(commitment_savings), 0) as commitment_savings,
        coalesce(sum(priced_effective_cost), 0) as priced_effective_cost,
        coalesce(sum(usage_effective_cost), 0) as usage_effective_cost,
        sum(daily_usage_cost) as daily_usage_cost,
        coalesce(sum(one_time_cost), 0) as one_time_cost,
        coalesce(sum(eligible_cost), 0) as eligible_cost
    from {{ ref('charges') }}
    where {{ in_mart_slices('load_id') }}
    group by
        load_id,
        charge_date,
        cost_date,
        provider_name,
        billing_account_id,
        sub_account_id,
        service_category,
        service_subcategory,
        service_name,
        region_id,
        charge_category,
        charge_class,
        pricing_category,
        commitment_status,
        commitment_type,
        billing_currency

)

select
    freshness.load_id,
    freshness.vendor,
    freshness.export,
    freshness.billing_period,
    grouped.* exclude (load_id),
    -- The last day of an open month is still being filled.
    freshness.is_partial
    and coalesce(
        grouped.charge_date
        >= cast(coalesce(freshness.data_as_of, freshness.loaded_at) - interval 1 second as date),
        true
    ) as is_partial
from grouped
inner join {{ ref('data_freshness') }} as freshness on grouped.load_id = freshness.load_id
