"""Every azure command against a Blob server over HTTP."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.fixtures.azure import Container, ea, twins


def load(finops, *options):
    result = finops("azure", "import-export", *options, "--no-transform")
    assert result.code == 0, result.err
    return result


def billed(finops, month):
    return finops.value(
        "SELECT sum(cost_in_billing_currency) FROM azure_billing.actual "
        f"WHERE billing_period = '{month}-01'"
    )


@pytest.mark.parametrize("layout", ["run", "stamped", "overwrite", "plain"])
@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_every_format_and_layout_imports_from_a_container(layout, form, tmp_path, finops, upload):
    container = Container(tmp_path / "mirror", form=form, layout=layout)
    container.deliver("2026-01", ["1.10", "1.10"], chunks=1 if layout == "plain" else 2)
    container.deliver("2026-02", ["2.25"])
    found = upload(container)

    load(finops, *found.options)

    assert (billed(finops, "2026-01"), billed(finops, "2026-02")) == (
        Decimal("2.20"),
        Decimal("2.25"),
    )
    assert finops.value("SELECT sum(bytes) FROM ledger.loads") == sum(
        path.stat().st_size for path in container.root.rglob("*.*") if path.name != "manifest.json"
    )
    before = finops.fingerprint()
    again = load(finops, *found.options)
    assert again.out == "actual  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before


def test_a_whole_run_of_a_pair_ends_in_focus(tmp_path, finops, upload):
    container = Container(tmp_path / "mirror")
    container.deliver_pair("2026-01", twins(both=[ea("1.10")]))
    found = upload(container)
    config = finops.home / "config.toml"
    config.write_text(
        f'[azure]\nsource = "az://{found.name}/exports"\nactual_export = "actual"\n'
        'amortized_export = "amortized"\n'
    )

    result = finops("run", "-c", str(config))

    assert result.code == 0, result.err
    assert finops.sql(
        'SELECT sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage'
    ) == [(Decimal("1.10"), Decimal("1.10"))]


def test_the_newest_run_is_told_by_its_time(tmp_path, finops, upload, service):
    container = Container(tmp_path / "mirror")
    container.deliver("2026-01", ["1.10"], version="zzz")
    found = upload(container)
    run = container.deliver("2026-01", ["2.25"], version="aaa", stamp="202602040405")
    for path in (*run.files, run.manifest):
        key = path.relative_to(container.root).as_posix()
        service.get_blob_client(found.name, key).upload_blob(path.read_bytes())

    load(finops, *found.options)

    assert billed(finops, "2026-01") == Decimal("2.25")


def test_the_reading_commands_answer_from_a_container(tmp_path, finops, upload):
    container = Container(tmp_path / "mirror")
    container.deliver("2026-01", ["1.10"])
    found = upload(container)
    load(finops, *found.options)

    (month,) = json.loads(finops("azure", "list-manifests", *found.options, "--json").out)
    (export,) = json.loads(finops("azure", "list-exports", *found.options[:2], "--json").out)

    assert (month["billing_period"], month["state"], month["files"]) == ("2026-01", "loaded", 1)
    assert (export["export"], export["prefix"], export["loaded_months"]) == ("actual", "exports", 1)


def test_keys_may_hold_any_character(tmp_path, finops, upload):
    odd = "a b+c%25=d&e,f;g:h@i'j(k)[l]*m#o~ü名"
    container = Container(tmp_path / "mirror", prefix=f"pre {odd}")
    container.deliver("2026-01", ["1.10", "1.10"], version=f"run {odd}", chunks=2)

    load(finops, *upload(container).options)

    assert billed(finops, "2026-01") == Decimal("2.20")


def test_more_folders_than_one_page_holds(tmp_path, finops, upload, service, monkeypatch):
    container = Container(tmp_path / "mirror")
    for version in range(12):
        container.deliver("2026-01", ["1.10"], version=f"run-{version:02d}")
    found = upload(container)
    from azure.storage.blob import ContainerClient

    whole = ContainerClient.walk_blobs
    monkeypatch.setattr(
        ContainerClient, "walk_blobs", lambda self, **more: whole(self, results_per_page=5, **more)
    )

    load(finops, *found.options)

    assert billed(finops, "2026-01") == Decimal("1.10")
