-- Every charge with what the metrics ask of it: what marts group and pages filter.
--
-- List and contracted costs are those of usage whose own price is known, and null elsewhere;
-- priced_effective_cost is the effective cost of the rows with a list cost, so that savings compare
-- like with like; idle commitments and discounts, whose price is zero, belong to them.
-- depends_on: {{ ref('commitment_eligibility') }}
{{ config(materialized='view') }}

with

charges as (

    select
        *,
        "ChargeCategory" = 'Usage' as is_usage,
        -- Lines that span a month stand on its first day: they have no pace.
        "ChargeCategory" = 'Usage'
        and "ChargeFrequency" = 'Usage-Based'
        and "ChargePeriodEnd" <= "ChargePeriodStart" + interval 1 day as is_by_day,
        -- Taxes and credits are billed once a month, each month.
        "ChargeCategory" = 'Adjustment'
        or coalesce("ChargeClass" = 'Correction', false)
        or "ChargeCategory" in ('Purchase', 'Usage') and "ChargeFrequency" = 'One-Time'
            as is_one_time,
        {{ list_cost() }} as known_list_cost,
        {{ contracted_cost() }} as known_contracted_cost,
        {{ commitment_savings() }} as commitment_savings,
        {{ is_eligible('"ServiceName"', '"PricingUnit"') }} as is_eligible
    from {{ ref('cost_and_usage') }}

)

select
    "x_LoadId" as load_id,
    cast("BillingPeriodStart" as date) as billing_period,
    cast("ChargePeriodStart" as date) as charge_date,
    {{ cost_date('cast("ChargePeriodStart" as date)', 'cast("BillingPeriodStart" as date)') }}
        as cost_date,
    "x_Vendor" as vendor,
    "x_Export" as export,
    "ProviderName" as provider_name,
    "PublisherName" as publisher_name,
    "InvoiceIssuerName" as invoice_issuer_name,
    "InvoiceId" as invoice_id,
    "x_BillingEntity" as billing_entity,
    "BillingAccountId" as billing_account_id,
    "BillingAccountName" as billing_account_name,
    "BillingAccountType" as billing_account_type,
    "SubAccountId" as sub_account_id,
    "SubAccountName" as sub_account_name,
    "SubAccountType" as sub_account_type,
    "ServiceCategory" as service_category,
    "ServiceSubcategory" as service_subcategory,
    "ServiceName" as service_name,
    "RegionId" as region_id,
    "RegionName" as region_name,
    "AvailabilityZone" as availability_zone,
    "ResourceId" as resource_id,
    "ResourceName" as resource_name,
    "ResourceType" as resource_type,
    "SkuId" as sku_id,
    "SkuPriceId" as sku_price_id,
    "SkuMeter" as sku_meter,
    "ChargeCategory" as charge_category,
    "ChargeClass" as charge_class,
    "ChargeFrequency" as charge_frequency,
    "ChargeDescription" as charge_description,
    "PricingCategory" as pricing_category,
    "PricingUnit" as pricing_unit,
    "PricingCurrency" as pricing_currency,
    "ConsumedUnit" as consumed_unit,
    "CommitmentDiscountId" as commitment_id,
    "CommitmentDiscountName" as commitment_name,
    "CommitmentDiscountCategory" as commitment_category,
    "CommitmentDiscountType" as commitment_type,
    "CommitmentDiscountStatus" as commitment_status,
    "CommitmentDiscountUnit" as commitment_unit,
    "CapacityReservationId" as capacity_reservation_id,
    "CapacityReservationStatus" as capacity_reservation_status,
    "Tags" as tags,
    "BillingCurrency" as billing_currency,
    "PricingQuantity" as pricing_quantity,
    "ConsumedQuantity" as consumed_quantity,
    "BilledCost" as billed_cost,
    "EffectiveCost" as effective_cost,
    known_list_cost as list_cost,
    known_contracted_cost as contracted_cost,
    known_list_cost - known_contracted_cost as negotiated_savings,
    commitment_savings,
    case when known_list_cost is not null then "EffectiveCost" end as priced_effective_cost,
    case when is_usage then "EffectiveCost" end as usage_effective_cost,
    case when is_by_day then "EffectiveCost" end as daily_usage_cost,
    case when is_one_time then "EffectiveCost" end as one_time_cost,
    case
        when is_eligible and "PricingCategory" = 'Standard' then known_contracted_cost
    end as eligible_cost
from charges
