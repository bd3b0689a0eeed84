"""Ingest the lines of a queue log: what is new among them goes to the writer as floor events, in order.

What the database holds already is known by its ranges of time (`ccmon.database.imported_ranges`). New records after
all of them are applied to the present state; new records of earlier times (older history, a log found again) to the
state at their start, and are joined to what is known of later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ccmon import plausibility
from ccmon.database import imported_ranges, replay
from ccmon.database.imported_ranges import TimeRange
from ccmon.database.imported_records import RecordKeeper
from ccmon.database.source_records import FaultyRecord, SourceRecord, unexpected_error_reason
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.events import FloorEvent
from ccmon.real_time import real_now
from ccmon.sources.queue_log import lines as log_lines
from ccmon.sources.queue_log.lines import EVENT, Fields, RejectedRecordError
from ccmon.sources.queue_log.translator import TRANSLATORS, ImpossibleNumberError

_NO_MOMENT = -1
_KNOWN = -1

_NO_LOG_AFTER = 1000
"""Lines without a single record after which a file is no queue log."""


@dataclass(slots=True)
class LineCounts:
    """How many lines there were of each kind."""

    records: int = 0
    """New records."""
    unknown: int = 0
    """Of them, those of an event that ccmon does not use."""
    known: int = 0
    """Records that were in the database already."""
    rejected: int = 0
    """New lines that could not be understood."""


class LogIngester:
    """Ingests one file after the other: `begin`, `ingest` as often as needed, `finish`; all inside transactions.

    In the last of them follow `Writer.write_source` and `write`, which notes what ranges of time the file has filled.
    """

    def __init__(self, writer: Writer, *, encoding: str = "utf-8", any_file: bool = False) -> None:
        """``any_file``: one without a single record is not refused: a follower waits for what is still to come."""
        self.writer = writer
        self._any_file = any_file
        self.counts = LineCounts()
        self.line = 0
        """Lines of the present file so far, empty ones included."""
        self._encoding = encoding
        self._ranges = imported_ranges.read(writer.connection, writer.source)
        self._keeper = RecordKeeper(writer.connection, writer.source)
        self._written = list(self._ranges)
        self._rejected_before: Counter[str] | None = None
        self._rejected_here: Counter[str] = Counter()
        self.begin(None)

    def begin(self, file: str | None, *, line: int = 0, trusted: bool = False) -> None:
        """Start with a file, of which ``line`` lines were ingested before.

        ``trusted``: every line is known to be new, as in a followed file from where it was left.
        """
        self.line = line
        self._file = file
        self._trusted = trusted
        self._first_at = self._last_at = _NO_MOMENT
        self._first: list[str] = []
        self._last: list[str] = []
        self._read_before: TimeRange | None = None
        self._filled_until: dict[int, int] = {}
        self._state_before: tuple[int, str] | None = None
        """The end of all that was known before, and what rows do not say of the state there; None: it is written."""
        if self._ranges and not trusted:
            self._state_before = self._ranges[-1].last_at, replay.beyond_rows(self.writer.state_machine)
        # A file may go back in time: what is read of it must not count as known while the rest is ingested.
        self._set_ranges_before(self._ranges)
        if self._rejected_before is not None:
            self._rejected_before |= self._rejected_here
        self._rejected_here = Counter()

    def carried_state(self) -> dict[str, Any]:
        """After `finish`, before the rest of the same file: what `resume` needs of it, as JSON."""
        return {
            "known": [before.as_json() for before in self._before],
            "edges": self._edges,
            "read": self._range_read().as_json(),
            "filled": list(self._filled_until.items()),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """After `begin`: resume the file where another ingester left it. What it had not read is as new as it was then.

        Lines that could not be understood are looked for among all that were ever rejected, those of its part too.
        """
        self._set_ranges_before([TimeRange.from_json(kept) for kept in state["known"]])
        self._edges = [(Counter(first), Counter(last)) for first, last in state["edges"]]
        self._filled_until = dict(state["filled"])
        read = self._read_before = TimeRange.from_json(state["read"])
        self._first_at, self._last_at = read.first_at, read.last_at
        self._first = []
        self._last = self._first if read.first_at == read.last_at else []

    def _set_ranges_before(self, ranges: list[TimeRange]) -> None:
        """The ranges that were known before this file."""
        self._before = ranges
        self._range_index = len(ranges)
        """Of the range before which records are ingested now; as many as there are: after all."""
        self._ends = [before.last_at for before in ranges]
        self._ranges_end_at = self._ends[-1] if self._ends and not self._trusted else _NO_MOMENT
        self._edges = [(before.first.copy(), before.last.copy()) for before in ranges]
        """By range, the digests of its first and last second that were not met again."""
        self._begin_part()

    def _begin_part(self) -> None:
        if not self._trusted or not self._before:
            self._keeper.begin_part((self._file, self._range_index, len(self._before)))
        else:
            self._keeper.resume_part(self._before[-1].first_at)

    def ingest(self, data: list[bytes]) -> None:
        """Ingest finished lines, without their ends.

        Raises:
            CcmonError: the file is no queue log.
        """
        records: list[SourceRecord] = []
        now = real_now()
        latest = now + plausibility.AHEAD_MS
        number, new, file = self.line, 0, self._file
        self.line += len(data)
        last_at, last = self._last_at, self._last
        for text in log_lines.texts(data, self._encoding):
            number += 1
            record = log_lines.split(text, TRANSLATORS, latest) or self._parse(number, text, now)
            if record is None:
                continue
            at, fields = record
            if at == last_at:
                last.append(text)
            else:
                self._note_moment(at, text)
                last_at, last = self._last_at, self._last
            may_be_known = at <= self._ranges_end_at or self._range_index != len(self._edges)
            if may_be_known and not self._take_if_new(at, text, records):
                continue
            try:
                event = TRANSLATORS[fields[EVENT]](at, fields)
            except Exception:  # also of an event that ccmon does not know; looked at closely there
                events = self._translate(number, text, at, fields)
                if events is None:
                    continue
            else:
                events = () if event is None else (event,)
            new += 1
            if events:
                records.append(SourceRecord(events, file, number, text))
        self.counts.records += new
        self._hand_over(records)
        self.writer.count(records=new)

    def _hand_over(self, records: list[SourceRecord]) -> None:
        self.writer.ingest(records)
        self._keeper.keep(records)

    def _parse(self, number: int, text: str, now: int) -> tuple[int, Fields] | None:
        """Parse a line that a plain split did not understand; None where it is empty or rejected."""
        if not text or text.isspace():
            return None
        try:
            return log_lines.parse(text, TRANSLATORS, now)
        except Exception as error:
            self._reject(number, reason_of(error), text)
            return None

    def _translate(self, number: int, text: str, at: int, fields: Fields) -> tuple[FloorEvent, ...] | None:
        """The floor event of a line, none where it has no effect; None where the line is rejected."""
        if fields[EVENT] not in TRANSLATORS:
            self.counts.unknown += 1
            self.writer.count(unknown=1)
            return ()
        impossible: list[str] = []
        try:
            events = _events(at, fields, impossible)
        except Exception as error:
            self._reject(number, reason_of(error), text)
            return None
        if impossible:
            content = log_lines.stored_text(text)
            self.writer.reject(FaultyRecord(self._file, number, "; ".join(impossible), content, taken_in=True))
        return events

    def _take_if_new(self, at: int, text: str, records: list[SourceRecord]) -> bool:
        """Whether a record is new; it is counted as known otherwise.

        Where it lies in another gap between known ranges than the record before it, ``records`` are ingested first, and
        the writer is given the state of calls and agents at the start of that gap.
        """
        index = self._range_index_of(at, text)
        if index == _KNOWN:
            self.counts.known += 1
            return False
        if index != self._range_index:
            self._hand_over(records)
            records.clear()
            self._move_to(index)
        if at > self._filled_until.get(index, _NO_MOMENT):
            self._filled_until[index] = at
        return True

    @property
    def is_beyond_known(self) -> bool:
        """Whether all that follows in this file is new: it is past everything that was known before it."""
        ranges_end_at = self._ends[-1] if self._ends else _NO_MOMENT
        return self._trusted or (self._range_index == len(self._edges) and self._last_at > ranges_end_at)

    def finish(self) -> None:
        """The file or a part of it is read: its range of time is known now. `ingest` may continue with the rest."""
        self._move_to(len(self._edges))
        if self._first_at == _NO_MOMENT:
            return
        here = self._range_read()
        if self._trusted and self._before:
            self._ranges = [*self._before[:-1], self._before[-1].followed_by(here)]
        else:
            self._ranges = imported_ranges.merged([*self._before, here])

    def _range_read(self) -> TimeRange:
        """The range of time that was read of the file so far."""
        here = TimeRange(self._first_at, self._last_at)
        here.first.update(map(imported_ranges.digest, self._first))
        here.last.update(map(imported_ranges.digest, self._last))
        before = self._read_before
        if before is not None and before.first_at == here.first_at:
            here.first += before.first
        if before is not None and before.last_at == here.last_at:
            here.last += before.last
        return here

    def write(self) -> None:
        """Write the ranges known now, in the transaction of the records and after `Writer.write_source`."""
        self._write_state_before()
        self._keeper.write(self.writer.take_refused())
        imported_ranges.write(self.writer.connection, self.writer.source, self._written, self._ranges)
        self._written = list(self._ranges)

    def _write_state_before(self) -> None:
        if self._state_before is not None:
            replay.write_state(self.writer.connection, self.writer.source, *self._state_before)
            self._state_before = None

    @property
    def known_until(self) -> int | None:
        """The last moment of which anything is known; None: nothing is."""
        return self._ranges[-1].last_at if self._ranges else None

    def ranges_digest(self) -> str:
        """A digest of the ranges known: it changes with whatever ingests anything of this source."""
        return imported_ranges.digest(repr(self._ranges))

    def _note_moment(self, at: int, text: str) -> None:
        """Keep the records of the first and the last second: they may continue in another file."""
        if self._first_at == _NO_MOMENT:
            self._first_at = self._last_at = at
            self._first = self._last = [text]
        elif at > self._last_at:
            self._last_at = at
            self._last = [text]
        elif at == self._first_at:
            self._first.append(text)
        elif at < self._first_at:
            self._first_at = at
            self._first = [text]

    def _range_index_of(self, at: int, text: str) -> int:
        """The index of the range before which a record is new (as many as there are: after all), or `_KNOWN`."""
        if self._trusted:
            return len(self._edges)
        index = bisect_left(self._ends, at)
        if index == len(self._ends) or at < self._before[index].first_at:
            return index
        known = self._before[index]
        for place, edge in enumerate((known.first_at, known.last_at)):
            if at == edge:
                left = self._edges[index][place]
                name = imported_ranges.digest(text)
                if left[name] > 0:
                    left[name] -= 1
                elif known.first_at != known.last_at or place == 1:
                    return index + place
        return _KNOWN

    def _move_to(self, index: int) -> None:
        if index == self._range_index:
            return
        known_from = self._before[self._range_index].first_at if self._range_index != len(self._edges) else None
        if known_from is not None:
            self.writer.end_backfill(self._filled_until[self._range_index], known_from)
        else:
            self._write_state_before()
        if index != len(self._edges):
            after = self._filled_until.get(index, self._before[index - 1].last_at if index else None)
            self.writer.begin_backfill(after, self._before[index].first_at, events_of)
        self._range_index = index
        self._begin_part()

    def _reject(self, number: int, reason: str, text: str) -> None:
        content = log_lines.stored_text(text)
        if not self._trusted:
            if self._rejected_before is None:
                self._rejected_before = self.writer.rejected_contents()
            self._rejected_here[content] += 1
            if self._rejected_here[content] <= self._rejected_before[content]:
                self.counts.known += 1
                return
        self.counts.rejected += 1
        self.writer.reject(FaultyRecord(self._file, number, reason, content))
        if number >= _NO_LOG_AFTER and not self._any_file and not self.counts.records and self._first_at == _NO_MOMENT:
            raise CcmonError(
                f"{self._file} is no queue log: none of its first {number} lines is a record; name one of Asterisk."
            )


def _events(at: int, fields: Fields, impossible: list[str]) -> tuple[FloorEvent, ...]:
    """The floor event of a line; without numbers that cannot be, which are noted."""
    while True:
        try:
            event = TRANSLATORS[fields[EVENT]](at, fields)
        except ImpossibleNumberError as error:
            impossible.append(str(error))
            fields = log_lines.without(fields, error.number)
        else:
            return () if event is None else (event,)


def events_of(text: str) -> tuple[FloorEvent, ...]:
    """The floor event of a record that was ingested before."""
    now = real_now()
    latest = now + plausibility.AHEAD_MS
    at, fields = log_lines.split(text, TRANSLATORS, latest) or log_lines.parse(text, TRANSLATORS, now)
    return _events(at, fields, [])


def reason_of(error: Exception) -> str:
    """Why a record is set aside."""
    return str(error) if isinstance(error, RejectedRecordError) else unexpected_error_reason(error)
