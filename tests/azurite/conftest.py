"""Azurite, Microsoft's own Blob server for tests, over HTTP."""

from __future__ import annotations

import fcntl
import itertools
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.azure import Container
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.ports import free_port

VERSION = "3.37.0"
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's own account, which its documentation names."""
FOLDER = ROOT / ".azurite"
NUMBERS = itertools.count(1)


def azurite() -> list[str]:
    """Return the command that starts Azurite; npm installs it once. Skips where that cannot be."""
    if found := shutil.which("azurite-blob"):
        return [found]
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / VERSION).exists():
            install(FOLDER / "partial")
            (FOLDER / "partial").rename(FOLDER / VERSION)
    return [str(FOLDER / VERSION / "node_modules" / ".bin" / "azurite-blob")]


def install(folder: Path) -> None:
    """Let npm install Azurite into a folder, or skip and say why not."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Azurite needs Node.js and npm, which are not installed")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    command = [npm, "install", "--no-audit", "--no-fund", f"azurite@{VERSION}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = " ".join(done.stderr.split())[:200]
        pytest.skip(f"npm could not install Azurite {VERSION}: {reason}")


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of a server with one account."""
    command = azurite()
    port = free_port()
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence"]
    process = subprocess.Popen(
        [*command, *options, "--silent", "--skipApiVersionCheck", "--disableTelemetry"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/{ACCOUNT}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers, if only with an error."""
    for _ in range(300):
        assert process.poll() is None, "Azurite ended"
        try:
            urllib.request.urlopen(f"{address}?comp=list", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("Azurite does not answer")


@pytest.fixture
def service(endpoint: str) -> Iterator[Any]:
    """A client of the account's owner."""
    from azure.storage.blob import BlobServiceClient

    with BlobServiceClient(endpoint, KEY) as client:
        yield client


@dataclass(frozen=True)
class Uploaded:
    """A container of the server, and how a command is pointed at it."""

    name: str
    options: list[str]


@pytest.fixture
def upload(service: Any) -> Callable[[Container], Uploaded]:
    """Copies a mirror into a container of its own."""

    def copy(container: Container) -> Uploaded:
        name = f"bills-{next(NUMBERS)}"
        with service.create_container(name) as client:
            for path in sorted(container.root.rglob("*")):
                if path.is_file():
                    key = path.relative_to(container.root).as_posix()
                    client.upload_blob(key, path.read_bytes())
        return Uploaded(name, ["-S", f"az://{name}", "-p", container.prefix, "-n", "actual"])

    return copy


@pytest.fixture
def anonymous(
    tmp_path: Path,
    endpoint: str,
) -> Finops:
    """The commands, with Azurite as Azure and no credentials."""
    home = tmp_path / "home"
    home.mkdir()
    finops = Finops(home)
    finops.environment |= {"OPEN_FINOPS_AZURE_ENDPOINT_URL": endpoint}
    return finops


@pytest.fixture
def finops(anonymous: Finops) -> Finops:
    """The commands, with the account's key."""
    anonymous.environment |= {"OPEN_FINOPS_AZURE_ACCOUNT_KEY": KEY}
    return anonymous
