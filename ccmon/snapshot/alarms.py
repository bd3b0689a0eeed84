"""What a supervisor should look at: rules over a snapshot.

From snapshot to snapshot alarms are cached by queue, agent and owner, and found again when one of these changes or an
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

from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.wait_times import longer_from
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    LowScoreAlarm,
    OverdueFollowUpsAlarm,
    PromisesAtRiskAlarm,
    QueueAlarm,
    ReasonAlarm,
    Rule,
)
from ccmon.model.follow_ups import FollowUp, FollowUpFigures
from ccmon.model.opening_hours import is_closed
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarm_order import AlarmsInOrder, merged, ordered
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.incremental import IncrementalValues
from ccmon.snapshot.source_alarms import is_left, source_alarms
from ccmon.time_units import NEVER


def find_alarms(snapshot: FloorSnapshot) -> Sequence[Alarm]:
    """Alarms, the worst first: those to be acted on, then in the order of the rules, then by excess over the limit."""
    when, agents = NextChange(snapshot.known_until), {agent.id: agent for agent in snapshot.agents}
    paused = Counter(member.queue_id for member in snapshot.memberships if member.paused)
    left = is_left(snapshot)
    about_agents = AgentAlarms().update(agents, when, snapshot.alarm_limits, touched=() if left else agents)
    others = chain(
        source_alarms(snapshot),
        QueueAlarms().update(() if left else snapshot.queues, when, paused, snapshot),
        customer_alarms(snapshot),
        PromiseAlarms().update(snapshot.follow_ups, agents, NextChange(snapshot.at), limits=snapshot.alarm_limits),
    )
    return merged(about_agents, ordered(others, when), when.at)


class PromiseAlarms:
    """Alarms about promised calls, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._edition: object = None
        self._at = self._until = 0
        """The alarms hold from the first of these moments until the second."""
        self._alarms: tuple[Alarm, ...] = ()
        self._about_agents: tuple[PromisesAtRiskAlarm, ...] = ()
        """Those of the alarms that show what an agent does."""

    def update(
        self,
        figures: FollowUpFigures,
        agents: Mapping[int, AgentFigures],
        when: NextChange,
        edition: object = None,
        *,
        limits: AlarmLimits,
    ) -> tuple[Alarm, ...]:
        """All, not yet in order.

        Args:
            figures: the follow-ups.
            agents: all, by id.
            when: the moment; collects when another alarm falls due.
            edition: the same object while follow-ups differ only in the time left of shifts; None: not known.
            limits: the same at each update.
        """
        before, about = self._alarms, self._about_agents
        same_agents = not about or all(agents.get(alarm.owner.agent_id or 0) is alarm.agent for alarm in about)
        if edition is None or edition is not self._edition or not self._at <= when.at < self._until or not same_agents:
            own = NextChange(when.at)
            self._alarms = *_at_risk(figures, agents, limits), *_overdue_follow_ups(figures, own, limits)
            self._edition, self._until = edition, own.next_at
        elif about:
            self._alarms = _with_owners(self._alarms, figures)
        if self._alarms is not before:
            self._about_agents = tuple(alarm for alarm in self._alarms if isinstance(alarm, PromisesAtRiskAlarm))
        self._at = when.at
        when.note(self._until)
        return self._alarms


def _with_owners(alarms: tuple[Alarm, ...], figures: FollowUpFigures) -> tuple[Alarm, ...]:
    """The alarms with the present records of the owners they are about."""
    owners = {owner.agent_id: owner for owner in figures.owners or ()}
    found = tuple(
        replace(alarm, owner=owners[alarm.owner.agent_id]) if isinstance(alarm, PromisesAtRiskAlarm) else alarm
        for alarm in alarms
    )
    return alarms if found == alarms else found


def source_and_promise_alarms(
    snapshot: FloorSnapshot, promises: PromiseAlarms, agents: Mapping[int, AgentFigures], edition: object
) -> tuple[Alarm, ...]:
    """Alarms about the data itself and about promised calls, not yet in order; see `PromiseAlarms.update`."""
    of_promises = promises.update(
        snapshot.follow_ups, agents, NextChange(snapshot.at), edition, limits=snapshot.alarm_limits
    )
    return *source_alarms(snapshot), *of_promises


