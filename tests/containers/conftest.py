"""The image, built without a registry: from a Debian that is bootstrapped on this machine.

The store is the tests' own. Where podman cannot run here, the tier says why in one line.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.scratch import locked
from deploy.stack import FINOPS
from tests.containers.debian import NoDebian, bootstrap
from tests.containers.podman import (
    BASE,
    CERTIFICATES,
    IMAGE,
    METABASE,
    NEEDED,
    POSTGRES,
    SETTINGS,
    STORES,
    Podman,
    remove_killed,
)
from tests.containers.site import Site, make_site
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import ROOT

TRIXIE = "localhost/trixie:1"
OF_TRIXIE = (
    *("ca-certificates", "podman", "systemd", "openjdk-21-jre-headless"),
    *("caddy", "docker-compose"),
)
"""What Debian 13 is asked for: its quadlet, Java 21, a proxy, docker-compose."""


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """podman, with the base image in its store."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"containers need root and {', '.join(missing) or 'its rights'}")
    remove_killed()
    # Not below pytest's folder: it would fail to remove what a killed run left mounted there.
    folder = Path(tempfile.mkdtemp(prefix=STORES))
    (folder / "containers.conf").write_text(SETTINGS)
    (folder / "bin").mkdir()
    (folder / "networks").mkdir()
    store = (
        f"--root {folder / 'graph'} --runroot {folder / 'run'} "
        f"--network-config-dir {folder / 'networks'} --tmpdir {folder / 'tmp'}"
    )
    program = folder / "bin" / "podman"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("podman")} {store} "$@"\n')
    program.chmod(0o755)
    found = Podman(folder)
    with locked(folder, wait=False):
        try:
            import_root(found, BASE, "bookworm", ("ca-certificates", "python3", "python3-venv"))
            trial = found("run", "--rm", BASE, "true", check=False)
            if trial.returncode:
                why = trial.stderr.strip().splitlines()[-1]
                pytest.skip(f"podman runs no container here: {why}")
            yield found
        finally:
            found.remove()


def import_root(podman: Podman, name: str, suite: str, packages: Sequence[str]) -> None:
    """Bootstrap a Debian and import it as a base image."""
    try:
        archive = bootstrap(suite, packages)
    except NoDebian as why:
        pytest.skip(str(why))
    podman("import", "--quiet", "--change", 'CMD ["/bin/sh"]', str(archive), name)


@pytest.fixture(scope="session")
def base(podman: Podman) -> str:
    """The base image of the finops image; it has no Java."""
    return BASE


@pytest.fixture(scope="session")
def trixie(podman: Podman) -> str:
    """A base image with Java 21, a current podman and systemd."""
    import_root(podman, TRIXIE, "trixie", OF_TRIXIE)
    return TRIXIE


def trusted() -> tuple[str, ...]:
    """Return the options by which a build trusts whom this machine trusts."""
    return ("--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro") if CERTIFICATES.exists() else ()


@pytest.fixture(scope="session")
def image(podman: Podman) -> Podman:
    """The image of this checkout, built as a site builds it."""
    podman(
        *("build", "--quiet", "--pull=never", "--format", "docker", *trusted()),
        *("--build-arg", f"BASE={BASE}", "--file", str(ROOT / "docker/finops/Containerfile")),
        *("--tag", IMAGE, str(ROOT)),
        timeout=600,
    )
    return podman


@pytest.fixture(scope="session")
def postgres(podman: Podman) -> str:
    """An image with Postgres 16; return its name."""
    podman(
        *("build", "--quiet", "--pull=never", "--build-arg", f"BASE={BASE}", "--tag", POSTGRES),
        *(*trusted(), str(ROOT / "tests/containers/postgres")),
    )
    return POSTGRES


@pytest.fixture(scope="session")
def metabase(image: Podman, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image that keeps the contract of Metabase's API, and its data in Postgres."""
    context = tmp_path_factory.mktemp("metabase")
    for name in ("tests/metabase", "tests/containers/metabase", "docker"):
        shutil.copytree(ROOT / name, context / name)
    image(
        *("build", "--quiet", "--pull=never", "--format", "docker", "--tag", METABASE),
        *("--build-arg", f"IMAGE={IMAGE}", "--build-arg", f"POSTGRES={postgres}"),
        *("--file", str(context / "tests/containers/metabase/Containerfile"), str(context)),
    )
    return METABASE


@pytest.fixture(scope="session")
def volume(image: Podman) -> str:
    """A volume in which the demo has run, hardened and without a network."""
    image("volume", "create", "demo")
    image.run("demo", "--months", "2", "--no-serve", options=("--volume", "demo:/data"))
    return "demo:/data"


@pytest.fixture(scope="session")
def site(
    image: Podman, postgres: str, metabase: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A stack that runs, with one month imported by its scheduler's container: USD 2.20."""
    beside = os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)])
    if shutil.which("podman-compose", path=beside) is None:
        pytest.skip("podman-compose is not in this environment: python run_tests.py installs it")
    found = make_site(tmp_path_factory.mktemp("site"), image, postgres)
    Bucket(found.folder / "exports" / "aws").deliver("2026-01", costs=["1.10", "1.10"])
    (found.folder / "config.toml").write_text(
        '[aws]\nbucket = "exports/aws"\nprefix = "exports"\nexport_name = "cur"\n'
    )
    try:
        found.deploy("up --wait 120")
        found.execute("scheduler", *FINOPS, "run")
        yield found
    finally:
        found.shell("./finops deploy down")
