"""The demo, run again and ended."""

from __future__ import annotations

import shutil
import signal
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from core.cli.demo import throw_away
from core.errors import DiskError
from core.scratch import locked
from core.serving import STATE
from tests.fixtures.demo import ROWS
from tests.fixtures.finops import Finops


def test_a_second_demo_of_that_size_changes_nothing(demo: Finops) -> None:
    before = demo.fingerprint()
    result = demo("demo", "--rows", ROWS, "--no-serve")
    assert (result.code, result.out.count("nothing new: 13 billing periods")) == (0, 4)
    assert demo.fingerprint() == before


def test_a_demo_of_another_size_keeps_what_users_saved(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    (folder / "serving").mkdir(parents=True)
    for name in ("finops.duckdb", "written", STATE):
        (folder / name).touch()
    throw_away(folder)
    assert [path.name for path in folder.iterdir()] == [STATE]


def test_a_demo_beside_one_that_is_still_written_is_one_error(finops: Finops) -> None:
    """Of its own: a demo that did not see the other would throw that one away."""
    folder = finops.data / "demo"
    folder.mkdir(parents=True)
    (folder / "half").touch()
    with locked(folder, wait=False):
        result = finops("demo", "--no-serve", "--reset")
    assert result.code == 6
    assert "another process (`finops demo`) is writing" in result.error
    assert (folder / "half").exists()


def test_a_former_demo_that_cannot_be_removed_is_one_error() -> None:
    with pytest.raises(DiskError):
        throw_away(Path("/proc/self/fdinfo"))


def test_the_demo_ends_on_its_pages_until_it_is_told_to_end(demo: Finops) -> None:
    port = {"OPEN_FINOPS_DASHBOARDS_PORT": "0", "PYTHONUNBUFFERED": "1"}
    process = demo.start("demo", "--rows", ROWS, env=port)
    assert process.stdout is not None
    while not (line := process.stdout.readline()).startswith("dashboards: http://127.0.0.1:"):
        assert line, "the demo ended without its pages"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "dashboards: ended" in said


def test_a_port_in_use_is_told_and_a_free_one_taken(demo: Finops) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        env = {"OPEN_FINOPS_DASHBOARDS_PORT": port, "PYTHONUNBUFFERED": "1"}
        process = demo.start("demo", "--rows", ROWS, env=env)
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith("dashboards: http://"):
            assert line, "the demo ended without its pages"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert f":{port}/" not in line
    assert f"port {port} of 127.0.0.1 is in use" in said
    assert "--port" in said
    serve = demo("serve", "--demo", env={"OPEN_FINOPS_DASHBOARDS_PORT": "99999"})
    assert serve.code == 2


def test_serve_says_which_port_is_in_use_and_what_to_do(demo: Finops) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = demo("serve", "--demo", "--port", str(port))
    assert (result.code, result.error) == (2, f"port {port} of 127.0.0.1 is in use")
    assert "--port" in result.hint


def test_serve_without_data_says_so_and_serves_what_comes(built: Finops, tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    env = {"PYTHONUNBUFFERED": "1"}
    process = built.start("serve", "--data-dir", str(empty), "--port", "0", env=env)
    assert process.stdout is not None
    address = process.stdout.readline().split()[1]
    try:
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{address}api/v1/meta", timeout=60)
        assert "finops.duckdb does not exist yet" in refused.value.read().decode()
        empty.mkdir()
        shutil.copyfile(built.database, empty / "finops.duckdb")
        assert urlopen(f"{address}api/v1/meta", timeout=60).status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert f"there is no database {empty}/finops.duckdb yet" in said
    assert "finops demo" in said
