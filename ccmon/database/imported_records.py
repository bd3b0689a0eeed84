"""Records of a log as they were imported, kept to be applied again where a gap before them is filled.

Of each part that is imported in one go the first `KEPT` records are kept, which says who was where and did what when
it began. Where the rest is not kept, a row without content says so. Moments are Unix milliseconds.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.source_records import SourceRecord
from ccmon.database.sql_files import sql

KEPT = 20_000
"""Records kept of each part, to its last second; and the most that are applied again."""


_NO_MORE = -1


class _StoredRecords(Struct, frozen=True, gc=False):
    """A row of ``imported_records_from``."""

    id: int
    first_at: int
    last_at: int
    lines: int
    is_kept: int


class RecordKeeper:
    """Keeps the first records of each part of a source."""

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._part: Hashable = None
        self._left: int | None = None
        """How many more of this part; None: not known."""
        self._left_of: dict[Hashable, int] = {}
        self._lines: list[str] = []
        self._first_at = self._last_at = 0
        self._rows: list[dict[str, Any]] = []

    def begin_part(self, part: Hashable) -> None:
        """What is kept from here on belongs to a part; to go on with the same one changes nothing."""
        if part != self._part:
            if self._left is not None:
                self._left_of[self._part] = self._left
            self._part, self._left = part, self._left_of.get(part, KEPT)
            self._end_row()

    def resume_part(self, since: int) -> None:
        """What is kept from here on belongs to the part that began at a moment."""
        if self._left is None:
            found = {"source": self._source, "since": since}
            kept: int | None = Database(self._connection).value("records_kept_since", found)
            self._left = _NO_MORE if kept is None else max(0, KEPT - kept)

    def keep(self, records: Sequence[SourceRecord]) -> None:
        """Keep records, until there are enough of this part."""
        if self._left == _NO_MORE:
            return
        for record in records:
            at = record.events[0].at
            if not self._left and at != self._last_at:
                self._end_row()
                self._add_row(at, at, 0, None)
                self._left = _NO_MORE
                return
            if not self._lines:
                self._first_at = self._last_at = at
            self._first_at, self._last_at = min(self._first_at, at), max(self._last_at, at)
            self._lines.append(record.content)
            self._left = max(0, (self._left or 0) - 1)

    def write(self) -> None:
        """Write what is kept, after the source has a row."""
        self._end_row()
        self._connection.executemany(sql("insert_imported_records"), self._rows)
        self._rows = []

    def _end_row(self) -> None:
        if self._lines:
            content = zlib.compress("\n".join(self._lines).encode("utf-8", "surrogatepass"), 1)
            self._add_row(self._first_at, self._last_at, len(self._lines), content)
            self._lines = []

    def _add_row(self, first_at: int, last_at: int, lines: int, content: bytes | None) -> None:
        row = {"source": self._source, "first_at": first_at, "last_at": last_at, "lines": lines, "content": content}
        self._rows.append(row)


class LaterRecords:
    """The records of a source from a moment on, as far as they are kept."""

    def __init__(self, database: Database, source: str, since: int) -> None:
        self._database = database
        self._rows: list[_StoredRecords] = []
        self.kept_until: int | None = None
        """The last moment of which records are kept; None: of all."""
        found = {"source": source, "since": since, "most": KEPT + 1}
        lines = last_at = 0
        for row in database.rows("imported_records_from", _StoredRecords, found):
            if not row.is_kept:
                self.kept_until = row.first_at - 1
                break
            if lines >= KEPT and row.first_at > last_at:
                self.kept_until = last_at
                break
            self._rows.append(row)
            lines, last_at = lines + row.lines, max(last_at, row.last_at)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The records, a row at a time: the moment of its last one, and all of them as lines."""
        for row in self._rows:
            content: bytes = self._database.value("imported_content", {"id": row.id})
            yield row.last_at, zlib.decompress(content).decode("utf-8", "surrogatepass").split("\n")
