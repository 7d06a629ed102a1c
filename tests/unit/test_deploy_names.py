"""Paths and images that `.env` names, and whose the data are once `deploy up` has looked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from core.config import Config, load_config
from core.errors import NotPulled, OddPath
from deploy.alone import alone
from deploy.pairs import check_plain, lines, read_pairs
from deploy.place import Place, prepare
from deploy.stack import Stack
from deploy.tools import BESIDE, Tools
from tests.fixtures.place import builder, config, place
from tests.fixtures.programs import program

__all__ = ["builder", "config", "place"]


@pytest.mark.parametrize("only_missing", [True, False])
def test_an_image_of_a_registry_is_to_be_pulled_and_never_built(
    place: Place, config: Config, builder: Tools, only_missing: bool
) -> None:
    named = {"FINOPS_IMAGE": "registry.example/finops:2", "COMPOSE_PROFILES": ""}
    prepare(place, config, rootless=True, own=named)
    said: list[str] = []
    with (
        alone(place) as held,
        pytest.raises(NotPulled, match="registry.example/finops:2 is not built here") as error,
    ):
        Stack(place, builder).build(held, only_missing=only_missing, say=said.append)
    assert "podman pull registry.example/finops:2`" in error.value.hint
    assert said == []


def test_two_folders_have_images_of_their_own_and_names_of_one_s_own_stay(
    tmp_path: Path, config: Config
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Place(tmp_path / "one"), Place(tmp_path / "two")
    for name in ("FINOPS_IMAGE", "FINOPS_METABASE_IMAGE"):
        assert one.defaults()[name] != two.defaults()[name]
        assert one.defaults()[name].endswith(f":{one.suffix}")
    one.env_file.write_text("FINOPS_IMAGE=localhost/open-finops:latest\n")
    prepare(one, config, rootless=True)
    assert one.settings()["FINOPS_IMAGE"] == "localhost/open-finops:latest"


@pytest.mark.parametrize("odd", [*"#$:\"'`\\\n\t", " "])
def test_a_path_that_compose_would_read_otherwise_is_refused_before_anything_is_written(
    tmp_path: Path, odd: str
) -> None:
    folder = tmp_path / f"we {odd}"
    folder.mkdir()
    (folder / "config.toml").write_text("")
    config = load_config(folder / "config.toml", env={})
    with pytest.raises(OddPath) as refused:
        prepare(Place(folder), config, rootless=True)
    assert repr(odd) in str(refused.value)
    assert [path.name for path in folder.iterdir()] == ["config.toml"]


def test_podman_compose_reads_other_paths_as_they_stand(tmp_path: Path) -> None:
    place = Place(tmp_path / "we ird &x;y (1), é=%~{}!@+[a]*?<|>")
    place.folder.mkdir()
    check_plain(place.folder)
    (place.folder / ".env").write_text(lines([("FOLDER", str(place.folder / "data"))]))
    (place.folder / "docker-compose.yml").write_text(
        "services:\n  one:\n    image: x\n    volumes: ['${FOLDER:-./data}:/data:z']\n"
    )
    path = os.pathsep.join([str(tmp_path / "bin"), str(BESIDE), os.environ["PATH"]])
    program(tmp_path / "bin", "podman", 0, "echo podman version 4.3.1")
    done = subprocess.run(["podman-compose", "config"], cwd=place.folder, env={"PATH": path},
                          capture_output=True, text=True, check=True)  # fmt: skip
    [volume] = yaml.safe_load(done.stdout)["services"]["one"]["volumes"]
    assert volume == f"{place.folder}/data:/data:z"


def test_an_edit_of_metabases_secrets_makes_metabase_anew(place: Place, config: Config) -> None:
    prepare(place, config, rootless=True)
    state = read_pairs(place.env_file)["FINOPS_METABASE_STATE"]
    prepare(place, config, rootless=True)
    assert read_pairs(place.env_file)["FINOPS_METABASE_STATE"] == state
    path = place.secrets / "metabase.env"
    path.write_text(path.read_text() + "MB_EMAIL_SMTP_HOST=mail\n")
    prepare(place, config, rootless=True)
    assert read_pairs(place.env_file)["FINOPS_METABASE_STATE"] != state


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_has_left_in_the_data_of_another_user_is_given_to_that_user(
    place: Place, config: Config, tmp_path: Path
) -> None:
    data = config.data_dir
    (data / "dbt" / "target").mkdir(parents=True)
    for name in (".finops.duckdb.lock", "dbt/target/graph", "theirs"):
        (data / name).touch()
    (tmp_path / "other").touch()
    (data / "dbt" / "link").symlink_to(tmp_path / "other")
    os.chown(data, 12345, 12345)

    assert prepare(place, config, rootless=False) == [
        f"given to the owner of {data}, as root's: .finops.duckdb.lock, dbt"
    ]

    names = (".finops.duckdb.lock", "dbt", "dbt/target", "dbt/target/graph", "dbt/link")
    assert {(data / name).lstat().st_uid for name in names} == {12345}
    assert (data / "theirs").stat().st_uid == (tmp_path / "other").stat().st_uid == 0
    assert prepare(place, config, rootless=False) == []
