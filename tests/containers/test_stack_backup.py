"""A restore where Postgres has data of Metabase: kept when replaced, also when all is down."""

from __future__ import annotations

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
