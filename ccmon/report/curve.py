"""The course of a stretch: its calls by quarters of an hour and by hours, or by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import astuple

from ccmon.formatting import local_time
from ccmon.model.queues import Quarter
from ccmon.report.figures import Better, Mark, Unit, mark_of
from ccmon.report.parts import Narrowed
from ccmon.time_units import QUARTER_MS


class CurvePoint(Struct, frozen=True):
    """The calls that came in during one step of a curve."""

    label: str
    """The time of the day, or the day."""
    calls: Quarter
    """Its calls added up."""


class Curve(Struct, frozen=True):
    """The course of a stretch."""

    is_of_day: bool
    """Whether it is within one day: its points are quarters of an hour; else they are days."""
    points: tuple[CurvePoint, ...]
    """In the order of time, without a gap; empty without any call."""
    coarse: tuple[CurvePoint, ...]
    """The same by hours, for a table; by days where the points are days."""
    target: float | None
    """The service level to reach, where all queues share one."""
    most_offered: int
    """The most calls of a point."""

    @property
    def coarse_title(self) -> str:
        """What the table of the coarse points is called."""
        return "By hours" if self.is_of_day else "By days"

    def mark(self, point: CurvePoint) -> Mark:
        """Whether the service level of a point reaches the target, as shown."""
        return mark_of(point.calls.service_level, self.target, Unit.SHARE, Better.MORE)


def curve_of(narrowed: Narrowed) -> Curve:
    """The course of what a report is about: by quarters within one day, else by days."""
    total, stretch = narrowed.covered.floor.total, narrowed.stretch
    if not narrowed.recorded.calls:
        return Curve(is_of_day=len(stretch.days) == 1, points=(), coarse=(), target=None, most_offered=0)
    quarters = [each for each in total.quarters if each.offered or each.answered]
    is_of_day = len(stretch.days) == 1
    if is_of_day:
        points = _by_quarter(quarters, narrowed)
        coarse = _grouped(quarters, lambda at: hour_of(at, narrowed))
    else:
        points = coarse = _by_day(quarters, narrowed)
    return Curve(
        is_of_day=is_of_day,
        points=points,
        coarse=coarse,
        target=total.service_level_target,
        most_offered=max((point.calls.offered for point in points), default=0),
    )


def hour_of(at: int, narrowed: Narrowed) -> str:
    """The label of the hour that a moment is in."""
    return f"{local_time(at, narrowed.zone):%H}:00"


def _by_quarter(quarters: Sequence[Quarter], narrowed: Narrowed) -> tuple[CurvePoint, ...]:
    """Every quarter of an hour from the first to the last with calls."""
    if not quarters:
        return ()
    known = {each.starts_at: each for each in quarters}
    every = range(quarters[0].starts_at, quarters[-1].starts_at + 1, QUARTER_MS)
    return tuple(
        CurvePoint(f"{local_time(at, narrowed.zone):%H:%M}", known.get(at) or Quarter(at, 0, 0, 0, 0)) for at in every
    )


def _grouped(quarters: Iterable[Quarter], label: Callable[[int], str]) -> tuple[CurvePoint, ...]:
    """Quarters with the same label added up, in the order of time."""
    groups: defaultdict[str, list[Quarter]] = defaultdict(list)
    for quarter in quarters:
        groups[label(quarter.starts_at)].append(quarter)
    return tuple(CurvePoint(name, added(of_group)) for name, of_group in groups.items())


def _by_day(quarters: Iterable[Quarter], narrowed: Narrowed) -> tuple[CurvePoint, ...]:
    """Every day of the stretch, those without calls too."""
    of_day: defaultdict[str, list[Quarter]] = defaultdict(list)
    days = narrowed.stretch.days
    for quarter in quarters:
        day = next(each for each in reversed(days) if each.starts_at <= quarter.starts_at or each is days[0])
        of_day[day.date].append(quarter)
    first = narrowed.stretch.first_date
    return tuple(
        CurvePoint(
            f"{(on := first + timedelta(days=place)):%a} {on.day}",
            added(of_day[day.date]) if of_day[day.date] else Quarter(day.starts_at, 0, 0, 0, 0),
        )
        for place, day in enumerate(days)
    )


def added(quarters: Sequence[Quarter]) -> Quarter:
    """Several quarters as one, under the moment of the earliest."""
    starts_at = min(map(attrgetter("starts_at"), quarters))
    _, *counts = zip(*map(astuple, quarters), strict=True)
    return Quarter(starts_at, *map(sum, counts))


def longest_silence(narrowed: Narrowed) -> tuple[int, int] | None:
    """From when to when no call came in though many should have, within the hours with calls of one day.

    None without such a time: at least an hour, where calls came in at a rate of which this much silence is no chance.
    """
    quarters = [each for each in narrowed.covered.floor.total.quarters if each.offered]
    if len(narrowed.stretch.days) > 1 or len(quarters) < ENOUGH_QUARTERS:
        return None
    mean = sum(each.offered for each in quarters) / len(quarters)
    gaps = [(before.starts_at + QUARTER_MS, after.starts_at) for before, after in pairwise(quarters)]
    since, until = max(gaps, key=lambda gap: gap[1] - gap[0])
    missing = (until - since) / QUARTER_MS * mean
    return (since, until) if until - since >= LEAST_SILENCE_MS and missing >= CALLS_MISSED else None


ENOUGH_QUARTERS = 8
LEAST_SILENCE_MS = 4 * QUARTER_MS
CALLS_MISSED = 12
"""With so many calls expected, none comes by chance less than once in 100,000 times (exp(-12))."""


def silence_text(since: int, until: int, narrowed: Narrowed) -> str:
    """That no call came in for a long time."""
    first, last = (f"{local_time(at, narrowed.zone):%H:%M}" for at in (since, until))
    return f"No call came in between {first} and {last}: nobody called, or nothing was recorded."
