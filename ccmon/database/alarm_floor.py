"""Reads who waited and who was there before a moment, as far as alarms about queues depend on it.

What is read of a time does not depend on how far back it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.metrics.alarm_stretches import Stretch, Stretches, alarm_at, common, united, with_stretch, without
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.open_calls import is_orphaned
from ccmon.model.alarm_history import LongWait, QueueHistory
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import QueueTargets, TrackedSubject
from ccmon.snapshot.queue_alarms import RULES, QueueRules, open_stretches, stretches_of_waits
from ccmon.time_units import DAY_MS, NEVER

LONGEST_MEMBERSHIP_MS = 2 * DAY_MS
"""Nobody logs in to a queue, or pauses there, for longer before the day in which it ends: older rows are not read."""


class StaffRow(Struct, frozen=True, gc=False):
    """A time in which an agent served a queue or was paused in it. A row of ``members_since`` or ``pauses_since``."""

    agent_id: int
    started_at: int
    ended_at: int | None


class StateSince(Struct, frozen=True, gc=False):
    """A state of an agent, until the next one begins at the latest. A row of ``states_since``."""

    agent_id: int
    started_at: int
    ended_at: int | None
    queue_id: int | None
    """That of the call."""
    on_the_phones: bool


class StaffedBy(Struct, frozen=True, gc=False):
    """An agent whom a queue has had since a moment without a change, for as long as nothing of the agent changes."""

    agent_id: int
    since: int


class BasisOfAlarms(Struct, frozen=True, eq=False):
    """What seldom changes from poll to poll, of which alarms about queues depend."""

    directory: Directory
    targets: Mapping[int, QueueTargets]
    tracked_subjects: Sequence[TrackedSubject]
    """From these rows it is made."""
    rules: Mapping[int, QueueRules]
    """By queue."""
    shortest_wait_ms: int
    """No wait that is no longer than this is of any consequence."""
    tracked: set[int]
    """The queues that some source reports on."""

    @classmethod
    def of(cls, data: FloorData, last: BasisOfAlarms | None) -> BasisOfAlarms:
        """That of some rows; parts of the last one are used again."""
        directory, targets, subjects = data.directory, data.targets, data.tracked
        is_ruled_alike = last is not None and last.directory is directory and last.targets is targets
        if last is not None and is_ruled_alike:
            if last.tracked_subjects is subjects:
                return last
            return cls(directory, targets, subjects, last.rules, last.shortest_wait_ms, tracked_queues(subjects))
        rules = {
            number: QueueRules.of(queue.name, targets[number].threshold_ms, directory.alarm_limits)
            for number, queue in directory.queues.items()
            if number in targets
        }
        shortest_wait_ms = min((each.shortest_wait_ms for each in rules.values()), default=0)
        return cls(directory, targets, subjects, rules, shortest_wait_ms, tracked_queues(subjects))


class FloorOfAlarms:
    """The floor at a moment, of which the time before is read."""

    def __init__(
        self,
        database: Database,
        data: FloorData,
        at: int,
        known_as_of: int,
        basis: BasisOfAlarms | None = None,
        *,
        staffed_by: dict[int, StaffedBy] | None = None,
    ) -> None:
        """The floor at a moment.

        Args:
            database: the database.
            data: the other rows of the moment.
            at: the moment.
            known_as_of: the same, to leave out what came later; `NEVER`: nothing is left out.
            basis: what the last one rested on, which is used again where it has not changed.
            staffed_by: by queue, who is known to be there now; those who are found are added.
        """
        self._database, self._at, self._known_as_of = database, at, known_as_of
        self._staffed_by = {} if staffed_by is None else staffed_by
        limits = data.directory.alarm_limits
        self.basis = BasisOfAlarms.of(data, basis)
        self.rules, self.tracked = self.basis.rules, self.basis.tracked
        self.shortest_wait_ms = self.basis.shortest_wait_ms
        self._of_waits = {"longer_than_ms": self.shortest_wait_ms, "max_open_ms": data.site.max_open_ms}
        self._calm_ms = limits.calm_ms
        self.shortest_reach_ms = 2 * limits.calm_ms + limits.short_of_agents_ms
        """No alarm can be told without so much of the past."""
        self._found_unstaffed: dict[tuple[int, int], Stretches] = {}
        """By queue and since when, what has been read."""
        self.begins = waits_begin(data)
        self._not_before = self.begins - LONGEST_MEMBERSHIP_MS
        self._lately = at - 2 * self._calm_ms
        """Since when `unstaffed_lately` looks at least."""
        self._staffing_known_from: dict[int, int] = {}
        """By queue, where it has looked further back."""
        self._data = data
        self.waiting_since: dict[int, int] = {}
        """By queue, when the caller entered who waits longest."""
        for call in data.calls:
            if call.answered_at is None and not is_orphaned(call.entered_at, at, data.site.max_open_ms):
                self.waiting_since[call.queue_id] = min(
                    call.entered_at, self.waiting_since.get(call.queue_id, call.entered_at)
                )

    def queues(self, since: int, *, is_whole: bool = False) -> dict[int, QueueHistory]:
        """The history of each queue that has one.

        Args:
            since: the moment after which waits have ended.
            is_whole: whether to read since then when nobody was on the phones; else only as far back as may matter now.
        """
        waits: defaultdict[int, list[LongWait]] = defaultdict(list)
        parameters = {**self._of_waits, "since": since, "known_as_of": self._known_as_of}
        for wait in self._database.rows("long_waits", LongWait, parameters):
            waits[wait.queue_id].append(wait)
        numbers = {*waits, *self.waiting_since} & self.rules.keys()
        if is_whole:
            unstaffed = {number: self.unstaffed(number, since) for number in numbers}
        else:
            unstaffed = self.unstaffed_lately(numbers, waits, since)
        return {number: QueueHistory(tuple(waits.get(number, ())), unstaffed.get(number, ())) for number in numbers}

    def unstaffed_lately(
        self, numbers: Collection[int], waits: Mapping[int, Collection[LongWait]], since: int
    ) -> dict[int, Stretches]:
        """When nobody was on the phones of queues, from as far back as an alarm may reach that stands.

        Args:
            numbers: the queues.
            waits: of each queue, its waits that are over.
            since: the moment from which on they are known.
        """
        maybe = self._maybe_unstaffed(numbers, waits, since)
        return {number: self._unstaffed_lately(number, since) for number in maybe}

    def staffing_known_from(self, number: int) -> int:
        """Since when it is known whether anybody was on the phones during the waits of a queue."""
        return self._staffing_known_from.get(number, self._lately) if number in self.tracked else 0

    def _maybe_unstaffed(
        self, numbers: Collection[int], waits: Mapping[int, Collection[LongWait]], since: int
    ) -> Collection[int]:
        """The queues that nobody may have served during a wait that matters now: mostly none."""
        first = max(since, self._lately)
        lately = [
            (number, max(wait.entered_at, first), wait.left_at)
            for number in self.tracked.intersection(numbers)
            for wait in waits.get(number, ())
            if wait.left_at > first
        ]
        lately += [
            (number, max(entered_at, first), NEVER)
            for number, entered_at in self.waiting_since.items()
            if number in numbers and number in self.tracked
        ]
        if not lately:
            return ()
        own = {
            "waits": dumps(lately),
            "since": first,
            "known_as_of": self._known_as_of,
            "not_before": self._not_before,
        }
        return set(self._database.values("queues_with_waits_unstaffed", own))

    def waits_of(self, calls: Collection[int]) -> list[LongWait]:
        """The waits of some calls."""
        parameters = {**self._of_waits, "calls": dumps(list(calls)), "since": self.begins}
        rows = self._database.rows("long_waits_by_id", LongWait, parameters)
        return [row for row in rows if row.queue_id in self.rules]

    def may_reach_back(self, queues: Mapping[int, QueueHistory], known_from: int) -> bool:
        """Whether an alarm may have begun before a moment from which on everything is known."""
        return any(self.reaches_back_to(number, queue, known_from) < known_from for number, queue in queues.items())

    def reaches_back_to(self, number: int, history: QueueHistory, known_from: int | None = None) -> int:
        """When the earliest of a queue's alarms began, taken that each rule was broken just before ``known_from``."""
        rules, first = self.rules[number], self._at
        found = stretches_of_waits(history.waits, rules, history.unstaffed, self.opened)
        if number in self.waiting_since:
            found = found.with_wait(self.waiting_since[number], NEVER, rules, history.unstaffed, self.opened)
        for rule in RULES:
            stretches, for_ms = found.of(rule), rules.for_ms(rule)
            if known_from is not None:
                stretches = with_stretch(stretches, (known_from - for_ms - 1, known_from))
            alarm = alarm_at(stretches, NextChange(self._at), for_ms=for_ms, calm_ms=rules.calm_ms)
            first = first if alarm is None else min(first, alarm.since)
        return first

    @property
    def opened(self) -> Stretches:
        """When the site is open."""
        data = self._data
        today = data.directory.calendar.stretches(data.day, ZoneInfo(data.site.time_zone))
        return open_stretches(today)

    def unstaffed_again(self, number: int, known: Stretches, since: int) -> Stretches:
        """When nobody was on the phones of a queue, read again from a moment on."""
        earlier = ((start, min(end, since)) for start, end in known if start < since)
        return united(chain(earlier, self.unstaffed(number, since)))

    def _unstaffed_lately(self, number: int, since: int) -> Stretches:
        reach = 2 * self._calm_ms
        while True:
            first = self._staffing_known_from[number] = max(since, self._at - reach)
            found = self._found_unstaffed.get((number, first))
            if found is None:
                # `_maybe_unstaffed` has found that nobody was there all the time.
                found = self._found_unstaffed[number, first] = self._read_unstaffed(number, first)
            if first == since or not found or found[0][0] >= first + self._calm_ms:
                return found
            reach *= 4

    def unstaffed(self, number: int, since: int) -> Stretches:
        """When nobody was on the phones of a queue since a moment; never where it is not known who serves it."""
        if number not in self.tracked:
            return ()
        known = self._staffed_by.get(number)
        if known is not None and known.since <= since:
            return ()
        agent = self._database.value("staffed_since_by", self._of_staff(number, since))
        if agent is None:
            return self._read_unstaffed(number, since)
        self._staffed_by[number] = StaffedBy(agent, since)
        return ()

    def _of_staff(self, number: int, since: int) -> Parameters:
        return {
            "queue_id": number,
            "since": since,
            "known_as_of": self._known_as_of,
            "not_before": self._not_before,
        }

    def _read_unstaffed(self, number: int, since: int) -> Stretches:
        """As `unstaffed`, of a queue of which it is known who serves it, whoever may have been there all the time."""
        own = self._of_staff(number, since)
        members = self._database.rows("members_since", StaffRow, own)
        agents = dumps(list({row.agent_id for row in members}))
        states = self._database.rows("states_since", StateSince, {**own, "agents": agents})
        pauses = self._database.rows("pauses_since", StaffRow, own)
        serves, paused = self._by_agent(members), self._by_agent(pauses)
        there = self._times_there(number, since, states, serves=serves, paused=paused)
        staffed = united(chain.from_iterable(there))
        return tuple(without((since, NEVER), staffed))

    def _times_there(
        self,
        number: int,
        since: int,
        states: Iterable[StateSince],
        *,
        serves: Mapping[int, Stretches],
        paused: Mapping[int, Stretches],
    ) -> Iterable[Stretches]:
        """When each agent was on the phones and took the calls of the queue, or had one; it may begin before."""
        for row, time in self._times_on_the_phones(states):
            served = serves[row.agent_id]
            if not served:  # it ended before it began
                continue
            if served[0][0] <= since and served[0][1] == NEVER and row.agent_id not in paused:
                yield (time,)
                continue
            for there in common(time, served):
                if row.queue_id == number:
                    yield (there,)
                else:
                    yield tuple(without(there, paused.get(row.agent_id, ())))

    def _times_on_the_phones(self, states: Iterable[StateSince]) -> Iterable[tuple[StateSince, Stretch]]:
        """The states on the phones, and from when until when each was.

        Args:
            states: those of each agent in the order in which they began.
        """
        for row, after in pairwise(chain(states, (None,))):
            if row is not None and row.on_the_phones:
                end = self._end(row.ended_at)
                if after is not None and after.agent_id == row.agent_id:
                    end = min(end, after.started_at)
                yield row, (row.started_at, end)

    def _by_agent(self, rows: Iterable[StaffRow]) -> Mapping[int, Stretches]:
        found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for row in rows:
            found[row.agent_id].append((row.started_at, self._end(row.ended_at)))
        return {agent: united(times) for agent, times in found.items()}

    def _end(self, ended_at: int | None) -> int:
        return NEVER if ended_at is None or ended_at > self._known_as_of else ended_at


def tracked_queues(tracked: Iterable[TrackedSubject]) -> set[int]:
    """Of the subjects that some source reports on, the queues."""
    return {each.id for each in tracked if each.what == "queue"}


def waits_begin(data: FloorData) -> int:
    """After which moment a wait must have ended that may be of consequence."""
    return data.day.starts_at - data.site.max_open_ms
