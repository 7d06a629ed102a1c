"""Jump to anything by a part of its name: accounts, services, tags, invoices, meters and more."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from dashboards.answers import Key
from dashboards.dimensions import tag_dimension
from dashboards.generations import Generation
from dashboards.slices import CURRENCY

SHORTEST = 2
BILLED = f"""sum(row_count) AS lines,
            list_sort(list(DISTINCT {CURRENCY})) AS currencies"""
"""How often something is billed, and in which currencies."""
FOUND = f"""
    WITH named AS (
        SELECT 'account' AS kind, 'SubAccountId' AS dimension, sub_account_id AS value,
            any_value(sub_account_name) AS name, any_value(provider_name) AS sub,
            {BILLED}
        FROM marts.daily_costs GROUP BY sub_account_id
        UNION ALL
        SELECT 'service', 'ServiceName', service_name, NULL, any_value(provider_name), {BILLED}
        FROM marts.daily_costs GROUP BY service_name
        UNION ALL
        SELECT 'provider', 'ProviderName', provider_name, NULL, '', {BILLED}
        FROM marts.daily_costs GROUP BY provider_name
        UNION ALL
        SELECT 'region', 'RegionId', region_id, any_value(region_name), any_value(provider_name),
            {BILLED}
        FROM marts.daily_costs GROUP BY region_id
        UNION ALL
        SELECT 'tag', tag_key, tag_value, NULL, tag_key, {BILLED}
        FROM marts.tag_costs WHERE tag_value IS NOT NULL GROUP BY tag_key, tag_value
        UNION ALL
        SELECT 'commitment', 'CommitmentDiscountId', commitment_id, any_value(commitment_name),
            any_value(commitment_type), {BILLED}
        FROM marts.commitment_use GROUP BY commitment_id
        UNION ALL
        SELECT 'invoice', 'InvoiceId', invoice_id, NULL, any_value(invoice_issuer_name), {BILLED}
        FROM marts.invoices GROUP BY invoice_id
        UNION ALL
        SELECT 'meter', 'SkuMeter', sku_meter, NULL, any_value(service_name), {BILLED}
        FROM marts.sku_costs WHERE contains(lower(sku_meter), $q) GROUP BY sku_meter
        UNION ALL
        SELECT 'resource', 'ResourceId', resource_id, any_value(resource_name),
            any_value(service_name), {BILLED}
        FROM marts.resource_costs
        WHERE contains(lower(resource_id), $q) OR contains(lower(resource_name), $q)
        GROUP BY resource_id
    )
    SELECT kind, dimension, value, name, coalesce(sub, '') AS sub, currencies
    FROM named
    WHERE value IS NOT NULL AND (contains(lower(value), $q) OR contains(lower(name), $q))
    ORDER BY lower(coalesce(name, value)) = $q DESC,
        starts_with(lower(coalesce(name, value)), $q) DESC, lines DESC, value, dimension
    LIMIT $limit
"""
EXPLORED = {"commitment": "effective_cost", "invoice": "billed_cost", "meter": "effective_cost"}
"""What has no page of its own, with the metric that the explorer shows of it."""


class SearchAsked(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=200, description="At least two characters.")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Found(BaseModel):
    """Something that has a page."""

    kind: str
    key: Key
    sub: str
    """What tells it from others of that name: provider, service, issuer or tag key."""
    currencies: list[str]
    """Those that it is billed in: its page is of one of them."""
    href: str
    """Its page."""


class Search(BaseModel):
    """What was found, the likeliest first."""

    results: list[Found]


def search(generation: Generation, asked: SearchAsked) -> Search:
    """Return what has `q` in its id or name."""
    wanted = asked.q.strip().lower()
    if len(wanted) < SHORTEST:
        return Search(results=[])
    rows = generation.rows(FOUND, {"q": wanted, "limit": asked.limit})
    return Search(results=[found(row) for row in rows])


def found(row: dict[str, Any]) -> Found:
    return Found(
        kind=row["kind"],
        key=Key(value=row["value"], label=row["name"] or row["value"]),
        sub=row["sub"],
        currencies=row["currencies"],
        href=href(row),
    )


def href(row: dict[str, Any]) -> str:
    if metric := EXPLORED.get(row["kind"]):
        only = {"filter": f"{row['dimension']}:in:{row['value']}", "metric": metric}
        return "#/explore?" + urlencode(only | {"group": "ServiceName", "range": "all"})
    kind = tag_dimension(row["dimension"]) if row["kind"] == "tag" else row["dimension"]
    return "#/entity?" + urlencode({"kind": kind, "value": row["value"]})
