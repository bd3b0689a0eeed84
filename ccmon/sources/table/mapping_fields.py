"""The fields that a mapping has rules for, by kind of table, and of which sort each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from ccmon.database.cell_types import MOMENT_TYPES, CellType
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.model.calls import Direction, Outcome

CALLS = "calls"
TEXTS = (
    "call_id", "visit", "direction", "queue", "campaign", "agent", "customer", "caller", "caller_name", "outcome",
    "ended_by", "disposition", "right_party", "reason", "score", "scale",
)  # fmt: skip
"""Fields of a call that are texts."""
MOMENTS = ("began_at", "entered_at", "answered_at", "ended_at", "wrapped_up_at")
"""Fields of a call that are moments, in the order in which they happen.

``began_at`` is not stored: it gives the day of the others.
"""
DURATIONS = ("hold",)

CLOSED = {
    "outcome": frozenset(Outcome),
    "direction": frozenset(Direction),
    "ended_by": frozenset({"caller", "agent", "transfer", "system"}),
}
"""Fields of a call that can only have these words."""


class FieldSort(Enum):
    """What rules a field can have."""

    TEXT = auto()
    KEY = auto()
    """A reference or a call id, by which a row is known."""
    SCORE = auto()
    NUMBER = auto()
    SHARE = auto()
    MOMENT = auto()
    """A moment of a call."""
    DURATION = auto()
    """A length of time of a call."""
    DAY = auto()
    PLANNED_MOMENT = auto()
    """A moment of another kind of table, or its day."""
    LENGTH = auto()
    """A length of time of another kind of table."""


_SORTS = {
    CellType.COUNT: FieldSort.NUMBER,
    CellType.SALE_AMOUNT: FieldSort.NUMBER,
    CellType.SALE_CENTS: FieldSort.NUMBER,
    CellType.COST: FieldSort.NUMBER,
    CellType.SHARE: FieldSort.SHARE,
    CellType.LENGTH: FieldSort.LENGTH,
    CellType.PLANNED_DAY: FieldSort.DAY,
    **dict.fromkeys(MOMENT_TYPES, FieldSort.PLANNED_MOMENT),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a kind."""

    sorts: Mapping[str, FieldSort]
    closed: Mapping[str, frozenset[str]]
    """The words of the fields that can only have these."""


def kinds() -> tuple[str, ...]:
    """The kinds of tables."""
    return (CALLS, *KINDS)


@cache
def fields_of(kind: str) -> Fields:
    """The fields of a kind."""
    if kind == CALLS:
        special = {"call_id": FieldSort.KEY, "score": FieldSort.SCORE}
        texts = {name: special.get(name, FieldSort.TEXT) for name in TEXTS}
        moments = dict.fromkeys(MOMENTS, FieldSort.MOMENT)
        return Fields({**texts, **moments, **dict.fromkeys(DURATIONS, FieldSort.DURATION)}, CLOSED)
    spec = KINDS[kind]
    closed = {column.name: frozenset(column.words) for column in spec.columns if column.words}
    return Fields({column.name: _sort(spec, column) for column in spec.columns}, closed)


def _sort(spec: TableSpec, column: ColumnSpec) -> FieldSort:
    if column.name == "reference" and (column.name,) in spec.keys:
        return FieldSort.KEY
    if column.name == "score":
        return FieldSort.SCORE
    return _SORTS.get(column.type, FieldSort.TEXT)
