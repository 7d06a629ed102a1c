"""As whom the containers run: never as root, and as somebody who may read what they need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.config import Config, load_config
from core.errors import DataOfRoot, UnreadableForContainers
from deploy.pairs import read_pairs
from deploy.place import USER, Place, may_read, prepare, user_of
from tests.fixtures.place import config, place

__all__ = ["config", "place"]


def test_otherwise_the_containers_run_as_the_owner_of_the_data(
    place: Place, config: Config
) -> None:
    config.data_dir.mkdir()
    if os.geteuid() == 0:
        os.chown(config.data_dir, 12345, 12345)
    owner = config.data_dir.stat()
    prepare(place, config, rootless=False)
    found = read_pairs(place.env_file)
    assert found["FINOPS_USER"] == f"{owner.st_uid}:{owner.st_gid}"
    assert found["FINOPS_USERNS"] == "host"


def test_no_container_runs_as_root_and_all_that_stands_against_it_is_told_at_once(
    config: Config,
) -> None:
    assert config.path
    ours = load_config(config.path, env={"OPEN_FINOPS_DATA_DIR": "/"})
    with pytest.raises(DataOfRoot, match="/ belongs to root") as refused:
        user_of(ours, rootless=False)
    assert str(config.path) not in f"{refused.value}{refused.value.hint}"
    assert user_of(ours, rootless=True) == (USER, USER)

    config.path.chmod(0o600)
    with pytest.raises(DataOfRoot, match=f"and {config.path} is for other eyes") as refused:
        user_of(ours, rootless=False)
    both = f"`chown -R {USER}:{USER} / && chown {USER} {config.path}` gives both to "
    assert refused.value.hint.startswith(both)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data belong to root")
def test_root_gives_an_empty_data_folder_away_and_none_that_holds_something(
    place: Place, config: Config
) -> None:
    config.data_dir.mkdir()
    (config.data_dir / "finops.duckdb").touch()
    with pytest.raises(DataOfRoot):
        prepare(place, config, rootless=False)
    assert not place.env_file.exists()
    assert not place.secrets.exists()
    (config.data_dir / "finops.duckdb").unlink()

    prepare(place, config, rootless=False)

    assert read_pairs(place.env_file)["FINOPS_USER"] == f"{USER}:{USER}"
    owners = {path.stat().st_uid for path in (config.data_dir, *place.secrets.iterdir())}
    assert owners == {USER}


def test_who_may_read_a_file_is_known(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    assert may_read(path, os.getuid())
    assert not may_read(path, 4711)
    path.chmod(0o644)
    assert may_read(path, 4711)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_configuration_for_other_eyes_is_told_before_anything_is_written(
    place: Place, config: Config
) -> None:
    assert config.path
    config.path.chmod(0o600)
    config.data_dir.mkdir()
    os.chown(config.data_dir, 4711, 4711)
    with pytest.raises(UnreadableForContainers, match="cannot be read by user 4711"):
        prepare(place, config, rootless=False)
    assert not place.secrets.exists()
    os.chown(config.path, 4711, 4711)
    prepare(place, config, rootless=False)
