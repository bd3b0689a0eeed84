"""Data of finished days stored in the database: computed once by a program that follows a switch, for all readers.

A stored part is valid while its inputs are the same and the change log names nothing since then that touches it.
If a part is not valid, its readers read the rows instead.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from ccmon.database.change_log import TouchedParts, touched_by_now
from ccmon.database.driver import Database
from ccmon.database.query_context import QueryContext
from ccmon.model.business_day import BusinessDay
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.time_units import HOUR_MS

FORMAT = 3
"""To be raised when a field changes its meaning under the same name."""

Fields = dict[str, Any]
"""Fields of `FinishedDays` by name."""


class StoredPart(Struct, frozen=True, gc=False):
    """A part that may be valid. A row of ``stored_parts``."""

    part: str
    read_to: int
    """The row of the change log up to which nothing touches the part."""
    made_of: bytes


class ReadPart(Struct, frozen=True):
    """A part that was read from the rows."""

    made_of: bytes
    fields: Fields


class StoredParts:
    """The parts of `FinishedDays` at a moment that is now, or was the latest."""

    def __init__(self, database: Database, context: QueryContext, at: int) -> None:
        self._database, self._context = database, context
        form = FORMAT, FinishedDays.__struct_fields__
        self._moment = form, context.site, context.day.date, at // HOUR_MS
        self.newly_read: dict[str, ReadPart] = {}
        """Parts that were asked for but not stored, or not valid."""

    def get(self, part: str, fingerprint: object, read: Callable[[], Fields]) -> Fields:
        """The stored fields of a part, or else what ``read`` returns.

        Args:
            part: its name.
            fingerprint: what it depends on besides the moment, the site and the rows of finished days.
            read: reads it from the rows.
        """
        made_of = msgspec.msgpack.encode((*self._moment, fingerprint))
        fields = self._stored(part) if self._holding.get(part) == made_of else None
        if fields is None:
            fields = read()
            self.newly_read[part] = ReadPart(made_of, fields)
        return fields

    @functools.cached_property
    def _holding(self) -> dict[str, bytes]:
        """The inputs of each part that nothing has touched since it was stored."""
        stored = self._database.rows("stored_parts", StoredPart)
        touched = touched_since({part.read_to for part in stored}, self._database, self._context.day)
        return {part.part: part.made_of for part in stored if part.part not in touched[part.read_to]}

    def _stored(self, part: str) -> Fields | None:
        """The stored fields of a part; None if another version of ccmon has stored something else."""
        try:
            return decode(self._database.value("stored_part_fields", {"part": part}))
        except msgspec.MsgspecError:
            return None


def is_of_day(part: StoredPart, day: BusinessDay) -> bool:
    """Whether a part was stored on a business day."""
    _, _, date, *_ = msgspec.msgpack.decode(part.made_of)
    return bool(date == day.date)


def touched_since(rows: set[int], database: Database, day: BusinessDay) -> dict[int, frozenset[str]]:
    """By row of the change log, the parts that later rows touch."""
    nothing: frozenset[str] = frozenset()
    return {row: touched_by_now(database, TouchedParts(nothing, row), day).parts for row in rows}


def encode(fields: Fields) -> bytes:
    """A part in its stored form."""
    return msgspec.msgpack.encode(fields)


def decode(stored: bytes) -> Fields:
    """A part as it was read from the rows.

    Raises:
        msgspec.MsgspecError: it is not a stored part.
    """
    fields = msgspec.msgpack.decode(stored, type=dict[str, msgspec.Raw])
    return {name: _decoder(name).decode(value) for name, value in fields.items()}


@functools.cache
def _types() -> dict[str, Any]:
    return get_type_hints(FinishedDays)


@functools.cache
def _decoder(field: str) -> msgspec.msgpack.Decoder[Any]:
    if field not in _types():
        raise msgspec.ValidationError(field)
    return msgspec.msgpack.Decoder(_types()[field], dec_hook=_counter)


def _counter(kind: Any, value: Any) -> Any:
    """Decode a counter, the only type of a field that msgspec does not know."""
    if get_origin(kind) is not Counter:
        raise msgspec.ValidationError(str(kind))
    return Counter(msgspec.convert(value, dict[*(*get_args(kind), int)]))  # type: ignore[misc]
