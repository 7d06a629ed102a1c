"""Exit 0 where the dashboards of this container answer, also when nothing is imported yet."""

import os
import sys
from http.client import HTTPConnection

ANSWERS = (200, 401, 503)
"""As they are; to who is not signed in, as this check where a proxy names users; nothing yet."""


def main() -> int:
    """Return 0 where they answer, else 1."""
    port = int(os.environ.get("OPEN_FINOPS_DASHBOARDS_PORT", "8080"))
    token = os.environ.get("OPEN_FINOPS_DASHBOARDS_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=4)
        connection.request("GET", "/api/v1/meta", headers=headers)
        return 0 if connection.getresponse().status in ANSWERS else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
