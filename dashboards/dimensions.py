"""What pages group and filter by: the only names of columns that a request brings into SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from dashboards.problems import Refused

TAG = "tag:"


@dataclass(frozen=True)
class Dimension:
    """One thing to group and filter by."""

    name: str
    """FOCUS's name of the column, or `tag:KEY` with the key percent-encoded."""
    column: str
    """Its column in the marts; a tag's key."""
    label: str
    group: str
    named_by: str = ""
    """Column with what people call a value; '' where the value says it itself."""

    @property
    def any_name(self) -> str:
        """Aggregate of what people call a value, on a mart called `costs`."""
        return f"any_value(costs.{self.named_by})" if self.named_by else "NULL"

    @property
    def is_tag(self) -> bool:
        return self.name.startswith(TAG)


TABLE = """
Who        | ProviderName               | provider_name               | Provider |
Who        | BillingAccountId           | billing_account_id          | Payer | billing_account_name
Who        | BillingAccountType         | billing_account_type        | Payer type |
Who        | SubAccountId               | sub_account_id              | Account | sub_account_name
Who        | SubAccountType             | sub_account_type            | Account type |
What       | ServiceCategory            | service_category            | Service category |
What       | ServiceSubcategory         | service_subcategory         | Service subcategory |
What       | ServiceName                | service_name                | Service |
What       | SkuMeter                   | sku_meter                   | SKU meter |
What       | SkuId                      | sku_id                      | SKU | sku_meter
What       | SkuPriceId                 | sku_price_id                | SKU price | sku_meter
What       | ChargeDescription          | charge_description          | Charge description |
What       | ResourceId                 | resource_id                 | Resource | resource_name
What       | ResourceType               | resource_type               | Resource type |
Where      | RegionId                   | region_id                   | Region | region_name
Where      | AvailabilityZone           | availability_zone           | Availability zone |
How        | ChargeCategory             | charge_category             | Charge category |
How        | ChargeClass                | charge_class                | Charge class |
How        | ChargeFrequency            | charge_frequency            | Charge frequency |
How        | PricingCategory            | pricing_category            | Pricing category |
How        | PricingUnit                | pricing_unit                | Pricing unit |
How        | PricingCurrency            | pricing_currency            | Pricing currency |
How        | ConsumedUnit               | consumed_unit               | Consumed unit |
Commitment | CommitmentDiscountStatus   | commitment_status           | Commitment status |
Commitment | CommitmentDiscountType     | commitment_type             | Commitment type |
Commitment | CommitmentDiscountCategory | commitment_category         | Commitment category |
Commitment | CommitmentDiscountId       | commitment_id               | Commitment | commitment_name
Commitment | CommitmentDiscountUnit     | commitment_unit             | Commitment unit |
Commitment | CapacityReservationId      | capacity_reservation_id     | Capacity reservation |
Commitment | CapacityReservationStatus  | capacity_reservation_status | Reservation status |
Invoice    | InvoiceId                  | invoice_id                  | Invoice |
Invoice    | InvoiceIssuerName          | invoice_issuer_name         | Invoice issuer |
Invoice    | PublisherName              | publisher_name              | Publisher |
Invoice    | x_BillingEntity            | billing_entity              | Billing entity |
Source     | x_Vendor                   | vendor                      | Vendor |
Source     | x_Export                   | export                      | Export |
"""


def read_table() -> dict[str, Dimension]:
    found: dict[str, Dimension] = {}
    for line in TABLE.strip().splitlines():
        group, name, column, label, named_by = (cell.strip() for cell in line.split("|"))
        found[name] = Dimension(name, column, label, group, named_by)
    return found


DIMENSIONS = read_table()
TAG_MART = frozenset(
    "vendor export provider_name billing_account_id sub_account_id service_category "
    "service_subcategory service_name region_id charge_category".split()
)
"""Columns of marts.daily_tag_costs to group and filter by."""
DAILY_MART = TAG_MART | frozenset(
    "charge_class pricing_category commitment_status commitment_type".split()
)
"""Columns of marts.daily_costs to group and filter by."""


def dimension(name: str) -> Dimension:
    """Return a dimension by its name.

    Raises:
        Refused: If there is none of that name.

    >>> dimension("tag:cost%3Acenter").column
    'cost:center'
    """
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    if re.fullmatch(f"{TAG}[^:]{{1,600}}", name):
        key = unquote(name.removeprefix(TAG))
        return Dimension(tag_dimension(key), key, key, "Tags")
    raise Refused(
        400,
        f"there is no dimension {name[:80]!r}",
        "There are ServiceName, SubAccountId, RegionId, tag:KEY and more: /api/v1/meta has all.",
    )


def tag_dimension(key: str) -> str:
    """Return the name of the dimension of a tag's key.

    >>> tag_dimension("cost:center")
    'tag:cost%3Acenter'
    """
    return TAG + quote(key, safe="")
