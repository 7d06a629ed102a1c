"""Files of NAME=value lines: .env and those of secrets/.

docker/with_secrets.sh reads them by the same rules inside the containers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import BadLine, OddPath, UnreadableSettings

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BLANKS = " \t\r\v\f"
QUOTES = ('"', "'")
ODD = re.compile(r"[#$:\"'`\\]")
"""What compose reads another way in a path of .env, or of a volume: comment, variable, border."""


def read_pairs(path: Path) -> dict[str, str]:
    """Return the NAME=value lines of a file, values as they stand; nothing where there is none.

    Blanks around a name and a value are left out, and so is a pair of quotes around a value. Lines
    that begin with # are comments.

    Raises:
        BadLine: If another line is no NAME=value; its text, which may be a secret, is not told.
        UnreadableSettings: If the system does not give the file.
    """
    return {name: value for name, value, _ in read_lines(path) if name}


def read_lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and text of each line; a comment or an empty line has no name.

    Raises:
        BadLine: If one is neither a pair nor a comment.
        UnreadableSettings: If the system does not give the file.
    """
    whole = read_text(path).removesuffix("\n")
    for number, line in enumerate(whole.split("\n") if whole else (), start=1):
        text = line.strip(BLANKS)
        name, equals, value = (part.strip(BLANKS) for part in text.partition("="))
        if not text or text.startswith("#"):
            name = value = ""
        elif not equals or not NAME.fullmatch(name):
            raise BadLine(path, number)
        yield name, unquoted(value), line


def check_plain(*paths: Path) -> None:
    """Raise OddPath where podman-compose or docker compose would not read a path as it stands."""
    for path in map(str, paths):
        odd = ODD.findall(path) or [one for one in path if not one.isprintable()]
        if odd or path != path.strip():
            raise OddPath(path, odd[0] if odd else " ")


def read_text(path: Path) -> str:
    """Return a file's text, its line ends as they are; nothing where there is none.

    Raises:
        UnreadableSettings: If the system does not give it.
    """
    try:
        return path.read_bytes().decode(errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UnreadableSettings(path, error.strerror or str(error)) from error


def unquoted(value: str) -> str:
    """Return a value without the pair of quotes around it."""
    quoted = len(value) > 1 and value[0] in QUOTES and value[0] == value[-1]
    return value[1:-1] if quoted else value


def lines(pairs: Iterable[tuple[str, str]]) -> str:
    """Return NAME=value lines from which `read_pairs` reads the same; no value spans two lines."""
    return "".join(f"{name}={quoted(value)}\n" for name, value in pairs)


def quoted(value: str) -> str:
    """Return a value as it has to stand in a file, in quotes only where it needs them."""
    return value if unquoted(value.strip(BLANKS)) == value else f'"{value}"'
