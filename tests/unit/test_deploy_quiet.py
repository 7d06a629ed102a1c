"""What `deploy down` shows of compose's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ComposeFailed
from deploy.quiet import show_but_absent
from tests.fixtures.programs import program

ABSENT = 'Error: no container with name or ID "finops_metabase_1" found: no such container\n'


def test_containers_that_are_gone_already_are_told_only_where_compose_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = f"echo removed; echo 'of note' >&2; echo '{ABSENT.strip()}' >&2"
    for code in (0, 1):
        program(tmp_path, f"compose{code}", code, said)
    show_but_absent([str(tmp_path / "compose0")])
    out, err = capfd.readouterr()
    assert (out, sorted(err.splitlines())) == ("", ["of note", "removed"])
    with pytest.raises(ComposeFailed):
        show_but_absent([str(tmp_path / "compose1")])
    assert capfd.readouterr().err.endswith(ABSENT)
