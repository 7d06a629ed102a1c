"""Every setting of every section obeys one order: default, file, environment, flag."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import click
import pytest

from core.cli.options import demo_config
from core.cli.reference import setting_flags, tree
from core.config import Config, load_config, sections
from core.reference import toml
from core.sections import ENV_ALIASES, Section, variable_name

SETTINGS = [
    pytest.param(kind, setting.name, id=f"{kind.section}.{setting.name}")
    for kind in sections()
    for setting in fields(kind)
    if setting.name not in kind.lists()
]
FLAGS = [
    pytest.param(kind, name, id=f"{kind.section}.{name}")
    for kind in sections()
    for name in (f.name for f in fields(kind))
    if (kind.section, name) in setting_flags()
]
EXAMPLES: dict[Any, tuple[Any, Any]] = {
    bool: (True, False),
    int: (3, 5),
    Path: (Path("one"), Path("two")),
    str: ("one", "two"),
}
SPECIAL = {
    "memory_limit": ("1GB", "2GiB"),
    "display": ("USD", "EUR"),
    "url": ("http://one:3000", "https://two"),
    "database_folder": ("/one", "/two"),
    "cron": ("0 5 * * *", "0 6 * * *"),
    "time_zone": ("Europe/Berlin", "UTC"),
    "source": ("/one", "/two"),
    "pricing_source": ("/one", "/two"),
    "service_account_path": (Path("/one"), Path("/two")),
}


def two_values(kind: type[Section], name: str) -> tuple[Any, Any]:
    """Return two values that differ and of which the first is not the default."""
    hint = get_type_hints(kind)[name]
    if get_origin(hint) in (UnionType, Union):
        hint = next(k for k in get_args(hint) if k is not type(None))
    if name in SPECIAL:
        return SPECIAL[name]
    if get_origin(hint) is tuple:
        return ("a", "b c"), ("d",)
    if get_origin(hint) is Literal:
        values = [v for v in get_args(hint) if v != default_of(kind, name)]
        return (*values, default_of(kind, name))[:2] if values else get_args(hint) * 2
    first, second = EXAMPLES[hint]
    return (second, first) if first == default_of(kind, name) else (first, second)


def default_of(kind: type[Section], name: str) -> Any:
    return next(f.default for f in fields(kind) if f.name == name)


def written(folder: Path, table: str, name: str, value: Any) -> Path:
    path = folder / "config.toml"
    path.write_text(f"[{table}]\n{name} = {toml(value)}\n")
    return path


def as_variable(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def value_of(config: Config, kind: type[Section], name: str) -> Any:
    parts = (config.project, config.database, config.duckdb, config.transformations)
    others = (config.currency, config.dashboards, config.metabase, config.schedule)
    every = (*parts, *others, *config.vendors.values())
    section = next(s for s in every if isinstance(s, kind))
    return getattr(section, name)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch()
    return path


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_a_setting_that_nobody_gave_has_its_default(kind, name, empty):
    config = load_config(empty, env={})

    assert value_of(config, kind, name) == default_of(kind, name)
    assert f"{kind.section}.{name}" not in config.origins


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_the_file_overrules_the_default(kind, name, tmp_path):
    first, _ = two_values(kind, name)
    config = load_config(written(tmp_path, kind.section, name, first), env={})

    assert value_of(config, kind, name) == first
    assert config.origins[f"{kind.section}.{name}"] == "file"


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_the_environment_overrules_the_file(kind, name, tmp_path):
    first, second = two_values(kind, name)
    variable = variable_name(kind.section, name)
    config = load_config(
        written(tmp_path, kind.section, name, first), env={variable: as_variable(second)}
    )

    assert value_of(config, kind, name) == second
    assert config.origins[f"{kind.section}.{name}"] == variable


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_an_empty_variable_counts_as_not_set(kind, name, tmp_path):
    first, _ = two_values(kind, name)
    path = written(tmp_path, kind.section, name, first)
    config = load_config(path, env={variable_name(kind.section, name): ""})

    assert value_of(config, kind, name) == first


PLACES = """
[aws]
bucket = "exports/aws"
[[aws.exports]]
bucket = "./more"
[[aws.exports]]
bucket = "a-bucket"
[azure]
source = "az://exports"
[[azure.exports]]
source = "azure"
[gcp]
source = "gcp/*.parquet"
pricing_source = "/prices"
service_account_path = "key.json"
[focus]
source = "~/focus"
"""


def test_relative_paths_of_the_file_begin_at_its_folder(tmp_path):
    (tmp_path / "config.toml").write_text(PLACES)
    vendors = load_config(tmp_path / "config.toml", env={}).vendors

    assert vendors["aws"].bucket == f"{tmp_path}/exports/aws"
    assert [entry["bucket"] for entry in vendors["aws"].exports] == [f"{tmp_path}/more", "a-bucket"]
    assert vendors["azure"].source == "az://exports"
    assert [entry["source"] for entry in vendors["azure"].exports] == [f"{tmp_path}/azure"]
    assert vendors["gcp"].source == f"{tmp_path}/gcp/*.parquet"
    assert vendors["gcp"].pricing_source == "/prices"
    assert vendors["gcp"].service_account_path == tmp_path / "key.json"
    assert vendors["focus"].source == "~/focus"


def test_relative_paths_of_variables_and_options_begin_where_they_are_typed(tmp_path):
    (tmp_path / "config.toml").write_text(PLACES)
    env, flags = {"OPEN_FINOPS_AWS_BUCKET": "exports/typed"}, {"azure": {"source": "typed"}}
    vendors = load_config(tmp_path / "config.toml", env=env, flags=flags).vendors

    assert vendors["aws"].bucket == "exports/typed"
    assert vendors["azure"].source == "typed"


def needs_more(command: click.Command) -> bool:
    """Tell whether a command cannot start without an option: then it is none of the section's."""
    return any(option.required for option in command.params)


