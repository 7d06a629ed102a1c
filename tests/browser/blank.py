"""A font that draws nothing and measures the same everywhere, so that only shapes are compared."""

from __future__ import annotations

import struct

UNITS = 1000
ADVANCE = 560
ASCENT, DESCENT = 900, -250
FIRST, LAST = 0x20, 0x26FF
"""The characters it has: those of Latin text, punctuation, arrows and signs."""


def font() -> bytes:
    """Return a TrueType font whose every character is an empty box of the same width."""
    tables = {
        b"OS/2": metrics(),
        b"cmap": characters(),
        b"glyf": bytes(4),
        b"head": struct.pack(
            ">IIIIHH16x4hHHhhh",
            0x10000,
            0x10000,
            0,
            0x5F0F3CF5,
            3,
            UNITS,
            0,
            0,
            0,
            0,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(
            ">IhhhH3h3h8xhH", 0x10000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, 0, 1, 0, 0, 0, 1
        ),
        b"hmtx": struct.pack(">Hhh", ADVANCE, 0, 0),
        b"loca": struct.pack(">3H", 0, 0, 0),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 0, 0, 0, 0, 2, *[0] * 8),
        b"name": struct.pack(">3H", 0, 0, 6),
        b"post": struct.pack(">IIhhI16x", 0x30000, 0, -100, 50, 1),
    }
    place = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, content in tables.items():
        padded = content + bytes(-len(content) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) % 2**32
        directory += tag + struct.pack(">III", checksum, place + len(body), len(content))
        body += padded
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128) + (
        directory + body
    )


def characters() -> bytes:
    """Return the table that gives every character the second glyph; the first is for none."""
    count = LAST - FIRST + 1
    places = struct.pack(">2HH2H2h2H", LAST, 0xFFFF, 0, FIRST, 0xFFFF, 0, 1, 4, 0)
    body = struct.pack(">4H", 4, 4, 1, 0) + places + struct.pack(f">{count}H", *[1] * count)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">3H", 4, len(body) + 6, 0) + body


def metrics() -> bytes:
    """Return the table of what line heights are made of."""
    return (
        struct.pack(">HhHHH", 4, ADVANCE, 400, 5, 0)
        + bytes(22)
        + bytes(10 + 16)
        + b"NONE"
        + struct.pack(">HHH", 0x40, FIRST, LAST)
        + struct.pack(">hhhHH", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
        + struct.pack(">IIhhHHH", 1, 0, 500, 700, 0, 32, 1)
    )
