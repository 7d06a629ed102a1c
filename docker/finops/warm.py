"""Start as fast from a read-only root: compile what commands import, let dbt read the project.

Run while the image is built, before a demo that does the same for what is only imported at work.
"""

import importlib
import pkgutil
from pathlib import Path

from core.backends.duckdb import Limits
from core.project import parsed
from core.transform import environment

OURS = ("core", "vendors", "dashboards", "metabase", "deploy")
CLIENTS = ("azure.identity", "azure.storage.blob", "botocore.tokens", "uvicorn.protocols.http.auto")
"""What is imported only when a cloud or a browser is asked."""
SCRATCH = Path("/tmp/warm")


def main() -> None:
    for name in CLIENTS:
        importlib.import_module(name)
    for name in OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    limits = Limits(threads=1, memory_limit="1GB", temp_directory=SCRATCH)
    database = SCRATCH / "finops.duckdb"
    with environment(database, limits, SCRATCH):
        assert parsed(database) is not None


if __name__ == "__main__":
    main()
