"""The command line, for tests that need no export."""

from tests.integration.conftest import finops

__all__ = ["finops"]
