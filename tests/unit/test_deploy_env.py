"""What `deploy up` leaves as it stands in a .env that is there."""

from __future__ import annotations

from pathlib import Path

from core.config import Config
from deploy.place import HEAD, Place, prepare
from tests.fixtures.place import config, place

__all__ = ["config", "place"]


def test_comments_and_the_order_of_lines_stay_and_what_is_new_is_added(
    place: Place, config: Config
) -> None:
    ours = "# of the team\n\nFINOPS_METABASE_PORT=3001\n  # why\nCOMPOSE_PROFILES=metabase\n"
    place.env_file.write_text(f"{ours}MINE=1\n# the end")
    prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": ""})
    ours = ours.replace("=metabase", "=")
    text = place.env_file.read_text()
    assert text.startswith(f"{ours}MINE=1\n# the end\n{HEAD}COMPOSE_PROJECT_NAME=")

    older = HEAD.replace("change;", "change (comments are not kept);")
    less = text.replace(HEAD, f"{older}# also ours\n").replace("FINOPS_FOLLOW=false\n", "")
    less = less.replace("FINOPS_METABASE_MEMORY=4g\n", "") + "# and\nTHEIRS=2\n"
    place.env_file.write_text(less.replace(f"FINOPS_DATA={config.data_dir}", "FINOPS_DATA=/old"))
    prepare(place, config, rootless=True)

    wanted = text.replace(HEAD, f"{HEAD}# also ours\n").removesuffix("FINOPS_FOLLOW=false\n")
    assert place.env_file.read_text() == f"{wanted}# and\nTHEIRS=2\nFINOPS_FOLLOW=false\n"


def test_a_line_of_one_s_own_stays_as_it_stands_also_where_env_is_a_link(
    place: Place, config: Config, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.env"
    theirs.write_text("\nMINE=\"a # b\"\nFINOPS_IMAGE='localhost/mine:1'\n")
    place.env_file.symlink_to(theirs.name)
    for _ in range(2):
        prepare(place, config, rootless=True)
        assert '\nMINE="a # b"\n' in theirs.read_text()
        assert place.settings()["FINOPS_IMAGE"] == "localhost/mine:1"
    assert place.env_file.is_symlink()
