"""Rows that keep their places while a person chooses one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import lt
from typing import Any

Identities = Callable[[Sequence[Any]], Iterable[str]]
"""Gives what identifies each of some rows."""


class HeldOrder:
    """The order in which rows stood when one was chosen: others that come stand below them, none moves."""

    def __init__(self) -> None:
        self._ordered_by: object = None
        self._places: dict[str, int] = {}
        self._taken: Sequence[Any] | None = None
        self._held: Sequence[Any] = ()

    def release(self) -> None:
        """Nothing is chosen any more."""
        self._ordered_by, self._taken, self._places = None, None, {}

    def hold(
        self, rows: Sequence[Any], shown: Sequence[Any], ordered_by: object, identities: Identities
    ) -> Sequence[Any]:
        """The rows in the order that is held.

        Args:
            rows: the rows in the order in which they would stand.
            shown: those that were shown last: their order is held from the first call on.
            ordered_by: what decides the order; where that is another, the rows stand anew.
            identities: gives what identifies each row.
        """
        if ordered_by != self._ordered_by:
            first = shown if self._ordered_by is None else ()
            self._places = {identity: place for place, identity in enumerate(identities(first))}
            self._ordered_by, self._taken = ordered_by, None
        if rows is not self._taken:
            places = [self._places.setdefault(identity, len(self._places)) for identity in identities(rows)]
            self._taken = self._held = rows
            if not all(map(lt, places, places[1:])):
                self._held = [rows[number] for number in sorted(range(len(places)), key=places.__getitem__)]
        return self._held
