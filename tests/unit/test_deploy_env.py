"""What `deploy up` leaves as it stands in a .env that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import Config
from core.errors import BadEnvValue
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


def test_a_line_changes_only_where_it_counts_and_says_another_thing(
    place: Place, config: Config
) -> None:
    stays = "FINOPS_IMAGE=first\n FINOPS_METABASE_PORT = '3001'\nCOMPOSE_PROFILES=postgres\n"
    place.env_file.write_text(f"{stays}FINOPS_IMAGE=localhost/mine:1\nCOMPOSE_PROFILES=metabase\n")
    prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": ""})
    wanted = f"{stays}FINOPS_IMAGE=localhost/mine:1\nCOMPOSE_PROFILES=\n{HEAD}"
    assert place.env_file.read_text().startswith(wanted)


def test_all_lines_of_a_file_end_alike(place: Place, config: Config) -> None:
    place.env_file.write_bytes(b"# ours\r\nCOMPOSE_PROFILES=metabase\r\nMINE=1")
    for profile in ("", "metabase"):
        prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": profile})
        written = place.env_file.read_bytes()
        assert written.startswith(f"# ours\r\nCOMPOSE_PROFILES={profile}\r\nMINE=1\r\n".encode())
        assert written.count(b"\r\n") == written.count(b"\n")
        assert written.count(HEAD.replace("\n", "\r\n").encode()) == 1
    assert place.settings()["FINOPS_METABASE_PORT"] == "3000"


def test_a_name_that_nothing_reads_is_said_with_the_one_that_was_meant(
    place: Place, config: Config
) -> None:
    ours = (
        "FINOPS_DASHBOARD_PORT=18480\nCOMPOSE_PROFILE=\nFINOPS_XYZ=1\nCOMPOSE_FILE=a.yml\nMINE=1\n"
    )
    place.env_file.write_text(ours)
    for _ in range(2):
        said = prepare(place, config, rootless=True)
        assert [text.removeprefix(f"{place.env_file}: nothing reads ") for text in said] == [
            "COMPOSE_PROFILE; did you mean COMPOSE_PROFILES?",
            "FINOPS_DASHBOARD_PORT; did you mean FINOPS_DASHBOARDS_PORT?",
            "FINOPS_XYZ",
        ]
    assert place.env_file.read_text().startswith(ours)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("FINOPS_METABASE_PORT=8080", "FINOPS_METABASE_PORT=8080"),
        ("FINOPS_DASHBOARDS_PORT=3000", "FINOPS_DASHBOARDS_PORT=3000"),
    ],
)
def test_one_port_for_two_services_is_refused_where_both_run(
    line: str, wrong: str, place: Place, config: Config
) -> None:
    place.env_file.write_text(f"COMPOSE_PROFILES=\n{line}\n")
    with pytest.raises(BadEnvValue, match=f"{wrong} is not free, as it is FINOPS_"):
        prepare(place, config, rootless=True, own={"COMPOSE_PROFILES": "metabase"})
    assert not place.secrets.exists()
    prepare(place, config, rootless=True)
    place.env_file.write_text(f"{line}\n")
    with pytest.raises(BadEnvValue):
        place.services()
