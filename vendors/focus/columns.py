"""The columns of FOCUS from 0.5 to 1.4 and of OCI's cost report: names, types, versions.

A file's version is told by its columns: it is that of the youngest column that only later
versions have. Names are matched blind to case, blanks and underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.money import DECIMAL

VERSIONS = ("0.5", "1.0-preview", "1.0", "1.1", "1.2", "1.3", "1.4")

SINCE = {
    "0.5": """
        AvailabilityZone BilledCost# BillingAccountId! BillingAccountName? BillingCurrency!
        BillingPeriodEnd@ BillingPeriodStart@ ChargePeriodEnd@ ChargePeriodStart@
        InvoiceIssuerName! ProviderName! PublisherName! ResourceId ResourceName ServiceCategory!
        ServiceName! SubAccountId SubAccountName AmortizedCost# ChargeType InvoiceIssuer Provider
        Publisher Region
    """,
    "1.0-preview": """
        ChargeCategory! ChargeDescription? ChargeFrequency ChargeSubcategory
        CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName
        CommitmentDiscountType EffectiveCost# ListCost# ListUnitPrice# PricingCategory
        PricingQuantity# PricingUnit? ResourceType SkuId SkuPriceId Tags{} UsageQuantity# UsageUnit
    """,
    "1.0": """
        ChargeClass CommitmentDiscountStatus ConsumedQuantity# ConsumedUnit ContractedCost#
        ContractedUnitPrice# RegionId RegionName
    """,
    "1.1": """
        CapacityReservationId CapacityReservationStatus CommitmentDiscountQuantity#
        CommitmentDiscountUnit ServiceSubcategory SkuMeter SkuPriceDetails{}
    """,
    "1.2": """
        BillingAccountType InvoiceId PricingCurrency PricingCurrencyContractedUnitPrice#
        PricingCurrencyEffectiveCost# PricingCurrencyListUnitPrice# SubAccountType
    """,
    "1.3": """
        AllocatedMethodDetails{} AllocatedMethodId AllocatedResourceId AllocatedResourceName
        AllocatedTags{} ContractApplied{} HostProviderName ServiceProviderName
    """,
    "1.4": "CommitmentProgramEligibilityDetails{} InvoiceDetailId",
}
"""Version -> the columns it brought. # is a number, @ a time, {} JSON; ! and ? are columns that
every file must have by FOCUS 1.2, ! without nulls."""

OBSOLETE = frozenset(
    """
    amortized_cost charge_type invoice_issuer provider publisher region charge_subcategory
    usage_quantity usage_unit
    """.split()
)
"""Columns of former versions, which the upgrade turns into those of FOCUS 1.2."""

TYPES = {"#": DECIMAL, "@": "TIMESTAMP", "{}": "JSON"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that FOCUS has or had."""

    display: str
    type: str
    since: str
    mandatory: bool
    """Whether FOCUS 1.2 wants it in every file."""
    filled: bool
    """Whether FOCUS 1.2 also wants a value in every row."""


def read_columns() -> dict[str, Column]:
    """Return every FOCUS column by its raw name."""
    found = {}
    for version, text in SINCE.items():
        for word in text.split():
            display, marks = re.match(r"(\w+)(.*)", word).groups()  # type: ignore[union-attr]
            kind = next((kind for mark, kind in TYPES.items() if mark in marks), "VARCHAR")
            must = "!" in marks or display in ("BilledCost", "EffectiveCost", "ListCost")
            must = must or display == "ContractedCost" or "@" in marks
            optional = "?" in marks or display in ("ChargeClass", "PricingQuantity")
            found[snake(display)] = Column(
                display=display, type=kind, since=version, mandatory=must or optional, filled=must
            )
    return found


def snake(name: str) -> str:
    """Return a name of letters and digits in snake case.

    >>> snake("SkuPriceId"), snake("lineItem/isCorrection"), snake("x_oci_ReferenceNumber")
    ('sku_price_id', 'line_item_is_correction', 'x_oci_reference_number')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


FOCUS = read_columns()
KEYS = {name.replace("_", ""): name for name in FOCUS}

OCI_TYPES = {
    "cost_my_cost": DECIMAL,
    "cost_my_cost_overage": DECIMAL,
    "cost_unit_price": DECIMAL,
    "cost_unit_price_overage": DECIMAL,
    "usage_billed_quantity": DECIMAL,
    "usage_billed_quantity_overage": DECIMAL,
    "line_item_interval_usage_start": "TIMESTAMP",
    "line_item_interval_usage_end": "TIMESTAMP",
}
OCI_TAGS = "tags/"

REQUIRED = {
    "focus": frozenset(["billed_cost", "billing_period_start"]),
    "oci": frozenset(["cost_my_cost", "line_item_interval_usage_start"]),
}
"""Without these a file is no bill, or has no month."""
MONTH = {"focus": "billing_period_start", "oci": "line_item_interval_usage_start"}
"""The column that says which billing month a line belongs to."""


def family(dialect: str) -> str:
    """Return 'oci' for OCI's own cost report, 'focus' for every FOCUS version."""
    return "oci" if dialect == "oci_cost" else "focus"


def focus_name(source: str) -> str | None:
    """Return the raw name of a FOCUS column, however a file spells it; None for other columns.

    >>> focus_name("SkuPriceid"), focus_name("Billed Cost"), focus_name("x_BilledCost")
    ('sku_price_id', 'billed_cost', None)
    """
    if source.lower().startswith("x_"):
        return None
    return KEYS.get(re.sub(r"[^a-z0-9]", "", source.lower()))


def raw_name(source: str) -> str:
    """Return the raw table's name of a file's column."""
    name = focus_name(source) or snake(source.removeprefix("\ufeff"))
    return name if re.match(r"[a-z]", name) else f"c_{name}".rstrip("_")


def raw_type(name: str, dialect: str) -> str | None:
    """Return the type that a known column has in the raw table, None for others."""
    if family(dialect) == "oci":
        return OCI_TYPES.get(name)
    return FOCUS[name].type if name in FOCUS else None


def detect(header: Iterable[str]) -> str:
    """Return the dialect that a file's columns show.

    >>> detect(["BilledCost", "Provider", "Region", "UsageQuantity"]), detect(["cost/myCost"])
    ('focus_1_0_preview', 'oci_cost')
    >>> detect(["BilledCost", "RegionId"]), detect(["BilledCost", "InvoiceDetailId"])
    ('focus_1_0', 'focus_1_4')
    """
    names = {raw_name(column) for column in header}
    if "cost_my_cost" in names or "line_item_reference_no" in names:
        return "oci_cost"
    young = max((VERSIONS.index(FOCUS[n].since) for n in names & FOCUS.keys()), default=0)
    if not names & OBSOLETE and VERSIONS[young] in VERSIONS[:2]:
        young = VERSIONS.index("1.0")
    if "service_provider_name" in names and not names & {"provider_name", "publisher_name"}:
        young = VERSIONS.index("1.4")
    return "focus_" + re.sub(r"\W", "_", VERSIONS[young])


def focus_needs(dialect: str) -> frozenset[str]:
    """Return the columns without which a bill cannot become FOCUS."""
    return REQUIRED[family(dialect)]
