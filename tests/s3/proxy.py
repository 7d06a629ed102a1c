"""A server between finops and moto that notes each request and can answer in S3's place."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Mapping[str, str], bytes]
HOP = {"connection", "transfer-encoding", "keep-alive", "host"}


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire; the names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def by_duckdb(self) -> bool:
        return "duckdb" in self.headers.get("user-agent", "").lower()

    @property
    def signed_for(self) -> str:
        """The access key, the region and the rest of the signature's scope."""
        return self.headers.get("authorization", "")


def s3_error(status: int, code: str, message: str = "no", **headers: str) -> Answer:
    """Return an error as S3 writes it."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/xml", **named}, body.encode()


class Proxy:
    """Forwards to `port`, except where `rule` has an answer of its own."""

    def __init__(self, port: int) -> None:
        self.seen: list[Request] = []
        self.rule: Callable[[Request], Answer | None] = lambda request: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers)
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.seen.append(request)
                status, headers, answer = outer.rule(request) or forward(port, request, body)
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in HOP | {"content-length"}:
                        self.send_header(name, value)
                size = len(answer)
                if self.command == "HEAD":
                    size = int(headers.get("content-length", headers.get("Content-Length", 0)))
                    answer = b""
                self.send_header("Content-Length", str(size))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def forward(port: int, request: Request, body: bytes) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(request.method, request.path, body, dict(request.headers))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()
