"""A new version of the stack, and back to the former one where it does not become healthy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.config import Config
from core.errors import (
    ComposeFailed,
    FinopsError,
    NoDatabase,
    NotBuilt,
    NotGoneBack,
    NotHealthy,
    NotPinned,
    NotPulled,
    NotRunning,
    UpgradeFailed,
)
from core.errors.upgrade import Kept
from core.scratch import scratch_in
from deploy.archive import read
from deploy.backup import DUMP, backup, check_target, summary
from deploy.former import before, commit, keep_files, started_from
from deploy.images import check_names, differ, kept, refuse, retag
from deploy.own import BUILT, SERVICES
from deploy.place import prepare
from deploy.ports import check_free
from deploy.postgres import awake, dump, load
from deploy.ready import fill
from deploy.stack import Say, Stack
from deploy.unfinished import Begun, forget, note, unfinished

BACK = 120
"""Seconds at least that the former version gets to become healthy again."""
SCRATCH = ".finops-upgrade-"


def upgrade(
    stack: Stack,
    config: Config,
    target: Path | None,
    held: int,
    *,
    build: bool,
    wait: int,
    say: Say,
) -> None:
    """Build, back up, start anew; go back where a service is not healthy in time.

    One that was cut off after it had begun to start anew goes on with the images and the backup of
    then; before that moment what runs is as it was, and all is done again.

    Args:
        stack: What runs.
        config: Names the data.
        target: The backup to make; one in backups/ beside .env when not given.
        held: The lock of the place.
        build: Whether images are built from this checkout; otherwise they are there already.
        wait: Seconds for all services to become healthy.
        say: Told each step.

    Raises:
        BySystemd: If systemd runs the stack.
        NotPrepared: If no `deploy up` or `prepare` was ever run here.
        DigestPinned: If a name in .env cannot be given to another image.
        PortTaken: If another program listens where a service is to.
        ComposeFailed: If the image of Postgres is not here and cannot be had.
        NotRunning: If a service does not run, and no upgrade was cut off.
        NotBuilt: If an image cannot be built; what runs was left as it is.
        UpgradeFailed: If the former version had to be started again.
        NotGoneBack: If that one did not become healthy, either.
    """
    stack.check_compose("restart")
    stack.check_prepared()
    check_names(stack)
    check_free(stack, stack.place.settings())
    for mended in prepare(stack.place, config, rootless=stack.rootless):
        say(mended)
    stack.pull()
    begun = cut_off(stack, say)
    going_on = begun is not None
    if begun is None:
        begun = begin(stack, config, target, held, build, say)
    if not build and not differ(stack, begun.images):
        say("no image is new: the names in .env mean those that ran before")
    try:
        if build and going_on:
            built(stack, held, say)
        stack.start(anew=True)
        stack.wait(wait)
    except (ComposeFailed, NotBuilt, NotHealthy) as error:
        say(f"going back: {error}")
        go_back(stack, begun, error, wait)
    forget(stack.place)
    keep_files(stack, commit())
    fill(stack, config, wait, say)


def cut_off(stack: Stack, say: Say) -> Begun | None:
    """Return the upgrade that was cut off; None where none was, or all is healthy again."""
    begun = unfinished(stack.place)
    if begun is None or not begun.replaces:
        names_again(stack, say)
        return None
    if begun.backup and not Path(begun.backup).exists():
        say(f"{begun.backup} is not there any more, so going back cannot restore Metabase's data")
        begun = replace(begun, backup=None)
    healthy = {one.service for one in stack.containers(look=stack.services()) if one.is_healthy}
    if missing := [name for name in stack.services() if name not in healthy]:
        kept = (
            f"the images and the backup ({begun.backup}) of then" if begun.backup else "its images"
        )
        say(f"the upgrade of {begun.at} was cut off, not healthy: {', '.join(missing)}; "
            f"it goes on, with {kept}")  # fmt: skip
        return begun
    say(f"the upgrade of {begun.at} was cut off, but all services are healthy")
    forget(stack.place)
    return None


def names_again(stack: Stack, say: Say) -> None:
    """Give the images of what runs their names again, which a build that was cut off may have."""
    begun = unfinished(stack.place)
    if begun and not begun.replaces:
        say(f"the upgrade of {begun.at} was cut off before it replaced anything; the images' names "
            "mean the former version again")  # fmt: skip
        retag(stack, begun.images)


def begin(
    stack: Stack, config: Config, target: Path | None, held: int, build: bool, say: Say
) -> Begun:
    """Do all that leaves what runs as it is: keep its images, build the new ones, back up."""
    running = {one.service: one.image for one in stack.containers() if one.state == "running"}
    if missing := [name for name in stack.services() if name not in running]:
        raise NotRunning(missing)
    now = stamp()
    target = target or stack.place.folder / "backups" / f"before-upgrade-{now}.tar.zst"
    check_target(target)
    images = {name: running[name] for name in BUILT if name in running}
    for service, image in images.items():
        stack.tools.run("tag", image, kept(stack, service))
    files, at = started_from(stack)
    begun = Begun(at=now, images=images, backup=None, replaces=False, files=files, commit=at)
    try:
        if build:
            note(stack.place, begun)
            built(stack, held, say)
        saved = save(stack, config, target, say)
    except BaseException:  # Ctrl-C, too: the names belong to what runs
        if build:
            retag(stack, images)
            forget(stack.place)
        raise
    begun = replace(begun, backup=str(saved) if saved else None, replaces=True)
    note(stack.place, begun)
    return begun


def save(stack: Stack, config: Config, target: Path, say: Say) -> Path | None:
    """Make the backup; None where there is nothing to save."""
    try:
        listed = backup(config, stack.place, target, secrets=False, metabase=True, say=say)
    except NoDatabase:
        say("nothing is imported yet, and Metabase is left out, so there is nothing to back up")
        return None
    say(summary(target, listed))
    return target


def built(stack: Stack, held: int, say: Say) -> None:
    """Build the images of this checkout.

    Raises:
        NotBuilt: If one cannot be built.
    """
    try:
        stack.build(held, only_missing=False, say=say)
    except (ComposeFailed, NotPinned, NotPulled) as error:
        raise NotBuilt(str(error)) from error


def go_back(stack: Stack, begun: Begun, why: FinopsError, wait: int) -> None:
    """Start the former images, under the compose file and .env of then where these are kept.

    Metabase's data goes back too, as a newer one has changed it.

    Raises:
        UpgradeFailed: If the former version is healthy again.
        NotGoneBack: If it is not.
    """
    seconds = max(wait, BACK)
    saved = Path(begun.backup) if begun.backup else None
    later = saved and saved.with_name(f"{stem(saved)}-metabase-{stamp()}.sql")
    ran = before(stack) if begun.files else stack
    refused, second = list[str](), None
    try:
        refused = refuse(stack, begun.images)
        retag(ran, {service: begun.images[service] for service in differ(ran, begun.images)})
        stack.remove(*SERVICES)
        try:
            if saved and later and ran.has_postgres:
                put_back(ran, saved, later, seconds)
        finally:
            ran.start()
        ran.wait(seconds)
    except FinopsError as error:
        second = error
    all_kept = Kept(
        former=[kept(stack, service) for service in begun.images],
        refused=refused,
        backup=saved,
        since=later if later and later.exists() else None,
        files=ran.place.env_file.parent if begun.files else None,
        commit=begun.commit,
    )
    if second:
        raise NotGoneBack(str(why), str(second), all_kept) from second
    forget(stack.place)
    keep_files(ran, begun.commit if begun.files else commit())
    raise UpgradeFailed(str(why), all_kept) from why


def put_back(stack: Stack, saved: Path, later: Path, seconds: int) -> None:
    """Keep in a file what Metabase knows now, and load what it knew before the upgrade."""
    awake(stack, seconds)
    with scratch_in(saved.parent, SCRATCH) as scratch:
        dump(stack, scratch / DUMP)
        (scratch / DUMP).rename(later)
        read(saved, into=scratch, only=DUMP)
        if (scratch / DUMP).exists():
            load(stack, scratch / DUMP, seconds)


def stem(path: Path) -> str:
    """Return the name of a backup without its ending."""
    return path.name.partition(".tar")[0]


def stamp() -> str:
    """Return this second in UTC, as part of a file's name."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
