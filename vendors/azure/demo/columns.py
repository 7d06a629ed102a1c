"""How the agreements spell the same bill: enterprise (EA) and customer agreement (MCA)."""

from __future__ import annotations

ACCOUNT, PROFILE = "8204417", "KX4T-9QBR-BG7-PGB"
MCA_ACCOUNT = "5e98e158-xxxx:2d1f0d9c-xxxx_2019-05-31"
LAST_DAY = "period_end - INTERVAL 1 DAY"

EA = {
    "BillingAccountId": f"'{ACCOUNT}'",
    "BillingAccountName": "'Larkspur'",
    "BillingPeriodStartDate": "us_date(period_start)",
    "BillingPeriodEndDate": f"us_date({LAST_DAY})",
    "BillingProfileId": f"'{ACCOUNT}'",
    "BillingProfileName": "'Larkspur'",
    "AccountOwnerId": "'cloud@larkspur.example.com'",
    "AccountName": "'Larkspur Cloud'",
    "SubscriptionId": "subscription_id",
    "SubscriptionName": "subscription_name",
    "Date": "us_date(start_at)",
    "Product": "product",
    "PartNumber": "upper(concat('AA', substr(md5(coalesce(meter, product)), 1, 1), '-', "
    "substr(md5(coalesce(meter, product)), 2, 5)))",
    "MeterId": "uuid_of(coalesce(meter, product))",
    "ServiceFamily": "family",
    "MeterCategory": "category",
    "MeterSubCategory": "sub_category",
    "MeterRegion": "meter_region",
    "MeterName": "name",
    "Quantity": "quantity",
    "EffectivePrice": "CASE WHEN cost = 0 THEN 0 ELSE effective_price END",
    "Cost": "cost",
    "UnitPrice": "coalesce(price, effective_price)",
    "BillingCurrency": "'EUR'",
    "ResourceLocation": "region",
    "AvailabilityZone": "NULL",
    "ConsumedService": "consumed_service",
    "ResourceId": "coalesce(resource_id, benefit_id)",
    "ResourceName": "resource_name",
    "ServiceInfo1": "NULL",
    "ServiceInfo2": "NULL",
    "AdditionalInfo": "additional_info",
    "Tags": "tags",
    "InvoiceSectionId": "NULL",
    "InvoiceSection": "'Larkspur'",
    "CostCenter": "cost_center",
    "UnitOfMeasure": "unit",
    "ResourceGroup": "resource_group",
    "ReservationId": "CASE WHEN model = 'Reservation' THEN split_part(benefit_id, '/', -1) END",
    "ReservationName": "CASE WHEN model = 'Reservation' THEN benefit_name END",
    "ProductOrderId": "order_id",
    "ProductOrderName": "benefit_product",
    "OfferId": "'MS-AZR-0017P'",
    "IsAzureCreditEligible": "'True'",
    "Term": "term",
    "PublisherName": "publisher",
    "PlanName": "NULL",
    "ChargeType": "charge_type",
    "Frequency": "frequency",
    "PublisherType": "publisher_type",
    "PayGPrice": "CASE WHEN model = 'Reservation' THEN 0 ELSE coalesce(payg, 0) END",
    "PricingModel": "model",
    "CostAllocationRuleName": "NULL",
    "benefitId": "benefit_id",
    "benefitName": "benefit_name",
}
"""Header of an EA export, in its order -> SQL over the demo's bill."""

MCA_NAMES = {
    "Date": "date",
    "Product": "product",
    "Cost": "costInBillingCurrency",
    "BillingCurrency": "billingCurrency",
    "BillingPeriodStartDate": "billingPeriodStartDate",
    "BillingPeriodEndDate": "billingPeriodEndDate",
    "ResourceGroup": "resourceGroupName",
    "SubscriptionName": "subscriptionName",
    "InvoiceSection": "invoiceSectionName",
    "MeterCategory": "meterCategory",
    "MeterName": "meterName",
    "Quantity": "quantity",
    "ChargeType": "chargeType",
    "PayGPrice": "PayGPrice",
    "Tags": "tags",
}
MCA_ONLY = {
    "invoiceId": "CASE WHEN NOT open THEN concat('G', strftime(period_start, '%y%m'), '1042') END",
    "ProductId": "concat('DZH318Z0', upper(substr(md5(coalesce(meter, product)), 1, 4)))",
    "pricingCurrency": "'USD'",
    "exchangeRatePricingToBilling": "0.8",
    "costInPricingCurrency": "cost / 0.8",
    "paygCostInBillingCurrency": "CASE WHEN model = 'Reservation' THEN 0 "
    "ELSE coalesce(payg * quantity, 0) END",
}


def outputs(agreement: str) -> dict[str, str]:
    """Return header -> SQL for 'ea' or 'mca'.

    MCA lists prices in US dollars: what is a euro here costs 1.25 there.
    """
    if agreement == "ea":
        return dict(EA)
    found = {MCA_NAMES.get(name, name): value for name, value in EA.items()}
    found["BillingAccountId"] = f"'{MCA_ACCOUNT}'"
    found["BillingProfileId"] = f"'{PROFILE}'"
    found["Tags" if "Tags" in found else "tags"] = "'{' || tags || '}'"
    for price in ("UnitPrice", "EffectivePrice", "PayGPrice"):
        found[price] = f"({found[price]}) / 0.8"
    del found["PartNumber"]
    return {**found, **MCA_ONLY}
