"""Cost Management exports end in raw tables: every layout, format, agreement and spelling."""

from __future__ import annotations

import json
import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.azure import Container, ea, focus, mca, twins
from tests.fixtures.azure.lines import PLAN
from tests.fixtures.finops import Finops


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path / "container")


def load(finops: Finops, options: list[str]) -> Any:
    result = finops("azure", "import-export", *options, "--no-transform")
    assert result.code == 0, result.err
    return result


def billed(finops: Finops, month: str, table: str = "actual") -> Decimal:
    return Decimal(
        finops.value(
            "SELECT coalesce(sum(cost_in_billing_currency), 0) FROM "
            f"azure_billing.{table} WHERE billing_period = '{month}-01'"
        )
    )


@pytest.mark.parametrize("layout", ["run", "stamped", "overwrite", "plain"])
@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_every_layout_and_format_imports(layout, form, tmp_path, finops):
    container = Container(tmp_path / "container", form=form, layout=layout)
    chunks = 1 if layout == "plain" else 2
    container.deliver("2026-01", ["1.10", "1.10", "0.000000000001"], chunks=chunks)
    container.deliver("2026-02", ["2.25"])

    load(finops, container.options)

    assert billed(finops, "2026-01") == Decimal("2.200000000001")
    assert billed(finops, "2026-02") == Decimal("2.25")
    before = finops.fingerprint()
    again = load(finops, container.options)
    assert again.out == "actual  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before


def test_ids_keep_their_zeros_and_days_are_days(container, finops):
    container.deliver("2026-09", ["1.10"])
    load(finops, container.options)
    assert finops.sql(
        "SELECT billing_account_id, CAST(usage_date AS VARCHAR), tags, unit_of_measure, "
        "CAST(billing_period_end_date AS VARCHAR) FROM azure_billing.actual"
    ) == [("0861153", "2026-09-02", '"CostCenter": "0012","team": "shop"', "1 Hour", "2026-09-30")]


@pytest.mark.parametrize(
    ("layout", "first", "second"),
    [("run", "zzz", "aaa"), ("stamped", "zzz", "aaa"), ("plain", "zzz", "aaa")],
)
def test_only_the_newest_run_counts(layout, first, second, tmp_path, finops):
    """The run's own time decides, not the order of its name."""
    container = Container(tmp_path / "container", layout=layout)
    container.deliver("2026-01", ["1.10"], version=first, stamp="202602030405")
    load(finops, container.options)
    newer = container.deliver("2026-01", ["1.10", "1.15"], version=second, stamp="202602040405")
    later = newer.files[0].stat().st_mtime + 5
    os.utime(newer.files[0], (later, later))

    result = load(finops, container.options)

    assert "restated" in result.out
    assert billed(finops, "2026-01") == Decimal("2.25")
    assert finops.sql("SELECT status, rows FROM ledger.loads ORDER BY rows") == [
        ("superseded", 1),
        ("current", 2),
    ]


def test_copied_runs_are_ordered_by_what_their_manifests_say(container, finops):
    """A copy's files may all have the time of the copying, or the reverse order."""
    newer = container.deliver("2026-01", ["2.00"], version="aaa", stamp="202602040405")
    older = container.deliver("2026-01", ["1.00"], version="zzz", stamp="202602030405")
    os.utime(newer.manifest, (1, 1))
    os.utime(older.manifest, (2, 2))
    load(finops, container.options)
    assert billed(finops, "2026-01") == Decimal("2.00")


def test_a_pair_is_one_export_with_both_costs(container, finops):
    lines = twins(
        both=[ea("1.10")],
        actual=[ea("30.00", ChargeType="Purchase", PricingModel="SavingsPlan", benefitId=PLAN)],
        amortized=[ea("0.90", PricingModel="SavingsPlan", benefitId=PLAN)],
    )
    container.deliver_pair("2026-01", lines)
    load(finops, container.pair)
    assert finops.sql(
        "SELECT source_dataset, sum(cost_in_billing_currency) FROM azure_billing.billing_2026_01 "
        "GROUP BY ALL ORDER BY ALL"
    ) == [("actual", Decimal("31.10")), ("amortized", Decimal("2.00"))]
    assert finops.sql(
        "SELECT source_rows, source_billed, raw_billed, source_effective, raw_effective "
        "FROM ledger.reconciliation"
    ) == [(4, *[Decimal("31.10")] * 2, *[Decimal("2.00")] * 2)]


