"""Postgres' volume: its name, and whose it is."""

from __future__ import annotations

from pathlib import Path

from core.errors import NoCompose, NoProgram, OldCompose, OthersVolume
from deploy.own import POSTGRES
from deploy.place import Place
from deploy.tools import Tools, find_tools
from deploy.units import find_units


def find_volume(place: Place, tools: Tools) -> str | None:
    """Return the name of the volume that compose uses for a place; None where there is none yet."""
    name = f"{place.settings()['COMPOSE_PROJECT_NAME']}_{POSTGRES}"
    found = tools.run("volume", "inspect", name, check=False).returncode == 0
    return name if found else None


def volume_left_out(place: Place) -> str | None:
    """Return the name of a volume that is there although .env leaves Metabase out, or is gone.

    None where there is no such volume; where nothing drives containers, nothing tells.
    """
    is_prepared = place.env_file.exists() or place.secrets.exists()
    if find_units(place.folder) or not is_prepared or place.has_postgres:
        return None
    try:
        return find_volume(place, find_tools())
    except (NoCompose, NoProgram, OldCompose):
        return None


def check_volume(place: Place, tools: Tools) -> None:
    """Refuse a volume to which a copied .env leads, or that of a backup.

    Whose it is stands in .env itself, where each `prepare` writes it: a label of the volume could
    not follow a folder that is moved.

    Raises:
        OthersVolume: If it is of the folder that .env is from.
    """
    owner = place.settings().get("FINOPS_FOLDER")
    if not owner or Path(owner).resolve() == place.folder.resolve():
        return
    if name := find_volume(place, tools):
        raise OthersVolume(name, owner, place.env_file)
