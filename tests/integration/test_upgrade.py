"""After an upgrade the models are others: FOCUS and the marts are built anew by the next run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv

FORMER = "UPDATE ledger.focus_project SET mark = 'of a former version'"
BEFORE_MARKS = "DROP TABLE ledger.focus_project"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """Costs of 10 and 2 USD."""
    found = Finops(tmp_path_factory.mktemp("imported"))
    write_csv(found.home / "in" / "a.csv", [charge("10"), charge("2")])
    assert bring(found, found.home / "in").startswith("Grafana")
    return found


def bring(finops: Finops, folder: Path) -> str:
    result = finops("focus", "import", "-P", "Grafana", "-S", str(folder))
    assert result.code == 0, result.err
    return result.out


def made_by_another_version(finops: Finops, note: str) -> None:
    """Leave a database as models without a column of today leave it."""
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("ALTER TABLE marts.daily_costs DROP COLUMN daily_usage_cost")
        connection.execute("UPDATE marts.daily_costs SET billed_cost = 7")
        connection.execute(note)


@pytest.mark.parametrize(("command", "note"), [("import", FORMER), ("build", BEFORE_MARKS)])
def test_the_next_run_builds_all_anew_though_nothing_was_delivered(
    command: str, note: str, imported: Finops, tmp_path: Path
) -> None:
    finops = copied(imported, tmp_path)
    delivered = imported.home / "in"
    made_by_another_version(finops, note)
    if command == "import":
        assert "nothing new" in bring(finops, delivered)
    else:
        assert finops("focus", "build").code == 0
    assert finops.sql("SELECT sum(billed_cost), sum(daily_usage_cost) FROM marts.daily_costs") == [
        (12, 12)
    ]
    done = finops.fingerprint()
    bring(finops, delivered)
    assert finops.fingerprint() == done


def test_until_then_reports_say_what_to_do(imported: Finops, tmp_path: Path) -> None:
    finops = copied(imported, tmp_path)
    made_by_another_version(finops, FORMER)
    result = finops("report", "overview")
    assert (result.code, result.out) == (9, "")
    assert "the marts are not those of this version" in result.error
    assert result.hint == "Run `./finops focus build`."
