"""The containers' health checks fail where nothing answers as it should."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.fixtures.ports import free_port
from tests.source import ROOT

PAGES = [sys.executable, "-IS", str(ROOT / "docker/finops/health.py")]
METABASE = ["/bin/bash", str(ROOT / "docker/metabase/health.sh")]


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Answer every request with a status; yield the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def is_healthy(check: list[str], port: int) -> bool:
    named = {"OPEN_FINOPS_DASHBOARDS_PORT": str(port), "MB_JETTY_PORT": str(port)}
    return subprocess.run(check, env=named, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("check", "well", "ill"),
    [(PAGES, (200, 401, 503), (404, 500)), (METABASE, (200,), (401, 500, 503))],
    ids=["dashboards", "metabase"],
)
def test_a_check_tells_a_service_that_answers_from_one_that_does_not(
    check: list[str], well: tuple[int, ...], ill: tuple[int, ...]
) -> None:
    for status in (*well, *ill):
        with answering(status) as port:
            assert is_healthy(check, port) == (status in well), status
    assert not is_healthy(check, free_port())
