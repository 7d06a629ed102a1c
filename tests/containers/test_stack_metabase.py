"""The stack with Metabase's service: filled by `deploy up`, led on by a run, saved and put back.

In Metabase's place is a server that keeps the contract of its API, and what it is told in Postgres
(tests/containers/metabase/): network, volume, secrets, health and commands are the stack's own.
"""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.warehouse import Warehouse
from deploy import archive
from deploy.own import SERVICES
from deploy.pairs import read_pairs
from deploy.stack import FINOPS, WITH_SECRETS
from metabase.client import Client
from metabase.content import read_content
from metabase.ours import find_collection, read_ours
from tests.containers.site import USER, Site, addresses_of, until
from tests.docs.pages import blocks
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import ROOT, Result
from tests.fixtures.saved import pack
from tests.metabase.serving import READING

PAGE = "docs/metabase.md"
"""What it says of the image is for test_metabase_image.py."""
UNIT = Path("/usr/lib/systemd/system/podman-restart.service")
KILLED = ROOT / "tests" / "fixtures" / "killed.py"
REACH = "</dev/tcp/{}/5432"
LIMITS = {
    "dashboards": (2, 256),
    "scheduler": (4, 256),
    "postgres": (1, 256),
    "metabase": (4, 1024),
}
"""GiB of memory and number of processes that each may have."""
ALLOWED = """
id -u
grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/1/status
touch /x 2>&1 || true
for file in memory.max pids.max memory/memory.limit_in_bytes pids/pids.max; do
    if [ -f /sys/fs/cgroup/$file ]; then cat /sys/fs/cgroup/$file; fi
done
"""


@pytest.fixture(scope="module")
def filled(site: Site) -> Result:
    """Start the stack with a Metabase that knows nothing yet; return what `deploy up` said."""
    Bucket(site.folder / "exports" / "aws").deliver("2026-06", costs=["1.10", "1.15"])
    site.use("postgres")
    site.deploy("up --wait 120")
    site.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return site.deploy("up --with-metabase --wait 120")


@pytest.fixture
def api(site: Site, filled: Result) -> Iterator[Client]:
    """Metabase's API at its port on this machine, as its administrator."""
    known = read_pairs(site.folder / "secrets" / "scheduler.env")
    client = Client(f"http://127.0.0.1:{site.setting('FINOPS_METABASE_PORT')}")
    body = {
        "username": known["OPEN_FINOPS_METABASE_ADMIN_EMAIL"],
        "password": known["OPEN_FINOPS_METABASE_ADMIN_PASSWORD"],
    }
    client.sign_in("X-Metabase-Session", client.once("POST", "/api/session", body)["id"])
    yield client
    client.close()


def database(api: Client) -> Any:
    """Return the database that Metabase has."""
    [found] = api.get("/api/database")["data"]
    return api.get(f"/api/database/{found['id']}")["details"]["database_file"]


def published(site: Site) -> str:
    """Return the generation that is published, where Metabase's container sees it."""
    return f"/data/serving/{Warehouse(site.data / 'finops.duckdb').generations()[-1].name}"


def bill(api: Client) -> Any:
    """Return the card that shows the last month's bill."""
    return read_ours(api, find_collection(api)["id"], "card").kept["billed_cost"]


def billed(api: Client) -> Decimal:
    """Return USD of the last month, as Metabase's card shows them."""
    [[cost]] = api.post(f"/api/card/{bill(api)['id']}/query")["data"]["rows"]
    return Decimal(cost)


def writes(site: Site) -> list[str]:
    """Return the calls that changed something in Metabase since its container was made."""
    calls = site.podman("logs", site.container("metabase")).stdout.splitlines()
    return [
        call
        for method, path, status in map(str.split, calls)
        if method != "GET" and int(status) < 300 and not READING.fullmatch(path)
        for call in [f"{method} {path}"]
    ]


def test_the_first_start_fills_it_and_its_port_is_open_on_loopback_alone(
    site: Site, filled: Result, api: Client
) -> None:
    content = read_content()
    assert filled.err.count("dashboard ") >= len(content.dashboards) == 9
    port = site.setting("FINOPS_METABASE_PORT")
    assert f"metabase:   http://127.0.0.1:{port}/" in filled.out
    found = site.status()
    assert {name: row["health"] for name, row in found.items()} == dict.fromkeys(
        SERVICES, "healthy"
    )
    assert found["metabase"]["ports"] == [f"127.0.0.1:{port}"]
    assert addresses_of(int(port)) == {"127.0.0.1"}
    [ours] = [one for one in api.get("/api/collection") if one["name"] == "FinOps"]
    items = api.get(f"/api/collection/{ours['id']}/items?models=card&models=dashboard")["data"]
    names = {
        kind: {one["name"] for one in items if one["model"] == kind}
        for kind in ("card", "dashboard")
    }
    assert names == {
        "card": {card.name for card in content.cards.values()},
        "dashboard": {board.name for board in content.dashboards.values()},
    }
    assert database(api) == published(site)


def test_a_second_start_writes_nothing(site: Site, filled: Result) -> None:
    before, container = writes(site), site.container("metabase")
    assert "POST /api/setup" in before
    assert "is as the files say" in site.deploy("up --wait 60").err
    assert site.container("metabase") == container
    assert writes(site) == before


