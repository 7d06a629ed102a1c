"""What comes after a healthy start: Metabase is filled, and where everything is told."""

from __future__ import annotations

from core.config import Config
from core.errors import ComposeFailed, NoDatabase
from deploy.inside import SCHEDULER, finops, line
from deploy.own import METABASE
from deploy.stack import Say, Stack
from deploy.tools import STDERR


def fill(stack: Stack, config: Config, seconds: int, say: Say) -> None:
    """Give Metabase of a healthy stack its administrator, and dashboards once there are data.

    Until it has an administrator, whoever reaches it can become it: it gets one before any import.

    Args:
        stack: What runs.
        config: Names the data.
        seconds: What Metabase gets for it.
        say: Told where dashboards have to wait for data.

    Raises:
        ComposeFailed: If Metabase is not filled.
    """
    if METABASE not in stack.place.services():
        return
    command = ("metabase", "provision", "--wait", str(seconds))
    if config.database_path.exists():
        if code := finops(stack, *command, stdout=STDERR):
            raise ComposeFailed(command, code)
        return
    try:
        stack.execute(SCHEDULER, *line(stack, *command))
    except ComposeFailed as error:
        if error.code != NoDatabase.exit_code:
            raise
        say(
            "Metabase has its administrator, and gets its dashboards at the first "
            "`./finops deploy up` (or `metabase provision`) after an import"
        )


def addresses(stack: Stack) -> list[str]:
    """Return a line for each page: its address, and which file lets one in."""
    place, settings = stack.place, stack.place.settings()
    dashboards = (
        f"dashboards: http://127.0.0.1:{settings['FINOPS_DASHBOARDS_PORT']}/?token=...  "
        f"(the token is in {place.secrets / 'dashboards.env'})"
    )
    if METABASE not in place.services():
        left_out = "metabase:   left out, as COMPOSE_PROFILES in .env does not name it"
        return [dashboards, left_out]
    metabase = (
        f"metabase:   http://127.0.0.1:{settings['FINOPS_METABASE_PORT']}/  "
        f"(who signs in is in {place.secrets / 'scheduler.env'})"
    )
    return [dashboards, metabase]
