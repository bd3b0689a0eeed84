"""Which ranges of a source's time are in the database already, so that ingesting them again adds nothing.

A range is closed at both ends. Within it, everything is known. Its first and last second may be known only in part:
there, a record is known if its digest is, as often as it occurred.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Self

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.sql_files import sql

NO_MOMENT = -1
"""Before all moments."""


def digest(record: str) -> str:
    """A short name of a record's text."""
    return blake2b(record.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(slots=True)
class TimeRange:
    """The time from the first to the last record of something read in one go. Moments are Unix milliseconds."""

    first_at: int
    last_at: int
    first: Counter[str] = field(default_factory=Counter)
    """Digests of the records of the first second."""
    last: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> list[Any]:
        """As JSON."""
        return [self.first_at, self.last_at, self.first, self.last]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Self:
        """The counterpart of `as_json`."""
        first_at, last_at, first, last = stored
        return cls(first_at, last_at, Counter(first), Counter(last))

    def joined(self, other: TimeRange) -> TimeRange:
        """Both as one range; they must touch or overlap."""
        return TimeRange(
            min(self.first_at, other.first_at),
            max(self.last_at, other.last_at),
            _edge((self.first_at, self.first), (other.first_at, other.first), later=False),
            _edge((self.last_at, self.last), (other.last_at, other.last), later=True),
        )

    def followed_by(self, other: TimeRange) -> TimeRange:
        """This range extended by the one right after it in the same log."""
        if other.last_at < self.last_at:
            return self
        first = self.first + other.first if other.first_at == self.first_at else self.first
        last = self.last + other.last if other.last_at == self.last_at else other.last
        return TimeRange(self.first_at, other.last_at, first, last)


def _edge(one: tuple[int, Counter[str]], other: tuple[int, Counter[str]], *, later: bool) -> Counter[str]:
    if one[0] == other[0]:
        return one[1] | other[1]
    return max(one, other, key=lambda edge: edge[0] if later else -edge[0])[1]


class KnownRanges:
    """The ranges known before a file is read, in which its records are looked up.

    Records of a file are new in the gaps between them: gap 0 is before the first range, the last gap after all of them.
    """

    def __init__(self, ranges: list[TimeRange], left: list[tuple[Counter[str], Counter[str]]] | None = None) -> None:
        """Begin with ranges in order of time; ``left`` continues that of an object that has looked up some records."""
        self.ranges = ranges
        self.last_gap = len(ranges)
        self._ends = [known.last_at for known in ranges]
        self.last_at = self._ends[-1] if ranges else NO_MOMENT
        self.left = left or [(known.first.copy(), known.last.copy()) for known in ranges]
        """By range: the digests in its first and in its last second that have not been looked up yet."""

    def gap_of_new(self, at: int, record: str) -> int | None:
        """The gap in which a record is new; None if it is known: at a range's edge, as often as the range has it."""
        gap = bisect_left(self._ends, at)
        if gap == self.last_gap or at < self.ranges[gap].first_at:
            return gap
        known, (first, last) = self.ranges[gap], self.left[gap]
        if at == known.last_at:
            gap, left = gap + 1, last
        elif at == known.first_at:
            left = first
        else:
            return None
        name = digest(record)
        if left[name] <= 0:
            return gap
        left[name] -= 1
        return None


@dataclass(slots=True)
class GrowingRange:
    """The range of time of what has been read of a file so far."""

    first_at: int = NO_MOMENT
    last_at: int = NO_MOMENT
    first: list[str] = field(default_factory=list)
    """The records of the first second."""
    last: list[str] = field(default_factory=list)
    """The records of the last second; the same list if that is also the first."""
    begun: TimeRange | None = None
    """The range that had been read of the file when it was resumed."""

    @classmethod
    def resumed(cls, begun: TimeRange) -> Self:
        """Resume what was read before."""
        first: list[str] = []
        return cls(begun.first_at, begun.last_at, first, first if begun.first_at == begun.last_at else [], begun)

    def note(self, at: int, record: str) -> None:
        """Note a record. The quick way for one at ``last_at`` is to append it to ``last``."""
        if self.first_at == NO_MOMENT:
            self.first_at = self.last_at = at
            self.first = self.last = [record]
        elif at > self.last_at:
            self.last_at, self.last = at, [record]
        elif at == self.last_at:
            self.last.append(record)
        elif at == self.first_at:
            self.first.append(record)
        elif at < self.first_at:
            self.first_at, self.first = at, [record]

    def as_range(self) -> TimeRange:
        """The range so far."""
        here = TimeRange(self.first_at, self.last_at, Counter(map(digest, self.first)), Counter(map(digest, self.last)))
        if self.begun is not None and self.begun.first_at == here.first_at:
            here.first += self.begun.first
        if self.begun is not None and self.begun.last_at == here.last_at:
            here.last += self.begun.last
        return here


class _StoredRange(Struct, frozen=True, gc=False):
    """A row of ``imported_ranges``."""

    first_at: int
    last_at: int
    edges: str
    """JSON: the digests of the records of the first and of the last second."""


def read(connection: sqlite3.Connection, source: str) -> list[TimeRange]:
    """The known ranges of a source, in order of time."""
    found = []
    for row in Database(connection).rows("imported_ranges", _StoredRange, {"source": source}):
        stored = json.loads(row.edges)
        found.append(TimeRange(row.first_at, row.last_at, Counter(stored["first"]), Counter(stored["last"])))
    return found


def write(connection: sqlite3.Connection, source: str, before: list[TimeRange], after: list[TimeRange]) -> None:
    """Change a source's stored ranges from ``before`` to ``after``; in a transaction, after the source has a row."""
    for known in before:
        if known not in after:
            connection.execute(
                sql("delete_imported_range"),
                {"source": source, "first_at": known.first_at, "last_at": known.last_at},
            )
    for known in after:
        if known not in before:
            edges = json.dumps({"first": known.first, "last": known.last})
            row = {"source": source, "first_at": known.first_at, "last_at": known.last_at, "edges": edges}
            connection.execute(sql("insert_imported_range"), row)


def merged(ranges: Iterable[TimeRange]) -> list[TimeRange]:
    """The same time in as few ranges as possible, in order."""
    result: list[TimeRange] = []
    for one in sorted(ranges, key=lambda one: one.first_at):
        if result and one.first_at <= result[-1].last_at:
            result[-1] = result[-1].joined(one)
        else:
            result.append(one)
    return result
