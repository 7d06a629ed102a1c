"""Every package is there for a reason, locked, and the same for users and for tests."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import core
from tests.source import PACKAGES, ROOT, imported, modules

KINDS = ["requirements", "requirements-dev", "requirements-validator"]


def direct(kind: str) -> list[Requirement]:
    """Return what a .in file asks for itself."""
    lines = (ROOT / f"{kind}.in").read_text().splitlines()
    return [Requirement(line.split(" #")[0]) for line in lines if line and line[0] not in "#-"]


def names(kind: str) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in direct(kind)}


def entries(kind: str) -> list[str]:
    """Return a lock's entries, each one logical line: the pin, its marker, its hashes."""
    text = (ROOT / f"{kind}.lock").read_text().replace("\\\n", " ")
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def pins(kind: str) -> dict[str, set[str]]:
    """Return the versions that a lock gives each package, over all Pythons and systems."""
    found: dict[str, set[str]] = {}
    for entry in entries(kind):
        requirement = Requirement(entry.split(" --hash=")[0].strip())
        version = str(requirement.specifier).removeprefix("==")
        found.setdefault(canonicalize_name(requirement.name), set()).add(version)
    return found


def documented(heading: str) -> list[str]:
    """Return the packages that one section of docs/dependencies.md gives a line."""
    text = (ROOT / "docs" / "dependencies.md").read_text()
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^- \*\*([^*]+)\*\*: \S.*\.$", section, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("requirements", "For users"),
        ("requirements-dev", "For tests"),
        ("requirements-validator", "For the FOCUS validator"),
    ],
)
def test_each_direct_dependency_has_its_line_and_nothing_else_has(kind: str, heading: str) -> None:
    assert sorted(documented(heading)) == sorted(names(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_holds_what_is_asked_for(kind: str) -> None:
    locked = pins(kind)
    for requirement in direct(kind):
        versions = locked[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


@pytest.mark.parametrize("kind", KINDS)
def test_every_locked_package_has_hashes(kind: str) -> None:
    assert [entry for entry in entries(kind) if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_names_no_place(kind: str) -> None:
    text = (ROOT / f"{kind}.lock").read_text()
    assert re.findall(r".*(?:\w+:/|index|find-links| @ |\s/).*", text) == []


def test_tests_run_on_the_users_versions() -> None:
    ours, tested = pins("requirements"), pins("requirements-dev")
    assert {name: tested.get(name) for name in ours} == ours


def test_every_import_is_a_direct_dependency() -> None:
    owners = packages_distributions()
    allowed = {*names("requirements"), *PACKAGES, *sys.stdlib_module_names}
    wrong = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in [*modules("core"), *modules("vendors")]
        for name in {name.partition(".")[0] for name in imported(module)}
        if allowed.isdisjoint({name, *map(canonicalize_name, owners.get(name, []))})
    ]
    assert wrong == []


def test_the_version_is_said_once() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["project"]["dynamic"] == ["version"]
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "core.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", core.__version__)


def test_the_oldest_python_is_the_same_everywhere() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["project"]["requires-python"] == ">=3.11"
    assert settings["tool"]["ruff"]["target-version"] == "py311"
    assert settings["tool"]["mypy"]["python_version"] == "3.11"
