"""The log of a day, cut at any moment, has the alarms of that moment: on recordings and on a simulated day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccmon.database import floor_reader, reader
from ccmon.database.alarm_log import read_alarm_log
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.database.opening import Opening
from ccmon.database.single_reading import single_reading
from ccmon.model.alarm_history import AlarmAct
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble, assemble_cached
from ccmon.snapshot.input_cache import InputCache
from tests.database.test_stored_parts import seeded
from tests.databases import new_database, shared
from tests.examples import examples
from tests.goldens.moments import fill

MINUTE = 60_000
PRESENT_ONLY = {Rule.DATA_AGE, Rule.QUIET_SOURCE}
STRICT = {
    "longest_wait_ms": 8_000,
    "nobody_on_phones_ms": 3_000,
    "short_of_agents_ms": 20_000,
    "calm_ms": 40_000,
    "pause_ms": 30_000,
    "wrap_up_ms": 5_000,
    "talk_ms": 20_000,
    "missed_calls": 2,
    "low_scores": 50,
}
"""Limits by which something is wrong at most moments of a recording of half an hour."""


def log_at(path: Path, at: int) -> list[LoggedAlarm]:
    with Opening(path) as opening, single_reading(opening, lambda *_: at) as reading:
        return read_alarm_log(reading)


def standing(floor: FloorSnapshot) -> set[tuple[str, str]]:
    alarms = [part for alarm in floor.alarms for part in (alarm, *alarm.parts)]
    return {(alarm.rule.value, alarm.subject) for alarm in alarms if alarm.rule not in PRESENT_ONLY}


def strict(path: Path) -> None:
    """Set limits by which much is wrong."""
    with closing(sqlite3.connect(path)) as connection, connection:
        names = ", ".join(STRICT)
        connection.execute(
            f"INSERT INTO alarm_limits (id, {names}) VALUES (1{', ?' * len(STRICT)})", (*STRICT.values(),)
        )


def made(name: str, folder: Path) -> None:
    path = folder / "calls.db"
    if name == "simulated":
        seeded(folder)
    else:
        fill(name, path)
    strict(path)


@cache
def database(name: str) -> Path:
    return shared(f"strict {name}", lambda folder: made(name, folder)) / "calls.db"


def edges(path: Path) -> tuple[int, int]:
    """The first and the last moment of the calls of the last day."""
    with closing(sqlite3.connect(path)) as connection:
        last = connection.execute("SELECT max(coalesce(ended_at, entered_at)) FROM calls").fetchone()[0]
        day = connection.execute(
            "SELECT starts_at FROM business_days WHERE starts_at <= ? AND ends_at > ?", (last, last)
        )
        first = connection.execute("SELECT min(entered_at) FROM calls WHERE entered_at >= ?", day.fetchone()).fetchone()
    return first[0], last


@cache
def whole_log(name: str) -> list[LoggedAlarm]:
    return log_at(database(name), edges(database(name))[1] + MINUTE)


@pytest.mark.parametrize("name", ["asterisk_run1", "freeswitch_run1", "simulated"])
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_the_log_of_the_day_cut_at_a_moment_has_the_alarms_of_that_moment(name: str, share: float) -> None:
    path = database(name)
    first, last = edges(path)
    at = first + int(share * (last - first))
    floor = reader.snapshot(path, at)
    logged = {(alarm.rule.value, alarm.subject) for alarm in whole_log(name) if alarm.stands(at)}
    assert logged == standing(floor)
    until_then = log_at(path, at)
    assert {(alarm.rule.value, alarm.subject) for alarm in until_then if alarm.stands(at)} == logged
    queues = {(alarm.rule, alarm.subject): alarm.since for alarm in whole_log(name) if alarm.stands(at)}
    for alarm in floor.alarms:
        if alarm.rule in {Rule.NOBODY_ON_PHONES, Rule.LONGEST_WAIT, Rule.SHORT_OF_AGENTS}:
            assert alarm.since == queues[alarm.rule, alarm.subject]


@pytest.mark.parametrize("name", ["asterisk_run1", "freeswitch_run1", "simulated"])
def test_no_alarm_about_a_queue_opens_again_before_it_has_been_calm(name: str) -> None:
    log = whole_log(name)
    about_queues = [alarm for alarm in log if alarm.rule in {Rule.NOBODY_ON_PHONES, Rule.LONGEST_WAIT}]
    assert about_queues
    last: dict[tuple[str, str], int | None] = {}
    for alarm in about_queues:
        key = alarm.rule, alarm.subject
        if key in last:
            cleared_at = last[key]
            assert cleared_at is not None
            assert alarm.since >= cleared_at
        last[key] = alarm.cleared_at


def test_every_rule_about_calls_and_agents_is_in_the_log_of_a_strict_day() -> None:
    found = {alarm.rule for name in ("asterisk_run1", "simulated") for alarm in whole_log(name)}
    assert found >= {
        Rule.NOBODY_ON_PHONES,
        Rule.LONGEST_WAIT,
        Rule.SHORT_OF_AGENTS,
        Rule.TALK,
        Rule.WRAP_UP,
        Rule.PAUSE,
        Rule.OVERDUE_FOLLOW_UPS,
    }


NOON = 1_795_431_600_000
"""2026-11-23T12:00 in Amsterdam."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A queue that Ann alone serves, from noon on."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'Ann')")
        connection.execute("INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (1, 1, ?)", (NOON,))
    return path


