"""Reads what alarms need to know of the time before a moment, and only as far back as an alarm that stands reaches.

Most of the time that is half an hour. Where an alarm may have begun before what has been read, more is read. A reader
that polls reads what has changed: who was there during a wait that goes on or has just ended, and of the time before
what is told late, corrected or deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct

from ccmon.database.alarm_floor import BasisOfAlarms, FloorOfAlarms, StaffedBy, tracked_queues
from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.metrics.alarm_stretches import Stretches
from ccmon.model.alarm_history import NO_HISTORY, Acts, AlarmAct, AlarmHistory, LongWait, MissedRun, QueueHistory
from ccmon.snapshot.data_moments import DataMoments
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, OpenCallRow, StateRow, TrackedSubject
from ccmon.time_units import DAY_MS, NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ccmon.database.change_log import Touched
    from ccmon.snapshot.incremental import Changes

DAYS_OF_ACTS = 7
"""How long somebody may have had an alarm that still stands."""
MOST_WAITS = 256
"""With more waits of a queue, those are forgotten that no alarm reaches back to."""


class NumberedState(Struct, frozen=True, gc=False):
    """A state of an agent. A row of ``states_by_id``."""

    id: int
    agent_id: int
    state: str
    started_at: int
    ended_at: int | None
    queue_id: int | None


class PolledRows(Struct, frozen=True, eq=False):
    """What a poll has read of agents and calls, from which it follows what is told late."""

    agent_days: Mapping[int, AgentTotals]
    """By agent, all."""
    states: Mapping[int, StateRow]
    """By agent, all that go on."""
    changed_states: Changes[StateRow]
    """By agent."""
    changed_calls: Changes[OpenCallRow]
    """By call, those that were open or are."""

    def before(self, agent: int) -> StateRow | None:
        """What an agent did at the last poll."""
        return self.changed_states[agent][0] if agent in self.changed_states else self.states.get(agent)


class AlarmHistoryReader:
    """Reads the history of a moment, and for the present keeps it up with what changes."""

    def __init__(self) -> None:
        self._waits: defaultdict[int, dict[int, LongWait]] = defaultdict(dict)
        """By queue and call."""
        self._history = AlarmHistory()
        self._tracked: Sequence[TrackedSubject] = ()
        self._basis: BasisOfAlarms | None = None
        self._staffed_by: dict[int, StaffedBy] = {}
        """By queue, somebody who is there now."""
        self._moment = 0
        """How new the data was when that was read."""
        self._known_from: dict[int, int] = {}
        """By queue, since when all is known that alarms depend on; it is the same for all others."""
        self._others_known_from = 0
        self._is_whole = False
        """Whether the last reading came to its end."""

    def read(self, database: Database, data: FloorData, at: int, known_as_of: int) -> AlarmHistory:
        """The history of a moment.

        Args:
            database: the database.
            data: the other rows of the moment.
            at: the moment.
            known_as_of: the same, to leave out what came later; `NEVER`: nothing is left out.
        """
        self._tracked, self._staffed_by = data.tracked, {}
        acts = read_acts(database, at, known_as_of)
        self._moment = _data_at(data, at)
        floor = FloorOfAlarms(database, data, self._moment, known_as_of, self._basis)
        self._basis = floor.basis
        reach = floor.shortest_reach_ms
        first_at = min(floor.waiting_since.values(), default=self._moment)
        while True:
            since = max(floor.begins, min(first_at, self._moment - reach))
            queues = floor.queues(since)
            if since == floor.begins or not floor.may_reach_back(queues, since):
                break
            reach *= 4
        self._waits = defaultdict(dict)
        self._known_from, self._others_known_from = {}, since
        for number, queue in queues.items():
            self._waits[number] = {wait.id: wait for wait in queue.waits}
            self._known_from[number] = max(since, floor.staffing_known_from(number))
        missed = _missed_runs(database, data, (row.agent_id for row in data.agent_days if row.missed), known_as_of)
        self._history = AlarmHistory(queues, missed, acts)
        self._is_whole = True
        return self._history

    def update(
        self, database: Database, data: FloorData, touched: Touched | None, polled: PolledRows, at: int
    ) -> AlarmHistory:
        """The history of the present, after a change; the same object if nothing in it has changed.

        Args:
            database: the database.
            data: the other rows of now.
            touched: what has changed; None: nothing but what sources report.
            polled: what has been read of that.
            at: now.
        """
        moment, before, is_whole = _data_at(data, at), self._history, self._is_whole
        if touched is not None:
            for number, known in [*self._staffed_by.items()]:
                if known.agent_id in touched.agents or known.agent_id in touched.members:
                    del self._staffed_by[number]
        if is_whole and moment >= self._moment and touched is None:
            return before
        self._is_whole = False
        # With another threshold, other waits are of consequence; once it is known who serves a queue, all of them.
        is_tracked_alike = data.tracked is self._tracked or tracked_queues(data.tracked) == tracked_queues(
            self._tracked
        )
        queues: Mapping[int, QueueHistory] | None = None
        if (
            is_whole
            and moment >= self._moment
            and touched is not None
            and "targets" not in touched.subjects
            and is_tracked_alike
        ):
            queues = before.queues
            if touched.calls or touched.agents or touched.members:
                floor = FloorOfAlarms(database, data, moment, NEVER, self._basis, staffed_by=self._staffed_by)
                self._basis = floor.basis
                queues = self._updated_queues(database, floor, touched, polled)
        if queues is None or touched is None:
            self._history = _with_objects_of(before, self.read(database, data, at, NEVER))
            return self._history
        self._tracked, self._moment = data.tracked, moment
        missed, agent_days = before.missed, polled.agent_days
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
        self._is_whole = True
        return self._history

    def _updated_queues(
        self, database: Database, floor: FloorOfAlarms, touched: Touched, polled: PolledRows
    ) -> Mapping[int, QueueHistory] | None:
        """The history of queues after a change; None: an alarm may have begun before what is known."""
        before = self._history.queues
        ended, late = self._take_waits(floor, touched.calls, polled.changed_calls)
        again = self._staffed_otherwise(database, floor, touched, polled)
        waits_again = {number: tuple(self._waits[number].values()) for number in again}
        unstaffed_lately = floor.unstaffed_lately(again, waits_again, floor.begins) if again else {}
        found: dict[int, QueueHistory] = {}
        for number in floor.rules.keys() & {*ended, *floor.waiting_since, *again}:
            of_queue = before.get(number, NO_HISTORY)
            waits, known_from = of_queue.waits, self._known_from.get(number, self._others_known_from)
            if number in ended:
                waits = tuple(sorted(self._waits[number].values(), key=_left_at))
            if number in again:
                unstaffed = unstaffed_lately.get(number, ())
                known_from = self._known_from[number] = max(known_from, floor.staffing_known_from(number))
            else:
                first_at = min(ended.get(number, NEVER), floor.waiting_since.get(number, NEVER))
                unstaffed = floor.unstaffed_again(number, of_queue.unstaffed, first_at)
            history = QueueHistory(waits, unstaffed)
            first_late = min(late.get(number, NEVER), _first_difference(of_queue.unstaffed, unstaffed))
            if first_late < self._moment and floor.reaches_back_to(number, history, known_from) < known_from:
                return None
            if waits == of_queue.waits and unstaffed == of_queue.unstaffed and number in before:
                continue
            found[number] = self._without_old(floor, number, history)
        return {**before, **found} if found else before

    def _take_waits(
        self, floor: FloorOfAlarms, calls: Collection[int], changed_calls: Changes[OpenCallRow]
    ) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Take the waits of calls.

        Returns:
            By queue, when the first caller entered whose wait is another than before, and since when a caller has
            waited for long of whom nothing had been known at the last poll, or something else.
        """
        rows = {wait.id: wait for wait in floor.waits_of(calls)} if calls else {}
        changed: dict[int, int] = {}
        late: dict[int, int] = {}
        for call in calls:
            now = rows.get(call)
            was_open, is_open = changed_calls.get(call, (None, None))
            for number, waits in self._waits.items():
                wait = waits.get(call)
                if wait is not None and wait != now:
                    del waits[call]
                    changed[number] = min(wait.entered_at, changed.get(number, NEVER))
            if now is not None and self._waits[now.queue_id].get(call) != now:
                self._waits[now.queue_id][call] = now
                changed[now.queue_id] = min(now.entered_at, changed.get(now.queue_id, NEVER))
            for known in (now, is_open if is_open is not None and is_open.answered_at is None else None):
                if known is not None and not _waited(was_open, known.queue_id, known.entered_at):
                    since = known.entered_at + floor.shortest_wait_ms
                    late[known.queue_id] = min(since, late.get(known.queue_id, NEVER))
        return changed, late

    def _staffed_otherwise(
        self, database: Database, floor: FloorOfAlarms, touched: Touched, polled: PolledRows
    ) -> Collection[int]:
        """The queues with waits that were over at the last poll, during which others may have been there than known."""
        if not (touched.states or touched.members_changed_at or touched.requeued_calls):
            return ()
        queues = self._history.queues
        left_at = {
            number: queues[number].waits[-1].left_at for number in floor.tracked & queues.keys() if queues[number].waits
        }
        if not left_at:
            return ()
        first = 0 if touched.requeued_calls else _changed_from(database, touched, polled, max(left_at.values()))
        members_at = touched.members_changed_at
        return {number for number, last in left_at.items() if last > min(first, members_at.get(number, NEVER))}

    def _without_old(self, floor: FloorOfAlarms, number: int, history: QueueHistory) -> QueueHistory:
        if len(history.waits) <= MOST_WAITS or len(history.waits) % (MOST_WAITS // 2):
            return history
        needed_from = floor.reaches_back_to(number, history) - floor.shortest_reach_ms
        waits = tuple(wait for wait in history.waits if wait.left_at > needed_from)
        self._waits[number] = {wait.id: wait for wait in waits}
        self._known_from[number] = max(needed_from, self._known_from.get(number, self._others_known_from))
        return QueueHistory(waits, history.unstaffed)


def _data_at(data: FloorData, at: int) -> int:
    """How new the data is; alarms are told as of that moment, or of a later one."""
    data_at = DataMoments.of_data(data, at).data_at
    return at if data_at is None else data_at


def _waited(call: OpenCallRow | None, queue_id: int, entered_at: int) -> bool:
    """Whether an open call waited in a queue since a moment."""
    return call is not None and call.answered_at is None and (call.queue_id, call.entered_at) == (queue_id, entered_at)


def _changed_from(database: Database, touched: Touched, polled: PolledRows, until: int) -> int:
    """Since when what agents did may be otherwise than was known at the last poll; at least ``until`` if only later."""
    first, ended = until, defaultdict[tuple[int, int], set[int]](set)
    for row in touched.states:
        agent, started_at = row.agent_id or 0, row.at or 0
        if started_at < until:
            before = polled.before(agent)
            if before is not None and before.started_at == started_at:
                ended[agent, started_at].add(row.subject_id or 0)
            else:
                first = min(first, started_at)
    noted = {(row.agent_id, row.at) for row in touched.states}
    for agent, (before, now) in polled.changed_states.items():
        is_other = before is not None and (now is None or now.started_at != before.started_at)
        if before is not None and is_other and (agent, before.started_at) not in noted:
            first = min(first, before.started_at or 0)  # another has replaced it, which is noted nowhere
    if not ended:
        return first
    numbers = [number for found in ended.values() for number in found]
    states = {row.id: row for row in database.rows("states_by_id", NumberedState, {"states": dumps(numbers)})}
    for (agent, started_at), found in ended.items():
        state = states.get(min(found)) if len(found) == 1 else None
        first = min(
            first, started_at if state is None else _ended_at(state, polled.before(agent), polled.states.get(agent))
        )
    return first


def _ended_at(row: NumberedState, before: StateRow | None, now: StateRow | None) -> int:
    """When a state ended that went on at the last poll; when it began if anything else of it has changed."""
    seen = row.agent_id, row.state, row.started_at, row.queue_id
    if before is None or seen != (before.agent_id, before.state, before.started_at, before.queue_id):
        return row.started_at if before is None or before.started_at is None else before.started_at
    if row.ended_at is None:
        return NEVER
    is_another = now is not None and now.started_at == row.started_at
    return row.started_at if is_another else row.ended_at


def _first_difference(before: Stretches, now: Stretches) -> int:
    """The first moment that is in one and not in the other."""
    for one, other in zip_longest(before, now):
        if one is None or other is None:
            return int((one or other)[0])
        if one != other:
            return int(min(one[0], other[0]) if one[0] != other[0] else min(one[1], other[1]))
    return NEVER


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
