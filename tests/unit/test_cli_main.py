"""The command line itself: help, version, completion, exit codes."""

from __future__ import annotations

import re
import shutil
import subprocess

import click
import pytest

from core import __version__, errors
from core.cli.reference import tree

COMMANDS = [
    pytest.param(command, context, id=context.command_path.removeprefix("./"))
    for command, context in tree()
]
LEAVES = [p for p in COMMANDS if not isinstance(p.values[0], click.Group)]


@pytest.mark.parametrize(("command", "context"), COMMANDS)
def test_every_command_explains_itself(command, context):
    assert command.help, context.command_path
    assert command.get_short_help_str(200).endswith(".")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help and option.help.endswith("."), (
                f"{context.command_path} {option.name}"
            )


@pytest.mark.parametrize(("command", "context"), LEAVES)
def test_every_command_has_an_example(command, context):
    words = context.command_path.removeprefix("./finops ")
    assert "\b\nExamples:\n" in command.help.replace("    ", "")
    assert any(
        line.strip().removeprefix("OPEN_FINOPS_AWS_BUCKET=my-bucket ").startswith("./finops")
        and words in line
        for line in command.help.splitlines()
    )


@pytest.mark.parametrize(("command", "context"), COMMANDS)
def test_help_is_there_for_every_command(command, context, finops):
    arguments = context.command_path.split()[1:]
    for flag in ("--help", "-h"):
        result = finops(*arguments, flag)
        assert result.code == 0
        assert result.out.startswith("Usage: finops")


def test_commands_show_in_the_order_of_a_first_day(finops):
    out = finops("--help").out
    places = [out.index(f"\n  {name} ") for name in ("demo", "run", "aws", "report", "config")]
    assert places == sorted(places)


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_one_line(flag, finops):
    assert finops(flag).out == f"open-finops-stack {__version__}\n"


def test_a_run_without_an_export_names_every_section_that_could_hold_one(finops):
    result = finops("run")
    assert (result.code, result.error) == (2, "the settings name no export to import")
    assert all(f"[{vendor}]" in result.hint for vendor in ("aws", "azure", "focus", "gcp"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "No such command 'nothing'"),
        (["aws", "import-cur", "--buckt", "x"], "Did you mean '--bucket'?"),
        (["query"], "Missing argument 'SQL'"),
        (["query", "SELECT 1", "--format", "xml"], "'xml' is not one of"),
        (["query", "SELECT 1", "--limit", "0"], "0 is not in the range"),
        (["focus", "export"], "Missing option '--output'"),
        (["aws", "import-cur", "-v", "v3"], "'v3' is not one of 'v1', 'v2'"),
    ],
)
def test_a_wrong_call_ends_with_code_2(arguments, said, finops):
    result = finops(*arguments)
    assert result.code == 2
    assert said in result.err


def test_every_error_class_has_the_exit_code_of_its_family():
    families = {c: c.exit_code for c in errors.FinopsError.__subclasses__()}
    assert sorted(families.values()) == list(range(2, 13))
    for family, code in families.items():
        assert re.search(rf"── {family.__name__} +{code}  \w", errors.__doc__)
        for child in family.__subclasses__():
            assert child.exit_code == code
            assert child.__name__ in errors.__doc__


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_that_shell(shell, finops, tmp_path):
    result = finops("completion", shell)
    assert result.code == 0, result.err
    assert "_FINOPS_COMPLETE" in result.out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(result.out)
        assert subprocess.run([shell, "-n", script], capture_output=True).returncode == 0


def test_completion_completes_commands_and_options(finops):
    def completed(*words: str) -> list[str]:
        env = {
            "_FINOPS_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["finops", *words]),
            "COMP_CWORD": str(len(words)),
        }
        out = finops.run(env=env).out
        return [line.partition(",")[2] for line in out.splitlines()]

    assert "import-cur" in completed("aws", "i")
    assert completed("aws", "import-cur", "--table") == ["--table-strategy"]
    assert completed("query", "--format", "c") == ["csv"]
