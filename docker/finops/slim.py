"""Leave out of an image's packages what no command needs: tests, headers, sources, symbols, pip.

python3 slim.py .venv
"""

import shutil
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

FOLDERS = ("tests", "test", "benchmarks", "__pycache__")
KEPT = "dbt"
"""Its tests are SQL that it runs."""
FILES = (
    *("*.pyx", "*.pxd", "*.pxi", "*.pyi", "*.c", "*.cc", "*.h", "*.a", "*.lib", "*.map"),
    "RECORD",
)
PACKAGES = (
    *("pip", "pip-*", "setuptools", "setuptools-*", "pkg_resources"),
    *("_distutils_hack", "distutils-precedence.pth"),
)
UNUSED = (
    *("pyarrow/include", "pyarrow/libarrow_flight*", "pyarrow/libarrow_python_flight*"),
    *("pyarrow/_flight*", "pyarrow/_substrait*"),
    *("pyarrow/libarrow_s3*", "pyarrow/_s3fs*", "pyarrow/_gcsfs*", "pyarrow/_azurefs*"),
    *("pyarrow/_hdfs*", "pyarrow/_pyarrow_cpp_tests*"),
    *("pyarrow/libarrow_python.so", "pyarrow/libarrow_python.so.*.*"),
    *("azure/**/aio", "boto3/data/[!s]*", "google/cloud/bigquery_storage_v1[a-z]*"),
    *("dbt/task/docs/index.html", "duckdb/experimental", "humanize/locale"),
    *("pygments/lexers/[!_p]*", "pygments/lexers/_*_builtins.py"),
)
"""Parts of packages that nothing here imports: clients of clouds, RPC, asyncio, docs, languages.

pyarrow's library is there three times: under the name that is asked for, and two for linkers.
"""
AWS = ("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
SERVICES = ("s3", "sts", "sso", "sso-oidc", "signin")
"""What is asked of AWS: a bucket, and the ways to sign in."""
ELF64 = b"\x7fELF\x02\x01"
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
"""The head of a 64-bit ELF file; its last three numbers and e_shoff describe its sections."""


def main(venv: Path) -> None:
    """Remove what is not needed, then cut symbols off libraries."""
    [site] = venv.glob("lib/python3*/site-packages")
    for pattern in (*PACKAGES, *UNUSED):
        remove(site.glob(pattern))
    for name in FOLDERS:
        remove(path for path in site.rglob(name) if path.is_dir() and KEPT not in path.parts)
    for pattern in FILES:
        remove(site.rglob(pattern))
    data = site / "botocore" / "data"
    remove(path for path in data.iterdir() if path.name not in (*AWS, *SERVICES))
    locales = site / "babel" / "locale-data"
    remove(path for path in locales.glob("*.dat") if path.stem not in ("root", "en", "en_US"))
    for library in site.rglob("*.so*"):
        cut_symbols(library)


def remove(paths: Iterable[Path]) -> None:
    """Delete files and folders; one inside another may be gone already."""
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def cut_symbols(library: Path) -> None:
    """Cut off a library what follows its segments: symbols for debuggers, and where sections are.

    The loader reads segments alone. DuckDB's extensions are signed, and have another suffix.
    """
    with library.open("r+b") as file:
        head = file.read(HEADER.size)
        if not head.startswith(ELF64):
            return
        fields = list(HEADER.unpack(head))
        start, size, count = fields[5], fields[9], fields[10]
        file.seek(start)
        segments = [struct.unpack_from("<IIQQQQ", file.read(size)) for _ in range(count)]
        fields[6] = fields[12] = fields[13] = 0
        file.seek(0)
        file.write(HEADER.pack(*fields))
        file.truncate(max(offset + length for _, _, offset, _, _, length in segments))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
