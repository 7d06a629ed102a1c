"""Whose the files in the data folder are, and what is said where they cannot be written."""

from __future__ import annotations

import errno
import os

import pytest

from core.errors import DiskError, disk_errors
from tests.fixtures.aws import line


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (errno.EACCES, "may not write there"),
        (errno.EPERM, "may not write there"),
        (errno.EROFS, "mounted for reading alone"),
        (errno.ENOENT, "Make the folder"),
        (errno.EISDIR, "A folder stands where a file is to be"),
        (errno.ENOSPC, "Free some space"),
    ],
)
def test_the_hint_is_about_what_keeps_the_disk_from_being_written(code, hint, tmp_path):
    with pytest.raises(DiskError) as failed, disk_errors(tmp_path):
        raise OSError(code, os.strerror(code))
    assert hint in failed.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_in_the_data_folder_of_another_user_belongs_to_that_user(bucket, finops):
    bucket.deliver("2026-01", lines=[line("1.10")])
    finops.data.mkdir(exist_ok=True)
    os.chown(finops.data, 12345, 12345)

    assert finops("aws", "import-cur", *bucket.options).code == 0

    made = [finops.data, *finops.data.rglob("*")]
    assert {"dbt", ".finops.duckdb.lock", "finops.duckdb"} <= {path.name for path in made}
    assert {path.lstat().st_uid for path in made} == {12345}
