"""The scheduler runs what the cron line says, again after what may pass, and ends when told."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from subprocess import PIPE, Popen, run
from typing import Any

import duckdb
import pytest

from core.schedule import Status
from core.warehouse import Warehouse
from tests.fixtures.aws import Bucket, line
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops

EVERY_SECOND = "* * * * * *"
PATIENCE = 60


def configured(finops: Finops, bucket: Bucket) -> None:
    """Write a config.toml that names the bucket's export, its months left raw."""
    bucket.deliver("2026-01", lines=[line("1.10"), line("1.10")])
    source, prefix, name = (value for option, value in pairs(bucket.options) if option)
    (finops.home / "config.toml").write_text(
        f'[aws]\nbucket = "{source}"\nprefix = "{prefix}"\nexport_name = "{name}"\n'
        "[transformations]\nenabled = false\n"
        f'[schedule]\ncron = "{EVERY_SECOND}"\nretry_seconds = 1\n'
    )


def pairs(options: Any) -> list[tuple[str, str]]:
    return list(zip(options[::2], options[1::2], strict=True))


def status(finops: Finops) -> dict[str, Any]:
    path = finops.data / "schedule.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def wait_for(seen: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def said_once_more(scheduler: Popen[str]) -> str:
    """Return the line in which a scheduler says that it will try again."""
    assert scheduler.stderr is not None
    while "once more in" not in (text := scheduler.stderr.readline()):
        assert text, "the scheduler ended"
    return text


def test_it_imports_at_its_time_and_ends_when_told(finops: Finops, bucket: Bucket) -> None:
    configured(finops, bucket)
    process = finops.start("schedule")
    wait_for(lambda: status(finops).get("last_finished"))
    assert finops("schedule", "--status").code == 0
    first = finops.fingerprint()
    done = status(finops)["last_finished"]
    wait_for(lambda: status(finops)["last_finished"] > done)

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert "next run at " in said
    assert status(finops)["last_code"] == 0
    assert finops.billed("2026-01") == Decimal("2.20")
    assert finops.fingerprint() == first, "a run with nothing new wrote the database"


def test_a_run_that_is_cut_off_cleans_up(finops: Finops) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (finops.home / "config.toml").write_text(
            f'[aws]\nbucket = "s3://bills"\nexport_name = "cur"\naccess_key_id = "a"\n'
            f'secret_access_key = "b"\nregion = "eu-west-1"\n'
            f'endpoint_url = "http://127.0.0.1:{silent.getsockname()[1]}"\n'
            f'[schedule]\ncron = "{EVERY_SECOND}"\n'
        )
        process = finops.start("schedule")
        silent.settimeout(PATIENCE)
        asked, _ = silent.accept()
        with asked:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "error: interrupted; what was not yet published is thrown away\n" in said
    assert said.endswith("schedule: ended\n")


def test_an_ended_process_that_was_left_to_it_is_collected(finops: Finops) -> None:
    left = 'import os, sys; os.spawnlp(os.P_NOWAIT, "true", "true")'
    ours = "from core.cli.main import main; sys.exit(main(sys.argv[1:]))"
    process = finops.start("schedule", command=("-c", f"{left}; {ours}"))
    wait_for(lambda: status(finops).get("next_run"))
    of_it = ["ps", "-o", "stat=", "--ppid", str(process.pid)]
    wait_for(lambda: not run(of_it, stdout=PIPE, check=False).stdout)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_busy_database_is_tried_again(finops: Finops, bucket: Bucket) -> None:
    configured(finops, bucket)
    with Warehouse(finops.database).writer():
        process = finops.start("schedule")
        told = said_once_more(process)
    assert told == "run ended with exit code 6; once more in 1 s\n"
    wait_for(finops.database.exists)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)


def test_a_failure_that_does_not_pass_waits_for_the_next_time(finops: Finops) -> None:
    process = finops.start("schedule", "--cron", EVERY_SECOND)
    wait_for(lambda: status(finops).get("failures_in_a_row"))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert status(finops)["last_code"] == 2
    assert "once more" not in said


def test_after_three_failures_in_a_row_its_status_is_unhealthy(finops: Finops) -> None:
    for failures, code in ((2, 0), (3, 1)):
        Status(next_run="2999-01-01T00:00:00+00:00", last_code=7, failures_in_a_row=failures).write(
            finops.data / "schedule.json"
        )
        assert finops("schedule", "--status").code == code
    assert finops("schedule", "--status").err == "the last 3 runs failed\n"


def test_a_new_scheduler_counts_its_own_failures_before_it_builds_focus_anew(
    built: Finops, tmp_path: Path
) -> None:
    finops = copied(built, tmp_path / "upgraded")
    finops.database.chmod(0o600)
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("UPDATE ledger.focus_project SET mark = 'of a former version'")
    past = "2026-01-01T06:00:00+00:00"
    Status(next_run=past, failures_in_a_row=3).write(finops.data / "schedule.json")
    with Warehouse(finops.database).writer():
        process = finops.start("schedule", "--cron", "0 6 * * *")
        told = said_once_more(process)
    assert told == "focus build ended with exit code 6; once more in 300 s\n"
    assert status(finops)["failures_in_a_row"] == 0
    assert finops("schedule", "--status").code == 0
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)


def test_without_a_scheduler_its_status_is_unhealthy(finops: Finops) -> None:
    result = finops("schedule", "--status")
    assert (result.code, result.out) == (1, "no scheduler has run here yet\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cron", "every day"),
        ("cron", "0 0 30 2 *"),
        ("time_zone", "Atlantis"),
        ("retries", "-1"),
        ("retry_seconds", "0"),
    ],
)
def test_a_setting_that_no_clock_can_keep_is_refused(finops: Finops, name: str, value: str) -> None:
    result = finops("schedule", env={f"OPEN_FINOPS_SCHEDULE_{name.upper()}": value})
    assert result.code == 2
    assert f"schedule.{name}" in result.error
