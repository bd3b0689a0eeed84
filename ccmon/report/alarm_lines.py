"""Alarms as lines for a terminal and as JSON: those that stand, and the log of a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.formatting import clock, dated, local_time, plain, plural
from ccmon.metrics.durations import spoken
from ccmon.model.alarm_history import AlarmActKind
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.model.alarms import Alarm, Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.alarms import alarm_sentence

NOTHING = "Nothing needs attention."
WHAT_WAS_WRONG: Mapping[Rule, str] = {
    Rule.DATA_AGE: "The newest data was too old",
    Rule.QUIET_SOURCE: "Nothing new in {subject}",
    Rule.NOBODY_ON_PHONES: "{subject}: nobody staffed while callers waited",
    Rule.LONGEST_WAIT: "{subject}: longest wait over {limit}",
    Rule.SHORT_OF_AGENTS: "{subject}: waits over {limit} without a break",
    Rule.LOW_SCORE: "{subject}: very low score",
    Rule.RISING_PROBLEM: "{subject}: more calls than usual",
    Rule.TALK: "{subject}: on one call for longer than {limit}",
    Rule.WRAP_UP: "{subject}: in wrap-up for longer than {limit}",
    Rule.PAUSE: "{subject}: paused for longer than {limit}",
    Rule.MISSED_CALLS: "{subject}: {count} calls or more missed in a row",
    Rule.OVERDUE_FOLLOW_UPS: "Overdue promises",
}
"""What the log says of an alarm, by its rule."""


def standing_lines(floor: FloorSnapshot) -> Iterator[str]:
    """The alarms that stand, the worst first, with what is done about them and what is part of them."""
    zone = ZoneInfo(floor.time_zone)
    if not floor.alarms:
        yield floor.incomplete or NOTHING
    for alarm in floor.alarms:
        since = "" if alarm.since is None else f", since {dated(alarm.since, zone, floor.at)}"
        yield plain(f"{_step(alarm)}  {alarm.rule} {alarm.subject}{since}")
        yield plain(f"    {alarm_sentence(alarm, floor)}")
        for part in alarm.parts:
            yield plain(f"    {part.rule} {part.subject}: {alarm_sentence(part, floor)}")


def _step(alarm: Alarm) -> str:
    return alarm.severity.name.lower().ljust(len("watch"))


def log_lines(log: Sequence[LoggedAlarm], floor: FloorSnapshot) -> Iterator[str]:
    """The log of a day in the order in which its alarms opened, one on each line, with who did what about it."""
    zone = ZoneInfo(floor.time_zone)
    if not log:
        yield f"No alarm stood on {floor.day.date}."
        return
    acting = sum(alarm.severity > 1 for alarm in log)
    yield f"{floor.day.date}: {plural(len(log), '{n} alarm', '{n} alarms')}, {acting} of them to act on."
    for alarm in log:
        until = alarm.cleared_at or floor.at
        ended = "stands" if alarm.cleared_at is None else f"until {clock(alarm.cleared_at, zone)}"
        lasted = spoken(until - alarm.opened_at)
        acts = "".join(f"; {_act(act.act, act.who, act.acted_at, act.until, zone)}" for act in alarm.acts)
        opened = clock(alarm.opened_at, zone) if alarm.opened_at >= floor.day.starts_at else "     "
        head = f"{opened}  {ended.ljust(len('until 00:00'))}  {alarm.severity.name.lower():5}"
        yield plain(f"{head}  {_sentence(alarm)} ({lasted}){acts}")


def _sentence(alarm: LoggedAlarm) -> str:
    limit = alarm.limit or 0.0
    return WHAT_WAS_WRONG[alarm.rule].format(subject=alarm.subject, limit=spoken(limit * 1000), count=int(limit))


def _act(act: str, who: str, at: int, until: int | None, zone: ZoneInfo) -> str:
    words = {
        AlarmActKind.HAVE: f"{who} took it",
        AlarmActKind.QUIET: f"{who} wanted quiet until {clock(until, zone)}",
        AlarmActKind.RELEASE: f"{who} gave it back",
    }
    return f"{clock(at, zone)} {words[AlarmActKind(act)]}"


LOG_KEYS = {
    "rule": "the rule",
    "severity": "`act` or `watch`: the worst that it was",
    "subject": "the queue, agent or customer",
    "since": "when what was wrong began",
    "opened_at": "when it had lasted long enough",
    "eased_at": "when what was wrong ended for the last time; null: it goes on",
    "cleared_at": "when it cleared; null: it stands",
    "limit": "the limit that was passed, as in `alarms`",
    "text": "one sentence",
    "acts": "what was done about it: `act`, `who`, `acted_at` and, of `quiet`, `until`",
}
"""The keys of each alarm of the log, and what they mean; moments are ISO times of the site."""


def log_as_json(log: Sequence[LoggedAlarm], floor: FloorSnapshot) -> str:
    """The log of a day as one JSON object; all ASCII, so that no name can control a terminal."""
    zone = ZoneInfo(floor.time_zone)

    def moment(at: int | None) -> str | None:
        return None if at is None else local_time(at // 1000 * 1000, zone).isoformat()

    def written(alarm: LoggedAlarm) -> dict[str, Any]:
        return {
            "rule": alarm.rule.value,
            "severity": alarm.severity.name.lower(),
            "subject": alarm.subject,
            "since": moment(alarm.since),
            "opened_at": moment(alarm.opened_at),
            "eased_at": moment(alarm.eased_at),
            "cleared_at": moment(alarm.cleared_at),
            "limit": alarm.limit,
            "text": f"{_sentence(alarm)}.",
            "acts": [
                {"act": act.act, "who": act.who, "acted_at": moment(act.acted_at), "until": moment(act.until)}
                for act in alarm.acts
            ],
        }

    found = {"at": moment(floor.at), "date": floor.day.date, "alarms": [written(alarm) for alarm in log]}
    return json.dumps(found, indent=2)
