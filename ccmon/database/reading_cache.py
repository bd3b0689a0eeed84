"""What periodic readings have read, cached from one reading to the next.

Every value is cached with a fingerprint of what it was read for; it is read again when the fingerprint changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from ccmon.database.change_log import TouchedParts

Found = TypeVar("Found")


class ReadingCache:
    """What was read, by name, each with the fingerprint it was read under."""

    def __init__(self, *, is_reused: bool = True) -> None:
        """Nothing cached yet.

        Args:
            is_reused: whether there will be another reading; False for a single look.
        """
        self.is_reused = is_reused
        self._entries: dict[Hashable, tuple[object, Any]] = {}
        self._dropped: set[Hashable] = set()
        self._touched_calls: frozenset[int] = frozenset()
        self._named_again: frozenset[int] = frozenset()
        self._touched_customers: frozenset[int] = frozenset()

    def get(self, name: Hashable, fingerprint: object, read: Callable[[], Found]) -> Found:
        """The value cached under this fingerprint, or else the result of ``read``, which replaces it.

        If the result equals the cached value, the cached object stays and is returned.
        """
        entry = self._entries.get(name)
        if entry is None or entry[0] != fingerprint or name in self._dropped:
            found = read()
            self._dropped.discard(name)
            entry = self._entries[name] = fingerprint, entry[1] if entry is not None and entry[1] == found else found
        return cast("Found", entry[1])

    def cached(self, name: Hashable) -> object:
        """What is cached by this name, whatever it was read for; None if nothing is."""
        entry = self._entries.get(name)
        return None if entry is None else entry[1]

    def drop(self, touched: TouchedParts) -> None:
        """Forget these parts, so that they are read again when asked for, and note the calls."""
        self._dropped |= touched.parts
        self._touched_calls |= touched.calls
        self._named_again = touched.named_again
        self._touched_customers |= touched.customers

    def take_touched_calls(self) -> tuple[frozenset[int], frozenset[int]]:
        """The calls touched since this was last called, and `TouchedParts.named_again`."""
        taken, self._touched_calls = self._touched_calls, frozenset()
        return taken, self._named_again

    def take_touched_customers(self) -> frozenset[int]:
        """The customers touched since this was last called."""
        taken, self._touched_customers = self._touched_customers, frozenset()
        return taken

    def drop_parts(self, names: Iterable[Hashable]) -> None:
        """Forget parts that time alone may change."""
        self._dropped.update(names)
