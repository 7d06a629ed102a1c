"""[dashboards] and [metabase] of config.toml: where figures are shown, and to whom."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import BadSetting
from core.sections import Section, secret

SHORTEST_TOKEN = 16
STATE = "dashboards.sqlite"
"""What users keep of the pages, beside the database."""
MEMORY = r"\d+(\.\d+)?\s*[KMGT]i?B"


@dataclass(frozen=True, kw_only=True)
class DashboardsConfig(Section):
    """The web pages: where they are served, and to whom."""

    section = "dashboards"

    host: str = "127.0.0.1"
    """Address to listen at; any but this machine's own needs a token or user_header."""

    port: int = 8080
    """Port to listen at; 0 takes a free one. Metabase is left 3000."""

    token: str | None = secret()
    """What browsers and scripts must bring: /?token=..., or Authorization: Bearer ...."""

    user_header: str | None = None
    """Header in which a proxy in front, which has signed the user in, names them."""

    allowed_hosts: tuple[str, ...] = ()
    """Names under which browsers reach the pages through a proxy."""

    query_seconds: int = 30
    """What one query may take before it is stopped."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise BadSetting(f"{self.section}.port", self.port, "0 to 65535")
        if not 0 < self.query_seconds <= 3600:
            raise BadSetting(f"{self.section}.query_seconds", self.query_seconds, "1 to 3600")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the pages."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names that a Host header may have, without ports, in lower case."""
        local = ("localhost", "127.0.0.1", "::1", self.host.strip("[]"))
        return frozenset(name.lower() for name in (*self.allowed_hosts, *local))

    def check_access(self) -> None:
        """Raise BadSetting where anybody on the network could read the bill."""
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            wanted = f"{SHORTEST_TOKEN} characters or more"
            raise BadSetting(f"{self.section}.token", "(hidden)", wanted)
        if not self.is_local and not (self.token or self.user_header):
            raise BadSetting(
                f"{self.section}.host",
                self.host,
                "127.0.0.1, or a token or user_header in [dashboards] beside it",
            )


@dataclass(frozen=True, kw_only=True)
class MetabaseConfig(Section):
    """Metabase: where it is, who `finops metabase` is there, what it reads."""

    section = "metabase"

    url: str = "http://127.0.0.1:3000"
    """Address of Metabase as this machine reaches it."""

    follow: bool = False
    """Move Metabase to the new data at the end of every `finops run`."""

    admin_email: str | None = None
    """Administrator to sign in as; a Metabase without users is set up with them."""

    admin_password: str | None = secret()
    """The administrator's password."""

    setup_token: str | None = secret()
    """Setup token of a Metabase without users that tells none itself; up to 0.65 each does."""

    api_key: str | None = secret()
    """Key of an administrator, instead of email and password."""

    database_folder: str = "/data/serving"
    """The folder serving/ in data_dir, as Metabase's container sees it."""

    memory_limit: str = "2GB"
    """What DuckDB may hold in memory inside Metabase."""

    def __post_init__(self) -> None:
        shown = "(hidden)" if "@" in self.url else self.url  # before it stands a password
        try:
            address = urlsplit(self.url)
            known = address.scheme in ("http", "https") and address.hostname and address.port != 0
        except ValueError:  # a bracket that is not closed, a port that is none
            known = None
        if not known or address.query or address.fragment:
            raise BadSetting(f"{self.section}.url", shown, "an address like http://host:3000")
        if address.username or address.password:
            raise BadSetting(f"{self.section}.url", "(hidden)", "an address without a password")
        if not re.fullmatch(MEMORY, self.memory_limit, re.IGNORECASE):
            raise BadSetting(f"{self.section}.memory_limit", self.memory_limit, "a size like 2GB")
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable()):
            wanted = "letters and figures as Metabase shows them, on one line"
            raise BadSetting(f"{self.section}.api_key", "(hidden)", wanted)
        if not self.database_folder.startswith("/"):
            wanted = "a path that begins with /"
            raise BadSetting(f"{self.section}.database_folder", self.database_folder, wanted)

    @property
    def address(self) -> str:
        """Return the URL without a slash at its end."""
        return self.url.rstrip("/")
