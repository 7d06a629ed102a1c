"""How each of AWS's tables spells the same bill: the SELECT that writes one file."""

from __future__ import annotations

from typing import NamedTuple

from vendors.aws.demo.columns import (
    COST_CATEGORIES,
    FOCUS_1_0,
    FOCUS_1_2,
    NET_COLUMNS,
    PRODUCT_ATTRIBUTES,
    TAG_COLUMNS,
    Column,
    cur_2,
)

FORMATS = {
    "cur_1": ("csv.gz", "csv.zip", "parquet"),
    "cur_2": ("csv.gz", "parquet"),
    "focus_1_0": ("csv.gz", "parquet"),
    "focus_1_2": ("csv.gz", "parquet"),
}
"""The formats AWS offers for each table."""

TYPES = {
    "text": "VARCHAR",
    "time": "TIMESTAMP_MS",
    "number": "DOUBLE",
    "map": "MAP(VARCHAR, VARCHAR)",
}


class Output(NamedTuple):
    """One column of a written file."""

    name: str
    kind: str
    expression: str


def outputs_for(dialect: str, format: str, known: set[str], *, net: bool) -> list[Output]:
    """The columns of one file; `known` are those that the bill has values for."""
    if dialect.startswith("focus"):
        return focus_outputs(known, FOCUS_1_0 if dialect == "focus_1_0" else FOCUS_1_2)
    if dialect == "cur_1":
        return cur_1_outputs(known, net=net, parquet=format == "parquet")
    return cur_2_outputs(known, net=net)


def time_format(dialect: str, format: str) -> str | None:
    """How a CSV file writes times; None for parquet, which types them."""
    if format == "parquet":
        return None
    return LEGACY_TIME if dialect == "cur_1" else EXPORT_TIME


def net_expression(name: str) -> str:
    """A net_ column from the gross one: negotiated prices are an exact share of it."""
    gross = name.replace("_net_", "_", 1)
    return f"CASE WHEN saving IS NOT NULL THEN CAST({gross} * (1 - rebate) AS DECIMAL(20, 10)) END"


def cur_2_outputs(known: set[str], *, net: bool) -> list[Output]:
    """CUR 2.0, its maps included."""
    special = {
        "resource_tags": "tags_2",
        "discount": "MAP {}",
        "discount_total_discount": "NULL",
    }
    if net:
        special["discount"] = (
            "CASE WHEN saving < 0 THEN MAP {'edp_discount': CAST(saving AS DOUBLE)} ELSE MAP {} END"
        )
        special["discount_total_discount"] = "saving"
    return [
        Output(column.name, column.kind, special.get(column.name) or _expression(column, known))
        for column in cur_2(net=net)
    ]


def _expression(column: Column, known: set[str]) -> str:
    if column.name in known:
        return column.name
    if column in NET_COLUMNS:
        return net_expression(column.name)
    return "NULL"


def focus_outputs(known: set[str], columns: list[Column]) -> list[Output]:
    """AWS's FOCUS tables; 1.2 has no column for cost categories and puts them among the tags."""
    special = {}
    if not any(column.name == "x_CostCategories" for column in columns):
        special["Tags"] = """map_concat("Tags", map(list_transform(map_keys("x_CostCategories"),
            lambda k: 'costCategory/' || k), map_values("x_CostCategories")))"""
    return [
        Output(column.name, column.kind, special.get(column.name) or _expression(column, known))
        for column in columns
    ]


def cur_1_outputs(known: set[str], *, net: bool, parquet: bool) -> list[Output]:
    """The legacy report: maps spread over columns, no account names."""
    outputs = []
    for column in cur_2(net=net):
        if (
            column.kind == "map"
            or column.name.startswith("discount_")
            or column.name.endswith("_account_name")
        ):
            continue
        outputs.append(
            Output(
                column.name if parquet else legacy_name(column.name),
                column.kind,
                _expression(column, known),
            )
        )
    for key in ("product_name", "region", "servicename", *PRODUCT_ATTRIBUTES):
        name = f"product_{key}"
        outputs.append(Output(name if parquet else legacy_name(name), "text", f"product['{key}']"))
    for key, suffix in TAG_COLUMNS.items():
        outputs.append(
            Output(
                f"resource_tags_{suffix}" if parquet else f"resourceTags/{key}",
                "text",
                f"tags['{key}']",
            )
        )
    for key in COST_CATEGORIES:
        suffix = key.lower().replace(" ", "_")
        outputs.append(
            Output(
                f"cost_category_{suffix}" if parquet else f"costCategory/{key}",
                "text",
                f"cost_category['{key}']",
            )
        )
    return sorted(outputs)


SPELLINGS = {
    "product_product_name": "product/ProductName",
    "reservation_reservation_a_r_n": "reservation/ReservationARN",
    "savings_plan_savings_plan_a_r_n": "savingsPlan/SavingsPlanARN",
    "pricing_currency": "pricing/currency",
    "pricing_term": "pricing/term",
    "pricing_unit": "pricing/unit",
    "pricing_public_on_demand_cost": "pricing/publicOnDemandCost",
    "pricing_public_on_demand_rate": "pricing/publicOnDemandRate",
}
CATEGORIES = {
    "line_item": "lineItem",
    "savings_plan": "savingsPlan",
    "bill": "bill",
    "identity": "identity",
    "pricing": "pricing",
    "product": "product",
    "reservation": "reservation",
}


def legacy_name(name: str) -> str:
    """The header of a legacy CSV report for a CUR 2.0 column.

    >>> legacy_name("line_item_unblended_cost")
    'lineItem/UnblendedCost'
    >>> legacy_name("product_instance_type")
    'product/instanceType'
    """
    if name in SPELLINGS:
        return SPELLINGS[name]
    prefix, category = next((p, c) for p, c in CATEGORIES.items() if name.startswith(p + "_"))
    words = name.removeprefix(prefix + "_").split("_")
    first = words[0] if prefix == "product" else words[0].capitalize()
    return f"{category}/{first}{''.join(word.capitalize() for word in words[1:])}"


def select(outputs: list[Output], relation: str, *, text: str | None = None) -> str:
    """The SELECT for one file; `text` is the time format of a CSV file, None for parquet."""
    return f"SELECT {', '.join(_spell(o, text) for o in outputs)} FROM {relation}"


def _spell(output: Output, text: str | None) -> str:
    value = output.expression
    if text is None:
        kind = (
            "MAP(VARCHAR, DOUBLE)"
            if output.name in ("discount", "x_Discounts")
            else TYPES[output.kind]
        )
        value = f"CAST({value} AS {kind})"
    elif output.kind == "time":
        value = f"strftime({value}, '{text}')"
    elif output.kind == "map":
        value = f"CAST(to_json({value}) AS VARCHAR)"
    elif output.kind == "number":
        value = f"CAST({value} AS VARCHAR)" if text == LEGACY_TIME else f"CAST({value} AS DOUBLE)"
    return f'{value} AS "{output.name}"'


LEGACY_TIME = "%Y-%m-%dT%H:%M:%SZ"
EXPORT_TIME = "%Y-%m-%dT%H:%M:%S.000Z"
