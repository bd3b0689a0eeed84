"""The lines of a picker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from ccmon.views.modal_content import PickerOption
from ccmon.views.styled_text import StyledLine


class ChoiceLines(Sequence[StyledLine]):
    """The lines of a picker, made only when asked for."""

    def __init__(
        self,
        head: Sequence[StyledLine],
        found: Sequence[PickerOption],
        below: Sequence[StyledLine],
        line: Callable[[int], StyledLine],
    ) -> None:
        self._head, self._below, self._line = head, below, line
        self._end = len(head) + len(found)

    def __len__(self) -> int:
        return self._end + len(self._below)

    @overload
    def __getitem__(self, place: int) -> StyledLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[StyledLine]: ...
    def __getitem__(self, place: int | slice) -> StyledLine | Sequence[StyledLine]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if place < len(self._head):
            return self._head[place]
        return self._line(place - len(self._head)) if place < self._end else self._below[place - self._end]
