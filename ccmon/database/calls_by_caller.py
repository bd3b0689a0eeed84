"""Which of a day's calls a customer or number may have made, in eight bytes a call."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from ccmon.snapshot.periodic_rows import CallersOfVisit

Caller = int | str
"""A customer or a phone number."""
CALL_BITS = 40
"""The number of a call has no more bits; the rest of a place is a hash."""
HASHES = 1 << (64 - CALL_BITS)


class CallsByCaller:
    """Calls by caller, as they have been added.

    A caller may also be given calls of others: callers with the same hash, and those who no longer are a call's.
    """

    def __init__(self, visits: Iterable[CallersOfVisit]) -> None:
        """Keep these."""
        self._places = array("Q", sorted(_places(visits)))

    def add(self, visits: Iterable[CallersOfVisit]) -> None:
        """Add a few."""
        for place in _places(visits):
            at = bisect_left(self._places, place)
            if at == len(self._places) or self._places[at] != place:
                self._places.insert(at, place)

    def of(self, callers: Iterable[Caller]) -> Iterator[int]:
        """The numbers of all calls of some callers."""
        for caller in callers:
            first = hash(caller) % HASHES << CALL_BITS
            at, end = bisect_left(self._places, first), first + (1 << CALL_BITS)
            while at < len(self._places) and self._places[at] < end:
                yield self._places[at] - first
                at += 1


def _places(visits: Iterable[CallersOfVisit]) -> Iterator[int]:
    for visit in visits:
        for caller in (visit.customer_id, visit.caller):
            if caller is not None:
                yield (hash(caller) % HASHES << CALL_BITS) + visit.id
