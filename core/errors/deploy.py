"""The stack in containers, or a backup of it, is not as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors.base import FinopsError
from core.words import counted


class DeployError(FinopsError):
    exit_code = 12


class NoCompose(DeployError):
    def __init__(self) -> None:
        super().__init__(
            "neither podman-compose nor `podman compose` nor `docker compose` is here",
            hint="Install podman and podman-compose (`apt install podman podman-compose`, "
            "`dnf install podman podman-compose`); `finops deploy` runs outside of containers.",
        )


class ComposeFailed(DeployError):
    def __init__(self, command: Sequence[str], code: int, said: str = "") -> None:
        reason = f": {said.strip().splitlines()[-1]}" if said.strip() else ""
        super().__init__(
            f"`{' '.join(command)}` ended with exit code {code}{reason}",
            hint="What it wrote above tells why; `./finops deploy status` shows what runs.",
        )


class NotHealthy(DeployError):
    def __init__(self, services: Sequence[str], seconds: int) -> None:
        names = ", ".join(services)
        super().__init__(
            f"after {seconds} s {counted(len(services), 'service')} not healthy: {names}",
            hint=f"`./finops deploy logs {services[0]}` shows what it says.",
        )


class NotPinned(DeployError):
    def __init__(self, path: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{path} does not say which Metabase to build: {', '.join(names)}",
            hint="docs/deployment/podman.md, With Metabase, says how to get them; "
            "`./finops deploy up --without-metabase` leaves it out.",
        )


class UnreadableForContainers(DeployError):
    def __init__(self, path: Path, uid: int) -> None:
        super().__init__(
            f"{path} cannot be read by user {uid}, as whom the containers run",
            hint=f"`chown {uid} {path}` lets them; they run as the owner of the data folder.",
        )


class WouldOverwrite(DeployError):
    def __init__(self, path: Path, option: str) -> None:
        super().__init__(f"{path} is there already", hint=option)


class BadBackup(DeployError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is no whole backup: {reason}",
            hint="Nothing was changed. Take another backup; this one was cut off or altered.",
        )


class NoPostgres(DeployError):
    def __init__(self) -> None:
        super().__init__(
            "Postgres, which holds what Metabase knows, does not run",
            hint="`./finops deploy up` starts it; --without-metabase leaves it out.",
        )


class UpgradeFailed(DeployError):
    def __init__(self, reason: str, backup: Path) -> None:
        super().__init__(
            f"the new version did not become healthy, the former one runs again: {reason}",
            hint=f"Nothing is lost. {backup} holds the data as it was before.",
        )
