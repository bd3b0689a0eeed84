"""What a reader that asks again and again keeps from one poll to the next.

Everything here is kept beside a fingerprint of the rows it came from; it is read anew when the fingerprint changes, and
every `KEPT_FOR_MS` of real time all the same, for what no fingerprint shows (a name corrected to one of equal length).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

KEPT_FOR_MS = 60_000
Found = TypeVar("Found")


class PollCache:
    """What was read, by name, each beside the fingerprint it was read under."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, Any]] = {}
        self._slot: int | None = None

    def is_old(self, moment: int) -> bool:
        """Whether everything would be forgotten at this moment."""
        return moment // KEPT_FOR_MS != self._slot

    def at(self, moment: int) -> None:
        """Say which moment is asked about; forgets everything where it is time to."""
        if self.is_old(moment):
            self._slot = moment // KEPT_FOR_MS
            self._kept.clear()

    def get(self, name: Hashable, fingerprint: object, read: Callable[[], Found]) -> Found:
        """What was kept under this fingerprint, or else what ``read`` returns, which is kept in its place."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != fingerprint:
            kept = self._kept[name] = fingerprint, read()
        return cast("Found", kept[1])
