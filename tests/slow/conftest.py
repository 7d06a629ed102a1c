"""A bucket and a command line for each test."""

from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops


@pytest.fixture
def finops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Finops:
    home = tmp_path / "home"
    home.mkdir()
    return Finops(home, capsys, monkeypatch)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path / "bucket", layout="v1", form="csv.zip")
