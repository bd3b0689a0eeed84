"""Bringing a table of records into the call database: customers, sales, surveys, quotas and the like.

The first line names the columns, in any order. Each row goes in by itself: one that cannot is reported with its line
and why, the rest goes in. Rows are known by a key of their own, so importing a file again changes what has changed
and adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.connection import transaction
from ccmon.database.database_file import writing
from ccmon.database.progress import long_work
from ccmon.database.site import read_site
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.database.tables import Change, TableWriter
from ccmon.errors import CcmonError
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import CellContext, CellError
from ccmon.sources.table.record_parser import RecordParser
from ccmon.sources.table.rejected_rows import RejectionReasons, rejection
from ccmon.wall_clock import real_now

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
        encoding: the file's, where it cannot be inferred.
        table: of an SQLite file that has several.
        now: the moment that what has happened lies before; left out: the clock's.
        progress: called with the bytes read so far.

    Raises:
        CcmonError: the file or the database cannot be read, or the header lacks a column.
    """
    kind = KINDS[kind_name]
    form = row_reader.find_format(file, encoding, table=table)
    with row_reader.open_rows(file, form) as reader, writing(path) as connection:
        rows = iter(reader)
        header = next(rows, None)
        if header is not None and header.error is not None:
            raise CcmonError(f"{file}: {header.error}")
        site = read_site(connection)
        now = real_now() if now is None else now
        context = CellContext(ZoneInfo(site.time_zone), site.day_starts_ms, site.currency, now)
        parser = RecordParser(kind, header.cells if header else [], file, context)
        tables = TableWriter(connection, now=now)
        report = Report(notes=[f"The column {name!r} is not used." for name in parser.unused])
        importing = _Import(kind, parser, tables, report)
        task = f"import of {file.name}"
        with long_work(connection, task, file.stat().st_size) as set_done:
            for batch in _batches(rows, None if dry_run else BATCH):
                with transaction(connection, keep=not dry_run):
                    tables.begin()
                    for place, row in enumerate(batch, start=1):
                        if place == BATCH and not dry_run:
                            set_done(reader.bytes_read)  # more rows may follow those of this transaction
                        importing.take(row)
                        if progress is not None and row.line % 256 == 0:
                            progress(reader.bytes_read)
        report.notes += tables.notes
    return report


@dataclass(frozen=True, slots=True)
class _Import:
    """One file on its way."""

    kind: TableSpec
    parser: RecordParser
    tables: TableWriter
    report: Report

    def take(self, row: row_reader.Row) -> None:
        """Bring in one row, or note why it cannot."""
        impossible: list[str] = []
        try:
            if row.error is not None:
                raise CellError(row.error)
            values, impossible = self.parser.parse(row.cells)
            change = self.tables.write(self.kind.name, values, line=row.line)
        except Exception as error:  # rejection() raises what the next row would meet as well
            reason = "; ".join([rejection(error), *impossible])
            self.report.refused.append(RejectedRow(row.line, reason))
            self.report.reasons.add(row.line, reason)
            return
        for each in impossible:
            self.report.impossible.add(row.line, each)
        match change:
            case Change.ADDED:
                self.report.added += 1
            case Change.CHANGED:
                self.report.changed += 1
            case Change.SAME:
                self.report.same += 1


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
