"""BigQuery and Cloud Storage on this machine, spoken to over their own protocols."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.bigquery.environment import UnavailableError, prepared, spatial
from tests.bigquery.servers import Bucket, Dataset
from tests.fixtures.finops import Finops
from tests.fixtures.ports import free_port

GOOGLE = ("GOOGLE_", "CLOUDSDK_", "STORAGE_EMULATOR_HOST", "BIGQUERY_EMULATOR_HOST")
START = 90


def pytest_configure() -> None:
    """Keep the machine's own Google credentials from the tests."""
    for name in [name for name in os.environ if name.startswith(GOOGLE)]:
        del os.environ[name]


@pytest.fixture(scope="session")
def place() -> Path:
    """The servers' environment."""
    try:
        return prepared()
    except UnavailableError as error:
        pytest.skip(f"Google's test servers cannot start here: {error}")


def until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait for a server; one that ends is not there on this machine."""
    for _ in range(START * 5):
        if process.poll() is not None:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            pytest.skip(f"Google's test servers cannot start here: {''.join(last)[:200]}")
        try:
            requests.get(url, timeout=2)
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    pytest.skip(f"Google's test servers cannot start here: no answer within {START} s")


@pytest.fixture(scope="session")
def dataset(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """A BigQuery server with an empty dataset."""
    home = tmp_path_factory.mktemp("bigquery")
    spatial(place, home)
    rest, grpc = free_port(), free_port()
    ports = ["--rest-port", str(rest), "--grpc-port", str(grpc)]
    log = home / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [place / "bin" / "bqemulator", "start", *ports, "--project", "payer"],
            env={**os.environ, "HOME": str(home)},
            stdout=out,
            stderr=out,
        )
        try:
            found = Dataset(f"http://127.0.0.1:{rest}", f"127.0.0.1:{grpc}")
            until_it_answers(process, f"{found.url}/bigquery/v2/projects/payer/datasets", log)
            found.create()
            yield found
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def bucket(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """A Cloud Storage server with an empty bucket."""
    home = tmp_path_factory.mktemp("storage")
    [program] = [p for p in place.rglob("fake-gcs-server-*") if p.parent.name == "bin"]
    program.chmod(0o755)
    port, log = free_port(), home / "log"
    arguments = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, *arguments, "-external-url", url], stdout=out, stderr=out
        )
        try:
            until_it_answers(process, f"{url}/storage/v1/b", log)
            found = Bucket(url, "bills")
            found.create()
            yield found
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def finops(tmp_path: Path) -> Finops:
    home = tmp_path / "home"
    home.mkdir()
    return Finops(home)
