"""finops-podman.sh is ./finops: the same output and exit codes, from cron, of this checkout."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.podman import IMAGE, Podman
from tests.containers.site import USER
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import ROOT, Result

WRAPPER = "finops-podman.sh"
SPEND = "SELECT sum(line_item_unblended_cost)::DECIMAL(9, 2) AS usd FROM aws_billing.cur"
CONFIG = """
[aws]
bucket = "exports/aws"
prefix = "exports"
export_name = "cur"
[database.duckdb]
database_path = "disk/bills.duckdb"
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with the script, config.toml and exports/, as on a user's machine."""

    folder: Path
    podman: Podman

    @property
    def environment(self) -> dict[str, str]:
        """What cron gives, and where the tests keep their images."""
        known = {name: self.podman.environment[name] for name in ("PATH", "CONTAINERS_CONF")}
        return {**known, "HOME": str(self.folder / "home")}

    def script(self, text: str, cwd: str = "/", **variables: str) -> Result:
        """Run a line of a crontab: no terminal, hardly a variable, a folder elsewhere."""
        return started(["sh", "-c", text], cwd, {**self.environment, **variables})

    def wrapped(self, *arguments: str) -> Result:
        """Run a command in its container."""
        env = {**self.environment, "OPEN_FINOPS_IMAGE": IMAGE}
        return started([str(self.folder / WRAPPER), *arguments], self.folder, env)

    def local(self, *arguments: str) -> Result:
        """Run the same command as ./finops does."""
        command = [sys.executable, "-m", "core.cli.main", *arguments]
        return started(command, self.folder, {**self.environment, "PYTHONPATH": str(ROOT)})


def started(command: list[str], cwd: str | Path, env: dict[str, str]) -> Result:
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=300, check=False)  # fmt: skip
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def checkout(image: Podman, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with a month of AWS, USD 2.20, whose database lies outside the data folder."""
    folder = tmp_path_factory.mktemp("checkout")
    folder.chmod(0o755)
    shutil.copy2(ROOT / WRAPPER, folder / WRAPPER)
    (folder / "home").mkdir()
    for name in ("data", "disk"):
        (folder / name).mkdir()
        os.chown(folder / name, USER, USER)
    (folder / "config.toml").write_text(CONFIG)
    Bucket(folder / "exports" / "aws").deliver("2026-01", costs=["1.10", "1.10"])
    yield Checkout(folder, image)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, "config show --json"),
        (2, ""),
        (2, "run -c wrong.toml"),
        (2, "report overview --curency USD"),
        (3, "aws import-cur --export-name unknown"),
        (5, "aws import-cur -b ./nowhere"),
        (9, "query 'SELECT 1'"),
    ],
)
def test_output_errors_and_exit_code_are_those_of_finops(
    checkout: Checkout, code: int, arguments: str
) -> None:
    (checkout.folder / "wrong.toml").write_text('[aws]\nbukket = "bills"\n')
    words = shlex.split(arguments)
    wrapped = checkout.wrapped(*words)
    assert wrapped.code == code, wrapped.err
    assert wrapped == checkout.local(*words)


def test_cron_imports_what_config_toml_beside_the_script_names(checkout: Checkout) -> None:
    program = checkout.folder / WRAPPER
    image = {"OPEN_FINOPS_IMAGE": IMAGE}
    done = checkout.script(f"{program} run --no-transform", **image)
    assert done.code == 0, done.err
    database = (checkout.folder / "disk" / "bills.duckdb").stat()
    assert database.st_uid == USER

    asked = checkout.script(f"{program} query '{SPEND}' --format csv <&- 2>&-", "/root", **image)
    assert (asked.code, asked.out) == (0, "usd\n2.20\n")


def test_a_change_of_the_checkout_is_in_the_next_command(
    checkout: Checkout, tmp_path: Path
) -> None:
    image = tmp_path / "docker" / "finops" / "Containerfile"
    image.parent.mkdir(parents=True)
    shutil.copy2(ROOT / WRAPPER, tmp_path / WRAPPER)
    command = f"{tmp_path / WRAPPER} --version"

    def version(text: str) -> Result:
        image.write_text(f'FROM {IMAGE}\nENTRYPOINT ["/bin/echo", "{text}"]\n')
        return checkout.script(command)

    first, again, newer = version("first"), version("first"), version("newer")
    assert [one.out for one in (first, again, newer)] == [
        f"{text} --version\n" for text in ("first", "first", "newer")
    ]
    assert ["building" in one.err for one in (first, again, newer)] == [True, False, True]
    assert again.err == ""
