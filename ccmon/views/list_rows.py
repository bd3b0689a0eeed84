"""Rows of a dialog in which one is chosen: made only when they are in sight, all but what identifies them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, overload

from ccmon.views.styled_text import Span, StyledLine

Lines = Sequence[StyledLine]


class ListRow(NamedTuple):
    """One line, which can be chosen unless it is a heading."""

    make: Callable[[bool], StyledLine]
    """The line, from whether it is chosen."""
    identity: str = ""
    """What identifies it from tick to tick; empty: it cannot be chosen."""
    told: Callable[[], Sequence[Span]] = tuple
    """The sentences that are shown in full while it is chosen."""


class RowLines(Sequence[StyledLine]):
    """The lines of rows, made when they are asked for."""

    def __init__(self, rows: Sequence[ListRow], chosen: int | None) -> None:
        self._rows, self._chosen = rows, chosen

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> StyledLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[StyledLine]: ...
    def __getitem__(self, place: int | slice) -> StyledLine | Sequence[StyledLine]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self._rows[place].make(place == self._chosen)


def choosable(rows: Sequence[ListRow]) -> list[int]:
    """The places of the rows that can be chosen."""
    return [place for place, row in enumerate(rows) if row.identity]


def place_of(rows: Sequence[ListRow], identity: str | None, before: int) -> int | None:
    """The place of the row that was chosen; where it is gone, of the one that took its place; None: there is none.

    Args:
        rows: all as they are now.
        identity: of the row that was chosen; None: none was yet.
        before: where it stood.
    """
    places = choosable(rows)
    if identity is not None:
        same = next((place for place in places if rows[place].identity == identity), None)
        if same is not None:
            return same
    return min(places, key=lambda place: (place < before, abs(place - before)), default=None)
