-- All charges of all vendors in FOCUS 1.2. One row per charge.
{{ config(materialized='billing_slices') }}

with

charges as (

    {% for vendor in vendors_with_loads() %}
    select * from {{ ref('int_' ~ vendor ~ '__focus') }}
    union all by name
    {% endfor %}
    {{ no_charge(model.columns) }}

)

select
    availability_zone as "AvailabilityZone",
    billed_cost as "BilledCost",
    billing_account_id as "BillingAccountId",
    billing_account_name as "BillingAccountName",
    billing_account_type as "BillingAccountType",
    billing_currency as "BillingCurrency",
    billing_period_end as "BillingPeriodEnd",
    billing_period_start as "BillingPeriodStart",
    capacity_reservation_id as "CapacityReservationId",
    capacity_reservation_status as "CapacityReservationStatus",
    charge_category as "ChargeCategory",
    charge_class as "ChargeClass",
    charge_description as "ChargeDescription",
    charge_frequency as "ChargeFrequency",
    charge_period_end as "ChargePeriodEnd",
    charge_period_start as "ChargePeriodStart",
    commitment_discount_category as "CommitmentDiscountCategory",
    commitment_discount_id as "CommitmentDiscountId",
    commitment_discount_name as "CommitmentDiscountName",
    commitment_discount_quantity as "CommitmentDiscountQuantity",
    commitment_discount_status as "CommitmentDiscountStatus",
    commitment_discount_type as "CommitmentDiscountType",
    commitment_discount_unit as "CommitmentDiscountUnit",
    consumed_quantity as "ConsumedQuantity",
    consumed_unit as "ConsumedUnit",
    contracted_cost as "ContractedCost",
    contracted_unit_price as "ContractedUnitPrice",
    effective_cost as "EffectiveCost",
    invoice_id as "InvoiceId",
    invoice_issuer_name as "InvoiceIssuerName",
    list_cost as "ListCost",
    list_unit_price as "ListUnitPrice",
    pricing_category as "PricingCategory",
    pricing_currency as "PricingCurrency",
    pricing_currency_contracted_unit_price as "PricingCurrencyContractedUnitPrice",
    pricing_currency_effective_cost as "PricingCurrencyEffectiveCost",
    pricing_currency_list_unit_price as "PricingCurrencyListUnitPrice",
    pricing_quantity as "PricingQuantity",
    pricing_unit as "PricingUnit",
    provider_name as "ProviderName",
    publisher_name as "PublisherName",
    region_id as "RegionId",
    region_name as "RegionName",
    resource_id as "ResourceId",
    resource_name as "ResourceName",
    resource_type as "ResourceType",
    service_category as "ServiceCategory",
    service_name as "ServiceName",
    service_subcategory as "ServiceSubcategory",
    sku_id as "SkuId",
    sku_meter as "SkuMeter",
    sku_price_details as "SkuPriceDetails",
    sku_price_id as "SkuPriceId",
    sub_account_id as "SubAccountId",
    sub_account_name as "SubAccountName",
    sub_account_type as "SubAccountType",
    tags as "Tags",
    x_vendor as "x_Vendor",
    x_export as "x_Export",
    x_load_id as "x_LoadId",
    x_source_line_item_type as "x_SourceLineItemType",
    x_source_row_id as "x_SourceRowId",
    x_parent_row_id as "x_ParentRowId",
    x_billing_entity as "x_BillingEntity",
    x_usage_type as "x_UsageType",
    x_operation as "x_Operation",
    x_service_code as "x_ServiceCode",
    x_cost_categories as "x_CostCategories",
    x_discounts as "x_Discounts",
    x_effective_cost_note as "x_EffectiveCostNote",
    x_commitment_start as "x_CommitmentStart",
    x_commitment_end as "x_CommitmentEnd",
    x_commitment_term as "x_CommitmentTerm",
    x_payment_option as "x_PaymentOption",
    x_other as "x_Other"
from charges
