"""docker-compose.yml as docker-compose 2.26 reads it, and starts it through podman's own socket.

The program is Debian 13's; no Docker runs here, so that podman answers in its place.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config import load_config
from deploy.own import SERVICES
from deploy.place import Place, prepare
from tests.containers.podman import Podman
from tests.containers.site import Site, make_site, until

Compose = Callable[..., str]
PROJECT = "finops-by-docker"


@pytest.fixture(scope="module")
def prepared(
    image: Podman, postgres: str, metabase: str, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """A site with .env and secrets/, where nothing was started yet."""
    site = make_site(tmp_path_factory.mktemp("docker"), image, postgres)
    (site.folder / "config.toml").write_text("")
    config = load_config(site.folder / "config.toml", env={})
    own = {"COMPOSE_PROJECT_NAME": PROJECT, "COMPOSE_PROFILES": "metabase"}
    prepare(Place(site.folder), config, rootless=False, own=own)
    return site


@pytest.fixture(scope="module")
def compose(
    prepared: Site, trixie: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compose]:
    """Return what runs docker-compose in the site's folder, against podman's socket."""
    podman, folder = prepared.podman, prepared.folder
    socket = tmp_path_factory.mktemp("socket") / "docker.sock"
    service = subprocess.Popen(
        ["podman", "system", "service", "--time", "0", f"unix://{socket}"],
        env=podman.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def run(*arguments: str) -> str:
        done = podman(
            *("run", "--rm", "--network", "none", "--workdir", str(folder)),
            *("--volume", f"{folder}:{folder}:ro", "--volume", f"{socket}:/run/docker.sock"),
            *("--env", "DOCKER_HOST=unix:///run/docker.sock", trixie, "docker-compose", *arguments),
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        until(socket.exists, "podman's service does not listen")
        yield run
        run("down", "--volumes")
    finally:
        service.terminate()
        service.wait(timeout=60)


def test_docker_compose_reads_the_whole_stack(prepared: Site, compose: Compose) -> None:
    read = json.loads(compose("config", "--format", "json"))
    assert read["name"] == PROJECT
    services = read["services"]
    assert set(services) == set(SERVICES)
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges" in service["security_opt"]
        assert service["restart"] == "always"
        assert int(service["mem_limit"]) >= 1024**3
        assert {port["host_ip"] for port in service.get("ports", [])} <= {"127.0.0.1"}
    assert read["networks"]["metabase-data"]["internal"]
    secrets = {Path(one["file"]) for one in read["secrets"].values()}
    assert {path.parent for path in secrets} == {prepared.folder / "secrets"}


def test_docker_compose_starts_the_stack(prepared: Site, compose: Compose) -> None:
    compose("up", "--detach", "--no-build")
    until(lambda: prepared.healthy(*SERVICES), "the stack did not become healthy")
    ports = [port for row in prepared.status().values() for port in row["ports"]]
    assert [port.partition(":")[0] for port in ports] == ["127.0.0.1"] * 2
    for service in SERVICES:
        said = prepared.execute(service, "grep", "-E", "CapEff|NoNewPrivs", "/proc/1/status")
        assert said.split() == ["CapEff:", "0" * 16, "NoNewPrivs:", "1"]
    compose("down")
    assert {row["state"] for row in prepared.status().values()} == {"absent"}
    assert any(prepared.data.iterdir())
