"""Metabase's image, built around a stand-in: no jar of Metabase can be had where these tests run.

What is shown is what the image does: it takes the two files that were named and no others, and runs
them under any user on a root that cannot be written, with Java 21. That Metabase itself is content
with it is for `finops metabase smoke` to show.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.containers.podman import Podman
from tests.containers.site import Site
from tests.docs.pages import blocks
from tests.fixtures.finops import ROOT

METABASE = "localhost/open-finops-metabase:test"
JAVA = Path(__file__).with_name("Standin.java")
PATIENCE = 60
OTHER = "0" * 64
PAGE = ROOT / "docs/metabase.md"


@dataclass(frozen=True)
class Jars:
    """A copy of docker/metabase with a stand-in for each jar, and the arguments that name them."""

    folder: Path
    arguments: dict[str, str] = field(default_factory=dict)

    def build(self, podman: Podman, base: str, **changed: str) -> tuple[int, str]:
        """Build the image; an argument that is changed to "" is left out. Return code, output."""
        given = {"BASE": base, **self.arguments, **changed}
        named = [part for k, v in given.items() if v for part in ("--build-arg", f"{k}={v}")]
        done = podman(
            *("build", "--pull=never", "--format", "docker", "--tag", METABASE, *named),
            *("--file", "docker/metabase/Containerfile", str(self.folder)),
            check=False,
            cwd=self.folder,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    if shutil.which("javac") is None:
        pytest.skip("no javac is here to make a stand-in for Metabase")
    folder = tmp_path_factory.mktemp("metabase")
    shutil.copytree(ROOT / "docker/metabase", folder / "docker/metabase")
    shutil.copy(ROOT / "docker/with_secrets.sh", folder / "docker")
    subprocess.run(["javac", "--release", "17", "-d", str(folder), str(JAVA)], check=True)
    with ZipFile(folder / "metabase.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Main-Class: Standin\n")
        jar.write(folder / "Standin.class", "Standin.class")
    (folder / "driver.jar").write_bytes(b"a driver")
    sums = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("metabase.jar", "driver.jar")
    }
    return Jars(
        folder,
        {
            "METABASE_VERSION": "0.63.1",
            "METABASE_SHA256": sums["metabase.jar"],
            "METABASE_JAR": "metabase.jar",
            "DRIVER_SHA256": sums["driver.jar"],
            "DRIVER_JAR": "driver.jar",
        },
    )


@pytest.mark.parametrize("name", ["METABASE_VERSION", "METABASE_SHA256", "DRIVER_SHA256"])
def test_without_a_version_and_sums_nothing_is_built(
    name: str, podman: Podman, trixie: str, jars: Jars
) -> None:
    code, said = jars.build(podman, trixie, **{name: ""})
    assert code
    assert f"error: the build argument {name} is missing\n" in said


@pytest.mark.parametrize("name", ["METABASE_SHA256", "DRIVER_SHA256"])
def test_a_jar_of_another_sum_is_refused(
    name: str, podman: Podman, trixie: str, jars: Jars
) -> None:
    code, said = jars.build(podman, trixie, **{name: OTHER})
    assert code
    assert f"has the SHA-256 {jars.arguments[name]}, not {OTHER}\n" in said


def test_other_versions_than_those_that_belong_together_are_refused(
    podman: Podman, trixie: str, jars: Jars
) -> None:
    code, said = jars.build(podman, trixie, METABASE_VERSION="0.64.1")
    assert code
    assert "error: Metabase 0.64.1 is not 0.63\n" in said
    code, said = jars.build(podman, trixie, DRIVER_VERSION="1.4.3.1")
    assert code
    assert "error: driver 1.4.3.1 is not 1.5.5\n" in said


def test_a_base_without_java_21_is_refused(podman: Podman, base: str, jars: Jars) -> None:
    code, said = jars.build(podman, base)
    assert code
    assert "error: the base has no Java 21\n" in said


@pytest.fixture(scope="module")
def metabase(podman: Podman, trixie: str, jars: Jars) -> Podman:
    """The image, built of the stand-ins."""
    code, said = jars.build(podman, trixie)
    assert code == 0, said
    return podman


def test_the_image_holds_the_files_that_were_named_for_everybody_to_read(
    metabase: Podman, jars: Jars
) -> None:
    script = (
        "sha256sum metabase.jar drivers/*; stat -c %a metabase.jar drivers/*; id -u; ls -A /jars"
    )
    said = metabase(
        *("run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", METABASE, "-c", script),
        check=False,
    )
    assert said.stdout.split() == [
        *(jars.arguments["METABASE_SHA256"], "metabase.jar"),
        *(jars.arguments["DRIVER_SHA256"], "drivers/duckdb.metabase-driver.jar"),
        *("644", "644", "10001"),
    ]
    label = '{{index .Config.Labels "org.opencontainers.image.version"}}'
    assert metabase("image", "inspect", "--format", label, METABASE).stdout == "0.63.1\n"


def test_the_commands_of_its_page_build_it_and_tell_what_runs(
    metabase: Podman, trixie: str, jars: Jars
) -> None:
    build, look = (
        block.text for block in blocks() if block.page == PAGE and "podman" in block.text
    )
    for name in ("METABASE_VERSION", "METABASE_SHA256", "DRIVER_SHA256"):
        assert f"{name}=…" in build
        build = build.replace(f"{name}=…", f"{name}={jars.arguments[name]}")
    here = " ".join(f"--build-arg {k}={v}" for k, v in jars.arguments.items() if k.endswith("JAR"))
    build = f"{build.rstrip().removesuffix('.')} --pull=never --build-arg BASE={trixie} {here} ."
    metabase("tag", trixie, "docker.io/library/eclipse-temurin:21-jre")
    done = Site(jars.folder, metabase).shell(f"{build}\n{look}")
    metabase("untag", trixie, "docker.io/library/eclipse-temurin:21-jre")
    assert done.code == 0, done.err
    digest, base = done.out.splitlines()[-2:]
    assert digest.startswith("sha256:")
    assert base.startswith("docker.io/library/eclipse-temurin@sha256:")


@pytest.fixture
def running(metabase: Podman, tmp_path: Path) -> Iterator[str]:
    """The stand-in, hardened, under a user that the image does not know; yield its name."""
    secrets = tmp_path / "secrets"
    secrets.write_text("MB_ENCRYPTION_SECRET_KEY=a-key; of $16 chars\n")
    metabase(
        *("run", "--detach", "--name", "standin", "--user", "12345:12345", "--read-only"),
        *("--tmpfs", "/tmp:exec,mode=1777", "--cap-drop", "all", "--network", "none"),
        *("--security-opt", "no-new-privileges", "--memory", "1000m", "--pids-limit", "256"),
        *("--volume", f"{secrets}:/run/secrets/metabase:ro"),
        *("--env", "STANDIN_LIBRARY=/usr/lib/x86_64-linux-gnu/libz.so.1", METABASE),
    )
    yield "standin"
    metabase("rm", "--force", "--time", "0", "standin")


def test_it_starts_under_any_user_with_its_driver_its_secrets_and_memory_left_for_duckdb(
    metabase: Podman, running: str
) -> None:
    end = time.monotonic() + PATIENCE
    while "listens: 3000" not in (log := metabase("logs", running).stdout):
        assert time.monotonic() < end, log
        time.sleep(0.2)
    said = dict(line.split(": ") for line in log.splitlines())
    assert said["java"] == "21"
    assert said["plugins"] == "duckdb.metabase-driver.jar"
    assert said["secret"] == "a-key; of $16 chars"
    assert int(said["heap"]) <= 420
    assert metabase("healthcheck", "run", running).returncode == 0
    assert "a-key; of" not in metabase("inspect", running).stdout


def test_a_tmp_that_nothing_may_be_run_from_is_too_little_for_duckdb(metabase: Podman) -> None:
    done = metabase(
        *("run", "--rm", "--read-only", "--tmpfs", "/tmp:noexec,mode=1777", "--network", "none"),
        *("--env", "STANDIN_LIBRARY=/usr/lib/x86_64-linux-gnu/libz.so.1", METABASE),
        check=False,
    )
    assert done.returncode
    assert "UnsatisfiedLinkError" in done.stderr
