"""What a supervisor should look at: rules over a snapshot.

Whether an alarm stands at a moment follows from rows alone, never from what was seen before: an agent's from the state
of that moment, a queue's from waits that are over and such that go on (`ccmon.snapshot.queue_alarms`). The log of a day
(`ccmon.snapshot.alarm_log`) follows from the same rules.

From snapshot to snapshot alarms are cached by queue and agent, and found again when one of these changes or an
alarm falls due. The result is the same as when the rules start from nothing.

A rule asks a `NextChange` whether the moment of its alarm has come; it collects when the next one comes. Until then
the alarms stay the same: one about a length of time records when it began; its value is computed when it is read.

There is no alarm about an empty set. The sentences of alarms are in `ccmon.views.alarms`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarm_history import NOTHING_BEFORE, AlarmHistory, MissedRun
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import AgentAlarm, Alarm, LowScoreAlarm, OverdueFollowUpsAlarm, QueueAlarm, ReasonAlarm, Rule
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarm_acts import with_acts
from ccmon.snapshot.alarm_order import ORDER, AlarmsInOrder, merged, ordered
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.incremental import IncrementalValues, changed
from ccmon.snapshot.queue_alarms import QueueAlarms
from ccmon.snapshot.source_alarms import is_left, source_alarms
from ccmon.time_units import NEVER

RULES_OF_STATES: Final = {
    AgentState.PAUSED: Rule.PAUSE,
    AgentState.WRAP_UP: Rule.WRAP_UP,
    AgentState.TALKING: Rule.TALK,
    AgentState.HOLD: Rule.TALK,
}
"""States in which an agent may be for too long."""
FOLLOW_UPS: Final = "follow-ups"
"""The subject of the alarm about all that are overdue."""
OFFERED_CALLS: Final = frozenset({AgentState.READY, AgentState.RINGING})
"""States in which calls missed in a row are worth an alarm."""


def find_alarms(snapshot: FloorSnapshot) -> Sequence[Alarm]:
    """Alarms, the worst first: those to be acted on, then in the order of the rules, then by excess over the limit."""
    when, agents = NextChange(snapshot.known_until), {agent.id: agent for agent in snapshot.agents}
    paused = Counter(member.queue_id for member in snapshot.memberships if member.paused)
    floor = FloorAlarms()
    floor.update(snapshot, agents, paused, when, touched=agents)
    others = chain(
        source_alarms(snapshot),
        floor.others,
        customer_alarms(snapshot, when),
        FollowUpAlarms().update(snapshot, NextChange(snapshot.at)),
    )
    return merged(floor.of_agents, ordered(others, when), when.at)


class FollowUpAlarms:
    """The alarm about overdue follow-ups, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._edition: object = None
        self._acts: object = None
        self._at = self._until = 0
        """The alarm holds from the first of these moments until the second."""
        self._alarms: tuple[Alarm, ...] = ()

    def update(self, snapshot: FloorSnapshot, when: NextChange, edition: object = None) -> tuple[Alarm, ...]:
        """The alarm, if there is one.

        Args:
            snapshot: its limits are the same at each update.
            when: the moment; collects when the alarm changes.
            edition: the same object while follow-ups differ only in the time left of shifts; None: not known.
        """
        acts = snapshot.alarm_history.acts
        same = edition is not None and edition is self._edition and acts is self._acts
        if not same or not self._at <= when.at < self._until:
            own = NextChange(when.at)
            self._alarms = tuple(_overdue_follow_ups(snapshot, own))
            self._edition, self._acts, self._until = edition, acts, own.next_at
        self._at = when.at
        when.note(self._until)
        return self._alarms


def source_and_follow_up_alarms(
    snapshot: FloorSnapshot, follow_ups: FollowUpAlarms, edition: object
) -> tuple[Alarm, ...]:
    """Alarms about the data itself and about follow-ups, not yet in order; see `FollowUpAlarms.update`."""
    return *source_alarms(snapshot), *follow_ups.update(snapshot, NextChange(snapshot.at), edition)


