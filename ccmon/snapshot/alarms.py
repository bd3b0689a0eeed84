"""What a supervisor should look at: rules over a snapshot. Pure; nothing is remembered from one snapshot to the next.

There is no alarm about an empty set. The sentences of alarms are in `ccmon.views.alarms`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    FollowUpsAlarm,
    LowScoreAlarm,
    PromisesAtRiskAlarm,
    QueueAlarm,
    ReasonAlarm,
    Rule,
    Severity,
    SourceAlarm,
)
from ccmon.model.follow_ups import FollowUp
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarm_limits import DEFAULT_LIMITS, AlarmLimits


def find_alarms(
    snapshot: FloorSnapshot,
    *,
    limits: AlarmLimits = DEFAULT_LIMITS,
) -> tuple[Alarm, ...]:
    """Alarms, the worst first: what must be acted on, then in the order of the rules, then by how far it has gone.

    Args:
        snapshot: the floor.
        limits: from where on something is worth an alarm.
    """
    paused: defaultdict[int, int] = defaultdict(int)
    for member in snapshot.memberships:
        paused[member.queue_id] += member.paused
    # Where old data ends, nobody knows what went on: waits and calls in it are measured up to there.
    known_at = limits.known_until(snapshot.data_at, snapshot.at, snapshot.sources)
    found = list(
        chain(
            _data_age(snapshot, limits),
            _quiet_sources(snapshot, limits),
            chain.from_iterable(_queue(queue, paused[queue.id or 0], known_at, limits) for queue in snapshot.queues),
            chain.from_iterable(_agent(agent, known_at, snapshot.pause_limits, limits) for agent in snapshot.agents),
            map(_low_score, (snapshot.low_scores or ())[: limits.low_scores]),
            _rising(snapshot),
            _at_risk(snapshot, limits),
            _follow_ups(snapshot, limits),
        )
    )
    return _ordered(found)


def _ordered(found: list[Alarm]) -> tuple[Alarm, ...]:
    order = {rule: place for place, rule in enumerate(Rule)}
    found.sort(key=lambda alarm: (-alarm.severity, order[alarm.rule], -_excess(alarm), alarm.subject))
    return tuple(found)


def _excess(alarm: Alarm) -> float:
    """How far an alarm is beyond its limit, to put the worst of one rule first."""
    value = alarm.value or 0.0
    excess = value / alarm.limit if alarm.limit else value
    return -excess if alarm.rule.low_is_bad else excess


def _data_age(snapshot: FloorSnapshot, limits: AlarmLimits) -> Iterator[Alarm]:
    age_ms = snapshot.data_age_ms
    followed = [source for source in snapshot.sources if source.following]
    limit_ms = limits.of_data_ms(snapshot.sources)
    if age_ms is None or age_ms <= limit_ms:
        return
    yield SourceAlarm(
        rule=Rule.DATA_AGE,
        severity=Rule.DATA_AGE.severity if followed else Severity.WATCH,
        subject="data",
        since=snapshot.data_at,
        value=age_ms / 1000,
        limit=limit_ms / 1000,
        source=min(followed, key=lambda source: source.checked_at or snapshot.at, default=None),
        followed=len(followed),
        agents_ready=snapshot.total.agents_ready,
    )


def _quiet_sources(snapshot: FloorSnapshot, limits: AlarmLimits) -> Iterator[Alarm]:
    """Without a heartbeat a quiet time and a dead source look alike: worth a check while agents are ready."""
    ready, followed = snapshot.total.agents_ready, sum(source.following for source in snapshot.sources)
    if not ready:
        return
    for source in snapshot.sources:
        quiet_ms = snapshot.at - (source.last_record_at or snapshot.at)
        if source.following and not source.heartbeat and quiet_ms > limits.quiet_ms:
            yield SourceAlarm(
                rule=Rule.QUIET_SOURCE,
                severity=Rule.QUIET_SOURCE.severity,
                subject=source.name,
                since=source.last_record_at,
                value=quiet_ms / 1000,
                limit=limits.quiet_ms / 1000,
                source=source,
                followed=followed,
                agents_ready=ready,
            )


def _queue(queue: QueueFigures, paused: int, at: int, limits: AlarmLimits) -> Iterator[Alarm]:
    since, threshold_ms = queue.longest_wait_since, queue.service_level_threshold_ms
    if since is not None and threshold_ms is not None:
        yield from _waiting(queue, paused, wait_ms(since, at), limits.wait_thresholds * threshold_ms)
    level, target = queue.service_level_live(at), queue.service_level_target
    enough = queue.judged_visits(at) >= limits.service_level_visits
    if enough and level is not None and target is not None and level < target:
        yield _queue_alarm(Rule.SERVICE_LEVEL, queue, paused, value=level, limit=target)


def _queue_alarm(
    rule: Rule, queue: QueueFigures, paused: int, *, since: int | None = None, value: float, limit: float
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


def _waiting(queue: QueueFigures, paused: int, waited_ms: int, limit_ms: float) -> Iterator[Alarm]:
    since, waited_s = queue.longest_wait_since, waited_ms / 1000
    if queue.agents_on_phones == 0 and queue.agents_known:
        yield _queue_alarm(Rule.NOBODY_ON_PHONES, queue, paused, since=since, value=waited_s, limit=0.0)
    elif waited_ms > limit_ms:
        yield _queue_alarm(Rule.LONGEST_WAIT, queue, paused, since=since, value=waited_s, limit=limit_ms / 1000)
    gap = queue.agents_gap
    if gap is not None and gap < 0 < queue.agents_on_phones:
        there, needed = float(queue.agents_allotted or 0), float(queue.agents_needed or 0)
        yield _queue_alarm(Rule.SHORT_OF_AGENTS, queue, paused, value=there, limit=needed)


def _agent(
    agent: AgentFigures, at: int, pause_limits: Mapping[str, int | None], limits: AlarmLimits
) -> Iterator[Alarm]:
    if agent.since is None:
        return
    spent_ms, state = at - agent.since, agent.state
    if state is AgentState.PAUSED:
        rule, limit_ms = Rule.PAUSE, (pause_limits.get(agent.reason) if agent.reason else None) or limits.pause_ms
    elif state is AgentState.WRAP_UP:
        rule, limit_ms = Rule.WRAP_UP, limits.wrap_up_ms
    else:
        rule, limit_ms = Rule.TALK, limits.talk_ms
    timed = {AgentState.PAUSED, AgentState.WRAP_UP, AgentState.TALKING, AgentState.HOLD}
    if state in timed and spent_ms > limit_ms:
        yield _agent_alarm(rule, agent, since=agent.since, value=spent_ms / 1000, limit=limit_ms / 1000)
    if agent.missed >= limits.missed_calls and state in {AgentState.READY, AgentState.RINGING}:
        missed, limit = float(agent.missed), float(limits.missed_calls)
        yield _agent_alarm(Rule.MISSED_CALLS, agent, since=None, value=missed, limit=limit)


def _agent_alarm(rule: Rule, agent: AgentFigures, *, since: int | None, value: float, limit: float) -> AgentAlarm:
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


def _at_risk(snapshot: FloorSnapshot, limits: AlarmLimits) -> Iterator[Alarm]:
    """Owners with promises that cannot all be kept, or are at risk; those with most come first."""
    owners = snapshot.follow_ups.owners or ()
    agents = {agent.id: agent for agent in snapshot.agents}
    found = [(owner, max(owner.cannot_be_kept, owner.at_risk or 0)) for owner in owners]
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


def _follow_ups(snapshot: FloorSnapshot, limits: AlarmLimits) -> Iterator[Alarm]:
    """One for each owner with the most overdue calls, one for all others together."""
    overdue: defaultdict[str, list[FollowUp]] = defaultdict(list)
    for item in snapshot.follow_ups.items:
        if item.overdue_since < snapshot.at:
            overdue[item.owner or ""].append(item)
    owners = sorted(overdue, key=lambda owner: (-len(overdue[owner]), owner))
    shown, rest = owners[: limits.follow_up_owners], owners[limits.follow_up_owners :]
    for owner in shown:
        yield _overdue(Rule.OVERDUE_FOLLOW_UPS, overdue[owner], snapshot.at, owner or None, 1 if owner else 0)
    if rest:
        items = [item for owner in rest for item in overdue[owner]]
        yield _overdue(Rule.MORE_OVERDUE_FOLLOW_UPS, items, snapshot.at, None, len(rest))


def _overdue(rule: Rule, items: list[FollowUp], at: int, owner: str | None, owners: int) -> Alarm:
    since = min(item.due_at for item in items)
    return FollowUpsAlarm(
        rule=rule,
        severity=rule.severity,
        subject=owner or (f"{owners} agents" if owners else "nobody"),
        since=since,
        value=float(len(items)),
        limit=0.0,
        owner=owner,
        owners=owners,
        oldest_ms=at - since,
    )
