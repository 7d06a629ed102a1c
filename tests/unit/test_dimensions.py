"""What the explorer groups and filters by, beside the columns of FOCUS."""

from __future__ import annotations

import yaml

from dashboards.dimensions import DIMENSIONS
from tests.source import ROOT

NAMES = {
    "BillingAccountName": "BillingAccountId",
    "CommitmentDiscountName": "CommitmentDiscountId",
    "RegionName": "RegionId",
    "ResourceName": "ResourceId",
    "SubAccountName": "SubAccountId",
}
"""Columns that are shown as the name of another."""
NO_DIMENSIONS = {
    "BillingCurrency": "every answer is of one currency, which is asked for",
    "Tags": "each key is a dimension of its own",
    "SkuPriceDetails": "an object, whose keys differ by provider",
}


def texts_of_focus() -> set[str]:
    """Return the columns of text and of objects that cost_and_usage has of FOCUS itself."""
    path = ROOT / "focus" / "models" / "focus" / "_focus.yml"
    [model] = [
        one
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        if one["name"] == "cost_and_usage"
    ]
    return {
        column["name"]
        for column in model["columns"]
        if not column["name"].startswith("x_")
        and not column["data_type"].lower().startswith(("decimal", "timestamp"))
    }


def test_every_text_of_focus_is_a_dimension_or_says_why_not() -> None:
    without = set(NAMES) | set(NO_DIMENSIONS)
    assert texts_of_focus() - set(DIMENSIONS) == without
    assert all(DIMENSIONS[of].named_by for of in NAMES.values())
