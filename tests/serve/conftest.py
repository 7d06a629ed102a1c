"""The server on the demo's data, shared by all tests that do not change them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.demo import demo
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving

__all__ = ["demo"]


@pytest.fixture(scope="session")
def served(demo: Finops) -> Iterator[Served]:
    """The demo, served."""
    with serving(demo.database, is_demo=True) as found:
        yield found
