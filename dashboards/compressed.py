"""Answers compressed for who takes gzip: scripts, JSON and CSV are several times smaller."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1000
"""Bytes from which it is worth it."""
LEVEL = 6
PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.apache.parquet")
"""What is compressed already."""


class Compressed:
    """Compresses answers, and tells caches that there are two forms of each.

    Both forms carry one ETag, which is therefore a weak one: the same answer, not the same bytes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = GZipMiddleware(app, SMALLEST, LEVEL, exclude_content_types=PACKED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["vary"] = "Accept-Encoding"
                tag = headers.get("etag")
                if tag and not tag.startswith("W/"):
                    headers["etag"] = f"W/{tag}"
            await send(message)

        await self.app(scope, receive, told)
