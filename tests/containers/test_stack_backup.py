"""A restore and what Metabase knows: kept when it is replaced, and Metabase runs again.

A stand-in takes the place of Metabase, which cannot be had where these tests run; its Postgres is
real.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import archive
from tests.containers.podman import IMAGE
from tests.containers.site import Site, free_port
from tests.fixtures.finops import ROOT
from tests.fixtures.saved import pack

KILLED = ROOT / "tests" / "fixtures" / "killed.py"
STANDIN = f"""FROM {IMAGE}
ENTRYPOINT ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"]
"""


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

    assert site.sql("SELECT version FROM known") == "then"
    [former] = set(site.data.glob("before-restore-*")) - before
    assert "\nnow\n" in (former / "metabase.sql").read_text()
    site.deploy("up --wait 120")


@pytest.fixture
def metabase(site: Site, tmp_path: Path) -> Iterator[None]:
    """A stand-in for Metabase in the running stack: it sleeps."""
    (tmp_path / "Containerfile").write_text(STANDIN)
    site.podman("build", "--quiet", "--pull=never", "--tag", "localhost/standin:1", str(tmp_path))
    env = site.folder / ".env"
    former = env.read_text()
    more = f"FINOPS_METABASE_IMAGE=localhost/standin:1\nFINOPS_METABASE_PORT={free_port()}\n"
    env.write_text(former + more)
    site.use("metabase")
    beside = Path(sys.executable).parent
    site.shell(f"PATH=$PATH:{beside} podman-compose --env-file .env up -d --no-build metabase")
    assert state_of_metabase(site) == "running"
    yield
    site.podman("rm", "--force", site.container("metabase"))
    env.write_text(former)


def state_of_metabase(site: Site) -> str:
    return str(site.inspect("metabase")["State"]["Status"])


@pytest.mark.usefixtures("metabase")
def test_metabase_runs_again_after_a_load_that_failed_or_was_killed(
    site: Site, tmp_path: Path
) -> None:
    site.sql("CREATE TABLE kept_whole AS SELECT 1 AS a")
    site.deploy("backup whole.tar")
    whole, parts = site.folder / "whole.tar", tmp_path / "parts"
    facts = archive.read(whole, into=parts)
    members = {name: (parts / name).read_bytes() for name in facts["files"]}
    members["metabase.sql"] = b"DROP TABLE kept_whole;\nSELECT nothing;\n"
    pack(site.folder / "broken.tar", members, metabase_key=facts["metabase_key"])

    failed = site.shell("./finops deploy restore broken.tar --replace --wait 60")
    assert failed.code == 12
    assert state_of_metabase(site) == "running"
    assert site.sql("SELECT a FROM kept_whole") == "1"

    killed = f"{sys.executable} {KILLED} kill deploy.restore:load:after:1"
    command = "deploy restore whole.tar --replace --wait 60"
    done = site.shell(f"{killed} {command}", env={"PYTHONPATH": str(site.folder)})
    assert done.code == -signal.SIGKILL
    assert state_of_metabase(site) == "exited"

    site.deploy("restore whole.tar --replace --wait 60")
    assert state_of_metabase(site) == "running"
