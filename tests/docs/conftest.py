"""A database for the queries that the documentation shows."""

from tests.fixtures.built import built

__all__ = ["built"]
