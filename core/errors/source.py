"""The export is not where, or what, the settings say."""

from __future__ import annotations

from core.errors.base import FinopsError


class SourceError(FinopsError):
    exit_code = 3


class ManifestNotFound(SourceError):
    def __init__(self, where: str, export: str, *, hint: str) -> None:
        super().__init__(f"no manifest of the export {export!r} under {where}", hint=hint)


class NoFiles(SourceError):
    def __init__(self, where: str, wanted: str) -> None:
        hint = "Check the path; files are found by their endings, in all folders below it."
        super().__init__(f"{where} holds no {wanted}", hint=hint)


class BadManifest(SourceError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"the manifest {where} cannot be used: {reason}",
            hint="It may be half written: try again after the next delivery, or copy it again.",
        )


class TwoManifests(SourceError):
    def __init__(self, where: str, first: str, second: str, hint: str) -> None:
        super().__init__(f"{where} has two manifests: {first} and {second}", hint=hint)


class OutsideFolder(SourceError):
    def __init__(self, where: str, folder: str) -> None:
        super().__init__(
            f"{where} leads out of the folder {folder}",
            hint="Only files inside the folder are read: copy the file there instead of "
            "linking to it, or name a folder that holds both as the source.",
        )


class FileMissing(SourceError):
    def __init__(self, where: str, named_by: str) -> None:
        hint = "Copy the whole export (data and metadata), or wait for the delivery to finish."
        super().__init__(f"{where} does not exist, but {named_by} names it", hint=hint)


class WrongExportVersion(SourceError):
    def __init__(self, where: str, asked: str, found: str, *, hint: str) -> None:
        super().__init__(f"{where} holds {found}, not {asked}", hint=hint)


class ExportCollision(SourceError):
    def __init__(self, first: str, second: str, what: str) -> None:
        super().__init__(
            f"the exports {first!r} and {second!r} collide: {what}",
            hint="Load one of them, or give each entry of config.toml its own `name`.",
        )


class RepeatedDelivery(SourceError):
    def __init__(self, where: str, first: str, second: str, *, hint: str = "") -> None:
        delivery = (
            'Where each file is the whole month anew, set delivery = "newest"; where both '
            'are parts of the bill, delivery = "parts" (also --delivery).'
        )
        super().__init__(
            f"{where}: {first} and {second} hold the same lines, which would count twice",
            hint=hint or delivery,
        )


class NothingInRange(SourceError):
    def __init__(self, where: str, start: str, end: str, available: str) -> None:
        problem = f"no billing period from {start} to {end} under {where}"
        super().__init__(problem, hint=f"The export has {available}.")


class TooMuchToRead(SourceError):
    def __init__(self, where: str, what: str, needed: int, allowed: int) -> None:
        problem = f"{what} of {where} would bring the bytes billed to {needed:,} of {allowed:,}"
        hint = "Raise --maximum-bytes-billed, or load fewer months with --start-date."
        super().__init__(problem, hint=hint)
