"""A queue log that Asterisk (or QueueMetrics) keeps as a table, read as the lines of the equivalent file.

The table is an SQLite file with a table ``queue_log``, or an export of one with a header line (CSV, tab-separated). Its
``time`` is local without an offset unless ``queue_log_realtime_use_gmt = yes``, so only the order of the rows tells the
two passes of the repeated hour in autumn apart (metrics.md 1.7, 12.1).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ccmon import plausibility
from ccmon.database.connection import sqlite_address
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.sources.table import row_reader as table_lines

_SQLITE: Final = b"SQLite format 3\0"
_BLOCK: Final = 4_000
"""Rows read at once, which is a batch's cost in memory."""
_LARGE_BYTES: Final = 1 << 18

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "time": ("time", "time_id", "eventtime", "created"),
    "callid": ("callid", "call_id"),
    "queue": ("queuename", "queue", "queue_name"),
    "agent": ("agent",),
    "event": ("event", "verb"),
}
"""Names of the columns: Asterisk's first, then those of QueueMetrics and others."""
_DATA: Final = re.compile(r"data\d*")
_EPOCH: Final = re.compile(r"\d{9,11}(\.\d+)?")


def is_table(path: Path) -> bool:
    """Whether a file is a queue log in the form of a table, by its first bytes."""
    try:
        if not path.is_file():
            return False  # what is read from a pipe cannot be read again
        with path.open("rb") as file:
            head = file.read(1000)
    except OSError:
        return False
    if head.startswith(_SQLITE):
        return True
    first = head.partition(b"\n")[0].decode("utf-8-sig", "replace")
    return not first[:1].isdigit() and {"callid", "event"} <= _places(re.split(r"[,;\t|]", first)).keys()


class TableLog:
    """One table, to be read from the first row to the last; see `ccmon.sources.queue_log.files.LogFile`."""

    unfinished = b""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        """Open the table and read its first rows.

        Raises:
            CcmonError: it cannot be read, or lacks the columns of a queue log.
        """
        self.name = str(path)
        self.size = path.stat().st_size
        self.is_large = self.size > _LARGE_BYTES
        self.bytes_read = 0
        self._path = path
        self._zone = zone
        first = next(self.blocks(), [])
        moments = (line.partition(b"|")[0] for line in first)
        self.first_at = next((int(moment) * 1000 for moment in moments if moment.isdigit()), None)

    def blocks(self) -> Iterator[list[bytes]]:
        """The rows as lines of a queue log, many at a time.

        Raises:
            CcmonError: it cannot be read to its end.
        """
        found = self._lines()
        while block := list(islice(found, _BLOCK)):
            yield block
        self.bytes_read = self.size

    def _lines(self) -> Iterator[bytes]:
        rows = self._rows()
        places = _places(next(rows, ()))
        missing = sorted(_NAMES.keys() - places.keys())
        if missing:
            raise CcmonError(
                f"{self._path} is no queue log: it has no column {_NAMES[missing[0]][0]}; name one of Asterisk."
            )
        data = sorted(place for name, place in places.items() if _DATA.fullmatch(name))
        converter = _MomentConverter(self._zone)
        for row in rows:
            moment = converter.epoch(_text(row, places["time"]))
            names = (_text(row, places[name]) or "NONE" for name in ("callid", "queue", "agent"))
            fields = [*names, _text(row, places["event"]), *(_text(row, place) for place in data)]
            yield "|".join([moment, *fields]).encode("utf-8", "surrogateescape")

    def _rows(self) -> Iterator[Sequence[Any]]:
        """The names of the columns, then the rows."""
        with self._path.open("rb") as file:
            in_sqlite = file.read(len(_SQLITE)) == _SQLITE
        if in_sqlite:
            yield from self._sqlite_rows()
            return
        with table_lines.open_rows(self._path, table_lines.find_format(self._path)) as (rows, _):
            yield from (row.cells for row in rows)

    def _sqlite_rows(self) -> Iterator[Sequence[Any]]:
        try:
            with closing(sqlite3.connect(sqlite_address(self._path), uri=True)) as connection:
                connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
                cursor = connection.execute(sql("realtime_queue_log"))
                yield [column[0] for column in cursor.description]
                yield from cursor
        except sqlite3.Error as error:
            raise CcmonError(f"{self._path} holds no queue log that can be read: {error}.") from None


class _MomentConverter:
    """Converts the moments of rows, in their order."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._last = 0

    def epoch(self, text: str) -> str:
        """Unix seconds of a text; if it is no moment, it is returned as it is, to be rejected with its row."""
        if _EPOCH.fullmatch(text):
            return text.partition(".")[0]
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
                if int(moment.timestamp()) < self._last:
                    moment = moment.replace(fold=1)
            seconds = int(moment.timestamp())
        except (ValueError, OverflowError):
            return text
        if plausibility.impossible_moment(seconds * 1000, real_now()) is None:
            self._last = seconds
        return str(seconds)


def _places(header: Iterable[Any]) -> dict[str, int]:
    """The place of each field of a queue log among the columns."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = str(cell).strip().strip("\"'`").lower()
        name = next((name for name, names in _NAMES.items() if column in names), None)
        if name is not None or _DATA.fullmatch(column):
            found.setdefault(name or column, place)
    return found


def _text(row: Sequence[Any], place: int) -> str:
    """The text of a cell for a field of a line."""
    value = row[place] if place < len(row) else None
    return "" if value in {None, "NULL", "\\N"} else str(value).replace("\n", " ").replace("\r", " ").strip()
