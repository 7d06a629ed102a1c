-- Costs by day, account, service, region, category and commitment: what most pages ask for.
--
-- List and contracted costs count usage with a known price only. priced_effective_cost is the
-- effective cost of the same rows, so that savings compare like with like; idle commitments and
-- discounts, whose price is zero, belong to them.
-- depends_on: {{ ref('commitment_eligibility') }}
{{ config(materialized='mart_slices') }}

with

charges as (

    select
        *,
        "ChargeCategory" = 'Usage' as is_usage,
        "ChargeCategory" = 'Usage' and (
            "ListUnitPrice" is not null
            or "EffectiveCost" < 0
            or coalesce("CommitmentDiscountStatus" = 'Unused', false)
        ) as is_priced,
        {{ is_eligible('"ServiceName"', '"PricingUnit"') }} as is_eligible
    from {{ ref('cost_and_usage') }}
    where {{ in_mart_slices('"x_LoadId"') }}

),

grouped as (

    select
        "x_LoadId" as load_id,
        cast("ChargePeriodStart" as date) as charge_date,
        "ProviderName" as provider_name,
        "BillingAccountId" as billing_account_id,
        any_value("BillingAccountName") as billing_account_name,
        "SubAccountId" as sub_account_id,
        any_value("SubAccountName") as sub_account_name,
        any_value("ServiceCategory") as service_category,
        any_value("ServiceSubcategory") as service_subcategory,
        "ServiceName" as service_name,
        "RegionId" as region_id,
        any_value("RegionName") as region_name,
        "ChargeCategory" as charge_category,
        "ChargeClass" as charge_class,
        "PricingCategory" as pricing_category,
        "CommitmentDiscountStatus" as commitment_status,
        "CommitmentDiscountType" as commitment_type,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        count(*) filter (is_usage) as usage_row_count,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost,
        coalesce(sum("ListCost") filter (is_priced), 0) as list_cost,
        coalesce(sum("ContractedCost") filter (is_priced), 0) as contracted_cost,
        coalesce(sum("EffectiveCost") filter (is_priced), 0) as priced_effective_cost,
        coalesce(sum("EffectiveCost") filter (is_usage), 0) as usage_effective_cost,
        coalesce(
            sum("ContractedCost") filter (
                is_priced and is_eligible and "PricingCategory" = 'Standard'
            ), 0
        ) as eligible_cost
    from charges
    group by
        "x_LoadId",
        cast("ChargePeriodStart" as date),
        "ProviderName",
        "BillingAccountId",
        "SubAccountId",
        "ServiceName",
        "RegionId",
        "ChargeCategory",
        "ChargeClass",
        "PricingCategory",
        "CommitmentDiscountStatus",
        "CommitmentDiscountType",
        "BillingCurrency"

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
