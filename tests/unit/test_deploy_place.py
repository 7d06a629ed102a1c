"""What `deploy up` writes on the machine, and the command lines that it runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.config import Config
from core.errors import BadEnvValue, ComposeFailed, DataOfRoot, NotPinned, UnreadableForContainers
from core.serving import DashboardsConfig
from deploy.alone import alone
from deploy.backup import left_out
from deploy.files import owned
from deploy.pairs import read_pairs
from deploy.place import USER, Place, prepare
from deploy.stack import GRACE, Stack
from deploy.tools import Tools
from tests.fixtures.place import builder, config, place
from tests.fixtures.programs import program

__all__ = ["builder", "config", "place"]


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


@pytest.mark.parametrize(
    "line",
    [
        "FINOPS_DASHBOARDS_PORT=80x",
        "FINOPS_DASHBOARDS_PORT=0.0.0.0:8080",
        "FINOPS_METABASE_PORT=65536",
        "FINOPS_SCHEDULER_MEMORY=lots",
        "FINOPS_POSTGRES_IMAGE=",
        "FINOPS_IMAGE=my image",
        "COMPOSE_PROFILES=metabse",
        "COMPOSE_PROJECT_NAME=FinOps",
    ],
)
def test_a_setting_that_compose_could_not_use_is_refused_before_anything_changes(
    line: str, place: Place, config: Config
) -> None:
    place.env_file.write_text(f"{line}\n")
    with pytest.raises(BadEnvValue) as refused:
        prepare(place, config, rootless=True)
    assert f"{place.env_file}: {line} is not " in str(refused.value)
    assert place.env_file.read_text() == f"{line}\n"
    assert not place.secrets.exists()


@pytest.mark.parametrize(
    "line", ["FINOPS_DASHBOARDS_MEMORY=1536MB", "COMPOSE_PROFILES=postgres,metabase"]
)
def test_other_words_for_the_same_are_fine(line: str, place: Place, config: Config) -> None:
    place.env_file.write_text(f"{line}\n")
    prepare(place, config, rootless=True)
    assert line in place.env_file.read_text().splitlines()


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


def test_a_token_that_its_owner_has_emptied_stays_empty(place: Place, config: Config) -> None:
    place.secrets.mkdir()
    (place.secrets / "dashboards.env").write_text("OPEN_FINOPS_DASHBOARDS_TOKEN=\n")
    prepare(place, config, rootless=True)
    token = place.secret("dashboards.env", "OPEN_FINOPS_DASHBOARDS_TOKEN")
    assert token == ""
    pages = DashboardsConfig.resolve({}, {"OPEN_FINOPS_DASHBOARDS_TOKEN": token}, {})
    assert pages.token is None


def test_a_last_line_without_an_end_keeps_its_value(place: Place, config: Config) -> None:
    place.secrets.mkdir()
    (place.secrets / "scheduler.env").write_text("# ours\nAWS_SECRET_ACCESS_KEY=abc")
    prepare(place, config, rootless=True)
    text = (place.secrets / "scheduler.env").read_text()
    assert text.startswith("# ours\nAWS_SECRET_ACCESS_KEY=abc\nOPEN_FINOPS_METABASE_")


def test_secrets_that_others_could_read_are_closed_and_that_is_said(
    place: Place, config: Config, tmp_path: Path
) -> None:
    place.secrets.mkdir()
    place.secrets.chmod(0o755)
    (place.secrets / "scheduler.env").write_text("AWS_PROFILE=billing\n")
    (place.secrets / "scheduler.env").chmod(0o644)
    (tmp_path / "elsewhere").touch(0o644)
    (place.secrets / "linked").symlink_to(tmp_path / "elsewhere")
    (place.secrets / "gone.env").symlink_to("nowhere")

    said = prepare(place, config, rootless=True)

    assert said == ["closed to all but their owner: secrets (0755), scheduler.env (0644)"]
    paths = (place.secrets, place.secrets / "scheduler.env", tmp_path / "elsewhere")
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o700, 0o600, 0o644]
    assert prepare(place, config, rootless=True) == []


def test_what_no_backup_takes_of_secrets_is_known(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    assert left_out(place) == []
    (place.secrets / "gcp").mkdir()
    for name in ("gcp/key.json", "my key.json", ".hidden", "key-1.json"):
        (place.secrets / name).touch()
    assert left_out(place) == [".hidden", "gcp", "my key.json"]


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


def test_a_command_to_copy_means_one_path_though_that_has_blanks() -> None:
    path = Path("/srv/my bills")
    assert DataOfRoot(path, 10001).hint.startswith("`chown -R 10001:10001 '/srv/my bills'` ")
    assert UnreadableForContainers(path, 7).hint.startswith("`chown 7 '/srv/my bills'` ")
    assert "`podman build '/srv/my bills'`" in str(ComposeFailed(["podman", "build", str(path)], 1))


def test_a_changed_configuration_makes_its_containers_anew(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    state = read_pairs(place.env_file)["FINOPS_STATE"]
    assert config.path
    config.path.write_text("[schedule]\ncron = '0 7 * * *'\n")
    prepare(place, config, rootless=True)
    assert read_pairs(place.env_file)["FINOPS_STATE"] != state


def test_the_profile_says_which_services_run(place: Place, config: Config) -> None:
    assert place.services() == ["dashboards", "scheduler", "postgres", "metabase"]
    prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": ""})
    assert place.services() == ["dashboards", "scheduler"]
    assert read_pairs(place.env_file)["FINOPS_FOLLOW"] == "false"


def test_metabase_is_not_built_without_its_version_and_checksums(
    place: Place, config: Config, builder: Tools
) -> None:
    prepare(place, config, rootless=True)
    said: list[str] = []
    with (
        alone(place) as held,
        pytest.raises(NotPinned, match="FINOPS_METABASE_VERSION, FINOPS_METABASE_SHA256") as error,
    ):
        Stack(place, builder).build(held, only_missing=True, say=said.append)
    assert "--without-metabase" in error.value.hint
    assert said == []


def test_services_that_the_settings_leave_out_are_removed_with_time_to_end(
    place: Place, config: Config, tmp_path: Path
) -> None:
    prepare(place, config, rootless=True)
    env = place.env_file.read_text()
    place.env_file.write_text(env.replace("COMPOSE_PROFILES=metabase", "COMPOSE_PROFILES="))
    asked = tmp_path / "asked"
    program(tmp_path / "bin", "podman", 0, f'echo "$@" >>{asked}; [ $1 != ps ] || echo id-$7')

    Stack(place, Tools(str(tmp_path / "bin" / "podman"), ())).remove_left_out()

    label = "id-label=com.docker.compose.service="
    assert [line for line in asked.read_text().splitlines() if not line.startswith("ps")] == [
        f"stop -t {GRACE} {label}metabase",
        f"rm --force {label}metabase",
        f"stop -t {GRACE} {label}postgres",
        f"rm --force {label}postgres",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_a_link_in_the_data_folder_leads_to_keeps_its_owner(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    data.mkdir()
    other.touch()
    os.chown(data, 12345, 12345)
    (data / "link").symlink_to(other)
    owned(data / "link", data)
    assert (other.stat().st_uid, (data / "link").lstat().st_uid) == (0, 12345)
