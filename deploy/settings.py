"""Settings of a backup: what holds once they are back, and putting them back."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import ROOT, Config, load_config
from core.errors import BadConfigInBackup, ConfigError
from deploy.archive import member
from deploy.backup import SETTINGS
from deploy.files import make_folder, write_secret
from deploy.own import checked
from deploy.pairs import read_pairs, read_text
from deploy.place import Place
from deploy.stack import Say

CONFIG = "config.toml"


@dataclass(frozen=True)
class Then(Place):
    """A place as it is once the settings of a backup are back: what is here already stays."""

    saved: Path
    """Folder of the backup's settings."""

    def settings(self) -> dict[str, str]:
        """Return what .env says then; the defaults where it does not."""
        here = self.env_file if self.env_file.exists() else self.saved / self.env_file.name
        return checked(self.defaults(), here)

    def secret(self, file: str, name: str) -> str | None:
        """Return one line of a file of secrets/ as it is then."""
        here = self.secrets if (self.secrets / file).exists() else self.saved / self.secrets.name
        return read_pairs(here / file).get(name)


def config_then(config: Config, place: Place, source: Path) -> Config:
    """Return the configuration that later commands find, once the settings are back.

    Raises:
        BadConfigInBackup: If this version cannot use the backup's config.toml.
    """
    target = place.folder.resolve() / CONFIG
    if config.path or target.parent not in (Path.cwd(), ROOT):
        return config
    content = member(source, f"{SETTINGS}/{CONFIG}")
    if content is None:
        return config
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CONFIG
        path.write_bytes(content)
        try:
            return replace(load_config(path), path=target)
        except ConfigError as error:
            raise BadConfigInBackup(source, str(error).replace(str(path), CONFIG)) from error


def put_settings(place: Place, saved: Path, config: Config, say: Say) -> None:
    """Put back .env, config.toml and secrets where there are none of them."""
    data = config.database_path.parent
    for path in sorted(path for path in saved.rglob("*") if path.is_file()):
        target = place.folder / path.relative_to(saved)
        used = config.path if target.name == CONFIG and config.path else target
        if used.exists():
            say(f"{used} stays as it is")
            continue
        make_folder(target.parent, like=data, mode=0o700)
        write_secret(target, read_text(path), data)
