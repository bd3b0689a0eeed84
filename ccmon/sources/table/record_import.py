"""Bringing a table of records into the call database: customers, sales, surveys, quotas and the like.

The first line names the columns, in any order. Each row goes in by itself: one that cannot is reported with its line
and why, the rest goes in. Rows are known by a key of their own, so importing a file again changes what has changed
and adds nothing twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from sqlite3 import Connection, Error
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database import database_file
from ccmon.database.progress import long_work
from ccmon.database.site import read_site
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.database.tables import Change, TableWriter
from ccmon.errors import CcmonError
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import PARSERS, CellContext, CellError, ImpossibleError, choice
from ccmon.sources.table.rejections import RejectionReasons, rejection

BATCH = 2_000
"""Rows of one transaction: short enough that whoever follows the calls is not held up."""


class RejectedRow(NamedTuple):
    """A row that did not go in."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of a file."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0
    """Rows that a mapping leaves out: none, for these tables have no mapping."""
    refused: list[RejectedRow] = field(default_factory=list)
    reasons: RejectionReasons = field(default_factory=RejectionReasons)
    impossible: RejectionReasons = field(default_factory=RejectionReasons)
    """What rows that went in say and cannot be: it counts as not said."""
    notes: list[str] = field(default_factory=list)
    """What else a person should know: a column that is not used, what was set on the way."""

    @property
    def refused_rows(self) -> int:
        """How many rows did not go in."""
        return len(self.refused)

    @property
    def went_in(self) -> int:
        """Rows that are in the database now."""
        return self.added + self.changed + self.same


