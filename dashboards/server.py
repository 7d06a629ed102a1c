"""The web application: from a request to an answer."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.backends.duckdb import Limits
from core.serving import STATE, DashboardsConfig
from dashboards.answers import Encoded, encoded
from dashboards.asked import checked, checked_json, read_parameters
from dashboards.cache import Cache
from dashboards.compressed import Compressed
from dashboards.generations import Generations
from dashboards.openapi import description
from dashboards.operations import OPERATIONS, WRITES, Context, Operation, Write
from dashboards.problems import Refused, problem
from dashboards.security import (
    COOKIE,
    HEADERS,
    Rates,
    check_host,
    check_origin,
    check_user,
    client,
)
from dashboards.state import State

STATIC = Path(__file__).parent / "static"
PAGES = (
    "overview",
    "explore",
    "entities",
    "entity",
    "commitments",
    "tags",
    "invoices",
    "anomalies",
    "health",
)
"""Pages whose addresses begin with /#/; who types one without the # is led there."""
LONGEST_URL = 64_000
LONGEST_BODY = 64_000
AT_WORK = 4
"""Queries at once; each uses all the threads that DuckDB has."""


class Server:
    """What all requests share."""

    def __init__(
        self, database: Path, limits: Limits, settings: DashboardsConfig, *, is_demo: bool
    ) -> None:
        self.settings, self.is_demo = settings, is_demo
        self.generations = Generations(database, limits, settings.query_seconds)
        self.state = State(database.with_name(STATE))
        self.cache = Cache()
        self.rates = Rates()

    def application(self) -> Starlette:
        """Return the application to serve."""
        routes: list[BaseRoute] = [
            Route(operation.path, self.endpoint(operation)) for operation in OPERATIONS
        ]
        routes += [
            Route(routed(write), self.writing(write), methods=[write.method]) for write in WRITES
        ]
        routes.append(Route("/api/v1/openapi.json", self.describe))
        routes += [Route(f"/{name}", to_page) for name in PAGES]
        routes.append(Mount("/", StaticFiles(directory=STATIC, html=True, check_dir=False)))
        application = Starlette(
            routes=routes,
            lifespan=self.lifespan,
            exception_handlers={HTTPException: refused_by_routing, Exception: fault},
        )
        application.add_middleware(Compressed)
        application.add_middleware(Guard, server=self)
        return application

    @asynccontextmanager
    async def lifespan(self, application: Starlette) -> AsyncIterator[None]:
        self.workers = anyio.CapacityLimiter(AT_WORK)
        yield
        self.generations.close()

    def endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers the requests for one operation."""

        async def answer(request: Request) -> Response:
            asked = sorted(request.query_params.multi_items(), key=lambda pair: pair[0])
            return response(await self.answer(operation, asked), request.headers)

        return answer

    async def answer(self, operation: Operation, asked: list[tuple[str, str]]) -> Encoded:
        """Answer one question, from memory where it was asked before of this generation.

        Only work on the data takes one of the workers, not what is in memory or waited for.
        """
        try:
            parameters = read_parameters(operation.asked, asked)
            context = await anyio.to_thread.run_sync(self.context)

            async def work() -> Encoded:
                made = partial(self.work, operation, context, parameters)
                return await anyio.to_thread.run_sync(made, limiter=self.workers)

            if not operation.is_kept:
                return await work()
            key = (context.generation.name, context.notice, operation.name, repr(asked))
            return await self.cache.get(key, work)
        except Refused as refused:
            return refused.answer()

    def context(self) -> Context:
        """Return what a question may look at; opening a new generation takes a while.

        Raises:
            Refused: If there is none that can be opened.
        """
        generation = self.generations.current()
        notice = self.generations.notice
        return Context(generation=generation, state=self.state, notice=notice, is_demo=self.is_demo)

    def work(self, operation: Operation, context: Context, asked: Any) -> Encoded:
        made = operation.handler(context, asked)
        found = made if isinstance(made, Encoded) else encoded(made)
        tag = hashlib.sha256(context.generation.name.encode() + found.body).hexdigest()[:32]
        found.headers |= {"etag": f'"{tag}"', "x-generation": context.generation.name}
        return found

    def writing(self, write: Write) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers the requests to keep something."""

        async def answer(request: Request) -> Response:
            try:
                where = checked(write.where, request.path_params)
                body = checked_json(write.body, await read_body(request)) if write.body else None
                context = await anyio.to_thread.run_sync(self.context)
                work = partial(write.handler, context, where, body)
                found = encoded(await anyio.to_thread.run_sync(work, limiter=self.workers))
            except Refused as refused:
                found = refused.answer()
            return response(found, request.headers)

        return answer

    async def describe(self, request: Request) -> Response:
        return response(Encoded(description()), request.headers)


def routed(write: Write) -> str:
    """Return the path of a write for the router; a name may hold a slash, sent as %2F.

    >>> routed(WRITES[-1])
    '/api/v1/views/{name:path}'
    """
    return write.path.replace("{name}", "{name:path}")


async def to_page(request: Request) -> Response:
    """Lead from /NAME to the page /#/NAME, with what is asked."""
    query = request.url.query
    return RedirectResponse(f"/#{request.url.path}{f'?{query}' if query else ''}", 307)


async def read_body(request: Request) -> bytes:
    """Return the body of a request, as long as it is short."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise Refused(413, "the body is too long", f"Send at most {LONGEST_BODY} bytes.")
    return body


def response(found: Encoded, headers: Headers) -> Response:
    """Return an answer, or 304 where the browser has it already."""
    tag = found.headers.get("etag")
    own = {"cache-control": "no-cache", **found.headers}
    known = headers.get("if-none-match", "").split(",")
    if tag and tag in (part.strip().removeprefix("W/") for part in known):
        return Response(status_code=304, headers=own)
    return Response(found.body, found.status, own, found.media_type)


async def refused_by_routing(request: Request, error: Exception) -> Response:
    """Answer what no route takes."""
    assert isinstance(error, HTTPException)
    found = problem(
        error.status_code, str(error.detail), "/api/v1/openapi.json lists what there is."
    )
    found.headers.update(error.headers or {})
    return response(found, request.headers)


async def fault(request: Request, error: Exception) -> Response:
    """Answer where we failed; the traceback goes to the log alone."""
    found = problem(500, "the server failed at this", "Its log says at what; please report it.")
    return response(found, request.headers)


class Guard:
    """Lets in only who may come, and puts the guarding headers on every answer."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app, self.server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        headers = Headers(scope=scope)
        try:
            found = self.admitted(scope, headers)
        except Refused as refused:
            found = response(refused.answer(), headers)
        await (found or self.app)(scope, receive, guarded)

    def admitted(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Return None to go on, or what to answer instead.

        Raises:
            Refused: If the request may not come in.
        """
        settings = self.server.settings
        check_host(headers, settings)
        self.server.rates.take(client(scope, headers, settings))
        if len(scope["query_string"]) + len(scope["raw_path"]) > LONGEST_URL:
            raise Refused(400, "the URL is too long", "Use fewer filters.")
        token = QueryParams(scope["query_string"]).get("token") if scope["path"] == "/" else None
        check_user(headers, token, settings)
        check_origin(scope["method"], headers)
        if token is None:
            return None
        found = RedirectResponse("/", 303)
        # A proxy does TLS; who forges its header hardens their own cookie.
        secure = "https" in (scope["scheme"], headers.get("x-forwarded-proto"))
        found.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
        return found
