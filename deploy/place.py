"""What a stack keeps on this machine beside its data: .env and the folder secrets/.

`.env` is what compose reads: what its owner may change stays as it is, what is found on this
machine is written anew by each `deploy up`. secrets/ holds what only its owner may read; no secret
in it is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config import ROOT, Config
from core.errors import DataOfRoot, UnreadableForContainers, disk_errors
from core.warehouse import Warehouse
from deploy.files import make_folder, owned, replace_file, write_secret
from deploy.own import (
    BUILT,
    METABASE,
    OWN,
    POSTGRES,
    PROJECT,
    check_ports,
    checked,
    services_of,
    unread,
)  # fmt: skip
from deploy.pairs import check_plain, lines, read_lines, read_pairs, read_text

COMPOSE_FILE = ROOT / "docker-compose.yml"
USER = 10001
"""The images' own user."""
HEAD = """\
# The stack on this machine, read by podman-compose and docker compose. No secrets.
# Yours to change; COMPOSE_PROFILES= leaves Metabase out:
"""
FORMER_HEAD = HEAD.replace("change;", "change (comments are not kept);")
"""As earlier versions wrote it."""
MIDDLE = "# Found on this machine, written anew by each `./finops deploy up`:\n"
FOLDERS = {"FINOPS_AWS": ".aws", "FINOPS_AZURE": ".azure", "FINOPS_GCLOUD": ".config/gcloud"}
"""Where the clouds' own tools keep credentials, below the home folder."""
FOLLOW = "FINOPS_FOLLOW"
EMAIL = "finops@example.com"


@dataclass(frozen=True)
class Place:
    """The folder of one stack."""

    folder: Path

    @property
    def env_file(self) -> Path:
        return self.folder / ".env"

    @property
    def compose_file(self) -> Path:
        return COMPOSE_FILE

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def suffix(self) -> str:
        """Six figures of the folder's path: what is called so is of this folder alone."""
        return hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:6]

    def defaults(self) -> dict[str, str]:
        """Return what .env says at first; no two folders have one project, or one image."""
        images = {name: OWN[name].replace(":latest", f":{self.suffix}") for name in BUILT.values()}
        return {**OWN, **images, "COMPOSE_PROJECT_NAME": f"{PROJECT}-{self.suffix}"}

    def settings(self) -> dict[str, str]:
        """Return what .env says; the defaults where it does not.

        Raises:
            BadLine, BadEnvValue, UnreadableSettings: If .env is not to be used as it stands.
        """
        return checked(self.defaults(), self.env_file)

    def services(self) -> list[str]:
        """Return the services that run here, in the order of docker-compose.yml."""
        return services_of(self.settings())

    @property
    def has_postgres(self) -> bool:
        """Whether a Postgres of Metabase belongs to the stack; no stack, no Postgres."""
        return self.env_file.exists() and POSTGRES in self.services()

    def secret(self, file: str, name: str) -> str | None:
        """Return one line's value of a file of secrets; None where it has none."""
        return read_pairs(self.secrets / file).get(name)