class AgentAlarms:
    """Alarms about agents in their order, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._of_agents = IncrementalValues[tuple[Alarm, ...]]()
        self._in_order = AlarmsInOrder()
        self._all: ChunkedRows[Alarm] = ChunkedRows(())
        self._at = self._until = 0
        """The alarms are in this order from the first of these moments until the second."""

    def update(
        self,
        agents: Mapping[int, AgentFigures],
        when: NextChange,
        limits: AlarmLimits,
        *,
        touched: Iterable[int],
    ) -> ChunkedRows[Alarm]:
        """Find the alarms again for agents with a change or a due moment; return all.

        Args:
            agents: all, by id.
            when: the moment up to which it is known what goes on; collects when an alarm comes or overtakes another.
            limits: the same at each update.
            touched: agents who have changed.
        """

        def make(agent_id: int, own: NextChange) -> tuple[Alarm, ...] | None:
            agent = agents.get(agent_id)
            return None if agent is None else tuple(_agent(agent, own, limits)) or None

        order, changes = NextChange(when.at), self._of_agents.update(touched, when, make)
        is_in_order = self._at <= when.at < self._until
        if is_in_order:
            for before, now in changes.values():
                for alarm in before or ():
                    self._in_order.remove(alarm, order)
                for alarm in now or ():
                    self._in_order.insert(alarm, order)
        else:
            self._in_order = AlarmsInOrder(ordered(chain.from_iterable(self._of_agents.by_key.values()), order))
            self._until = NEVER
        self._at = when.at
        if changes or not is_in_order:
            found = self._in_order.rows
            self._all = self._all if self._all == found else found
        self._until = min(self._until, order.next_at)
        when.note(self._until)
        return self._all


class QueueAlarms:
    """Alarms about queues, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._of_queues = IncrementalValues[tuple[Alarm, ...]]()

    def update(
        self, queues: Iterable[QueueFigures], when: NextChange, paused: Mapping[int, int], snapshot: FloorSnapshot
    ) -> Iterator[Alarm]:
        """All, not yet in order.

        Args:
            queues: all.
            when: the moment up to which it is known what goes on; collects when an alarm falls due.
            paused: how many members are paused in each queue.
            snapshot: its limits are the same at each update; where the site is closed, nobody is missed at the phones.
        """
        made_of: dict[int, tuple[QueueFigures, int, bool]] = {}
        closed = is_closed(snapshot.opening_hours)
        for queue in queues:
            queue_id = queue.id or 0
            made_of[queue_id] = queue, paused.get(queue_id, 0), closed
        self._of_queues.update_made_of(made_of, when, partial(_of_queue, made_of, snapshot.alarm_limits))
        return chain.from_iterable(self._of_queues.by_key.values())


def _of_queue(
    made_of: Mapping[int, tuple[QueueFigures, int, bool]], limits: AlarmLimits, queue_id: int, when: NextChange
) -> tuple[Alarm, ...]:
    return tuple(_queue(*made_of[queue_id], when, limits))


