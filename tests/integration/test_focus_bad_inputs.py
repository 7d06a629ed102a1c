"""Every wrong file of a source gives one error, a hint and its exit code, and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.focus.broken import BROKEN, Broken
from tests.integration.test_bad_inputs import assert_one_error


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one good month of the source."""
    home = tmp_path_factory.mktemp("good")
    write_csv(home / "in" / "a.csv", [charge("1.10"), charge("1.10")])
    finops = Finops(home)
    arguments = ("focus", "import", "-P", "Grafana", "-S", str(home / "in"), "--no-transform")
    result = finops(*arguments)
    assert result.code == 0, result.err
    return finops.data


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_wrong_file_is_one_error_and_changes_nothing(
    case: Broken, good: Path, tmp_path: Path, finops: Finops
):
    shutil.copytree(good, finops.data)
    before = finops.fingerprint(), sorted(finops.data.rglob("*"))
    source = tmp_path / "in"
    source.mkdir()
    found = case.write(source)
    more = found if isinstance(found, tuple) else ()

    result = finops("focus", "import", "-P", "Grafana", "-S", str(source), "--no-transform", *more)

    assert_one_error(result, case.code, case.words)
    assert (finops.fingerprint(), sorted(finops.data.rglob("*"))) == before


@pytest.mark.parametrize("option", ["--provider", "--source"])
def test_a_missing_setting_is_named(option: str, finops: Finops):
    other = {"--provider": "--source", "--source": "--provider"}[option]

    result = finops("focus", "import", other, "x")

    assert_one_error(result, 2, (f"focus.{option.removeprefix('--')} is not set",))


def test_case_names_are_unique():
    names = [case.name for case in BROKEN]
    assert len(set(names)) == len(names) >= 25
