"""Ctrl-C and SIGTERM, whatever they have become on their way to the command line.

DuckDB turns the KeyboardInterrupt that strikes within a statement into a RuntimeError, or into an
InterruptException where the statement runs in another thread. dlt, dbt and we then wrap those.
"""

from __future__ import annotations

from collections.abc import Iterator


def interrupted(error: BaseException) -> bool:
    """Tell whether an exception is, or came of, an interruption.

    >>> interrupted(KeyboardInterrupt()), interrupted(RuntimeError("Query interrupted"))
    (True, True)
    """
    return any(
        isinstance(cause, KeyboardInterrupt)
        or type(cause).__name__ == "InterruptException"
        or (isinstance(cause, RuntimeError) and str(cause) == "Query interrupted")
        for cause in causes(error)
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that led to it, each once, the nearest first."""
    waiting, seen = [error], {id(error)}
    while waiting:
        found = waiting.pop(0)
        yield found
        for former in (found.__cause__, found.__context__):
            if former is not None and id(former) not in seen:
                seen.add(id(former))
                waiting.append(former)
