"""The alarms of a business day, from the same stretches of time that the alarms of each of its moments follow from.

Cut at any moment, the log has the alarms of that moment. Only alarms about the data itself have no past: their sources
keep only the newest moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.alarm_stretches import Stretches, alarms_of, common, united
from ccmon.metrics.open_calls import orphaned_at
from ccmon.metrics.satisfaction import very_low
from ccmon.model.agents import IN_A_CALL, AgentState
from ccmon.model.alarm_history import NO_HISTORY, Acts, QueueHistory
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.model.alarms import Rule
from ccmon.model.business_day import BusinessDay
from ccmon.model.contact_reasons import RaisedFlag
from ccmon.model.satisfaction import LowScore
from ccmon.snapshot.alarms import FOLLOW_UPS, OFFERED_CALLS, RULES_OF_STATES, limit_of_state
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.queue_alarms import RULES, QueueRules, stretches_of_waits
from ccmon.time_units import NEVER


class StateOfDay(Struct, frozen=True, gc=False):
    """A state of an agent in the business day, or on the evening before. A row of ``states_of_day``."""

    agent_id: int
    state: str
    reason: str | None
    started_at: int
    ended_at: int | None
    queue_id: int | None
    entered_at: int | None
    """When the call entered."""


class MissedCallOfDay(Struct, frozen=True, gc=False):
    """A call that an agent missed. A row of ``missed_calls_of_day``."""

    agent_id: int
    missed_at: int


class LowScoreOfDay(LowScore, frozen=True):
    """A low score of the business day. A row of ``low_scores_of_day``."""

    taken_up_at: int | None
    """When somebody promised the customer a call, or talked with them; None: nobody has."""


class DayOfAlarms(Struct, frozen=True, kw_only=True, eq=False):
    """What the alarms of a business day follow from, as far as it is known at a moment."""

    at: int
    """The moment."""
    day: BusinessDay
    directory: Directory
    max_open_ms: int
    opened: Stretches
    """When the site is open."""
    rules: Mapping[int, QueueRules]
    """By queue."""
    queues: Mapping[int, QueueHistory]
    """By queue, its waits that are over."""
    waiting_since: Mapping[int, Sequence[int]]
    """By queue, when the callers entered who wait."""
    states: Sequence[StateOfDay]
    """Those that are worth an alarm if they last."""
    missed: Sequence[MissedCallOfDay]
    states_of_missing: Sequence[StateOfDay]
    """All states of the agents who missed calls."""
    low_scores: Sequence[LowScoreOfDay]
    rising: Sequence[RaisedFlag]
    overdue: Stretches
    """When any follow-up was overdue."""
    acts: Acts


def alarm_log(day: DayOfAlarms) -> list[LoggedAlarm]:
    """The alarms that stood in the day so far, in the order in which they opened."""
    found = chain(_of_queues(day), _of_agents(day), _missed(day), _of_customers(day), _rising(day), _overdue(day))
    alarms = [_as_known(each, day) for each in found if each.opened_at <= day.at]
    of_day = [each for each in alarms if each.cleared_at is None or each.cleared_at > day.day.starts_at]
    return sorted(of_day, key=lambda each: (each.opened_at, each.rule, each.subject))


def _as_known(alarm: LoggedAlarm, day: DayOfAlarms) -> LoggedAlarm:
    """An alarm as it is known at the moment of the log, with what was done about it."""
    eased_at = alarm.eased_at if alarm.eased_at is not None and alarm.eased_at <= day.at else None
    cleared_at = alarm.cleared_at if alarm.cleared_at is not None and alarm.cleared_at <= day.at else None
    acts = day.acts.get((alarm.rule, alarm.subject), ())
    own = (act for act in acts if alarm.opened_at <= act.acted_at < (cleared_at or NEVER))
    return replace(alarm, eased_at=eased_at, cleared_at=cleared_at, acts=tuple(own))


def _logged(
    rule: Rule, subject: str, since: int, times: tuple[int, int | None], limit: float | None = None
) -> LoggedAlarm:
    """One that clears as soon as nothing is wrong."""
    opened_at, ended_at = times
    ended_at = None if ended_at == NEVER else ended_at
    return LoggedAlarm(
        rule=rule,
        severity=rule.severity,
        subject=subject,
        since=since,
        opened_at=opened_at,
        eased_at=ended_at,
        cleared_at=ended_at,
        limit=limit,
    )


def _of_queues(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    for number, rules in day.rules.items():
        history = day.queues.get(number, NO_HISTORY)
        found = stretches_of_waits(history.waits, rules, history.unstaffed, day.opened)
        for entered_at in day.waiting_since.get(number, ()):
            orphaned = orphaned_at(entered_at, day.max_open_ms)
            left_at = orphaned if orphaned <= day.at else NEVER
            found = found.with_wait(entered_at, left_at, rules, history.unstaffed, day.opened)
        name = day.directory.queues[number].name
        for rule in RULES:
            limit = rules.limit_ms(rule) / 1000
            for each in alarms_of(found.of(rule), for_ms=rules.for_ms(rule), calm_ms=rules.calm_ms):
                logged = _logged(rule, name, each.since, (each.opened_at, each.cleared_at), limit)
                yield replace(logged, eased_at=each.eased_at)


def _of_agents(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    """Those about the time in a state."""
    limits = day.directory.alarm_limits
    for row in day.states:
        agent, rule = day.directory.agents.get(row.agent_id), RULES_OF_STATES.get(AgentState(row.state))
        if agent is None or rule is None:
            continue
        queue = None if row.queue_id is None else day.directory.queues[row.queue_id].name
        limit_ms = limit_of_state(rule, limits, agent.team, queue=queue, reason=row.reason)
        opened_at, ended_at = row.started_at + limit_ms + 1, row.ended_at or NEVER
        if row.state in IN_A_CALL and row.entered_at is not None:
            ended_at = min(ended_at, orphaned_at(row.entered_at, day.max_open_ms))
        if opened_at < ended_at:
            yield _logged(rule, agent.name, row.started_at, (opened_at, ended_at), limit_ms / 1000)


def _missed(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    """Those about calls missed in a row: until the agent does anything but being offered calls."""
    missed: defaultdict[int, list[int]] = defaultdict(list)
    for call in day.missed:
        missed[call.agent_id].append(call.missed_at)
    states: defaultdict[int, list[StateOfDay]] = defaultdict(list)
    for row in day.states_of_missing:
        states[row.agent_id].append(row)
    for agent_id, moments in missed.items():
        agent = day.directory.agents.get(agent_id)
        if agent is None:
            continue
        most = day.directory.alarm_limits.of_agent("missed_calls", agent.team)
        offered = united(
            (row.started_at, row.ended_at or NEVER) for row in states[agent_id] if row.state in OFFERED_CALLS
        )
        others = sorted(row.started_at for row in states[agent_id] if row.state not in OFFERED_CALLS)
        for begins, ends in pairwise([day.day.starts_at, *(at for at in others if at > day.day.starts_at), NEVER]):
            run = sorted(at for at in moments if begins <= at < ends)
            if len(run) >= most:
                for times in common((run[most - 1], ends), offered):
                    yield _logged(Rule.MISSED_CALLS, agent.name, run[0], times, float(most))


def _of_customers(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    for low in day.low_scores:
        if very_low(low.score, low.scale) and (low.taken_up_at is None or low.taken_up_at > low.answered_at):
            at = low.answered_at
            yield _logged(Rule.LOW_SCORE, low.who, at, (at, low.taken_up_at), float(low.scale))


def _rising(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    for flag in day.rising:
        yield _logged(Rule.RISING_PROBLEM, flag.reason, flag.raised_at, (flag.raised_at, flag.cleared_at))


def _overdue(day: DayOfAlarms) -> Iterator[LoggedAlarm]:
    for since, until in day.overdue:
        yield _logged(Rule.OVERDUE_FOLLOW_UPS, FOLLOW_UPS, since, (since, until))
