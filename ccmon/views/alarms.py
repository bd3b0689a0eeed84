"""The sentence of each alarm: what is wrong and, where possible, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.formatting import count, dated, plural
from ccmon.metrics.durations import coarse, spoken
from ccmon.metrics.follow_ups import LateCause, LateReason, RecordOf
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    LowScoreAlarm,
    OverdueFollowUpsAlarm,
    QueueAlarm,
    ReasonAlarm,
    Rule,
    SourceAlarm,
)
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.snapshot import FloorSnapshot

ASK_FOR_DATABASE = "start the screen again, or ask the administrator"


def _length(alarm: Alarm, floor: FloorSnapshot) -> str:
    """The value of an alarm about a length of time."""
    return spoken((alarm.measured(floor.known_until) or 0.0) * 1000)


def _data_age(alarm: SourceAlarm, floor: FloorSnapshot) -> str:
    if alarm.moved is not None:
        since = dated(alarm.moved.at, ZoneInfo(floor.time_zone), floor.at)
        return f"This is the former database: since {since} {alarm.moved.database} is in force; {ASK_FOR_DATABASE}."
    if alarm.source is not None and alarm.source.is_retired:
        since = dated(alarm.since, ZoneInfo(floor.time_zone), floor.at)
        return f"This database has not been followed since {since}: {ASK_FOR_DATABASE}."
    cause = "no switch is followed"
    if alarm.source is not None:
        follower = f"ccmon follow{f' of {alarm.source.name}' if alarm.followed > 1 else ''}"
        cause = {
            True: f"{follower} runs, but reports nothing; ask the administrator",
            False: f"{follower} has stopped; ask the administrator to start it",
            None: f"ask the administrator whether {follower} still runs",
        }[alarm.source.running]
        if alarm.source.disk_is_full:
            cause = "the disk is full and nothing more can be written; ask the administrator to make room"
        elif alarm.source.last_error:
            cause += f". It said last: {alarm.source.last_error}"
    return f"The newest data is {_length(alarm, floor)} old: {cause}."


def _quiet_source(alarm: SourceAlarm, floor: FloorSnapshot) -> str:
    ready, length = plural(alarm.agents_ready, "{n} agent", "{n} agents"), _length(alarm, floor)
    text = f"Nothing new in {alarm.subject} for {length}, with {ready} ready: does the switch still write it?"
    if alarm.source is not None and alarm.source.rejected:
        text += (
            f" {plural(alarm.source.rejected, '{n} line', '{n} lines')} of it did not go in: ccmon sources --rejected."
        )
    if alarm.source is not None and alarm.source.last_error:
        text += f" ccmon follow said last: {alarm.source.last_error}."
    return text


def _agents_of(alarm: QueueAlarm) -> str:
    """Whom to call back, help or ask, as a sentence of its own: agents who serve the queue."""
    rules = [each.rule for each in alarm.parts if isinstance(each, AgentAlarm)]
    found = []
    if alarm.agents_paused:
        too_long = rules.count(Rule.PAUSE)
        found.append(f"{plural(alarm.agents_paused, '{n} agent', '{n} agents')} paused")
        if too_long:
            found[-1] += f", {too_long} of them for too long" if alarm.agents_paused > 1 else " for too long"
    for rule, words in _AGENTS_OF.items():
        number = rules.count(rule)
        if number:
            found.append(f"{plural(number, '{n} agent', '{n} agents')} {words[number > 1]}")
    return f" {', '.join(found)}." if found else ""


_AGENTS_OF = {
    Rule.WRAP_UP: ("in wrap-up for too long", "in wrap-up for too long"),
    Rule.TALK: ("on a very long call", "on very long calls"),
    Rule.MISSED_CALLS: ("missing calls", "missing calls"),
}
"""What several agents do, by the rule that their alarms are of: for one of them, and for several."""


def _ended_ago(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    return f"ended {coarse(floor.known_until - (alarm.eased_at or floor.known_until))} ago"


def _nobody_on_phones(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    queue = alarm.queue
    if alarm.eased_at is not None:
        return f"{queue.name}: nobody was staffed while callers waited; {_ended_ago(alarm, floor)}."
    callers, length = plural(queue.waiting, "{n} caller", "{n} callers"), _length(alarm, floor)
    return f"{queue.name}: nobody staffed, longest wait {length}, {callers} waiting.{_agents_of(alarm)}"


def _longest_wait(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    queue = alarm.queue
    if alarm.eased_at is not None:
        limit = spoken((alarm.limit or 0.0) * 1000)
        return f"{queue.name}: longest wait was over {limit}; {_ended_ago(alarm, floor)}."
    text = f"{queue.name}: longest wait {_length(alarm, floor)}."
    if not queue.agents_known:
        return text
    if queue.agents_ready:
        return f"{text} {plural(queue.agents_ready, '{n} agent', '{n} agents')} ready: see why nobody answers."
    return f"{text} {plural(queue.agents_on_phones, '{n} agent', '{n} agents')} staffed, none ready.{_agents_of(alarm)}"


def _short_of_agents(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    queue = alarm.queue
    limit = spoken((alarm.limit or 0.0) * 1000)
    if alarm.eased_at is not None:
        return f"{queue.name}: waits were over {limit} without a break; {_ended_ago(alarm, floor)}."
    since = spoken(floor.known_until - (alarm.since or floor.known_until))
    waits, missing = f"waits over {limit} without a break for {since}", -(queue.agents_gap or 0)
    if missing <= 0:
        return f"{queue.name}: {waits}.{_agents_of(alarm)}"
    allotted, staffed = queue.agents_allotted or 0, queue.agents_on_phones
    # Agents who serve several queues are staffed in each: it is only the queue's part that is too small.
    part = (
        f" Allotted to it: {allotted} of {plural(staffed, '{n} staffed agent', '{n} staffed agents')}."
        if allotted != staffed
        else ""
    )
    more = plural(missing, "{n} more agent", "{n} more agents")
    return f"{queue.name}: {more} required, {waits}.{part}{_agents_of(alarm)}"


def _pause(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    agent, limit = alarm.agent, spoken((alarm.limit or 0.0) * 1000)
    return f"{agent.name}: paused for {_length(alarm, floor)} ({agent.reason or 'no reason'}, limit {limit})."


def _wrap_up(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    return f"{alarm.agent.name}: in wrap-up for {_length(alarm, floor)}. Ask whether help is needed."


def _talk(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    agent = alarm.agent
    queue = f" ({agent.queue})" if agent.queue else ""
    return f"{agent.name}: on one call for {_length(alarm, floor)}{queue}. Listen in or help."


def _missed_calls(alarm: AgentAlarm, _: FloorSnapshot) -> str:
    calls = plural(int(alarm.value or 0), "{n} call", "{n} calls")
    return f"{alarm.agent.name}: {calls} missed in a row. Pause the telephone, or go and see."


def _low_score(alarm: LowScoreAlarm, _: FloorSnapshot) -> str:
    low = alarm.score
    whose = ", ".join(name for name in (low.agent, low.queue) if name)
    return f"{low.who}: score {low.score} of {low.scale}{f' ({whose})' if whose else ''}. Call the customer back."


def _rising_problem(alarm: ReasonAlarm, _: FloorSnapshot) -> str:
    reason = alarm.reason
    usual = f", usual by now {count(reason.usual)}" if reason.usual is not None else ""
    customers = plural(reason.customers, "{n} customer", "{n} customers")
    return f"{reason.name}: {plural(reason.calls, '{n} call', '{n} calls')} today{usual}. {customers} concerned."


def _overdue_follow_ups(alarm: OverdueFollowUpsAlarm, floor: FloorSnapshot) -> str:
    number, names = int(alarm.value or 0), floor.alarm_limits.follow_up_owners
    promises, ago = (
        plural(number, "{n} overdue promise", "{n} overdue promises"),
        spoken(floor.at - (alarm.since or floor.at)),
    )
    if len(alarm.owners) == 1:
        [(owner, _)] = alarm.owners
        who = owner or "No owner"
        if alarm.at_least:
            return f"{who}: at least {promises}, the oldest due {ago} ago."
        return f"{who}: {promises}, due {ago} ago." if number == 1 else f"{who}: {promises}, the oldest due {ago} ago."
    agents = plural(sum(owner is not None for owner, _ in alarm.owners), "{n} agent", "{n} agents")
    shown = [f"{owner or 'no owner'} {calls}" for owner, calls in alarm.owners[:names]]
    rest = len(alarm.owners) - len(shown)
    who = ", ".join([*shown, *([f"{rest} more"] if rest else [])])
    at_least = "At least " if alarm.at_least else ""
    return f"{at_least}{promises} of {agents}, the oldest due {ago} ago: {who}."


SENTENCES: Mapping[Rule, Callable[[Any, FloorSnapshot], str]] = {
    Rule.DATA_AGE: _data_age,
    Rule.QUIET_SOURCE: _quiet_source,
    Rule.NOBODY_ON_PHONES: _nobody_on_phones,
    Rule.LONGEST_WAIT: _longest_wait,
    Rule.SHORT_OF_AGENTS: _short_of_agents,
    Rule.OVERDUE_FOLLOW_UPS: _overdue_follow_ups,
    Rule.LOW_SCORE: _low_score,
    Rule.RISING_PROBLEM: _rising_problem,
    Rule.TALK: _talk,
    Rule.WRAP_UP: _wrap_up,
    Rule.PAUSE: _pause,
    Rule.MISSED_CALLS: _missed_calls,
}


_OF_THE_DAY = {Rule.RISING_PROBLEM}
"""Alarms whose sentences say "today", after all names."""


def alarm_sentence(alarm: Alarm, floor: FloorSnapshot, *, is_past_day: bool = False) -> str:
    """The sentence of an alarm, with the time that has passed by the moment of its snapshot.

    Args:
        alarm: one of the floor.
        floor: its snapshot.
        is_past_day: whether the snapshot's day is over for whoever reads the sentence.
    """
    sentence = alarm_matter(alarm, floor)
    if is_past_day and alarm.rule in _OF_THE_DAY:
        before, _, after = sentence.rpartition(" today")
        sentence = f"{before} that day{after}"
    return sentence if alarm.is_open else f"{sentence} ({seen_to(alarm, floor)})"


def alarm_matter(alarm: Alarm, floor: FloorSnapshot) -> str:
    """The sentence of an alarm alone, without who sees to it."""
    return SENTENCES[alarm.rule](alarm, floor)


def may_be_rescued(alarm: Alarm) -> bool:
    """Whether callers wait of whom an alarm speaks, so that others could take them."""
    return isinstance(alarm, QueueAlarm) and alarm.queue.waiting > 0


def seen_to(alarm: Alarm, floor: FloorSnapshot) -> str:
    """Who sees to an alarm, and until when it is to be quiet; empty: nobody does."""
    parts = [f"{alarm.taken_by} has it"] if alarm.taken_by is not None else []
    if alarm.quiet_until is not None:
        parts.append(f"quiet until {dated(alarm.quiet_until, ZoneInfo(floor.time_zone), floor.at)}")
    return ", ".join(parts)


def for_administrator(sentence: str, start_command: str | None) -> str:
    """The sentence of an alarm, for the one whom it says to ask.

    Args:
        sentence: of `alarm_sentence`.
        start_command: what starts the follower that has stopped; None: not known.
    """
    start = "start it again" if start_command is None else f"start it ({start_command})"
    for asked, done in (
        (f"is in force; {ASK_FOR_DATABASE}", "is in force"),
        (ASK_FOR_DATABASE, "ccmon config show database names the one in force"),
        ("ask the administrator to start it", start),
        ("ask the administrator to make room", "make room"),
        ("ask the administrator whether", "see whether"),
        ("ask the administrator", "ccmon doctor looks for the cause"),
    ):
        sentence = sentence.replace(asked, done)
    return sentence


def alarm_remark(alarm: Alarm) -> str:
    """What the list of alarms says of one besides its sentence; of the age of imported data, the setting behind it."""
    if not isinstance(alarm, SourceAlarm) or alarm.rule is not Rule.DATA_AGE or alarm.source or alarm.moved:
        return ""
    return f"Told after {spoken((alarm.limit or 0.0) * 1000)}: the setting alarms.import_age."


def follow_up_load_sentence(owner: AgentFollowUps, doing: str = "") -> str:
    """Such as: Eva: 6 promises, 48 min of work, 35 min left in the shift; 2 cannot be kept, 3 at risk (not logged in).

    The time is named where it decides, beside the number of calls due in the shift; else all open ones are counted. If
    the shift is long enough, what the owner does now makes the call late.
    """
    load, name, promises = owner.load, owner.name, plural(owner.open_count, "{n} promise", "{n} promises")
    if not owner.open_count:
        return "Every promise has an owner" if owner.agent_id is None else f"{name}: no promise"
    if owner.agent_id is None:
        return f"No owner: {promises} to hand out"
    outcome = follow_up_load_outcome(owner)
    if (owner.at_risk or 0) > owner.cannot_be_kept and owner.late_reason is not None:
        outcome += f" ({why_at_risk(owner.late_reason)})"
    if load is None and not owner.at_risk:
        outcome = "no shift is known" if owner.shift_ends_at is None else "no usual time is known"
    if load is None or (owner.at_risk and not owner.cannot_be_kept):
        return f"{name}: {promises}; {outcome}"
    promises, work, left = (
        plural(load.due_in_shift, "{n} promise", "{n} promises"),
        coarse(load.needed_ms),
        coarse(load.left_ms),
    )
    if owner.cannot_be_kept and load.needed_ms <= load.left_ms and doing:
        return f"{name}: {promises}, {work} of work, now {doing}; {outcome}"
    return f"{name}: {promises}, {work} of work, {left} left in the shift; {outcome}"


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
    """Why follow-ups are at risk, in words."""
    if reason.why is not LateCause.RECORD:
        return reason.why.value
    if not reason.promised:
        return "no record of such promises"
    if reason.of is RecordOf.OWNER:
        return f"{reason.late} of {reason.promised} such promises were late in 28 days"
    if reason.of is RecordOf.TEAM:
        return f"{reason.late} of {reason.promised} such promises of the team were late in 28 days"
    return f"{reason.late} of {reason.promised} such promises of all were late in 28 days"


def follow_up_load_outcome(owner: AgentFollowUps) -> str:
    """Such as: 1 overdue, 2 cannot be kept, 3 at risk."""
    parts = [f"{owner.overdue} overdue"] if owner.overdue else []
    parts += [f"{owner.cannot_be_kept} cannot be kept"] if owner.cannot_be_kept else []
    parts += [f"{owner.at_risk} at risk"] if (owner.at_risk or 0) > owner.cannot_be_kept else []
    return ", ".join(parts) or "all can be kept"
