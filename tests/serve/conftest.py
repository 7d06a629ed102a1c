"""The server on the demo's data, shared by all tests that do not change them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.demo import demo
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving
from tests.serve.mailed import Mailed

__all__ = ["demo"]


@pytest.fixture(scope="session")
def served(demo: Finops) -> Iterator[Served]:
    """The demo, served."""
    with serving(demo.database, is_demo=True) as found:
        yield found


@pytest.fixture
def printed(demo: Finops) -> Callable[..., str]:
    """Print a report on the demo."""
    return lambda *asked: Finops(demo.home)("report", *asked, "--demo").out


@pytest.fixture
def mailed(demo: Finops, tmp_path: Path) -> Callable[..., Mailed]:
    """Write a report on the demo as a file, and take it apart."""

    def write(*asked: str) -> Mailed:
        file = tmp_path / "report.html"
        assert Finops(demo.home)("report", *asked, "--demo", "--html", str(file)).code == 0
        return Mailed(file.read_text(encoding="utf-8"))

    return write
