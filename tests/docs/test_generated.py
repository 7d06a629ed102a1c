"""What is generated is current, and says everything that the code can do."""

from __future__ import annotations

import tomllib

import click
import pytest

from core.cli.reference import generated, tree
from core.config import load_config, sections
from core.convert import convert
from core.reference import known_variables, settings
from tests.source import ROOT

EXAMPLE = ROOT / "config.toml.example"


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_files_are_current(path):
    wanted = generated()[path]
    assert path.read_text(encoding="utf-8") == wanted, "run python -m core.cli.reference"


def test_the_example_as_it_is_changes_nothing():
    config = load_config(EXAMPLE, env={})
    assert config.origins == {}
    assert tomllib.loads(EXAMPLE.read_text()).keys() == {
        kind.section.partition(".")[0] for kind in sections()
    }


def test_the_example_with_every_setting_in_force_still_means_the_defaults(tmp_path):
    """Without its # every line gives a setting its default, and each setting has its line."""
    lines = EXAMPLE.read_text().splitlines()
    uncommented = [line.removeprefix("#") for line in lines if not line.startswith("# ")]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(uncommented))
    config = load_config(path, env={})
    empty = load_config(EXAMPLE, env={})

    for kind in sections():
        for setting in settings(kind, {}):
            assert config.origins[f"{kind.section}.{setting.name}"] == "file"
    assert config.project == empty.project
    assert config.duckdb == empty.duckdb
    for name, section in config.vendors.items():
        for setting in settings(type(section), {}):
            if not setting.sample:
                given = getattr(section, setting.name)
                assert given == getattr(empty.vendors[name], setting.name), setting.name
            else:
                entry = dict(setting.sample)
                assert list(getattr(section, setting.name)) == [entry]


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "configuration.md").read_text()
    missing = [
        f"{kind.section}.{setting.name}"
        for kind in sections()
        for setting in settings(kind, {})
        if f"{setting.name}{']]' if setting.sample else ''}`" not in page
        or setting.about not in page
    ]
    missing += [name for name in known_variables() if f"`{name}`" not in page]
    assert missing == []


def test_every_command_and_option_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text()
    for command, context in tree():
        heading = f"# {context.command_path.removeprefix('./')}\n"
        assert heading in page
        section = page.split(heading)[1].split("\n## ")[0].split("\n### ")[0]
        for option in command.params:
            for name in option.opts if isinstance(option, click.Option) else ():
                assert f"`{name}`" in section, f"{heading} {name}"


def test_an_unset_text_is_what_the_example_calls_it():
    assert convert("x", "", str | None) is None
