"""Azure's column names and types.

Names drift: by agreement (EA, MCA, pay-as-you-go), by version and by language. Each column has
one raw name, in snake_case: CostInBillingCurrency, costInBillingCurrency, Cost and PreTaxCost
are all cost_in_billing_currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.money import DECIMAL

KNOWN = """
    billing_account_id billing_account_name billing_profile_id billing_profile_name
    billing_period_start_date billing_period_end_date billing_currency pricing_currency
    account_owner_id account_name account_id department_name invoice_id previous_invoice_id
    invoice_section_id invoice_section_name cost_center reseller_name reseller_mpn_id partner_name
    partner_tenant_id customer_name customer_tenant_id subscription_id subscription_name usage_date
    product_name product_id part_number meter_id meter_name meter_category meter_sub_category
    meter_region service_family service_name service_tier consumed_service service_info1
    service_info2 resource_id resource_name resource_type resource_group resource_location
    availability_zone location additional_info tags unit_of_measure quantity unit_price
    effective_price payg_price cost_in_billing_currency cost_in_pricing_currency cost_in_usd
    payg_cost_in_billing_currency payg_cost_in_usd exchange_rate_pricing_to_billing
    exchange_rate_date charge_type frequency pricing_model term publisher_name publisher_type
    publisher_id plan_name offer_id is_azure_credit_eligible reservation_id reservation_name
    benefit_id benefit_name product_order_id product_order_name cost_allocation_rule_name provider
    service_period_start_date service_period_end_date partner_earned_credit_rate
    partner_earned_credit_applied
""".split()
"""Raw names of the cost exports."""

ALIASES = {
    "cost": "cost_in_billing_currency",
    "pretaxcost": "cost_in_billing_currency",
    "date": "usage_date",
    "usagedatetime": "usage_date",
    "subscriptionguid": "subscription_id",
    "instanceid": "resource_id",
    "instancename": "resource_id",
    "resourcegroupname": "resource_group",
    "billingcurrencycode": "billing_currency",
    "currency": "billing_currency",
    "currencycode": "billing_currency",
    "pricingcurrencycode": "pricing_currency",
    "usagequantity": "quantity",
    "resourcerate": "effective_price",
    "product": "product_name",
    "invoicesection": "invoice_section_name",
    "exchangerate": "exchange_rate_pricing_to_billing",
    "pricing": "pricing_model",
}
"""Other words for a known column, without case and punctuation."""

KEYS = {name.replace("_", ""): name for name in KNOWN} | ALIASES

MONEY_AND_QUANTITIES = frozenset(
    """
    quantity unit_price effective_price payg_price cost_in_billing_currency
    cost_in_pricing_currency cost_in_usd payg_cost_in_billing_currency payg_cost_in_usd
    exchange_rate_pricing_to_billing
    billed_cost effective_cost list_cost contracted_cost list_unit_price contracted_unit_price
    pricing_quantity consumed_quantity commitment_discount_quantity
    pricing_currency_contracted_unit_price pricing_currency_effective_cost
    pricing_currency_list_unit_price
    """.split()
)
DATES = frozenset(["usage_date", "billing_period_start_date", "billing_period_end_date"])
TIMES = frozenset(
    ["billing_period_start", "billing_period_end", "charge_period_start", "charge_period_end"]
)

REQUIRED = {
    "cost": frozenset(["cost_in_billing_currency"]),
    "focus": frozenset(["billed_cost", "effective_cost"]),
}
"""Without these a file is no bill."""

REQUIRED_FOR_FOCUS = {
    "cost": frozenset(["usage_date", "billing_currency", "subscription_id"]),
    "focus": frozenset(
        """
        billing_account_id billing_currency charge_category charge_period_start
        charge_period_end
        """.split()
    ),
}
"""Without these a bill can be loaded, but not told apart; every other column may be absent."""


def focus_needs(dialect: str) -> frozenset[str]:
    """Return the columns without which a bill of this dialect cannot become FOCUS."""
    return REQUIRED_FOR_FOCUS[family(dialect)]


def family(dialect: str) -> str:
    """Return 'focus' for FOCUS exports, 'cost' for actual and amortized ones."""
    return "focus" if dialect.startswith("focus") else "cost"


def raw_names(header: Iterable[str], dialect: str) -> list[str]:
    """Return the raw table's name of each column of a header; equal ones are left to the caller.

    >>> raw_names(["\\ufeffCost", "Ressourcengruppe (ResourceGroup)", "paygPrice"], "cost_pair")
    ['cost_in_billing_currency', 'resource_group', 'payg_price']
    >>> raw_names(["Cost", "costInBillingCurrency", "newColumn"], "cost_pair")
    ['cost', 'cost_in_billing_currency', 'new_column']
    """
    words = [english(name) for name in header]
    if family(dialect) == "focus":
        return [snake(word) for word in words]
    keys = [key(word) for word in words]
    own = {name for k in keys if k not in ALIASES and (name := KEYS.get(k))}
    return [
        snake(word) if k in ALIASES and KEYS[k] in own else KEYS.get(k, snake(word))
        for word, k in zip(words, keys, strict=True)
    ]


def english(name: str) -> str:
    """Return a column's English name: what stands in brackets behind a translated one."""
    name = name.replace("\ufeff", "").strip()
    bracketed = re.fullmatch(r".+[(（]\s*([A-Za-z][A-Za-z0-9_ ]*)\s*[)）]", name)
    return bracketed[1] if bracketed else name


def key(name: str) -> str:
    """Return a name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def snake(name: str) -> str:
    """Return any other column's raw name.

    >>> snake("x_SkuMeterCategory"), snake("costInUSD"), snake("SubAccountId")
    ('x_sku_meter_category', 'cost_in_usd', 'sub_account_id')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    cleaned = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    return cleaned if re.match(r"[a-z]", cleaned) else f"c_{cleaned}".rstrip("_")


def raw_type(name: str) -> str | None:
    """Return the type that a known column must have in the raw table, None for others."""
    if name in MONEY_AND_QUANTITIES:
        return DECIMAL
    if name in DATES:
        return "DATE"
    if name in TIMES:
        return "TIMESTAMP"
    return None
