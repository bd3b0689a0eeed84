"""Queues: the calls of the business day by entry, and who waits and talks now (metrics.md 3 to 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, islice, repeat
from operator import attrgetter, is_not
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.wait_times import longer_from
from ccmon.model.agents import AgentFigures, Membership
from ccmon.model.queues import Quarter, QueueFigures
from ccmon.snapshot.directory import Directory, Queue
from ccmon.snapshot.floor_data import FloorData, PastDays
from ccmon.snapshot.floor_rows import QUEUE_COUNTS, QueueTargets, QueueTotals, queue_counts
from ccmon.snapshot.incremental import IncrementalValues, changed
from ccmon.snapshot.open_calls import NO_OPEN_CALLS, CallsOfQueue
from ccmon.snapshot.quarters import MergedQuarters, QuartersOfQueue
from ccmon.snapshot.staffing import CachedAllotment, CachedNeed, StaffingByQueue, StaffingCount
from ccmon.time_units import QUARTER_MS

ALL_QUEUES = "All queues"
"""Name of the line of all queues together."""
NO_QUARTERS: Sequence[QueueTotals] = ()
NO_QUEUE_TOTALS = QueueTotals(*[0] * len(QueueTotals.__struct_fields__))
SUMMED = (*QUEUE_COUNTS, "waiting", "talking", "open")
_summed = attrgetter(*SUMMED)
_optional = attrgetter("agents_needed", "longest_finished_wait_ms", "longest_wait_since", "open_since")
_shared = attrgetter("purpose", "client", "service_level_threshold_ms", "service_level_target")


class _QueueRows(Struct, frozen=True):
    """What a queue's figures are made of, beside the directory and the agents."""

    quarters: Sequence[QueueTotals]
    sums: QueueTotals
    targets: QueueTargets
    longest_wait_s: int | None
    calls: CallsOfQueue
    past: PastDays
    is_complete: bool


_Staffed = tuple[QueueFigures, StaffingCount, bool, int | None]
"""A queue without its agents, how many there are, whether that is known, and how many it is allotted."""


