"""What a supervisor should look at: rules over a snapshot. Pure; nothing is remembered from one snapshot to the next.

There is no alarm about an empty set. The sentences of alarms are in `ccmon.views.alarms`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    FollowUpLoadAlarm,
    FollowUpsAlarm,
    LowScoreAlarm,
    QueueAlarm,
    ReasonAlarm,
    SourceAlarm,
)
from ccmon.model.follow_ups import FollowUp
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import SourceHealth

ACT, WATCH = 2, 1
MINUTE_MS = 60_000


class Limits(Struct, frozen=True):
    """From where on something is worth an alarm."""

    wait_thresholds: float = 3.0
    """Waits of a caller, in service level thresholds of the queue."""
    service_level_events: int = 10
    """Visits that must have counted before a service level is judged (metrics.md 4)."""
    pause_ms: int = 20 * MINUTE_MS
    """A pause whose reason has no limit of its own."""
    wrap_up_ms: int = 3 * MINUTE_MS
    talk_ms: int = 20 * MINUTE_MS
    missed_calls: int = 3
    """Calls missed today by an agent who is offered calls now."""
    follow_up_owners: int = 5
    """Owners of overdue follow-ups who get a line of their own; the rest share one."""
    low_scores: int = 5
    """Unhappy customers who get a line of their own, the latest."""
    owners_at_risk: int = 3
    """Owners who get a line because promises of theirs will be late, those with most first."""
    data_age_ms: int = 30_000
    """While a source is followed."""
    import_age_ms: int = 30 * MINUTE_MS
    """While none is."""
    quiet_ms: int = 60 * MINUTE_MS
    """A followed source without a heartbeat has reported nothing, while agents are ready."""


DEFAULT_LIMITS = Limits()


def find_alarms(
    snapshot: FloorSnapshot,
    *,
    limits: Limits = DEFAULT_LIMITS,
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
    known_at = known_until(snapshot.data_at, snapshot.at, snapshot.sources, limits)
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
    order = {rule: place for place, rule in enumerate(RULES)}
    found.sort(key=lambda alarm: (-alarm.severity, order[alarm.rule], -_excess(alarm), alarm.subject))
    return tuple(found)


RULES = (
    "data_age",
    "quiet_source",
    "nobody_on_phones",
    "longest_wait",
    "short_of_agents",
    "service_level",
    "low_score",
    "rising_problem",
    "talk",
    "wrap_up",
    "pause",
    "missed_calls",
    "promises_at_risk",
    "follow_ups",
    "more_follow_ups",
)
"""Every rule, in the order of alarms of one severity."""

AGENT_RULES = frozenset({"talk", "wrap_up", "pause", "missed_calls"})

STATES_BY_NEED = (
    AgentState.UNAVAILABLE,
    AgentState.RINGING,
    AgentState.PAUSED,
    AgentState.WRAP_UP,
    AgentState.HOLD,
    AgentState.TALKING,
    AgentState.DIALLING,
    AgentState.READY,
    AgentState.LOGGED_OUT,
    AgentState.UNKNOWN,
)
"""The order in which states are likely to need a person."""
NEED = {state: place for place, state in enumerate(STATES_BY_NEED)}


def agent_need(agent: AgentFigures, severity: int) -> tuple[int, int, int, str]:
    """What puts the agents who need a person first: the worst alarm, the state, the longest in it, the name.

    Args:
        agent: the agent.
        severity: of the worst alarm of `AGENT_RULES` about the agent; 0 without one.
    """
    return -severity, NEED[agent.state], agent.since or 0, agent.name.casefold()


LOW_IS_BAD = frozenset({"service_level", "short_of_agents", "low_score"})


def _excess(alarm: Alarm) -> float:
    """How far an alarm is beyond its limit, to put the worst of one rule first."""
    value = alarm.value or 0.0
    excess = value / alarm.limit if alarm.limit else value
    return -excess if alarm.rule in LOW_IS_BAD else excess


def known_until(data_at: int | None, at: int, sources: Iterable[SourceHealth], limits: Limits = DEFAULT_LIMITS) -> int:
    """The moment up to which it is known what goes on: now, or where the data ends if that is too long ago.

    Args:
        data_at: the newest moment for which the database is known to be complete.
        at: now.
        sources: where the data comes from.
        limits: how old it may be.
    """
    return at if data_at is None or at - data_at <= _age_limit_ms(sources, limits) else data_at


def _age_limit_ms(sources: Iterable[SourceHealth], limits: Limits) -> int:
    return limits.data_age_ms if any(source.following for source in sources) else limits.import_age_ms


def _data_age(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    age_ms = snapshot.data_age_ms
    followed = [source for source in snapshot.sources if source.following]
    limit_ms = _age_limit_ms(snapshot.sources, limits)
    if age_ms is None or age_ms <= limit_ms:
        return
    yield SourceAlarm(
        "data_age",
        ACT if followed else WATCH,
        "data",
        snapshot.data_at,
        age_ms / 1000,
        limit_ms / 1000,
        source=min(followed, key=lambda source: source.checked_at or snapshot.at, default=None),
        followed=len(followed),
        agents_ready=snapshot.total.agents_ready,
    )


def _quiet_sources(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """Without a heartbeat a quiet time and a dead source look alike: worth a check while agents are ready."""
    ready, followed = snapshot.total.agents_ready, sum(source.following for source in snapshot.sources)
    if not ready:
        return
    for source in snapshot.sources:
        quiet_ms = snapshot.at - (source.last_record_at or snapshot.at)
        if source.following and not source.heartbeat and quiet_ms > limits.quiet_ms:
            since, limit_s = source.last_record_at, limits.quiet_ms / 1000
            yield SourceAlarm(
                "quiet_source", WATCH, source.name, since, quiet_ms / 1000, limit_s, source, followed, ready
            )


def _queue(queue: QueueFigures, paused: int, at: int, limits: Limits) -> Iterator[Alarm]:
    since, threshold_ms = queue.longest_wait_since, queue.service_level_threshold_ms
    if since is not None and threshold_ms is not None:
        yield from _waiting(queue, paused, wait_ms(since, at), limits.wait_thresholds * threshold_ms)
    level, target = queue.service_level_live(at), queue.service_level_target
    enough = queue.judged_visits(at) >= limits.service_level_events
    if enough and level is not None and target is not None and level < target:
        yield QueueAlarm("service_level", WATCH, queue.name, None, level, target, queue, paused)


def _waiting(queue: QueueFigures, paused: int, waited_ms: int, limit_ms: float) -> Iterator[Alarm]:
    since, name, waited_s = queue.longest_wait_since, queue.name, waited_ms / 1000
    if queue.agents_on_phones == 0 and queue.agents_known:
        yield QueueAlarm("nobody_on_phones", ACT, name, since, waited_s, 0.0, queue, paused)
    elif waited_ms > limit_ms:
        yield QueueAlarm("longest_wait", ACT, name, since, waited_s, limit_ms / 1000, queue, paused)
    gap = queue.agents_gap
    if gap is not None and gap < 0 < queue.agents_on_phones:
        there, needed = float(queue.agents_allotted or 0), float(queue.agents_needed or 0)
        yield QueueAlarm("short_of_agents", WATCH, name, None, there, needed, queue, paused)


def _agent(agent: AgentFigures, at: int, pause_limits: Mapping[str, int | None], limits: Limits) -> Iterator[Alarm]:
    if agent.since is None:
        return
    spent_ms, state = at - agent.since, agent.state
    if state is AgentState.PAUSED:
        rule, limit_ms = "pause", (pause_limits.get(agent.reason) if agent.reason else None) or limits.pause_ms
    elif state is AgentState.WRAP_UP:
        rule, limit_ms = "wrap_up", limits.wrap_up_ms
    else:
        rule, limit_ms = "talk", limits.talk_ms
    timed = {AgentState.PAUSED, AgentState.WRAP_UP, AgentState.TALKING, AgentState.HOLD}
    if state in timed and spent_ms > limit_ms:
        yield AgentAlarm(rule, WATCH, agent.name, agent.since, spent_ms / 1000, limit_ms / 1000, agent)
    if agent.missed >= limits.missed_calls and state in {AgentState.READY, AgentState.RINGING}:
        missed, limit = float(agent.missed), float(limits.missed_calls)
        yield AgentAlarm("missed_calls", WATCH, agent.name, None, missed, limit, agent)


def _low_score(low: LowScore) -> Alarm:
    return LowScoreAlarm("low_score", WATCH, low.who, low.answered_at, float(low.score), float(low.scale), low)


def _rising(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    problems = snapshot.problems
    if problems is None:
        return
    for reason in problems.reasons:
        if reason.rising:
            since, calls = problems.tested_at, float(reason.calls)
            yield ReasonAlarm("rising_problem", WATCH, reason.name, since, calls, reason.usual, reason)


def _at_risk(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """Owners with promises that cannot all be kept, or are at risk; those with most come first."""
    owners = snapshot.follow_ups.owners or ()
    agents = {agent.id: agent for agent in snapshot.agents}
    found = [(owner, max(owner.cannot_be_kept, owner.at_risk or 0)) for owner in owners]
    found = sorted((each for each in found if each[1] > 0), key=lambda each: (-each[1], each[0].name))
    for owner, coming in found[: limits.owners_at_risk]:
        agent = agents.get(owner.agent_id or 0)
        yield FollowUpLoadAlarm("promises_at_risk", WATCH, owner.name, None, float(coming), 0.0, owner, agent)


def _follow_ups(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """One for each owner with the most overdue calls, one for all others together."""
    overdue: defaultdict[str, list[FollowUp]] = defaultdict(list)
    for item in snapshot.follow_ups.items:
        if item.overdue_since < snapshot.at:
            overdue[item.owner or ""].append(item)
    owners = sorted(overdue, key=lambda owner: (-len(overdue[owner]), owner))
    shown, rest = owners[: limits.follow_up_owners], owners[limits.follow_up_owners :]
    for owner in shown:
        yield _overdue("follow_ups", overdue[owner], snapshot.at, owner or None, 1 if owner else 0)
    if rest:
        items = [item for owner in rest for item in overdue[owner]]
        yield _overdue("more_follow_ups", items, snapshot.at, None, len(rest))


def _overdue(rule: str, items: list[FollowUp], at: int, owner: str | None, owners: int) -> Alarm:
    since = min(item.due_at for item in items)
    subject = owner or (f"{owners} agents" if owners else "nobody")
    return FollowUpsAlarm(rule, WATCH, subject, since, float(len(items)), 0.0, owner, owners, at - since)