Write = Callable[[str, tuple[object, ...]], None]


@pytest.fixture
def write(path: Path) -> Iterator[Write]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:

        def run(statement: str, values: tuple[object, ...]) -> None:
            connection.execute(statement, values)

        yield run


def wait(write: Write, from_minute: float, to_minute: float) -> None:
    write(
        "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
        "VALUES ('test', ?, 1, ?, ?, 'abandoned')",
        (str(from_minute), NOON + int(from_minute * MINUTE), NOON + int(to_minute * MINUTE)),
    )


def state(write: Write, state: str, from_minute: float, to_minute: float | None) -> None:
    write(
        "INSERT INTO agent_states (agent_id, state, started_at, ended_at) VALUES (1, ?, ?, ?)",
        (state, NOON + int(from_minute * MINUTE), None if to_minute is None else NOON + int(to_minute * MINUTE)),
    )


def logged(path: Path, minute: float) -> list[tuple[str, str, float, float | None]]:
    """Rule, subject, and from and until which minute after noon."""
    return [
        (
            alarm.rule.value,
            alarm.subject,
            (alarm.opened_at - NOON) / MINUTE,
            None if alarm.cleared_at is None else (alarm.cleared_at - NOON) / MINUTE,
        )
        for alarm in log_at(path, NOON + int(minute * MINUTE))
    ]


def test_long_waits_with_little_calm_between_them_are_one_alarm(path: Path, write: Write) -> None:
    state(write, "ready", 0, None)
    wait(write, 1, 3)
    wait(write, 11, 14)
    wait(write, 30, 32)
    one = 1 + 61 / 60
    assert logged(path, 60) == [("longest_wait", "sales", one, 24), ("longest_wait", "sales", 30 + 61 / 60, 42)]
    assert logged(path, 23.9) == [("longest_wait", "sales", one, None)]


def test_nobody_is_there_for_a_part_of_a_wait_only(path: Path, write: Write) -> None:
    state(write, "ready", 0, 5)
    state(write, "paused", 5, 6)
    state(write, "ready", 6, None)
    wait(write, 4.5, 5.5)
    assert logged(path, 60) == [("nobody_on_phones", "sales", 5, 15.5)]


def test_who_is_paused_in_the_queue_alone_is_not_there(path: Path, write: Write) -> None:
    state(write, "ready", 0, None)
    write(
        "INSERT INTO queue_pauses (queue_id, agent_id, started_at, ended_at) VALUES (1, 1, ?, ?)", (NOON, NOON + MINUTE)
    )
    wait(write, 0.25, 0.75)
    assert logged(path, 60) == [("nobody_on_phones", "sales", 0.25 + 11 / 60, 10.75)]


def test_calls_missed_in_a_row_stand_until_the_agent_does_anything_else(path: Path, write: Write) -> None:
    state(write, "ready", 0, 20)
    state(write, "paused", 20, 22)
    state(write, "ready", 22, None)
    for minute in (1, 3, 5, 7, 23, 24):
        at = NOON + minute * MINUTE
        write("INSERT INTO missed_calls (agent_id, queue_id, missed_at, ring_ms) VALUES (1, 1, ?, 9000)", (at,))
    write(
        "INSERT INTO missed_calls (agent_id, queue_id, missed_at, ring_ms) VALUES (1, 1, ?, 999)", (NOON + 25 * MINUTE,)
    )
    assert logged(path, 60) == [("missed_calls", "Ann", 5, 20)]
    assert [alarm.value for alarm in reader.snapshot(path, NOON + 19 * MINUTE).alarms] == [4.0]
    assert reader.snapshot(path, NOON + 26 * MINUTE).alarms == ()