def prepare(
    place: Place, config: Config, *, rootless: bool, own: Mapping[str, str] | None = None
) -> list[str]:
    """Make what the containers need: folders, secrets, .env.

    Args:
        place: Where.
        config: Names the data and config.toml.
        rootless: Whether the engine is a podman without root's rights, which maps this user.
        own: Settings of .env to change.

    Returns:
        What was mended, and names in .env that nothing reads, a sentence each.

    Raises:
        DataOfRoot, UnreadableForContainers: As `user_of` does.
        OddPath: If compose would read another path than the one that .env names.
        BadLine, UnreadableSettings: If .env or a file of secrets is not read as NAME=value lines.
        BadEnvValue: If .env has a port, a name or an amount that is none, or one port twice.
        DiskError: If a folder or a file cannot be made.
    """
    check_ports({**place.settings(), **(own or {})}, place.defaults(), place.env_file)
    data = config.database_path.parent
    folders = credentials(Path.home(), place.secrets / "none")
    check_plain(place.folder.resolve(), config.database_path, config.base, config.path or data,
                *folders.values())  # fmt: skip
    with disk_errors(data):
        make_data(data)
        given = Warehouse(config.database_path).give_to_owner()
        user = user_of(config, rootless=rootless)
        make_folder(data / "serving", like=data)
    for folder in (place.secrets, place.secrets / "none", place.folder / "exports"):
        with disk_errors(folder):
            make_folder(folder, like=data, mode=0o755 if folder.name == "exports" else 0o700)
    former = list(read_lines(place.env_file))
    with disk_errors(place.secrets):
        told = f"given to the owner of {data}, as root's: {', '.join(given)}"
        mended = [*([told] if given else []), *close_secrets(place, data)]
        make_secrets(place, data)
    exports = config.base / "exports" if config.path else place.folder / "exports"
    none = place.secrets / "none.toml"
    found = {
        "FINOPS_USER": f"{user[0]}:{user[1]}",
        "FINOPS_USERNS": f"keep-id:uid={USER},gid={USER}" if rootless else "host",
        "FINOPS_FOLDER": str(place.folder.resolve()),
        "FINOPS_DATA": str(data),
        "FINOPS_DATABASE": config.database_path.name,
        "FINOPS_CONFIG": str(config.path or none),
        "FINOPS_SECRETS": str(place.secrets),
        "FINOPS_EXPORTS": str(exports),
        **{name: str(path) for name, path in folders.items()},
        "FINOPS_STATE": state_of(config.path or none, *sorted(place.secrets.glob("*.env"))),
        "FINOPS_METABASE_STATE": state_of(none, place.secrets / "metabase.env"),
    }
    with disk_errors(place.env_file):
        make_folder(exports, like=data, mode=0o755)
        write_env(place, former, own or {}, found)
    names = {name for name, *_ in former}
    return [*mended, *unread(names, (*found, FOLLOW), place.env_file)]


def write_env(
    place: Place,
    former: Sequence[tuple[str, str, str]],
    own: Mapping[str, str],
    found: Mapping[str, str],
) -> None:
    """Write .env, or what it is a link to: values change in their lines, what is new is added.

    Args:
        place: Where.
        former: Its lines as they were; what says already what it has to say stays as it stands.
        own: Settings to change.
        found: What was found on this machine.
    """
    kept = {name: value for name, value, _ in former if name in OWN}
    settings = {**place.defaults(), **kept, **own}
    follow = METABASE in settings["COMPOSE_PROFILES"].split(",")
    found = {**found, FOLLOW: "true" if follow else "false"}
    said, known = {**settings, **found}, {name for name, *_ in former}
    last = {name: number for number, (name, *_) in enumerate(former)}
    now = [
        text if last[name] != number or said.get(name, value) == value
        else lines([(name, said[name])]).rstrip("\n") + "\r" * text.endswith("\r")
        for number, (name, value, text) in enumerate(former)
    ]  # fmt: skip
    end = "\r\n" if now and now[0].endswith("\r") else "\n"
    head, former_head, mark = (text.replace("\n", end) for text in (HEAD, FORMER_HEAD, MIDDLE))
    if now and not now[-1].endswith("\r"):  # of a last line without an end
        now[-1] += end.removesuffix("\n")
    here = "".join(f"{text}\n" for text in now)
    ours, middle, rest = here.replace(former_head, head).partition(mark)
    if own_new := lines((name, value) for name, value in settings.items() if name not in known):
        ours += (head if head not in ours else "") + own_new.replace("\n", end)
    if found_new := lines((name, value) for name, value in found.items() if name not in known):
        middle = mark
    whole = ours + middle + rest + found_new.replace("\n", end)
    replace_file(place.env_file.resolve(), whole)


