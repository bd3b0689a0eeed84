"""How sales calls came on past days, by scope: the shape of a usual day, and what usually follows a time of day.

Times of day are milliseconds of the wall clock since the start of the business day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

from msgspec import Struct

from ccmon.metrics.pace import DAYS_NEEDED
from ccmon.model.business_day import BusinessDay
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.snapshot.periodic_rows import PlannedWorkRow
from ccmon.snapshot.scopes import Scope, scopes
from ccmon.time_units import DAY_MS, QUARTER_MS

AWAY, PAUSE, WORK = -1, 0, 1
"""Whether somebody is scheduled to be away, to pause or to work (as in promise_outcomes)."""


def time_of_day_ms(day: BusinessDay, at: int) -> int:
    """Milliseconds of a moment into its business day; if the clocks change that day, as after the change."""
    return at - day.starts_at + DAY_MS - (day.ends_at - day.starts_at)


class DayCurve(Struct, frozen=True):
    """One day's calls of a scope: ends of quarters of an hour, and the number of calls up to each."""

    quarters: Sequence[int]
    calls_until: Sequence[int]

    @property
    def total(self) -> int:
        """Calls of the whole day."""
        return self.calls_until[-1]

    def until(self, time: int) -> float:
        """Calls by a time of day; within a quarter they are assumed to come evenly."""
        quarter, into = divmod(time, QUARTER_MS)
        place = bisect_right(self.quarters, quarter - 1)
        before = self.calls_until[place - 1] if place else 0
        if place < len(self.quarters) and self.quarters[place] == quarter:
            return before + (self.calls_until[place] - before) * into / QUARTER_MS
        return before


class IntradayProfiles:
    """The sales calls of the days that today is measured by."""

    def __init__(self, finished: FinishedDays, directory: Directory) -> None:
        self.days = finished.alike
        self._times = finished.one_sales_call_in
        self.basis = _basis(self.days)
        """What the shape is based on, in words: "5 Fridays", "9 days"; None with fewer than four days."""
        found: defaultdict[Scope, defaultdict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
        counted: dict[tuple[int | None, int | None], list[defaultdict[tuple[int, int], int]]] = {}
        for row in finished.sales_calls:
            who = row.agent_id, row.campaign_id
            if who not in counted:
                counted[who] = [found[scope] for scope in scopes(directory, row.agent_id or 0, row.campaign_id)]
                if row.campaign_id is not None:
                    counted[who].append(found["campaign", row.campaign_id])
            quarter = row.day_at, row.quarter
            for calls in counted[who]:
                calls[quarter] += row.calls
        self._curves: dict[Scope, list[DayCurve]] = {scope: _curves(calls) for scope, calls in found.items()}
        self._work: defaultdict[Scope, list[PlannedWorkRow]] = defaultdict(list)
        for shift in finished.planned_work:
            for scope in scopes(directory, shift.agent_id):
                self._work[scope].append(shift)

    def share(self, scope: Scope, time: int) -> float | None:
        """Typical share of the scope's sales calls that come by a time of day: the mean of its days' shares.

        None with fewer than four days on which it had any.
        """
        curves = self._curves.get(scope, ())
        if len(curves) < DAYS_NEEDED:
            return None
        return sum(curve.until(time) / curve.total for curve in curves) / len(curves)

    def worked_days(self, scope: Scope) -> int:
        """Days on which the scope had sales calls."""
        return len(self._curves.get(scope, ()))

    def after(self, scope: Scope, time: int) -> list[float]:
        """Sales calls after a time of day, for each day on which the scope had any."""
        return [(curve.total - curve.until(time)) * self._times for curve in self._curves.get(scope, ())]

    def until(self, scope: Scope, time: int) -> list[float]:
        """Sales calls by a time of day, for each day on which the scope had any."""
        return [curve.until(time) * self._times for curve in self._curves.get(scope, ())]

    def work_after(self, scope: Scope, time: int) -> int:
        """Planned work after a time of day on all these days together; 0 if no shifts are known."""
        return sum(work.days * max(0, work.ends_ms - max(work.starts_ms, time)) for work in self._work.get(scope, ()))


def _basis(days: Sequence[BusinessDay]) -> str | None:
    if len(days) < DAYS_NEEDED:
        return None
    weekdays = {date.fromisoformat(day.date).strftime("%A") for day in days}
    return f"{len(days)} {weekdays.pop() if len(weekdays) == 1 else 'day'}s"


def _curves(calls: Mapping[tuple[int, int], int]) -> list[DayCurve]:
    """A curve for each day, from calls by day and quarter of an hour."""
    curves: list[DayCurve] = []
    last = None
    for moment in sorted(calls):
        day_at, quarter = moment
        if day_at != last:
            last, total = day_at, 0
            places: list[int] = []
            until: list[int] = []
            curves.append(DayCurve(places, until))
        total += calls[moment]
        places.append(quarter)
        until.append(total)
    return curves


class PlannedWork:
    """Today's shifts without their pauses."""

    def __init__(self, shifts: Sequence[PlannedWorkRow], directory: Directory) -> None:
        self.known = bool(shifts)
        self._work: defaultdict[Scope, list[tuple[int, int]]] = defaultdict(list)
        for shift in shifts:
            for scope in scopes(directory, shift.agent_id):
                self._work[scope].append((shift.starts_ms, shift.ends_ms))

    def after(self, scope: Scope, time: int) -> int:
        """Work still planned at a time of day."""
        return sum(max(0, ends - max(begins, time)) for begins, ends in self._work.get(scope, ()))

    def starts(self, scope: Scope) -> int | None:
        """The first start; None where nothing is planned."""
        return min((begins for begins, _ in self._work.get(scope, ())), default=None)

    def planned(self, agent_id: int | None, time: int) -> int:
        """Whether an agent is scheduled to be away, to pause or to work at a time of day."""
        work = self._work.get(("agent", agent_id or 0), ())
        if any(begins <= time < ends for begins, ends in work):
            return WORK
        has_begun, goes_on = any(begins <= time for begins, _ in work), any(time < ends for _, ends in work)
        return PAUSE if has_begun and goes_on else AWAY

    def edges(self, agent_id: int | None) -> Iterable[int]:
        """The times of day at which an agent's schedule (`planned`) changes."""
        return chain.from_iterable(self._work.get(("agent", agent_id or 0), ()))

    def share(self, scope: Scope, time: int) -> float | None:
        """Share of the planned work that lies before a time of day."""
        planned = self.after(scope, 0)
        return 1 - self.after(scope, time) / planned if planned else None