def import_table(
    path: Path,
    kind_name: str,
    file: Path,
    *,
    dry_run: bool = False,
    encoding: str | None = None,
    table: str | None = None,
    now: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Bring a file into the database at ``path``.

    Args:
        path: the call database.
        kind_name: a name of `KINDS`.
        file: the table.
        dry_run: do everything, then take it all back: the report says what would happen.
        encoding: the file's, where it cannot be told.
        table: of an SQLite file that has several.
        now: the moment that what has happened lies before; left out: the clock's.
        progress: called with the bytes read so far.

    Raises:
        CcmonError: the file or the database cannot be read, or the header lacks a column.
    """
    kind = KINDS[kind_name]
    form = row_reader.find_format(file, encoding, table=table)
    with row_reader.open_rows(file, form) as reader, _opened(path) as connection:
        rows = iter(reader)
        header = next(rows, None)
        if header is not None and header.error is not None:
            raise CcmonError(f"{file}: {header.error}")
        columns, unused = match_header(kind, header.cells if header else [], file)
        site = read_site(connection)
        now = time.time_ns() // 1_000_000 if now is None else now
        context = CellContext(ZoneInfo(site.time_zone), site.day_starts_ms, site.currency, now)
        tables = TableWriter(connection, now=now)
        report = Report(notes=[f"The column {name!r} is not used." for name in unused])
        importing = _Import(kind, columns, context, tables, report)
        task = f"import of {file.name}"
        with database_file.translate_errors(path), long_work(connection, task, file.stat().st_size) as tell:
            for batch in _batches(rows, None if dry_run else BATCH):
                with _transaction(connection, keep=not dry_run):
                    tables.begin()
                    for place, row in enumerate(batch, start=1):
                        if place == BATCH and not dry_run:
                            tell(reader.bytes_read)  # more rows may follow those of this transaction
                        importing.take(row)
                        if progress is not None and row.line % 256 == 0:
                            progress(reader.bytes_read)
        report.notes += tables.notes
    return report


@dataclass(frozen=True, slots=True)
class _Import:
    """One file on its way."""

    kind: TableSpec
    columns: list[ColumnSpec | None]
    site: CellContext
    tables: TableWriter
    report: Report

    def take(self, row: row_reader.Row) -> None:
        """Bring in one row, or note why it cannot."""
        unsaid: list[str] = []
        try:
            if row.error is not None:
                raise CellError(row.error)
            values, unsaid = parse_row(self.kind, self.columns, row.cells, self.site)
            change = self.tables.write(self.kind.name, values, line=row.line)
        except Exception as error:  # rejection() raises what the next row would meet as well
            reason = "; ".join([rejection(error), *unsaid])
            self.report.refused.append(RejectedRow(row.line, reason))
            self.report.reasons.add(row.line, reason)
            return
        for each in unsaid:
            self.report.impossible.add(row.line, each)
        match change:
            case Change.ADDED:
                self.report.added += 1
            case Change.CHANGED:
                self.report.changed += 1
            case Change.SAME:
                self.report.same += 1


def match_header(kind: TableSpec, header: list[str], file: Path) -> tuple[list[ColumnSpec | None], list[str]]:
    """The column of each cell of a row (None: not used), and the names in the header that are not used.

    Raises:
        CcmonError: a required column is missing or one stands twice; the sentence says what there is.
    """
    by_name = {column.name: column for column in kind.columns}
    names = [_plain(name) for name in header]
    twice = {name for name in names if name in by_name and names.count(name) > 1}
    if twice:
        raise CcmonError(f"{file} has the column {min(twice)!r} twice; keep one of them.")
    given = {by_name[name].key for name in names if name in by_name}
    missing = [column.name for column in kind.columns if column.required and column.key not in given]
    if missing:
        raise CcmonError(
            f"{file} lacks the column {missing[0]!r}; its first line must name its columns. "
            f"A table of {kind.name} has: {', '.join(by_name)}."
        )
    unused = [name.strip() for name, plain in zip(header, names, strict=True) if plain not in by_name and name.strip()]
    return [by_name.get(name) for name in names], unused


def parse_row(
    kind: TableSpec, columns: list[ColumnSpec | None], cells: list[str], site: CellContext
) -> tuple[dict[str, Any], list[str]]:
    """The values of a row by field, None for an empty cell; and what it says that cannot be, which counts as not said.

    Raises:
        CellError: the row has too many cells, lacks a value it must have, or has one that cannot be understood.
    """
    if len(cells) > len(columns) and any(map(str.strip, cells[len(columns) :])):
        raise CellError(f"has {len(cells)} cells, and the first line names {len(columns)} columns")
    if row_reader.is_garbled(cells):
        raise CellError("has bytes that are not UTF-8; save the file as UTF-8, or say which it is with --encoding")
    found = {
        column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column is not None
    } | dict.fromkeys((column for column in columns[len(cells) :] if column is not None), "")
    values: dict[str, Any] = {}
    unsaid: list[str] = []
    # The currency first: it says how many decimals an amount has.
    for column in sorted(found, key=lambda column: column.name != "currency"):
        try:
            value = _parse(column, found[column], site)
        except ImpossibleError as error:
            if column.required or column.decides:
                raise
            unsaid.append(str(error))
            continue
        if column.name == "currency" and value is not None:
            site = replace(site, currency=value)
        if values.get(column.key) is None:
            values[column.key] = value
        elif value is not None and value != values[column.key]:
            raise CellError(f"{column.name} says another amount than the column beside it")
    for column in kind.columns:
        if column.required and values.get(column.key) is None:
            raise CellError(f"{column.name} is missing")
    return values, unsaid


def _parse(column: ColumnSpec, cell: str, site: CellContext) -> Any:
    if not cell:
        return None
    try:
        return PARSERS[column.type](cell, site) if not column.words else choice(column.words, cell)
    except CellError as error:
        raise type(error)(f"{column.name} {error}") from None


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _batches(rows: Iterator[row_reader.Row], size: int | None) -> Iterator[Iterator[row_reader.Row]]:
    """The rows in groups, none of them held in memory; with no size, one group."""
    if size is None:
        yield rows
        return
    for first in rows:

        def group(first: row_reader.Row = first) -> Iterator[row_reader.Row]:
            yield first
            for _, row in zip(range(size - 1), rows, strict=False):
                yield row

        yield group()


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    connection = database_file.open_writer(path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _transaction(connection: Connection, *, keep: bool) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        with suppress(Error):
            connection.execute("ROLLBACK")
        raise
