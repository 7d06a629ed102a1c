"""Nested fields of a file become flat, typed columns; nothing is sniffed.

Reading is the same for every format: a reader offers fields, each a name, an expression and a
DuckDB type; structs are taken apart, repeated fields become JSON, every leaf is cast by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from duckdb.sqltypes import DuckDBPyType

from core import sql
from core.columns import cast, free_name, iso_time, kept_type
from core.exports import RawColumn
from core.money import DECIMAL, from_double
from vendors.gcp.columns import STRUCTS, raw_name, raw_type

SUMS: dict[str, tuple[str, ...]] = {
    "x_credits_total": (),
    "x_credits_promotion": ("PROMOTION",),
    "x_credits_commitment": ("COMMITTED_USAGE_DISCOUNT", "COMMITTED_USE_DISCOUNT"),
    "x_credits_spend_commitment": ("COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE",),
    "x_credits_fee_offset": ("FEE_UTILIZATION_OFFSET",),
}
"""Sums of a row's credits that raw tables carry, and the types they are of; none means all."""
CREDITS = "STRUCT(name VARCHAR, amount VARCHAR, full_name VARCHAR, id VARCHAR, type VARCHAR)[]"


@dataclass(frozen=True)
class Field:
    """One value that a file offers."""

    name: str
    expression: str
    kind: DuckDBPyType


def flat(name: str, expression: str, kind: DuckDBPyType) -> Iterator[Field]:
    """Yield the leaves of one field; a list is a leaf."""
    if kind.id != "struct":
        yield Field(name, expression, kind)
        return
    children = members_of(kind)
    if list(children) == ["list"] and children["list"].id == "list":
        # Parquet lists as BigQuery writes them where list inference is off.
        inner = f"{expression}.list"
        element = members_of(children["list"])["child"]
        if element.id == "struct" and list(members_of(element)) == ["element"]:
            kind = DuckDBPyType(f"{members_of(element)['element']}[]")
            inner = f"list_transform({inner}, lambda e: e.element)"
        else:
            kind = children["list"]
        yield Field(name, inner, kind)
        return
    for child, child_kind in children.items():
        path = f"{name}_{raw_name(child)}"
        yield from flat(path, f"{expression}.{sql.ident(child)}", child_kind)


