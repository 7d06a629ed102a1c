-- Costs by day, account, service, region and set of tags: what pages ask when tags are filters or
-- groups. Charges without tags are in rows whose tag_set_id is null.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        load_id,
        billing_period,
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
        tags,
        billing_currency,
        count(*) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        coalesce(sum(list_cost), 0) as list_cost,
        coalesce(sum(contracted_cost), 0) as contracted_cost
    from {{ ref('charges') }}
    where {{ in_mart_slices('load_id') }}
    group by
        load_id,
        billing_period,
        cost_date,
        provider_name,
        billing_account_id,
        sub_account_id,
        service_category,
        service_subcategory,
        service_name,
        region_id,
        charge_category,
        tags,
        billing_currency

)

select
    loads.vendor,
    loads.export,
    grouped.* exclude (tags),
    {{ tag_set_id('grouped.tags') }} as tag_set_id
from grouped
{{ join_slice() }}
