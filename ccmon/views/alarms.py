"""The sentence of each alarm: what is wrong and, where possible, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.formatting import count, dated, plural
from ccmon.metrics.durations import coarse, spoken
from ccmon.metrics.follow_ups import LateCause, LateReason, RecordOf
from ccmon.metrics.percentage import percent, percent_below
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    LowScoreAlarm,
    OverdueFollowUpsAlarm,
    PromisesAtRiskAlarm,
    QueueAlarm,
    ReasonAlarm,
    Rule,
    SourceAlarm,
)
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot

ASK_FOR_DATABASE = "start the screen again, or ask the administrator"


def _length(alarm: Alarm, floor: FloorSnapshot) -> str:
    """The value of an alarm about a length of time."""
    return spoken((alarm.measured(floor.known_until) or 0.0) * 1000)


def _data_age(alarm: SourceAlarm, floor: FloorSnapshot) -> str:
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
    agents = f"{alarm.agents_ready} {'agent is' if alarm.agents_ready == 1 else 'agents are'} ready"
    text = f"Nothing new in {alarm.subject} for {_length(alarm, floor)} while {agents}: does the switch still write it?"
    if alarm.source is not None and alarm.source.rejected:
        text += f" {plural(alarm.source.rejected, 'line')} of it did not go in: ccmon sources --rejected."
    if alarm.source is not None and alarm.source.last_error:
        text += f" ccmon follow said last: {alarm.source.last_error}."
    return text


def _callers(queue: QueueFigures) -> str:
    return "1 caller waits" if queue.waiting == 1 else f"{queue.waiting} callers wait"


def _recall(alarm: QueueAlarm) -> str:
    """Whom to call back from a pause."""
    paused = alarm.agents_paused
    return f"; {paused} of its agents {'is' if paused == 1 else 'are'} paused" if paused else ""


def _nobody_on_phones(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    callers, length = _callers(alarm.queue), _length(alarm, floor)
    return f"Nobody takes the calls of {alarm.queue.name}: {callers}, the first for {length}{_recall(alarm)}."


def _longest_wait(alarm: QueueAlarm, floor: FloorSnapshot) -> str:
    queue = alarm.queue
    busy = f"all {queue.agents_on_phones} are busy{_recall(alarm)}"
    ready = f"{queue.agents_ready} ready: see why nobody answers" if queue.agents_ready else busy
    return f"A caller has waited {_length(alarm, floor)} in {queue.name}{f'; {ready}' if queue.agents_known else ''}."


def _short_of_agents(alarm: QueueAlarm, _: FloorSnapshot) -> str:
    queue = alarm.queue
    allotted, on_phones = queue.agents_allotted or 0, queue.agents_on_phones
    # Agents who serve several queues count as on the phone in each: it is only the queue's share that is too small.
    share = f": its share is {allotted} of the {on_phones} there" if allotted != on_phones else ""
    missing = -(queue.agents_gap or 0)
    return f"{queue.name} needs {missing} more on the phones while {_callers(queue)}{share}{_recall(alarm)}."


def _service_level(alarm: QueueAlarm, _: FloorSnapshot) -> str:
    level, target = alarm.value or 0.0, alarm.limit or 0.0
    return f"{alarm.queue.name} answers {percent_below(level, target)} in time today; the target is {percent(target)}."


def _pause(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    agent, limit = alarm.agent, spoken((alarm.limit or 0.0) * 1000)
    what = f"on {agent.reason}" if agent.reason else "paused without a reason"
    return f"{agent.name} has been {what} for {_length(alarm, floor)}; {limit} is the limit."


def _wrap_up(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    return f"{alarm.agent.name} has been in wrap-up for {_length(alarm, floor)}: ask whether help is needed."


def _talk(alarm: AgentAlarm, floor: FloorSnapshot) -> str:
    agent = alarm.agent
    where = f" in {agent.queue}" if agent.queue else ""
    return f"{agent.name} has been on one call{where} for {_length(alarm, floor)}: listen in or help."


def _missed_calls(alarm: AgentAlarm, _: FloorSnapshot) -> str:
    agent = alarm.agent
    return f"{agent.name} is offered calls but has missed {agent.missed} today: pause the telephone or go and see."


def _low_score(alarm: LowScoreAlarm, _: FloorSnapshot) -> str:
    low = alarm.score
    agent = f" after talking with {low.agent}" if low.agent else ""
    queue = f" in {low.queue}" if low.queue else ""
    return f"{low.who} gave {low.score} of {low.scale}{agent}{queue}: call back."


def _rising_problem(alarm: ReasonAlarm, _: FloorSnapshot) -> str:
    reason = alarm.reason
    usual = f", {count(reason.usual)} is usual by now" if reason.usual is not None else ""
    concerned = f"{plural(reason.customers, 'customer')} {'is' if reason.customers == 1 else 'are'}"
    return f"{reason.name}: {plural(reason.calls, 'call')} today{usual}; {concerned} concerned."


def _promises_at_risk(alarm: PromisesAtRiskAlarm, _: FloorSnapshot) -> str:
    return f"{follow_up_load_sentence(alarm.owner, does_now(alarm.agent))}."


def _overdue_follow_ups(alarm: OverdueFollowUpsAlarm, floor: FloorSnapshot) -> str:
    number = int(alarm.value or 0)
    if alarm.at_least:
        calls = f"at least {f'{number} promised calls' if number > 1 else 'one promised call'}, the oldest due"
    else:
        calls = f"{_calls(number)}{' due' if number == 1 else ', the oldest due'}"
    who = (
        f"{alarm.owner} owes"
        if alarm.owner
        else f"{plural(alarm.owners, 'more agent')} {'owes' if alarm.owners == 1 else 'owe'}"
    )
    ago = spoken(floor.at - (alarm.since or floor.at))
    return f"{who if alarm.owners else 'Nobody has taken'} {calls} {ago} ago."


SENTENCES: Mapping[Rule, Callable[[Any, FloorSnapshot], str]] = {
    Rule.DATA_AGE: _data_age,
    Rule.QUIET_SOURCE: _quiet_source,
    Rule.NOBODY_ON_PHONES: _nobody_on_phones,
    Rule.LONGEST_WAIT: _longest_wait,
    Rule.SHORT_OF_AGENTS: _short_of_agents,
    Rule.SERVICE_LEVEL: _service_level,
    Rule.LOW_SCORE: _low_score,
    Rule.RISING_PROBLEM: _rising_problem,
    Rule.TALK: _talk,
    Rule.WRAP_UP: _wrap_up,
    Rule.PAUSE: _pause,
    Rule.MISSED_CALLS: _missed_calls,
    Rule.PROMISES_AT_RISK: _promises_at_risk,
    Rule.OVERDUE_FOLLOW_UPS: _overdue_follow_ups,
    Rule.MORE_OVERDUE_FOLLOW_UPS: _overdue_follow_ups,
}


_OF_THE_DAY = {Rule.SERVICE_LEVEL, Rule.MISSED_CALLS, Rule.RISING_PROBLEM}
"""Alarms whose sentences say "today", after all names."""


def alarm_sentence(alarm: Alarm, floor: FloorSnapshot, *, is_past_day: bool = False) -> str:
    """The sentence of an alarm, with the time that has passed by the moment of its snapshot.

    Args:
        alarm: one of the floor.
        floor: its snapshot.
        is_past_day: whether the snapshot's day is over for whoever reads the sentence.
    """
    sentence = SENTENCES[alarm.rule](alarm, floor)
    if is_past_day and alarm.rule in _OF_THE_DAY:
        before, _, after = sentence.rpartition(" today")
        return f"{before} that day{after}"
    return sentence


def for_administrator(sentence: str, start_command: str | None) -> str:
    """The sentence of an alarm, for the one whom it says to ask.

    Args:
        sentence: of `alarm_sentence`.
        start_command: what starts the follower that has stopped; None: not known.
    """
    start = "start it again" if start_command is None else f"start it ({start_command})"
    for asked, done in (
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
    if not isinstance(alarm, SourceAlarm) or alarm.rule is not Rule.DATA_AGE or alarm.source is not None:
        return ""
    return f"Told after {spoken((alarm.limit or 0.0) * 1000)}: the setting alarms.import_age."


def follow_up_load_sentence(owner: AgentFollowUps, doing: str = "") -> str:
    """Such as: Eva owes 6, needs 48 min, has 35 min: 2 cannot be kept, 3 at risk (12 of 20 such were late in 28 days).

    The time is named where it decides, beside the number of calls due in the shift; else all open ones are counted. If
    the shift is long enough, what the owner does now makes the call late.
    """
    load = owner.load
    if not owner.open_count:
        return "Every promised call has been taken" if owner.agent_id is None else f"{owner.name} owes no promised call"
    if owner.agent_id is None:
        return f"Nobody has taken {_calls(owner.open_count)}: hand {'it' if owner.open_count == 1 else 'them'} out"
    becomes = follow_up_load_outcome(owner)
    if (owner.at_risk or 0) > owner.cannot_be_kept and owner.late_reason is not None:
        becomes += f" ({why_at_risk(owner.late_reason)})"
    if load is None:
        unknown = "no shift is known" if owner.shift_ends_at is None else "no usual time is known"
        return f"{owner.name} owes {_calls(owner.open_count)}: {becomes if owner.at_risk else unknown}"
    if owner.at_risk and not owner.cannot_be_kept:
        return f"{owner.name} owes {_calls(owner.open_count)}: {becomes}"
    needs, has = coarse(load.needed_ms), coarse(load.left_ms)
    enough = owner.cannot_be_kept and load.needed_ms <= load.left_ms and doing
    time = f"needs {needs}, is {doing} now" if enough else f"needs {needs}, has {has}"
    return f"{owner.name} owes {load.due_in_shift}, {time}: {becomes}"


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
    return f"{reason.late} of {reason.promised} such promises{WHOSE[reason.of]} were late in 28 days"


WHOSE = {RecordOf.OWNER: "", RecordOf.TEAM: " of the team", RecordOf.ALL: " of all"}


def follow_up_load_outcome(owner: AgentFollowUps) -> str:
    """Such as: 1 is late, 2 cannot be kept, 3 at risk."""
    parts = [f"{owner.overdue} {'is' if owner.overdue == 1 else 'are'} late"] if owner.overdue else []
    parts += [f"{owner.cannot_be_kept} cannot be kept"] if owner.cannot_be_kept else []
    parts += [f"{owner.at_risk} at risk"] if (owner.at_risk or 0) > owner.cannot_be_kept else []
    return ", ".join(parts) or "all can be kept"


def _calls(number: int) -> str:
    return "a promised call" if number == 1 else f"{number} promised calls"
