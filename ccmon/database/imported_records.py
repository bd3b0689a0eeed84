"""Records of a log as they were imported, kept to be applied again when a gap before them is filled.

The first `RECORDS_OF_PART` records of each part imported in one go are kept: they show where each agent was and what
they did when the part began. If the rest is not kept, a row without content says so. Moments are Unix milliseconds.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Hashable, Iterator, Sequence

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.source_records import SourceRecord
from ccmon.database.sql_files import sql

RECORDS_OF_PART = 20_000
"""How many records of each part are kept, up to a full second; also the most that are applied again."""


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
        """How many more records of this part to keep; None: not known before the first is kept."""
        self._left_of: dict[Hashable, int] = {}
        self._last_at = 0
        self._records: list[SourceRecord] = []
        self._unwritten: list[list[SourceRecord] | int] = []
        """Consecutive records of one part, or the moment from which on none are kept."""

    def begin_part(self, part: Hashable) -> None:
        """Records kept from here on belong to this part; going on with the same part changes nothing."""
        if part != self._part:
            if self._left is not None:
                self._left_of[self._part] = self._left
            self._part, self._left = part, self._left_of.get(part)
            self._end_row()

    def resume_part(self, since: int) -> None:
        """Records kept from here on belong to the part that began at a moment, unless this keeper kept some of it."""
        if self._left is None:
            found = {"source": self._source, "since": since}
            stored: int | None = Database(self._connection).value("records_kept_since", found)
            self._left = _NO_MORE if stored is None else max(0, RECORDS_OF_PART - stored)

    def keep(self, records: Sequence[SourceRecord]) -> None:
        """Keep records, until there are enough of this part."""
        for record in records:
            if self._left is None:
                self._left = RECORDS_OF_PART
            if self._left == _NO_MORE:
                return
            at = record.events[0].at
            if not self._left and at != self._last_at:
                self._end_row()
                self._unwritten.append(at)
                self._left = _NO_MORE
                return
            self._records.append(record)
            self._last_at, self._left = at, max(0, self._left - 1)

    def _end_row(self) -> None:
        if self._records:
            self._unwritten.append(self._records)
            self._records = []

    def write(self, set_aside: Sequence[SourceRecord] = ()) -> None:
        """Write the kept records, except those that could not be ingested; after the source has a row."""
        self._end_row()
        left_out = set(map(id, set_aside))
        for unwritten in self._unwritten:
            if isinstance(unwritten, int):
                self._insert([unwritten], None)
                continue
            records = [record for record in unwritten if id(record) not in left_out]
            if records:
                text = "\n".join(record.content for record in records)
                self._insert([record.events[0].at for record in records], text)
        self._unwritten = []

    def _insert(self, moments: list[int], text: str | None) -> None:
        content = None if text is None else zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
        row = {"source": self._source, "first_at": min(moments), "last_at": max(moments), "content": content}
        self._connection.execute(
            sql("insert_imported_records"), {**row, "lines": 0 if content is None else len(moments)}
        )


class LaterRecords:
    """The records of a source from a moment on, as far as they are kept."""

    def __init__(self, database: Database, source: str, since: int) -> None:
        self._database = database
        self._rows: list[_StoredRecords] = []
        self.kept_until: int | None = None
        """The last moment with kept records; None: all are kept."""
        found = {"source": source, "since": since, "most": RECORDS_OF_PART + 1}
        lines = last_at = 0
        for row in database.rows("imported_records_from", _StoredRecords, found):
            if not row.is_kept:
                self.kept_until = row.first_at - 1
                break
            if lines >= RECORDS_OF_PART and row.first_at > last_at:
                self.kept_until = last_at
                break
            self._rows.append(row)
            lines, last_at = lines + row.lines, max(last_at, row.last_at)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The records, a row at a time: the moment of its last one, and all of them as lines."""
        for row in self._rows:
            content: bytes = self._database.value("imported_content", {"id": row.id})
            yield row.last_at, zlib.decompress(content).decode("utf-8", "surrogatepass").split("\n")
