"""A file of the export cannot be read as a bill."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors.base import FinopsError
from core.words import counted


class DataError(FinopsError):
    exit_code = 4


class CorruptFile(DataError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where} cannot be read: {reason}",
            hint="It is damaged or half written: copy it again, or wait for the next delivery.",
        )


class AlienFile(DataError):
    def __init__(self, where: str, missing: Iterable[str]) -> None:
        problem = f"{where} is not a bill that we know: it lacks {', '.join(sorted(missing))}"
        hint = "Is the file of a provider's billing export? The export must select these columns."
        super().__init__(problem, hint=hint)


class BadValue(DataError):
    def __init__(self, where: str, column: str, value: str, expected: str) -> None:
        super().__init__(
            f"{where}: the column {column} holds {value!r}, which is not {expected}",
            hint="The file was changed since the provider wrote it, or is of another format.",
        )


class MissingCost(DataError):
    def __init__(self, where: str, lines: int, details: str) -> None:
        super().__init__(
            f"{where}: {lines:,} lines have no cost ({details})",
            hint="The export leaves costs out; of an AWS bill, savings plans and reservations need "
            "all reservation_* and savings_plan_* columns.",
        )


class WrongMonth(DataError):
    def __init__(self, where: str, lines: int, details: str) -> None:
        problem = f"{where}: {lines:,} lines belong to another billing month ({details})"
        hint = "The files of two months are mixed: copy the whole export again."
        super().__init__(problem, hint=hint)


class MissingRate(DataError):
    def __init__(
        self, path: object, currency: str, display: str, number: int, what: str, first: object
    ) -> None:
        super().__init__(
            f"{path} has no rate from {currency} to {display} for {counted(number, what)} with "
            f"costs, the first of them {first}",
            hint="Add a line `date,from,to,rate`; a rate holds for its day and the 31 days after "
            "it, until the next one.",
        )


class SchemaMismatch(DataError):
    def __init__(self, where: str, reason: str) -> None:
        hint = "Two deliveries may be mixed in one folder: copy the export again."
        super().__init__(f"the files of {where} do not share one schema: {reason}", hint=hint)
