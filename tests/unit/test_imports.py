"""The shape of the code: which way imports point, how long a file may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import core
import vendors
from tests.source import PACKAGES, ROOT, imported, modules

LONGEST = 300
VENDORS = sorted(file.parent.name for file in (ROOT / "vendors").glob("*/__init__.py"))
FORBIDDEN = {
    "core": ["vendors", "dashboards", "metabase", "deploy", "tests", "bench"],
    "vendors": ["dashboards", "metabase", "deploy", "tests", "bench"],
    "dashboards": ["vendors", "metabase", "deploy", "tests", "bench"],
    "metabase": ["vendors", "dashboards", "deploy", "tests", "bench"],
    "deploy": ["vendors", "dashboards", "metabase", "tests", "bench"],
    **{
        f"vendors/{vendor}": [f"vendors.{other}" for other in VENDORS if other != vendor]
        for vendor in VENDORS
    },
}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(folder: str) -> None:
    wrong = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(folder)
        for name in imported(module)
        if any(f"{name}.".startswith(f"{other}.") for other in FORBIDDEN[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_core_names_no_vendor(vendor: str) -> None:
    wrong = [
        str(module.relative_to(ROOT))
        for module in modules("core")
        if f"vendors.{vendor}" in module.read_text()
    ]
    assert wrong == []


@pytest.mark.parametrize("package", [core, vendors])
def test_packages_are_the_checkouts_own(package: object) -> None:
    assert Path(str(getattr(package, "__file__", None))).is_relative_to(ROOT)


def test_files_fit_on_a_few_screens() -> None:
    folders = [*PACKAGES, "focus/models", "focus/macros", "focus/tests", "tests", "bench"]
    files = [ROOT / "finops", *ROOT.glob("*.py")]
    for folder in folders:
        files += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.sql")]
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_nothing_prints() -> None:
    wrong = [
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for package in PACKAGES
        for module in modules(package)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    assert wrong == []
