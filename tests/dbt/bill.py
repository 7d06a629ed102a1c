"""One small bill with every kind of line, in numbers a reader can add in their head."""

from __future__ import annotations

from typing import Any

SAVINGS_PLAN = "arn:aws:savingsplans::000000000001:savingsplan/a"
RESERVATION = "arn:aws:ec2:us-east-1:000000000001:reserved-instances/a"

BASE: dict[str, Any] = {
    "identity_time_interval": "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z",
    "bill_payer_account_id": "000000000001",
    "bill_invoicing_entity": "Amazon Web Services, Inc.",
    "line_item_usage_account_id": "000000000002",
    "line_item_legal_entity": "Amazon Web Services, Inc.",
    "line_item_currency_code": "USD",
    "line_item_usage_start_date": "2026-01-01 00:00:00",
    "line_item_usage_end_date": "2026-01-01 01:00:00",
    "line_item_product_code": "AmazonEC2",
    "line_item_usage_type": "BoxUsage:m5.large",
    "product_region_code": "us-east-1",
    "product_sku": "SKU1",
    "pricing_rate_code": "SKU1.JRTC.6YS6",
    "pricing_unit": "Hrs",
}


def line(kind: str, cost: str, **more: Any) -> dict[str, Any]:
    """Return one line item; without its own id it gets one from its type."""
    return {
        **BASE,
        "identity_line_item_id": kind.lower(),
        "line_item_line_item_type": kind,
        "line_item_unblended_cost": cost,
        **more,
    }


def usage(cost: str = "0.20", **more: Any) -> dict[str, Any]:
    """Two hours on demand at 0.10."""
    given: dict[str, Any] = {
        "line_item_usage_amount": "2",
        "line_item_unblended_rate": "0.10",
        "pricing_public_on_demand_cost": "0.20",
        "pricing_public_on_demand_rate": "0.10",
        "line_item_resource_id": "i-0a",
        "resource_tags": {"user_cost_center": "42", "aws_created_by": "me", "user_name": "web"},
        "cost_category": {"Team": "red"},
    }
    return line("Usage", cost, **{**given, **more})


def whole_bill() -> list[dict[str, Any]]:
    """Every line item type once. Billed 11.61, effective 8.61."""
    plan = {"savings_plan_savings_plan_a_r_n": SAVINGS_PLAN}
    reserved = {"reservation_reservation_a_r_n": RESERVATION}
    return [
        usage(),
        usage(
            "0.05",
            identity_line_item_id="spot",
            line_item_usage_type="SpotUsage:m5.large",
            line_item_unblended_rate="0.025",
        ),
        line(
            "SavingsPlanCoveredUsage",
            "0.10",
            line_item_usage_amount="1",
            line_item_unblended_rate="0.10",
            pricing_public_on_demand_cost="0.10",
            pricing_public_on_demand_rate="0.10",
            savings_plan_savings_plan_effective_cost="0.06",
            **plan,
        ),
        line("SavingsPlanNegation", "-0.10", **plan),
        line(
            "SavingsPlanRecurringFee",
            "0.10",
            savings_plan_total_commitment_to_date="0.10",
            savings_plan_used_commitment="0.06",
            **plan,
        ),
        line("SavingsPlanUpfrontFee", "2.00", **plan),
        line(
            "DiscountedUsage",
            "0.00",
            line_item_usage_amount="1",
            line_item_unblended_rate="0.0",
            pricing_public_on_demand_cost="0.10",
            pricing_public_on_demand_rate="0.10",
            reservation_effective_cost="0.05",
            **reserved,
        ),
        line(
            "RIFee",
            "0.10",
            line_item_usage_amount="2",
            reservation_unused_quantity="1",
            reservation_unused_recurring_fee="0.05",
            reservation_total_reserved_units="2",
            **reserved,
        ),
        line("Fee", "1.00", identity_line_item_id="upfront", **reserved),
        line("Fee", "5.00", line_item_product_code="AWSSupportBusiness"),
        line("Tax", "3.00", line_item_tax_type="VAT", product_sku=None),
        line("Credit", "-0.50", product_sku=None),
        line(
            "Refund",
            "-0.04",
            identity_line_item_id="late",
            line_item_usage_amount="1",
            line_item_usage_start_date="2025-12-01 00:00:00",
            line_item_usage_end_date="2025-12-01 01:00:00",
        ),
        line("Refund", "-0.10", line_item_usage_amount="1"),
        line("EdpDiscount", "-0.20", line_item_usage_amount="0"),
        line("Novelty", "1.00"),
    ]
