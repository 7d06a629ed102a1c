"""A restore where Postgres has data of Metabase: kept when replaced, also when all is down."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.errors import ComposeFailed
from deploy.place import Place
from deploy.postgres import load, metabase_again
from deploy.stack import Stack
from tests.containers.site import Site


def test_what_metabase_knows_is_replaced_only_when_asked_and_kept_also_when_all_is_down(
    site: Site,
) -> None:
    site.sql("CREATE TABLE known AS SELECT 'then' AS version")
    site.deploy("backup known.tar")
    site.sql("UPDATE known SET version = 'now'")
    database, away = site.data / "finops.duckdb", site.data / "away.duckdb"
    database.rename(away)

    refused = site.shell("./finops deploy restore known.tar")
    assert refused.code == 12
    assert "what Metabase keeps in Postgres is there already" in refused.error
    assert site.sql("SELECT version FROM known") == "now"
    assert not database.exists()

    before = set(site.data.glob("before-restore-*"))
    site.deploy("down")
    refused = site.shell("./finops deploy restore known.tar")
    assert refused.code == 12
    volume = f"{site.setting('COMPOSE_PROJECT_NAME')}_postgres"
    assert f"the volume {volume} of Metabase's Postgres is there already" in refused.error
    assert {row["state"] for row in site.status().values()} == {"absent"}
    away.rename(database)
    site.deploy("restore known.tar --replace --wait 60")

    assert {row["state"] for row in site.status().values()} == {"absent"}
    [former] = set(site.data.glob("before-restore-*")) - before
    assert "\nnow\n" in (former / "metabase.sql").read_text()
    site.deploy("up --wait 120")
    assert site.sql("SELECT version FROM known") == "then"


def test_what_postgres_refuses_is_told_without_the_data(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site.podman.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    stack, dump = Stack.at(Place(site.folder)), tmp_path / "metabase.sql"
    refused = {
        "hunter2\t{}": 'ERROR:  invalid input syntax for type integer: "..."',
        "1\t{hunter2": "ERROR:  invalid input syntax for type json",
    }
    for row, error in refused.items():
        dump.write_text(f"CREATE TABLE t (n integer, w json);\nCOPY t FROM stdin;\n{row}\n\\.\n")
        with pytest.raises(ComposeFailed) as failed, metabase_again(stack):
            load(stack, dump, 60)
        assert str(failed.value).endswith(error)
        assert "hunter2" not in str(failed.value)
    logs = site.shell("./finops deploy logs postgres")
    assert logs.code == 0
    assert "database system is ready" in logs.out + logs.err
    assert "hunter2" not in logs.out + logs.err
