"""What is left out of the image's packages."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import rpds

from tests.fixtures.finops import ROOT

SLIM = runpy.run_path(str(ROOT / "docker/finops/slim.py"))


def test_a_library_without_its_symbols_is_smaller_and_loads(tmp_path: Path) -> None:
    [whole] = Path(rpds.__file__).parent.glob("rpds*.so")
    shutil.copy(whole, tmp_path)
    library = tmp_path / whole.name
    SLIM["cut_symbols"](library)
    assert library.stat().st_size < whole.stat().st_size
    ask = "import rpds; print(sorted(rpds.HashTrieSet([2, 1])))"
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert said.stdout == "[1, 2]\n"


def test_what_is_no_library_is_left_as_it_is(tmp_path: Path) -> None:
    script = tmp_path / "linker.so"
    script.write_text("INPUT(libx.so.1)")
    SLIM["cut_symbols"](script)
    assert script.read_text() == "INPUT(libx.so.1)"
