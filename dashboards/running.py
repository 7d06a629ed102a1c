"""How the server runs, and how it ends: also while a query takes long."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn

from dashboards.server import Server

ENDING_SECONDS = 3.0
"""What questions at work may take once the server is told to end."""
QUIET: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "h11_max_incomplete_event_size": 1_000_000,
}
"""How uvicorn runs; the server itself refuses URLs that are too long, with a reason.

uvicorn would take a client's address from X-Forwarded-For, which anybody on this machine can send.
"""


class Running(uvicorn.Server):
    """uvicorn for one server; at its end it waits for the answers, so those must end, too."""

    def __init__(self, server: Server) -> None:
        super().__init__(uvicorn.Config(server.application(), **QUIET))
        self.watch = server.generations.watch

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.watch.end_within(ENDING_SECONDS)
        await super().shutdown(sockets)
