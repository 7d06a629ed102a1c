"""Every wrong delivery gives one error with a hint and its exit code, and changes nothing."""

import shutil
from pathlib import Path

import pytest

import tests.fixtures.aws.broken_files
import tests.fixtures.aws.broken_manifests  # noqa: F401 - registers its cases
from tests.fixtures.aws import Bucket
from tests.fixtures.aws.cases import CASES, MONTH
from tests.fixtures.cases import Case
from tests.fixtures.finops import Finops, Result


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one good month."""
    home = tmp_path_factory.mktemp("good")
    bucket = Bucket(home / "bucket")
    bucket.deliver("2026-01", ["1.10", "1.10"])
    finops = Finops(home)
    result = finops("aws", "import-cur", *bucket.options, "--no-transform")
    assert result.code == 0, result.err
    return finops.data


def assert_one_error(result: Result, code: int, words: tuple[str, ...]) -> None:
    """One line says what is wrong, one what to do, and neither is a traceback."""
    said = result.err.splitlines()
    assert [text.split(":")[0] for text in said] == ["error", "hint"], result.err
    assert result.code == code, result.err
    for word in words:
        assert word.lower() in result.error.lower(), result.error
    assert len(result.hint) > 10
    assert not any(ord(letter) < 32 for letter in result.error + result.hint)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_delivery_is_one_error_and_changes_nothing(
    case: Case, good: Path, tmp_path: Path, finops: Finops
):
    shutil.copytree(good, finops.data)
    before = finops.fingerprint(), sorted(finops.data.rglob("*"))
    bucket = Bucket(tmp_path / "bucket", **case.options)
    delivery = bucket.deliver(MONTH, ["1.10", "1.10"], chunks=2)
    more = case.damage(bucket, delivery) or ()

    result = finops("aws", "import-cur", *bucket.options, "--no-transform", *more)

    assert_one_error(result, case.code, case.words)
    assert (finops.fingerprint(), sorted(finops.data.rglob("*"))) == before


MANIFESTS = [c for c in CASES if c.damage.__module__.endswith("broken_manifests")]


@pytest.mark.parametrize("case", MANIFESTS, ids=lambda case: case.name)
def test_the_listing_commands_give_the_same_error_or_an_answer(
    case: Case, tmp_path: Path, finops: Finops
):
    """What needs no data file is no error for them."""
    bucket = Bucket(tmp_path / "bucket", **case.options)
    delivery = bucket.deliver(MONTH, ["1.10", "1.10"], chunks=2)
    options = [*bucket.options, *(case.damage(bucket, delivery) or ())]
    if "-f" in options:
        options = options[: options.index("-f")]

    months = finops("aws", "list-manifests", *options)
    exports = finops("aws", "list-exports", *options[: options.index("-n")])

    if months.code:
        assert_one_error(months, case.code, case.words)
    if exports.code:
        assert_one_error(exports, case.code, case.words)
    assert not finops.data.exists()


def test_case_names_are_unique():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 50
