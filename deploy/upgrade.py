"""A new version of the stack, and back to the former one where it does not become healthy."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.config import Config
from core.errors import ComposeFailed, NotHealthy, UpgradeFailed
from deploy.archive import read
from deploy.backup import DUMP, backup
from deploy.postgres import load
from deploy.stack import BUILT, Say, Stack

ROLLBACK = "rollback"
"""Tag of the images that ran before."""
BACK = 120
"""Seconds at least that the former version gets to become healthy again."""


def upgrade(
    stack: Stack, config: Config, target: Path | None, *, build: bool, wait: int, say: Say
) -> None:
    """Back up, build, start anew; go back where a service is not healthy in time.

    Args:
        stack: What runs.
        config: Names the data.
        target: The backup to make; one in backups/ beside .env when not given.
        build: Whether images are built from this checkout; otherwise they are there already.
        wait: Seconds for all services to become healthy.
        say: Told each step.

    Raises:
        NotHealthy: If the stack does not run.
        UpgradeFailed: If the former version had to be started again.
    """
    before = {one.service: one.image for one in stack.containers() if one.state == "running"}
    if missing := [name for name in stack.place.services() if name not in before]:
        raise NotHealthy(missing, 0)
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    target = target or stack.place.folder / "backups" / f"before-upgrade-{now}.tar.zst"
    if config.database_path.exists():
        backup(config, stack.place, target, secrets=False, metabase=True, say=say)
    else:
        say("nothing is imported yet, so no backup is made")
    images = {name: before[name] for name in BUILT if name in before}
    for name, image in images.items():
        stack.tools.run("tag", image, kept(stack, name))
    try:
        if build:
            stack.build(only_missing=False, say=say)
        stack.start(anew=True)
        stack.wait(wait)
    except (ComposeFailed, NotHealthy) as error:
        say(f"going back: {error}")
        go_back(stack, list(images), target, wait)
        raise UpgradeFailed(str(error), target) from error
    stack.ready(config, wait, say)


def go_back(stack: Stack, services: list[str], target: Path, wait: int) -> None:
    """Start the former images; Metabase's data goes back too, as a newer one has changed it."""
    settings = stack.place.settings()
    for name in services:
        stack.tools.run("tag", kept(stack, name), settings[BUILT[name]])
    if stack.place.has_postgres and target.exists():
        with tempfile.TemporaryDirectory(prefix=".upgrade-", dir=target.parent) as scratch:
            read(target, into=Path(scratch))
            load(stack, Path(scratch) / DUMP, max(wait, BACK))
    stack.start(anew=True)
    stack.wait(max(wait, BACK))


def kept(stack: Stack, service: str) -> str:
    """Return the name under which the former image of a service is kept."""
    name = stack.place.settings()[BUILT[service]]
    head, _, last = name.rpartition("/")
    return f"{head}/{last.partition(':')[0]}:{ROLLBACK}"
