"""Let dbt read the FOCUS project while the image is built: a start in the container saves it."""

from pathlib import Path

from core.backends.duckdb import Limits
from core.project import parsed
from core.transform import environment


def main() -> None:
    scratch = Path("/tmp/warm")
    limits = Limits(threads=1, memory_limit="1GB", temp_directory=scratch)
    database = scratch / "finops.duckdb"
    with environment(database, limits, scratch):
        assert parsed(database) is not None


if __name__ == "__main__":
    main()
