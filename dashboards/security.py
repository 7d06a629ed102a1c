"""Who may ask what: hosts, origins, tokens, rates; and the headers that guard the pages."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from core.serving import DashboardsConfig
from dashboards.problems import Refused

COOKIE = "finops_token"
WRITES = ("PUT", "DELETE")
MARK = "finops"
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
PER_SECOND, AT_ONCE = 100.0, 400.0
CLIENTS = 10_000


def check_host(headers: Mapping[str, str], settings: DashboardsConfig) -> None:
    """Refuse a name that is not ours, behind which a foreign page may hide (DNS rebinding)."""
    name = host_name(headers.get("host", ""))
    if name not in settings.hosts:
        raise Refused(
            421,
            f"these pages are not served as {name[:100]!r}",
            "Use http://127.0.0.1, or name the host in allowed_hosts under [dashboards].",
        )


def host_name(host: str) -> str:
    """Return a Host header without its port.

    >>> host_name("[::1]:8080"), host_name("Localhost:8080")
    ('::1', 'localhost')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def check_origin(method: str, headers: Mapping[str, str]) -> None:
    """Refuse writes that a foreign page may have sent."""
    if method not in WRITES:
        return
    origin = headers.get("origin")
    if origin is not None and place(origin) != headers.get("host", "").lower():
        raise Refused(403, "writes come from these pages alone", "Do not send a foreign Origin.")
    if headers.get("x-requested-with", "").lower() != MARK:
        raise Refused(
            403, "a write needs the header X-Requested-With", f"Send X-Requested-With: {MARK}."
        )


def place(origin: str) -> str:
    """Return the host and port of an Origin header, '' where it has none.

    >>> place("http://localhost:8080"), place("http://["), place("null")
    ('localhost:8080', '', '')
    """
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def check_user(
    headers: Mapping[str, str], query_token: str | None, settings: DashboardsConfig
) -> None:
    """Refuse whoever is not signed in; where both ways are set, both are asked for."""
    if settings.user_header and not headers.get(settings.user_header.lower(), "").strip():
        raise Refused(401, "the proxy in front named no user", "Sign in at the proxy.")
    if settings.token is None:
        return
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = [query_token, cookie(headers), bearer if scheme.lower() == "bearer" else None]
    if not any(one is not None and same(one, settings.token) for one in given):
        raise Refused(
            401,
            "a token is needed",
            "Open /?token=... once, or send Authorization: Bearer ....",
            www_authenticate="Bearer",
        )


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())


def cookie(headers: Mapping[str, str]) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def client(scope: Mapping[str, Any], headers: Mapping[str, str], settings: DashboardsConfig) -> str:
    """Return whom a request counts for: the user a trusted proxy names, else the address.

    X-Forwarded-For is never believed, as anybody can send it.

    >>> named = {"x-user": "ada", "x-forwarded-for": "192.0.2.7"}
    >>> client({"client": ("127.0.0.1", 5000)}, named, DashboardsConfig(user_header="X-User"))
    'user ada'
    >>> client({"client": ("127.0.0.1", 5000)}, named, DashboardsConfig())
    '127.0.0.1'
    """
    user = headers.get(settings.user_header.lower(), "").strip() if settings.user_header else ""
    return f"user {user}" if user else str((scope.get("client") or ("",))[0])


class Rates:
    """How often one client may ask: AT_ONCE requests at once, PER_SECOND in the long run."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count one request; refuse it where there were too many."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(client, (AT_ONCE, now))
            left = min(AT_ONCE, left + (now - since) * PER_SECOND)
            if len(self._left) >= CLIENTS:
                self._left.pop(next(iter(self._left)))
            self._left[client] = (max(left - 1, 0), now)
        if left < 1:
            raise Refused(429, "too many requests", "Wait a second.", retry_after="1")
