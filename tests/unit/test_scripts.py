"""Shell scripts are clean, and say at once what is missing."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.source import ROOT

SCRIPTS = [
    *("finops-podman.sh", ".ci/run", "docker/with_secrets.sh"),
    *(f"docker/metabase/{name}.sh" for name in ("check", "health", "start")),
]
WRAPPER = ROOT / "finops-podman.sh"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script):
    done = subprocess.run(["shellcheck", ROOT / script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def commands(tmp_path, **programs):
    """Return a PATH with the shell's tools and stand-ins of other programs, which tell their
    arguments."""
    for name in ("bash", "dirname", "realpath", "stat", "id", "sed", "grep", "tr", "head", "mkdir"):
        (tmp_path / name).symlink_to(shutil.which(name))
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    return str(tmp_path)


def test_without_podman_it_says_what_to_install(tmp_path):
    done = subprocess.run([WRAPPER, "run"], env={"PATH": commands(tmp_path)},
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 69
    assert done.stderr.startswith("error: podman is not here\nhint:  apt install podman")


def test_secrets_are_passed_by_name_and_folders_where_they_are(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "bills").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "home" / ".aws").mkdir(parents=True)
    (tmp_path / "here" / "config.toml").write_text('[project]\ndata_dir = "../data"\n')
    (tmp_path / "bin").mkdir()
    env = {
        "PATH": commands(tmp_path / "bin", podman='for one in "$@"; do echo "$one"; done'),
        "HOME": str(tmp_path / "home"),
        "AWS_SECRET_ACCESS_KEY": "not-to-be-shown",
        "OPEN_FINOPS_DASHBOARDS_TOKEN": "not-to-be-shown-either",
        "UNRELATED": "stays outside",
    }
    done = subprocess.run(
        [WRAPPER, "aws", "import-cur", "-b", "../bills"],
        cwd=tmp_path / "here", env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    words = done.stdout.splitlines()
    words = words[words.index("run") :]
    assert "not-to-be-shown" not in done.stdout
    assert "AWS_SECRET_ACCESS_KEY" in words and "OPEN_FINOPS_DASHBOARDS_TOKEN" in words
    assert "UNRELATED" not in words
    volumes = {words[n + 1] for n, word in enumerate(words) if word == "--volume"}
    assert volumes == {
        f"{tmp_path}/here:{tmp_path}/here:rw",
        f"{tmp_path}/here/config.toml:{tmp_path}/here/config.toml:ro",
        f"{tmp_path}/data:{tmp_path}/data:rw",
        f"{tmp_path}/bills:{tmp_path}/bills:rw",
        f"{tmp_path}/home/.aws:{tmp_path}/home/.aws:ro",
    }
    assert f"OPEN_FINOPS_DATA_DIR={tmp_path}/data" in words
    assert words[-5:] == [
        f"{tmp_path}/here/config.toml", "aws", "import-cur", "-b", "../bills"
    ]  # fmt: skip
