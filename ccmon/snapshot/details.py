"""What the details of agents and queues add up from their rows: the day as a strip of states, pauses, usual days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from ccmon.metrics import agents, handling
from ccmon.metrics.missed_calls import MissedCause
from ccmon.model.agents import AgentState
from ccmon.model.business_day import BusinessDay
from ccmon.model.details import AgentMissedCall, AgentPastDay, AgentStretch, PastQuarterOffered
from ccmon.model.queues import Quarter
from ccmon.number_types import Ratio
from ccmon.snapshot.intraday_profiles import time_of_day_ms
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS

CELL_MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
"""Minutes that a cell of a strip may stand for: parts of an hour, so that hours begin with a cell."""


class Strip(Struct, frozen=True):
    """A day as one state per cell."""

    starts_at: int
    """Start of the first cell: a full hour of the local clock."""
    cell_ms: int
    states: Sequence[AgentState | None]
    """In which state most of the cell was spent; None: in no known one."""


class PauseSum(Struct, frozen=True):
    """The pauses of a day with one reason."""

    reason: str | None
    times: int
    total_ms: int
    longest_ms: int
    limit_ms: int
    """From which length on one of them is worth an alarm."""
    over: int
    """How many were longer than the limit."""
    runs: bool
    """Whether the agent is in such a pause now."""


class UsualDay(Struct, frozen=True):
    """What an agent's worked days were like on average."""

    days: int
    """How many there were."""
    handled: float
    sales: float
    missed: float
    paused_ms: float
    aht_ms: float | None
    occupancy: Ratio | None


class ExpectedQuarter(Struct, frozen=True):
    """A quarter of an hour of a queue's day."""

    starts_at: int
    figures: Quarter | None
    """What has come; None: nothing yet."""
    expected: float | None
    """Visits offered in it on average on the same weekday of past weeks; None: on no such day was the queue open."""


def strip(stretches: Sequence[AgentStretch], until: int, cells: int, hour_offset_ms: int) -> Strip | None:
    """The states of a day in at most so many cells, from the first state at work on.

    Args:
        stretches: the states, in order.
        until: the moment up to which they are known.
        cells: how many cells there is room for.
        hour_offset_ms: what a local full hour is apart from one of UTC.

    Returns:
        None without any state but logged out.
    """
    at_work = [each for each in stretches if each.state != AgentState.LOGGED_OUT and each.length_ms(until)]
    if not at_work or cells < 1:
        return None
    first = at_work[0].started_at
    last = max(each.started_at + each.length_ms(until) for each in at_work)
    start = first - (first + hour_offset_ms) % HOUR_MS
    spanned = last - start
    fitting = [minutes for minutes in CELL_MINUTES if minutes * MINUTE_MS * cells >= spanned]
    cell_ms = (fitting[0] if fitting else CELL_MINUTES[-1]) * MINUTE_MS
    spent: defaultdict[int, Counter[AgentState]] = defaultdict(Counter)
    for stretch in stretches:
        begins, ends = max(stretch.started_at, start), stretch.started_at + stretch.length_ms(until)
        while begins < ends:
            cell = (begins - start) // cell_ms
            edge = min(ends, start + (cell + 1) * cell_ms)
            spent[cell][AgentState(stretch.state)] += edge - begins
            begins = edge
    shown = min(cells, -(-spanned // cell_ms))
    return Strip(start, cell_ms, [_most(spent[cell]) for cell in range(shown)])


def _most(spent: Counter[AgentState]) -> AgentState | None:
    return spent.most_common(1)[0][0] if spent else None


def times_in_states(stretches: Iterable[AgentStretch], until: int) -> Mapping[AgentState, int]:
    """Milliseconds in each state by a moment, those in it longest first."""
    times: Counter[AgentState] = Counter()
    for stretch in stretches:
        times[AgentState(stretch.state)] += stretch.length_ms(until)
    return dict(times.most_common())


def pause_sums(
    stretches: Iterable[AgentStretch], until: int, limit_of: Callable[[str | None], int]
) -> Sequence[PauseSum]:
    """The pauses by reason, those with most time first."""
    lengths: defaultdict[str | None, list[int]] = defaultdict(list)
    running: set[str | None] = set()
    for stretch in stretches:
        if stretch.state == AgentState.PAUSED:
            lengths[stretch.reason].append(stretch.length_ms(until))
            if stretch.ended_at is None:
                running.add(stretch.reason)
    sums = [
        PauseSum(
            reason,
            len(each),
            sum(each),
            max(each),
            limit_ms := limit_of(reason),
            sum(length > limit_ms for length in each),
            reason in running,
        )
        for reason, each in lengths.items()
    ]
    return sorted(sums, key=lambda each: (-each.total_ms, each.reason or ""))


def missed_by_cause(missed: Iterable[AgentMissedCall]) -> Mapping[MissedCause, int]:
    """How many calls were missed for each cause, the commonest first."""
    return dict(Counter(each.cause for each in missed).most_common())


def usual_day(days: Sequence[AgentPastDay]) -> UsualDay | None:
    """The average of the worked days; means of calls are over all their calls. None without any."""
    worked = [day for day in days if day.is_worked]
    if not worked:
        return None
    handled = sum(day.handled for day in worked)
    aht_ms = handling.average_handling(
        sum(day.talk_ms for day in worked),
        sum(day.hold_ms for day in worked),
        sum(day.wrap_up_ms for day in worked),
        handled,
    )
    occupancy = agents.occupancy(
        sum(day.talking_ms for day in worked),
        0,
        sum(day.wrapping_up_ms for day in worked),
        sum(day.ready_ms for day in worked),
    )
    return UsualDay(
        len(worked),
        handled / len(worked),
        sum(day.sales for day in worked) / len(worked),
        sum(day.missed for day in worked) / len(worked),
        sum(day.paused_ms for day in worked) / len(worked),
        aht_ms,
        occupancy,
    )


def expected_quarters(
    quarters: Sequence[Quarter], past: Iterable[PastQuarterOffered], day: BusinessDay
) -> Sequence[ExpectedQuarter]:
    """The quarters of an hour of a queue's day in which visits came or were to be expected, in order.

    A day of the past on which nobody called the queue is left out: it was closed.
    """
    by_time: Counter[int] = Counter()
    days = set()
    for row in past:
        if row.offered:
            of_day = BusinessDay("", row.day_starts_at, row.day_ends_at)
            by_time[time_of_day_ms(of_day, row.quarter_at)] += row.offered
            days.add(row.day_starts_at)
    figures = {quarter.starts_at: quarter for quarter in quarters}
    # The other way round than `time_of_day_ms`.
    shift = day.starts_at - DAY_MS + (day.ends_at - day.starts_at)
    moments = sorted({*figures, *(shift + time for time in by_time)})
    return [
        ExpectedQuarter(moment, figures.get(moment), by_time[time_of_day_ms(day, moment)] / len(days) if days else None)
        for moment in moments
        if day.starts_at <= moment < day.ends_at and moment % QUARTER_MS == 0
    ]
