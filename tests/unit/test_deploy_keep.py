"""What a restore keeps of what is here, before it replaces anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotCopied
from deploy.restore import keep


def test_what_cannot_be_kept_whole_is_not_kept_in_part(tmp_path: Path) -> None:
    database, former = tmp_path / "finops.duckdb", tmp_path / "before"
    database.touch()
    (tmp_path / "dashboards.sqlite").write_bytes(b"no database" * 999)
    with pytest.raises(NotCopied, match=r"dashboards.sqlite cannot be copied"):
        keep(database, former, None)
    assert not former.exists()