def test_one_twin_that_was_run_again_restates_the_month(container, finops):
    container.deliver_pair("2026-01", twins(both=[ea("1.10")]))
    load(finops, container.pair)
    container.deliver(
        "2026-01", ["1.20"], dataset="amortized", version="second", stamp="202602040405"
    )
    assert "restated" in load(finops, container.pair).out
    assert finops.value("SELECT version_id FROM ledger.loads WHERE status = 'current'") == (
        "first+second"
    )


def test_a_month_without_its_amortized_twin_is_loaded_as_actual_alone(container, finops):
    container.deliver("2026-01", ["1.10"])
    container.deliver_pair("2026-02", twins(both=[ea("2.00", month="2026-02")]))
    load(finops, container.pair)
    assert finops.sql("SELECT dialect FROM ledger.loads ORDER BY billing_period") == [
        ("cost_actual",),
        ("cost_pair",),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [True, False])
def test_line_ends_and_byte_order_marks_do_not_matter(newline, bom, container, finops):
    lines = [ea("1.10", Product='says "hi",\nthere'), ea("1.10")]
    container.deliver("2026-01", lines=lines, newline=newline, bom=bom)
    load(finops, container.options)
    assert billed(finops, "2026-01") == Decimal("2.20")


def test_a_month_of_headers_empties_the_month(container, finops):
    container.deliver("2026-01", ["1.10"])
    load(finops, container.options)
    container.deliver("2026-01", [], version="second", stamp="202602040405")
    load(finops, container.options)
    assert finops.value("SELECT count(*) FROM azure_billing.actual") == 0
    assert finops.value("SELECT rows FROM ledger.loads WHERE status = 'current'") == 0


def test_a_pair_of_headers_empties_the_month(container, finops):
    container.deliver_pair("2026-01", twins(both=[ea("1.10")]))
    load(finops, container.pair)
    again = {"version": "second", "stamp": "202602040405", "columns": list(ea())}
    container.deliver_pair("2026-01", twins(), **again)
    assert "restated" in load(finops, container.pair).out
    assert finops.value("SELECT count(*) FROM azure_billing.actual") == 0
    assert finops.sql("SELECT rows, dialect FROM ledger.loads WHERE status = 'current'") == [
        (0, "cost_pair")
    ]


def test_a_late_line_in_a_closed_month_restates_that_month_alone(container, finops):
    for month in ("2026-01", "2026-02", "2026-03"):
        container.deliver(month, ["1.10", "1.10"])
    load(finops, container.options)
    others = ["azure_billing.billing_2026_02", "azure_billing.billing_2026_03"]
    before = [finops.content(table) for table in others]
    late = ["1.10", "1.10", "-0.25"]
    container.deliver("2026-01", late, version="second", stamp="202604040405")

    out = load(finops, container.options).out

    assert [text.split()[1:3] for text in out.splitlines()] == [["2026-01", "restated"]]
    assert billed(finops, "2026-01") == Decimal("1.95")
    assert [finops.content(table) for table in others] == before


def test_a_month_whose_folder_is_gone_stays_as_it_was_loaded(container, finops):
    """Retention rules of a container delete old runs; the bill was right all the same."""
    container.deliver("2026-01", ["1.10"])
    container.deliver("2026-02", ["2.20"])
    load(finops, container.options)
    shutil.rmtree(container.month_folder("2026-01"))
    before = finops.fingerprint()

    again = load(finops, container.options)

    assert again.out == "actual  nothing new: 1 billing period is current\n"
    assert finops.fingerprint() == before
    container.deliver("2026-02", ["2.25"], version="second", stamp="202604040405")
    load(finops, container.options)
    assert billed(finops, "2026-01") == Decimal("1.10")
    assert billed(finops, "2026-02") == Decimal("2.25")


