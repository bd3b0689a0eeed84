"""What sources hand to the writer: records as floor events, and faulty records.

Also which errors are a record's own, so that only this record is set aside, and which are the database's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import Struct

from ccmon.errors import CcmonError
from ccmon.events import FloorEvent

_OF_A_ROW: Final = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError)


class RecordFaultError(Exception):
    """One of many records raised in the state machine or as its rows were written: ingest them again one by one.

    Their rows are then written in a savepoint each.
    """


class FaultyRecord(NamedTuple):
    """A record that could not be understood in full; kept whole in the table ``rejected_lines``."""

    file: str | None
    line: int | None
    reason: str
    content: str
    taken_in: bool = False
    """True: only a number in it is impossible (`ccmon.plausibility`); the record was ingested without that number."""


class SourceRecord(Struct, frozen=True, gc=False):
    """One record of a source, as floor events."""

    events: tuple[FloorEvent, ...]
    file: str | None = None
    """The file it was read from, as in `FaultyRecord`."""
    line: int | None = None
    content: str = ""
    counted: bool = True
    """Whether it is a record of the source; events without a record are never set aside: their errors are our bugs."""


_EVENTS = attrgetter("events")


def events_in(records: Iterable[SourceRecord]) -> Iterator[FloorEvent]:
    """The floor events of records, in order."""
    return chain.from_iterable(map(_EVENTS, records))


def is_of_a_record(error: BaseException) -> bool:
    """Whether an error while ingesting a record or row is its own, so that others may well succeed.

    False for errors that any would meet: a lock, a full disk, a missing table.
    """
    if isinstance(error, sqlite3.Error):
        return isinstance(error, _OF_A_ROW) or "integer overflow" in str(error)
    return isinstance(error, Exception) and not isinstance(error, CcmonError | OSError | MemoryError)


def unexpected_error_reason(error: BaseException) -> str:
    """The reason given when a record or row is set aside because of an error that no check foresaw."""
    return f"could not be taken in ({type(error).__name__}: {error})"


def storable(text: str) -> str:
    """A text in a form that can be encoded as UTF-8."""
    return text.encode(errors="backslashreplace").decode()
