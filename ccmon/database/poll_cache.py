"""What a reader that asks again and again keeps from one poll to the next.

Everything here is kept beside a sign of the rows it came from; it is read anew when the sign changes, and every
`KEPT_FOR_MS` of real time all the same, for what no sign tells (a name corrected to one of equal length).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

KEPT_FOR_MS = 60_000


class PollCache:
    """Answers by name, each with the sign it was kept under."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, Any]] = {}
        self._slot: int | None = None

    def is_old(self, moment: int) -> bool:
        """Whether all of it would be forgotten at this moment."""
        return moment // KEPT_FOR_MS != self._slot

    def at(self, moment: int) -> None:
        """Say which moment is asked about; forgets everything where it is time to."""
        if self.is_old(moment):
            self._slot = moment // KEPT_FOR_MS
            self._kept.clear()

    def get(self, name: Hashable, sign: object) -> Any:
        """What was kept under this sign, or None."""
        kept = self._kept.get(name)
        return kept[1] if kept is not None and kept[0] == sign else None

    def keep(self, name: Hashable, sign: object, value: Any) -> None:
        """Keep an answer in place of the last one of that name."""
        self._kept[name] = (sign, value)
