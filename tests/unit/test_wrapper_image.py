"""finops-podman.sh as whom it runs, and of what its image is made."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tests.fixtures.wrapped import USER, ask, place
from tests.source import ROOT

__all__ = ["ask", "place"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to run as")


def test_root_gives_a_new_data_folder_to_the_images_user(place, ask):
    done = ask("run", OPEN_FINOPS_DATA_DIR=str(place / "new" / "data"))
    made = (place / "new" / "data").stat()
    assert made.st_mode & 0o777 == 0o750
    owner = 10001 if os.geteuid() == 0 else os.geteuid()
    assert made.st_uid == owner
    [user] = done.values("--user")
    assert user.split(":")[0] == str(owner)


@as_root
def test_root_s_own_data_are_refused_with_the_command_that_helps(place, ask):
    os.chown(place / "data", 0, 0)
    done = ask("run")
    assert (done.code, done.words) == (69, [])
    assert done.err == (
        f"error: {place}/data belongs to root, and nothing in the container runs as root\n"
        f"hint:  chown -R 10001:10001 {place}/data\n"
    )


@as_root
def test_the_container_runs_as_the_owner_of_the_data(ask):
    assert ask("run").values("--user") == {f"{USER}:{USER}"}


@as_root
def test_a_config_toml_for_root_s_eyes_is_refused(place, ask):
    (place / "here" / "config.toml").touch(mode=0o600)
    done = ask("run")
    assert done.code == 69
    assert done.err.endswith(f"hint:  chown {USER} {place}/here/config.toml\n")


@as_root
def test_credentials_for_root_s_eyes_are_left_out_and_told_where_they_matter(place, ask):
    (place / "home" / ".aws").mkdir()
    (place / "home" / ".aws" / "credentials").touch(mode=0o600)
    told = f"note:  {place}/home/.aws/credentials is not seen: user {USER} of the container"
    done = ask("aws", "import-cur")
    assert done.err.startswith(told)
    assert f"{place}/home/.aws" not in done.volumes
    assert ask("report", "overview").err == ""


def made_of(checkout: Path) -> list[Path]:
    """Make the files that an image is made of, as the Containerfile's COPY lines say."""
    containerfile = checkout / "docker" / "finops" / "Containerfile"
    containerfile.parent.mkdir(parents=True)
    shutil.copy(ROOT / "docker" / "finops" / "Containerfile", containerfile)
    files = [containerfile]
    for line in containerfile.read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                folder = (ROOT / name).is_dir()
                files.append(checkout / name / "one file" if folder else checkout / name)
    for file in files[1:]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("first")
    return files


def test_the_image_is_built_again_when_what_it_is_made_of_changes(place, ask):
    def builds() -> int:
        done = ask("run", OPEN_FINOPS_IMAGE="")
        assert done.code == 0, done.err
        tag = hashlib.sha256(os.fsencode(place / "checkout")).hexdigest()[:6]
        assert f"localhost/open-finops:cli-{tag}" in done.words
        return (place / "built.log").read_text().count("built")

    files = made_of(place / "checkout")
    assert len(files) > 10
    assert [builds(), builds()] == [1, 1]
    for count, file in enumerate(files, start=2):
        file.write_text(file.read_text() + "# changed\n")
        assert builds() == count, file
    for name in ("core/__pycache__/x.pyc", "dashboards/ui/x.ts", "focus/target/x", "docs/x.md"):
        (place / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "checkout" / name).touch()
    assert builds() == len(files) + 1
