"""Files are noted by where they lie from config.toml: a container sees both elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.inventory import address_of
from core.storage.folder import FolderStore
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.gcp import line, write

CONFIG = """
[gcp]
source = "exports/google"

[focus]
provider = "Grafana"
source = "exports/grafana"
"""


def test_a_site_that_is_moved_or_seen_elsewhere_has_nothing_new(
    tmp_path: Path, finops: Finops
) -> None:
    site = tmp_path / "srv"
    write(site / "exports/google/2026-01.parquet", [line("1.10")])
    write_csv(site / "exports/grafana/a.csv", [charge("2", "2026-01")])
    (site / "config.toml").write_text(CONFIG)
    imported = finops("--config", str(site / "config.toml"), "run", "--no-transform")
    assert imported.code == 0, imported.err
    before = finops.fingerprint()

    elsewhere = site.rename(tmp_path / "etc")
    again = finops("--config", str(elsewhere / "config.toml"), "run", "--no-transform")

    assert again.out.splitlines() == [
        "Grafana  nothing new: 1 billing period is current",
        "files  nothing new: 1 billing period is current",
    ]
    assert finops.fingerprint() == before


def test_a_file_is_told_from_the_folder_of_config_toml_where_it_lies_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, disk = tmp_path / "site", tmp_path / "disk"
    for folder in (site / "exports", disk):
        folder.mkdir(parents=True)
        (folder / "a.csv").touch()
    (site / "linked").symlink_to(disk)
    monkeypatch.chdir(site)

    def address(source: str) -> str:
        return address_of(FolderStore(Path(source)), "a.csv", site)

    assert address(f"{site}/exports") == "exports/a.csv"
    assert address("exports") == "exports/a.csv"
    assert address(f"{site}/linked") == "linked/a.csv"
    assert address(f"{disk}") == f"{disk}/a.csv"
