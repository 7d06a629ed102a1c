"""`config show` says where each value comes from, `config init` begins a file."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from core.config import ROOT, load_config
from core.reference import known_variables

SECRET = "canary-7f3a"


def shown(finops, *arguments: str, **options: Any) -> dict[str, list[Any]]:
    """Return value and origin of each setting, as `config show --json` has them."""
    result = finops("config", "show", "--json", *arguments, **options)
    assert result.code == 0, result.err
    rows = json.loads(result.out)["settings"]
    return {f"{r['section']}.{r['name']}": [r["value"], r["origin"]] for r in rows}


def write(folder: Path, text: str, name: str = "config.toml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_each_value_has_its_origin(finops):
    write(finops.home, '[project]\nname = "ours"\n[aws]\nbucket = "file"\nprefix = "p"\n')
    found = shown(finops, env={"OPEN_FINOPS_AWS_BUCKET": "variable"})

    assert found["aws.bucket"] == ["variable", "OPEN_FINOPS_AWS_BUCKET"]
    assert found["aws.prefix"] == ["p", "file"]
    assert found["project.name"] == ["ours", "file"]
    assert found["project.data_dir"] == [str(finops.data), "OPEN_FINOPS_DATA_DIR"]
    assert found["aws.reset"] == [False, "default"]
    assert found["aws.tag_keys"] == [[], "default"]


def test_every_setting_is_shown(finops):
    found = shown(finops)
    names = {name.upper().replace(".", "_") for name in found}
    assert {f"OPEN_FINOPS_{name}" for name in names} <= set(known_variables())
    assert len(found) == len({n for n in known_variables()} - {
        "OPEN_FINOPS_DATA_DIR", "OPEN_FINOPS_DATABASE_PATH", "OPEN_FINOPS_AWS_DATASET"
    })  # fmt: skip


def test_the_demo_flag_moves_the_data(finops):
    found = shown(finops, "--demo")
    assert found["project.data_dir"] == [str(finops.data / "demo"), "flag"]


def test_the_table_names_file_and_database(finops):
    write(finops.home, "")
    out = finops("config", "show").out
    assert f"config file: {finops.home / 'config.toml'}" in out
    assert f"database:    {finops.database}" in out
    assert re.search(r"^database\.duckdb\.memory_limit +1500MB +default *$", out, re.MULTILINE)


def test_secrets_are_masked_everywhere(finops):
    write(
        finops.home,
        f'[aws]\nsecret_access_key = "{SECRET}"\n[[aws.exports]]\nname = "second"\n'
        f'session_token = "{SECRET}"\n',
    )
    for arguments in (["show"], ["show", "--json"]):
        result = finops("config", *arguments, env={"OPEN_FINOPS_AWS_EXTERNAL_ID": SECRET})
        assert SECRET not in result.out + result.err
        assert result.out.count("****") == 3


def test_further_exports_are_shown_as_the_file_has_them(finops):
    write(finops.home, '[[aws.exports]]\nname = "second"\nbucket = "b"\ntag_keys = ["x"]\n')
    found = shown(finops)
    assert found["aws.exports[1].name"] == ["second", "file"]
    assert found["aws.exports[1].tag_keys"] == [["x"], "file"]


def test_config_may_stand_before_the_command_or_after_it_and_after_it_wins(finops):
    first = write(finops.home, '[project]\nname = "first"\n', "first.toml")
    second = write(finops.home, '[project]\nname = "second"\n', "second.toml")

    def name(*arguments: str) -> str:
        result = finops(*arguments)
        return next(r["value"] for r in json.loads(result.out)["settings"] if r["name"] == "name")

    show = ["config", "show", "--json"]
    assert name("--config", first, *show) == "first"
    assert name("-c", first, *show) == "first"
    assert name(*show, "-c", second) == "second"
    assert name("-c", first, *show, "-c", second) == "second"


def test_every_command_that_reads_settings_takes_config(finops):
    missing = str(finops.home / "nowhere.toml")
    for command in (
        ["run"],
        ["aws", "import-cur"],
        ["aws", "list-manifests"],
        ["aws", "list-exports"],
        ["aws", "show-state"],
        ["report", "overview"],
        ["focus", "build"],
        ["focus", "check"],
        ["focus", "export", "-o", "x"],
        ["query", "SELECT 1"],
        ["doctor"],
        ["config", "show"],
        ["demo"],
    ):
        result = finops(*command, "-c", missing)
        assert result.code == 2, command
        assert missing in result.out + result.err, command


def test_a_typed_bucket_overrules_variable_and_file(finops):
    write(finops.home, '[aws]\nbucket = "./from-file"\nexport_name = "cur"\n')
    variable = {"OPEN_FINOPS_AWS_BUCKET": "./from-variable"}

    assert "from-file" in finops("aws", "import-cur").error
    assert "from-variable" in finops("aws", "import-cur", env=variable).error
    assert "typed" in finops("aws", "import-cur", "-b", "./typed", env=variable).error


def test_init_writes_a_file_that_changes_nothing(finops):
    result = finops("config", "init")
    path = finops.home / "config.toml"

    assert result.code == 0, result.err
    assert path.read_text() == (ROOT / "config.toml.example").read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_config(path, env={}).origins == {}


def test_init_never_overwrites_unless_told(finops):
    path = write(finops.home, "# mine\n")

    result = finops("config", "init")
    assert (result.code, result.hint) == (
        2,
        "Use --force to overwrite it, or --path to write another file.",
    )
    assert Path(path).read_text() == "# mine\n"

    assert finops("config", "init", "--force").code == 0
    assert tomllib.loads(Path(path).read_text())["aws"] == {}
    assert finops("config", "init", "--path", "other.toml").code == 0
    assert (finops.home / "other.toml").exists()


def test_init_into_a_folder_that_is_not_there_is_an_error(finops):
    result = finops("config", "init", "--path", "nowhere/config.toml")
    assert result.code == 7
    assert "nowhere/config.toml" in result.error


def test_the_signature_of_an_address_is_not_shown(finops):
    address = "https://acme.blob.core.windows.net/bills"
    path = write(
        finops.home,
        f'[azure]\nsource = "{address}?sv=1&sig={SECRET}"\n'
        f'[[focus.sources]]\nprovider = "x"\nsource = "{address}/x?sv=1&sig={SECRET}"\n',
        "signed.toml",
    )

    result = finops("config", "show", "-c", path)

    assert SECRET not in result.out
    assert address in result.out and f"{address}/x" in result.out
