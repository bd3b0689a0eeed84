"""What a supervisor should look at: rules over a snapshot. Pure; nothing is remembered from one snapshot to the next.

An alarm is one sentence that says what is wrong and, where it can, what to do. Nothing is said about an empty set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from ccmon.metrics.durations import coarse
from ccmon.metrics.follow_ups import LateReason, LateWhy, RecordOf
from ccmon.metrics.percentage import percent, percent_below
from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import Alarm
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
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
    """A followed source without a heartbeat has told of nothing, while agents are ready."""


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
"""Every rule, in the order in which alarms of one severity stand."""

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
    silent = min(followed, key=lambda source: source.checked_at or snapshot.at, default=None)
    whose = f" of {silent.name}" if silent and len(followed) > 1 else ""
    said = f"ask the administrator whether ccmon follow{whose} still runs" if followed else "no switch is followed"
    text = f"The newest data is {spoken(age_ms)} old: {said}."
    severity = ACT if followed else WATCH
    yield Alarm("data_age", severity, "data", snapshot.data_at, age_ms / 1000, limit_ms / 1000, text)


def _quiet_sources(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """Without a heartbeat a quiet time and a dead feed look alike: worth a look while agents are ready."""
    if not snapshot.total.agents_ready:
        return
    for source in snapshot.sources:
        quiet_ms = snapshot.at - (source.last_record_at or snapshot.at)
        if source.following and not source.heartbeat and quiet_ms > limits.quiet_ms:
            ready = snapshot.total.agents_ready
            agents = f"{ready} {'agent is' if ready == 1 else 'agents are'} ready"
            text = (
                f"Nothing new in {source.name} for {spoken(quiet_ms)} while {agents}: does the switch still write it?"
            )
            if source.rejected:
                lines = "1 line" if source.rejected == 1 else f"{source.rejected:,} lines"
                text += f" {lines} of it did not go in: ccmon sources --rejected."
            since, limit_s = source.last_record_at, limits.quiet_ms / 1000
            yield Alarm("quiet_source", WATCH, source.name, since, quiet_ms / 1000, limit_s, text)


def _queue(queue: QueueFigures, paused: int, at: int, limits: Limits) -> Iterator[Alarm]:
    since, threshold_ms = queue.longest_wait_since, queue.service_level_threshold_ms
    if since is not None and threshold_ms is not None:
        yield from _waiting(queue, paused, wait_ms(since, at), limits.wait_thresholds * threshold_ms)
    level, target = queue.service_level_live, queue.service_level_target
    events = (
        queue.answered_after_wait
        + queue.abandoned
        - queue.short_abandoned
        + queue.timed_out
        + queue.no_agents
        + queue.waiting_past_threshold
    )
    if level is not None and target is not None and level < target and events >= limits.service_level_events:
        text = f"{queue.name} answers {percent_below(level, target)} in time today; the target is {percent(target)}."
        yield Alarm("service_level", WATCH, queue.name, None, level, target, text)


def _waiting(queue: QueueFigures, paused: int, waited_ms: int, limit_ms: float) -> Iterator[Alarm]:
    since, name = queue.longest_wait_since, queue.name
    callers = _callers(queue.waiting)
    recall = f"; {paused} of its agents {'is' if paused == 1 else 'are'} paused" if paused else ""
    if queue.agents_on_phones == 0 and queue.agents_known:
        text = f"Nobody takes the calls of {name}: {callers}, the first for {spoken(waited_ms)}{recall}."
        yield Alarm("nobody_on_phones", ACT, name, since, waited_ms / 1000, 0.0, text)
    elif waited_ms > limit_ms:
        ready = queue.agents_ready
        help_ = f"{ready} ready: see why nobody answers" if ready else f"all {queue.agents_on_phones} are busy{recall}"
        help_ = f"; {help_}" if queue.agents_known else ""
        text = f"A caller has waited {spoken(waited_ms)} in {name}{help_}."
        yield Alarm("longest_wait", ACT, name, since, waited_ms / 1000, limit_ms / 1000, text)
    gap = queue.agents_gap
    if gap is not None and gap < 0 < queue.agents_on_phones:
        allotted, on_phones = queue.agents_allotted or 0, queue.agents_on_phones
        # Those who serve other queues, too, stand beside each of them: the share is what falls short.
        share = f": its share is {allotted} of the {on_phones} there" if allotted != on_phones else ""
        text = f"{name} needs {-gap} more on the phones while {callers}{share}{recall}."
        there, needed = float(allotted), float(queue.agents_needed or 0)
        yield Alarm("short_of_agents", WATCH, name, None, there, needed, text)


def _agent(agent: AgentFigures, at: int, pause_limits: Mapping[str, int | None], limits: Limits) -> Iterator[Alarm]:
    if agent.since is None:
        return
    spent_ms, state = at - agent.since, agent.state
    if state is AgentState.PAUSED:
        limit_ms = (pause_limits.get(agent.reason) if agent.reason else None) or limits.pause_ms
        if spent_ms > limit_ms:
            what = f"on {agent.reason}" if agent.reason else "paused without a reason"
            text = f"{agent.name} has been {what} for {spoken(spent_ms)}; {spoken(limit_ms)} is the limit."
            yield Alarm("pause", WATCH, agent.name, agent.since, spent_ms / 1000, limit_ms / 1000, text)
    elif state is AgentState.WRAP_UP and spent_ms > limits.wrap_up_ms:
        text = f"{agent.name} has been in wrap-up for {spoken(spent_ms)}: ask whether help is needed."
        yield Alarm("wrap_up", WATCH, agent.name, agent.since, spent_ms / 1000, limits.wrap_up_ms / 1000, text)
    elif state in {AgentState.TALKING, AgentState.HOLD} and spent_ms > limits.talk_ms:
        with_ = f" in {agent.queue}" if agent.queue else ""
        text = f"{agent.name} has been on one call{with_} for {spoken(spent_ms)}: listen in or help."
        yield Alarm("talk", WATCH, agent.name, agent.since, spent_ms / 1000, limits.talk_ms / 1000, text)
    if agent.missed >= limits.missed_calls and state in {AgentState.READY, AgentState.RINGING}:
        text = f"{agent.name} is offered calls but has missed {agent.missed} today: pause the telephone or go and see."
        yield Alarm("missed_calls", WATCH, agent.name, None, float(agent.missed), float(limits.missed_calls), text)


def _low_score(low: LowScore) -> Alarm:
    """An unhappy customer whom a call can still win back."""
    agent = f" after talking with {low.agent}" if low.agent else ""
    queue = f" in {low.queue}" if low.queue else ""
    text = f"{low.who} gave {low.score} of {low.scale}{agent}{queue}: call back."
    return Alarm("low_score", WATCH, low.who, low.answered_at, float(low.score), float(low.scale), text)


def _rising(snapshot: FloorSnapshot) -> Iterator[Alarm]:
    problems = snapshot.problems
    if problems is None:
        return
    for reason in problems.reasons:
        if reason.rising:
            usual = f", {reason.usual:.0f} is usual by now" if reason.usual is not None else ""
            text = f"{reason.name}: {reason.calls} calls today{usual}; {reason.customers} customers are concerned."
            value = float(reason.calls)
            yield Alarm("rising_problem", WATCH, reason.name, problems.tested_at, value, reason.usual, text)


def _at_risk(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """Owners with promises that cannot all be kept, or are at risk; those with most come first."""
    owners = snapshot.follow_ups.owners or ()
    agents = {agent.id: agent for agent in snapshot.agents}
    found = [(owner, max(owner.cannot_be_kept, owner.at_risk or 0)) for owner in owners]
    found = sorted((each for each in found if each[1] > 0), key=lambda each: (-each[1], each[0].name))
    for owner, coming in found[: limits.owners_at_risk]:
        text = f"{promise_sentence(owner, does_now(agents.get(owner.agent_id or 0)))}."
        yield Alarm("promises_at_risk", WATCH, owner.name, None, float(coming), 0.0, text)


def promise_sentence(owner: AgentFollowUps, doing: str = "") -> str:
    """Such as: Eva owns 6, needs 48 min, has 35 min: 2 cannot be kept, 3 at risk (12 of 20 such were late in 28 days).

    The time is told where it decides. Where the time of the shift would be enough, it is what the owner does now that
    makes a promise late.
    """
    risk = owner.risk
    if not owner.owed:
        return "Every promised call has been taken" if owner.agent_id is None else f"{owner.name} owes no promised call"
    if owner.agent_id is None:
        return f"Nobody has taken {_calls(owner.owed)}: hand {'it' if owner.owed == 1 else 'them'} out"
    becomes = what_becomes_of_promises(owner)
    if (owner.at_risk or 0) > owner.cannot_be_kept and owner.late_reason is not None:
        becomes += f" ({why_at_risk(owner.late_reason)})"
    if risk is None:
        unknown = "no shift is known" if owner.shift_ends_at is None else "no usual time is known"
        return f"{owner.name} owes {_calls(owner.owed)}: {becomes if owner.at_risk else unknown}"
    if owner.at_risk and not owner.cannot_be_kept:
        return f"{owner.name} owes {_calls(owner.owed)}: {becomes}"
    needs, has = coarse(risk.needed_ms), coarse(risk.left_ms)
    enough = owner.cannot_be_kept and risk.needed_ms <= risk.left_ms and doing
    time = f"needs {needs}, is {doing} now" if enough else f"needs {needs}, has {has}"
    return f"{owner.name} owns {risk.owned}, {time}: {becomes}"


def does_now(agent: AgentFigures | None) -> str:
    """What keeps an agent, in words; nothing where that is not known."""
    if agent is None or agent.state is AgentState.UNKNOWN:
        return ""
    if agent.state is AgentState.PAUSED and agent.reason:
        return f"on {agent.reason}"
    return {AgentState.WRAP_UP: "in wrap-up", AgentState.HOLD: "on hold"}.get(agent.state) or agent.state.replace(
        "_", " "
    )


def why_at_risk(reason: LateReason) -> str:
    """What puts promises at risk, as a person says it."""
    if reason.why is not LateWhy.RECORD:
        return reason.why.value
    if not reason.promised:
        return "no record of such promises"
    return f"{reason.late} of {reason.promised} such promises{WHOSE[reason.of]} were late in 28 days"


WHOSE = {RecordOf.OWNER: "", RecordOf.TEAM: " of the team", RecordOf.ALL: " of all"}


def what_becomes_of_promises(owner: AgentFollowUps) -> str:
    """Such as: 1 is late, 2 cannot be kept, 3 at risk."""
    parts = [f"{owner.overdue} {'is' if owner.overdue == 1 else 'are'} late"] if owner.overdue else []
    parts += [f"{owner.cannot_be_kept} cannot be kept"] if owner.cannot_be_kept else []
    parts += [f"{owner.at_risk} at risk"] if (owner.at_risk or 0) > owner.cannot_be_kept else []
    return ", ".join(parts) or "all can be kept"


def _follow_ups(snapshot: FloorSnapshot, limits: Limits) -> Iterator[Alarm]:
    """One line for each owner with the most overdue calls, one for all others together."""
    overdue: defaultdict[str, list[FollowUp]] = defaultdict(list)
    for item in snapshot.follow_ups.items:
        if item.overdue_since < snapshot.at:
            overdue[item.owner or ""].append(item)
    owners = sorted(overdue, key=lambda owner: (-len(overdue[owner]), owner))
    shown, rest = owners[: limits.follow_up_owners], owners[limits.follow_up_owners :]
    for owner in shown:
        items = overdue[owner]
        who = f"{owner} owes" if owner else "Nobody has taken"
        yield _follow_up_alarm(items, owner or "nobody", f"{who} {_calls(len(items))}", snapshot.at)
    if rest:
        items = [item for owner in rest for item in overdue[owner]]
        text = f"{len(rest)} more agents owe {_calls(len(items))}"
        yield _follow_up_alarm(items, f"{len(rest)} agents", text, snapshot.at, rule="more_follow_ups")


def _follow_up_alarm(items: list[FollowUp], subject: str, said: str, at: int, *, rule: str = "follow_ups") -> Alarm:
    since = min(item.due_at for item in items)
    oldest = "due" if len(items) == 1 else ", the oldest due"
    text = f"{said}{' ' if len(items) == 1 else ''}{oldest} {spoken(at - since)} ago."
    return Alarm(rule, WATCH, subject, since, float(len(items)), 0.0, text)


def _calls(number: int) -> str:
    return "a promised call" if number == 1 else f"{number} promised calls"


def _callers(number: int) -> str:
    return "1 caller waits" if number == 1 else f"{number} callers wait"


def spoken(length_ms: float) -> str:
    """A length of time as a person says it: 48 s, 2:51 min, 42 min, 3 h 05, 2 days."""
    seconds = int(length_ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60}:{seconds % 60:02} min"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02}"
    return f"{seconds // 86400} days"
