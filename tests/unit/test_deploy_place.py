"""What `deploy up` writes on the machine, and the command lines that it runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from core.config import Config, load_config
from core.errors import NoCompose, NotPinned, UnreadableForContainers
from deploy.place import OWN, SERVICES, USER, Place, check_readable, owned, prepare, read_pairs
from deploy.stack import BUILT, COMPOSE_FILE, Stack
from deploy.tools import Tools, find_tools

COMPOSE = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text("")
    return load_config(tmp_path / "config.toml", env={})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_secrets_are_for_their_owner_alone(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    files = [path for path in place.secrets.iterdir() if path.is_file()]
    assert {path.name: path.stat().st_mode & 0o777 for path in files} == {
        name: 0o600
        for name in ("dashboards.env", "metabase.env", "scheduler.env", "postgres-password",
                     "none.toml")
    }  # fmt: skip
    assert place.env_file.stat().st_mode & 0o777 == 0o600
    assert place.secrets.stat().st_mode & 0o777 == 0o700


def test_a_second_start_changes_no_secret_and_no_setting(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    place.env_file.write_text(place.env_file.read_text().replace("=8080", "=9090") + "MINE=1\n")
    before = {path: path.read_bytes() for path in place.secrets.rglob("*") if path.is_file()}

    prepare(place, config, rootless=True)

    assert {path: path.read_bytes() for path in before} == before
    assert place.settings()["FINOPS_DASHBOARDS_PORT"] == "9090"
    assert read_pairs(place.env_file)["MINE"] == "1"
    text = place.env_file.read_text()
    prepare(place, config, rootless=True)
    assert place.env_file.read_text() == text


def test_a_secret_of_one_s_own_stays_and_missing_ones_are_added(
    place: Place, config: Config
) -> None:
    place.secrets.mkdir()
    (place.secrets / "scheduler.env").write_text("AWS_PROFILE=billing\n")
    prepare(place, config, rootless=True)
    scheduler = read_pairs(place.secrets / "scheduler.env")
    assert scheduler["AWS_PROFILE"] == "billing"
    metabase = read_pairs(place.secrets / "metabase.env")
    assert scheduler["OPEN_FINOPS_METABASE_SETUP_TOKEN"] == metabase["MB_SETUP_TOKEN"]
    assert metabase["MB_DB_PASS"] == (place.secrets / "postgres-password").read_text()
    assert len({*scheduler.values(), *metabase.values()}) == 6


def test_no_secret_stands_in_the_settings_or_in_a_command_line(
    place: Place, config: Config
) -> None:
    prepare(place, config, rootless=True)
    secrets = [
        value
        for path in place.secrets.glob("*.env")
        for name, value in read_pairs(path).items()
        if not name.endswith("EMAIL")
    ]
    shown = place.env_file.read_text() + " ".join(
        Stack(place, Tools("podman", ("podman-compose",))).compose("up")
    )
    assert [value for value in secrets if value in shown] == []


def test_without_root_podman_shows_this_user_as_the_images_own(
    place: Place, config: Config
) -> None:
    prepare(place, config, rootless=True)
    found = read_pairs(place.env_file)
    assert found["FINOPS_USER"] == f"{USER}:{USER}"
    assert found["FINOPS_USERNS"] == f"keep-id:uid={USER},gid={USER}"


def test_otherwise_the_containers_run_as_the_owner_of_the_data(
    place: Place, config: Config
) -> None:
    config.data_dir.mkdir()
    owner = config.data_dir.stat()
    prepare(place, config, rootless=False)
    found = read_pairs(place.env_file)
    assert found["FINOPS_USER"] == f"{owner.st_uid}:{owner.st_gid}"
    assert found["FINOPS_USERNS"] == "host"


def test_a_changed_configuration_makes_its_containers_anew(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    state = read_pairs(place.env_file)["FINOPS_STATE"]
    assert config.path
    config.path.write_text("[schedule]\ncron = '0 7 * * *'\n")
    prepare(place, config, rootless=True)
    assert read_pairs(place.env_file)["FINOPS_STATE"] != state
    for name in ("dashboards", "scheduler"):
        assert "FINOPS_STATE" in str(COMPOSE["services"][name]["labels"])


def test_a_configuration_for_other_eyes_is_told_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    check_readable(path, os.getuid())
    with pytest.raises(UnreadableForContainers, match="cannot be read by user 4711"):
        check_readable(path, 4711)
    path.chmod(0o644)
    check_readable(path, 4711)


def test_the_profile_says_which_services_run(place: Place, config: Config) -> None:
    assert place.services() == ["dashboards", "scheduler", "postgres", "metabase"]
    prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": ""})
    assert place.services() == ["dashboards", "scheduler"]
    assert read_pairs(place.env_file)["FINOPS_FOLLOW"] == "false"


def test_metabase_is_not_built_without_its_version_and_checksums(
    place: Place, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(place, config, rootless=True)
    program(tmp_path / "bin", "podman", 1)  # knows no image, and builds all it is asked to
    program(tmp_path / "bin", "podman-compose", 0)
    tools = Tools(str(tmp_path / "bin" / "podman"), (str(tmp_path / "bin" / "podman-compose"),))
    said: list[str] = []
    with pytest.raises(NotPinned, match="FINOPS_METABASE_VERSION, FINOPS_METABASE_SHA256") as error:
        Stack(place, tools).build(only_missing=True, say=said.append)
    assert "--without-metabase" in error.value.hint
    assert said == ["building localhost/open-finops:latest"]


def test_services_profiles_and_images_are_those_of_the_compose_file() -> None:
    services = COMPOSE["services"]
    assert {name: frozenset(one.get("profiles", ())) for name, one in services.items()} == SERVICES
    assert {name for name, one in services.items() if "build" in one} == set(BUILT)


def test_the_compose_file_and_the_settings_have_the_same_defaults() -> None:
    text = COMPOSE_FILE.read_text(encoding="utf-8")
    for name, value in OWN.items():
        if name.startswith("FINOPS_"):
            assert f"${{{name}:-{value}}}" in text


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_hardened_and_watched(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges" in service["security_opt"]
    assert service["restart"] == "unless-stopped"
    assert {"mem_limit", "pids_limit", "healthcheck", "user", "tmpfs"} <= service.keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert service["image"].count("/") >= 1


def test_postgres_shares_a_network_with_metabase_alone() -> None:
    networks = {name: set(one["networks"]) for name, one in COMPOSE["services"].items()}
    [private] = networks["postgres"]
    assert COMPOSE["networks"][private] == {"internal": True}
    assert [name for name, found in networks.items() if private in found] == [
        "postgres",
        "metabase",
    ]


def program(folder: Path, name: str, code: int) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)


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


def test_a_machine_without_any_is_told_what_to_install(tmp_path: Path) -> None:
    program(tmp_path, "podman", 125)
    with pytest.raises(NoCompose, match="neither podman-compose nor") as failed:
        find_tools({"PATH": str(tmp_path)}, beside=None)
    assert "install podman" in failed.value.hint.lower()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_a_link_in_the_data_folder_leads_to_keeps_its_owner(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    data.mkdir()
    other.touch()
    os.chown(data, 12345, 12345)
    (data / "link").symlink_to(other)
    owned(data / "link", data)
    assert (other.stat().st_uid, (data / "link").lstat().st_uid) == (0, 12345)
