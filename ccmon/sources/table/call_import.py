"""Import a table of calls into the call database with a mapping, in bounded memory; an interrupted import is resumed.

Calls are identified by the source and the call id, or (in a table without) by the file's name and the number of the
row, so that importing again updates what has changed and adds nothing twice. The position reached is stored with the
rows: an interrupted import goes on where it stopped, as long as the file still begins with the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ccmon import garbage_collection
from ccmon.database import sqlite_errors
from ccmon.database.call_table import CallTableWriter, TableCalls
from ccmon.database.source_records import FaultyRecord, storable
from ccmon.database.source_status import CLOCKS_APART_MS
from ccmon.errors import CcmonError
from ccmon.formatting import iso_minute, plain
from ccmon.real_time import real_now
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.doubled_rows import FEW_KNOWN, LEAST_COMPARED, MANY_LIKE, DoubledRowsError
from ccmon.sources.table.file_content import name_of_rows
from ccmon.sources.table.import_report import ImportReport, rejection_reason
from ccmon.sources.table.mapped_file import file_format
from ccmon.sources.table.mapping import Mapping
from ccmon.sources.table.row_parser import ParsedRows, RowParser
from ccmon.sources.table.row_preview import ROWS, RowPreview

BATCH = 10_000
NAMED_REJECTIONS = 1_000
"""Rejected rows that a report names; all of them are in the table ``rejected_lines``."""
_HEAD_BYTES = 64 * 1024


class DoubledCallsError(DoubledRowsError):
    """Most calls are in the database already, under other ids."""


def import_calls(
    path: Path,
    file: Path,
    mapping: Mapping,
    *,
    dry_run: bool = False,
    encoding: str | None = None,
    batch: int = BATCH,
    now: int | None = None,
    progress: Callable[[int], None] | None = None,
    may_double: bool = False,
) -> ImportReport:
    """Import a file into the database at ``path``; with ``dry_run`` nothing is written, the report says what would be.

    The encoding applies if the mapping names none. A transaction holds ``batch`` rows. Anything after ``now`` (None: by
    the clock) is in the future. ``progress`` is called with the bytes read so far. With ``may_double``, calls that
    are there under other ids are added, too.

    Raises:
        CcmonError: the file, the mapping or the database cannot be used.
        DoubledCallsError: the calls are there already under other ids; nothing is changed.
    """
    form = file_format(mapping, file, encoding)
    with (
        garbage_collection.seldom(),
        row_reader.open_rows(file, form) as (rows, bytes_read),
        CallTableWriter(path, mapping.source, file, dry_run=dry_run) as table,
        sqlite_errors.translate_errors(path),
    ):
        first = next(rows, None)
        if first is None:
            raise CcmonError("The file has no rows; name one that has.")
        if first.error is not None:
            raise CcmonError(f"{file}: {first.error}")
        zone = mapping.zone(table.time_zone)
        now = real_now() if now is None else now
        try:
            parser = RowParser(mapping, first.cells, zone, now)
        except CcmonError as error:
            raise (error.followed_by(rows.other_tables) if rows.other_tables else error) from None
        with row_reader.translate_errors(file), file.open("rb") as binary:
            head = hashlib.sha256(binary.read(_HEAD_BYTES)).hexdigest()
        importing = _CallImport(file, mapping, parser, table, zone, now, head, dry_run, may_double)
        importing.resume()
        if dry_run:
            importing.report.preview = RowPreview.of_calls(CellContext(zone))
        calls = rows if mapping.header else chain([first], rows)
        with table.long_work(file.stat().st_size) as set_done:
            while each := list(islice(calls, batch)):
                if len(each) == batch and not dry_run:
                    set_done(bytes_read())  # before its rows are to be seen: more may come
                importing.take(each)
                if progress is not None:
                    progress(bytes_read())
            importing.finish()
        importing.report.notes[:0] = rows.notes
    return importing.report


@dataclass(slots=True)
class _CallImport:
    """The import of one file."""

    file: Path
    mapping: Mapping
    parser: RowParser
    table: CallTableWriter
    zone: ZoneInfo
    now: int
    head: str
    dry_run: bool
    may_double: bool
    has_begun: bool = False
    report: ImportReport = field(default_factory=ImportReport)
    row: int = 0
    skip: int = 0
    """Rows that an interrupted import had written already."""
    counts_skipped: bool = False
    ahead: int = 0
    """Rows in the future: they are written, but most likely their dates are misread."""
    latest: int = 0
    """The last moment of those rows."""

    def resume(self) -> None:
        """Find the rows to skip, if an import of this file was interrupted after them."""
        last = self.table.position
        same = last.get("file") == self.file.name and last.get("head") == self.head
        if same and not last.get("whole") and last.get("rows") and not self.dry_run:
            self.skip = int(last["rows"])
            self.counts_skipped = self.table.resume()
            self.report.notes.append(f"Taken up again after row {self.skip:,}, where an import was broken off.")
            self.has_begun = True

    def _begin(self, calls: TableCalls) -> None:
        """Begin the file with its first calls.

        Raises:
            DoubledCallsError: they are there already under other ids.
        """
        self.has_begun = True
        if not self.may_double and self._doubles(calls):
            source = self.mapping.source
            said = (
                f'Most calls are in the database already, as calls of "{plain(source)}" with another call_id; '
                "they would count twice. Where call_id in the mapping has changed, first delete all calls of this "
                f"source (ccmon sources --forget {shlex.quote(source)} --yes), then import all its files again."
            )
            if not self.dry_run:
                raise DoubledCallsError(said)
            self.report.notes.append(said)
        if not self.dry_run:
            self.table.begin()

    def _doubles(self, calls: TableCalls) -> bool:
        if calls.size < LEAST_COMPARED or self.table.known_share(calls) > FEW_KNOWN:
            return False
        last = self.table.position
        was_taken = last.get("head") == self.head and last.get("taken", 0) >= MANY_LIKE * calls.size
        return was_taken or self.table.like_share(calls) >= MANY_LIKE

    def take(self, rows: list[row_reader.Row]) -> None:
        """Import a batch."""
        to_skip = min(len(rows), max(0, self.skip - self.row))
        if to_skip:
            self._pass_over(rows[:to_skip])
        if to_skip == len(rows):
            return
        rows = rows[to_skip:]
        parsed = self._parse(rows)
        if not self.has_begun:
            self._begin(parsed.calls)
        if self.report.preview is not None and not self.report.preview.is_full:
            self.report.preview.add_calls([rows[place].line for place in parsed.places[:ROWS]], parsed.calls)
        rejected = self._rejected(rows, parsed)
        rejected_before = self.report.rejected_count

        def reject(place: int, error: Exception) -> None:
            self._reject(rows[parsed.places[place]], rejection_reason(error), rejected)

        written = self.table.write(parsed.calls, rejected, self._position(), on_rejected=reject)
        self.report.added += written.added
        self.report.changed += written.changed
        rejected_now = self.report.rejected_count - rejected_before
        self.report.same += parsed.calls.size - written.added - written.changed - rejected_now

    def _pass_over(self, rows: list[row_reader.Row]) -> None:
        if self.counts_skipped:
            self.table.pass_over(self._parse(rows).calls)
        else:
            self.row += len(rows)

    def _parse(self, rows: list[row_reader.Row]) -> ParsedRows:
        """The calls of rows, each with its call id."""
        parsed = self.parser.parse(rows)
        calls = parsed.calls
        if None in calls.call_id:
            name = name_of_rows(self.file, "calls", "call_id")
            first = self.row + 1
            numbered = zip(calls.call_id, calls.visit, parsed.places, strict=True)
            names = [
                (f"{name}:{first + place}", 1) if call_id is None else (call_id, visit)
                for call_id, visit, place in numbered
            ]
            call_ids, visits = zip(*names, strict=True)
            parsed = parsed._replace(calls=calls._replace(call_id=call_ids, visit=visits))
        self.row += len(rows)
        return parsed

    def _rejected(self, rows: list[row_reader.Row], parsed: ParsedRows) -> list[FaultyRecord]:
        """Rows that are no calls, or have impossible values; counted in the report, like those in the future."""
        report = self.report
        report.left_out += len(rows) - parsed.calls.size - len(parsed.errors)
        ends = [moment for moment in parsed.calls.ended_at if moment > self.now + CLOCKS_APART_MS]
        self.ahead += len(ends)
        self.latest = max(self.latest, *ends, 0)
        rejected: list[FaultyRecord] = []
        for place in sorted(parsed.errors.keys() | parsed.impossible.keys()):
            row = rows[place]
            if place in parsed.errors:
                # rejection_reason() raises what the next row would meet as well
                self._reject(row, rejection_reason(parsed.errors[place]), rejected)
                continue
            said = parsed.impossible[place]
            for each in said:
                report.impossible.add(row.line, each)
            rejected.append(FaultyRecord(str(self.file), row.line, "; ".join(said), _content(row), taken_in=True))
        return rejected

    def finish(self) -> None:
        """Finish the file."""
        if not self.dry_run:
            if not self.has_begun:
                self.table.begin()
            self.table.end(self._position(whole=True))
        if self.ahead:
            rows = _counted(self.ahead, "row lies", "rows lie")
            latest = iso_minute(self.latest, self.zone)
            self.report.notes.append(f"{rows} in the future, up to {latest}: is the date written as the mapping says?")
        if self.parser.out_of_order:
            moments = _counted(self.parser.out_of_order, "moment lay", "moments lay")
            follow = "it follows" if self.parser.out_of_order == 1 else "they follow"
            self.report.notes.append(f"{moments} a little before the one {follow}; taken as the same moment.")
        if self.parser.endless:
            rows = _counted(self.parser.endless, "row does", "rows do")
            self.report.notes.append(f"{rows} not say when the call ended: its outcome or its length is unknown.")
        self.report.notes += self.mapping.doubts
        if unused := self.parser.unused:
            self.report.notes.append(f"Columns that are not used: {', '.join(map(plain, unused))}.")

    def _reject(self, row: row_reader.Row, reason: str, rejected: list[FaultyRecord]) -> None:
        self.report.reject(row.line, reason, named=self.report.rejected_count < NAMED_REJECTIONS)
        rejected.append(FaultyRecord(str(self.file), row.line, reason, _content(row)))

    def _position(self, *, whole: bool = False) -> dict[str, Any]:
        taken = self.report.went_in
        return {"file": self.file.name, "head": self.head, "rows": self.row, "whole": whole, "taken": taken}


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _content(row: row_reader.Row) -> str:
    content = io.StringIO()
    csv.writer(content, lineterminator="").writerow(row.cells)
    return storable(content.getvalue())
