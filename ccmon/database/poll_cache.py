"""What a polling reader keeps from one poll to the next.

Every value is kept with a fingerprint of what it was read for; it is read again when the fingerprint changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar, cast

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

    def drop(self, names: Iterable[Hashable]) -> None:
        """Forget these, so that they are read again when asked for."""
        self._dropped.update(names)
