"""Debian roots that are bootstrapped here, kept for a week under ~/.cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "open-finops-tests"
KEPT_FOR = 7 * 86400
"""Seconds; security updates come in after that."""
UNUSED = ("doc", "info", "locale", "man", "zoneinfo/right")
"""Folders of /usr/share that an image does without."""
FORGET = 'rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*'
"""Where the packages came from stays out of the root."""
MANUALS = 'mkdir -p "$1"/usr/share/man/man1'
"""Java's package links its pages there."""
TIMEOUT = 600


class NoDebian(Exception):
    """No root can be bootstrapped on this machine; says why in one line."""


def bootstrap(suite: str, packages: Sequence[str]) -> Path:
    """Return a tar archive with the smallest Debian that has these packages.

    Raises:
        NoDebian: If mmdebstrap is not here, or fails.
    """
    left_out = [*(f"/usr/share/{name}/*" for name in UNUSED), "/usr/lib/*/gconv/*"]
    command = [
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(packages)},usr-is-merged"),
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        '--aptopt=Acquire::Languages "none"',
        *(f"--dpkgopt=path-exclude={path}" for path in left_out),
        f"--essential-hook={MANUALS}",
        *(f"--customize-hook={FORGET}", suite),
    ]
    key = hashlib.sha256("\n".join(command).encode()).hexdigest()[:16]
    kept = CACHE / f"{suite}-{key}.tar"
    if kept.exists() and time.time() - kept.stat().st_mtime < KEPT_FOR:
        return kept
    CACHE.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}.tar")
    try:
        make([*command, str(new), *mirror(suite)])
        return new.rename(kept)
    finally:
        new.unlink(missing_ok=True)


def make(command: list[str]) -> None:
    """Run mmdebstrap; the last line that it writes tells why it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoDebian(f"no Debian can be bootstrapped: {error}") from error
    if done.returncode:
        raise NoDebian(f"no Debian can be bootstrapped: {done.stderr.strip().splitlines()[-1]}")


def mirror(suite: str) -> list[str]:
    """Return the machine's own source of packages, as a line of sources.list."""
    for file in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        for line in file.read_text().splitlines():
            if line.startswith("URIs:"):
                return [f"deb {line.split()[1]} {suite} main"]
    return []
