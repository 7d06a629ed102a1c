"""An interruption is known for what it is, however deep it lies."""

from __future__ import annotations

import threading

import duckdb
import pytest

from core.errors import CorruptFile, FinopsError
from core.interrupt import interrupted


def test_a_statement_that_another_thread_interrupts_is_an_interruption():
    with duckdb.connect() as connection:
        ended = threading.Event()

        def interrupt() -> None:
            """Again and again: the statement may not have begun at the first."""
            while not ended.wait(0.1):
                connection.interrupt()

        other = threading.Thread(target=interrupt)
        other.start()
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(
                "SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)"
            )
        ended.set()
        other.join()
    assert interrupted(caught.value)


def test_what_libraries_and_we_wrap_around_it_does_not_hide_it():
    with pytest.raises(FinopsError) as caught:
        try:
            try:
                raise RuntimeError("Query interrupted")
            except RuntimeError as error:
                raise ValueError("the job failed") from error
        except ValueError:
            raise CorruptFile("a.csv", "it ends") from None
    assert interrupted(caught.value)


def test_an_error_that_was_raised_from_itself_keeps_its_origin():
    try:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise ValueError from error
    except ValueError as error:
        error.__cause__ = error
        assert interrupted(error)


def test_other_errors_are_none():
    assert not interrupted(RuntimeError("Query failed"))
    assert not interrupted(CorruptFile("interrupted.csv", "Query interrupted"))
