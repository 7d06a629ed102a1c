"""What every tier shares: a clean process environment, a bucket, a command line, a database."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.built import built
from tests.fixtures.finops import Finops

__all__ = ["built"]

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
FOREIGN = ("AWS_", "AZURE_", "OPEN_FINOPS_", "FINOPS_", "DBT_", "DESTINATION__", "RUNTIME__")


def pytest_configure() -> None:
    """Keep the machine's settings and credentials from the tests and from what they start.

    A test run holds a million objects: Python looks for garbage among them less often. One that
    was begun in the background of a script ignores Ctrl-C, and so would all that it starts.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(0o022)
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    from core.cli.main import COLLECT_AFTER

    gc.set_threshold(*COLLECT_AFTER)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """Sample exports of other projects; they are not ours to ship, so a checkout may lack them."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample exports are not beside the checkout")
    return SAMPLES


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder of the test's own, not made yet, as at a user's first start."""
    return tmp_path / "data"


@pytest.fixture
def finops(tmp_path: Path) -> Finops:
    """The commands of a user who has no data yet."""
    home = tmp_path / "home"
    home.mkdir()
    return Finops(home)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """An empty bucket."""
    return Bucket(tmp_path / "bucket")
