"""[azure] and [[azure.exports]]: which exports are meant, and what of them is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load_config
from core.errors import BadSetting, ExportCollision, MissingSetting, UnknownSetting
from vendors.azure.config import configured_exports

FILE = """
[azure]
source = "az://main"
actual_export = "main-actual"
amortized_export = "main-amortized"
account_name = "acme"

[[azure.exports]]
name = "second"
source = "az://other"
focus_export = "second-focus"
start_date = "2026-01"

[[azure.exports]]
actual_export = "third-actual"
prefix = "third"
"""


def exports(tmp_path: Path, text: str = FILE, env: dict[str, str] | None = None, **flags):
    path = tmp_path / "config.toml"
    path.write_text(text)
    config = load_config(path, env=env or {}, flags={"azure": flags})
    return {export.name: export for export in configured_exports(config.vendors["azure"])}


def test_every_table_is_an_export_beside_the_first(tmp_path):
    found = exports(tmp_path)
    assert {name: export.datasets for name, export in found.items()} == {
        "main-actual": {"actual": "main-actual", "amortized": "main-amortized"},
        "second": {"focus": "second-focus"},
        "third-actual": {"actual": "third-actual"},
    }
    assert [e.table_prefix for e in found.values()] == ["", "second__", "third_actual__"]
    assert {e.settings.account_name for e in found.values()} == {"acme"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"actual_export": "second"}, {"second": {"focus": "second-focus"}}),
        ({"focus_export": "second-focus"}, {"second": {"focus": "second-focus"}}),
        ({"actual_export": "third-actual"}, {"third-actual": {"actual": "third-actual"}}),
        (
            {"actual_export": "main-actual"},
            {"main-actual": {"actual": "main-actual", "amortized": "main-amortized"}},
        ),
        ({"actual_export": "new"}, {"new": {"actual": "new"}}),
        (
            {"actual_export": "new", "amortized_export": "twin"},
            {"new": {"actual": "new", "amortized": "twin"}},
        ),
        ({"focus_export": "new"}, {"new": {"focus": "new"}}),
    ],
)
def test_a_typed_name_picks_an_entry_or_is_an_export_of_its_own(typed, expected, tmp_path):
    found = exports(tmp_path, **typed)
    assert {name: export.datasets for name, export in found.items()} == expected


def test_what_was_typed_overrules_every_entry(tmp_path):
    found = exports(tmp_path, source="folder", start_date="2025-05")
    assert {e.settings.source for e in found.values()} == {"folder"}
    assert {str(e.start) for e in found.values()} == {"2025-05-01"}


def test_a_directory_in_the_source_begins_the_prefix(tmp_path):
    text = '[azure]\nsource = "az://main/a/b"\nprefix = "c"\nactual_export = "x"\n'
    assert exports(tmp_path, text)["x"].settings.prefix == "a/b/c"


def test_variables_name_exports_too(tmp_path):
    env = {
        "OPEN_FINOPS_AZURE_SOURCE": "folder",
        "OPEN_FINOPS_AZURE_ACTUAL_EXPORT": "a",
        "OPEN_FINOPS_AZURE_AMORTIZED_EXPORT": "b",
    }
    assert exports(tmp_path, "", env)["a"].datasets == {"actual": "a", "amortized": "b"}
    typed = exports(tmp_path, "", env, actual_export="a")
    assert typed["a"].datasets == {"actual": "a", "amortized": "b"}


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ('[azure]\nactual_export = "x"', MissingSetting, "azure.source"),
        ('[azure]\nsource = "a"', MissingSetting, "actual_export"),
        ('[azure]\nsource = "a"\namortized_export = "x"', MissingSetting, "actual_export"),
        ('[azure]\nsource = "a"\nactual_export = "x"\nfocus_export = "y"', BadSetting, "focus"),
        ('[azure]\nsource = "s3://a"\nactual_export = "x"', BadSetting, "azure.source"),
        ('[azure]\nsource = "a"\nactual_export = "x"\nbucket = "y"', UnknownSetting, "bucket"),
        ('[azure]\nsource = "a"\nactual_export = "x"\nstart_date = "26-1"', BadSetting, "start"),
        ('[azure]\nsource = "a"\nactual_export = "x"\nstart_date = "2026-02"\n'
         'end_date = "2026-01"', BadSetting, "start_date"),
        ('[azure]\nsource = "a"\nactual_export = "x"\n[[azure.exports]]\nname = "X"\n'
         'actual_export = "y"', ExportCollision, "x"),
    ],
)  # fmt: skip
def test_wrong_settings_are_told_before_anything_is_read(text, error, word, tmp_path):
    with pytest.raises(error, match=word):
        exports(tmp_path, text)


def test_secrets_are_never_shown(tmp_path):
    text = '[azure]\nsource = "a"\nactual_export = "x"\naccount_key = "hush"\nsas_token = "hush"'
    assert "hush" not in repr(exports(tmp_path, text)["x"])