def make_data(data: Path) -> None:
    """Make the data folder; root gives a new or empty one to the images' own user."""
    if not data.exists():
        data.mkdir(parents=True, mode=0o750)
    if os.geteuid() == 0 and data.stat().st_uid == 0 and not any(data.iterdir()):
        os.chown(data, USER, USER)


def user_of(config: Config, *, rootless: bool) -> tuple[int, int]:
    """Return user and group inside the containers: to the machine, the owner of the data.

    Without root's rights podman shows this user as the images' own.

    Raises:
        DataOfRoot: If that is root, as whom no container runs, whoever may read config.toml.
        UnreadableForContainers: If config.toml is for other eyes.
    """
    if rootless:
        return USER, USER
    data, path = config.database_path.parent, config.path
    owner = data.stat()
    closed = path if path and path.exists() and not may_read(path, owner.st_uid or USER) else None
    if owner.st_uid == 0:
        raise DataOfRoot(data, USER, closed)
    if closed:
        raise UnreadableForContainers(closed, owner.st_uid)
    return owner.st_uid, owner.st_gid


def may_read(path: Path, uid: int) -> bool:
    """Whether a user other than root may read a file; groups are not looked at."""
    status = path.stat()
    return bool(status.st_mode & (0o404 if status.st_uid == uid else 0o004))


def credentials(home: Path, none: Path) -> dict[str, Path]:
    """Return the folders with credentials that this user has; an empty one stands for the rest."""
    return {
        name: home / folder if (home / folder).is_dir() else none
        for name, folder in FOLDERS.items()
    }


def state_of(config_file: Path, *secrets: Path) -> str:
    """Return what changes with config.toml or a secret, so that containers are made anew."""
    digest = hashlib.sha256(config_file.read_bytes())
    for path in filter(Path.exists, secrets):  # a link may lead nowhere
        digest.update(f"{path.name} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def close_secrets(place: Place, data: Path) -> list[str]:
    """Close secrets/ to all but its owner, whom root makes that of the data.

    What a link leads to stays as it is.

    Returns:
        A sentence that names what others could read; nothing where they could not.
    """
    wide = []
    for path in (place.secrets, *sorted(place.secrets.iterdir())):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            if mode & 0o077:
                path.chmod(mode & 0o700)
                wide.append(f"{path.name} ({mode:04o})")
            owned(path, data)
    return [f"closed to all but their owner: {', '.join(wide)}"] if wide else []


def make_secrets(place: Place, data: Path) -> None:
    """Make the secrets that are missing, for their owner's eyes; none is ever changed."""
    password = place.secrets / "postgres-password"
    if not password.exists():
        former = place.secret("metabase.env", "MB_DB_PASS")
        write_secret(password, former or secrets.token_urlsafe(32), data)
    setup = place.secret("metabase.env", "MB_SETUP_TOKEN") or str(uuid.uuid4())
    wanted = {
        "dashboards.env": {"OPEN_FINOPS_DASHBOARDS_TOKEN": secrets.token_urlsafe(32)},
        "metabase.env": {
            "MB_DB_PASS": read_text(password).strip(),
            "MB_SETUP_TOKEN": setup,
            "MB_ENCRYPTION_SECRET_KEY": secrets.token_urlsafe(32),
        },
        "scheduler.env": {
            "OPEN_FINOPS_METABASE_ADMIN_EMAIL": EMAIL,
            "OPEN_FINOPS_METABASE_ADMIN_PASSWORD": f"{secrets.token_urlsafe(24)}-aA1",
            "OPEN_FINOPS_METABASE_SETUP_TOKEN": setup,
        },
    }
    for name, pairs in wanted.items():
        path = place.secrets / name
        known = read_pairs(path)
        if missing := {key: value for key, value in pairs.items() if key not in known}:
            former = read_text(path)
            ended = "" if former.endswith("\n") or not former else "\n"
            write_secret(path, former + ended + lines(missing.items()), data)
    none = place.secrets / "none.toml"
    if not none.exists():
        write_secret(none, "", data)
