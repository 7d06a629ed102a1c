"""Exit 0 where the dashboards of this container answer, also when nothing is imported yet."""

import os
import sys
from http.client import HTTPConnection

NOTHING_YET = 503


def main() -> int:
    port = int(os.environ.get("OPEN_FINOPS_DASHBOARDS_PORT", "8080"))
    token = os.environ.get("OPEN_FINOPS_DASHBOARDS_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=4)
        connection.request("GET", "/api/v1/meta", headers=headers)
        return 0 if connection.getresponse().status in (200, NOTHING_YET) else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
