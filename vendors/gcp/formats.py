"""The formats that files extracted from the billing export have, by the endings of their names."""

from __future__ import annotations

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv.gz",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json.gz": "json.gz",
    ".jsonl.gz": "json.gz",
    ".ndjson.gz": "json.gz",
    ".avro": "avro",
}


def format_of(key: str) -> str | None:
    """Return the format of a file by its name, None for a file that is none of ours.

    >>> format_of("a/export-000.json.gz"), format_of("a/README.md")
    ('json.gz', None)
    """
    name = key.rsplit("/", 1)[-1].lower()
    endings = sorted(FORMATS, key=len, reverse=True)
    return next((FORMATS[e] for e in endings if name.endswith(e)), None)
