"""`query` reads and only reads: exact, streamed, and with errors that say where."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.finops import ROOT, Finops

ONE_OF_EACH = """
    SELECT 1.50::DECIMAL(38,18) AS "decimal", 0.1::DOUBLE AS "double", NULL AS "null",
        TIMESTAMP '2026-01-02 03:04:05' AS "timestamp", DATE '2026-01-02' AS "date",
        TIMESTAMPTZ '2026-01-02 03:04:05+01' AS "zoned", TIME '03:04:05' AS "time",
        true AS "bool", 9007199254740993 AS "bigint", 170141183460469231731687303715884105727 AS h,
        '{"a": 1}'::JSON AS "json", [1.5, NULL] AS "list", {'a': DATE '2026-01-02'} AS "struct",
        MAP {'k': 'v'} AS "map", '\\xAB'::BLOB AS "blob", 'NaN'::DOUBLE AS "nan",
        'é, "quoted"' || chr(10) || '[bold]x' AS "text", INTERVAL 90 MINUTE AS "interval"
"""


@pytest.fixture
def ask(built):
    return Finops(built.home)


def answer(result) -> list[dict[str, object]]:
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_a_table_has_its_header_and_rows(ask):
    result = ask("query", "SELECT 7 AS seven, 'x' AS letter, NULL AS nothing")
    assert [row.split() for row in result.out.splitlines()] == [
        ["seven", "letter", "nothing"],
        ["7", "x"],
    ]


def test_json_keeps_every_digit_and_type(ask):
    assert answer(ask("query", ONE_OF_EACH, "--format", "json")) == [
        {
            "decimal": "1.500000000000000000",
            "double": 0.1,
            "null": None,
            "timestamp": "2026-01-02T03:04:05",
            "date": "2026-01-02",
            "zoned": "2026-01-02T02:04:05+00:00",
            "time": "03:04:05",
            "bool": True,
            "bigint": 9007199254740993,
            "h": 170141183460469231731687303715884105727,
            "json": {"a": 1},
            "list": ["1.5", None],
            "struct": {"a": "2026-01-02"},
            "map": {"k": "v"},
            "blob": "ab",
            "nan": "nan",
            "text": 'é, "quoted"\n[bold]x',
            "interval": "1:30:00",
        }
    ]


def test_csv_is_exact_and_reads_back(ask):
    rows = list(csv.reader(io.StringIO(ask("query", ONE_OF_EACH, "--format", "csv").out)))
    found = dict(zip(*rows, strict=True))
    assert found["decimal"] == "1.500000000000000000"
    assert found["null"] == ""
    assert found["bool"] == "true"
    assert found["list"] == '["1.5", null]'
    assert found["text"] == 'é, "quoted"\n[bold]x'


def test_money_keeps_every_digit(ask):
    sql = "SELECT sum(BilledCost) AS c FROM focus.cost_and_usage WHERE BillingCurrency = 'USD'"
    for form in ("json", "csv", "table"):
        out = ask("query", sql, "--format", form).out
        assert Decimal(re.search(r"\d+\.\d+", out)[0]) == Decimal("4.200000000001"), form


def test_markup_in_a_value_is_text(ask):
    assert "[red]x[/red]" in ask("query", "SELECT '[red]x[/red]' AS a").out


def test_columns_of_one_name_are_all_there(ask):
    result = ask("query", "SELECT 1 AS a, 2 AS a, 3 AS a", "--format", "json")
    assert answer(result) == [{"a": 1, "a_1": 2, "a_2": 3}]


def test_an_answer_without_rows_is_still_an_answer(ask):
    empty = "SELECT 1 AS a WHERE false"
    assert answer(ask("query", empty, "--format", "json")) == []
    assert ask("query", empty, "--format", "csv").out == "a\n"
    assert ask("query", empty).out.strip() == "a"


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_limit_cuts_every_format(form, ask):
    out = ask("query", "SELECT i FROM range(9) t(i)", "--format", form, "--limit", "2").out
    assert re.findall(r"\d", out) == ["0", "1"]


def test_a_table_is_cut_and_says_so(ask):
    result = ask("query", "SELECT i FROM range(1001) t(i)")
    assert "999" in result.out and "1000" not in result.out
    assert "the first 1,000 rows" in result.err
    assert ask("query", "SELECT i FROM range(1000) t(i)").err == ""


def test_wide_rows_stand_upright_on_a_narrow_terminal(built):
    columns = ", ".join(f"{n} AS column_{n}" for n in range(40))
    out = on_a_terminal(built, "query", f"SELECT {columns}")
    assert "row 1" in out
    assert re.search(r"^column_39 +39 *$", out, re.MULTILINE)


def on_a_terminal(built: Finops, *arguments: str) -> str:
    """Run one command on a terminal of 80 columns and return what it shows, without colours."""
    shown, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli.main", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **built.environment},
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        cwd=built.home,
    )
    os.close(terminal)
    found = b""
    with contextlib.suppress(OSError):
        while part := os.read(shown, 65536):
            found += part
    os.close(shown)
    assert process.communicate(timeout=60)[1] == b""
    return re.sub(r"\x1b\[[0-9;]*m|\r", "", found.decode())


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW ALL TABLES",
        "DESCRIBE focus.cost_and_usage",
        "SUMMARIZE ledger.loads",
        "EXPLAIN SELECT 1",
        "FROM ledger.loads",
        "VALUES (1)",
        "WITH a AS (SELECT 1) SELECT * FROM a;",
        "-- a comment\nSELECT 1 /* and */ ; ",
        "PIVOT ledger.loads ON status USING sum(rows) GROUP BY export",
    ],
)
def test_what_reads_is_answered(sql, ask):
    assert ask("query", sql).code == 0


def test_sql_comes_from_standard_input(built):
    process = built.start("query", "-", "--format", "csv", stdin=subprocess.PIPE)
    out, _ = process.communicate("SELECT\n 'ü' AS a", timeout=60)
    assert (process.returncode, out) == (0, "a\nü\n")


def test_standard_input_that_is_no_text_is_an_error(built):
    process = built.start("query", "-", stdin=subprocess.PIPE)
    process.stdin.buffer.write(b"SELECT '\xff'")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 9
    assert "not UTF-8" in err


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("DELETE FROM ledger.loads", "line 1, column 1: DELETE is refused"),
        ("SELECT 1;\n  DROP TABLE x", "line 2, column 3: DROP is refused"),
        ("WITH a AS (SELECT 1)\nINSERT INTO t SELECT * FROM a", "INSERT is refused"),
        ("UPDATE ledger.loads SET rows = 0", "UPDATE is refused"),
        ("CREATE TABLE x AS SELECT 1", "CREATE is refused"),
        ("CREATE TEMP TABLE x AS SELECT 1", "CREATE is refused"),
        ("COPY ledger.loads TO '/tmp/x.csv'", "COPY is refused"),
        ("ATTACH ':memory:' AS x", "ATTACH is refused"),
        ("INSTALL httpfs", "LOAD is refused"),
        ("LOAD httpfs", "LOAD is refused"),
        ("SET threads = 1", "SET is refused"),
        ("PRAGMA enable_profiling", "is refused"),
        ("CHECKPOINT", "is refused"),
        ("EXPORT DATABASE '/tmp/x'", "EXPORT is refused"),
        ("EXPLAIN ANALYZE DELETE FROM ledger.loads", "only reads"),
        ("SELECT 1; SELECT 2", "line 1, column 11: a second statement begins"),
        ("SELECT 1;\n-- then\nSELECT 2", "line 3, column 1: a second statement begins"),
        ("SELECT 1; PIVOT ledger.loads ON status USING sum(rows)", "a second statement"),
        ("", "there is no SQL statement"),
        (" -- only a comment", "there is no SQL statement"),
        ("SELECT * FROM read_csv('/etc/passwd')", "line 1, column 15: a query reads only this"),
        ("SELECT * FROM '/etc/passwd.csv'", "a query reads only this database"),
        ("SELECT * FROM read_text('/etc/passwd')", "a query reads only this database"),
        ("SELECT * FROM glob('/*')", "a query reads only this database"),
        ("SELECT * FROM duckdb_secrets()", "a query reads only this database"),
        ("SELEC 1", 'line 1, column 1: Parser Error: syntax error at or near "SELEC"'),
        ("SELECT\n  nothing\nFROM ledger.loads", "line 2, column 3: Binder Error"),
        ("SELECT (", "line 1, column 9: Parser Error: syntax error at end of input"),
        ("SELECT * FROM ledger.load", "line 1, column 15: Catalog Error"),
        ("SELECT * FROM connection", "line 1, column 15: Catalog Error"),
        ("SELECT " + " " * 200 + "nothing FROM ledger.loads", "line 1, column 208: Binder"),
        ("SELECT CAST('x' AS INTEGER)", "Conversion Error"),
        ("SELECT CAST(concat('x', i) AS INTEGER) FROM range(9) t(i)", "Conversion Error"),
    ],
)
def test_what_cannot_be_answered_is_one_error_that_says_where(sql, problem, ask):
    before = ask.fingerprint()
    result = ask("query", sql)

    assert result.code == 9
    assert problem in result.err
    assert result.hint
    assert "Traceback" not in result.err
    assert ask.fingerprint() == before


def test_duckdbs_advice_becomes_the_hint(ask):
    assert 'Did you mean "loads"?' in ask("query", "SELECT * FROM ledger.load").hint
    assert "Candidate bindings" in ask("query", "SELECT rowz FROM ledger.loads").hint


def test_a_query_without_a_database_says_how_to_get_one(finops):
    result = finops("query", "SELECT 1")
    assert result.code == 9
    assert "./finops demo" in result.hint
    assert finops("query", "SELECT 1", "--demo").code == 9


def test_a_file_that_is_no_database_is_an_error(finops):
    finops.data.mkdir()
    finops.database.write_text("not a database, but long enough to be read as one" * 200)
    result = finops("query", "SELECT 1")
    assert result.code == 9
    assert "cannot be opened" in result.error


def test_a_large_answer_needs_little_memory(built):
    """The answer has 450 MB; with one thread the command peaks at 224 to 250 MB.

    64 MB of that are Python and DuckDB, the rest batches of such wide rows: an answer of twice as
    many needs no more. Each further thread adds up to 75 MB.
    """
    sql = "SELECT i, repeat('x', 3000) AS wide FROM range(150000) t(i)"
    lines = peak = 0
    one_thread = {"OPEN_FINOPS_DATABASE_DUCKDB_THREADS": "1"}
    with built.start("query", sql, "--format", "csv", env=one_thread) as process:
        while chunk := process.stdout.buffer.read(2**24):
            lines += chunk.count(b"\n")
            peak = max(peak, peak_memory(process.pid))
    assert (lines, process.returncode) == (150_001, 0)
    assert 30_000_000 < peak < 300_000_000


def peak_memory(pid: int) -> int:
    """Return the most bytes that a process has held since it began, 0 if it has just ended."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_closed_pipe_is_quiet(form, built):
    sql = "SELECT i FROM range(9000000) t(i)"
    with built.start("query", sql, "--format", form) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_a_reader_that_has_enough_is_no_error(ask):
    with ask.start("query", "SELECT range FROM range(400000)", "--format", "csv") as running:
        assert running.stdout.readline() == "range\n"
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0
