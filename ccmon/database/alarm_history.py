"""Reads what alarms need to know of the time before a moment, and only as far back as an alarm that stands reaches.

Most of the time that is half an hour. Where an alarm may have begun before what has been read, more is read. A reader
that polls looks at who was there during a wait while it goes on and when it is over: a state or a membership that is
told later, of a time before, counts for it when everything is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.metrics.alarm_stretches import Stretches, alarm_at, common, united, with_stretch, without
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.open_calls import is_orphaned
from ccmon.model.alarm_history import NO_HISTORY, Acts, AlarmAct, AlarmHistory, LongWait, MissedRun, QueueHistory
from ccmon.snapshot.data_moments import DataMoments
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, TrackedSubject
from ccmon.snapshot.queue_alarms import RULES, QueueRules, open_stretches, stretches_of_waits
from ccmon.time_units import DAY_MS, NEVER, SECOND_MS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ccmon.database.change_log import Touched

DAYS_OF_ACTS = 7
"""How long somebody may have had an alarm that still stands."""
MOST_WAITS = 256
"""With more waits of a queue, those are forgotten that no alarm reaches back to."""
LONGEST_MEMBERSHIP_MS = 2 * DAY_MS
"""Nobody logs in to a queue, or pauses there, for longer before it ends: so older rows need not be looked at."""


class StaffRow(Struct, frozen=True, gc=False):
    """A time in which an agent served a queue or was paused in it. A row of ``members_since`` or ``pauses_since``."""

    agent_id: int
    started_at: int
    ended_at: int | None


class PhoneRow(Struct, frozen=True, gc=False):
    """A time in which an agent was on the phones. A row of ``on_the_phones_since``."""

    agent_id: int
    started_at: int
    ended_at: int | None
    queue_id: int | None
    """That of the call."""


class AlarmHistoryReader:
    """Reads the history of a moment, and for the present keeps it up with what changes."""

    def __init__(self) -> None:
        self._waits: defaultdict[int, dict[int, LongWait]] = defaultdict(dict)
        """By queue and call."""
        self._history = AlarmHistory()
        self._tracked: Sequence[TrackedSubject] = ()

    def read(self, database: Database, data: FloorData, at: int, known_as_of: int) -> AlarmHistory:
        """The history of a moment.

        Args:
            database: the database.
            data: the other rows of the moment.
            at: the moment.
            known_as_of: the same, to leave out what came later; `NEVER`: nothing is left out.
        """
        self._tracked = data.tracked
        acts = read_acts(database, at, known_as_of)
        ended_at = DataMoments.of(data.sources, data.newest_at, at, data.directory.alarm_limits).data_ends_at
        at = at if ended_at is None else ended_at  # then it is known what went on
        floor = FloorOfAlarms(database, data, at, known_as_of)
        longest_ms = max((wait or 0 for wait in data.longest_waits.values()), default=0) * SECOND_MS
        begins = _begins(data)
        reach = floor.shortest_reach_ms + longest_ms
        first_at = min(floor.waiting_since.values(), default=at)
        while True:
            since = max(begins, min(first_at, at - reach))
            queues = floor.queues(since)
            if since == begins or not floor.may_reach_back(queues, since + longest_ms):
                break
            reach *= 4
        self._waits = defaultdict(dict)
        for number, queue in queues.items():
            self._waits[number] = {wait.id: wait for wait in queue.waits}
        missed = _missed_runs(database, data, (row.agent_id for row in data.agent_days if row.missed), known_as_of)
        self._history = AlarmHistory(queues, missed, acts)
        return self._history

    def update(
        self, database: Database, data: FloorData, touched: Touched, agent_days: Mapping[int, AgentTotals], at: int
    ) -> AlarmHistory:
        """The history of the present, after a change; the same object if nothing in it has changed.

        Args:
            database: the database.
            data: the other rows of now.
            touched: what has changed.
            agent_days: the agents' totals.
            at: now.
        """
        # With another threshold, other waits are of consequence; once it is known who serves a queue, all of them.
        is_tracked_alike = data.tracked is self._tracked or _queues(data.tracked) == _queues(self._tracked)
        if "targets" in touched.subjects or not is_tracked_alike:
            self._history = _with_objects_of(self._history, self.read(database, data, at, NEVER))
            return self._history
        before, self._tracked = self._history, data.tracked
        queues = before.queues
        if touched.calls or touched.agents or touched.members:
            queues = self._updated_queues(FloorOfAlarms(database, data, at, NEVER), touched)
        missed = before.missed
        agents = {each for each in touched.agents if each in missed or (each in agent_days and agent_days[each].missed)}
        if agents:
            found = _missed_runs(database, data, agents, NEVER)
            missed = {**{each: run for each, run in missed.items() if each not in agents}, **found}
            missed = before.missed if missed == before.missed else missed
        acts = before.acts
        if "alarm_act" in touched.subjects:
            acts = read_acts(database, at, NEVER)
            acts = before.acts if acts == before.acts else acts
        if queues is not before.queues or missed is not before.missed or acts is not before.acts:
            self._history = AlarmHistory(queues, missed, acts)
        return self._history

    def _updated_queues(self, floor: FloorOfAlarms, touched: Touched) -> Mapping[int, QueueHistory]:
        before = self._history.queues
        ended = self._take_waits(floor, touched.calls) if touched.calls else {}
        found: dict[int, QueueHistory] = {}
        for number in {*ended, *floor.waiting_since}:
            of_queue = before.get(number, NO_HISTORY)
            waits = of_queue.waits
            if number in ended:
                waits = tuple(sorted(self._waits[number].values(), key=_left_at))
            first_at = min(ended.get(number, NEVER), floor.waiting_since.get(number, NEVER))
            unstaffed = floor.unstaffed_again(number, of_queue.unstaffed, first_at)
            if waits != of_queue.waits or unstaffed != of_queue.unstaffed:
                found[number] = self._without_old(floor, number, QueueHistory(waits, unstaffed))
        return {**before, **found} if found else before

    def _take_waits(self, floor: FloorOfAlarms, calls: Collection[int]) -> dict[int, int]:
        """Take the waits of calls; return when the first caller entered whose wait is another than before, by queue."""
        rows = {wait.id: wait for wait in floor.waits_of(calls)}
        changed: dict[int, int] = {}
        for call in calls:
            now = rows.get(call)
            for number, waits in self._waits.items():
                wait = waits.get(call)
                if wait is not None and wait != now:
                    del waits[call]
                    changed[number] = min(wait.entered_at, changed.get(number, NEVER))
            if now is not None and self._waits[now.queue_id].get(call) != now:
                self._waits[now.queue_id][call] = now
                changed[now.queue_id] = min(now.entered_at, changed.get(now.queue_id, NEVER))
        return changed

    def _without_old(self, floor: FloorOfAlarms, number: int, history: QueueHistory) -> QueueHistory:
        if len(history.waits) <= MOST_WAITS or len(history.waits) % (MOST_WAITS // 2):
            return history
        needed_from = floor.reaches_back_to(number, history) - floor.shortest_reach_ms
        waits = tuple(wait for wait in history.waits if wait.left_at > needed_from)
        self._waits[number] = {wait.id: wait for wait in waits}
        return QueueHistory(waits, history.unstaffed)


class FloorOfAlarms:
    """The floor at a moment, of which the time before is read."""

    def __init__(self, database: Database, data: FloorData, at: int, known_as_of: int) -> None:
        self._database, self._at, self._known_as_of = database, at, known_as_of
        limits = data.directory.alarm_limits
        self.rules = {
            number: QueueRules.of(queue.name, data.targets[number].threshold_ms, limits)
            for number, queue in data.directory.queues.items()
            if number in data.targets
        }
        self._shortest_wait_ms = min((rules.shortest_wait_ms for rules in self.rules.values()), default=0)
        self._calm_ms = limits.calm_ms
        self.shortest_reach_ms = 2 * limits.calm_ms + limits.short_of_agents_ms
        """No alarm can be told without so much of the past."""
        self._found_unstaffed: dict[tuple[int, int], Stretches] = {}
        """By queue and since when, what has been read."""
        self._tracked = _queues(data.tracked)
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
            since: the moment from which on callers have entered.
            is_whole: whether to read since then when nobody was on the phones; else only as far back as may matter now.
        """
        waits: defaultdict[int, list[LongWait]] = defaultdict(list)
        parameters = {"since": since, "known_as_of": self._known_as_of, "longer_than_ms": self._shortest_wait_ms}
        for wait in self._database.rows("long_waits", LongWait, parameters):
            waits[wait.queue_id].append(wait)
        numbers = {*waits, *self.waiting_since} & self.rules.keys()
        maybe_unstaffed = numbers if is_whole else self._maybe_unstaffed(numbers, waits, since)
        found = {}
        for number in numbers:
            unstaffed: Stretches = ()
            if number in maybe_unstaffed:
                unstaffed = self.unstaffed(number, since) if is_whole else self._unstaffed_lately(number, since)
            found[number] = QueueHistory(tuple(waits.get(number, ())), unstaffed)
        return found

    def _maybe_unstaffed(
        self, numbers: Collection[int], waits: Mapping[int, Collection[LongWait]], since: int
    ) -> Collection[int]:
        """The queues that nobody may have served during a wait that matters now: mostly none."""
        first = max(since, self._at - 2 * self._calm_ms)
        lately = [
            (number, max(wait.entered_at, first), wait.left_at)
            for number in self._tracked.intersection(numbers)
            for wait in waits.get(number, ())
            if wait.left_at > first
        ]
        lately += [
            (number, max(entered_at, first), NEVER)
            for number, entered_at in self.waiting_since.items()
            if number in numbers and number in self._tracked
        ]
        if not lately:
            return ()
        own = {
            "waits": dumps(lately),
            "since": first,
            "known_as_of": self._known_as_of,
            "longest_ms": LONGEST_MEMBERSHIP_MS,
        }
        return set(self._database.values("queues_with_waits_unstaffed", own))

    def waits_of(self, calls: Collection[int]) -> list[LongWait]:
        """The waits of some calls."""
        parameters = {
            "calls": dumps(list(calls)),
            "since": _begins(self._data),
            "longer_than_ms": self._shortest_wait_ms,
        }
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
        """The same from as far back as an alarm may reach that stands."""
        reach = 2 * self._calm_ms
        while True:
            first = max(since, self._at - reach)
            found = self._found_unstaffed.get((number, first))
            if found is None:
                found = self._found_unstaffed[number, first] = self.unstaffed(number, first)
            if first == since or not found or found[0][0] >= first + self._calm_ms:
                return found
            reach *= 4

    def unstaffed(self, number: int, since: int) -> Stretches:
        """When nobody was on the phones of a queue since a moment; never where it is not known who serves it."""
        if number not in self._tracked:
            return ()
        own = {
            "queue_id": number,
            "since": since,
            "known_as_of": self._known_as_of,
            "longest_ms": LONGEST_MEMBERSHIP_MS,
        }
        if self._database.value("is_staffed_since", own):
            return ()
        members = self._database.rows("members_since", StaffRow, own)
        agents = dumps(list({row.agent_id for row in members}))
        phones = self._database.rows("on_the_phones_since", PhoneRow, {**own, "agents": agents})
        pauses = self._database.rows("pauses_since", StaffRow, own)
        serves, paused = self._by_agent(members), self._by_agent(pauses)
        there = self._times_there(number, since, phones, serves=serves, paused=paused)
        staffed = united(chain.from_iterable(there))
        return tuple(without((since, NEVER), staffed))

    def _times_there(
        self,
        number: int,
        since: int,
        phones: Iterable[PhoneRow],
        *,
        serves: Mapping[int, Stretches],
        paused: Mapping[int, Stretches],
    ) -> Iterable[Stretches]:
        """When each agent was on the phones and took the calls of the queue, or had one; it may begin before."""
        for row in phones:
            time, served = (row.started_at, self._end(row.ended_at)), serves[row.agent_id]
            if served[0][0] <= since and served[0][1] == NEVER and row.agent_id not in paused:
                yield (time,)
                continue
            for there in common(time, served):
                if row.queue_id == number:
                    yield (there,)
                else:
                    yield tuple(without(there, paused.get(row.agent_id, ())))

    def _by_agent(self, rows: Iterable[StaffRow]) -> Mapping[int, Stretches]:
        found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for row in rows:
            found[row.agent_id].append((row.started_at, self._end(row.ended_at)))
        return {agent: united(times) for agent, times in found.items()}

    def _end(self, ended_at: int | None) -> int:
        return NEVER if ended_at is None or ended_at > self._known_as_of else ended_at


