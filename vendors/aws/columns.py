"""AWS's column names and types.

Names become snake_case as Athena writes them: lineItem/UnblendedCost is
line_item_unblended_cost, reservation/ReservationARN is reservation_reservation_a_r_n.
"""

from __future__ import annotations

import re

from core.money import DECIMAL

MONEY_AND_QUANTITIES = frozenset(
    """
    line_item_usage_amount line_item_normalized_usage_amount line_item_unblended_cost
    line_item_net_unblended_cost line_item_blended_cost pricing_public_on_demand_cost
    reservation_effective_cost reservation_net_effective_cost
    reservation_recurring_fee_for_usage reservation_net_recurring_fee_for_usage
    reservation_amortized_upfront_cost_for_usage reservation_net_amortized_upfront_cost_for_usage
    reservation_amortized_upfront_fee_for_billing_period
    reservation_net_amortized_upfront_fee_for_billing_period
    reservation_unused_amortized_upfront_fee_for_billing_period
    reservation_net_unused_amortized_upfront_fee_for_billing_period
    reservation_unused_recurring_fee reservation_net_unused_recurring_fee
    reservation_unused_quantity reservation_unused_normalized_unit_quantity
    reservation_upfront_value reservation_net_upfront_value
    savings_plan_savings_plan_effective_cost savings_plan_net_savings_plan_effective_cost
    savings_plan_used_commitment savings_plan_total_commitment_to_date
    savings_plan_recurring_commitment_for_billing_period
    savings_plan_net_recurring_commitment_for_billing_period
    savings_plan_amortized_upfront_commitment_for_billing_period
    savings_plan_net_amortized_upfront_commitment_for_billing_period
    split_line_item_actual_usage split_line_item_reserved_usage split_line_item_split_usage
    split_line_item_split_usage_ratio split_line_item_split_cost split_line_item_unused_cost
    split_line_item_net_split_cost split_line_item_net_unused_cost
    split_line_item_public_on_demand_split_cost split_line_item_public_on_demand_unused_cost
    billed_cost effective_cost list_cost contracted_cost list_unit_price contracted_unit_price
    pricing_quantity consumed_quantity commitment_discount_quantity
    pricing_currency_contracted_unit_price pricing_currency_effective_cost
    pricing_currency_list_unit_price
    """.split()
)
TIMES = frozenset(
    """
    bill_billing_period_start_date bill_billing_period_end_date line_item_usage_start_date
    line_item_usage_end_date billing_period_start billing_period_end charge_period_start
    charge_period_end
    """.split()
)
NESTED = frozenset(
    """
    resource_tags cost_category product discount tags sku_price_details x_discounts
    x_cost_categories
    """.split()
)
REQUIRED = {
    "cur": frozenset(["line_item_unblended_cost"]),
    "focus": frozenset(["billed_cost", "effective_cost"]),
}
"""Without these a file is no bill."""

REQUIRED_FOR_FOCUS = {
    "cur": frozenset(
        """
        bill_payer_account_id line_item_usage_account_id line_item_line_item_type
        line_item_currency_code line_item_usage_start_date line_item_usage_end_date
        line_item_product_code
        """.split()
    ),
    "focus": frozenset(
        """
        billing_account_id billing_currency charge_category charge_period_start
        charge_period_end
        """.split()
    ),
}
"""Without these a bill can be loaded, but not told apart; every other column may be absent."""

TAG_PREFIXES = {
    "resource_tags": ("resourceTags/", "resource_tags_"),
    "cost_category": ("costCategory/", "cost_category_"),
}
"""Legacy CUR has a column for each tag key; they are folded into one JSON column."""


def focus_needs(dialect: str) -> frozenset[str]:
    """Return the columns without which a bill of this dialect cannot become FOCUS."""
    return REQUIRED_FOR_FOCUS["focus" if dialect.startswith("focus") else "cur"]


def raw_name(source: str) -> str:
    """Return the raw table's name of a provider's column.

    >>> raw_name("lineItem/UnblendedCost"), raw_name("reservation/ReservationARN")
    ('line_item_unblended_cost', 'reservation_reservation_a_r_n')
    >>> raw_name("x_ServiceCode"), raw_name("BilledCost"), raw_name("line_item_usage_type")
    ('x_service_code', 'billed_cost', 'line_item_usage_type')
    """
    source = source.removeprefix("\ufeff").strip()
    if source == source.lower() and "/" not in source:
        snake = source
    else:
        snake = "_".join(snake_case(part) for part in source.split("/"))
    cleaned = re.sub(r"[^a-z0-9]+", "_", snake).strip("_")
    return cleaned if re.match(r"[a-z]", cleaned) else f"c_{cleaned}".rstrip("_")


def snake_case(word: str) -> str:
    """Return Athena's spelling: each capital begins a word, so ARN is a_r_n."""
    return re.sub(r"(?<=[A-Za-z0-9])(?=[A-Z])", "_", word).lower()


def tag_key(source: str) -> tuple[str, str] | None:
    """Return (folded column, key as the provider wrote it) for a column of one tag key.

    >>> tag_key("resourceTags/user:CostCenter")
    ('resource_tags', 'user:CostCenter')
    >>> tag_key("cost_category_team"), tag_key("resource_tags")
    (('cost_category', 'team'), None)
    """
    for column, prefixes in TAG_PREFIXES.items():
        for prefix in prefixes:
            if source.startswith(prefix) and len(source) > len(prefix):
                return column, source.removeprefix(prefix)
    return None


def raw_type(name: str) -> str | None:
    """Return the type that a known column must have in the raw table, None for others."""
    if name in MONEY_AND_QUANTITIES:
        return DECIMAL
    if name in TIMES:
        return "TIMESTAMP"
    if name in NESTED:
        return "JSON"
    return None
