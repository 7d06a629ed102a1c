-- Costs by month, account, service, region and SKU, with the quantity behind them: what changed by
-- price and what by usage. All charges are in, also those without a SKU.
{{ config(materialized='mart_slices') }}

with

grouped as (

    select
        "x_LoadId" as load_id,
        cast(date_trunc('month', "ChargePeriodStart") as date) as charge_month,
        "ProviderName" as provider_name,
        "BillingAccountId" as billing_account_id,
        "SubAccountId" as sub_account_id,
        any_value("SubAccountName") as sub_account_name,
        "ServiceCategory" as service_category,
        "ServiceName" as service_name,
        "RegionId" as region_id,
        "SkuId" as sku_id,
        "SkuPriceId" as sku_price_id,
        "SkuMeter" as sku_meter,
        "ChargeCategory" as charge_category,
        "ChargeFrequency" as charge_frequency,
        "PricingCategory" as pricing_category,
        "CommitmentDiscountStatus" as commitment_status,
        "PricingUnit" as pricing_unit,
        "BillingCurrency" as billing_currency,
        count(*) as row_count,
        sum("PricingQuantity") as pricing_quantity,
        sum("ListCost") as list_cost,
        sum("ContractedCost") as contracted_cost,
        sum("BilledCost") as billed_cost,
        sum("EffectiveCost") as effective_cost
    from {{ ref('cost_and_usage') }}
    where {{ in_mart_slices('"x_LoadId"') }}
    group by
        "x_LoadId",
        cast(date_trunc('month', "ChargePeriodStart") as date),
        "ProviderName",
        "BillingAccountId",
        "SubAccountId",
        "ServiceCategory",
        "ServiceName",
        "RegionId",
        "SkuId",
        "SkuPriceId",
        "SkuMeter",
        "ChargeCategory",
        "ChargeFrequency",
        "PricingCategory",
        "CommitmentDiscountStatus",
        "PricingUnit",
        "BillingCurrency"

)

select
    {{ slice_columns() }},
    grouped.* exclude (load_id)
from grouped
{{ join_slice() }}