def _queues(tracked: Iterable[TrackedSubject]) -> set[int]:
    """Of the subjects that some source reports on, the queues."""
    return {each.id for each in tracked if each.what == "queue"}


def _with_objects_of(before: AlarmHistory, now: AlarmHistory) -> AlarmHistory:
    """A history in which what is equal is the same object as before."""
    queues = {
        number: before.queues[number] if before.queues.get(number) == queue else queue
        for number, queue in now.queues.items()
    }
    if (queues, now.missed, now.acts) == (before.queues, before.missed, before.acts):
        return before
    return AlarmHistory(
        before.queues if queues == before.queues else queues,
        before.missed if now.missed == before.missed else now.missed,
        before.acts if now.acts == before.acts else now.acts,
    )


def _begins(data: FloorData) -> int:
    """When a caller must have entered whose wait may be of consequence."""
    return data.day.starts_at - data.site.max_open_ms


def _left_at(wait: LongWait) -> tuple[int, int]:
    return wait.left_at, wait.id


def _missed_runs(database: Database, data: FloorData, agents: Iterable[int], known_as_of: int) -> dict[int, MissedRun]:
    found = list(agents)
    if not found:
        return {}
    own = {
        "agents": dumps(found),
        "day_starts_at": data.day.starts_at,
        "day_ends_at": data.day.ends_at,
        "known_as_of": known_as_of,
    }
    return {run.agent_id: run for run in database.rows("missed_runs", MissedRun, own)}


def read_acts(database: Database, at: int, known_as_of: int) -> Acts:
    """What was done about alarms that may still stand at a moment."""
    since = at - DAYS_OF_ACTS * DAY_MS
    found: defaultdict[tuple[str, str], list[AlarmAct]] = defaultdict(list)
    for act in database.rows("alarm_acts", AlarmAct, {"since": since, "known_as_of": min(at, known_as_of)}):
        found[act.rule, act.subject].append(act)
    return {about: tuple(acts) for about, acts in found.items()}