class QueuesOfTheDay:
    """Each queue of a directory, cached from one snapshot to the next while nothing in it has changed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._inputs: tuple[object, ...] = ()
        self._rows: Mapping[int, _QueueRows] = {}
        self._of_calls = IncrementalValues[QueueFigures](directory.queues)
        """The figures without the agents who are here."""
        self._figures = IncrementalValues[QueueFigures](directory.queues)
        self._quarters: defaultdict[int, QuartersOfQueue] = defaultdict(QuartersOfQueue)
        self._needs: defaultdict[int, CachedNeed] = defaultdict(partial(CachedNeed, {}))
        self._needed: Mapping[int, int | None] = {}
        self._allotment = CachedAllotment()
        self._merged = MergedQuarters()
        self._usual: dict[int, tuple[PastDays, Mapping[int, float]]] = {}
        """Calls usually offered by quarter, and of which days, by queue."""
        self._sums: tuple[tuple[QueueFigures, ...], QueueFigures] | None = None
        """Figures without agents, and their sum."""

    def update(
        self,
        data: FloorData,
        calls: Mapping[int, CallsOfQueue],
        staffing: StaffingByQueue,
        tracked: Container[object],
        when: NextChange,
    ) -> tuple[QueueFigures, ...]:
        """Take the rows of another moment; return all queues.

        Args:
            data: the rows.
            calls: those of them that are open, by queue; the same object while none has changed.
            staffing: who can take calls.
            tracked: pairs of "queue" and its id, where it is known who serves it.
            when: the moment up to which it is known what goes on; collects when a queue changes.
        """
        of_calls, by_queue = self._of_calls.by_key, staffing.by_queue
        if self._of_calls.update(self._take(data, calls), when, partial(self._figures_of, data)):
            self._needed = {queue_id: queue.agents_needed for queue_id, queue in of_calls.items()}
        shares = self._allotment.update(self._needed, staffing)
        made_of: dict[int, _Staffed] = {}
        for queue_id in self._directory.queues:
            is_known = ("queue", queue_id) in tracked
            made_of[queue_id] = of_calls[queue_id], by_queue[queue_id], is_known, shares.get(queue_id)
        self._figures.update_made_of(made_of, NextChange(when.at), partial(_with_agents, made_of))
        return self._figures.all

    def total(self, staffing: StaffingCount) -> QueueFigures:
        """All queues together, after an update."""
        of_calls = self._of_calls.all
        if self._sums is None or self._sums[0] is not of_calls:
            self._sums = of_calls, _sum_of_calls(of_calls, ALL_QUEUES, self._merged)
        return _sum_with_agents(self._sums[1], self._figures.all, staffing)

    def _take(self, data: FloorData, calls: Mapping[int, CallsOfQueue]) -> Iterable[int]:
        """Take rows; return the queues of which they have changed."""
        inputs = data.quarters, data.queue_totals, data.targets, data.longest_waits, calls, data.past, data.progress
        if len(inputs) == len(self._inputs) and not any(map(is_not, inputs, self._inputs)):
            return ()
        before, self._inputs = self._rows, inputs
        self._rows = {
            queue_id: _QueueRows(
                quarters=data.quarters.get(queue_id, NO_QUARTERS),
                sums=data.queue_totals.get(queue_id, NO_QUEUE_TOTALS),
                targets=data.targets[queue_id],
                longest_wait_s=data.longest_waits.get(queue_id),
                calls=calls.get(queue_id, NO_OPEN_CALLS),
                past=data.past,
                is_complete=not data.progress,
            )
            for queue_id in self._directory.queues
        }
        return changed(before, self._rows)

    def _figures_of(self, data: FloorData, queue_id: int, when: NextChange) -> QueueFigures:
        rows = self._rows[queue_id]
        quarters = self._quarters[queue_id].update(rows.quarters)
        needed = self._needs[queue_id].update(data, rows.quarters, targets=rows.targets, sums=rows.sums, when=when)
        past, usual = self._usual.get(queue_id, (None, {}))
        if past is not rows.past:
            usual = usual_offered(rows.past, queue_id)
            self._usual[queue_id] = rows.past, usual
        return _queue(data, self._directory.queues[queue_id], rows, quarters, needed, usual=usual)


def _queue(
    data: FloorData,
    queue: Queue,
    rows: _QueueRows,
    quarters: tuple[Quarter, ...],
    agents_needed: int | None,
    *,
    usual: Mapping[int, float],
) -> QueueFigures:
    """A queue without the agents who are here."""
    sums, targets, waiting, orphaned = rows.sums, rows.targets, rows.calls.waiting, rows.calls.orphaned
    # Nobody has heard of their end: what was answered stays so, and is counted apart (metrics.md 1.5).
    unanswered = sum(call.answered_at is None for call in orphaned)
    counts = dict(zip(QUEUE_COUNTS, queue_counts(sums), strict=True))
    counts["unknown"] += unanswered
    counts["cut_off"] += len(orphaned) - unanswered
    here = [call for call in waiting if call.entered_at >= data.day.starts_at]
    return QueueFigures(
        id=queue.id,
        name=queue.name,
        purpose=queue.purpose,
        client=queue.client,
        service_level_threshold_ms=targets.threshold_ms,
        service_level_target=targets.target,
        handling_target_ms=queue.handling_target_ms,
        waiting=len(waiting),
        longest_wait_since=min((call.entered_at for call in waiting), default=None),
        talking=rows.calls.talking,
        agents_ready=0,
        agents_on_phones=0,
        agents_needed=agents_needed,
        open=len(here),
        open_since=min((call.entered_at for call in here), default=None),
        threshold_passed_at=tuple([longer_from(call.entered_at, targets.threshold_ms) for call in here]),
        longest_finished_wait_ms=None if rows.longest_wait_s is None else rows.longest_wait_s * 1000,
        quarters=quarters,
        usual_offered=usual,
        **counts,
    )


def usual_offered(past: PastDays, queue_id: int) -> Mapping[int, float]:
    """Mean calls offered to a queue by the number of the quarter in the day, over past days with any call."""
    days = [day for day in past.same_weekdays if day.quarters]
    found: defaultdict[int, float] = defaultdict(float)
    for day in days:
        for quarter in day.quarters.get(queue_id, ()):
            found[(quarter.quarter_at - day.day.starts_at) // QUARTER_MS] += quarter.offered / len(days)
    return dict(found)


def _with_agents(staffed: Mapping[int, _Staffed], queue_id: int, _: NextChange) -> QueueFigures:
    queue, staffing, known, allotted = staffed[queue_id]
    return replace(
        queue,
        agents_ready=staffing.ready,
        agents_on_phones=staffing.on_phones,
        agents_known=known,
        agents_allotted=allotted if known else None,
    )


def total_figures(
    queues: Sequence[QueueFigures], members: Sequence[Membership], agents: Sequence[AgentFigures]
) -> QueueFigures:
    """The total over some queues with the agents who serve them."""
    return summed(queues, ALL_QUEUES, StaffingByQueue(members, agents).together)


def summed(queues: Sequence[QueueFigures], name: str, staffing: StaffingCount) -> QueueFigures:
    """The total over some queues: numerators and denominators added up, never percentages (metrics.md 1.4)."""
    return _sum_with_agents(_sum_of_calls(queues, name, MergedQuarters()), queues, staffing)


def _sum_of_calls(queues: Sequence[QueueFigures], name: str, merged: MergedQuarters) -> QueueFigures:
    """The total without the agents who are here."""
    columns = zip(*[*map(_optional, queues)], strict=True) if queues else repeat(())
    needed, longest, waiting_since, open_since = (
        [value for value in column if value is not None] for column in islice(columns, 4)
    )
    shared = zip(*[*map(_shared, queues)], strict=True) if queues else repeat(())
    purpose, client, threshold_ms, target = map(_common, islice(shared, 4))
    counts = map(sum, zip(*[*map(_summed, queues)], strict=True)) if queues else repeat(0)
    return QueueFigures(
        id=None,
        name=name,
        purpose=purpose,
        client=client,
        service_level_threshold_ms=threshold_ms,
        service_level_target=target,
        handling_target_ms=None,
        longest_wait_since=min(waiting_since, default=None),
        agents_ready=0,
        agents_on_phones=0,
        agents_needed=sum(needed) if needed else None,
        open_since=min(open_since, default=None),
        threshold_passed_at=tuple(chain(*[queue.threshold_passed_at for queue in queues])),
        longest_finished_wait_ms=max(longest, default=None),
        agents_known=True,
        quarters=merged.update(tuple([queue.quarters for queue in queues])),
        usual_offered=merged.update_usual([queue.usual_offered for queue in queues]),
        **dict(zip(SUMMED, counts, strict=False)),
    )


def _sum_with_agents(total: QueueFigures, queues: Sequence[QueueFigures], staffing: StaffingCount) -> QueueFigures:
    shares, short, known = [], 0, not queues
    for queue in queues:
        known = known or queue.agents_known
        if queue.agents_allotted is not None:
            shares.append(queue.agents_allotted)
        short -= min(0, queue.agents_gap or 0)
    return replace(
        total,
        agents_ready=staffing.ready,
        agents_on_phones=staffing.on_phones,
        agents_allotted=((total.agents_needed or 0) - short if short else sum(shares)) if shares else None,
        agents_known=known,
    )


def _common(values: Iterable[Any]) -> Any:
    """The value that all share, if they do."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
