"""CSV files checked by other means than DuckDB's, which reads a broken gzip stream in silence.

Every byte is unpacked once: gzip's own checksum is verified and line ends are counted, so that
a truncated file, or a line that a reader dropped, cannot pass for a smaller bill.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import CorruptFile

BLOCK = 1024 * 1024
UNPACKED = 8 * BLOCK
LONGEST_LINE = 16 * BLOCK


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """One CSV file whose bytes are sound."""

    path: Path
    packed: bool
    """Whether it is a gzip stream."""
    where: str
    """What a person would call it."""
    header: tuple[str, ...]
    lines: int
    """Lines below the header; one record may span several."""

    def records(self) -> int:
        """Count the records exactly: line ends outside quotes, without empty lines."""
        count, quoted, blank = -1, False, True
        for block in unpacked(self.path, self.packed, self.where):
            for line in block.replace(b"\r", b"").splitlines(keepends=True):
                quoted ^= line.count(b'"') % 2 == 1
                blank = blank and line == b"\n"
                if line.endswith(b"\n") and not quoted:
                    count, blank = count + (not blank), True
                elif line != b"\n":
                    blank = False
        return count + (not blank)


def read_csv_file(path: Path, *, packed: bool, where: str) -> CsvFile:
    """Read a file to its end and return what it holds.

    Raises:
        CorruptFile: If it is empty, has no header line or a broken one, or is a broken gzip stream.
    """
    head, header, lines, last = b"", None, 0, b"\n"
    for block in unpacked(path, packed, where):
        lines += block.count(b"\n")
        last = block[-1:]
        if header is None:
            head += block
            header = header_line(head, where)
    if header is None:
        header = head
    names = column_names(header, where)
    if not any(name.strip() for name in names):
        raise CorruptFile(where, "it is empty, without even a header line")
    below = lines - header.count(b"\n") - 1 + (last != b"\n")
    return CsvFile(path=path, packed=packed, where=where, header=names, lines=max(below, 0))


def header_line(head: bytes, where: str) -> bytes | None:
    """Return the first line without its end, or None where `head` is too short to hold it."""
    end = head.find(b"\n")
    while end >= 0:
        if head.count(b'"', 0, end) % 2 == 0:
            return head[:end].removesuffix(b"\r")
        end = head.find(b"\n", end + 1)
    if len(head) > LONGEST_LINE:
        raise CorruptFile(where, "its first line does not end")
    return None


def column_names(header: bytes, where: str) -> tuple[str, ...]:
    """Return the names in a header line."""
    if b"\r" in header:
        raise CorruptFile(where, "its first line holds a lone carriage return")
    try:
        return tuple(next(csv.reader([header.decode("utf-8-sig", errors="replace")]), ()))
    except csv.Error as error:
        raise CorruptFile(where, f"its first line is not CSV ({error})") from error


def unpacked(path: Path, packed: bool, where: str) -> Iterator[bytes]:
    """Yield a file's content in blocks; a gzip stream is verified to its last byte."""
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise CorruptFile(where, "it has just been removed") from error
    with file:
        if not packed:
            while block := file.read(BLOCK):
                yield block
            return
        stream = zlib.decompressobj(wbits=31)
        try:
            while packed_block := file.read(BLOCK):
                while packed_block:
                    if stream.eof:
                        stream = zlib.decompressobj(wbits=31)
                    if block := stream.decompress(packed_block, UNPACKED):
                        yield block
                    packed_block = stream.unconsumed_tail or stream.unused_data
        except zlib.error as error:
            raise CorruptFile(where, f"its gzip stream is broken ({error})") from error
        if not stream.eof:
            raise CorruptFile(where, "its gzip stream ends too early")
