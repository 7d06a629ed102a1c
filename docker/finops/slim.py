"""Leave out of an image's packages what no command needs: tests, headers, sources, pip.

python3 slim.py .venv
"""

import compileall
import shutil
import sys
from pathlib import Path

FOLDERS = ("tests", "test", "__pycache__")
KEPT = "dbt"
"""Its tests are SQL that it runs."""
FILES = ("*.pyx", "*.pxd", "*.pyi", "*.c", "*.h", "*.a", "*.lib")
PACKAGES = ("pip", "pip-*", "setuptools", "setuptools-*", "pkg_resources")
ARROW = ("include", "libarrow_s3*", "_s3fs*", "libarrow_flight*", "_flight*")
"""Parts of pyarrow that nothing here imports: headers, its own S3, RPC."""
AWS = ("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
SERVICES = ("s3", "sts", "sso", "sso-oidc")
"""What is asked of AWS: a bucket, and the ways to sign in."""


def main(venv: Path) -> None:
    """Remove, then compile what is left, so that a read-only root starts as fast."""
    [site] = venv.glob("lib/python3*/site-packages")
    for pattern in PACKAGES:
        remove(site.glob(pattern))
    for name in FOLDERS:
        remove(path for path in site.rglob(name) if path.is_dir() and KEPT not in path.parts)
    for pattern in FILES:
        remove(site.rglob(pattern))
    for pattern in ARROW:
        remove((site / "pyarrow").glob(pattern))
    data = site / "botocore" / "data"
    remove(path for path in data.iterdir() if path.name not in (*AWS, *SERVICES))
    locales = site / "babel" / "locale-data"
    remove(path for path in locales.glob("*.dat") if path.stem not in ("root", "en", "en_US"))
    compileall.compile_dir(site, quiet=2, workers=0)


def remove(paths) -> None:
    """Delete files and folders; one inside another may be gone already."""
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
