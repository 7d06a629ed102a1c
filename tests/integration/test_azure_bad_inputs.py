"""Every wrong Azure delivery gives one error with a hint and its exit code, and changes nothing."""

import importlib.util
import shutil
from pathlib import Path

import pytest

import tests.fixtures.azure.broken_files
import tests.fixtures.azure.broken_manifests  # noqa: F401 - registers its cases
from tests.fixtures.azure import Container
from tests.fixtures.azure.broken import CASES, MONTH
from tests.fixtures.cases import Case
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error

NEEDS_CLIENT = {"the Azure container's account is not named"}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one good month."""
    home = tmp_path_factory.mktemp("good")
    container = Container(home / "container")
    container.deliver("2026-01", ["1.10", "1.10"])
    finops = Finops(home)
    result = finops("azure", "import-export", *container.options, "--no-transform")
    assert result.code == 0, result.err
    return finops.data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_delivery_is_one_error_and_changes_nothing(
    case: Case, good: Path, tmp_path: Path, finops: Finops
):
    if case.name in NEEDS_CLIENT and not importlib.util.find_spec("azure"):
        pytest.skip("azure-storage-blob is not installed")
    shutil.copytree(good, finops.data)
    before = finops.fingerprint(), sorted(finops.data.rglob("*"))
    container = Container(tmp_path / "container", **case.options)
    run = container.deliver(MONTH, ["1.10", "1.10"], chunks=2)
    more = case.damage(container, run) or ()
    options = container.options if "-f" not in more else container.options[:4]

    result = finops("azure", "import-export", *options, "--no-transform", *more)

    assert_one_error(result, case.code, case.words)
    assert (finops.fingerprint(), sorted(finops.data.rglob("*"))) == before


def test_case_names_are_unique():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 40
