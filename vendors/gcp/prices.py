"""The pricing export, cloud_pricing_export: list prices where the bill itself has none.

It is a daily list: for each SKU the tiers of its price. What a line takes from it is a price and
the tier it belongs to, beside what the bill says, in columns of their own; costs never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from core.errors import AlienFile, NoFiles
from core.exports import ExportVersion, RawColumn
from core.money import DECIMAL
from core.periods import next_period
from core.storage.folder import FolderStore
from vendors.gcp.columns import raw_name
from vendors.gcp.fields import Field, column, flat, members_of
from vendors.gcp.readers import Part, describe, typed

REQUIRED = frozenset(
    "billing_account_id sku_id account_currency_code pricing_as_of_time "
    "list_price_tiered_rates".split()
)
TIER = frozenset(["start_usage_amount", "account_currency_amount", "pricing_unit_quantity"])
ADDED = ("x_pricing_list_price", "x_pricing_tier_start_amount")


@dataclass(frozen=True, kw_only=True)
class GcpVersion(ExportVersion):
    """An invoice month, and where its list prices are."""

    prices: str
    """Parquet files of the pricing export, a file or a folder; '' for none."""


def price_list(source: str, period: date, connection: duckdb.DuckDBPyConnection) -> str:
    """Return SQL for the newest list before the end of a month, a row for each tier of a SKU.

    Columns: account, sku, currency, start, price (NULL where the list is at odds with itself, or
    the price is not for one unit) and tiers, their number.

    Raises:
        NoFiles: If there is no Parquet file.
        AlienFile: If the files are no pricing export.
    """
    path = Path(source.removeprefix("file://")).expanduser()
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    if not files:
        raise NoFiles(str(path), "Parquet of the pricing export")
    store = FolderStore(path.parent if path.is_file() else path)
    found = typed([str(file) for file in files], "parquet")
    described = describe(store, files[0].name, "parquet", f"SELECT * FROM {found}", connection)
    leaves = {
        leaf.name: leaf
        for field in described
        for leaf in flat(raw_name(field.name), field.expression, field.kind)
    }
    if missing := REQUIRED - leaves.keys():
        raise AlienFile(store.name(files[0].name), missing)
    rates = leaves["list_price_tiered_rates"]
    tier = members_of(members_of(rates.kind)["child"])
    if missing := TIER - tier.keys():
        raise AlienFile(store.name(files[0].name), missing)

    def read(name: str) -> str:
        return column(leaves[name]).expression

    def rate(name: str) -> str:
        return column(Field("price_list_price", f"rate.{name}", tier[name])).expression

    as_of = leaves["pricing_as_of_time"]
    time = column(Field("export_time", as_of.expression, as_of.kind)).expression
    return f"""
        SELECT account, sku, currency, start, count(*) OVER (
                PARTITION BY account, sku, currency) AS tiers,
            CASE WHEN count(DISTINCT price) = 1 AND bool_and(quantity = 1)
                THEN any_value(price) END AS price
        FROM (
            SELECT account, sku, currency, {rate("start_usage_amount")} AS start,
                {rate("account_currency_amount")} AS price,
                {rate("pricing_unit_quantity")} AS quantity
            FROM (
                SELECT account, sku, currency, unnest(rates) AS rate
                FROM (
                    SELECT {read("billing_account_id")} AS account, {read("sku_id")} AS sku,
                        {read("account_currency_code")} AS currency, {time} AS as_of,
                        {rates.expression} AS rates
                    FROM {found}
                )
                WHERE as_of < TIMESTAMP '{next_period(period)}'
                QUALIFY as_of = max(as_of) OVER (PARTITION BY account, sku)
            )
        )
        GROUP BY account, sku, currency, start
    """


def with_prices(
    part: Part, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> tuple[str, list[RawColumn]]:
    """Return the relation of a part's lines, called t, and the columns that prices add to it.

    A line finds one tier or none, so that lines stay as many as they are.
    """
    has = part.columns
    keys = ("billing_account_id", "sku_id", "currency")
    if not isinstance(version, GcpVersion) or not version.prices or not has.keys() >= {*keys}:
        return part.relation, []
    account, sku, currency = (has[name].expression for name in keys)
    null = f"CAST(NULL AS {DECIMAL})"
    tier = has["price_tier_start_amount"].expression if "price_tier_start_amount" in has else null
    price = has["price_list_price"].expression if "price_list_price" in has else null
    listed = price_list(version.prices, version.billing_period, connection)
    relation = (
        f"{part.relation} LEFT JOIN ({listed}) AS listed ON listed.account = {account} "
        f"AND listed.sku = {sku} AND listed.currency = {currency} "
        f"AND (listed.start = {tier} OR ({tier} IS NULL AND listed.tiers = 1))"
    )
    values = (
        f"CASE WHEN {price} IS NULL THEN listed.price END",
        f"CASE WHEN {tier} IS NULL THEN listed.start END",
    )
    return relation, [
        RawColumn(name=name, type=DECIMAL, expression=value)
        for name, value in zip(ADDED, values, strict=True)
    ]
