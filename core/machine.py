"""What the machine has, and sizes as people read and write them."""

from __future__ import annotations

import os
import re
from pathlib import Path

UNITS = {"K": 1, "M": 2, "G": 3, "T": 4}


def memory_of_machine() -> int:
    """Return the bytes that this process may use: the machine's, or its control group's."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    group = Path("/sys/fs/cgroup/memory.max")
    text = group.read_text().strip() if group.is_file() else "max"
    return min(total, int(text)) if text.isdecimal() else total


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def in_bytes(text: str) -> int:
    """Return a size in bytes.

    >>> in_bytes("1.5GB"), in_bytes("2 GiB")
    (1500000000, 2147483648)
    """
    found = re.fullmatch(r"([\d.]+)\s*([KMGT])(i?)B", text, re.IGNORECASE)
    assert found
    return int(float(found[1]) * (1024 if found[3] else 1000) ** UNITS[found[2].upper()])


def size(count: float) -> str:
    """Return bytes as a person reads them.

    >>> size(999), size(1_530_000_000)
    ('999 B', '1.5 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
