"""What is cached about alarms is what all of them say, whichever come and go."""

from __future__ import annotations

from functools import cache
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.model.alarms import AgentAlarm, Alarm, Marked, Rule, Severity, SourceAlarm
from ccmon.snapshot.alarm_order import ORDER
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.views.alarm_marks import AlarmIndex, Subject, subject_of
from tests.busy_floor import busy_floor

MANY = 70


@cache
def alarms() -> tuple[Alarm, ...]:
    found = busy_floor(30).alarms
    one = next(part for alarm in found for part in (alarm, *alarm.parts) if isinstance(part, AgentAlarm))
    missed = [replace(one, rule=Rule.MISSED_CALLS, agent=replace(one.agent, id=number)) for number in range(MANY)]
    both = [replace(alarm, rule=Rule.PAUSE) for alarm in missed[:5]]
    old = SourceAlarm(
        rule=Rule.DATA_AGE, severity=Severity.ACT, subject="data", since=None, value=90.0, limit=60.0,
        source=None, followed=1, agents_ready=1,
    )  # fmt: skip
    return (old, *found, *missed, *both)


@given(st.lists(st.lists(st.integers(0, 10_000), unique=True, max_size=MANY + 20), max_size=5), st.booleans())
def test_alarm_index_marks_are_those_of_all_alarms(moments: list[list[int]], all_at_first: bool) -> None:
    index, last, known = AlarmIndex(), None, ChunkedRows[Alarm](())
    before: dict[int | None, Severity] = {}
    shown = [list(range(len(alarms())))] if all_at_first else []
    for chosen in [*shown, *moments]:
        unique = {id(each): each for each in (alarms()[place % len(alarms())] for place in chosen)}.values()
        now = sorted(unique, key=lambda alarm: (-alarm.severity, ORDER[alarm.rule]))
        known = _cut(now, known)
        marks = index.update(known).marks
        expected: dict[Subject, tuple[tuple[Marked | None, Severity], ...]] = {}
        parts = chain.from_iterable((alarm, *alarm.parts) for alarm in now)
        for alarm in sorted(parts, key=lambda alarm: (-alarm.severity, ORDER[alarm.rule])):
            subject = subject_of(alarm)
            if subject is not None:
                expected[subject] = (*expected.get(subject, ()), (alarm.rule.marked, alarm.severity))
        assert marks.by_row == expected
        worst = {row_id: found[0][1] for (kind, row_id), found in expected.items() if kind.__name__ == "AgentFigures"}
        assert marks.severities == worst
        assert {key for key in {**before, **worst} if before.get(key) != worst.get(key)} <= set(
            marks.severities.keys_that_differ(before if last is None else last)
        )
        assert index.act_now_count == sum(alarm.severity is Severity.ACT for alarm in now)
        assert index.data_age_alarm is next((alarm for alarm in now if alarm.rule is Rule.DATA_AGE), None)
        assert index.update((*now,)).marks is marks
        assert index.update(known).marks is marks
        before, last = dict(worst), marks.severities


def _cut(alarms: list[Alarm], last: ChunkedRows[Alarm]) -> ChunkedRows[Alarm]:
    """The alarms in chunks; a chunk that was there before is the same object."""
    chunks = [tuple(alarms[start : start + 3]) for start in range(0, len(alarms), 3)]
    known = {tuple(map(id, chunk)): chunk for chunk in last.chunks}
    return ChunkedRows(known.get(tuple(map(id, chunk)), chunk) for chunk in chunks)
