"""docker-compose.yml against what fills it in, and the command that reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from core.errors import NoCompose, NoProgram, OldCompose
from deploy.own import BUILT, OWN, SERVICES
from deploy.place import COMPOSE_FILE
from deploy.stack import GRACE, WITH_SECRETS
from deploy.tools import BESIDE, Tools, find_tools, run, show
from tests.fixtures.mounts import mounts
from tests.fixtures.programs import program

COMPOSE = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
SERVICE = COMPOSE["services"]


@pytest.mark.parametrize("name", ["dashboards", "scheduler"])
def test_a_changed_configuration_changes_the_containers_that_read_it(name: str) -> None:
    assert "${FINOPS_STATE:-}" in SERVICE[name]["labels"].values()


def test_changed_secrets_of_metabase_change_its_container_alone() -> None:
    labels = SERVICE["metabase"]["labels"]
    assert labels["open-finops.state"] == "${FINOPS_METABASE_STATE:-}"
    assert labels["open-finops.folder"] == SERVICE["postgres"]["labels"]["open-finops.folder"]
    assert "open-finops.state" not in SERVICE["postgres"]["labels"]


def test_every_service_has_time_to_end() -> None:
    times = {name: int(one["stop_grace_period"].removesuffix("s")) for name, one in SERVICE.items()}
    assert set(times) == set(SERVICES)
    assert max(times.values()) == int(GRACE)


def test_secrets_are_read_by_one_program() -> None:
    start = list(WITH_SECRETS)
    assert SERVICE["dashboards"]["entrypoint"][:3] == start
    assert SERVICE["scheduler"]["entrypoint"][:3] == start
    assert SERVICE["dashboards"]["healthcheck"]["test"][1:4] == start


def test_without_settings_compose_says_what_makes_them(tmp_path: Path) -> None:
    shutil.copy(COMPOSE_FILE, tmp_path)
    program(tmp_path / "bin", "podman", 0, "echo podman version 4.3.1")
    path = os.pathsep.join([str(tmp_path / "bin"), str(BESIDE), os.environ["PATH"]])
    done = subprocess.run(["podman-compose", "config"], cwd=tmp_path, env={"PATH": path},
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode
    assert done.stderr.endswith("is missing a value: run ./finops deploy prepare first\n")


def test_services_profiles_and_images_are_those_of_the_compose_file() -> None:
    assert {name: frozenset(one.get("profiles", ())) for name, one in SERVICE.items()} == SERVICES
    assert {name for name, one in SERVICE.items() if "build" in one} == set(BUILT)


def test_the_compose_file_and_the_settings_have_the_same_defaults() -> None:
    text = COMPOSE_FILE.read_text(encoding="utf-8")
    for name, value in OWN.items():
        if name.startswith("FINOPS_"):
            assert f"${{{name}:-{value}}}" in text


@pytest.mark.parametrize("name", SERVICE)
def test_every_service_is_hardened_and_watched(name: str) -> None:
    service = SERVICE[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges" in service["security_opt"]
    assert service["restart"] == "always"
    assert {"mem_limit", "pids_limit", "healthcheck", "user", "tmpfs"} <= service.keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert service["image"].count("/") >= 1


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("dashboards", {"/data"}),
        ("scheduler", {"/data"}),
        ("postgres", {"/var/lib/postgresql/data", "/run/postgresql"}),
        ("metabase", set()),
    ],
)
def test_a_service_may_write_its_own_data_alone(name: str, written: set[str]) -> None:
    mounted = mounts(SERVICE[name]["volumes"])
    assert {target for target, options in mounted.items() if "ro" not in options} == written
    if name in ("dashboards", "metabase"):  # SELinux lets them read what has their label
        assert all("z" in options for options in mounted.values())
    assert ("label=disable" in SERVICE[name]["security_opt"]) == (name == "scheduler")
    assert {one["x-podman.relabel"] for one in COMPOSE["secrets"].values()} == {"z"}


def test_postgres_shares_a_network_with_metabase_alone() -> None:
    networks = {name: set(one["networks"]) for name, one in SERVICE.items()}
    [private] = networks["postgres"]
    assert COMPOSE["networks"][private] == {"internal": True}
    assert [name for name, found in networks.items() if private in found] == [
        "postgres",
        "metabase",
    ]


def test_the_first_compose_command_that_works_is_taken(tmp_path: Path) -> None:
    here = {"PATH": str(tmp_path)}
    program(tmp_path, "docker", 0)
    program(tmp_path, "podman", 125)  # one before 4.7 knows no compose
    assert find_tools(here, beside=None) == Tools("docker", (f"{tmp_path}/docker", "compose"))
    program(tmp_path / "venv", "podman-compose", 0)
    found = find_tools(here, beside=tmp_path / "venv")
    assert found == Tools("podman", (f"{tmp_path}/venv/podman-compose",))
    named = {**here, "FINOPS_COMPOSE": "docker compose"}
    assert find_tools(named, beside=tmp_path / "venv") == Tools("docker", ("docker", "compose"))


@pytest.mark.parametrize("said", ["podman-composer version  1.0.3", "podman-compose version 1.5.0"])
def test_a_podman_compose_that_is_too_old_is_passed_over_and_told(
    tmp_path: Path, said: str
) -> None:
    here = {"PATH": str(tmp_path)}
    program(tmp_path, "podman-compose", 0, f"echo {said}")
    program(tmp_path, "podman", 125)
    with pytest.raises(OldCompose, match=f"{said.split()[-1]}, and 1.6.0 is the least") as failed:
        find_tools(here, beside=None)
    assert "pipx install podman-compose" in failed.value.hint
    program(tmp_path / "venv", "podman-compose", 0, "echo podman-compose version 1.10.0")
    found = find_tools(here, beside=tmp_path / "venv")
    assert found == Tools("podman", (f"{tmp_path}/venv/podman-compose",))


def test_a_program_that_is_not_here_or_may_not_be_run_is_told(tmp_path: Path) -> None:
    named = {"PATH": str(tmp_path), "FINOPS_COMPOSE": f"{tmp_path}/compose --verbose"}
    tools = find_tools(named, beside=None)
    for reason in ("No such file or directory", "Permission denied"):
        for start in (show, run):
            with pytest.raises(NoProgram) as failed:
                start(tools.compose)
            assert str(failed.value) == f"{tmp_path}/compose cannot be started: {reason}"
        (tmp_path / "compose").touch(0o644)


def test_a_machine_without_any_is_told_what_to_install(tmp_path: Path) -> None:
    program(tmp_path, "podman", 125)
    with pytest.raises(NoCompose, match="neither podman-compose nor") as failed:
        find_tools({"PATH": str(tmp_path)}, beside=None)
    assert "install podman" in failed.value.hint.lower()