def test_a_moved_export_is_found_beside_its_manifest(container, finops):
    container.deliver("2026-01", ["1.10"])
    moved = container.root / "archive"
    (container.root / "exports").rename(moved)
    load(finops, ["-S", str(container.root), "-p", "archive", "-n", "actual"])
    assert billed(finops, "2026-01") == Decimal("1.10")


def test_only_the_months_in_range_are_read(container, finops):
    for month in ("2026-01", "2026-02", "2026-03"):
        container.deliver(month, ["1.10"])
    (container.month_folder("2026-03") / "first" / "manifest.json").write_text("half")
    load(finops, [*container.options, "-s", "2026-02", "-e", "2026-02"])
    assert finops.sql("SELECT strftime(billing_period, '%Y-%m') FROM ledger.loads") == [
        ("2026-02",)
    ]


@pytest.mark.parametrize("version", ["1.0", "1.0r2", "1.2-preview"])
@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_focus_exports_are_read_as_such(form, version, tmp_path, finops):
    container = Container(tmp_path / "container", form=form)
    config = {"type": "FocusCost", "dataVersion": version}
    line = focus("1.10", ChargePeriodStart="2026-01-02T00:00Z" if "r2" in version else None)
    line["ChargePeriodStart"] = line["ChargePeriodStart"] or "2026-01-02T00:00:00Z"
    container.deliver("2026-01", lines=[line, line], dataset="focus", exportConfig=config)
    load(finops, [*container.options[:4], "-f", "focus"])
    assert (
        finops.sql(
            "SELECT l.dialect, f.billed_cost, CAST(f.charge_period_start AS VARCHAR) "
            "FROM azure_billing.focus AS f, ledger.loads AS l"
        )
        == [
            (
                {"1.0": "focus_1_0", "1.0r2": "focus_1_0r2", "1.2-preview": "focus_1_2"}[version],
                Decimal("1.10"),
                "2026-01-02 00:00:00",
            )
        ]
        * 2
    )


def test_single_tables_hold_all_months(container, finops):
    container.deliver("2026-01", ["1.10"])
    container.deliver("2026-02", lines=[mca("0.88", month="2026-02")])
    load(finops, [*container.options, "-t", "single"])
    assert finops.tables("azure_billing") == ["billing_data"]
    assert billed(finops, "2026-01") == Decimal("1.10")
    assert billed(finops, "2026-02") == Decimal("0.88")


def test_the_reading_commands_answer(container, finops):
    container.deliver_pair("2026-01", twins(both=[ea("1.10")]))
    load(finops, container.pair)
    container.deliver_pair("2026-02", twins(both=[ea("1.10", month="2026-02")]))
    container.deliver("2026-01", ["3"], version="second", stamp="202602040405")

    months = json.loads(finops("azure", "list-manifests", *container.pair, "--json").out)
    found = json.loads(finops("azure", "list-exports", *container.options[:2], "--json").out)
    (load_,) = json.loads(finops("azure", "show-state", "--json").out)

    assert [(m["billing_period"], m["state"], m["files"], m["rows"]) for m in months] == [
        ("2026-01", "restated", 2, 2),
        ("2026-02", "new", 2, 2),
    ]
    assert [(e["export"], e["type"], e["last"], e["loaded_months"]) for e in found] == [
        ("actual", "ActualCost", "2026-02", 1),
        ("amortized", "AmortizedCost", "2026-02", 0),
    ]
    assert (load_["status"], load_["rows"], load_["dialect"]) == ("current", 2, "cost_pair")

    names = ("ACTUAL", "AMORTIZED")
    pair = {f"OPEN_FINOPS_AZURE_{name}_EXPORT": name.lower() for name in names}
    answer = finops("azure", "list-exports", *container.options[:2], "--json", env=pair)
    found = json.loads(answer.out)
    assert [(e["export"], e["loaded_months"]) for e in found] == [("actual", 1), ("amortized", 1)]
