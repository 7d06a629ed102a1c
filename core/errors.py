"""Every failure that a user can act on, and the exit code of its class.

FinopsError                     1
├── ConfigError                 2  a setting, an option or config.toml is wrong
│   ├── ConfigNotFound, ConfigExists, BadConfigFile, UnknownSetting, BadSetting, MissingSetting
├── SourceError                 3  the export is not where, or what, the settings say
│   ├── ManifestNotFound, NoFiles, BadManifest, TwoManifests, FileMissing, OutsideFolder
│   ├── WrongExportVersion, ExportCollision, RepeatedDelivery
│   └── NothingInRange, TooMuchToRead
├── DataError                   4  a file of the export cannot be read as a bill
│   ├── CorruptFile, AlienFile, BadValue, MissingCost, WrongMonth, SchemaMismatch, MissingRate
├── AccessError                 5  the provider did not let us in
│   ├── CredentialsMissing, AccessDenied, BucketNotFound, WrongRegion, Unreachable
├── BusyError                   6  another process is writing the database
├── DiskError                   7  no room, or no right to write
├── ConservationError           8  the sums differ; nothing was published
├── QueryError                  9  the database or the SQL cannot answer
│   └── NoDatabase
└── TransformError             10  dbt could not build or a check failed

`docs/troubleshooting.md` lists each with its cause; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from core.run_errors import BusyError as BusyError
from core.run_errors import ConservationError as ConservationError
from core.run_errors import DiskError as DiskError
from core.run_errors import FinopsError as FinopsError
from core.run_errors import NoDatabase as NoDatabase
from core.run_errors import QueryError as QueryError
from core.run_errors import TransformError as TransformError


class ConfigError(FinopsError):
    exit_code = 2


class ConfigNotFound(ConfigError):
    def __init__(self, path: Path) -> None:
        hint = "`./finops config init` writes one; leave --config out to use ./config.toml."
        super().__init__(f"there is no config file {path}", hint=hint)


class ConfigExists(ConfigError):
    def __init__(self, path: Path) -> None:
        hint = "Use --force to overwrite it, or --path to write another file."
        super().__init__(f"{path} exists already", hint=hint)


class BadConfigFile(ConfigError):
    def __init__(self, path: Path, reason: str) -> None:
        hint = "Compare it with config.toml.example; text values need double quotes."
        super().__init__(f"{path} cannot be read as TOML: {reason}", hint=hint)


class UnknownSetting(ConfigError):
    def __init__(self, where: str, names: Iterable[str], known: Iterable[str]) -> None:
        names, known = sorted(names), sorted(known)
        near = [match for name in names for match in get_close_matches(name, known, 1, 0.5)]
        hint = f"Did you mean {', '.join(near)}?" if near else f"Known here: {', '.join(known)}."
        super().__init__(f"{where} has no setting {', '.join(names)}", hint=hint)


class BadSetting(ConfigError):
    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name} = {value!r} is not {expected}", hint=f"Give {expected}.")


class MissingSetting(ConfigError):
    def __init__(self, name: str, flag: str | None, env: str) -> None:
        typed = f", with {flag}," if flag else ""
        hint = f"Set it in config.toml{typed} or with the variable {env}."
        super().__init__(f"{name} is not set", hint=hint)


class SourceError(FinopsError):
    exit_code = 3


class ManifestNotFound(SourceError):
    def __init__(self, where: str, export: str, *, hint: str = "") -> None:
        aws = (
            "Check bucket, prefix and export name with `./finops aws list-exports`; "
            "AWS delivers the first manifest up to 24 hours after an export is made."
        )
        super().__init__(f"no manifest of the export {export!r} under {where}", hint=hint or aws)


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
            "linking to it, or set --bucket to a folder that holds both.",
        )


class FileMissing(SourceError):
    def __init__(self, where: str, manifest: str) -> None:
        hint = "Copy the whole export (data and metadata), or wait for the delivery to finish."
        super().__init__(f"{where} does not exist, but the manifest {manifest} names it", hint=hint)


class WrongExportVersion(SourceError):
    def __init__(self, where: str, asked: str, found: str, *, hint: str = "") -> None:
        aws = "Leave --cur-version and --export-format out: both are detected."
        super().__init__(f"{where} holds {found}, not {asked}", hint=hint or aws)


class ExportCollision(SourceError):
    def __init__(self, first: str, second: str, what: str) -> None:
        super().__init__(
            f"the exports {first!r} and {second!r} collide: {what}",
            hint="Load one of them, or give each entry of config.toml its own `name`.",
        )


class RepeatedDelivery(SourceError):
    def __init__(self, where: str, first: str, second: str) -> None:
        super().__init__(
            f"{where}: {first} and {second} hold the same lines, which would count twice",
            hint='Where each file is the whole month anew, set delivery = "newest"; where both '
            'are parts of the bill, delivery = "parts" (also --delivery).',
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
    def __init__(self, path: object, currency: str, display: str, days: int, first: str) -> None:
        super().__init__(
            f"{path} has no rate from {currency} to {display} for {days:,} days with costs, "
            f"the first of them {first}",
            hint="Add a line `date,from,to,rate`; a rate holds for its day and the 31 days after "
            "it, until the next one.",
        )


class SchemaMismatch(DataError):
    def __init__(self, where: str, reason: str) -> None:
        hint = "Two deliveries may be mixed in one folder: copy the export again."
        super().__init__(f"the files of {where} do not share one schema: {reason}", hint=hint)


class AccessError(FinopsError):
    exit_code = 5


class CredentialsMissing(AccessError):
    def __init__(self, reason: str, *, provider: str = "AWS", hint: str = "") -> None:
        aws = "Set AWS_PROFILE or the AWS_* variables, sign in with `aws sso login`, or set keys."
        super().__init__(f"no usable {provider} credentials: {reason}", hint=hint or aws)


class AccessDenied(AccessError):
    def __init__(self, where: str, action: str, *, hint: str = "") -> None:
        s3 = "The role needs s3:ListBucket and s3:GetObject; docs/vendors/aws.md has the policy."
        local = "Give the user that runs finops the right to read it (chmod, chown)."
        hint = hint or (s3 if where.startswith("s3://") else local)
        super().__init__(f"access to {where} is denied ({action})", hint=hint)


class BucketNotFound(AccessError):
    def __init__(self, where: str) -> None:
        hint = "Check the name of the bucket or the path of the folder."
        super().__init__(f"{where} does not exist", hint=hint)


class WrongRegion(AccessError):
    def __init__(self, bucket: str, region: str, section: str = "aws") -> None:
        super().__init__(
            f"the bucket {bucket} is in another region" + (f": {region}" if region else ""),
            hint=f'Set region = "{region or "..."}" under [{section}] or AWS_DEFAULT_REGION.',
        )


class Unreachable(AccessError):
    def __init__(self, where: str, reason: str) -> None:
        hint = "Check the network, the proxy and the endpoint (endpoint_url, AWS_ENDPOINT_URL)."
        super().__init__(f"{where} cannot be reached: {reason}", hint=hint)
