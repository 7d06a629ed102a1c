"""The running stack: started, looked at, stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from core.errors import AnotherFolder, BySystemd, NotHealthy, NotPinned, NotPrepared, NotRunning
from deploy.own import BUILT, METABASE, PINS, POSTGRES, SERVICES, services_of
from deploy.place import Place
from deploy.tools import DOCKER, PODMAN, Tools, find_tools, show
from deploy.units import FOLDER, SERVICE, find_units, systemctl
from deploy.volumes import check_volume

PROJECT = "com.docker.compose.project"
WORKING_DIR = "com.docker.compose.project.working_dir"
VERSION = "org.opencontainers.image.version"
FINOPS = ("/opt/finops/.venv/bin/python", "/opt/finops/finops", "-c", "/etc/finops/config.toml")
WITH_SECRETS = ("/bin/sh", "/opt/finops/docker/with_secrets.sh", "/run/secrets/finops")
"""What `exec` begins with for a command that needs the service's secrets."""
GRACE = "60"
"""Seconds to stop; the most that docker-compose.yml gives a service."""
PAUSE = 1.0
TRIES = 10

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Container:
    """One service's container as the engine sees it."""

    service: str
    id: str
    image: str
    """Id of the image that it was made from."""
    version: str
    """Of what is in the image, as its label says."""
    state: str
    health: str
    restarts: int
    ports: tuple[str, ...]
    """Address and port on this machine, as 127.0.0.1:8080."""

    @property
    def is_healthy(self) -> bool:
        """Whether it runs, and answered when it was last asked."""
        return self.state == "running" and self.health == "healthy"


