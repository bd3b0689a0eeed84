"""Import a table of records into the call database: customers, sales, surveys, quotas and the like.

The first line names the columns, in any order. Each row is written by itself: a faulty one is reported with its line
and the reason, the rest is written. Rows are identified by a key, so importing a file again updates what has changed
and adds nothing twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_writing
from ccmon.database.progress import long_work
from ccmon.database.site import read_site
from ccmon.database.sqlite_errors import check_writable
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.database.table_writer import TableWriter, WriteResult
from ccmon.errors import CcmonError
from ccmon.number_texts import CellError
from ccmon.real_time import real_now
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.import_report import ImportReport, rejection_reason
from ccmon.sources.table.site_row_parser import FaultyRowError, SiteRowParser

BATCH = 2_000
"""Rows of one transaction: few enough not to delay a follower of calls."""


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
    recorded: Callable[[sqlite3.Connection], AbstractContextManager[object]] = nullcontext,
) -> ImportReport:
    """Import a file of a kind (a name of `KINDS`) into the database at ``path``; with ``dry_run`` all is rolled back.

    The encoding applies if it cannot be inferred, the table if an SQLite file has several. Past events are before
    ``now`` (None: by the clock). ``progress`` is called with the bytes read so far. Each transaction writes within the
    context that ``recorded`` gives: `ccmon.configuration.history` has those of people.

    Raises:
        CcmonError: the file or the database cannot be read, or the header lacks a column.
    """
    kind = KINDS[kind_name]
    form = row_reader.find_format(file, encoding, table=table)
    with row_reader.open_rows(file, form) as (rows, bytes_read), open_for_writing(path) as connection:
        check_writable(path)
        header = next(rows, None)
        if header is not None and header.error is not None:
            raise CcmonError(f"{file}: {header.error}")
        site = read_site(connection)
        now = real_now() if now is None else now
        context = CellContext(ZoneInfo(site.time_zone), site.day_starts_ms, site.currency, now)
        parser = SiteRowParser(kind, header.cells if header else [], file, context)
        tables = TableWriter(connection, now=now)
        report = ImportReport(notes=[f"The column {name!r} is not used." for name in parser.unused])
        with long_work(connection, f"import of {file.name}", file.stat().st_size) as set_done:
            for batch in [rows] if dry_run else _batches(rows):
                with transaction(connection, keep=not dry_run), recorded(connection):
                    tables.forget_calls()
                    for place, row in enumerate(batch, start=1):
                        if place == BATCH and not dry_run:
                            set_done(bytes_read())  # more rows may follow those of this transaction
                        _write_row(row, kind, parser, tables, report)
                        if progress is not None and row.line % 256 == 0:
                            progress(bytes_read())
        report.notes += tables.notes
    return report


def _batches(rows: Iterator[row_reader.Row]) -> Iterator[Iterator[row_reader.Row]]:
    """The rows in batches, without holding these in memory."""
    for first in rows:
        yield chain([first], islice(rows, BATCH - 1))


def _write_row(
    row: row_reader.Row, kind: TableSpec, parser: SiteRowParser, tables: TableWriter, report: ImportReport
) -> None:
    """Write one row, or note why it cannot be written."""
    impossible: list[str] = []
    try:
        if row.error is not None:
            raise CellError(row.error)
        values, impossible = parser.parse(row.cells)
        change = tables.upsert(kind.name, values, line=row.line)
    except FaultyRowError as error:
        report.reject(row.line, "; ".join([str(error), *tables.unknown_names(kind.name, error.values), *impossible]))
        return
    except Exception as error:  # rejection_reason() raises what the next row would meet as well
        report.reject(row.line, "; ".join([rejection_reason(error), *impossible]))
        return
    for each in impossible:
        report.impossible.add(row.line, each)
    report.added += change is WriteResult.ADDED
    report.changed += change is WriteResult.CHANGED
    report.same += change is WriteResult.SAME
