"""FOCUS files in a container: listed, told apart by their times, copied over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.azurite.conftest import ACCOUNT, KEY, NUMBERS
from tests.azurite.test_access import connection_string, other, sas
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv, write_parquet
from tests.integration.test_bad_inputs import assert_one_error

TOTAL = "SELECT sum(billed_cost) FROM focus_billing.databricks"


@pytest.fixture
def put(service: Any, tmp_path: Path) -> Callable[..., str]:
    """Writes two months of charges into a container; returns its name."""

    def write(form: str = "csv.gz", name: str = "", february: str = "4") -> str:
        name = name or f"saas-{next(NUMBERS)}"
        client = service.get_container_client(name)
        if not client.exists():
            client.create_container()
        make = write_parquet if form == "parquet" else write_csv
        files = {
            f"exports/dbx/2026/a b.{form}": [charge("1"), charge("2", day=2)],
            f"exports/dbx/2026/b.{form}": [charge(february, "2026-02")],
            f"exports/other/c.{form}": [charge("8", "2026-03")],
        }
        for key, rows in files.items():
            path = make(tmp_path / f"one.{form}", rows)
            client.upload_blob(key, path.read_bytes(), overwrite=True)
        return name

    return write


@pytest.fixture
def finops(anonymous: Finops, endpoint: str) -> Finops:
    """The commands, with the account's key for FOCUS files."""
    del anonymous.environment["OPEN_FINOPS_AZURE_ENDPOINT_URL"]
    anonymous.environment |= {
        "OPEN_FINOPS_FOCUS_ENDPOINT_URL": endpoint,
        "OPEN_FINOPS_FOCUS_ACCOUNT_KEY": KEY,
    }
    return anonymous


def load(finops: Finops, source: str, env: dict[str, str] | None = None) -> Any:
    options = ("-P", "Databricks", "-S", source, "--no-transform")
    return finops("focus", "import", *options, env=env)


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_files_of_a_container_are_read_and_known_again(form, finops, put):
    name = put(form)
    source = f"az://{name}/exports/dbx"

    result = load(finops, source)

    assert result.code == 0, result.err
    assert finops.value(TOTAL) == Decimal(7)
    before = finops.fingerprint()
    assert load(finops, source).out == "Databricks  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before
    put(form, name, february="40")
    assert load(finops, source).code == 0
    assert finops.value(TOTAL) == Decimal(43)


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_a_whole_import_ends_in_focus(form, finops, put):
    options = ("-P", "Databricks", "-S", f"az://{put(form)}/exports/dbx")
    result = finops("focus", "import", *options)

    assert result.code == 0, result.err
    assert finops.value('SELECT sum("BilledCost") FROM focus.cost_and_usage') == Decimal(7)


@pytest.mark.parametrize("source", ["exports/dbx/2026/b.csv.gz", "exports/dbx/*/b.*"])
def test_one_file_and_a_pattern_of_a_container(source, finops, put):
    assert load(finops, f"az://{put()}/{source}").code == 0
    assert finops.value(TOTAL) == Decimal(4)


@pytest.mark.parametrize(
    "spelling", ["azure://{name}/exports/dbx", "abfss://{name}@{host}/exports/dbx"]
)
def test_other_spellings_of_a_container(spelling, finops, put):
    source = spelling.format(name=put(), host=f"{ACCOUNT}.dfs.core.windows.net")
    assert load(finops, source).code == 0
    assert finops.value(TOTAL) == Decimal(7)


def test_an_address_with_its_signature_needs_nothing_else_and_never_shows_it(finops, put, endpoint):
    name = put()
    signature = sas(name)
    nothing = dict.fromkeys(("OPEN_FINOPS_FOCUS_ENDPOINT_URL", "OPEN_FINOPS_FOCUS_ACCOUNT_KEY"), "")

    result = load(finops, f"{endpoint}/{name}/exports/dbx?{signature}", nothing)
    absent = load(finops, f"{endpoint}/{name}/absent?{signature}", nothing)

    assert result.code == 0, result.err
    assert_one_error(absent, 3, (f"{endpoint}/{name}/absent holds no",))
    assert signature not in result.out + result.err + absent.out + absent.err


def test_each_source_has_its_own_credentials(finops, put, endpoint):
    for name in ("ENDPOINT_URL", "ACCOUNT_KEY"):
        del finops.environment[f"OPEN_FINOPS_FOCUS_{name}"]
    config = finops.home / "config.toml"
    config.write_text(
        "".join(
            f'[[focus.sources]]\nprovider = "{provider}"\nsource = "az://{put()}/exports/dbx"\n'
            f"{setting}\n"
            for provider, setting in {
                "Databricks": f'endpoint_url = "{endpoint}"\naccount_key = "{KEY}"',
                "Snowflake": f"connection_string = '{connection_string(endpoint)}'",
            }.items()
        )
    )

    result = finops("focus", "import", "-c", str(config), "--no-transform")

    assert result.code == 0, result.err
    assert finops.sql("SELECT export, count(*) FROM ledger.loads GROUP BY 1 ORDER BY 1") == [
        ("Databricks", 2),
        ("Snowflake", 2),
    ]


WRONG: dict[str, Callable[[], dict[str, str]]] = {
    "a wrong key": lambda: {"ACCOUNT_KEY": other(KEY)},
    "a key that is no key": lambda: {"ACCOUNT_KEY": "not base64"},
    "a signature of another container": lambda: {"SAS_TOKEN": sas("another"), "ACCOUNT_KEY": ""},
}


@pytest.mark.parametrize("kind", WRONG)
def test_who_may_not_read_is_told_so_in_one_error(kind, finops, put):
    env = {f"OPEN_FINOPS_FOCUS_{name}": value for name, value in WRONG[kind]().items()}

    result = load(finops, f"az://{put()}/exports", env)

    assert_one_error(result, 5, ())
    assert "[azure]" not in result.err
    assert not any(secret and secret in result.err for secret in env.values())


def test_a_missing_container_is_named(finops):
    assert_one_error(load(finops, "az://nowhere/x"), 5, ("az://nowhere does not exist",))


def test_wrong_settings_are_named_by_the_section_that_has_them(finops):
    nowhere = {"OPEN_FINOPS_FOCUS_ENDPOINT_URL": ""}
    cases = {
        "az://": ("focus.source", {}),
        "az://a/b": ("focus.account_name", nowhere),
        "az://a": (
            "focus.connection_string",
            {"OPEN_FINOPS_FOCUS_CONNECTION_STRING": "AccountKey=x",
             "OPEN_FINOPS_FOCUS_ACCOUNT_KEY": ""},
        ),
        "az://b": (
            "focus.tenant_id",
            {"OPEN_FINOPS_FOCUS_CLIENT_ID": "c", "OPEN_FINOPS_FOCUS_CLIENT_SECRET": "s",
             "OPEN_FINOPS_FOCUS_ACCOUNT_KEY": ""},
        ),
    }  # fmt: skip
    for source, (setting, env) in cases.items():
        assert_one_error(load(finops, source, env), 2, (setting,))
