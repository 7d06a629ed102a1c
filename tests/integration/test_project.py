"""The dbt project is read once for all runs, and anew after any change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core import project
from core.backends.duckdb import Limits
from core.project import fingerprint, keep, load, parsed
from core.transform import environment, release_connections

SETTINGS = "name: small\nprofile: focus\nmodel-paths: [models]\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one model, which no process has read yet."""
    folder = tmp_path / "focus"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(SETTINGS)
    (folder / "models" / "one.sql").write_text("select 1 as one")
    shutil.copy(project.PROJECT / "profiles.yml", folder)
    monkeypatch.setattr(project, "PROJECT", folder)
    monkeypatch.setattr(project, "READ", {})
    return folder


def read(small: Path) -> list[str]:
    """Read the project as a new process does, and return its models."""
    project.READ.clear()
    database = small.parent / "finops.duckdb"
    limits = Limits(threads=1, memory_limit="1GB", temp_directory=small.parent / "tmp")
    with environment(database, limits, small.parent / "state"):
        manifest = parsed(database)
    release_connections()
    return sorted(manifest.nodes)


def test_a_later_run_takes_what_an_earlier_one_read(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(small) == ["model.small.one"]
    monkeypatch.setattr(project, "parse", lambda: pytest.fail("dbt reads the project again"))

    assert read(small) == ["model.small.one"]


def test_a_changed_project_is_read_again(small: Path) -> None:
    read(small)
    (small / "models" / "two.sql").write_text("select 2 as two")

    assert read(small) == ["model.small.one", "model.small.two"]
    assert [path.name for path in (small / "target").iterdir()] == ["finops.msgpack"]


def test_a_checkout_that_cannot_be_written_is_read_every_time(small: Path) -> None:
    (small / "target").write_text("not a folder")

    assert read(small) == read(small) == ["model.small.one"]


def test_what_is_kept_is_the_project_as_dbt_reads_it(small: Path) -> None:
    read(small)
    whole = project.READ["finops"]
    keep("other", fingerprint(), whole)

    kept = load("other", fingerprint())
    for part in ("nodes", "sources", "macros", "docs", "selectors", "disabled", "files"):
        assert getattr(kept, part).keys() == getattr(whole, part).keys()
    assert (kept.nodes, kept.macros, kept.docs) == (whole.nodes, whole.macros, whole.docs)
    assert load("other", b"of another state") is None


def test_what_a_checkout_elsewhere_left_in_the_data_folder_does_not_lead_there(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small / "seeds").mkdir()
    (small / "seeds" / "regions.csv").write_text("code\na\n")
    read(small)
    elsewhere = shutil.copytree(small, small.parent / "elsewhere" / "focus")
    shutil.rmtree(elsewhere / "target")
    monkeypatch.setattr(project, "PROJECT", elsewhere)

    read(small)

    seed = project.READ["finops"].nodes["seed.small.regions"]
    assert seed.root_path == str(elsewhere)


def test_a_move_of_the_checkout_is_a_change(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    moved = small.rename(small.with_name("moved"))
    monkeypatch.setattr(project, "PROJECT", moved)

    assert fingerprint() != before
