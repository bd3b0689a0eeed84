"""Ingest the lines of a queue log: new ones go to the writer as floor events, in order.

The database remembers which ranges of time of a source it holds already (`ccmon.database.imported_ranges`). Records
within a range are known and are skipped; the others are new and lie in a gap: before, between or after the ranges. Here
a file from 10:30 to 13:30 is read, where 10 to 11 and 12 to 13 o'clock are known:

    ranges        10:00 ┝━━━━━━━━━━━┥ 11:00    12:00 ┝━━━━━━━━━━━┥ 13:00
    gaps          0                         1                            2
    file                      ├───────────────────────────────────────────┤
    records                    known        new          known       new

Most files lie in the last gap, whose records are applied to the present state. For an earlier gap, the writer is given
the state of the gap's start, and what runs at its end is joined to what is known of later (`ccmon.database.backfill`).
Once this file is finished, one range from 10:00 to 13:30 is known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from ccmon import plausibility
from ccmon.database import imported_ranges, replay, unknown_events
from ccmon.database.imported_ranges import NO_MOMENT, GrowingRange, KnownRanges, TimeRange
from ccmon.database.imported_records import RecordKeeper
from ccmon.database.source_records import FaultyRecord, SourceRecord, unexpected_error_reason
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.events import FloorEvent
from ccmon.real_time import real_now
from ccmon.sources.queue_log import lines as log_lines
from ccmon.sources.queue_log.lines import EVENT, Fields, RejectedRecordError
from ccmon.sources.queue_log.translator import TRANSLATORS, ImpossibleNumberError
from ccmon.time_units import NEVER

_NO_LOG_AFTER = 1000
"""After this many lines without a single record, a file is no queue log."""


@dataclass(slots=True)
class LineCounts:
    """How many lines there were of each kind."""

    records: int = 0
    """New records."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Those of them that are events which ccmon does not know, by their names."""
    known: int = 0
    """Records that were in the database already."""
    rejected: int = 0
    """New lines that could not be understood."""


@dataclass(slots=True)
class _File:
    """A file being ingested, and how far it has been."""

    name: str | None
    known: KnownRanges
    """The ranges known before this file, in which its records are looked up."""
    read: GrowingRange = field(default_factory=GrowingRange)
    """The range of time that has been read of the file so far."""
    filled_until: dict[int, int] = field(default_factory=dict)
    """The moment of the last new record in each gap, by the gap's number."""
    trusted: bool = False
    """Whether every line is known to be new."""
    state_before: tuple[int, str] | None = None
    """The end of all that was known before, and the part of the state there that no row has; None: it is written."""
    gap: int = field(init=False)
    """The number of the gap to whose state records are applied now; at first the last gap."""

    def __post_init__(self) -> None:
        self.gap = self.known.last_gap

    @property
    def looked_up_until(self) -> int:
        """The moment up to which records may be known or in another gap; later ones are new without a lookup."""
        if self.gap != self.known.last_gap:
            return NEVER
        return NO_MOMENT if self.trusted else self.known.last_at


