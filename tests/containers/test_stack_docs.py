"""What docs/deployment/ tells people to type does what it says there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.stack import FINOPS
from tests.containers.podman import IMAGE, Podman
from tests.containers.site import USER, Site, addresses_of, make_site, until
from tests.docs.pages import blocks, shell
from tests.fixtures.ports import free_port

BACKUP = "docs/deployment/backup.md"
PODMAN = "docs/deployment/podman.md"
UPGRADE = "docs/deployment/upgrade.md"
ENVIRONMENT = {"OPEN_FINOPS_IMAGE": IMAGE}
QUERY = ("query", "SELECT count(*) AS lines FROM focus.cost_and_usage")
COMPOSE = "podman-compose up -d"
DEMO = "./finops-podman.sh demo"
CRONTAB = "/srv/open-finops-stack"
ELSEWHERE = "./finops deploy restore backups/everything.tar.zst"


def lines(page: str) -> list[str]:
    """Return the commands of a page, in order."""
    return shell(page).splitlines()


def served(site: Site, command: str, volume: str) -> None:
    """Run the demo until Ctrl-C; it is in a volume already, and need not be imported again."""
    where = ("volume", "inspect", "--format", "{{.Mountpoint}}", volume.partition(":")[0])
    source = Path(site.podman(*where).stdout.strip()) / "demo"
    subprocess.run(["cp", "-R", str(source), str(site.data)], check=True)
    subprocess.run(["chown", "-R", str(USER), str(site.data / "demo")], check=True)
    port = str(free_port())
    with subprocess.Popen(
        [*command.split(), "--months", "2"],
        cwd=site.folder,
        env={**site.podman.environment, **ENVIRONMENT, "OPEN_FINOPS_DASHBOARDS_PORT": port},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert running.stdout
        said = ""
        while "dashboards: " not in said and (text := running.stdout.readline()):
            said += text
        assert f"dashboards: http://127.0.0.1:{port}/" in said
        with urlopen(f"http://127.0.0.1:{port}/api/v1/meta", timeout=30) as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGINT)
        more, _ = running.communicate(timeout=60)
        assert running.returncode == 0, more


def test_every_page_has_commands() -> None:
    assert all(lines(page) for page in (BACKUP, PODMAN, UPGRADE))
    assert DEMO in lines(PODMAN)
    assert ELSEWHERE in lines(BACKUP)


@pytest.mark.parametrize("page", [PODMAN, UPGRADE])
def test_the_commands_of_a_page_do_what_it_says(page: str, site: Site, volume: str) -> None:
    site.use("postgres")
    site.deploy("up --wait 60")
    bills = site.execute("scheduler", *FINOPS, *QUERY)
    newer = site.folder / "docker" / "finops" / "Containerfile"
    newer.write_text(f"FROM {IMAGE}\nLABEL newer=yes\n")  # test_image.py builds the real one
    for command in lines(page):
        if command == DEMO:
            served(site, command, volume)
            continue
        done = site.shell(command, env=ENVIRONMENT)
        assert done.code == 0, f"{command}\n{done.out}{done.err}"
        if command == COMPOSE:
            until(lambda: site.healthy("dashboards", "scheduler"), "compose did not start them")
            port = site.setting("FINOPS_DASHBOARDS_PORT")
            assert site.status()["dashboards"]["ports"] == [f"127.0.0.1:{port}"]
            assert addresses_of(int(port)) == {"127.0.0.1"}
            assert site.execute("scheduler", *FINOPS, *QUERY) == bills
    if page == PODMAN:
        assert (site.folder / "overview.html").read_text().startswith("<!doctype html>")
        assert {row["state"] for row in site.status().values()} == {"absent"}
    else:
        assert site.inspect("dashboards")["Config"]["Labels"]["newer"] == "yes"
        assert site.healthy("dashboards", "scheduler", "postgres")


def test_cron_s_line_saves_a_backup_under_its_date(site: Site) -> None:
    site.use("postgres")
    site.deploy("up --wait 60")
    [line] = [b.text for b in blocks() if b.page.stem == "backup" and b.language == "text"]
    assert line.startswith("30 7 * * * ") and CRONTAB in line
    command = line.split(maxsplit=5)[5].replace("\\%", "%").replace(CRONTAB, str(site.folder))
    given = {name: site.podman.environment[name] for name in ("PATH", "CONTAINERS_CONF")}
    subprocess.run(["sh", "-c", command], cwd="/", env=given, stdin=subprocess.DEVNULL, check=True)
    [saved] = (site.folder / "backups").glob("20??-??-??.tar.zst")
    saved.unlink()


def test_a_backup_becomes_the_same_site_on_another_machine(
    site: Site, image: Podman, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site.use("postgres")
    site.deploy("up --wait 60")
    site.sql("CREATE TABLE moved AS SELECT 'here' AS place")
    before = site.execute("scheduler", *FINOPS, *QUERY)
    commands = lines(BACKUP)
    for command in commands[: commands.index(ELSEWHERE)]:
        done = site.shell(command)
        assert done.code == 0, f"{command}\n{done.out}{done.err}"
    site.deploy("down")
    project = site.setting("COMPOSE_PROJECT_NAME")
    image("volume", "rm", f"{project}_postgres", f"{project}_postgres-socket")

    other = make_site(tmp_path_factory.mktemp("other"), image, postgres)
    (other.folder / ".env").unlink()
    (other.folder / "backups").mkdir()
    os.link(site.folder / "backups/everything.tar.zst", other.folder / "backups/everything.tar.zst")
    for command in commands[commands.index(ELSEWHERE) :]:
        done = other.shell(command)
        assert done.code == 0, f"{command}\n{done.out}{done.err}"

    assert other.sql("SELECT place FROM moved") == "here"
    assert not list(other.data.glob("before-restore-*"))
    assert other.execute("scheduler", *FINOPS, *QUERY) == before
    assert (other.folder / "config.toml").read_text() == (site.folder / "config.toml").read_text()
    assert other.setting("FINOPS_DATA") == str(other.data)
    assert json.loads(other.shell("./finops deploy status --json").out)[0]["health"] == "healthy"
    other.deploy("down")
