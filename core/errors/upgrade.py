"""An upgrade of the stack that did not begin, or went back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from core.errors.deploy import DeployError


class NotBuilt(DeployError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the new version's images were not built, and what runs was left as it is: {reason}",
            hint="What the build wrote above tells why. Mend it, and upgrade again.",
        )


class DigestPinned(DeployError):
    def __init__(self, path: Path, setting: str) -> None:
        super().__init__(
            f"{setting} in {path} names an image by its digest, a name that means one image for "
            "ever, so an upgrade could not go back by it",
            hint="Nothing was changed. `./finops deploy backup FILE` with the former digest in "
            ".env, write the new one, `./finops deploy up`; the way back is the former digest and "
            "`./finops deploy restore FILE --replace`.",
        )


class UpgradeFailed(DeployError):
    """The former version runs again.

    Args:
        reason: Why the new one does not.
        former: Names of the former images.
        refused: Names of the new images.
        backup: Holds the data as it was before; None where there was none to save.
        since: Holds what Metabase knew when the former version came back; None where nothing does.
    """

    def __init__(
        self,
        reason: str,
        former: Sequence[str],
        refused: Sequence[str],
        backup: Path | None,
        since: Path | None,
    ) -> None:
        super().__init__(
            f"the new version did not become healthy, the former one runs again: {reason}",
            hint=kept_by_upgrade(former, refused, backup, since),
        )


class NotGoneBack(DeployError):
    """Neither version runs; the arguments are those of UpgradeFailed, and a second reason."""

    def __init__(
        self,
        reason: str,
        second: str,
        former: Sequence[str],
        refused: Sequence[str],
        backup: Path | None,
        since: Path | None,
    ) -> None:
        super().__init__(
            f"the new version did not become healthy: {reason}; nor did the former one: {second}",
            hint=f"{kept_by_upgrade(former, refused, backup, since)} Once the second reason is "
            "mended, `./finops deploy up` starts the former version, `./finops deploy upgrade` "
            "goes on with the new one.",
        )


def kept_by_upgrade(
    former: Sequence[str], refused: Sequence[str], backup: Path | None, since: Path | None
) -> str:
    """Return sentences that say where all is that an upgrade has kept."""
    kept = [f"Kept are the former images as {', '.join(former)}"]
    kept += [f"the refused new ones as {', '.join(refused)}"] if refused else []
    if backup:
        command = f"./finops deploy restore {shlex.quote(str(backup))} --replace"
        kept.append(f"the data as it was before in {backup}, which `{command}` puts back")
    kept += [f"what Metabase knew since in {since}"] if since else []
    return f"{'; '.join(kept)}."
