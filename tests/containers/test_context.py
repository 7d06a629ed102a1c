"""What an image is built from: code, and nothing that belongs to its user or was left by tools."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from tests.containers.podman import Podman
from tests.fixtures.finops import ROOT

THEIRS = (
    *(".env", "config.toml", "secrets/dashboards.env", "data/finops.duckdb", "exports/aws/1.csv"),
    *("backups/monday.tar.zst", ".git/config", ".venv/bin/python", ".venv-dev/bin/python"),
    *("dashboards/ui/node_modules/vite/index.js", "core/__pycache__/x.pyc", "focus/target/x.json"),
)
NEEDED = ("core/config.py", "dashboards/static/index.html", "docker/metabase/jars/metabase.jar")
WHOLE = "localhost/context:1"


def test_nothing_of_the_user_s_is_sent_to_a_build(podman: Podman, tmp_path: Path) -> None:
    context = tmp_path / "checkout"
    for name in (*THEIRS, *NEEDED):
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).touch()
    shutil.copy(ROOT / ".dockerignore", context)  # docker reads this one, podman both
    assert not (ROOT / ".containerignore").exists()
    (tmp_path / "Containerfile").write_text("FROM scratch\nCOPY . /sent/\n")

    podman(
        "build", "--quiet", "--tag", WHOLE, "--file", str(tmp_path / "Containerfile"), str(context)
    )
    name = podman("create", WHOLE, "/none").stdout.strip()
    podman("export", "--output", str(tmp_path / "sent.tar"), name)
    podman("rm", name)

    with tarfile.open(tmp_path / "sent.tar") as sent:
        found = {one.name.removeprefix("sent/") for one in sent if one.isfile()}
    assert found == set(NEEDED)
