"""Stretches of time in which something is wrong, and the alarms that stand because of them.

A stretch is a pair of moments: its first, and the first after it (`NEVER`: it goes on). Stretches follow from rows that
are intervals themselves, such as waits and states, never from what somebody saw before: so an alarm of any moment, and
the log of a day, follow from the rows alone. All functions are causal: what they say of a moment does not depend on
what comes after it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.time_units import NEVER

Stretch = tuple[int, int]
Stretches = tuple[Stretch, ...]
"""Stretches in order, of which no two touch."""

_end = itemgetter(1)


def with_stretch(stretches: Stretches, stretch: Stretch) -> Stretches:
    """The union of stretches and another one."""
    start, end = stretch
    if start >= end:
        return stretches
    if not stretches or stretches[-1][1] < start:
        return (*stretches, stretch)
    first = bisect_left(stretches, start, key=_end)
    after = bisect_right(stretches, (end, NEVER))
    if first < after:
        start, end = min(start, stretches[first][0]), max(end, stretches[after - 1][1])
    return *stretches[:first], (start, end), *stretches[after:]


def united(found: Iterable[Stretch]) -> Stretches:
    """The union of stretches in any order, which may overlap."""
    result: list[Stretch] = []
    for start, end in sorted(found):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)


def common(stretch: Stretch, others: Stretches) -> Iterator[Stretch]:
    """The parts of a stretch that lie in others."""
    start, end = stretch
    for other in others[bisect_right(others, start, key=_end) :]:
        if other[0] >= end:
            return
        yield max(start, other[0]), min(end, other[1])


def without(stretch: Stretch, others: Stretches) -> Iterator[Stretch]:
    """The parts of a stretch that lie outside others."""
    start, end = stretch
    for other_start, other_end in common(stretch, others):
        if start < other_start:
            yield start, other_start
        start = other_end
    if start < end:
        yield start, end


class Standing(Struct, frozen=True, gc=False):
    """An alarm: from the stretch that opened it until nothing has been wrong for long enough."""

    since: int
    """When what is wrong began."""
    opened_at: int
    """When that had lasted long enough."""
    again_at: int
    """When the last stretch that counts began."""
    eased_at: int
    """When that stretch ended; `NEVER`: it goes on."""
    cleared_at: int
    """When it had been over for long enough; `NEVER`: not yet."""

    def is_eased(self, at: int) -> bool:
        """Whether nothing is wrong at a moment of the alarm, which stands because that may not last."""
        return self.eased_at <= at


def alarms_of(stretches: Iterable[Stretch], *, for_ms: int = 0, calm_ms: int = 0) -> Iterator[Standing]:
    """The alarms of stretches, the earliest first: two stretches close enough together belong to one.

    Args:
        stretches: in order; the last one may go on.
        for_ms: a stretch that is no longer than this does not count.
        calm_ms: how long nothing must have been wrong before an alarm clears; nor does it clear during a stretch that
            does not count yet.
    """
    standing: Standing | None = None
    for start, end in stretches:
        if standing is not None and start >= standing.cleared_at:
            yield standing
            standing = None
        if end - start > for_ms:
            since, opened_at = (start, start + for_ms) if standing is None else (standing.since, standing.opened_at)
            standing = Standing(since, opened_at, start, end, end if end == NEVER else end + calm_ms)
        elif standing is not None:
            standing = replace(standing, cleared_at=max(standing.cleared_at, end))
    if standing is not None:
        yield standing


def alarm_at(stretches: Stretches, when: NextChange, *, for_ms: int = 0, calm_ms: int = 0) -> Standing | None:
    """The alarm of stretches that stands at a moment, with nothing of what comes later; None: none does.

    Args:
        stretches: as in `alarms_of`.
        when: the moment; collects when the answer changes.
        for_ms: as in `alarms_of`.
        calm_ms: as in `alarms_of`.
    """
    place = len(stretches)
    while place and not when.reached(stretches[place - 1][0]):
        place -= 1
    if not place:
        return None
    first = place - 1
    while first and stretches[first][0] < stretches[first - 1][1] + calm_ms:
        first -= 1
    start, end = stretches[place - 1]
    goes_on = not when.reached(end)
    counts = goes_on and when.reached(start + for_ms)
    known = [*stretches[first : place - goes_on], *([(start, NEVER)] if counts else ())]
    standing = None
    for standing in alarms_of(known, for_ms=for_ms, calm_ms=calm_ms):  # noqa: B007 (the last one)
        pass
    if standing is None:
        return None
    if goes_on and not counts and start < standing.cleared_at:
        return replace(standing, cleared_at=NEVER)
    return None if when.reached(standing.cleared_at) else replace(standing, cleared_at=NEVER)
