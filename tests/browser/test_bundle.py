"""The committed bundle: small, alone, and what its source builds."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.browser.conftest import UI, npm
from tests.fixtures.finops import ROOT
from tests.fixtures.served import Served

STATIC = ROOT / "dashboards" / "static"
LARGEST = 250 * 1024


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_scripts_take_at_most_250_kb_compressed() -> None:
    scripts = STATIC.rglob("*.js")
    assert 0 < sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) <= LARGEST


def test_a_rebuild_writes_the_committed_bundle(modules: Path, tmp_path: Path) -> None:
    npm("run", "build", "--", "--outDir", str(tmp_path / "built"), "--logLevel", "error")
    assert contents(tmp_path / "built") == contents(STATIC)


def test_the_source_passes_its_checks_of_format_and_types(modules: Path) -> None:
    npm("run", "check")


def test_the_types_are_those_of_the_api_s_description(
    modules: Path, served: Served, tmp_path: Path
) -> None:
    description = tmp_path / "openapi.json"
    description.write_bytes(served.ask("/api/v1/openapi.json").body)
    command = [shutil.which("node"), modules / "openapi-typescript" / "bin" / "cli.js"]
    subprocess.run(
        [*map(str, command), str(description), "-o", str(tmp_path / "api.d.ts")],
        capture_output=True,
        check=True,
    )
    committed = (UI / "src" / "api.d.ts").read_text()
    assert (tmp_path / "api.d.ts").read_text() == committed, "npm run types writes them anew"


def test_the_page_has_no_inline_script_and_names_no_other_host() -> None:
    page = (STATIC / "index.html").read_text()
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r'(?:src|href)="(?!/)', page) == []


def test_versions_are_pinned_and_locked_without_another_registry() -> None:
    wanted = json.loads((UI / "package.json").read_text())
    for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    locked = (UI / "package-lock.json").read_text()
    assert re.findall(r'"resolved": "(?!https://registry\.npmjs\.org/)', locked) == []
