"""Files of NAME=value lines: read literally, outside the containers and inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadLine, UnreadableSettings
from deploy.pairs import lines, read_pairs
from tests.fixtures.finops import ROOT

ENTRY = ROOT / "docker" / "with_secrets.sh"
TELL = "import json, os; print(json.dumps(dict(os.environ)))"
TEXT = """\
# A comment with A=b; $(false)
AMPERSAND=one & two; three
DOLLAR=$HOME ${HOME} $(id) `id` a\\b\\
STAR= * \t
  BLANKS \t=  in between  
QUOTED="  kept  "
SINGLE='it''s'
HALF="open
ONE="
EMPTY=
EQUALS=a=b==
HASH=a # b
UMLAUT=schlüssel
number=one
line=two
value=three
name=four
file=five
WINDOWS=line\r

LAST=no end"""
MEANT = {
    "number": "one",
    "line": "two",
    "value": "three",
    "name": "four",
    "file": "five",
    "AMPERSAND": "one & two; three",
    "DOLLAR": "$HOME ${HOME} $(id) `id` a\\b\\",
    "STAR": "*",
    "BLANKS": "in between",
    "QUOTED": "  kept  ",
    "SINGLE": "it''s",
    "HALF": '"open',
    "ONE": '"',
    "EMPTY": "",
    "EQUALS": "a=b==",
    "HASH": "a # b",
    "UMLAUT": "schlüssel",
    "WINDOWS": "line",
    "LAST": "no end",
}


def enter(file: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code with the secrets of a file in its environment."""
    return subprocess.run(
        ["/bin/sh", ENTRY, file, sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_value_is_what_stands_there_outside_and_inside(tmp_path: Path) -> None:
    file = tmp_path / "finops.env"
    file.write_bytes(TEXT.encode())
    assert read_pairs(file) == MEANT
    inside = json.loads(enter(file, TELL).stdout)
    assert {name: inside.get(name) for name in MEANT} == MEANT


@pytest.mark.parametrize("bad", ["secret", "=secret", "1A=secret", "export A=secret", "é=secret"])
def test_another_line_is_told_by_its_number_and_not_shown(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "finops.env"
    file.write_text(f"A=b\n\n{bad}\n", encoding="utf-8")
    with pytest.raises(BadLine) as outside:
        read_pairs(file)
    assert str(outside.value) == f"{file}, line 3: no NAME=value"
    inside = enter(file, "print('started')")
    assert inside.stderr.startswith(f"error: {file}, line 3: no NAME=value\nhint:  ")
    assert (inside.stdout, inside.returncode) == ("", BadLine.exit_code)
    assert "secret\n" not in inside.stderr + outside.value.hint


def test_no_secret_stands_in_a_command_line(tmp_path: Path) -> None:
    file = tmp_path / "finops.env"
    file.write_text("A=correct-horse\n")
    said = enter(file, "import os; print(open('/proc/self/cmdline').read(), os.environ['A'])")
    assert said.stdout.count("correct-horse") == 1


def test_where_there_is_no_file_there_are_no_secrets(tmp_path: Path) -> None:
    assert read_pairs(tmp_path / "none.env") == {}
    assert enter(tmp_path / "none.env", "print('started')").stdout == "started\n"


def test_a_file_that_the_system_does_not_give_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSettings, match="cannot be read: Is a directory"):
        read_pairs(tmp_path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    pairs = {**MEANT, "A": '"a"', "B": "''", "C": " c", "D": '"', "E": "\\"}
    file = tmp_path / "finops.env"
    file.write_text(lines(pairs.items()), encoding="utf-8")
    assert read_pairs(file) == pairs
    inside = json.loads(enter(file, TELL).stdout)
    assert {name: inside.get(name) for name in pairs} == pairs
