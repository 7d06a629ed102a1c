"""[dashboards] of config.toml: where the pages are served, to whom."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from core.errors import BadSetting
from core.sections import Section, secret

SHORTEST_TOKEN = 16
STATE = "dashboards.sqlite"
"""What users keep of the pages, beside the database."""


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
