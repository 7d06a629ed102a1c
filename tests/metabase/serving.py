"""The Metabase in memory over HTTP, with faults where a test wants them."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.metabase.contract import Refused
from tests.metabase.instance import Instance

PUBLIC = ("/api/health", "/api/session/properties", "/api/session", "/api/setup")
READING = re.compile(r"/api/card/[^/]+/query|/api/session")
Handle = Callable[..., Any]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a call: a status, or no answer at all, by default at once."""

    status: int | None = None
    arrives: bool = False
    """Whether Metabase does what it was asked before the answer is lost."""
    retry_after: str = ""
    seconds: float = 0


@dataclass
class Site:
    """One instance, where it listens, and what was asked."""

    instance: Instance
    port: int = 0
    calls: list[tuple[str, str]] = field(default_factory=list)
    fault: Callable[[int, str, str], Fault | None] = lambda number, method, path: None
    """Called with the number of a call, from 1, and what it is."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Return the calls that change something, without logins and queries."""
        return [
            (method, path)
            for method, path in self.calls
            if method != "GET" and not READING.fullmatch(path)
        ]

    def forget(self) -> None:
        self.calls.clear()


def routes(instance: Instance) -> list[tuple[str, str, int, Handle]]:
    """Return method, path, status and handler of every call that the contract names."""
    return [
        ("GET", "/api/health", 200, lambda q, b: instance.health()),
        ("GET", "/api/session/properties", 200, lambda q, b: instance.properties()),
        ("POST", "/api/setup", 200, lambda q, b: instance.setup(b)),
        ("POST", "/api/session", 200, lambda q, b: instance.login(b)),
        ("GET", "/api/database", 200, lambda q, b: instance.list_databases()),
        ("POST", "/api/database", 200, lambda q, b: instance.add_database(b)),
        ("GET", r"/api/database/(\d+)", 200, lambda q, b, n: instance.database(n)),
        ("PUT", r"/api/database/(\d+)", 200, lambda q, b, n: instance.change_database(n, b)),
        ("POST", r"/api/database/(\d+)/sync_schema", 200, lambda q, b, n: instance.sync(n)),
        ("GET", r"/api/database/(\d+)/metadata", 200, lambda q, b, n: instance.metadata(n)),
        ("GET", "/api/collection", 200, lambda q, b: instance.list_collections()),
        ("POST", "/api/collection", 200, lambda q, b: instance.add_collection(b)),
        ("GET", r"/api/collection/(\d+)/items", 200,
         lambda q, b, n: instance.items(n, q["models"])),
        ("GET", r"/api/card/(\d+)", 200, lambda q, b, n: instance.card(n)),
        ("POST", "/api/card", 200, lambda q, b: instance.add_card(b)),
        ("PUT", r"/api/card/(\d+)", 200, lambda q, b, n: instance.change_card(n, b)),
        ("POST", r"/api/card/(\d+)/query", 202, lambda q, b, n: instance.run(n, b)),
        ("POST", "/api/dashboard", 200, lambda q, b: instance.add_dashboard(b)),
        ("GET", r"/api/dashboard/(\d+)", 200, lambda q, b, n: instance.dashboard(n)),
        ("PUT", r"/api/dashboard/(\d+)", 200, lambda q, b, n: instance.change_dashboard(n, b)),
    ]  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """One connection; `site` and `table` are set by `listening`."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # an answer in two packets would wait for the first to be acknowledged
    site: Site
    table: list[tuple[str, str, int, Handle]]
    lock: threading.Lock

    def handle_call(self) -> None:
        url = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(text) if text else None
        with self.lock:
            self.site.calls.append((self.command, url.path))
            fault = self.site.fault(len(self.site.calls), self.command, url.path)
            if fault is None or fault.arrives:
                status, answer = self.answer(url.path, parse_qs(url.query), body)
        if fault is None:
            self.send(status, answer)
        elif fault.status is None:
            time.sleep(fault.seconds)
            self.close_connection = True
        else:
            self.send(fault.status, {"message": "not now"}, fault.retry_after)

    do_GET = do_POST = do_PUT = handle_call

    def answer(self, path: str, query: Any, body: Any) -> tuple[int, Any]:
        try:
            if path not in PUBLIC:
                session, key = (self.headers.get(f"X-{n}") for n in ("Metabase-Session", "API-Key"))
                self.site.instance.check_user(session, key)
            for method, pattern, status, handle in self.table:
                match = re.fullmatch(pattern, path)
                if match and method == self.command:
                    return status, handle(query, body, *map(int, match.groups()))
            raise Refused(404, "API endpoint does not exist.")
        except Refused as refused:
            return refused.status, refused.body

    def send(self, status: int, body: Any, retry_after: str = "") -> None:
        text = json.dumps(body).encode() if not isinstance(body, str) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def server_of(
    site: Site, address: tuple[str, int], handler: type[Handler] = Handler
) -> ThreadingHTTPServer:
    """Return a server for an instance, which listens already; its calls come one at a time."""
    members = {"site": site, "table": routes(site.instance), "lock": threading.Lock()}
    server = ThreadingHTTPServer(address, type("Own", (handler,), members))
    server.daemon_threads = True
    site.port = server.server_address[1]
    return server


@contextmanager
def listening(instance: Instance) -> Iterator[Site]:
    """Serve an instance until the block ends."""
    site = Site(instance)
    server = server_of(site, ("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