@pytest.mark.parametrize(("kind", "name"), FLAGS)
def test_what_was_typed_overrules_the_environment(kind, name, tmp_path):
    first, second = two_values(kind, name)
    path = written(tmp_path, kind.section, name, second)
    env = {variable_name(kind.section, name): as_variable(second)}
    for command, context in tree():
        options = [o for o in command.params if o.name == name]
        of_section = f"{context.command_path} ".startswith(f"./finops {kind.section} ")
        if options and of_section and not needs_more(command):
            typed = [options[0].opts[0], *([] if first is True else [as_variable(first)])]
            with command.make_context("command", typed) as parsed:
                config = load_config(path, env=env, flags={kind.section: parsed.params})

            assert value_of(config, kind, name) == first, context.command_path
            assert config.origins[f"{kind.section}.{name}"] == "flag"


@pytest.mark.parametrize(("kind", "name"), FLAGS)
def test_an_option_that_was_not_typed_overrules_nothing(kind, name):
    for command, context in tree():
        of_section = kind.section in context.command_path
        if any(o.name == name for o in command.params) and of_section and not needs_more(command):
            with command.make_context("command", []) as parsed:
                assert parsed.params[name] is None, context.command_path


@pytest.mark.parametrize(("full", "short"), ENV_ALIASES.items())
def test_a_short_variable_means_the_same_and_the_full_one_wins(full, short, empty):
    one = load_config(empty, env={short: "one"})
    both = load_config(empty, env={short: "one", full: "two"})

    assert short in one.origins.values()
    assert full in both.origins.values()
    assert short not in both.origins.values()


def test_every_default_is_stated(empty):
    stated = [f.default for kind in sections() for f in fields(kind)]
    assert MISSING not in stated


def test_a_variable_holds_a_list_with_commas(empty):
    env = {"OPEN_FINOPS_AWS_TAG_KEYS": " CostCenter, team ,,"}
    assert load_config(empty, env=env).vendors["aws"].tag_keys == ("CostCenter", "team")


def test_an_empty_text_in_the_file_means_not_set(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[aws]\naccess_key_id = ""\ncur_version = ""\n[database.duckdb]\n'
                    'database_path = ""\n')  # fmt: skip
    config = load_config(path, env={})

    assert config.vendors["aws"].access_key_id is None
    assert config.vendors["aws"].cur_version is None
    assert config.database_path == tmp_path / "data" / "finops.duckdb"


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    path.write_text('[project]\ndata_dir = "bills"\n[database.duckdb]\ndatabase_path = "my.db"\n')
    monkeypatch.chdir("/")
    config = load_config(path, env={})

    assert config.data_dir == tmp_path / "bills"
    assert config.database_path == tmp_path / "my.db"
    assert config.limits.temp_directory == tmp_path / "bills" / "tmp"


def test_without_a_file_they_start_at_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("core.config.ROOT", tmp_path / "project")
    config = load_config(env={"OPEN_FINOPS_DATA_DIR": "./bills"})

    assert config.path is None
    assert config.data_dir == tmp_path / "project" / "bills"


def test_absolute_paths_and_the_home_folder_stay_what_they_are(empty, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert load_config(empty, env={"OPEN_FINOPS_DATA_DIR": "/x"}).data_dir == Path("/x")
    assert load_config(empty, env={"OPEN_FINOPS_DATA_DIR": "~/x"}).data_dir == Path("/home/ada/x")


def test_the_file_of_the_current_folder_comes_before_that_of_the_project(tmp_path, monkeypatch):
    project, here = tmp_path / "project", tmp_path / "here"
    for folder in (project, here):
        folder.mkdir()
        (folder / "config.toml").write_text(f'[project]\nname = "{folder.name}"\n')
    monkeypatch.setattr("core.config.ROOT", project)
    monkeypatch.chdir(here)
    assert load_config(env={}).project.name == "here"
    (here / "config.toml").unlink()
    assert load_config(env={}).project.name == "project"


def test_the_demo_has_a_folder_and_a_database_of_its_own(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[database.duckdb]\ndatabase_path = "mine.duckdb"\n')
    demo = demo_config(load_config(path, env={}))

    assert demo.database_path == tmp_path / "data" / "demo" / "finops.duckdb"
    assert demo.limits.temp_directory == tmp_path / "data" / "demo" / "tmp"


def test_vendors_are_configured_by_file_or_variable(tmp_path, empty):
    assert load_config(empty, env={}).configured == frozenset()
    assert load_config(empty, env={"OPEN_FINOPS_AWS_BUCKET": ""}).configured == frozenset()
    assert load_config(empty, env={"OPEN_FINOPS_AWS_BUCKET": "b"}).configured == {"aws"}
    path = tmp_path / "config.toml"
    path.write_text("[aws]\n")
    assert load_config(path, env={}).configured == {"aws"}
