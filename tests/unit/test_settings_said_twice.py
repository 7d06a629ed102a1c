"""What Python and dbt must both know is the same in both."""

from __future__ import annotations

import re

from core.backends.duckdb import ROWS_PER_THREAD, STORAGE
from tests.source import ROOT


def test_python_and_dbt_write_the_same_file_format() -> None:
    text = (ROOT / "focus" / "profiles.yml").read_text()
    assert re.findall(r'storage_compatibility_version: "(.+)"', text) == [STORAGE]


def test_python_and_dbt_give_a_thread_as_many_rows() -> None:
    text = (ROOT / "focus" / "macros" / "billing_slices.sql").read_text()
    assert re.findall(r"// (\d+)\)", text) == [str(ROWS_PER_THREAD)]