class FloorAlarms:
    """Alarms about queues and agents, updated from one snapshot to the next.

    Agents with an alarm who serve a queue with one are part of what is wrong there: theirs are parts of its alarm.
    """

    def __init__(self) -> None:
        self._agents = AgentAlarms()
        self._queues = QueueAlarms()
        self._whole = IncrementalValues[QueueAlarm]()
        self.of_agents: ChunkedRows[Alarm] = ChunkedRows(())
        """Those about agents that are lines of their own and that nobody sees to, in order."""
        self.others: tuple[Alarm, ...] = ()
        """The others, not yet in order."""

    def update(
        self,
        snapshot: FloorSnapshot,
        agents: Mapping[int, AgentFigures],
        paused: Mapping[int, int],
        when: NextChange,
        *,
        touched: Iterable[int],
    ) -> None:
        """Find the alarms of another moment; none where the database has been left.

        Args:
            snapshot: its limits are the same at each update.
            agents: all, by id.
            paused: how many members are paused in each queue.
            when: the moment up to which it is known what goes on; collects when an alarm changes, or the order.
            touched: agents who have changed.
        """
        limits, history = snapshot.alarm_limits, snapshot.alarm_history
        of_queues = self._queues.update(
            snapshot.queues, when, paused, limits=limits, opening=snapshot.opening_hours, history=history
        )
        covering = frozenset(alarm.queue.name for alarm in of_queues.values())
        in_order = self._agents.update(agents, when, limits, history, covering, touched=touched)
        if is_left(snapshot):
            self.of_agents, self.others = ChunkedRows(()), ()
            return
        parts = self._agents.parts
        made_of = {number: (alarm, parts.get(alarm.queue.name, ())) for number, alarm in of_queues.items()}
        self._whole.update_made_of(made_of, NextChange(when.at), partial(_with_parts, made_of))
        self.of_agents = in_order
        self.others = *self._whole.by_key.values(), *self._agents.aside


def _with_parts(
    made_of: Mapping[int, tuple[QueueAlarm, tuple[Alarm, ...]]], queue_id: int, _: NextChange
) -> QueueAlarm | None:
    if queue_id not in made_of:
        return None
    alarm, of_agents = made_of[queue_id]
    return replace(alarm, parts=(*alarm.parts, *of_agents)) if of_agents else alarm


