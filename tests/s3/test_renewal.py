"""An import that outlives its temporary keys goes on with new ones, in DuckDB as in boto3."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.progress import no_progress
from core.storage.access import S3Access
from core.storage.base import renewing
from core.storage.s3 import S3Store
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error
from tests.s3.proxy import Answer, Request, s3_error

MONTHS = ("2026-01", "2026-02", "2026-03")
ROLE = "arn:aws:iam::000000000001:role/finops"
PROCESS = """
import datetime, json, pathlib, sys
home = pathlib.Path(sys.argv[1])
if (home / "signed out").exists():
    sys.exit("sign in again")
count = home / "count"
number = len(count.read_text()) if count.exists() else 0
count.write_text("x" * (number + 1))
soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
keys = {"AccessKeyId": f"AKIA{number:05d}", "SecretAccessKey": "s", "SessionToken": "t"}
sys.stdout.write(json.dumps({"Version": 1, "Expiration": soon.isoformat(), **keys}))
"""
"""A credential_process whose keys end so soon that boto3 asks for new ones at every use."""


@pytest.fixture
def options(tmp_path: Path, upload: Callable[[Bucket], list[str]]) -> list[str]:
    """Three months in parquet, so that DuckDB itself reads the bucket."""
    bucket = Bucket(tmp_path / "mirror", form="parquet")
    for month in MONTHS:
        bucket.deliver(month, ["1.10", "1.10"])
    return upload(bucket)


def keys_of_a_process(finops: Finops) -> dict[str, str]:
    """Return the variables of a profile whose keys a process makes."""
    script = finops.home / "keys.py"
    script.write_text(PROCESS)
    config = finops.home / "aws.config"
    command = f"{sys.executable} -SE {script} {finops.home}"
    config.write_text(f"[profile billing]\ncredential_process = {command}\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del finops.environment[name]
    return {"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "billing"}


class OneMonthPerKey:
    """Refuses DuckDB a key that has read another month before, as if it had expired since."""

    def __init__(self) -> None:
        self.keys: dict[str, list[str]] = {month: [] for month in MONTHS}

    def __call__(self, request: Request) -> Answer | None:
        if not request.by_duckdb:
            return None
        key = re.findall(r"Credential=(\w+)/", request.signed_for)[0]
        month = re.findall(r"BILLING_PERIOD(?:=|%3D)([\d-]+)", request.path)[0]
        if any(key in keys for other, keys in self.keys.items() if other != month):
            return s3_error(403, "ExpiredToken")
        if key not in self.keys[month]:
            self.keys[month].append(key)
        return None


def test_an_import_outlives_its_keys(options, finops, proxy):
    env = keys_of_a_process(finops)
    proxy.rule = rule = OneMonthPerKey()

    finops.load(*options, env=env)

    assert [finops.billed(month) for month in MONTHS] == [Decimal("2.20")] * 3
    assert all(len(keys) >= 3 for keys in rule.keys.values()), "to check, to sum, to load"


def test_an_import_outlives_its_session_in_a_role(options, finops, proxy):
    keys, one_month = RoleKeys(), OneMonthPerKey()
    proxy.rule = lambda request: keys(request) or one_month(request)
    path = finops.home / "my.toml"
    path.write_text(f'[aws]\nrole_arn = "{ROLE}"\nexternal_id = "outside"\n')

    finops.load("-c", str(path), *options)

    assert [finops.billed(month) for month in MONTHS] == [Decimal("2.20")] * 3


class RoleKeys:
    """Answers AssumeRole with new keys each time, which end in five minutes."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, request: Request) -> Answer | None:
        if request.method != "POST":
            return None
        self.number += 1
        soon = datetime.now(UTC) + timedelta(minutes=5)
        body = (
            "<AssumeRoleResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
            f"<AssumeRoleResult><Credentials><AccessKeyId>ASIA{self.number:05d}</AccessKeyId>"
            "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            f"<Expiration>{soon:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
            "</AssumeRoleResult></AssumeRoleResponse>"
        )
        return 200, {"Content-Type": "text/xml"}, body.encode()


@pytest.mark.parametrize("read", [1, 2, 3])
def test_keys_that_cannot_be_renewed_are_one_error(read, options, finops, proxy):
    """The user is signed out while the first month is checked, summed or loaded."""
    env = keys_of_a_process(finops)
    one_month = OneMonthPerKey()

    def rule(request: Request) -> Answer | None:
        answer = one_month(request)
        if len(one_month.keys["2026-01"]) == read:
            (finops.home / "signed out").touch()
        return answer

    proxy.rule = rule
    result = finops("aws", "import-cur", *options, "--no-transform", env=env)

    assert_one_error(result, 5, ("no usable AWS credentials", "sign in again"))
    assert not finops.database.exists()


def test_each_statement_takes_the_keys_of_its_moment(options, finops, proxy, monkeypatch):
    for name, value in keys_of_a_process(finops).items():
        monkeypatch.setenv(name, value)
    store = S3Store(options[1], S3Access(endpoint_url=proxy.url, region="us-east-1"))
    data = store.list("exports/cur/data/").folders
    files = [file for folder in data for file in store.list(store.list(folder).folders[0]).files]
    proxy.rule = rule = OneMonthPerKey()

    with duckdb.connect() as connection:
        announce = renewing(connection, store, no_progress)
        for number, file in enumerate(files):
            announce("reading", number, len(files))
            connection.execute(f"SELECT count(*) FROM read_parquet('{store.url(file)}')")

    assert [len(keys) for keys in rule.keys.values()] == [1, 1, 1]
