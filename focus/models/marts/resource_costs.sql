-- Costs by month, account, service, resource and set of tags. Charges without a resource are in
-- rows whose resource_id is null, so that the mart sums to the bill.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        "x_LoadId" as load_id,
        "SubAccountId" as sub_account_id,
        any_value("SubAccountName") as sub_account_name,
        "ServiceCategory" as service_category,
        "ServiceName" as service_name,
        "RegionId" as region_id,
        "ResourceId" as resource_id,
        any_value("ResourceName") as resource_name,
        any_value("ResourceType") as resource_type,
        "Tags" as tags,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost,
        coalesce(
            sum("EffectiveCost") filter (
                "ChargeCategory" = 'Usage'
                and "EffectiveCost" > 0
                and "CommitmentDiscountStatus" is distinct from 'Unused'
            ), 0
        ) as taggable_cost,
        min("ChargePeriodStart") as first_charge_start,
        max("ChargePeriodEnd") as last_charge_end
    from {{ ref('cost_and_usage') }}
    where {{ in_mart_slices('"x_LoadId"') }}
    group by
        "x_LoadId",
        "SubAccountId",
        "ServiceCategory",
        "ServiceName",
        "RegionId",
        "ResourceId",
        "Tags",
        "BillingCurrency"

)

select
    {{ slice_columns() }},
    grouped.* exclude (load_id),
    len(
        list_filter(
            {{ json_members('grouped.tags') }},
            lambda m: not starts_with(m.key, 'aws:') and not starts_with(m.key, 'costCategory/')
        )
    ) > 0 as is_tagged
from grouped
{{ join_slice() }}