class AgentAlarms:
    """Alarms about agents in their order, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._of_agents = IncrementalValues[tuple[AgentAlarm, ...]]()
        self._in_order = AlarmsInOrder()
        self._all: ChunkedRows[Alarm] = ChunkedRows(())
        self._at = self._until = 0
        """The alarms are in this order from the first of these moments until the second."""
        self._history = NOTHING_BEFORE
        self._covering: frozenset[str] = frozenset()
        """Queues with an alarm."""
        self.parts: Mapping[str, tuple[AgentAlarm, ...]] = {}
        """By queue with an alarm, the alarms that are part of it."""
        self.aside: tuple[AgentAlarm, ...] = ()
        """Those that somebody sees to, or that are to be quiet."""

    def update(
        self,
        agents: Mapping[int, AgentFigures],
        when: NextChange,
        limits: AlarmLimits,
        history: AlarmHistory,
        covering: frozenset[str],
        *,
        touched: Iterable[int],
    ) -> ChunkedRows[Alarm]:
        """Find the alarms again for agents with a change or a due moment; return those that are lines of their own.

        Args:
            agents: all, by id.
            when: the moment up to which it is known what goes on; collects when an alarm comes or overtakes another.
            limits: the same at each update.
            history: calls missed in a row, and acts.
            covering: names of the queues with an alarm.
            touched: agents who have changed.
        """

        def make(agent_id: int, own: NextChange) -> tuple[AgentAlarm, ...] | None:
            agent = agents.get(agent_id)
            if agent is None:
                return None
            found = _agent(agent, own, limits, history.missed.get(agent_id))
            return tuple(with_acts(each, history.acts, own, each.since or 0) for each in found) or None

        order = NextChange(when.at)
        changes = self._of_agents.update({*touched, *self._touched_by(history)}, when, make)
        uncovered, self._covering = covering ^ self._covering, covering
        is_in_order = self._at <= when.at < self._until and not uncovered
        if is_in_order:
            for before, now in changes.values():
                for alarm in before or ():
                    if self._is_line(alarm):
                        self._in_order.remove(alarm, order)
                for alarm in now or ():
                    if self._is_line(alarm):
                        self._in_order.insert(alarm, order)
        else:
            alarms = filter(self._is_line, chain.from_iterable(self._of_agents.by_key.values()))
            self._in_order = AlarmsInOrder(ordered(alarms, order))
            self._until = NEVER
        self._at = when.at
        if changes or not is_in_order:
            found = self._in_order.rows
            self._all = self._all if self._all == found else found
            self._set_others_apart()
        self._until = min(self._until, order.next_at)
        when.note(self._until)
        return self._all

    def _touched_by(self, history: AlarmHistory) -> Iterable[int]:
        """Agents with other missed calls, or about whom somebody has acted."""
        before, self._history = self._history, history
        if before is history:
            return
        yield from changed(before.missed, history.missed)
        subjects = {subject for _, subject in changed(before.acts, history.acts)}
        if subjects:
            for agent_id, alarms in self._of_agents.by_key.items():
                if alarms[0].subject in subjects:
                    yield agent_id

    def _is_line(self, alarm: AgentAlarm) -> bool:
        return alarm.is_open and self._covering.isdisjoint(alarm.agent.queues)

    def _set_others_apart(self) -> None:
        parts: defaultdict[str, list[AgentAlarm]] = defaultdict(list)
        aside = []
        for alarm in chain.from_iterable(self._of_agents.by_key.values()):
            queues = self._covering.intersection(alarm.agent.queues) if self._covering else ()
            for queue in queues:
                parts[queue].append(alarm)
            if not queues and not alarm.is_open:
                aside.append(alarm)
        self.parts = {queue: tuple(sorted(found, key=_longest_first)) for queue, found in parts.items()}
        self.aside = tuple(aside)


def _longest_first(alarm: AgentAlarm) -> tuple[int, int, int]:
    return ORDER[alarm.rule], alarm.since or 0, alarm.agent.id


def customer_alarms(snapshot: FloorSnapshot, when: NextChange) -> Iterator[Alarm]:
    """Alarms about customers, not yet in order."""
    acts = snapshot.alarm_history.acts
    lines = snapshot.alarm_limits.low_scores
    for low in map(_low_score, snapshot.low_scores or ()):
        alarm = with_acts(low, acts, when, low.since or 0)
        lines -= alarm.is_open
        if lines >= 0 or not alarm.is_open:
            yield alarm
    for rising in _rising(snapshot):
        yield with_acts(rising, acts, when, snapshot.day.starts_at)


def limit_of_state(rule: Rule, limits: AlarmLimits, team: str | None, *, queue: str | None, reason: str | None) -> int:
    """How long an agent of a team may be in a state with a call of a queue, or with a reason, in milliseconds."""
    if rule is Rule.PAUSE:
        return limits.of_agent("pause_ms", team, reason=reason)
    return limits.of_agent("wrap_up_ms" if rule is Rule.WRAP_UP else "talk_ms", team, queue=queue)


def _agent(
    agent: AgentFigures, when: NextChange, limits: AlarmLimits, missed: MissedRun | None
) -> Iterator[AgentAlarm]:
    if agent.since is None:
        return
    state, rule = agent.state, RULES_OF_STATES.get(agent.state)
    if rule is not None:
        limit_ms = limit_of_state(
            rule, limits, agent.team, queue=agent.queue if agent.is_queue else None, reason=agent.reason
        )
        if when.reached(agent.since + limit_ms + 1):
            yield _agent_alarm(rule, agent, since=agent.since, limit=limit_ms / 1000)
    if missed is not None and state in OFFERED_CALLS:
        most = limits.of_agent("missed_calls", agent.team)
        if missed.calls >= most:
            yield _agent_alarm(
                Rule.MISSED_CALLS, agent, since=missed.first_at, value=float(missed.calls), limit=float(most)
            )


def _agent_alarm(
    rule: Rule, agent: AgentFigures, *, since: int | None = None, value: float | None = None, limit: float
) -> AgentAlarm:
    return AgentAlarm(
        rule=rule, severity=rule.severity, subject=agent.name, since=since, value=value, limit=limit, agent=agent
    )


def _low_score(low: LowScore) -> Alarm:
    return LowScoreAlarm(
        rule=Rule.LOW_SCORE,
        severity=Rule.LOW_SCORE.severity,
        subject=low.who,
        since=low.answered_at,
        value=float(low.score),
        limit=float(low.scale),
        score=low,
    )


def _rising(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    problems = snapshot.problems
    if problems is None:
        return
    for reason in problems.reasons:
        if reason.rising:
            yield ReasonAlarm(
                rule=Rule.RISING_PROBLEM,
                severity=Rule.RISING_PROBLEM.severity,
                subject=reason.name,
                since=problems.tested_at,
                value=float(reason.calls),
                limit=reason.usual,
                reason=reason,
            )


def _overdue_follow_ups(snapshot: FloorSnapshot, when: NextChange) -> Iterator[Alarm]:
    """One for all that are overdue."""
    figures = snapshot.follow_ups
    overdue = [item for item in figures.items if item.is_overdue(when)]
    if not overdue:
        return
    numbers = Counter(item.owner for item in overdue)
    oldest = {item.owner: item.due_at for item in reversed(overdue)}
    owners = sorted(numbers, key=lambda owner: (-numbers[owner], oldest[owner], owner or ""))
    since = min(item.due_at for item in overdue)
    alarm = OverdueFollowUpsAlarm(
        rule=Rule.OVERDUE_FOLLOW_UPS,
        severity=Rule.OVERDUE_FOLLOW_UPS.severity,
        subject=FOLLOW_UPS,
        since=since,
        value=float(len(overdue)),
        limit=0.0,
        owners=tuple((owner, numbers[owner]) for owner in owners),
        at_least=figures.overdue is None,
    )
    yield with_acts(alarm, snapshot.alarm_history.acts, when, since)
