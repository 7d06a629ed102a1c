"""A finops command in the scheduler's container; the engine only remembers.

tests/containers/test_stack_docs.py imports and asks the doctor so with real containers.
"""

from __future__ import annotations

import re

import pytest

from deploy.stack import FINOPS, WITH_SECRETS
from tests.fixtures.engine import Engine, Stacked, engine, site
from tests.fixtures.finops import Finops

__all__ = ["engine", "site"]


@pytest.mark.parametrize("ends", [0, 6])
def test_a_command_gets_its_options_and_the_secrets_and_its_exit_code_is_ours(
    ends: int, site: Stacked, engine: Engine
) -> None:
    engine.remember(ends=ends)
    scheduler = engine.running()["scheduler"]

    done = site.deploy("exec", "run", "--json", "--no-transform")

    assert done.code == ends
    inside = " ".join((*WITH_SECRETS, *FINOPS, "run", "--json", "--no-transform"))
    call = engine.calls()[-1]
    assert re.sub("=[0-9a-f]{16} ", "=... ", call) == (
        f"podman exec --interactive --env FINOPS_COMMAND=... {scheduler} {inside}"
    )


def test_without_bills_metabase_gets_its_administrator(site: Stacked, engine: Engine) -> None:
    site.database.unlink()
    engine.remember(ends=9)
    done = site.deploy("up", "--wait", "0")
    assert done.code == 0, done.err
    inside = " ".join((*WITH_SECRETS, *FINOPS, "metabase", "provision", "--wait", "0"))
    assert engine.calls()[-1] == f"podman exec {engine.running()['scheduler']} {inside}"
    assert done.err.endswith(
        "Metabase has its administrator, and gets its dashboards at the first "
        "`./finops deploy up` (or `metabase provision`) after an import\n"
    )

    engine.remember(ends=11)
    done = site.deploy("up", "--wait", "0")
    assert done.code == 12
    assert done.error.endswith("ended with exit code 11")
    assert "has its administrator" not in done.err


def test_where_nothing_runs_there_is_one_clear_error(site: Stacked) -> None:
    assert site.deploy("down").code == 0
    done = site.deploy("exec", "run")
    assert (done.code, done.error) == (12, "scheduler does not run")
    told = site.deploy("status")
    assert (told.code, told.error) == (12, "dashboards, scheduler, postgres, metabase do not run")
    assert "./finops deploy up" in done.hint and "./finops deploy up" in told.hint


def test_services_that_never_started_are_told_from_those_that_are_not_healthy(
    site: Stacked, engine: Engine
) -> None:
    containers = engine.state["containers"]
    del containers[engine.running()["dashboards"]]
    engine.remember(containers=containers)
    done = site.deploy("status")
    assert (done.code, done.error) == (12, "dashboards does not run")
    containers[engine.running()["scheduler"]]["state"] = "created"  # its port was taken, for one
    engine.remember(containers=containers)
    assert site.deploy("status").error == "dashboards, scheduler do not run"
    containers[engine.running()["metabase"]]["state"] = "exited"
    engine.remember(containers=containers)
    done = site.deploy("status")
    assert done.error == "metabase, dashboards, scheduler are not healthy"
    assert done.hint == "`./finops deploy logs metabase` shows what it says."


@pytest.mark.parametrize("command", ["down", "upgrade"])
def test_in_a_folder_without_a_stack_there_is_one_clear_error_and_nothing_is_written(
    command: str, finops: Finops, engine: Engine
) -> None:
    finops.environment |= engine.environment
    done = finops("deploy", "--folder", str(finops.home), command)
    assert done.code == 12
    assert done.error == (
        f"no stack was prepared in {finops.home}: its .env does not say where secrets/ is"
    )
    assert done.hint.startswith("`./finops deploy prepare` writes it")
    assert engine.calls() == []
    assert [name for name in (".env", "secrets") if (finops.home / name).exists()] == []