def customer_alarms(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    """Alarms about customers, not yet in order."""
    yield from map(_low_score, (snapshot.low_scores or ())[: snapshot.alarm_limits.low_scores])
    yield from _rising(snapshot)


def _queue(queue: QueueFigures, paused: int, closed: bool, when: NextChange, limits: AlarmLimits) -> Iterator[Alarm]:
    since, threshold_ms = queue.longest_wait_since, queue.service_level_threshold_ms
    if since is not None and threshold_ms is not None:
        nobody = queue.agents_on_phones == 0 and queue.agents_known
        if not (nobody and closed):
            yield from _while_waiting(queue, paused, since, when, limits.of_queue(queue.name, threshold_ms))
    for moment in queue.threshold_passed_at:
        when.note(moment)
    level, target = queue.service_level_live(when.at), queue.service_level_target
    enough = queue.judged_visits(when.at) >= limits.service_level_visits
    if enough and level is not None and target is not None and level < target:
        yield _queue_alarm(Rule.SERVICE_LEVEL, queue, paused, value=level, limit=target)


def _queue_alarm(
    rule: Rule, queue: QueueFigures, paused: int, *, since: int | None = None, value: float | None = None, limit: float
) -> QueueAlarm:
    return QueueAlarm(
        rule=rule,
        severity=rule.severity,
        subject=queue.name,
        since=since,
        value=value,
        limit=limit,
        queue=queue,
        agents_paused=paused,
    )


def _while_waiting(queue: QueueFigures, paused: int, since: int, when: NextChange, limit_ms: float) -> Iterator[Alarm]:
    if queue.agents_on_phones == 0 and queue.agents_known:
        yield _queue_alarm(Rule.NOBODY_ON_PHONES, queue, paused, since=since, limit=0.0)
    elif when.reached(longer_from(since, int(limit_ms))):
        yield _queue_alarm(Rule.LONGEST_WAIT, queue, paused, since=since, limit=limit_ms / 1000)
    gap = queue.agents_gap
    if gap is not None and gap < 0 < queue.agents_on_phones:
        there, needed = float(queue.agents_allotted or 0), float(queue.agents_needed or 0)
        yield _queue_alarm(Rule.SHORT_OF_AGENTS, queue, paused, value=there, limit=needed)


def _agent(agent: AgentFigures, when: NextChange, limits: AlarmLimits) -> Iterator[Alarm]:
    if agent.since is None:
        return
    state, queue = agent.state, agent.queue if agent.is_queue else None
    if state is AgentState.PAUSED:
        rule, limit_ms = Rule.PAUSE, limits.of_agent("pause_ms", agent.team, reason=agent.reason)
    elif state is AgentState.WRAP_UP:
        rule, limit_ms = Rule.WRAP_UP, limits.of_agent("wrap_up_ms", agent.team, queue=queue)
    else:
        rule, limit_ms = Rule.TALK, limits.of_agent("talk_ms", agent.team, queue=queue)
    timed = {AgentState.PAUSED, AgentState.WRAP_UP, AgentState.TALKING, AgentState.HOLD}
    if state in timed and when.reached(agent.since + limit_ms + 1):
        yield _agent_alarm(rule, agent, since=agent.since, limit=limit_ms / 1000)
    if agent.missed and state in {AgentState.READY, AgentState.RINGING}:
        most = limits.of_agent("missed_calls", agent.team)
        if agent.missed >= most:
            yield _agent_alarm(Rule.MISSED_CALLS, agent, value=float(agent.missed), limit=float(most))


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


def _at_risk(figures: FollowUpFigures, agents: Mapping[int, AgentFigures], limits: AlarmLimits) -> Iterator[Alarm]:
    """Owners with promises that cannot all be kept, or are at risk; those with most come first."""
    found = [(owner, max(owner.cannot_be_kept, owner.at_risk or 0)) for owner in figures.owners or ()]
    found = sorted((each for each in found if each[1] > 0), key=lambda each: (-each[1], each[0].name))
    for owner, coming in found[: limits.owners_at_risk]:
        yield PromisesAtRiskAlarm(
            rule=Rule.PROMISES_AT_RISK,
            severity=Rule.PROMISES_AT_RISK.severity,
            subject=owner.name,
            since=None,
            value=float(coming),
            limit=0.0,
            owner=owner,
            agent=agents.get(owner.agent_id or 0),
        )


def _overdue_follow_ups(figures: FollowUpFigures, when: NextChange, limits: AlarmLimits) -> Iterator[Alarm]:
    """One for each of the owners with most overdue calls, or the longest overdue if equal; one for all others."""
    overdue: defaultdict[str, list[FollowUp]] = defaultdict(list)
    for item in figures.items:
        if item.is_overdue(when):
            overdue[item.owner or ""].append(item)
    oldest = {owner: min(item.due_at for item in items) for owner, items in overdue.items()}
    owners = sorted(overdue, key=lambda owner: (-len(overdue[owner]), oldest[owner], owner))
    shown, rest = owners[: limits.follow_up_owners], owners[limits.follow_up_owners :]
    for owner in shown:
        yield _overdue(Rule.OVERDUE_FOLLOW_UPS, overdue[owner], owner or None, 1 if owner else 0, figures)
    if rest:
        items = [item for owner in rest for item in overdue[owner]]
        yield _overdue(Rule.MORE_OVERDUE_FOLLOW_UPS, items, None, len(rest), figures)


def _overdue(rule: Rule, items: list[FollowUp], owner: str | None, owners: int, figures: FollowUpFigures) -> Alarm:
    return OverdueFollowUpsAlarm(
        rule=rule,
        severity=rule.severity,
        subject=owner or (f"{owners} agent{'s' * (owners > 1)}" if owners else "nobody"),
        since=min(item.due_at for item in items),
        value=float(len(items)),
        limit=0.0,
        owner=owner,
        owners=owners,
        at_least=figures.overdue is None,
    )
