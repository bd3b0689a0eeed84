"""Whose an error is, a record's or everybody's: one rule for logs, switches and tables, and one wording."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.connection import ReplacedError
from ccmon.database.source_records import is_of_a_record, unexpected_error_reason
from ccmon.errors import CcmonError
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table.import_report import rejection_reason
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database

OVERFLOW = "SELECT abs(-9223372036854775808)"
NO_TABLE = "SELECT * FROM lost"
AT = 1_795_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def _met(connection: sqlite3.Connection, statement: str, values: object = ()) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as error:
        connection.execute(statement, values)  # type: ignore[arg-type]
    return error.value


def test_whose_an_error_of_sqlite_is(path: Path) -> None:
    with closing(database_file.open_writer(path)) as writer, closing(database_file.open_reader(path)) as reader:
        of_a_record = [
            _met(writer, "SELECT :unbound", {}),
            _met(writer, "INSERT INTO teams (id, name) VALUES (1, NULL)"),
            _met(writer, "INSERT INTO teams (id, name) VALUES ('x', 'y')"),
            _met(writer, OVERFLOW),
            _met(writer, "SELECT zeroblob(3000000000)"),
        ]
        of_all = [
            _met(reader, "DELETE FROM customers"),
            _met(writer, NO_TABLE),
            ReplacedError(f"{path}-wal"),
        ]
        writer.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(path, timeout=0)) as other:
            of_all.append(_met(other, "DELETE FROM customers"))
    assert [is_of_a_record(each) for each in of_a_record] == [True] * 5
    assert [is_of_a_record(each) for each in of_all] == [False] * 4
    assert [rejection_reason(each) for each in of_a_record] == [unexpected_error_reason(each) for each in of_a_record]
    for each in of_all:
        with pytest.raises(sqlite3.Error):
            rejection_reason(each)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(ValueError("odd"), True), (OverflowError(), True), (OSError(28, "full"), False), (MemoryError(), False),
     (CcmonError("The database is gone."), False), (KeyboardInterrupt(), False)],
)  # fmt: skip
def test_whose_another_error_is(error: BaseException, expected: bool) -> None:
    assert is_of_a_record(error) == expected


def _take_log(path: Path, folder: Path) -> list[str]:
    """A log of three calls; why one of them did not go in."""
    file = folder / "queue_log"
    lines = [f"{AT + n}|{n}|sales|NONE|ENTERQUEUE||{name}|1" for n, name in enumerate(("Ada", "Bea", "Cleo"))]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    import_logs(path, [str(file)], source="queue-log")
    with closing(database_file.open_reader(path)) as connection:
        return [reason for (reason,) in connection.execute("SELECT reason FROM rejected_lines")]


def _take_table(path: Path, folder: Path) -> list[str]:
    """A table of three customers; why one of them did not go in."""
    file = folder / "customers.csv"
    file.write_text("reference,name\nK-1,Ada\nK-2,Bea\nK-3,Cleo\n", encoding="utf-8")
    return [each.reason for each in import_table(path, "customers", file).rejected]


WAYS = [(_take_log, "calls", "NEW.caller = 'Bea'"), (_take_table, "customers", "NEW.name = 'Bea'")]


def _trip(path: Path, table: str, when: str, statement: str) -> None:
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(f"CREATE TRIGGER trip BEFORE INSERT ON {table} WHEN {when} BEGIN {statement}; END")


@pytest.mark.parametrize(("take", "table", "when"), WAYS)
def test_a_log_and_a_table_say_the_same_of_the_same_error(
    path: Path, tmp_path: Path, take: Callable[[Path, Path], list[str]], table: str, when: str
) -> None:
    _trip(path, table, when, OVERFLOW)
    assert take(path, tmp_path) == ["could not be taken in (OperationalError: integer overflow)"]


@pytest.mark.parametrize(("take", "table", "when"), WAYS)
def test_what_each_record_would_meet_ends_the_import_of_a_log_and_of_a_table(
    path: Path, tmp_path: Path, take: Callable[[Path, Path], list[str]], table: str, when: str
) -> None:
    """No thousand rows are refused one by one because a table of the database is missing."""
    _trip(path, table, when, NO_TABLE)
    with pytest.raises(CcmonError, match="no such table"):
        take(path, tmp_path)
