"""The troubleshooting page names every error with its code, and every case that is tested."""

from __future__ import annotations

import re

import tests.fixtures.aws.broken_files
import tests.fixtures.aws.broken_manifests
import tests.fixtures.azure.broken_files
import tests.fixtures.azure.broken_manifests  # noqa: F401 - registers its cases
from core import errors
from tests.fixtures.aws.cases import CASES
from tests.fixtures.azure.broken import CASES as AZURE_CASES
from tests.fixtures.focus.broken import BROKEN
from tests.fixtures.gcp.cases import CASES as GCP_CASES
from tests.fixtures.killed import POINTS
from tests.integration.test_bad_settings import SETTINGS
from tests.source import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def kinds(kind: type[errors.FinopsError]) -> list[type[errors.FinopsError]]:
    found = kind.__subclasses__()
    return [kind, *(deeper for one in found for deeper in kinds(one))]


def test_every_error_stands_with_its_exit_code():
    listed = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", section("Errors"), re.MULTILINE))
    families = {"FinopsError", "ConfigError", "SourceError", "DataError", "AccessError"}
    families |= {"MetabaseError", "DeployError"}
    known = {k.__name__: str(k.exit_code) for k in kinds(errors.FinopsError)}
    assert listed == {name: code for name, code in known.items() if name not in families}


def test_every_exit_code_is_explained():
    listed = re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)
    codes = {k.exit_code for k in kinds(errors.FinopsError)} - {errors.FinopsError.exit_code}
    assert [int(code) for code in listed] == [0, *sorted(codes), 69, 130]


def test_every_wrong_delivery_is_listed_with_its_code():
    listed = re.findall(r"^\| (.+) \| (\d+) \|$", section("Broken deliveries"), re.M)
    assert sorted(listed) == sorted(
        (case.name, str(case.code)) for case in [*CASES, *AZURE_CASES, *GCP_CASES]
    )


def test_every_wrong_setting_is_listed():
    listed = re.findall(r"^\| (.+) \|$", section("Wrong settings"), re.M)
    assert listed[1:] == [setting.name for setting in SETTINGS]


def test_every_check_that_warns_is_explained():
    checks = (ROOT / "focus" / "tests").rglob("*.sql")
    warning = {path.stem for path in checks if "severity='warn'" in path.read_text()}
    assert set(re.findall(r"^\| `(assert_\w+)` \|", section("Attention"), re.M)) == warning


def test_the_number_of_kills_is_true():
    words = {22: "twenty-two"}
    assert f"SIGKILL at {words[len(POINTS)]} points" in PAGE


def test_every_wrong_file_of_a_source_is_listed_with_its_code():
    page = (ROOT / "docs" / "vendors" / "focus.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (.+) \| (\d+) \|$", page.split("## Broken files\n", 1)[1], re.M)
    assert listed == [(case.name, str(case.code)) for case in BROKEN]
