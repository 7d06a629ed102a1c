"""The stack in containers is not as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import join, quote

from core.errors.base import FinopsError

INSTALL = (
    "Install podman and podman-compose 1.6 or newer, which distributions may not have yet: "
    "`apt install podman pipx`, `pipx install podman-compose`"
)
LAST = 4
"""So many of the last lines that a program wrote are part of its error."""


def they(services: Sequence[str], one: str, several: str) -> str:
    """Return the services, and the words that fit their number.

    >>> they(["dashboards", "scheduler"], "does not run", "do not run")
    'dashboards, scheduler do not run'
    """
    return f"{', '.join(services)} {one if len(services) == 1 else several}"


class DeployError(FinopsError):
    exit_code = 12


class NoCompose(DeployError):
    def __init__(self) -> None:
        super().__init__(
            "neither podman-compose nor `podman compose` nor `docker compose` is here",
            hint=f"{INSTALL}; `finops deploy` runs outside of containers.",
        )


class OldCompose(DeployError):
    def __init__(self, command: Sequence[str], version: str, least: str) -> None:
        super().__init__(
            f"`{join(command)}` is podman-compose {version}, and {least} is the least that "
            "reads docker-compose.yml as it is meant",
            hint=f"{INSTALL}; FINOPS_COMPOSE names another compose command.",
        )


class NoProgram(DeployError):
    def __init__(self, program: str, reason: str) -> None:
        super().__init__(
            f"{program} cannot be started: {reason}",
            hint=f"{INSTALL}; FINOPS_COMPOSE names another compose command.",
        )


class ComposeFailed(DeployError):
    """`said` is what it wrote; None where that went to the terminal."""

    def __init__(self, command: Sequence[str], code: int, said: str | None = None) -> None:
        self.command, self.code, self.said = command, code, said
        last = [line.strip() for line in (said or "").splitlines() if line.strip()][-LAST:]
        above = "What it wrote above tells why; " if said is None else ""
        super().__init__(
            f"`{join(command)}` ended with exit code {code}"
            f"{': ' if last else ''}{' | '.join(last)}",
            hint=f"{above}`./finops deploy status` shows what runs.",
        )


class NotHealthy(DeployError):
    def __init__(self, services: Sequence[str], seconds: int | None = None) -> None:
        when = "" if seconds is None else f"after {seconds} s "
        super().__init__(
            when + they(services, "is not healthy", "are not healthy"),
            hint=f"`./finops deploy logs {services[0]}` shows what it says.",
        )


class NotRunning(DeployError):
    def __init__(self, services: Sequence[str]) -> None:
        super().__init__(
            they(services, "does not run", "do not run"),
            hint="`./finops deploy up` starts what does not run, systemctl where units run it; "
            "`./finops deploy status` shows what does.",
        )


class NotPrepared(DeployError):
    def __init__(self, env_file: Path) -> None:
        super().__init__(
            f"no stack was prepared in {env_file.parent}: its .env does not say where secrets/ is",
            hint="`./finops deploy prepare` writes it and leaves what runs as it is, "
            "`./finops deploy up` starts the stack, too; --folder names another folder.",
        )


class AnotherFolder(DeployError):
    def __init__(self, project: str, folder: str, env_file: Path) -> None:
        super().__init__(
            f"the containers of project {project} are those of {folder}, not of {env_file.parent}",
            hint=f"Write another COMPOSE_PROJECT_NAME into {env_file}. Only if you have moved that "
            "folder here: remove its containers with `podman rm --force`; the data stay.",
        )


class OthersVolume(DeployError):
    def __init__(self, volume: str, folder: str, env_file: Path) -> None:
        here = env_file.parent
        super().__init__(
            f"the volume {volume}, with what Metabase knows, is that of {folder}, not of {here}",
            hint=f"Write another COMPOSE_PROJECT_NAME= into {env_file}. Only if you have moved "
            f"that folder here: FINOPS_FOLDER={here.resolve()} in it keeps the volume.",
        )


class BySystemd(DeployError):
    def __init__(self, folder: Path, command: str) -> None:
        super().__init__(
            f"systemd runs the stack of {folder}, not compose",
            hint=f"Here it is `{command}`: docs/deployment/production.md, systemd.",
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
            hint=f"`chown {uid} {quote(str(path))}` lets them; they run as the owner of "
            "the data folder.",
        )


class DataOfRoot(DeployError):
    """`closed` is a config.toml that the images' own user cannot read, either."""

    def __init__(self, data: Path, uid: int, closed: Path | None = None) -> None:
        chown = f"chown -R {uid}:{uid} {quote(str(data))}"
        given, them = "gives it", "in it"
        if closed:
            chown += f" && chown {uid} {quote(str(closed))}"
            given, them = "gives both", "with them"
        super().__init__(
            f"{data} belongs to root, as whom no container of the stack runs"
            f"{f', and {closed} is for other eyes than theirs' if closed else ''}",
            hint=f"`{chown}` {given} to the images' own user; root may still work {them}.",
        )


class OddPath(DeployError):
    def __init__(self, path: str, odd: str) -> None:
        super().__init__(
            f"compose cannot be told of {path!r}: {odd!r} means something else to it",
            hint="Rename that folder or file, or set another data_dir. Letters, figures, blanks "
            "within and most other signs are fine; # $ : \" ' ` \\ and blanks at an end are not.",
        )


class NotPulled(DeployError):
    def __init__(self, name: str, command: str) -> None:
        super().__init__(
            f"the image {name} is not built here, as only names under localhost/ are",
            hint=f"`{command}` gets it; then start without --build, or upgrade with --no-build.",
        )


class UnreadableSettings(DeployError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}",
            hint="Who started the stack may read it: give the command as that user.",
        )


class BadLine(DeployError):
    def __init__(self, path: Path, number: int) -> None:
        super().__init__(
            f"{path}, line {number}: no NAME=value",
            hint="Correct it; # begins a comment. The line is not shown, as it may hold a secret.",
        )


class BadEnvValue(DeployError):
    def __init__(self, path: Path, name: str, value: str, meant: str, default: str) -> None:
        super().__init__(
            f"{path}: {name}={value} is not {meant}",
            hint=f"Nothing was changed. Correct the line; at first it says {name}={default}.",
        )


class PortTaken(DeployError):
    def __init__(self, port: str, service: str, name: str, path: Path) -> None:
        super().__init__(
            f"another program listens at 127.0.0.1:{port}, where {service} is to: "
            f"{path}, {name}={port}",
            hint=f"Nothing was started. Write a port that is free into {path}, {name}=NUMBER, or "
            "end that program: perhaps `./finops demo`, `serve`, or the stack of another folder.",
        )


class BadNote(DeployError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is damaged, which tells whether an upgrade or a restore was cut off",
            hint="Save what is here with `./finops deploy backup FILE` and delete it. Then give "
            "the command that was cut off again, a restore with --replace; where none was, "
            "`./finops deploy up`.",
        )


class NoPostgres(DeployError):
    def __init__(self) -> None:
        super().__init__(
            "Postgres, which holds what Metabase knows, does not run",
            hint="`./finops deploy up` starts it, systemctl where units run it; "
            "--without-metabase leaves it out.",
        )
