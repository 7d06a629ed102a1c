"""How we get into a Metabase: its health, the first user, the login, the driver that it needs."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.errors import CallRefused, LoginRefused, MetabaseAway, MissingSetting, NoDuckDbDriver
from core.sections import variable_name
from core.serving import MetabaseConfig
from metabase.client import Client, Passing

SITE = "Open FinOps Stack"
PAUSE = 2.0


def client_of(config: MetabaseConfig, *, pause: float = 1.0) -> Client:
    """Return a client that knows which texts are secret; it has not asked anything yet."""
    secrets = (config.admin_password, config.setup_token, config.api_key)
    return Client(config.address, secrets=secrets, pause=pause)


def wait_for(
    client: Client, seconds: int, tell: Callable[[str], object] = lambda text: None
) -> None:
    """Wait until Metabase says that it is well.

    Args:
        client: Metabase.
        seconds: How long; 0 asks once.
        tell: Called once where it has to be waited for.

    Raises:
        MetabaseAway: If it does not within so many seconds.
    """
    began = time.monotonic()
    told = False
    while True:
        try:
            answer = client.once("GET", "/api/health")
            if answer == {"status": "ok"}:
                return
            raise MetabaseAway(client.url, "something else is there")
        except Passing as passing:
            away = passing.error
            reason = away.reason if isinstance(away, MetabaseAway) else "it is still starting"
        except CallRefused:
            raise MetabaseAway(client.url, "something else is there") from None
        left = began + seconds - time.monotonic()
        if left <= 0:
            raise MetabaseAway(client.url, f"{reason} after {seconds} s")
        if not told:
            tell(f"waiting for Metabase at {client.url}, {seconds} s at most ...")
            told = True
        time.sleep(min(PAUSE * client.pause, left))


def has_users(client: Client) -> bool:
    """Tell whether somebody has been set up already."""
    return bool(client.get("/api/session/properties").get("has-user-setup"))


def sign_in(client: Client, config: MetabaseConfig) -> None:
    """Sign in with the key, or with email and password.

    Raises:
        MissingSetting: If neither is set.
        LoginRefused: If Metabase does not take them.
    """
    if config.api_key:
        client.sign_in("X-API-Key", config.api_key)
    else:
        email, password = account(config)
        body = {"username": email, "password": password}
        try:
            session = client.once("POST", "/api/session", body)
        except (LoginRefused, CallRefused, Passing) as error:
            if isinstance(error, Passing) and isinstance(error.error, MetabaseAway):
                raise error.error from None
            raise LoginRefused(client.url, f"the login of {email}", last_part(error)) from None
        client.sign_in("X-Metabase-Session", str(session["id"]))


def set_up(client: Client, config: MetabaseConfig) -> None:
    """Make the first user, an administrator, and sign in as them.

    Metabase tells its setup token to whoever asks; MB_SETUP_TOKEN is nothing to it as of 0.63.

    Raises:
        MissingSetting: If email or password are not set.
        LoginRefused: If Metabase does not take the setup token, or the login of who came first.
    """
    email, password = account(config)
    token = client.get("/api/session/properties").get("setup-token") or config.setup_token
    user = {"email": email, "password": password, "first_name": "FinOps", "last_name": "Admin"}
    body = {"token": token, "user": user, "prefs": {"site_name": SITE, "site_locale": "en"}}
    try:
        client.create("/api/setup", body, lambda: has_users(client) or None)
    except (CallRefused, LoginRefused) as error:
        if not has_users(client):  # else somebody was set up meanwhile: the token is used up
            raise LoginRefused(client.url, "the setup", last_part(error)) from None
    sign_in(client, config)


def check_account(config: MetabaseConfig) -> None:
    """Raise MissingSetting where it is not said who signs in."""
    if not config.api_key:
        account(config)


def account(config: MetabaseConfig) -> tuple[str, str]:
    """Return email and password of the administrator."""
    for name in ("admin_email", "admin_password"):
        if not getattr(config, name):
            raise MissingSetting(
                f"metabase.{name} (or metabase.api_key)", None, variable_name("metabase", name)
            )
    return str(config.admin_email), str(config.admin_password)


def last_part(error: Exception) -> str:
    """Return what Metabase said, without what our error puts in front of it."""
    return str(error).split(": ", 1)[-1]


def check_driver(client: Client) -> None:
    """Raise NoDuckDbDriver where Metabase was started without it."""
    if "duckdb" not in (client.get("/api/session/properties").get("engines") or {}):
        raise NoDuckDbDriver(client.url)
