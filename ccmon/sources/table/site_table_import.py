"""Import a table of records into the call database: customers, sales, surveys, quotas and the like.

The first line names the columns, in any order. Each row is written by itself: a faulty one is reported with its line
and the reason, the rest is written. Rows are identified by a key, so importing a file again updates what has changed
and adds nothing twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
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
from ccmon.sources.table.doubled_rows import DoubledRowsError, DoublingCheck
from ccmon.sources.table.import_report import ImportReport, rejection_reason
from ccmon.sources.table.mapped_file import file_format
from ccmon.sources.table.mapping import Mapping
from ccmon.sources.table.row_preview import RowPreview
from ccmon.sources.table.site_row_parser import FaultyRowError, SiteRowParser

NAMED = 5
"""How many names of a kind that is not known are kept for the report."""
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
    mapping: Mapping | None = None,
    may_double: bool = False,
    adds: Collection[str] = (),
    now: int | None = None,
    progress: Callable[[int], None] | None = None,
    recorded: Callable[[sqlite3.Connection], AbstractContextManager[object]] = nullcontext,
) -> ImportReport:
    """Import a file of a kind (a name of `KINDS`) into the database at ``path``; with ``dry_run`` all is rolled back.

    The encoding applies if it cannot be inferred, the table if an SQLite file has several. A ``mapping`` of the kind
    says what the file's columns mean; None: they are called as those of the kind. With ``may_double``, rows with
    references made up by it are added even if they are there under others. Of the kinds ``adds``
    (`reference_names.ADDABLE`), names that nobody has are added. Past events are before ``now`` (None: by
    the clock). ``progress`` is called with the bytes read so far. Each transaction writes within the
    context that ``recorded`` gives: `ccmon.configuration.history` has those of people.

    Raises:
        CcmonError: the file or the database cannot be read, or the header lacks a column.
        DoubledRowsError: the rows are there already under other references; nothing is changed.
    """
    kind = KINDS[kind_name]
    form = _form(kind, file, encoding, table, mapping)
    with row_reader.open_rows(file, form) as (rows, bytes_read), open_for_writing(path) as connection:
        check_writable(path)
        site = read_site(connection)
        now = real_now() if now is None else now
        context = CellContext(ZoneInfo(site.time_zone), site.day_starts_ms, site.currency, now)
        parser, body = _parser_and_rows(rows, kind, file, context, mapping)
        tables = TableWriter(connection, now=now, adds=adds)
        report = ImportReport(preview=RowPreview.of_kind(kind.columns, context) if dry_run else None)
        check = _doubling_check(connection, kind, parser, may_double=may_double)
        with long_work(connection, f"import of {file.name}", file.stat().st_size) as set_done:
            for batch in [body] if dry_run else _batches(body):
                with transaction(connection, keep=not dry_run), recorded(connection):
                    tables.forget_calls()
                    for place, row in enumerate(batch, start=1):
                        if place == BATCH and not dry_run:
                            set_done(bytes_read())  # more rows may follow those of this transaction
                        change = _write_row(row, kind, parser, tables, report)
                        if check is not None and change is not None:
                            check.take(change)
                        for other in parser.further:
                            _write_row(row, kind, other, tables, report)
                        if progress is not None and row.line % 256 == 0:
                            progress(bytes_read())
                    tables.write_sources(file)
                    _require_single(check, report, dry_run=dry_run)
                check = None
        _finish(report, parser, tables)
        report.notes = [*rows.notes, *report.notes, *parser.notes, *tables.notes]
    return report


def _finish(report: ImportReport, parser: SiteRowParser, tables: TableWriter) -> None:
    """Count what the rows had in common."""
    report.unanswered = sum(each.unanswered for each in (parser, *parser.further))
    report.left_out -= report.unanswered
    report.unknown, report.added_names = tables.unknown, tables.added
    report.unknown_names = {kind: names[:NAMED] for kind, names in tables.unknown_names.items()}


def _form(
    kind: TableSpec, file: Path, encoding: str | None, table: str | None, mapping: Mapping | None
) -> row_reader.FileFormat:
    """How the file is written, by its mapping if that says so."""
    if mapping is None:
        return row_reader.find_format(file, encoding, table=table, columns=[each.name for each in kind.columns])
    return file_format(mapping, file, encoding, table)


def _parser_and_rows(
    rows: row_reader.TableRows, kind: TableSpec, file: Path, context: CellContext, mapping: Mapping | None
) -> tuple[SiteRowParser, Iterator[row_reader.Row]]:
    """The parser of a file's rows, made from the first, and the rows to parse.

    Raises:
        CcmonError: the first row cannot be read, or lacks a column.
    """
    header = next(rows, None)
    if header is not None and header.error is not None:
        raise CcmonError(f"{file}: {header.error}")
    try:
        parser = SiteRowParser(kind, header.cells if header else [], file, context, mapping)
    except CcmonError as error:
        raise (error.followed_by(rows.other_tables) if rows.other_tables else error) from None
    has_head = mapping is None or mapping.header
    return parser, rows if header is None or has_head else chain([header], rows)


def _doubling_check(
    connection: sqlite3.Connection, kind: TableSpec, parser: SiteRowParser, *, may_double: bool
) -> DoublingCheck | None:
    """A check of rows that are known by references; None where none is to be made."""
    if may_double or ("reference",) not in kind.keys or "reference" not in parser.names:
        return None
    makes_references = parser.mapped is not None and parser.mapped.makes_references
    return DoublingCheck(connection, kind, parser.names, makes_references)


def _require_single(check: DoublingCheck | None, report: ImportReport, *, dry_run: bool) -> None:
    """Check the first transaction.

    Raises:
        DoubledRowsError: its rows are there already.
    """
    if check is not None and check.sentence is not None:
        if not dry_run:
            raise DoubledRowsError(check.sentence)
        report.notes.append(check.sentence)


def _batches(rows: Iterator[row_reader.Row]) -> Iterator[Iterator[row_reader.Row]]:
    """The rows in batches, without holding these in memory."""
    for first in rows:
        yield chain([first], islice(rows, BATCH - 1))


def _write_row(
    row: row_reader.Row, kind: TableSpec, parser: SiteRowParser, tables: TableWriter, report: ImportReport
) -> WriteResult | None:
    """Write one row, or note why it cannot be written; None if it is not."""
    impossible: list[str] = []
    try:
        if row.error is not None:
            raise CellError(row.error)
        parsed = parser.parse(row.cells)
        if parsed is None:
            report.left_out += 1
            return None
        values, impossible = parsed
        change = tables.upsert(kind.name, values, line=row.line)
    except FaultyRowError as error:
        report.reject(row.line, "; ".join([str(error), *tables.further_faults(kind.name, error.values), *impossible]))
        return None
    except Exception as error:  # rejection_reason() raises what the next row would meet as well
        report.reject(row.line, "; ".join([rejection_reason(error), *impossible]))
        return None
    if report.preview is not None:
        report.preview.add(row.line, values)
    for each in impossible:
        report.impossible.add(row.line, each)
    report.added += change is WriteResult.ADDED
    report.changed += change is WriteResult.CHANGED
    report.same += change in {WriteResult.SAME, WriteResult.REPEATED}
    return change
