"""The columns of AWS's tables and how the legacy report spells them."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column of CUR 2.0."""

    name: str
    kind: str
    """text, time, number, or map."""


def _columns(kind: str, names: str) -> list[Column]:
    return [Column(name, kind) for name in names.split()]


NET_COLUMNS = _columns(
    "number",
    """line_item_net_unblended_cost
    reservation_net_amortized_upfront_cost_for_usage
    reservation_net_amortized_upfront_fee_for_billing_period
    reservation_net_effective_cost
    reservation_net_recurring_fee_for_usage
    reservation_net_unused_amortized_upfront_fee_for_billing_period
    reservation_net_unused_recurring_fee
    reservation_net_upfront_value
    savings_plan_net_amortized_upfront_commitment_for_billing_period
    savings_plan_net_recurring_commitment_for_billing_period
    savings_plan_net_savings_plan_effective_cost""",
) + _columns("text", "line_item_net_unblended_rate")
"""Columns that exist only for a payer with a negotiated discount."""

NUMBERS = _columns(
    "number",
    """discount_bundled_discount discount_total_discount
    line_item_blended_cost line_item_normalization_factor line_item_normalized_usage_amount
    line_item_unblended_cost line_item_usage_amount
    pricing_public_on_demand_cost
    reservation_amortized_upfront_cost_for_usage
    reservation_amortized_upfront_fee_for_billing_period
    reservation_effective_cost reservation_recurring_fee_for_usage
    reservation_unused_amortized_upfront_fee_for_billing_period
    reservation_unused_normalized_unit_quantity reservation_unused_quantity
    reservation_unused_recurring_fee reservation_upfront_value
    savings_plan_amortized_upfront_commitment_for_billing_period
    savings_plan_recurring_commitment_for_billing_period
    savings_plan_savings_plan_effective_cost
    savings_plan_total_commitment_to_date savings_plan_used_commitment""",
)

TIMES = _columns(
    "time",
    """bill_billing_period_end_date bill_billing_period_start_date
    line_item_usage_end_date line_item_usage_start_date""",
)

MAPS = _columns("map", "cost_category discount product resource_tags")

TEXTS = _columns(
    "text",
    """bill_bill_type bill_billing_entity bill_invoice_id bill_invoicing_entity
    bill_payer_account_id bill_payer_account_name
    identity_line_item_id identity_time_interval
    line_item_availability_zone line_item_blended_rate line_item_currency_code
    line_item_legal_entity line_item_line_item_description line_item_line_item_type
    line_item_operation line_item_product_code line_item_resource_id line_item_tax_type
    line_item_unblended_rate line_item_usage_account_id line_item_usage_account_name
    line_item_usage_type
    pricing_currency pricing_lease_contract_length pricing_offering_class
    pricing_public_on_demand_rate pricing_purchase_option pricing_rate_code pricing_rate_id
    pricing_term pricing_unit
    product_comment product_fee_code product_fee_description product_from_location
    product_from_location_type product_from_region_code product_instance_family
    product_instance_type product_instancesku product_location product_location_type
    product_operation product_pricing_unit product_product_family product_region_code
    product_servicecode product_sku product_to_location product_to_location_type
    product_to_region_code product_usagetype
    reservation_availability_zone reservation_end_time reservation_modification_status
    reservation_normalized_units_per_reservation reservation_number_of_reservations
    reservation_reservation_a_r_n reservation_start_time reservation_subscription_id
    reservation_total_reserved_normalized_units reservation_total_reserved_units
    reservation_units_per_reservation
    savings_plan_end_time savings_plan_instance_type_family savings_plan_offering_type
    savings_plan_payment_option savings_plan_purchase_term savings_plan_region
    savings_plan_savings_plan_a_r_n savings_plan_savings_plan_rate savings_plan_start_time""",
)

TAG_COLUMNS = {
    "user:team": "user_team",
    "user:env": "user_env",
    "user:CostCenter": "user_cost_center",
    "user:Name": "user_name",
    "aws:createdBy": "aws_created_by",
}
"""Tag key as activated -> key in CUR 2.0's map and suffix in the legacy parquet columns."""

COST_CATEGORIES = ("Business Unit", "Team")

PRODUCT_ATTRIBUTES = (
    "cache_engine",
    "capacitystatus",
    "component",
    "cputype",
    "database_engine",
    "deployment_option",
    "group",
    "inference_type",
    "license",
    "license_model",
    "marketoption",
    "memory",
    "memory_gib",
    "memorytype",
    "operating_system",
    "pre_installed_sw",
    "processor_architecture",
    "storage_class",
    "storage_media",
    "tenancy",
    "transfer_type",
    "vcpu",
    "volume_api_name",
    "volume_type",
)
"""Keys of CUR 2.0's product map that the legacy report spreads over columns of their own."""


def cur_2(*, net: bool) -> list[Column]:
    """CUR 2.0's columns in the order AWS writes them."""
    return sorted(TEXTS + NUMBERS + TIMES + MAPS + (NET_COLUMNS if net else []))


FOCUS_1_2 = sorted(
    _columns(
        "text",
        """AvailabilityZone BillingAccountId BillingAccountName BillingAccountType BillingCurrency
        CapacityReservationId CapacityReservationStatus ChargeCategory ChargeClass
        ChargeDescription ChargeFrequency CommitmentDiscountCategory CommitmentDiscountId
        CommitmentDiscountName CommitmentDiscountStatus CommitmentDiscountType
        CommitmentDiscountUnit ConsumedUnit InvoiceId InvoiceIssuerName PricingCategory
        PricingCurrency PricingUnit ProviderName PublisherName RegionId RegionName ResourceId
        ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId SkuMeter
        SkuPriceId SubAccountId SubAccountName SubAccountType x_Operation x_ServiceCode""",
    )
    + _columns("time", "BillingPeriodEnd BillingPeriodStart ChargePeriodEnd ChargePeriodStart")
    + _columns(
        "number",
        """BilledCost CommitmentDiscountQuantity ConsumedQuantity ContractedCost ContractedUnitPrice
        EffectiveCost ListCost ListUnitPrice PricingCurrencyContractedUnitPrice
        PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity""",
    )
    + _columns("map", "SkuPriceDetails Tags x_Discounts")
)
"""AWS's FOCUS 1.2 table: the 57 columns of the specification and three of its own."""

NEW_IN_FOCUS_1_2 = (
    _columns(
        "text",
        """BillingAccountType CapacityReservationId CapacityReservationStatus CommitmentDiscountUnit
    InvoiceId PricingCurrency ServiceSubcategory SkuMeter SubAccountType""",
    )
    + _columns(
        "number",
        """CommitmentDiscountQuantity PricingCurrencyContractedUnitPrice
    PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice""",
    )
    + _columns("map", "SkuPriceDetails")
)

FOCUS_1_0 = sorted(
    [column for column in FOCUS_1_2 if column not in NEW_IN_FOCUS_1_2]
    + _columns("map", "x_CostCategories")
    + _columns("text", "x_UsageType")
)
"""AWS's FOCUS 1.0 table."""
