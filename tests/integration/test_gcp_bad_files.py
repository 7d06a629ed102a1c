"""Every wrong extract gives one error with a hint and its exit code, and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fixtures.cases import Case
from tests.fixtures.finops import Finops
from tests.fixtures.gcp import line, write
from tests.fixtures.gcp.cases import CASES
from tests.integration.test_bad_inputs import assert_one_error


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one good month."""
    home = tmp_path_factory.mktemp("good")
    write(home / "export" / "a.parquet", [line("1.10", month="2025-12")])
    finops = Finops(home)
    arguments = ["gcp", "import-billing", "--source", str(home / "export"), "--no-transform"]
    result = finops(*arguments)
    assert result.code == 0, result.err
    return finops.data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_extract_is_one_error_and_changes_nothing(
    case: Case, good: Path, tmp_path: Path, finops: Finops
) -> None:
    shutil.copytree(good, finops.data)
    before = finops.fingerprint(), sorted(finops.data.rglob("*"))
    case.damage(tmp_path / "export")

    result = finops("gcp", "import-billing", "--source", str(tmp_path / "export"), "--no-transform")

    assert_one_error(result, case.code, case.words)
    assert (finops.fingerprint(), sorted(finops.data.rglob("*"))) == before


def test_case_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 20