def test_after_a_run_of_the_scheduler_it_shows_the_new_bill(site: Site, api: Client) -> None:
    former, container = database(api), site.container("metabase")
    site.execute("scheduler", *WITH_SECRETS, *FINOPS, "run")
    assert database(api) == published(site) != former
    assert billed(api) == Decimal("2.25")
    assert site.container("metabase") == container
    assert site.inspect("metabase")["RestartCount"] == 0


def test_the_commands_of_its_page_do_what_it_says(site: Site, filled: Result) -> None:
    known = read_pairs(site.folder / "secrets" / "scheduler.env")
    (site.folder / "metabase-password").write_text(known["OPEN_FINOPS_METABASE_ADMIN_PASSWORD"])
    port = site.setting("FINOPS_METABASE_PORT")
    env = {
        "OPEN_FINOPS_METABASE_URL": f"http://127.0.0.1:{port}",
        "OPEN_FINOPS_METABASE_ADMIN_EMAIL": known["OPEN_FINOPS_METABASE_ADMIN_EMAIL"],
    }
    typed = [one.text for one in blocks() if one.page == ROOT / PAGE and one.language == "sh"]
    commands = "".join(text for text in typed if "podman" not in text)
    done = site.shell(commands, env=env)
    assert done.code == 0, done.out + done.err
    assert done.out.count("\nok    ") == 1 + len(read_content().cards)


def test_it_sees_the_published_data_alone_and_cannot_write_them(site: Site, filled: Result) -> None:
    script = "ls /data; touch /data/serving/x 2>&1; rm -f /data/serving/finops-* 2>&1; true"
    seen, *refused = site.execute("metabase", "/bin/sh", "-c", script).splitlines()
    assert seen == "serving"
    assert refused and all("Read-only file system" in line for line in refused)


def test_postgres_is_within_its_reach_and_of_no_other_service(site: Site, filled: Result) -> None:
    [network] = site.inspect("postgres")["NetworkSettings"]["Networks"].values()
    for address in ("postgres", network["IPAddress"]):
        reached = {
            service: site.podman(
                *("exec", site.container(service), "timeout", "2"),
                *("bash", "-c", REACH.format(address)),
                check=False,
            ).returncode
            == 0
            for service in ("metabase", "dashboards", "scheduler")
        }
        assert reached == {"metabase": True, "dashboards": False, "scheduler": False}, address


@pytest.mark.parametrize("service", SERVICES)
def test_a_running_service_has_small_rights_and_limits(
    site: Site, filled: Result, service: str
) -> None:
    memory, processes = LIMITS[service]
    user, *rights, written, kept, started = site.execute(
        service, "/bin/sh", "-c", ALLOWED
    ).splitlines()
    assert user == str(USER)
    assert [line.split() for line in rights] == [
        ["CapEff:", "0" * 16], ["CapBnd:", "0" * 16], ["NoNewPrivs:", "1"],
    ]  # fmt: skip
    assert written.endswith("Read-only file system")
    assert (int(kept), int(started)) == (memory * 1024**3, processes)
    about = site.inspect(service)["HostConfig"]
    assert about["ReadonlyRootfs"]
    assert not about["Privileged"]
    assert (about["Memory"], about["PidsLimit"]) == (memory * 1024**3, processes)


def test_what_it_knew_is_put_back_and_it_runs_again(site: Site, api: Client) -> None:
    site.deploy("backup with-metabase.tar.zst")
    card = bill(api)
    api.put(f"/api/card/{card['id']}", {"name": "Mine", "archived": True})
    container = site.inspect("metabase")

    site.deploy("restore with-metabase.tar.zst --replace --wait 60")

    until(lambda: site.healthy("metabase", "postgres"), "Metabase does not run again")
    assert site.inspect("metabase")["State"]["StartedAt"] > container["State"]["StartedAt"]
    again = api.get(f"/api/card/{card['id']}")
    assert (again["name"], again["archived"]) == (card["name"], False)
    assert billed(api) == Decimal("2.25")


def state(site: Site) -> str:
    return str(site.inspect("metabase")["State"]["Status"])


def test_it_runs_again_after_a_load_that_failed_or_was_killed(
    site: Site, filled: Result, tmp_path: Path
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
    assert state(site) == "running"
    assert site.sql("SELECT a FROM kept_whole") == "1"

    killed = f"{sys.executable} {KILLED} kill deploy.restore:load:after:1"
    command = "deploy restore whole.tar --replace --wait 60"
    done = site.shell(f"{killed} {command}", env={"PYTHONPATH": str(site.folder)})
    assert done.code == -signal.SIGKILL
    assert state(site) == "exited"

    site.deploy("restore whole.tar --replace --wait 60")
    assert state(site) == "running"
    site.sql("DROP TABLE kept_whole")


def test_what_systemd_runs_at_boot_starts_the_stack_again(site: Site, filled: Result) -> None:
    if not UNIT.exists():
        pytest.skip("podman came without its unit podman-restart.service")
    [command] = re.findall(r"^ExecStart=/usr/bin/podman \$LOGGING (.*)$", UNIT.read_text(), re.M)
    site.podman("stop", *[site.container(name) for name in SERVICES])
    assert not site.healthy("dashboards")

    site.podman(*command.split())

    until(lambda: site.healthy(*SERVICES), "not all services run again")
