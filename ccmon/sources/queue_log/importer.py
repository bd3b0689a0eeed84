"""Taking the lines of a queue log in: what is new among them goes to the writer as call events, in order.

What the database holds already is told by its stretches of time (`ccmon.database.imported_ranges`). New records after
everything known go on from the floor as it stands; new records of earlier times (older history, a log found again) are
folded on the floor as it was at their start and joined to what is known of later.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from typing import Any

from ccmon import limits
from ccmon.database import imported_ranges
from ccmon.database.imported_ranges import TimeRange
from ccmon.database.rejections import RejectedLine, SourceRecord, could_not
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.events import CallEvent
from ccmon.sources.queue_log import lines as log_lines
from ccmon.sources.queue_log.translator import MEANINGS, ImpossibleNumberError, RejectedRecordError

_EARLIEST_S = limits.EARLIEST_MS // 1000
Meant = Callable[[int, list[str]], CallEvent | None]

_NEVER = -1
_KNOWN = -1

_NO_LOG_AFTER = 1000
"""Lines without a single record after which a file is no queue log."""


class Importer:
    """Takes in one file after the other: `begin`, `take` as often as needed, `finish`; all inside transactions."""

    def __init__(self, writer: Writer, *, encoding: str = "utf-8", any_file: bool = False) -> None:
        """``any_file``: one without a single record is not refused: a follower waits for what is still to come."""
        self.writer = writer
        self._any_file = any_file
        self.records = 0
        """New records."""
        self.unknown = 0
        """Of them, those of an event that ccmon does not use."""
        self.known = 0
        """Records that were in the database already."""
        self.rejected = 0
        """New lines that could not be understood."""
        self.line = 0
        """Lines of the present file so far, empty ones included."""
        self._encoding = encoding
        self._stretches = imported_ranges.read(writer.connection, writer.source)
        self._written = list(self._stretches)
        self._rejected_before: Counter[str] | None = None
        self._rejected_here: Counter[str] = Counter()
        self.begin(None)

    def counts(self) -> dict[str, Any]:
        """What `go_back` needs, between two files."""
        return dict(self.__dict__)

    def go_back(self, counts: dict[str, Any]) -> None:
        """Forget the files that were begun since."""
        self.__dict__.update(counts)

    def begin(self, file: str | None, *, line: int = 0, trusted: bool = False) -> None:
        """Start with a file.

        Args:
            file: its name, for what is rejected.
            line: lines of it that were taken in before.
            trusted: every line is known to be new: a followed file from where it was left.
        """
        self.line = line
        self._file = file
        self._trusted = trusted
        self._records_here = 0
        self._first_at = self._last_at = _NEVER
        self._first: list[str] = []
        self._last: list[str] = []
        self._read_before: TimeRange | None = None
        self._filled_until: dict[int, int] = {}
        # A file may go back in time: what is read of it must not count as known while the rest is taken in.
        self._before = self._stretches
        self._look_at_known()
        if self._rejected_before is not None:
            self._rejected_before |= self._rejected_here
        self._rejected_here = Counter()

    def amid(self) -> dict[str, Any]:
        """Between `finish` and the rest of the same file: what `go_on` needs of it, as JSON."""
        return {
            "known": [stretch.as_json() for stretch in self._before],
            "edges": self._edges,
            "read": self._here().as_json(),
            "filled": list(self._filled_until.items()),
        }

    def go_on(self, amid: dict[str, Any]) -> None:
        """After `begin`: go on where another intake was amid the file. What it had not read is no more known than then.

        Lines that could not be understood are looked for among all that were ever rejected, those of its part too.
        """
        self._before = [TimeRange.from_json(kept) for kept in amid["known"]]
        self._look_at_known()
        self._edges = [(Counter(first), Counter(last)) for first, last in amid["edges"]]
        self._filled_until = dict(amid["filled"])
        read = self._read_before = TimeRange.from_json(amid["read"])
        self._first_at, self._last_at = read.first_at, read.last_at
        self._first = []
        self._last = self._first if read.first_at == read.last_at else []

    def _look_at_known(self) -> None:
        self._gap = len(self._before)
        self._ends = [stretch.last_at for stretch in self._before]
        self._known_until = self._ends[-1] if self._ends and not self._trusted else _NEVER
        self._edges = [(stretch.first.copy(), stretch.last.copy()) for stretch in self._before]

    def take(self, data: list[bytes]) -> None:
        """Take in finished lines, without their ends.

        Raises:
            CcmonError: the file is no queue log.
        """
        told: list[SourceRecord] = []
        now = time.time_ns() // 1_000_000
        latest_s = (now + limits.AHEAD_MS) // 1000
        number, records_before = self.line, self.records
        self.line += len(data)
        last_at, last = self._last_at, self._last
        for line in log_lines.texts(data, self._encoding):
            number += 1
            try:
                fields = line.split("|")
                seconds = int(fields[0])
                meaning = MEANINGS[fields[4]]
                if not _EARLIEST_S <= seconds <= latest_s or len(fields) == 5:
                    raise ValueError
                at = seconds * 1000
            except (ValueError, LookupError):
                found = self._looked_at_closely(number, line, now)
                if found is None:
                    continue
                at, fields, meaning = found
            if at == last_at:
                last.append(line)
            else:
                self._note_moment(at, line)
                last_at, last = self._last_at, self._last
            if (at <= self._known_until or self._gap != len(self._edges)) and not self._is_new(at, line, told):
                continue
            try:
                event = meaning(at, fields)
            except Exception:
                meant = self._meant_anyway(number, line, at, fields, meaning)
                if meant is None:
                    continue
                (event,) = meant
            self.records += 1
            if event is not None:
                told.append(SourceRecord((event,), self._file, number, line))
        self.writer.ingest(told)
        self._records_here += self.records - records_before
        self.writer.count(records=self.records - records_before)

    def _meant_anyway(
        self, number: int, line: str, at: int, fields: list[str], meaning: Meant
    ) -> tuple[CallEvent | None] | None:
        """What a record means without its numbers that cannot be; None where nothing can be made of it."""
        reasons = []
        while True:
            try:
                event = meaning(at, fields)
                break
            except ImpossibleNumberError as error:
                reasons.append(str(error))
                fields[error.index] = ""
            except Exception as error:
                self._reject(number, reason_of(error), line)
                return None
        content = log_lines.shown(line)
        self.writer.reject(RejectedLine(self._file, number, "; ".join(reasons), content, taken_in=True))
        return (event,)

    def _looked_at_closely(self, number: int, line: str, now: int) -> tuple[int, list[str], Meant] | None:
        """What a line says that a plain split did not understand; None where it says nothing."""
        if not line or line.isspace():
            return None
        try:
            at, fields = log_lines.fields_of(line, now)
        except Exception as error:
            self._reject(number, reason_of(error), line)
            return None
        return at, fields, MEANINGS.get(fields[4], self._unknown)

    def _unknown(self, at: int, fields: list[str]) -> None:
        """An event of somebody else's."""
        self.unknown += 1
        self.writer.count(unknown=1)

    def _is_new(self, at: int, line: str, told: list[SourceRecord]) -> bool:
        """Whether a record is new; if so, the floor it belongs to is the one that takes it."""
        gap = self._gap_of(at, line)
        if gap == _KNOWN:
            self.known += 1
            return False
        if gap != self._gap:
            self.writer.ingest(told)
            told.clear()
            self._move_to(gap)
        if at > self._filled_until.get(gap, _NEVER):
            self._filled_until[gap] = at
        return True

    @property
    def is_beyond_known(self) -> bool:
        """Whether all that follows in this file is news: it has come past everything that was known before it."""
        known_until = self._ends[-1] if self._ends else _NEVER
        return self._trusted or (self._gap == len(self._edges) and self._last_at > known_until)

    def finish(self) -> None:
        """The file or a part of it is read: remember the stretch of time it told of. `take` may go on with the rest."""
        self._move_to(len(self._edges))
        if self._first_at == _NEVER:
            return
        here = self._here()
        if self._trusted and self._before:
            self._stretches = [*self._before[:-1], self._before[-1].followed_by(here)]
        else:
            self._stretches = imported_ranges.merged([*self._before, here])

    def _here(self) -> TimeRange:
        """What the file has told of so far."""
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
        """Write the stretches known now, in the transaction of the records and after `Writer.write_source`."""
        imported_ranges.write(self.writer.connection, self.writer.source, self._written, self._stretches)
        self._written = list(self._stretches)

    def known_until_now(self) -> str:
        """A digest of the stretches known: it changes with whatever takes in anything of this source."""
        return imported_ranges.digest(repr(self._stretches))

    def _note_moment(self, at: int, line: str) -> None:
        """Keep the records of the first and the last second: they may go on in another file."""
        if self._first_at == _NEVER:
            self._first_at = self._last_at = at
            self._first = self._last = [line]
        elif at > self._last_at:
            self._last_at = at
            self._last = [line]
        elif at == self._first_at:
            self._first.append(line)
        elif at < self._first_at:
            self._first_at = at
            self._first = [line]

    def _gap_of(self, at: int, line: str) -> int:
        """The stretch before which a record is new, counted from 0 (as many as there are: after all); or `_KNOWN`."""
        if self._trusted:
            return len(self._edges)
        index = bisect_left(self._ends, at)
        if index == len(self._ends) or at < self._before[index].first_at:
            return index
        stretch = self._before[index]
        for place, edge in enumerate((stretch.first_at, stretch.last_at)):
            if at == edge:
                left = self._edges[index][place]
                name = imported_ranges.digest(line)
                if left[name] > 0:
                    left[name] -= 1
                elif stretch.first_at != stretch.last_at or place == 1:
                    return index + place
        return _KNOWN

    def _move_to(self, gap: int) -> None:
        if gap == self._gap:
            return
        if self._gap != len(self._edges):
            self.writer.end_backfill(self._before[self._gap].first_at)
        if gap != len(self._edges):
            after = self._filled_until.get(gap, self._before[gap - 1].last_at if gap else None)
            self.writer.begin_backfill(after, self._before[gap].first_at)
        self._gap = gap

    def _reject(self, number: int, reason: str, line: str) -> None:
        content = log_lines.shown(line)
        if not self._trusted:
            if self._rejected_before is None:
                self._rejected_before = self.writer.rejected_contents()
            self._rejected_here[content] += 1
            if self._rejected_here[content] <= self._rejected_before[content]:
                self.known += 1
                return
        self.rejected += 1
        self.writer.reject(RejectedLine(self._file, number, reason, content))
        if number >= _NO_LOG_AFTER and not self._any_file and not self._records_here and self._first_at == _NEVER:
            raise CcmonError(
                f"{self._file} is no queue log: none of its first {number} lines is a record; name one of Asterisk."
            )


def reason_of(error: Exception) -> str:
    """Why a record is set aside."""
    return str(error) if isinstance(error, RejectedRecordError) else could_not(error)
