"""An upgrade of the stack that did not begin, or went back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where all is that an upgrade has kept."""

    former: Sequence[str]
    """Names of the former images."""
    refused: Sequence[str]
    """Names of the new images."""
    backup: Path | None
    """Holds the data as it was before; None where there was none to save."""
    since: Path | None
    """Holds what Metabase knew when the former version came back; None where nothing does."""
    files: Path | None
    """Folder of the compose file and .env that ran before; None where they are not known."""
    commit: str | None
    """Of the checkout that ran before, where that is known."""

    def told(self) -> str:
        """Return sentences that say where it is, and what is still of the new version."""
        kept = [f"Kept are the former images as {', '.join(self.former)}"]
        kept += [f"the refused new ones as {', '.join(self.refused)}"] if self.refused else []
        if self.backup:
            command = f"./finops deploy restore {shlex.quote(str(self.backup))} --replace"
            kept.append(f"the data as it was before in {self.backup}, which `{command}` puts back")
        kept += [f"what Metabase knew since in {self.since}"] if self.since else []
        kept += [f"docker-compose.yml and .env of then in {self.files}"] if self.files else []
        back = f"`git checkout {self.commit}`" if self.commit else "git"
        return (
            f"{'; '.join(kept)}. The checkout is still the new version's, and `./finops deploy up` "
            f"takes its docker-compose.yml: bring it back by {back} before."
        )


class UpgradeFailed(DeployError):
    """The former version runs again."""

    def __init__(self, reason: str, kept: Kept) -> None:
        super().__init__(
            f"the new version did not become healthy, the former one runs again: {reason}",
            hint=kept.told(),
        )


class NotGoneBack(DeployError):
    """Neither version runs."""

    def __init__(self, reason: str, second: str, kept: Kept) -> None:
        super().__init__(
            f"the new version did not become healthy: {reason}; nor did the former one: {second}",
            hint=f"{kept.told()} Once the second reason is mended, `./finops deploy up` starts the "
            "former version, `./finops deploy upgrade` goes on with the new one.",
        )
