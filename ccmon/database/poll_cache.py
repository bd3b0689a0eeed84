"""What a polling reader keeps from one poll to the next.

Every value is kept with a fingerprint of what it was read for; it is read again when the fingerprint changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from ccmon.database.trail import TouchedParts

Found = TypeVar("Found")


class PollCache:
    """What was read, by name, each with the fingerprint it was read under."""

    def __init__(self, *, is_kept: bool = True) -> None:
        """Keep nothing yet.

        Args:
            is_kept: whether there will be another reading; False for a single look.
        """
        self.is_kept = is_kept
        self._kept: dict[Hashable, tuple[object, Any]] = {}
        self._dropped: set[Hashable] = set()
        self._touched_calls: frozenset[int] = frozenset()
        self._named_again: frozenset[int] = frozenset()

    def get(self, name: Hashable, fingerprint: object, read: Callable[[], Found]) -> Found:
        """The value kept under this fingerprint, or else the result of ``read``, which replaces it.

        If the result equals the kept value, that object is kept and returned.
        """
        kept = self._kept.get(name)
        if kept is None or kept[0] != fingerprint or name in self._dropped:
            found = read()
            self._dropped.discard(name)
            kept = self._kept[name] = fingerprint, kept[1] if kept is not None and kept[1] == found else found
        return cast("Found", kept[1])

    def drop(self, touched: TouchedParts) -> None:
        """Forget these parts, so that they are read again when asked for, and note the calls."""
        self._dropped |= touched.parts
        self._touched_calls |= touched.calls
        self._named_again = touched.named_again

    def take_touched_calls(self) -> tuple[frozenset[int], frozenset[int]]:
        """The calls touched since the last call, and those of them that may be named again for the same reason."""
        taken, self._touched_calls = self._touched_calls, frozenset()
        return taken, self._named_again

    def drop_parts(self, names: Iterable[Hashable]) -> None:
        """Forget parts that time alone may change."""
        self._dropped.update(names)
