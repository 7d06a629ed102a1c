"""An upgrade that goes back starts the former images under the compose file and .env of then.

The engine only remembers; tests/containers/test_stack.py goes back with real containers.
"""

from __future__ import annotations

import json

import pytest

from tests.fixtures.engine import Engine, Stacked, engine, site
from tests.fixtures.finops import ROOT

__all__ = ["engine", "site"]


@pytest.mark.parametrize("started_by", ["deploy up", "hand"])
def test_going_back_takes_the_compose_file_and_env_that_ran_before(
    started_by: str, site: Stacked, engine: Engine
) -> None:
    up, env = site.home / ".up", site.home / ".env"
    modes = {path.name: path.stat().st_mode & 0o777 for path in (up, *up.iterdir())}
    assert modes == {
        ".up": 0o700,
        ".env": 0o600,
        "docker-compose.yml": 0o600,
        "started.json": 0o600,
    }
    ran = env.read_text()
    started = json.loads((up / "started.json").read_text()) | {"commit": "c0ffee"}
    if started_by == "hand":
        started["containers"] = ["others"]
    (up / "started.json").write_text(json.dumps(started))
    env.write_text(ran.replace("FINOPS_IMAGE=localhost/open-finops:", "FINOPS_IMAGE=localhost/b:"))
    engine.remember(breaks=True)

    done = site.deploy("upgrade", "--wait", "0")

    own = ROOT / "docker-compose.yml"
    *_, last = (call for call in engine.calls() if " up " in call)
    taken = {"hand": (own, env), "deploy up": (up / own.name, up / ".env")}[started_by]
    assert "--file {} --env-file {}".format(*taken) in last
    assert ("git checkout c0ffee" in done.hint) == (started_by == "deploy up")
    assert "`./finops deploy up` takes its docker-compose.yml" in done.hint
    started = json.loads((up / "started.json").read_text())
    assert started["containers"] == sorted(engine.state["containers"])
    assert ((up / ".env").read_text() == ran) == (started_by == "deploy up")