@dataclass(frozen=True)
class Stack:
    """The containers of one place, and the tools that drive them."""

    place: Place
    tools: Tools
    units: Mapping[str, str] = field(default_factory=dict)
    """Services that systemd runs, and their units; empty where compose runs the stack."""

    @classmethod
    def at(cls, place: Place) -> Stack:
        """Return the stack of a place, driven by what this machine has.

        Raises:
            NoCompose: If it has nothing that does; OldCompose if that is too old.
            AnotherFolder: If containers of that name are of another place.
            OthersVolume: If the volume is.
        """
        units = find_units(place.folder)
        stack = cls(place, Tools(PODMAN, ()) if units else find_tools(), units)
        stack.check_folder()
        if not units:
            check_volume(place, stack.tools)
        return stack

    @classmethod
    def with_postgres(cls, place: Place) -> Stack | None:
        """Return the stack of a place where a Postgres of Metabase is part of it."""
        if not (find_units(place.folder) or place.has_postgres):
            return None
        stack = cls.at(place)
        return stack if stack.has_postgres else None

    @property
    def has_postgres(self) -> bool:
        """Whether a Postgres of Metabase is part of the stack."""
        return POSTGRES in self.units if self.units else self.place.has_postgres

    @property
    def rootless(self) -> bool:
        """Whether podman maps this user to the one inside."""
        return self.tools.engine == PODMAN and os.geteuid() != 0

    def services(self) -> list[str]:
        """Return the services that run here, in the order of docker-compose.yml."""
        return list(self.units) or self.place.services()

    def check_folder(self) -> None:
        """Raise AnotherFolder where another place's containers would be taken for this one's.

        Those of an earlier version tell the folder of their docker-compose.yml alone.
        """
        for about in self.tools.inspect(*self.listed()):
            labels = about["Config"]["Labels"]
            owner, mine = labels.get(FOLDER), self.place.folder
            if not owner:
                owner, mine = labels.get(WORKING_DIR), self.place.compose_file.parent
            if owner and Path(owner).resolve() != mine.resolve():
                raise AnotherFolder(labels[PROJECT], owner, self.place.env_file)

    def check_compose(self, verb: str, *services: str) -> None:
        """Raise BySystemd with the command to give where systemd runs the stack."""
        if self.units:
            units = [self.units[name] for name in services or self.units]
            raise BySystemd(self.place.folder, systemctl(verb, units))

    def check_prepared(self) -> None:
        """Raise NotPrepared where .env lacks what docker-compose.yml cannot be read without."""
        if not self.place.settings().get("FINOPS_SECRETS"):
            raise NotPrepared(self.place.env_file)

    def check_loadable(self) -> None:
        """Raise BySystemd where Metabase's data cannot be put back, as systemd starts and stops it.

        Postgres has to run, and Metabase must not; with compose, both are seen to.
        """
        if METABASE in self.units and self.of(METABASE) is not None:
            self.check_compose("stop", METABASE)
        if POSTGRES in self.units and self.of(POSTGRES) is None:
            self.check_compose("start", POSTGRES)

    def compose(self, *arguments: str) -> list[str]:
        """Return the command line of compose; no command of its own may reach systemd's stack."""
        self.check_compose("restart")
        self.check_prepared()
        files = ["--file", str(self.place.compose_file), "--env-file", str(self.place.env_file)]
        return [*self.tools.compose, *files, *arguments]

    def containers(self, *, look: Collection[str] = ()) -> list[Container]:
        """Return the containers of this place, in the order of its services.

        Args:
            look: Services to ask for their health, which takes a second for each.
        """
        found = [self.container(about, look) for about in self.tools.inspect(*self.listed())]
        order = self.services()
        known = [one for one in found if one.service in order]
        return sorted(known, key=lambda one: order.index(one.service))

    def container(self, about: dict[str, Any], look: Collection[str]) -> Container:
        """Return a container of what the engine's `inspect` tells."""
        service = about["Config"]["Labels"][SERVICE]
        state = about["State"]
        ports = about["NetworkSettings"].get("Ports") or {}
        running = state["Status"] == "running"
        return Container(
            service=service,
            id=about["Id"],
            image=about["Image"],
            version=about["Config"]["Labels"].get(VERSION, ""),
            state=state["Status"],
            health=self.health(about["Id"], state) if running and service in look else "",
            restarts=about.get("RestartCount", 0),
            ports=tuple(
                f"{b['HostIp']}:{b['HostPort']}" for one in ports.values() for b in one or ()
            ),
        )

    def health(self, container: str, state: dict[str, Any]) -> str:
        """Return healthy, or another word; podman is asked to look now, as it may have no timer."""
        if self.tools.engine == DOCKER:
            return str((state.get("Health") or {}).get("Status", ""))
        looked = self.tools.run("healthcheck", "run", container, check=False)
        return "healthy" if looked.returncode == 0 else "unhealthy"

    def of(self, service: str) -> Container | None:
        """Return a service's container where it runs."""
        running = (one for one in self.containers() if one.state == "running")
        return next((one for one in running if one.service == service), None)

    def execute(
        self,
        service: str,
        *command: str,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> str:
        """Run a command in a service's container and return what it wrote.

        Raises:
            NotRunning: If the service does not run.
            ComposeFailed: If the command fails.
        """
        found = self.of(service)
        if found is None:
            raise NotRunning([service])
        keep = ("--interactive",) if stdin else ()
        return self.tools.run("exec", *keep, found.id, *command, stdin=stdin, stdout=stdout).stdout

    def build(self, held: int, *, only_missing: bool, say: Say) -> list[str]:
        """Build the images that are made here; return their services.

        A build may outlive this process; it keeps the lock `held` of the place until it ends.

        Raises NotPulled or NotPinned as `to_build` does, and ComposeFailed if a build fails.
        """
        wanted = self.to_build(self.place.settings(), only_missing=only_missing)
        for service, name in wanted.items():
            say(f"building {name}")
            show(self.compose("build", service), keep=(held,))
        return list(wanted)

    def to_build(self, settings: Mapping[str, str], *, only_missing: bool) -> dict[str, str]:
        """Return the services whose images settings of .env let build, and the images' names.

        Raises:
            NotPulled: If they name an image of a registry that is not here, or is to be built.
            NotPinned: If they do not say which Metabase.
        """
        wanted = {}
        for service in services_of(settings):
            name = settings.get(BUILT.get(service, ""))
            if name and not (only_missing and self.tools.has_image(name)):
                self.tools.check_built_here(name)
                if missing := [pin for pin in PINS if service == METABASE and not settings[pin]]:
                    raise NotPinned(self.place.env_file, missing)
                wanted[service] = name
        return wanted

    def remove(self, *services: str) -> None:
        """Stop services and remove their containers; their volumes stay.

        Raises:
            ComposeFailed: If one stays.
        """
        for service in reversed(services):
            for found in self.listed(service):
                self.tools.run("stop", "-t", GRACE, found, check=False)
                # One that is just being started again cannot be removed at that moment.
                for _ in range(TRIES):
                    if self.tools.run("rm", "--force", found, check=False).returncode == 0:
                        break
                    time.sleep(PAUSE)
                else:
                    self.tools.run("rm", "--force", found)

    def remove_left_out(self) -> None:
        """Remove the services that .env leaves out; their volumes stay."""
        here = self.place.services()
        self.remove(*(name for name in SERVICES if name not in here))

    def listed(self, *services: str) -> list[str]:
        """Return the ids of this place's containers, of some services or of all."""
        stack = f"{PROJECT}={self.place.settings()['COMPOSE_PROJECT_NAME']}"
        if self.units:
            stack = f"{FOLDER}={self.place.folder.resolve()}"
        labels = [stack, *(f"{SERVICE}={service}" for service in services)]
        filters = [word for label in labels for word in ("--filter", f"label={label}")]
        return self.tools.run("ps", "--all", "--quiet", *filters).stdout.split()

    def pull(self, *services: str) -> None:
        """Get the image of Postgres, which is not built here, where it is wanted and missing.

        Raises:
            ComposeFailed: If it cannot be had.
        """
        name = self.place.settings()["FINOPS_POSTGRES_IMAGE"]
        if POSTGRES in (services or self.place.services()) and not self.tools.has_image(name):
            show((self.tools.engine, "pull", name))

    def start(self, *services: str, anew: bool = False) -> None:
        """Start services, all when none is named; `anew` makes their containers again.

        Raises:
            ComposeFailed: If one is not started; where its image cannot be had, none was stopped.
        """
        self.pull(*services)
        if anew:
            self.remove(*(services or self.place.services()))
        show(self.compose("up", "--detach", "--no-build", *services))

    def wait(self, seconds: int, services: Sequence[str] = ()) -> None:
        """Wait until services, all when none is named, are healthy.

        Raises:
            NotHealthy: If some are not after so many seconds.
        """
        end = time.monotonic() + seconds
        wanted = set(services or self.services())
        while True:
            wanted -= {one.service for one in self.containers(look=wanted) if one.is_healthy}
            if not wanted:
                return
            if time.monotonic() > end:
                raise NotHealthy(sorted(wanted), seconds)
            time.sleep(PAUSE)
