"""Bringing a table of calls into the call database by a mapping, in bounded memory; it can be broken off and goes on.

Calls are known by the source and the call id, or (where a table has none) by the file's name and the number of the
row, so that importing again changes what has changed and adds nothing twice. The rows reached are kept with
the rows: an import that was broken off goes on where it stopped, as long as the file still begins with the same
bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ccmon.database import database_file
from ccmon.database.call_table import CallTable, TableCall
from ccmon.database.record_errors import RejectedLine
from ccmon.errors import CcmonError
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import CellError
from ccmon.sources.table.mapping import Mapping
from ccmon.sources.table.rejected_rows import RejectionReasons, rejection
from ccmon.sources.table.row_parser import RowParser, row_parser
from ccmon.wall_clock import real_now

BATCH = 50_000
KEPT_REFUSALS = 1_000
"""Refused rows that a report names; all of them are in the table ``rejected_lines``."""
_HEAD_BYTES = 64 * 1024
_CLOCKS_APART_MS = 300_000
"""Rows that lie further ahead than this are of a wrong date, not of a clock that is a little fast."""


class RejectedCall(NamedTuple):
    """A row that did not go in."""

    line: int
    reason: str


@dataclass(slots=True)
class CallsReport:
    """What became of a file."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0
    """Rows that the mapping leaves out."""
    before: int = 0
    """Rows that an import which was broken off had brought in already."""
    refused: list[RejectedCall] = field(default_factory=list)
    refused_rows: int = 0
    reasons: RejectionReasons = field(default_factory=RejectionReasons)
    impossible: RejectionReasons = field(default_factory=RejectionReasons)
    """What rows that went in say and cannot be: it counts as not said."""
    notes: list[str] = field(default_factory=list)

    @property
    def went_in(self) -> int:
        """Rows that are in the database now."""
        return self.added + self.changed + self.same


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
) -> CallsReport:
    """Bring a file into the database at ``path``.

    Args:
        path: the call database.
        file: the table.
        mapping: what its columns mean.
        dry_run: write nothing; the report says what would happen.
        encoding: the file's, where neither the mapping nor its bytes say.
        batch: rows of one transaction.
        now: the moment after which rows lie in the future; left out: the clock's.
        progress: called with the bytes read so far.

    Raises:
        CcmonError: the file, the mapping or the database cannot be used.
    """
    form = row_reader.find_format(file, encoding or mapping.encoding, mapping.separator, mapping.table)
    head = _head(file)
    with (
        row_reader.open_rows(file, form) as reader,
        CallTable(path, mapping.source, file, dry_run=dry_run) as table,
        database_file.translate_errors(path),
    ):
        rows = iter(reader)
        zone = _zone(mapping, table.time_zone)
        now = real_now() if now is None else now
        parser, rows = _parser_and_rows(file, mapping, rows, zone, now)
        ahead = _Ahead(zone, now + _CLOCKS_APART_MS)
        importing = _Import(file, parser, table, head, ahead, dry_run=dry_run)
        importing.resume()
        with table.long_work(file.stat().st_size) as set_done:
            for each in _batches(rows, batch):
                if len(each) == batch and not dry_run:
                    set_done(reader.bytes_read)  # before its rows are to be seen: more may come
                importing.take(each)
                if progress is not None:
                    progress(reader.bytes_read)
            importing.finish()
    return importing.report


@dataclass(slots=True)
class _Ahead:
    """Rows that lie in the future: they go in, but most likely their dates are read in a wrong way."""

    zone: ZoneInfo
    after: int
    rows: int = 0
    latest: int = 0

    def see(self, at: int) -> None:
        """The last moment of a row."""
        if at > self.after:
            self.rows += 1
            self.latest = max(self.latest, at)

    @property
    def note(self) -> str | None:
        """What a person should know."""
        if not self.rows:
            return None
        latest = datetime.fromtimestamp(self.latest / 1000, self.zone)
        rows = "1 row lies" if self.rows == 1 else f"{self.rows:,} rows lie"
        return f"{rows} in the future, up to {latest:%Y-%m-%d %H:%M}: is the date written as the mapping says?"


