"""Several exports live side by side, and none can overwrite or double another's bill."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket, line
from tests.fixtures.finops import Finops


def config(finops: Finops, text: str) -> list[str]:
    """Write a config.toml and return the flags that name it."""
    path = finops.home / "config.toml"
    path.write_text(f'[project]\ndata_dir = "{finops.data}"\n{text}')
    return ["-c", str(path)]


def entry(bucket: Bucket, **settings: str) -> str:
    pairs = {"bucket": str(bucket.root), "prefix": bucket.prefix, "export_name": bucket.name}
    lines = [f'{name} = "{value}"' for name, value in {**pairs, **settings}.items()]
    return "[[aws.exports]]\n" + "\n".join(lines) + "\n"


@pytest.fixture
def two(tmp_path: Path) -> tuple[Bucket, Bucket]:
    """Two exports of two payers in one bucket, one of them legacy."""
    main = Bucket(tmp_path / "bucket", name="main-cur")
    other = Bucket(tmp_path / "bucket", name="other", layout="v1", form="csv.zip")
    main.deliver("2026-01", lines=[line("1.10", payer="000000000001")])
    other.deliver("2026-01", lines=[line("2.25", payer="000000000002")])
    return main, other


def test_exports_of_several_payers_are_kept_apart(two, finops):
    main, other = two
    options = config(finops, entry(main) + entry(other, name="Second payer"))

    finops.load(*options)

    assert finops.tables() == ["billing_2026_01", "second_payer__billing_2026_01"]
    assert finops.billed("2026-01", "aws_billing.main_cur") == Decimal("1.10")
    assert finops.billed("2026-01", "aws_billing.second_payer") == Decimal("2.25")

    other.deliver("2026-01", lines=[line("2.50", payer="000000000002")], version="second")
    result = finops.load(*options)
    assert result.out.splitlines()[0] == "main-cur  nothing new: 1 billing period is current"
    assert finops.billed("2026-01", "aws_billing.main_cur") == Decimal("1.10")
    assert finops.billed("2026-01", "aws_billing.second_payer") == Decimal("2.50")


def test_one_after_the_other_gets_tables_of_its_own(two, finops):
    for bucket in two:
        finops.load(*bucket.options)

    assert finops.tables() == ["billing_2026_01", "other__billing_2026_01"]
    assert finops.billed("2026-01", "aws_billing.main_cur") == Decimal("1.10")
    assert finops.billed("2026-01", "aws_billing.other") == Decimal("2.25")


def test_the_same_bill_from_two_exports_is_refused(tmp_path, finops):
    """It would count twice."""
    first = Bucket(tmp_path / "bucket", name="legacy", layout="v1")
    second = Bucket(tmp_path / "bucket", name="modern", form="parquet")
    first.deliver("2026-01", ["1.10"])
    second.deliver("2026-01", ["1.10"])
    finops.load(*first.options)
    before = finops.fingerprint()

    result = finops("aws", "import-cur", *second.options, "--no-transform")

    assert result.code == 3
    assert "payer 000000000001 for 2026-01" in result.error
    assert finops.fingerprint() == before


@pytest.mark.parametrize("names", [("cur-prod", "cur_prod"), ("other", "CUR prod", "cur-prod")])
def test_names_that_would_share_a_table_are_refused(names, tmp_path, finops):
    """In one config.toml, and also in one run after the other."""
    buckets = [Bucket(tmp_path / name, name=name) for name in names]
    for number, bucket in enumerate(buckets):
        bucket.deliver("2026-01", lines=[line("1.10", payer=f"00000000000{number}")])
    options = config(finops, "".join(entry(bucket) for bucket in buckets))

    together = finops("aws", "import-cur", *options, "--no-transform")

    assert together.code == 3
    assert f"{names[-2]!r}" in together.error and f"{names[-1]!r}" in together.error
    assert not finops.database.exists()

    for bucket in buckets[:-1]:
        finops.load(*bucket.options)
    before = finops.fingerprint()
    alone = finops("aws", "import-cur", *buckets[-1].options, "--no-transform")
    assert alone.code == 3
    assert f"{names[-2]!r}" in alone.error and f"{names[-1]!r}" in alone.error
    assert finops.fingerprint() == before


@pytest.mark.parametrize("name", ["billing_2026_01", "Billing-data"])
def test_an_export_may_not_be_called_like_a_raw_table(name, tmp_path, finops):
    bucket = Bucket(tmp_path / "bucket", name=name)
    bucket.deliver("2026-01", ["1.10"])

    result = finops("aws", "import-cur", *bucket.options, "--no-transform")

    assert result.code in (2, 3) and name in result.error
    assert not finops.database.exists()


def test_a_failing_export_does_not_keep_the_others_out(two, finops):
    main, other = two
    next(main.base.rglob("*Manifest.json")).write_text("{")

    result = finops(
        "aws", "import-cur", "--no-transform", *config(finops, entry(main) + entry(other))
    )

    assert result.code == 3
    assert finops.billed("2026-01", "aws_billing.other") == Decimal("2.25")


def test_exports_of_one_run_are_published_together(two, finops):
    main, other = two

    result = finops("run", "--no-transform", *config(finops, entry(main) + entry(other)))

    assert [text.split()[:3] for text in result.out.splitlines()] == [
        ["main-cur", "2026-01", "loaded"],
        ["other", "2026-01", "loaded"],
    ]
    assert len(list((finops.data / "serving").iterdir())) == 1
    assert finops.billed("2026-01", "aws_billing.main_cur") == Decimal("1.10")
    assert finops.billed("2026-01", "aws_billing.other") == Decimal("2.25")
