"""A backup of the stack cannot be made, or is not as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors.config import ConfigError
from core.errors.deploy import DeployError


class BadBackupName(ConfigError):
    def __init__(self, path: Path, endings: Sequence[str]) -> None:
        name = path.name.split(".")[0] or "backup"
        super().__init__(
            f"{path} ends with none of {', '.join(endings)}",
            hint=f"The ending says how a backup is compressed: {name}{endings[-1]}, for one.",
        )


class WouldOverwrite(DeployError):
    def __init__(self, path: Path) -> None:
        hint = "A backup never replaces a file: choose another name."
        super().__init__(f"{path} is there already", hint=hint)


class NotCopied(DeployError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be copied: {reason}",
            hint="Give the command as a user who may read it. If it is broken, move it into "
            "another folder: only an older backup has what it held.",
        )


class WouldReplace(DeployError):
    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(found)} {'is' if len(found) == 1 else 'are'} there already",
            hint="Nothing was changed. --replace puts the backup in that place, and keeps what is "
            "here beside it.",
        )


class UnreadableBackup(DeployError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}",
            hint="Nothing was changed. Check its name, and whether you may read it.",
        )


class BadBackup(DeployError):
    def __init__(self, path: Path, reason: str = "", *, missing: str = "") -> None:
        super().__init__(
            f"{path} is no whole backup: {f'it holds no {missing}' if missing else reason}",
            hint="Nothing was changed. It was cut off, or is something else: copy it again, or "
            "take another one.",
        )


class AlteredBackup(DeployError):
    def __init__(self, path: Path, names: Sequence[str]) -> None:
        verb = "differs from its checksum" if len(names) == 1 else "differ from their checksums"
        super().__init__(
            f"{', '.join(names)} in {path} {verb}",
            hint="Nothing was changed. Copy it again from where it was made, or take another one.",
        )


class AlienBackup(DeployError):
    def __init__(self, path: Path, name: str) -> None:
        super().__init__(
            f"{path} holds {name!r} as no backup does",
            hint="Nothing was changed. Take a file that `./finops deploy backup` has made.",
        )


class OtherFormat(DeployError):
    def __init__(self, path: Path, found: object, known: int, version: object) -> None:
        super().__init__(
            f"{path} has format {found}; this version reads format {known}",
            hint=f"Nothing was changed. Version {version} made it: restore it with that one.",
        )


class BrokenPart(DeployError):
    def __init__(self, path: Path, part: str, reason: str) -> None:
        super().__init__(
            f"{part} in {path} cannot be opened: {reason}",
            hint="Nothing was changed. It was saved like that: take another backup.",
        )


class BadConfigInBackup(DeployError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"this version cannot use the config.toml in {path}: {reason}",
            hint="Nothing was changed. Put a config.toml that fits here first "
            "(`./finops config init`); it stays, and that of the backup is not used.",
        )


class OtherKey(DeployError):
    """The key is in a file of secrets/, or a secret of podman's."""

    def __init__(self, path: Path, *, file: Path | None = None, secret: str = "") -> None:
        held = f"that of {file}" if file else f"the secret {secret} of podman"
        super().__init__(
            f"Metabase's data in {path} needs the encryption key that it was written with, and "
            f"{held} is another one, or missing",
            hint="Nothing was changed. Put the right key there; or restore a backup that was made "
            "--with-secrets where there is no folder secrets/; or leave Metabase's data out: "
            "--without-metabase.",
        )


class HalfRestored(DeployError):
    def __init__(self, source: str, reason: str, command: str, former: Path | None) -> None:
        kept = f"What was here before is in {former}. " if former else ""
        super().__init__(
            f"what {source} holds is back, but Metabase keeps its former data: {reason}",
            hint=f"{kept}Once the reason is mended, `{command}` completes it; with "
            "--without-metabase, Metabase's data is left as it is.",
        )
