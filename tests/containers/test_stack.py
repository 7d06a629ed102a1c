"""The stack by podman-compose: shut to the network, healthy, whole after kills, saved, renewed.

Dashboards, scheduler and Postgres here; test_stack_metabase.py adds Metabase's service.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path

import pytest

from deploy.stack import FINOPS
from tests.containers.podman import IMAGE
from tests.containers.site import USER, Site, addresses_of, until
from tests.fixtures.aws import Bucket, line

SPEND = "SELECT sum(BilledCost) AS spend FROM focus.cost_and_usage"
ENDLESS = "SELECT sum(range) FROM range(1000000000000)"
WRAPPER = {"OPEN_FINOPS_IMAGE": IMAGE}
BROKEN = f"FROM {IMAGE}\nUSER 0\nRUN echo 'raise SystemExit(1)' >/opt/finops/finops\n"


@pytest.fixture
def bucket(site: Site) -> Bucket:
    """The export that the stack imports."""
    return Bucket(site.folder / "exports" / "aws")


def spend(site: Site) -> Decimal:
    """Return USD billed, as a command in a container of its own reads it."""
    done = site.shell(f'./finops-podman.sh query "{SPEND}" --format csv', env=WRAPPER)
    assert done.code == 0, done.err
    return Decimal(done.out.split()[-1])


def test_all_are_healthy_and_ports_are_open_on_loopback_alone(site: Site) -> None:
    found = site.status()
    assert {name: row["health"] for name, row in found.items()} == {
        name: "healthy" for name in ("dashboards", "scheduler", "postgres")
    }
    port = site.setting("FINOPS_DASHBOARDS_PORT")
    assert {name: row["ports"] for name, row in found.items()} == {
        "dashboards": [f"127.0.0.1:{port}"],
        "scheduler": [],
        "postgres": [],
    }
    assert addresses_of(int(port)) == {"127.0.0.1"}


def test_the_dashboards_want_the_token_that_was_made_for_them(site: Site) -> None:
    [entry] = (site.folder / "secrets" / "dashboards.env").read_text().splitlines()
    token = entry.partition("=")[2]
    port = int(site.setting("FINOPS_DASHBOARDS_PORT"))

    def status(**headers: str) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/v1/meta", headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    assert status() == 401
    assert status(Authorization=f"Bearer {token}") == 200


def test_no_secret_is_shown_by_inspect_or_by_a_log(site: Site) -> None:
    secrets = [
        one.partition("=")[2] or one
        for path in (site.folder / "secrets").iterdir()
        if path.is_file() and path.name != "none.toml"
        for one in path.read_text().split()
        if "EMAIL" not in one
    ]
    ids = [site.container(name) for name in ("dashboards", "scheduler", "postgres")]
    logs = [site.podman("logs", one) for one in ids]
    assert all(log.stdout + log.stderr for log in logs)
    shown = site.podman("inspect", *ids).stdout + "".join(log.stdout + log.stderr for log in logs)
    assert len(secrets) == 7
    assert [secret for secret in secrets if secret in shown] == []


def test_files_are_the_host_s_user_s(site: Site) -> None:
    assert {path.stat().st_uid for path in site.data.rglob("*")} == {USER}
    assert (site.data / "finops.duckdb").exists()


def test_a_killed_service_starts_again(site: Site) -> None:
    os.kill(site.inspect("dashboards")["State"]["Pid"], signal.SIGKILL)
    until(lambda: site.inspect("dashboards")["RestartCount"] > 0, "it was not started again")
    until(lambda: site.healthy("dashboards"), "it did not become healthy again")


def test_a_command_inside_that_is_interrupted_has_ended_there(site: Site) -> None:
    scheduler = site.container("scheduler")

    def inside() -> str:
        return site.podman("top", scheduler, "args").stdout

    with subprocess.Popen(
        ["./finops", "deploy", "exec", "query", ENDLESS], cwd=site.folder, env=site.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        until(lambda: ENDLESS in inside(), "the command did not begin")
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=60)[0] == ""
    assert running.returncode == 130
    assert ENDLESS not in inside()


def test_killed_in_an_import_the_next_one_is_whole(site: Site, bucket: Bucket) -> None:
    before = spend(site)
    bucket.deliver("2026-02", lines=[line("0.01", month="2026-02")] * 20_000)
    scheduler = site.inspect("scheduler")
    running = subprocess.Popen(
        ["podman", "exec", scheduler["Id"], *FINOPS, "run"],
        env=site.podman.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until((site.data / "work").exists, "the import did not begin")
    os.kill(scheduler["State"]["Pid"], signal.SIGKILL)
    assert running.wait(timeout=60) != 0
    assert spend(site) == before

    until(lambda: site.healthy("scheduler"), "the scheduler was not started again")
    site.execute("scheduler", *FINOPS, "run")
    assert spend(site) == Decimal("202.20")
    proofs = site.shell("./finops-podman.sh focus check --json", env=WRAPPER)
    assert proofs.code == 0, proofs.err
    assert not (site.data / "work").exists()


def test_down_and_up_keep_everything(site: Site) -> None:
    site.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    before = spend(site)
    generations = sorted(path.name for path in (site.data / "serving").iterdir())
    secrets = {p.name: p.read_text() for p in (site.folder / "secrets").iterdir() if p.is_file()}

    site.deploy("down")
    assert {row["state"] for row in site.status().values()} == {"absent"}
    site.deploy("up --wait 120")

    assert site.sql("SELECT answer FROM kept") == "42"
    assert spend(site) == before
    assert sorted(path.name for path in (site.data / "serving").iterdir()) == generations
    assert secrets == {
        p.name: p.read_text() for p in (site.folder / "secrets").iterdir() if p.is_file()
    }


def test_a_backup_brings_back_bills_and_metabase_s_data_twice(site: Site, bucket: Bucket) -> None:
    site.sql("CREATE TABLE question AS SELECT 'what did it cost?' AS name")
    before = spend(site)
    site.deploy("backup saved.tar.zst")
    bucket.deliver("2026-03", costs=["5.00"])
    site.execute("scheduler", *FINOPS, "run")
    site.sql("DROP TABLE question; CREATE TABLE later AS SELECT 1 AS a")

    for _ in range(2):
        site.deploy("restore saved.tar.zst --replace --wait 60")
        assert site.sql("SELECT name FROM question") == "what did it cost?"
        assert site.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'later'") == "0"
    assert spend(site) == before
    assert {path.stat().st_uid for path in site.data.rglob("*")} == {USER}
    site.execute("scheduler", *FINOPS, "run")
    assert spend(site) == before + Decimal("5.00")
    assert len(list(site.data.glob("before-restore-*/metabase.sql"))) == 2


def test_an_upgrade_that_fails_goes_back_by_itself(site: Site, tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text(BROKEN)
    former = site.inspect("dashboards")["Image"]
    site.sql("CREATE TABLE before_upgrade AS SELECT 1 AS a")
    site.podman("build", "--quiet", "--pull=never", "--tag", "localhost/broken:1", str(tmp_path))
    env = site.folder / ".env"
    env.write_text(
        env.read_text().replace("FINOPS_IMAGE=" + IMAGE, "FINOPS_IMAGE=localhost/next:1")
    )
    site.podman("tag", "localhost/broken:1", "localhost/next:1")
    compose = site.folder / "docker-compose.yml"
    ours = compose.read_text()
    compose.write_text(ours.replace("command: [serve, ", "command: [serve-as-the-next-version, "))

    done = site.shell("./finops deploy upgrade --no-build --wait 5")

    assert done.code == 12, done.err
    assert "the former one runs again" in done.error
    assert site.healthy("dashboards", "scheduler", "postgres")
    assert site.inspect("dashboards")["Image"] == former
    assert site.inspect("dashboards")["Config"]["Cmd"][0] == "serve"
    assert site.sql("SELECT a FROM before_upgrade") == "1"
    kept = [next((site.folder / "backups").glob(name)) for name in ("*.tar.zst", "*.sql")]
    assert [path for path in kept if str(path) not in done.hint] == []
    assert "before_upgrade" in kept[1].read_text()
    assert "localhost/open-finops-refused/dashboards:" in done.hint
    compose.write_text(ours)
    again = site.shell("./finops deploy upgrade --no-build --wait 60")
    assert (again.code, "no image is new" in again.err) == (0, True)
    shutil.rmtree(site.folder / "backups")