def test_a_follow_up_that_is_moved_was_overdue_until_then(path: Path, write: Write) -> None:
    due, moved = NOON, NOON + 40 * MINUTE
    write(
        "INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, ?, ?, ?)",
        (NOON - MINUTE, NOON + 100 * MINUTE, due),
    )
    write(
        "INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after) "
        "VALUES (?, 'eva', 'moved', 'follow_up', 1, ?, ?)",
        (moved, f'{{"due_at": {due}}}', f'{{"due_at": {NOON + 100 * MINUTE}}}'),
    )
    overdue = 15 + 1 / MINUTE
    assert logged(path, 200) == [
        ("follow_ups", "follow-ups", overdue, 40),
        ("follow_ups", "follow-ups", 115 + 1 / MINUTE, None),
    ]
    assert logged(path, 30) == [("follow_ups", "follow-ups", overdue, None)]
    assert standing(reader.snapshot(path, NOON + 30 * MINUTE)) == {("follow_ups", "follow-ups")}
    assert standing(reader.snapshot(path, NOON + 50 * MINUTE)) == set()


def test_a_follow_up_that_was_added_by_hand_was_not_overdue_before(path: Path, write: Write) -> None:
    write(
        "INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, ?, ?, ?)",
        (NOON, NOON + 10 * MINUTE, NOON + 10 * MINUTE),
    )
    for at, act, before, after in (
        (NOON, "added", '{"due_at": null, "created_at": null, "note": null}', "{}"),
        (NOON + 60 * MINUTE, "done", '{"done_at": null, "outcome": null}', "{}"),
    ):
        write(
            "INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after) "
            "VALUES (?, 'eva', ?, 'follow_up', 1, ?, ?)",
            (at, act, before, after),
        )
    write("UPDATE follow_ups SET done_at = ?, outcome = 'kept'", (NOON + 60 * MINUTE,))
    assert logged(path, 200) == [("follow_ups", "follow-ups", 25 + 1 / MINUTE, 60)]


def test_a_low_score_stands_until_somebody_promises_the_customer_a_call(path: Path, write: Write) -> None:
    write("INSERT INTO customers (id, name) VALUES (1, 'Bo')", ())
    write("INSERT INTO surveys (customer_id, answered_at, score, scale) VALUES (1, ?, 1, 5)", (NOON + 5 * MINUTE,))
    assert logged(path, 60) == [("low_score", "Bo", 5, None)]
    write(
        "INSERT INTO follow_ups (customer_id, created_at, due_at, promised_at) VALUES (1, ?, ?, ?)",
        (NOON + 25 * MINUTE, NOON + 500 * MINUTE, NOON + 500 * MINUTE),
    )
    assert logged(path, 60) == [("low_score", "Bo", 5, 25)]
    assert standing(reader.snapshot(path, NOON + 24 * MINUTE)) == {("low_score", "Bo")}
    assert standing(reader.snapshot(path, NOON + 26 * MINUTE)) == set()


def test_what_was_done_about_an_alarm_is_in_the_log(path: Path, write: Write) -> None:
    state(write, "ready", 0, None)
    wait(write, 1, 5)
    for minute in (0, 4, 30):
        write(
            "INSERT INTO alarm_acts (acted_at, rule, subject, act, who) "
            "VALUES (?, 'longest_wait', 'sales', 'have', 'eva')",
            (NOON + minute * MINUTE,),
        )
    [alarm] = log_at(path, NOON + 60 * MINUTE)
    assert alarm.acts == (AlarmAct("longest_wait", "sales", None, "have", "eva", NOON + 4 * MINUTE, None),)
    [seen] = reader.snapshot(path, NOON + 6 * MINUTE).alarms
    assert seen.taken_by == "eva"
    [before] = reader.snapshot(path, NOON + 3 * MINUTE).alarms
    assert before.taken_by is None, "what was done later is not known yet"


@pytest.mark.parametrize("until", [4.0, None])
@pytest.mark.parametrize("is_latest", [True, False])
def test_nobody_is_staffed_while_all_are_paused_in_the_queue(
    path: Path, write: Write, until: float | None, *, is_latest: bool
) -> None:
    """Ann is on the phones all the time, and of no use to the caller: the pause is of this queue alone."""
    state(write, "ready", 0, None)
    wait(write, 2, 3)
    at = NOON + 5 * MINUTE

    def rules() -> list[Rule]:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            data = floor_reader.read_floor_data(Database(connection), at, is_latest=is_latest)
        return [alarm.rule for alarm in assemble(data, at).alarms]

    assert rules() == []
    write(
        "INSERT INTO queue_pauses (queue_id, agent_id, started_at, ended_at) VALUES (1, 1, ?, ?)",
        (NOON + MINUTE, None if until is None else NOON + int(until * MINUTE)),
    )
    assert rules() == [Rule.NOBODY_ON_PHONES]


