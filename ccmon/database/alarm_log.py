"""Reads what the alarms of a business day follow from, up to a moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ccmon.database.alarm_floor import FloorOfAlarms
from ccmon.database.alarm_history import read_acts
from ccmon.database.driver import Database
from ccmon.database.floor_reader import parameters_of
from ccmon.database.json_text import dumps
from ccmon.database.reader import read_rows
from ccmon.database.single_reading import SingleReading
from ccmon.metrics.alarm_stretches import Stretch, united
from ccmon.model.alarm_limits import NO_LIMITS, AlarmLimits
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.snapshot.alarm_log import DayOfAlarms, LowScoreOfDay, MissedCallOfDay, StateOfDay, alarm_log
from ccmon.snapshot.contact_reasons import rising_reasons
from ccmon.snapshot.floor_data import FloorData
from ccmon.time_units import DAY_MS, NEVER


class FollowUpOfDay(Struct, frozen=True, gc=False):
    """A follow-up as it is now. A row of ``follow_ups_of_day``."""

    id: int
    created_at: int
    due_at: int
    done_at: int | None
    outcome: str | None


class AuditOfDay(Struct, frozen=True, gc=False):
    """What a follow-up was before somebody changed it. A row of ``audit_of_day``."""

    subject_id: int
    acted_at: int
    before: str
    """JSON: the columns that were changed."""


def read_alarm_log(reading: SingleReading, own_limits: Mapping[str, int] = NO_LIMITS) -> list[LoggedAlarm]:
    """The alarms of the business day of a reading's moment, up to that moment, in the order in which they opened."""
    data, periodic = read_rows(reading, own_limits)
    database, at = reading.database, reading.at
    known_as_of = NEVER if reading.is_latest else at
    floor = FloorOfAlarms(database, data, at, known_as_of)
    parameters = parameters_of(data.site, data.day, at)
    since = data.day.starts_at - data.site.max_open_ms
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for call in data.calls:
        if call.answered_at is None:
            waiting[call.queue_id].append(call.entered_at)
    states = {**parameters, "since": data.day.starts_at - DAY_MS}
    longer_than_ms = _shortest_state_ms(data.directory.alarm_limits)
    missed = database.rows("missed_calls_of_day", MissedCallOfDay, parameters)
    missing = dumps(list({call.agent_id for call in missed}))
    day = DayOfAlarms(
        at=at,
        day=data.day,
        directory=data.directory,
        max_open_ms=data.site.max_open_ms,
        opened=floor.opened,
        rules=floor.rules,
        queues=floor.queues(since, is_whole=True),
        waiting_since=waiting,
        states=database.rows("states_of_day", StateOfDay, {**states, "longer_than_ms": longer_than_ms}),
        missed=missed,
        states_of_missing=database.rows("states_of_agents_of_day", StateOfDay, {**states, "agents": missing}),
        low_scores=database.rows("low_scores_of_day", LowScoreOfDay, parameters),
        rising=rising_reasons(periodic),
        overdue=united(_overdue(database, data, at)),
        acts=read_acts(database, at, known_as_of),
    )
    return alarm_log(day)


def _shortest_state_ms(limits: AlarmLimits) -> int:
    """The shortest time in a state that may be worth an alarm."""
    timed = {"pause_ms": limits.pause_ms, "wrap_up_ms": limits.wrap_up_ms, "talk_ms": limits.talk_ms}
    return min(*timed.values(), *(ms for (name, *_), ms in limits.particular.items() if name in timed))


def _overdue(database: Database, data: FloorData, at: int) -> Iterator[Stretch]:
    """When each follow-up of the day was overdue, as it was then: who moved or settled one has changed that since."""
    parameters = parameters_of(data.site, data.day, at)
    acts: defaultdict[int, list[AuditOfDay]] = defaultdict(list)
    for act in database.rows("audit_of_day", AuditOfDay, parameters):
        acts[act.subject_id].append(act)
    for now in database.rows("follow_ups_of_day", FollowUpOfDay, parameters):
        follow_up, until, since = now, NEVER, now.created_at
        for act in acts[now.id]:
            before = {name: value for name, value in json.loads(act.before).items() if hasattr(follow_up, name)}
            if before.get("due_at", 0) is None:  # it was added
                since = act.acted_at
                break
            yield _overdue_within(follow_up, act.acted_at, until, data)
            follow_up, until = replace(follow_up, **before), act.acted_at
        yield _overdue_within(follow_up, since, until, data)


def _overdue_within(follow_up: FollowUpOfDay, since: int, until: int, data: FloorData) -> Stretch:
    """When a follow-up was overdue between two moments; nothing if it was not."""
    due_at = data.due_moments.counts_as(follow_up.due_at)
    is_closed = follow_up.done_at is None and follow_up.outcome is not None
    if is_closed or due_at >= data.day.ends_at:
        return since, since
    done_at = NEVER if follow_up.done_at is None else follow_up.done_at
    return max(since, due_at + data.site.follow_up_grace_ms + 1), min(until, done_at)