class LogIngester:
    """Ingests one file after the other: `begin`, `ingest` as often as needed, `finish`; all inside transactions.

    In the last transaction of a file, `Writer.write_source` and `write` follow; the latter notes which ranges the file
    has filled. A follower ends each transaction in this way, in the middle of a file too, and then ingests on.
    """

    def __init__(self, writer: Writer, *, encoding: str = "utf-8", any_file: bool = False) -> None:
        """Ingest into the source of a writer.

        Args:
            writer: gets the records.
            encoding: of the files.
            any_file: do not refuse a file without a single record: a follower waits for more.
        """
        self.writer = writer
        self._any_file = any_file
        self.counts = LineCounts()
        self.line = 0
        """Lines of the current file so far, including empty ones."""
        self._encoding = encoding
        self._ranges = imported_ranges.read(writer.connection, writer.source)
        """All ranges known now, including the finished part of the current file."""
        self._stored_ranges = list(self._ranges)
        """The ranges as the database has them."""
        self._file = _File(None, KnownRanges(self._ranges))
        self._record_keeper = RecordKeeper(writer.connection, writer.source)
        self._rejected_before: Counter[str] | None = None
        """How often each content was rejected before the current file; None: not asked for so far."""
        self._rejected_here: Counter[str] = Counter()
        """How often each content was rejected in the current file."""

    def begin(self, file: str | None, *, line: int = 0, trusted: bool = False) -> None:
        """Start with a file.

        Args:
            file: its name, for rejected lines.
            line: how many of its first lines were ingested before.
            trusted: every line is known to be new, as in a followed file from where it was left.
        """
        self.line = line
        # A file may go back in time: what has been read of it must not count as known while the rest is ingested.
        self._file = _File(file, KnownRanges(self._ranges), trusted=trusted)
        if self._ranges and not trusted:
            self._file.state_before = self._ranges[-1].last_at, replay.state_beyond_rows(self.writer.state_machine)
        self._begin_part()
        if self._rejected_before is not None:
            self._rejected_before |= self._rejected_here
        self._rejected_here = Counter()

    def resume(self, state: dict[str, Any]) -> None:
        """Resume the file where another ingester left it, with that one's `carried_state`; to be called after `begin`.

        A record is new if it would have been new there. A line that cannot be understood counts as known if it has been
        rejected as often before, including in the part that the other one read.
        """
        left = [(Counter(first), Counter(last)) for first, last in state["edges"]]
        known = KnownRanges([TimeRange.from_json(stored) for stored in state["known"]], left)
        read = GrowingRange.resumed(TimeRange.from_json(state["read"]))
        self._file = replace(self._file, known=known, read=read, filled_until=dict(state["filled"]))
        self._begin_part()

    def ingest(self, data: list[bytes]) -> None:
        """Ingest finished lines, without their ends.

        Raises:
            CcmonError: the file is no queue log.
        """
        records: list[SourceRecord] = []
        now = real_now()
        latest = now + plausibility.AHEAD_MS
        number, new, file, read = self.line, 0, self._file.name, self._file.read
        self.line += len(data)
        last_at, last, looked_up_until = read.last_at, read.last, self._file.looked_up_until
        for text in log_lines.texts(data, self._encoding):
            number += 1
            record = log_lines.split(text, TRANSLATORS, latest) or self._parse(number, text, now)
            if record is None:
                continue
            at, fields = record
            if at == last_at:
                last.append(text)
            else:
                read.note(at, text)
                last_at, last = read.last_at, read.last
            if at <= looked_up_until:
                if not self._accept_if_new(at, text, records):
                    continue
                looked_up_until = self._file.looked_up_until
            try:
                event = TRANSLATORS[fields[EVENT]](at, fields)
            except Exception:  # also for an event unknown to ccmon; examined more closely there
                events = self._translate(number, text, at, fields)
                if events is None:
                    continue
            else:
                events = () if event is None else (event,)
            new += 1
            if events:
                records.append(SourceRecord(events, file, number, text))
        self.counts.records += new
        self._pass_to_writer(records)
        self.writer.count(records=new)

    @property
    def is_after_known(self) -> bool:
        """Whether all that follows in this file is new, being after everything that was known before."""
        file = self._file
        return file.trusted or (file.gap == file.known.last_gap and file.read.last_at > file.known.last_at)

    def finish(self) -> None:
        """End a file or a part of it: its range of time is known now. `ingest` may continue with the rest."""
        file = self._file
        self._move_to(file.known.last_gap)
        if file.read.last_at == NO_MOMENT:
            return
        before, here = file.known.ranges, file.read.as_range()
        if file.trusted and before:
            self._ranges = [*before[:-1], before[-1].followed_by(here)]
        else:
            self._ranges = imported_ranges.merged([*before, here])
        # Records without an effect show that time has passed, too.
        self.writer.state_machine.end_orphaned_by(self._ranges[-1].last_at)

    def carried_state(self) -> dict[str, Any]:
        """What `resume` needs to ingest the rest of the same file, as JSON; to be asked for after `finish`."""
        file = self._file
        return {
            "known": [known.as_json() for known in file.known.ranges],
            "edges": file.known.left,
            "read": file.read.as_range().as_json(),
            "filled": list(file.filled_until.items()),
        }

    def write(self) -> None:
        """Write the known ranges, in the transaction of the records and after `Writer.write_source`."""
        self._write_state_before()
        self._record_keeper.write(self.writer.take_set_aside())
        imported_ranges.write(self.writer.connection, self.writer.source, self._stored_ranges, self._ranges)
        self._stored_ranges = list(self._ranges)

    @property
    def last_known_at(self) -> int | None:
        """The last moment about which anything is known; None: nothing is."""
        return self._ranges[-1].last_at if self._ranges else None

    def ranges_digest(self) -> str:
        """A digest of the known ranges: it changes whenever anything of this source is ingested."""
        return imported_ranges.digest(repr(self._ranges))

    def _parse(self, number: int, text: str, now: int) -> tuple[int, Fields] | None:
        """Parse a line that a plain split did not understand; None if it is empty or rejected."""
        if not text or text.isspace():
            return None
        try:
            return log_lines.parse(text, TRANSLATORS, now)
        except Exception as error:
            self._reject(number, reason_of(error), text)
            return None

    def _translate(self, number: int, text: str, at: int, fields: Fields) -> tuple[FloorEvent, ...] | None:
        """The floor event of a line, an empty tuple if it has no effect; None if the line is rejected."""
        if fields[EVENT] not in TRANSLATORS:
            unknown_events.count(self.counts.unknown, fields[EVENT])
            unknown_events.count(self.writer.unknown, fields[EVENT])
            return ()
        impossible: list[str] = []
        try:
            events = _events(at, fields, impossible)
        except Exception as error:
            self._reject(number, reason_of(error), text)
            return None
        if impossible:
            content = log_lines.stored_text(text)
            self.writer.report_faulty(
                FaultyRecord(self._file.name, number, "; ".join(impossible), content, taken_in=True)
            )
        return events

    def _accept_if_new(self, at: int, text: str, records: list[SourceRecord]) -> bool:
        """Return whether a record is new, with the writer ready for its gap; if not, count it as known.

        If it is in another gap than the record before it, ``records`` are passed to the writer first, and the writer
        goes on with the state of calls and agents at the start of that gap.
        """
        file = self._file
        gap = file.known.gap_of_new(at, text)
        if gap is None:
            self.counts.known += 1
            return False
        if gap != file.gap:
            self._pass_to_writer(records)
            records.clear()
            self._move_to(gap)
        file.filled_until[gap] = max(at, file.filled_until.get(gap, at))
        return True

    def _move_to(self, gap: int) -> None:
        """Go on in another gap, or after all that is known; the gap filled so far is finished."""
        file, known = self._file, self._file.known
        if gap == file.gap:
            return
        if file.gap != known.last_gap:
            self.writer.end_backfill(file.filled_until[file.gap], known.ranges[file.gap].first_at)
        else:
            self._write_state_before()
        if gap != known.last_gap:
            after = file.filled_until.get(gap, known.ranges[gap - 1].last_at if gap else None)
            self.writer.begin_backfill(after, known.ranges[gap].first_at, events_of)
        file.gap = gap
        self._begin_part()

    def _begin_part(self) -> None:
        """Have the next records kept as a part of their own: what is read in one go of one gap."""
        file = self._file
        if file.trusted and file.known.ranges:
            self._record_keeper.resume_part(file.known.ranges[-1].first_at)
        else:
            self._record_keeper.begin_part((file.name, file.gap, file.known.last_gap))

    def _pass_to_writer(self, records: list[SourceRecord]) -> None:
        self.writer.ingest(records)
        self._record_keeper.keep(records)

    def _reject(self, number: int, reason: str, text: str) -> None:
        """Reject a line; it is known if its content was rejected as often before as in this file so far.

        Raises:
            CcmonError: the file is no queue log.
        """
        content = log_lines.stored_text(text)
        if not self._file.trusted:
            if self._rejected_before is None:
                self._rejected_before = self.writer.rejected_contents()
            self._rejected_here[content] += 1
            if self._rejected_here[content] <= self._rejected_before[content]:
                self.counts.known += 1
                return
        self.counts.rejected += 1
        file = self._file
        self.writer.report_faulty(FaultyRecord(file.name, number, reason, content))
        is_empty = not self.counts.records and file.read.last_at == NO_MOMENT
        if is_empty and number >= _NO_LOG_AFTER and not self._any_file:
            raise CcmonError(
                f"{file.name} is no queue log: none of its first {number} lines is a record; name one of Asterisk."
            )

    def _write_state_before(self) -> None:
        """Keep the state in which the last known range ended, for a gap that may begin there."""
        if self._file.state_before is not None:
            replay.write_state(self.writer.connection, self.writer.source, *self._file.state_before)
            self._file.state_before = None


def _events(at: int, fields: Fields, impossible: list[str]) -> tuple[FloorEvent, ...]:
    """The floor event of a line, without impossible numbers; these are added to ``impossible``."""
    while True:
        try:
            event = TRANSLATORS[fields[EVENT]](at, fields)
        except ImpossibleNumberError as error:
            impossible.append(str(error))
            fields = log_lines.without(fields, error.number)
        else:
            return () if event is None else (event,)


def events_of(text: str) -> tuple[FloorEvent, ...]:
    """The floor event of a record ingested before."""
    now = real_now()
    latest = now + plausibility.AHEAD_MS
    at, fields = log_lines.split(text, TRANSLATORS, latest) or log_lines.parse(text, TRANSLATORS, now)
    return _events(at, fields, [])


def reason_of(error: Exception) -> str:
    """Why a record is set aside."""
    return str(error) if isinstance(error, RejectedRecordError) else unexpected_error_reason(error)
