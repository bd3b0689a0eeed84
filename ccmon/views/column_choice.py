"""Which columns of a panel a person wants to see: hidden ones, and those that come before others."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from ccmon.views.columns import ESSENTIAL, Column, Fitted

Keys = tuple[str, ...]


class ColumnPlace(StrEnum):
    """Whether a column is shown."""

    SHOWN = "shown"
    NO_ROOM = "no room"
    ALWAYS = "always"
    HIDDEN = "hidden"


def _can_be_hidden(column: Column[Any]) -> bool:
    """Whether a row can do without it: what names the row, and signs, stay."""
    return column.rank > 0 and bool(column.title.strip())


def column_places(
    columns: Sequence[Column[Any]], fitted: Fitted[Any], always: Keys, hidden: Keys
) -> list[tuple[Column[Any], ColumnPlace]]:
    """Each column that can be hidden, and whether it is among those that have been fitted."""
    shown = {column.key for column, _ in fitted}
    found = []
    for column in filter(_can_be_hidden, columns):
        place = ColumnPlace.SHOWN if column.key in shown else ColumnPlace.NO_ROOM
        if column.key in always:
            place = ColumnPlace.ALWAYS
        elif column.key in hidden:
            place = ColumnPlace.HIDDEN
        found.append((column, place))
    return found


def changed(key: str, place: ColumnPlace, always: Keys, hidden: Keys) -> tuple[Keys, Keys]:
    """What is always shown and what is hidden after a column at this place has been chosen."""
    always, hidden = (tuple(each for each in keys if each != key) for keys in (always, hidden))
    if place is ColumnPlace.SHOWN:
        return always, (*hidden, key)
    return ((*always, key), hidden) if place is ColumnPlace.NO_ROOM else (always, hidden)


def wanted_columns(columns: Sequence[Column[Any]], always: Keys, hidden: Keys) -> Sequence[Column[Any]]:
    """The columns to be fitted: without hidden ones, and with those always shown before others."""
    if not always and not hidden:
        return columns
    return [
        replace(column, rank=min(column.rank, ESSENTIAL)) if column.key in always else column
        for column in columns
        if column.key not in hidden or not _can_be_hidden(column)
    ]