class _Import:
    """One file on its way."""

    def __init__(
        self, file: Path, parser: RowParser, table: CallTable, head: str, ahead: _Ahead, *, dry_run: bool
    ) -> None:
        self._file = file
        self._head = head
        self._parser = parser
        self._table = table
        self._ahead = ahead
        self._dry_run = dry_run
        self._row = 0
        self._skip = 0
        self._counts_skipped = False
        self.report = CallsReport()

    def resume(self) -> None:
        """Find the rows to pass over, because an import of this file was broken off after them."""
        last = self._table.position
        same = last.get("file") == self._file.name and last.get("head") == self._head
        if same and not last.get("whole") and last.get("rows") and not self._dry_run:
            self._skip = self.report.before = int(last["rows"])
            self._counts_skipped = self._table.resume()
            self.report.notes.append(f"Taken up again after row {self._skip:,}, where an import was broken off.")
        elif not self._dry_run:
            self._table.begin()

    def take(self, rows: list[row_reader.Row]) -> None:
        """Bring in a batch."""
        to_skip = min(len(rows), max(0, self._skip - self._row))
        if to_skip:
            self._pass_over(rows[:to_skip])
        if to_skip == len(rows):
            return
        understood, calls, rejected = self._parse(rows[to_skip:])
        refused_before = self.report.refused_rows

        def refuse(place: int, error: Exception) -> None:
            self._refuse(understood[place], rejection(error), rejected)

        written = self._table.write(calls, rejected, self._position(), refuse=refuse)
        self.report.added += written.added
        self.report.changed += written.changed
        refused = self.report.refused_rows - refused_before
        self.report.same += len(calls) - written.added - written.changed - refused

    def _pass_over(self, rows: list[row_reader.Row]) -> None:
        if self._counts_skipped:
            calls = []
            for row in rows:
                with suppress(Exception):  # it was refused for it
                    calls.append(self._call(row))
            self._table.pass_over([call for call in calls if call is not None])
        self._row += len(rows)

    def _parse(self, rows: list[row_reader.Row]) -> tuple[list[row_reader.Row], list[TableCall], list[RejectedLine]]:
        """The calls of rows, with the row of each; and the rows that are none, or not all of which can be."""
        understood: list[row_reader.Row] = []
        calls: list[TableCall] = []
        rejected: list[RejectedLine] = []
        for row in rows:
            self._row += 1
            try:
                call = self._call(row)
            except Exception as error:  # rejection() raises what the next row would meet as well
                self._refuse(row, rejection(error), rejected)
                continue
            if call is None:
                self.report.left_out += 1
                continue
            self._ahead.see(call.ended_at)
            understood.append(row)
            calls.append(call)
            if self._parser.impossible:
                for each in self._parser.impossible:
                    self.report.impossible.add(row.line, each)
                reason = "; ".join(self._parser.impossible)
                rejected.append(RejectedLine(str(self._file), row.line, reason, _content(row), taken_in=True))
        return understood, calls, rejected

    def finish(self) -> None:
        """The file is in."""
        if not self._dry_run:
            self._table.write([], [], self._position(whole=True))
        if (note := self._ahead.note) is not None:
            self.report.notes.append(note)
        repairs = self._parser.repairs
        if repairs.out_of_order:
            one = repairs.out_of_order == 1
            moments = "1 moment lay" if one else f"{repairs.out_of_order:,} moments lay"
            follow = "it follows" if one else "they follow"
            self.report.notes.append(f"{moments} a little before the one {follow}; taken as the same moment.")
        if repairs.endless:
            rows = "1 row does" if repairs.endless == 1 else f"{repairs.endless:,} rows do"
            self.report.notes.append(f"{rows} not say when the call ended: its outcome or its length is unknown.")

    def _call(self, row: row_reader.Row) -> TableCall | None:
        if row.error is not None:
            raise CellError(row.error)
        if row_reader.is_garbled(row.cells):
            raise CellError("has bytes that are not in the file's encoding; say which it is with --encoding")
        call = self._parser.call([cell.strip() for cell in row.cells])
        if call is None or call.call_id is not None:
            return call
        return call._replace(call_id=f"{self._file.name}:{self._row}", visit=1)

    def _refuse(self, row: row_reader.Row, reason: str, rejected: list[RejectedLine]) -> None:
        self.report.refused_rows += 1
        self.report.reasons.add(row.line, reason)
        if len(self.report.refused) < KEPT_REFUSALS:
            self.report.refused.append(RejectedCall(row.line, reason))
        rejected.append(RejectedLine(str(self._file), row.line, reason, _content(row)))

    def _position(self, *, whole: bool = False) -> dict[str, Any]:
        return {"file": self._file.name, "head": self._head, "rows": self._row, "whole": whole}


def _content(row: row_reader.Row) -> str:
    content = io.StringIO()
    csv.writer(content, lineterminator="").writerow(row.cells)
    return content.getvalue().encode(errors="backslashreplace").decode()


def _parser_and_rows(
    file: Path, mapping: Mapping, rows: Iterator[row_reader.Row], zone: ZoneInfo, now: int
) -> tuple[RowParser, Iterator[row_reader.Row]]:
    first = next(rows, None)
    if first is None:
        raise CcmonError("The file has no rows; name one that has.")
    if first.error is not None:
        raise CcmonError(f"{file}: {first.error}")
    if mapping.header:
        return row_parser(mapping, first.cells, len(first.cells), zone, now), rows
    return row_parser(mapping, None, len(first.cells), zone, now), _with(first, rows)


def _with(first: row_reader.Row, rows: Iterator[row_reader.Row]) -> Iterator[row_reader.Row]:
    yield first
    yield from rows


def _batches(rows: Iterator[row_reader.Row], size: int) -> Iterator[list[row_reader.Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _zone(mapping: Mapping, site: str) -> ZoneInfo:
    name = mapping.time_zone or site
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CcmonError(
            f"{mapping.name} names the time zone {name!r}, which there is not; write one such as Europe/Amsterdam."
        ) from None


def _head(file: Path) -> str:
    with row_reader.translate_errors(file), file.open("rb") as binary:
        return hashlib.sha256(binary.read(_HEAD_BYTES)).hexdigest()
