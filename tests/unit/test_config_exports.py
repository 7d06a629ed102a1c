"""[[aws.exports]]: each table is an export that inherits [aws]; what was typed picks and wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load_config
from core.errors import ExportCollision, MissingSetting
from vendors.aws.config import AwsExport, configured_exports

FILE = """
[aws]
bucket = "main"
region = "eu-central-1"
export_name = "main-cur"
tag_keys = ["team"]

[[aws.exports]]
name = "second"
export_name = "second-cur"
bucket = "other"
start_date = "2026-01"
secret_access_key = "s"

[[aws.exports]]
export_name = "third-cur"
tag_keys = ["team", "CostCenter"]
"""


def exports(tmp_path: Path, text: str = FILE, env: dict[str, str] | None = None, **flags):
    path = tmp_path / "config.toml"
    path.write_text(text)
    config = load_config(path, env=env or {}, flags={"aws": flags})
    return {export.name: export for export in configured_exports(config.vendors["aws"])}


def of(export: AwsExport, *names: str) -> list[object]:
    return [getattr(export.settings, name) for name in names]


def test_every_table_is_an_export_beside_the_first(tmp_path):
    found = exports(tmp_path)
    assert list(found) == ["main-cur", "second", "third-cur"]
    assert [e.source_name for e in found.values()] == ["main-cur", "second-cur", "third-cur"]
    assert [e.table_prefix for e in found.values()] == ["", "second__", "third_cur__"]


def test_a_table_inherits_what_it_does_not_say(tmp_path):
    found = exports(tmp_path)
    assert of(found["second"], "bucket", "region", "tag_keys") == [
        "other",
        "eu-central-1",
        ("team",),
    ]
    assert of(found["third-cur"], "bucket", "tag_keys") == ["main", ("team", "CostCenter")]


def test_a_table_inherits_the_environment_and_says_more_than_it(tmp_path):
    found = exports(tmp_path, env={"OPEN_FINOPS_AWS_BUCKET": "environment"})
    assert [export.settings.bucket for export in found.values()] == [
        "environment",
        "other",
        "environment",
    ]


def test_what_was_typed_overrules_every_table(tmp_path):
    found = exports(tmp_path, start_date="2026-05", bucket="typed")
    assert {(e.settings.bucket, e.settings.start_date) for e in found.values()} == {
        ("typed", "2026-05")
    }


@pytest.mark.parametrize("typed", ["second", "second-cur"])
def test_the_typed_name_picks_one_table(typed, tmp_path):
    found = exports(tmp_path, export_name=typed)
    assert list(found) == ["second"]
    assert of(found["second"], "export_name", "bucket") == ["second-cur", "other"]


def test_a_typed_name_that_no_table_has_is_an_export_of_its_own(tmp_path):
    found = exports(tmp_path, export_name="typed", bucket="elsewhere")
    assert list(found) == ["typed"]
    assert of(found["typed"], "bucket", "region") == ["elsewhere", "eu-central-1"]


def test_tables_alone_are_enough(tmp_path):
    text = "[[aws.exports]]\nname = 'a'\nbucket = 'b'\nexport_name = 'c'\n"
    assert list(exports(tmp_path, text)) == ["a"]


def test_the_file_alone_can_give_tables(tmp_path):
    found = exports(tmp_path, env={"OPEN_FINOPS_AWS_EXPORTS": "x"})
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[[aws.exports]]\nname = 'a'\n", MissingSetting),
        (FILE.replace('name = "second"', 'name = "main-cur"'), ExportCollision),
        (FILE.replace('name = "second"', 'name = "THIRD CUR"'), ExportCollision),
    ],
)
def test_tables_that_cannot_be_loaded_are_an_error(text, error, tmp_path):
    with pytest.raises(error):
        exports(tmp_path, text)
