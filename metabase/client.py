"""Metabase's API over HTTP: one call, tried again where that is safe; errors without secrets."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from core.errors import CallRefused, LoginRefused, MetabaseAway, MetabaseLate

AGAIN = frozenset((408, 429, 502, 503, 504))
"""Statuses of a moment."""
ATTEMPTS = 4
LONGEST_PAUSE = 30.0
TIMEOUT = 120
LONGEST_REASON = 300
"""Characters of what Metabase says that an error shows."""
MASK = "****"

Json = Any
Find = Callable[[], Json]


class Passing(Exception):
    """A call failed for a moment; `error` is what to raise if it stays so."""

    def __init__(self, error: Exception, pause: float | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause
        """What the server asks to wait, in seconds."""


class Client:
    """One Metabase, and who we are there."""

    def __init__(self, url: str, *, secrets: Sequence[str | None] = (), pause: float = 1.0) -> None:
        """Prepare calls.

        Args:
            url: Its address, without a slash at the end.
            secrets: Texts that no error may show.
            pause: Seconds before the second attempt; each later pause is twice as long.
        """
        self.url = url
        self.pause = pause
        self.secrets = [secret for secret in secrets if secret]
        self.session = requests.Session()
        self.session.trust_env = not is_local(url)

    def close(self) -> None:
        self.session.close()

    def sign_in(self, header: str, value: str) -> None:
        """Send a header with every call from now on."""
        self.secrets.append(value)
        self.session.headers[header] = value

    def get(self, path: str) -> Json:
        return self.repeated("GET", path)

    def put(self, path: str, body: Json) -> Json:
        return self.repeated("PUT", path, body)

    def post(self, path: str, body: Json = None) -> Json:
        """Send what may arrive twice without harm."""
        return self.repeated("POST", path, body)

    def create(self, path: str, body: Json, find: Find) -> Json:
        """Make something once: where an answer was lost, look for it before trying again."""
        for attempt in range(ATTEMPTS):
            try:
                return self.once("POST", path, body)
            except Passing as passing:
                self.wait(passing, attempt)
                if (found := find()) is not None:
                    return found
        raise AssertionError("the last attempt raises")

    def repeated(self, method: str, path: str, body: Json = None) -> Json:
        """Send a request, again where it failed for a moment, but not on top of one still at work.

        Raises:
            MetabaseLate: If no answer comes.
            MetabaseAway: If Metabase is not reached.
            CallRefused: If it does not want it, or stays busy.
            LoginRefused: If it does not know us.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.once(method, path, body)
            except Passing as passing:
                if isinstance(passing.error, MetabaseLate):
                    raise passing.error from None
                self.wait(passing, attempt)
        raise AssertionError("the last attempt raises")

    def wait(self, passing: Passing, attempt: int) -> None:
        """Pause before the next attempt; after the last one raise what went wrong."""
        if attempt == ATTEMPTS - 1:
            raise passing.error from None
        asked = self.pause * 2**attempt if passing.pause is None else passing.pause
        time.sleep(min(asked, LONGEST_PAUSE))

    def once(self, method: str, path: str, body: Json = None) -> Json:
        """Send one request.

        Raises:
            Passing: If it may succeed a moment later.
            CallRefused: If Metabase does not want it.
            LoginRefused: If it does not know us.
        """
        try:
            answer = self.session.request(
                method, self.url + path, json=body, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            away = MetabaseLate if isinstance(error, requests.ReadTimeout) else MetabaseAway
            raise Passing(away(self.url, self.hidden(reason(error))), None) from None
        if answer.status_code in AGAIN:
            refused = CallRefused(f"{method} {path}", answer.status_code, self.said(answer))
            raise Passing(refused, retry_after(answer))
        if answer.status_code == 401:
            raise LoginRefused(self.url, "the login, the session or the key", self.said(answer))
        if not answer.ok or answer.is_redirect:
            raise CallRefused(f"{method} {path}", answer.status_code, self.said(answer))
        return body_of(answer)

    def said(self, answer: requests.Response) -> str:
        """Return what Metabase gives as the reason, on one line and without secrets."""
        found = body_of(answer)
        if isinstance(found, dict):
            parts = [str(found[key]) for key in ("message", "error") if found.get(key)]
            errors = found.get("errors") or found.get("specific-errors")
            parts += [f"{k}: {v}" for k, v in errors.items()] if isinstance(errors, dict) else []
            found = "; ".join(parts)
        text = " ".join(str(found or answer.reason or "no reason given").split())
        return self.hidden(text)[:LONGEST_REASON]

    def hidden(self, text: str) -> str:
        """Return a text in which no secret of ours stands."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return text


def body_of(answer: requests.Response) -> Json:
    """Return an answer's JSON, or its text; None where it is empty."""
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return answer.text


def retry_after(answer: requests.Response) -> float | None:
    """Return the seconds that a server asks to wait; a date, or nothing, is None."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def reason(error: Exception) -> str:
    """Return in a few words why no answer came."""
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIMEOUT} s"
    if isinstance(error, requests.exceptions.SSLError):
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return "the certificate is not trusted" if untrusted else "no TLS as https wants it"
    return "no connection"


def is_local(url: str) -> bool:
    """Tell whether an address is this machine's, to which no proxy leads.

    >>> is_local("http://127.0.0.1:3000"), is_local("https://metabase.example")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
