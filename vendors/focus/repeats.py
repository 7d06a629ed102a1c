"""Two files that hold the same lines: parts of a bill do not, deliveries of a whole month do.

Without a manifest nothing says which of the two a folder holds, and adding deliveries up would
count a month twice. The lines of the earliest day are compared, whole, between the files: a later
delivery repeats that day, a part does not.
"""

from __future__ import annotations

import duckdb

from core.errors import RepeatedDelivery
from core.exports import ExportVersion, SourceRelation
from core.periods import name as period_name
from core.storage.base import ObjectStore
from vendors.focus.columns import family

COMPARED = """
    billing_account_id sub_account_id charge_category charge_description charge_period_start
    charge_period_end service_name resource_id sku_id sku_price_id billed_cost effective_cost
    amortized_cost consumed_quantity pricing_quantity list_cost tags
    line_item_reference_no line_item_interval_usage_start product_resource_id cost_product_sku
    cost_my_cost usage_billed_quantity
""".split()
START = {"focus": "charge_period_start", "oci": "line_item_interval_usage_start"}
COST = {"focus": "billed_cost", "oci": "cost_my_cost"}


def refuse_repeats(
    connection: duckdb.DuckDBPyConnection,
    store: ObjectStore,
    version: ExportVersion,
    source: SourceRelation,
) -> None:
    """Refuse a month of which a file repeats at least half of another's earliest day.

    Raises:
        RepeatedDelivery: With both names.
    """
    kind = family(version.dialect)
    lines = []
    for part in source.parts or (source,):
        cells = {column.name: column.expression for column in part.columns}
        if START[kind] not in cells:
            return
        compared = ", ".join(cells[name] for name in COMPARED if name in cells)
        lines.append(
            f"SELECT t.filename AS file, CAST({cells[START[kind]]} AS DATE) AS day, "
            f"hash({compared}) AS line, {cells[COST[kind]]} AS cost FROM {part.relation}"
        )
    row = connection.execute(
        f"""
        WITH lines AS MATERIALIZED ({" UNION ALL ".join(lines)}),
        counted AS (
            SELECT file, line, count(*) AS n, count(*) FILTER (cost <> 0) AS charged
            FROM lines WHERE day = (SELECT min(day) FROM lines) GROUP BY ALL
        ),
        files AS (SELECT file, sum(n) AS n FROM counted GROUP BY ALL),
        pairs AS (
            SELECT a.file AS one, b.file AS other, sum(least(a.n, b.n)) AS equal,
                sum(a.charged) AS charged
            FROM counted AS a JOIN counted AS b ON a.line = b.line AND a.file < b.file
            GROUP BY ALL
        )
        SELECT one, other
        FROM pairs JOIN files AS f ON f.file = one JOIN files AS g ON g.file = other
        WHERE charged > 0 AND 2 * equal >= least(f.n, g.n)
        ORDER BY ALL LIMIT 1
        """
    ).fetchone()
    if row:
        where = f"{version.export} {period_name(version.billing_period)}"
        names = {store.url(key): store.name(key) for key in version.files}
        first, second = (names.get(str(name), str(name)) for name in row)
        raise RepeatedDelivery(where, first, second)