def members_of(kind: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """Return the types inside a struct by name, or of a list as its `child`."""
    return {name: one for name, one in kind.children if isinstance(one, DuckDBPyType)}


def columns(fields: Iterable[Field]) -> dict[str, RawColumn]:
    """Return the typed columns of a file's fields, by name."""
    found: dict[str, Field] = {}
    for field in fields:
        for leaf in flat(raw_name(field.name), field.expression, field.kind):
            name = free_name(leaf.name, found)
            found[name] = Field(name, leaf.expression, leaf.kind)
    found = {**found, **dict(in_json(found))}
    if "credits" not in found and "credits_amount" in found:
        found["credits"] = folded_credits(found)
    typed = {name: column(field) for name, field in found.items()}
    if "credits" in found:
        typed |= {c.name: c for c in credit_sums(found["credits"])}
    return typed


def in_json(found: dict[str, Field]) -> Iterator[tuple[str, Field]]:
    """Yield the fields of structs that a file holds only as the text of a JSON object."""
    for struct, members in STRUCTS.items():
        if struct not in found or found[struct].kind.id not in ("varchar", "json"):
            continue
        for member in members.split():
            name = f"{struct}_{member}"
            if name not in found:
                text = f"json_extract_string({found[struct].expression}, '$.{member}')"
                yield name, Field(name, text, DuckDBPyType("VARCHAR"))


def folded_credits(found: dict[str, Field]) -> Field:
    """Return the list of one credit that a flattened file spreads over columns."""
    members = ", ".join(
        f"{name} := {f'CAST({field.expression} AS VARCHAR)' if field else 'NULL'}"
        for name in ("name", "amount", "full_name", "id", "type")
        for field in [found.get(f"credits_{name}")]
    )
    amount = found["credits_amount"].expression
    return Field(
        "credits",
        f"CASE WHEN {amount} IS NULL OR CAST({amount} AS VARCHAR) = '' THEN [] "
        f"ELSE [struct_pack({members})] END",
        DuckDBPyType(CREDITS),
    )


def column(field: Field) -> RawColumn:
    """Return the raw column of one leaf."""
    kind, expression = str(field.kind), field.expression
    wanted = raw_type(field.name) or kept_type(kind.upper())
    if wanted == "JSON" and is_text(field):
        value = f"CAST({as_json(expression, field.name)} AS JSON)"
    elif wanted == "TIMESTAMP" and is_text(field):
        value = iso_time(f"replace(nullif({expression}, ''), ' UTC', 'Z')")
    elif wanted in (DECIMAL, "DOUBLE") and is_text(field):
        value = cast(f"nullif({expression}, '')", kind, wanted)
    elif wanted == DECIMAL and kind == "BLOB":
        value = numeric(expression)
    else:
        value = cast(expression, kind, wanted)
    return RawColumn(name=field.name, type=wanted, expression=value, reads=expression)


def numeric(blob: str) -> str:
    """Return SQL for BigQuery's NUMERIC as Avro has it: big-endian bytes, nine decimal places."""
    digit = "CAST(instr('0123456789ABCDEF', h) - 1 AS HUGEINT)"
    digits = f"list_transform(string_split(hex({blob}), ''), lambda h: {digit})"
    number = f"list_reduce({digits}, lambda x, y: x * 16 + y)"
    beyond = f"CAST(1 AS HUGEINT) << (8 * octet_length({blob}))"
    whole = f"CASE WHEN hex({blob})[1] >= '8' THEN {number} - ({beyond}) ELSE {number} END"
    return (
        f"CAST(CAST({whole} AS DECIMAL(29, 0)) * CAST(0.000000001 AS DECIMAL(9, 9)) AS {DECIMAL})"
    )


def as_json(text: str, name: str) -> str:
    """Return SQL for the JSON of a list's text, which some tools write as Python would."""
    members = {
        "credits": CREDITS,
        "tags": "STRUCT(key VARCHAR, value VARCHAR, inherited VARCHAR, namespace VARCHAR)[]",
        "project_ancestors": "STRUCT(resource_name VARCHAR, display_name VARCHAR)[]",
    }
    kind = members.get(name, "STRUCT(key VARCHAR, value VARCHAR)[]")
    return (
        f"CASE WHEN {text} = '' THEN NULL WHEN json_valid({text}) THEN {text} "
        f"ELSE CAST(to_json(CAST(replace({text}, ': None', ': NULL') AS {kind})) AS VARCHAR) END"
    )


def credit_sums(field: Field) -> Iterator[RawColumn]:
    """Yield the sums of a row's credits.

    A sum is 0 where there is no such credit, and NULL where one lacks its amount.
    """
    empty = f"{field.expression} IS NULL"
    if field.kind.id == "list":
        child = members_of(field.kind)["child"]
        members = members_of(child) if child.id == "struct" else {}
        source = field.expression if members else f"CAST([] AS {CREDITS})"
        double = str(members.get("amount")) in ("DOUBLE", "FLOAT")
        amount = from_double("c.amount") if double else f"CAST(c.amount AS {DECIMAL})"
    else:
        shape = '[{"name":"VARCHAR","amount":"VARCHAR","type":"VARCHAR"}]'
        said = field.expression
        source = f"from_json({as_json(said, 'credits') if is_text(field) else said}, '{shape}')"
        empty = f"coalesce(CAST({said} AS VARCHAR), '') IN ('', '[]', 'null')"
        members = dict.fromkeys(("name", "amount", "type"), field.kind)
        amount = f"CAST(c.amount AS {DECIMAL})"
    kind = "c.type" if "type" in members else "NULL"
    if "name" in members:
        kind = (
            f"coalesce({kind}, CASE WHEN c.name ILIKE 'committed us%' "
            "THEN 'COMMITTED_USAGE_DISCOUNT' END)"
        )
    for name, kinds in SUMS.items():
        chosen = source
        if kinds:
            chosen = f"list_filter({source}, lambda c: {kind} IN {kinds_of(kinds)})"
        total = f"list_sum(list_transform({chosen}, lambda c: {amount}))"
        holes = f"len(list_filter({chosen}, lambda c: c.amount IS NULL)) > 0"
        yield RawColumn(
            name=name,
            type=DECIMAL,
            expression=f"CASE WHEN {empty} THEN CAST(0 AS {DECIMAL}) "
            f"WHEN coalesce(len({chosen}), 0) = 0 THEN CAST(0 AS {DECIMAL}) "
            f"WHEN {holes} THEN NULL ELSE CAST({total} AS {DECIMAL}) END",
        )


def is_text(field: Field) -> bool:
    return str(field.kind) == "VARCHAR"


def kinds_of(kinds: Iterable[str]) -> str:
    return "(" + ", ".join(sql.text(kind) for kind in kinds) + ")"
