"""Which of a day's visits a customer or phone number may have made, in eight bytes for each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from ccmon.snapshot.periodic_rows import VisitCaller

Caller = int | str
"""A customer or a phone number."""
VISIT_BITS = 40
"""The id of a visit has no more bits; the rest of an entry is a hash."""
HASHES = 1 << (64 - VISIT_BITS)


class VisitsByCaller:
    """Ids of visits by caller, as they have been added.

    A caller may also be given visits of others: callers with the same hash, and those who no longer are a visit's.
    """

    def __init__(self, visits: Iterable[VisitCaller]) -> None:
        """These visits."""
        self._entries = array("Q", sorted(_entries(visits)))

    def add(self, visits: Iterable[VisitCaller]) -> None:
        """Add a few."""
        for entry in _entries(visits):
            at = bisect_left(self._entries, entry)
            if at == len(self._entries) or self._entries[at] != entry:
                self._entries.insert(at, entry)

    def of(self, callers: Iterable[Caller]) -> Iterator[int]:
        """The ids of all visits of some callers."""
        for caller in callers:
            first = hash(caller) % HASHES << VISIT_BITS
            at, end = bisect_left(self._entries, first), first + (1 << VISIT_BITS)
            while at < len(self._entries) and self._entries[at] < end:
                yield self._entries[at] - first
                at += 1


def _entries(visits: Iterable[VisitCaller]) -> Iterator[int]:
    for visit in visits:
        for caller in (visit.customer_id, visit.caller):
            if caller is not None:
                yield (hash(caller) % HASHES << VISIT_BITS) + visit.id
