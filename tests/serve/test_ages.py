"""How old data are, and how many anomalies can be kept."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.problems import Refused
from dashboards.state import ACKNOWLEDGED, Acknowledgement, State
from tests.fixtures.finops import Finops
from tests.fixtures.open_month import open_month
from tests.fixtures.served import serving

__all__ = ["open_month"]


def test_data_that_end_long_ago_are_old_however_late_they_were_loaded(open_month: Finops) -> None:
    with serving(open_month.database) as served:
        found = {one["export"]: one for one in served.get("health")["freshness"]}
    for export, end in (("Alpha", datetime(2026, 3, 13)), ("Beta", datetime(2026, 3, 11))):
        hours = (datetime.now(UTC).replace(tzinfo=None) - end).total_seconds() / 3600
        assert float(found[export]["age_hours"]) == pytest.approx(hours, abs=1)
        assert found[export]["is_stale"]


def test_no_more_anomalies_are_kept_than_anybody_looks_at(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    state.acknowledge("0" * 16, Acknowledgement(is_acknowledged=True))
    with sqlite3.connect(state.path) as connection:
        connection.executemany(
            "INSERT INTO acknowledged VALUES (?, '', '2026-01-01')",
            [(f"{n:016x}",) for n in range(1, ACKNOWLEDGED)],
        )
    connection.close()
    state.acknowledge("0" * 16, Acknowledgement(is_acknowledged=True, note="kept"))
    with pytest.raises(Refused, match="acknowledged already"):
        state.acknowledge("f" * 16, Acknowledgement(is_acknowledged=True))
