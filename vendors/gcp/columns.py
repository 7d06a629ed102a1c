"""Google's column names and types.

The export is nested; raw tables are flat. A field of a struct becomes a column of its own, named
by its path: service.id is service_id, price.list_price is price_list_price. Repeated fields stay
JSON. Flattened files, which write service.id or service_id themselves, get the same names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.money import DECIMAL

PACIFIC = "America/Los_Angeles"
"""Google's billing months begin and end in this time zone."""

MONEY_AND_QUANTITIES = frozenset(
    """
    cost cost_at_list cost_at_effective_price_default cost_at_list_consumption_model
    currency_conversion_rate usage_amount_in_pricing_units
    price_effective_price price_effective_price_default price_list_price
    price_list_price_consumption_model price_tier_start_amount price_pricing_unit_quantity
    billed_cost effective_cost list_cost contracted_cost list_unit_price contracted_unit_price
    pricing_quantity consumed_quantity commitment_discount_quantity
    pricing_currency_contracted_unit_price pricing_currency_effective_cost
    pricing_currency_list_unit_price
    """.split()
)
TIMES = frozenset(
    """
    usage_start_time usage_end_time export_time billing_period_start billing_period_end
    charge_period_start charge_period_end
    """.split()
)
LISTS = frozenset(
    """
    credits labels project_labels system_labels tags project_ancestors sku_price_details x_credits
    """.split()
)
"""Repeated fields (and the objects of FOCUS), which stay JSON."""

STRUCTS = {
    "service": "id description",
    "sku": "id description",
    "project": "id number name ancestry_numbers",
    "location": "location country region zone",
    "resource": "name global_name",
    "price": "effective_price effective_price_default list_price list_price_consumption_model "
    "tier_start_amount unit pricing_unit_quantity",
    "usage": "amount unit amount_in_pricing_units pricing_unit",
    "invoice": "month publisher_type",
    "adjustment_info": "id description mode type",
    "consumption_model": "id description",
    "subscription": "instance_id",
}
"""Fields of structs, which a flattened file may also hold as the text of a JSON object."""

REQUIRED = {
    "gcp": frozenset(["cost", "billing_account_id"]),
    "focus": frozenset(["billed_cost", "effective_cost", "billing_period_start"]),
}
"""Without these a file is no bill."""

REQUIRED_FOR_FOCUS = {
    "gcp": frozenset("currency cost_type usage_start_time usage_end_time service_id".split()),
    "focus": frozenset(
        """
        billing_account_id billing_currency charge_category charge_period_start
        charge_period_end
        """.split()
    ),
}
"""Without these a bill can be loaded, but not told apart; every other column may be absent."""


def family(dialect: str) -> str:
    """Return 'focus' or 'gcp'."""
    return "focus" if dialect.startswith("focus") else "gcp"


def lacking(names: set[str]) -> frozenset[str]:
    """Return what columns lack to be a bill: in FOCUS, of whatever version, or in Google's form.

    >>> sorted(lacking({"billed_cost", "billing_period_start"})), sorted(lacking({"cost"}))
    (['effective_cost'], ['billing_account_id'])
    """
    kind = "focus" if names & {"billed_cost", "effective_cost"} else "gcp"
    return REQUIRED[kind] - names


def focus_needs(dialect: str) -> frozenset[str]:
    """Return the columns without which a bill of this dialect cannot become FOCUS."""
    return REQUIRED_FOR_FOCUS[family(dialect)]


def raw_name(source: str) -> str:
    """Return the raw table's name of a column, however a file writes it.

    >>> raw_name("service.id"), raw_name("usage_start_time"), raw_name("BilledCost")
    ('service_id', 'usage_start_time', 'billed_cost')
    """
    source = source.removeprefix("\ufeff").strip()
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", source).lower()
    cleaned = re.sub(r"[^a-z0-9]+", "_", snake).strip("_")
    return cleaned if re.match(r"[a-z]", cleaned) else f"c_{cleaned}".rstrip("_")


def labelled(header: Sequence[str]) -> list[str]:
    """Return the names of a header, where labels_1 means that labels are the project's.

    A query result that is written flat numbers the second column of one name, and the labels of
    the project come before those of the resource.
    """
    names = [raw_name(name) for name in header]
    if "labels_1" in names and "project_labels" not in names:
        renamed = {"labels": "project_labels", "labels_1": "labels"}
        names = [renamed.get(name, name) for name in names]
    return names


def raw_type(name: str) -> str | None:
    """Return the type that a known column must have in the raw table, None for others."""
    if name in MONEY_AND_QUANTITIES:
        return DECIMAL
    if name in TIMES:
        return "TIMESTAMP"
    if name == "usage_amount":  # byte-seconds outgrow a decimal
        return "DOUBLE"
    if name in LISTS:
        return "JSON"
    return None


def dialect_of(names: set[str]) -> str | None:
    """Return what the columns of a file mean, None for a file that is no bill.

    >>> dialect_of({"cost", "billing_account_id", "resource_name"})
    'gcp_detailed'
    >>> dialect_of({"cost", "sku_id"}) is None
    True
    """
    if names >= REQUIRED["focus"]:
        new = {"billing_account_type", "invoice_id", "sub_account_type", "pricing_currency"}
        return "focus_1_2" if names & new else "focus_1_0"
    if not names >= REQUIRED["gcp"]:
        return None
    detailed = {"resource_name", "resource_global_name", "resource"}
    return "gcp_detailed" if names & detailed else "gcp_standard"
