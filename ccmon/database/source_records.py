"""What sources hand to the writer: records as floor events, and those with a fault.

Also which error is a record's own, so that this record alone is set aside, and which is the database's.
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
    """SQLite did not take what one of many records makes: they are to be written anew, with care."""


class FaultyRecord(NamedTuple):
    """A record that could not be understood, or not all of it; kept whole in the table ``rejected_lines``."""

    file: str | None
    line: int | None
    reason: str
    content: str
    taken_in: bool = False
    """True: only a number in it cannot be (`ccmon.plausibility`); the record went in as if that had not been said."""


class SourceRecord(Struct, frozen=True, gc=False):
    """One record of a source, as floor events."""

    events: tuple[FloorEvent, ...]
    file: str | None = None
    """Where it stood, as in `FaultyRecord`."""
    line: int | None = None
    content: str = ""
    counted: bool = True
    """Whether it is a record of the source; events of no record are never set aside: their errors are ours."""


_EVENTS = attrgetter("events")


def events_in(records: Iterable[SourceRecord]) -> Iterator[FloorEvent]:
    """The floor events of records, in their order."""
    return chain.from_iterable(map(_EVENTS, records))


def is_of_a_record(error: BaseException) -> bool:
    """Whether an error met while a record or a row was ingested is its own: another may well go in.

    False of what each would meet: a lock, a full disk, a table that is not there.
    """
    if isinstance(error, sqlite3.Error):
        return isinstance(error, _OF_A_ROW) or "integer overflow" in str(error)
    return isinstance(error, Exception) and not isinstance(error, CcmonError | OSError | MemoryError)


def unexpected_error_reason(error: BaseException) -> str:
    """The reason given where a record or a row is set aside because of an error that no check foresaw."""
    return f"could not be taken in ({type(error).__name__}: {error})"


def storable(text: str) -> str:
    """A text as UTF-8 can hold it."""
    return text.encode(errors="backslashreplace").decode()