def test_a_live_reader_has_the_alarms_that_are_read_from_nothing(path: Path, write: Write) -> None:
    """Ann comes and goes while callers wait; each step is written as a switch would, and polled."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        live, database = LiveRows(), Database(connection)
        live.read(database, NOON)
        cache, seen = InputCache(), set()
        is_doing = False
        for minute, statement in (
            (1.0, "ready"),
            (2.0, "enter 1"),
            (2.5, "paused"),
            (3.0, "ready"),
            (3.5, "leave 1"),
            (9.0, "enter 2"),
            (10.5, "paused"),
            (11.0, "leave 2"),
            (14.0, "enter 3"),
            (14.1, "leave 3"),
            (14.2, "ready"),
            (30.0, "enter 4"),
            (36.0, "ready"),
            (36.5, "leave 4"),
        ):
            moment = NOON + int(minute * MINUTE)
            word, _, number = statement.partition(" ")
            if word == "enter":
                write(
                    "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', ?, 1, ?)",
                    (number, moment),
                )
            elif word == "leave":
                write("UPDATE calls SET ended_at = ?, outcome = 'abandoned' WHERE call_id = ?", (moment, number))
            else:
                if is_doing:
                    write("UPDATE agent_states SET ended_at = ? WHERE ended_at IS NULL", (moment,))
                state(write, word, minute, None)
                is_doing = True
            for later in (0, 9_000, 70_000):
                at = moment + later
                rows = live.read(database, at)
                polled = assemble_cached(rows, at, periodic=None, cache=cache).snapshot
                fresh = assemble(floor_reader.read_floor_data(database, at, is_latest=True), at)
                assert polled.alarms == fresh.alarms, (minute, later)
                seen |= {(part.rule, part.eased_at is None) for each in fresh.alarms for part in (each, *each.parts)}
        assert seen == {
            (Rule.NOBODY_ON_PHONES, True),
            (Rule.NOBODY_ON_PHONES, False),
            (Rule.LONGEST_WAIT, True),
            (Rule.LONGEST_WAIT, False),
            (Rule.SHORT_OF_AGENTS, True),
            (Rule.SHORT_OF_AGENTS, False),
        }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agent_states SET started_at = started_at - 1200000",
        "UPDATE agent_states SET ended_at = {noon}",
        "UPDATE agent_states SET state = 'paused'",
        "DELETE FROM agent_states",
        "UPDATE queue_members SET started_at = {noon} + 600000",
        "UPDATE queue_members SET ended_at = {noon}",
        "INSERT INTO queue_pauses (queue_id, agent_id, started_at, ended_at) VALUES (1, 1, {noon}, {noon} + 600000)",
    ],
)
def test_a_live_reader_counts_what_is_told_late_of_a_wait_that_is_over(
    path: Path, write: Write, statement: str
) -> None:
    """Ann was there while a caller waited; what is written an hour later says otherwise, or that she was not alone."""
    state(write, "ready", 0 if "started_at -" not in statement else 15, None)
    at = NOON + 8 * MINUTE
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        live, database = LiveRows(), Database(connection)
        live.read(database, NOON + MINUTE)
        wait(write, 2, 2.9)
        before = assemble(live.read(database, at), at).alarms
        write(statement.format(noon=NOON), ())
        after = assemble(live.read(database, at), at).alarms
        assert after == assemble(floor_reader.read_floor_data(database, at, is_latest=True), at).alarms
        assert [alarm.rule for alarm in before] != [alarm.rule for alarm in after]


def test_a_wait_that_nobody_knows_how_it_ended_is_known_however_long_it_was(path: Path, write: Write) -> None:
    """It has no place among the waits of the day, and began before what is read at first."""
    state(write, "ready", 0, 120)
    state(write, "ready", 120, None)
    write(
        "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at) VALUES ('test', '1', 1, ?, ?)",
        (NOON, NOON + 120 * MINUTE),
    )
    [alarm] = reader.snapshot(path, NOON + 120 * MINUTE + 9_000).alarms
    assert (alarm.rule, alarm.since) == (Rule.LONGEST_WAIT, NOON + 61_000)
