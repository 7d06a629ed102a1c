"""No name, key or text can break out of the SQL, or be taken for another."""

import csv
import gzip
import io
import json
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dlt.common.normalizers.naming.snake_case import NamingConvention
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import sql
from core.columns import json_object
from core.csvfile import read_csv_file
from core.errors import BadManifest, FinopsError
from core.exports import ExportVersion
from core.periods import parse_period
from core.storage.folder import FolderStore
from vendors.aws.columns import raw_name
from vendors.aws.manifest import data_files, file_format, file_key, parse_manifest
from vendors.aws.source import source

CONNECTION = duckdb.connect()
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.text(LETTERS)
HOSTILE = ["'", '"', "'; DROP TABLE x; --", "a.b", "\\", "\n", "{{x}}", "%s", "$1", "?", "ü名"]
NAMES = st.one_of(st.sampled_from(HOSTILE), st.text(LETTERS, min_size=1))


@given(NAMES)
def test_a_quoted_name_is_that_very_name(name):
    found = CONNECTION.execute(f"SELECT 1 AS {sql.ident(name)}")
    assert found.description[0][0] == name


@given(st.lists(TEXTS, max_size=5))
def test_a_quoted_text_is_that_very_text(texts):
    assert CONNECTION.execute(f"SELECT {sql.texts(texts)}").fetchone() == (texts,)
    for text in texts:
        assert CONNECTION.execute(f"SELECT {sql.text(text)}").fetchone() == (text,)


@given(st.text())
@example("x_")
@example("名前")
@example("9lives")
@example("lineItem/UnblendedCost")
def test_a_raw_name_is_plain_and_dlt_keeps_it(source_name):
    name = raw_name(source_name)
    assert name.isascii() and name == name.lower() and name.replace("_", "").isalnum()
    assert raw_name(name) == name
    assert NamingConvention().normalize_identifier(name) == name


@given(st.text())
def test_an_export_name_becomes_a_plain_part_of_a_table_name(name):
    part = sql.snake(name)
    assert part and part.isascii() and part.replace("_", "").isalnum()
    assert "__" not in part and not part.startswith("_") and not part.endswith("_")


@given(st.dictionaries(NAMES, st.one_of(st.none(), TEXTS), min_size=1, max_size=5))
def test_tags_keep_every_key_and_value(tags):
    pairs = [(key, "NULL" if v is None else sql.text(v)) for key, v in tags.items()]
    row = CONNECTION.execute(f"SELECT CAST({json_object(pairs)} AS VARCHAR)").fetchone()
    assert json.loads(row[0]) == {key: v for key, v in tags.items() if v is not None}


@given(
    st.lists(
        NAMES.filter(lambda n: "\r" not in n and n.strip(" \ufeff\n") != ""), min_size=1, max_size=6
    ),
    st.lists(TEXTS, min_size=7, max_size=7),
    st.sampled_from(["\n", "\r\n"]),
)
@example(['a"b', "a,b", "a b", "billing_period", "_dlt_load_id", "ä"], list("1234567"), "\n")
@example(list("abcd"), ["\r", "\r\r", "a\rb", "\n\r", "", "", ""], "\n")
@settings(max_examples=200, deadline=None)
def test_columns_of_any_name_are_read_and_none_is_lost(names, values, newline):
    """Line breaks in names are left out: AWS's names cannot hold them.

    A field that holds a carriage return is quoted, as RFC 4180 wants it; any other is refused.
    """
    names = [" ".join(name.split("\n")).replace("\r", " ") for name in names]
    header = ["line_item_unblended_cost", *names]
    cells = ["1.10", *(value or "x" for value in values[: len(names)])]
    with tempfile.TemporaryDirectory() as folder:
        text = io.StringIO()
        quoting = csv.QUOTE_ALL if "\r" in "".join(cells) else csv.QUOTE_MINIMAL
        csv.writer(text, lineterminator=newline, quoting=quoting).writerows([header, cells])
        (Path(folder) / "a.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))
        version = ExportVersion(
            vendor="aws",
            export="cur",
            billing_period=date(2026, 1, 1),
            version_id="v",
            fingerprint="f",
            manifest="m",
            files=("a.csv.gz",),
            format="csv.gz",
            dialect="cur_2",
        )
        try:
            found = source(FolderStore(Path(folder)), version, CONNECTION)
            rows = CONNECTION.execute(found.select()).fetchall()
        except (FinopsError, duckdb.Error):
            typed = {"line_item_", "pricing_", "tags", "product", "discount"}
            assert any(raw_name(n).startswith(tuple(typed)) for n in names), names
            return
    assert len(rows) == 1 and len(found.columns) == len(header) + 1
    kept = dict(zip((c.name for c in found.columns), rows[0], strict=True))
    assert len(kept) == len(header) + 1
    assert {v for v in kept.values() if isinstance(v, str)} == set(cells[1:])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
MANIFESTS = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {}, optional={"dataFiles": JSON, "reportKeys": JSON, "columns": JSON, "executionId": JSON}
    ),
    st.fixed_dictionaries({"dataFiles": st.lists(st.text())}),
)


@given(st.binary())
def test_any_bytes_are_a_manifest_or_one_clear_error(body):
    try:
        assert isinstance(parse_manifest(body, "here"), dict)
    except BadManifest as error:
        assert "here" in str(error) and "\n" not in str(error)


@given(MANIFESTS)
@settings(max_examples=300)
def test_any_json_gives_usable_keys_or_one_clear_error(value):
    try:
        manifest = parse_manifest(json.dumps(value).encode(), "here")
        keys = data_files(manifest, "here")
        form = file_format(keys, "here")
    except BadManifest as error:
        assert str(error).startswith("the manifest here cannot be used")
        assert all(ord(letter) >= 32 for letter in str(error))
    else:
        assert keys and len(set(keys)) == len(keys)
        assert all(key and not key.startswith("/") and key.isprintable() for key in keys)
        assert form in {"csv", "csv.gz", "csv.zip", "parquet"}


@given(st.text(LETTERS, min_size=1).filter(lambda key: not key.startswith("/")))
def test_a_key_means_the_same_with_and_without_its_bucket(key):
    assert file_key(f"s3://any-bucket/{key}") == key
    if not key.startswith("s3://"):
        assert file_key(key) == file_key(f"/{key}") == key


@given(st.text())
@example("2026-00")
@example("0000-01")
@example("２０２６-01")
def test_a_month_is_a_month_or_one_clear_error(text):
    try:
        assert f"{parse_period(text):%Y-%m}".rjust(7, "0") == text
    except FinopsError as error:
        assert "a month like 2026-01" in str(error)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
@settings(max_examples=60, deadline=None)
def test_lines_are_counted_as_a_csv_reader_counts_them(newline, last, rows):
    rows = [[(first or "x").replace("\r", ""), second.replace("\r", "")] for first, second in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator=newline).writerows([["a", "b"], *rows])
    body = text.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(body if last else body.removesuffix(newline.encode()))
        file = read_csv_file(path, packed=False, where="here")
        assert file.header == ("a", "b")
        assert file.records() == len(rows) <= file.lines or file.lines == len(rows)
