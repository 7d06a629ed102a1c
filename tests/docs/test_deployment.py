"""A test runs every command of the deployment's pages, or it stands here with why it cannot be."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import BLOCK, PAGES, blocks, shell
from tests.source import ROOT

RUN = {
    "docs/containers.md": ("test_pages.py",),
    "docs/metabase.md": ("test_metabase_image.py", "test_stack_metabase.py"),
    "docs/deployment/backup.md": ("test_stack_docs.py",),
    "docs/deployment/podman.md": ("test_stack_docs.py",),
    "docs/deployment/production.md": ("test_production.py",),
    "docs/deployment/upgrade.md": ("test_stack_docs.py",),
}
"""Each page, and the tests of tests/containers that run all of its `sh` blocks."""
SYSTEMD = (
    "no systemd runs where the tests do; test_quadlet.py and test_production.py check its units"
)
UNITS = f"{SYSTEMD}; test_quadlet.py saves a Postgres that is started as its unit does"
WHOSE = "tests/integration/test_deploy_whose.py runs it where an engine tells of such units"
EXCUSED = {
    "./finops deploy --folder /srv/open-finops status": WHOSE,
    "./finops deploy --folder /srv/open-finops logs scheduler": WHOSE,
    "./finops deploy --folder /srv/open-finops backup -c /srv/open-finops/config.toml "
    "backups/monday.tar.zst": UNITS,
    "./finops deploy --folder /srv/open-finops restore -c /srv/open-finops/config.toml "
    "backups/monday.tar.zst --replace": WHOSE,
    "systemctl stop finops-metabase": SYSTEMD,
    "30 7 * * * cd /srv/open-finops-stack && "
    "./finops deploy backup backups/$(date +\\%F).tar.zst": "test_stack_docs.py runs it elsewhere",
    "Metabase now reads /data/serving/finops-1795871781350420158.duckdb": "output, not a command",
    "docker compose": "test_docker_compose.py runs it under its other name, docker-compose",
    "podman image prune": "it would take images of other tests, which run at the same time",
    "git pull": "a checkout of the tests has no remote",
    "git checkout COMMIT": "nor a history",
    "git checkout main": "nor a history",
    "podman inspect": "test_stack.py looks for secrets in what it shows",
    "loginctl enable-linger": SYSTEMD,
    "systemctl --user": SYSTEMD,
    "systemctl --user enable podman-restart.service": (
        f"{SYSTEMD}; test_stack_metabase.py runs what the unit does"
    ),
    "systemctl enable podman-restart.service": (
        f"{SYSTEMD}; test_stack_metabase.py runs what the unit does"
    ),
    "systemctl daemon-reload": SYSTEMD,
    "systemctl start finops-dashboards finops-scheduler finops-postgres finops-metabase": SYSTEMD,
    "./finops deploy --folder /srv/open-finops exec metabase provision": WHOSE,
    "podman secret inspect --showsecret finops-dashboards-token": (
        "its output is a secret; test_production.py asks for the length of another one"
    ),
}
SETTING = re.compile(r"[A-Z0-9_]+=\S*")
PROGRAM = re.compile(
    r"`((?:\./finops-podman\.sh|caddy|curl|docker|docker-compose|git|loginctl|npm|pip|podman|"
    r"podman-compose|sudo|systemctl) [^`]+)`"
)


def excusable(page: str) -> list[str]:
    """Return the lines of a page's blocks, and the commands in its prose, that no test runs."""
    other = [one.text for one in blocks() if one.page == ROOT / page and one.language == "text"]
    joined = "\n".join(re.sub(r"\\\n\s*", "", text) for text in other)
    lines = [line for line in joined.splitlines() if line and not SETTING.fullmatch(line)]
    prose = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
    inline = [" ".join(text.split()) for text in PROGRAM.findall(prose)]
    return [*lines, *(text for text in inline if text not in shell(page))]


def test_the_pages_are_those_of_the_deployment() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    deployment = {name for name in names if name.startswith("docs/deployment/")}
    assert set(RUN) == deployment | {"docs/containers.md", "docs/metabase.md"}


@pytest.mark.parametrize("page", RUN)
def test_a_page_s_blocks_are_those_that_a_test_runs(page: str) -> None:
    kinds = {one.language for one in blocks() if one.page == ROOT / page}
    assert kinds <= {"sh", "text", "toml"}
    for name in RUN[page]:
        assert page in (ROOT / "tests/containers" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", RUN)
def test_what_no_test_runs_is_excused(page: str) -> None:
    assert [line for line in excusable(page) if line not in EXCUSED] == []


def test_nothing_is_excused_that_no_page_says() -> None:
    said = {line for page in RUN for line in excusable(page)}
    assert set(EXCUSED) - said == set()
