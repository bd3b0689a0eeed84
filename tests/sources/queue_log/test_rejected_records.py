"""Impossible records of a queue log: each is rejected, or goes in without a number, and the rest is read."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import database_file, floor_writer, totals
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.queue_log.import_files import Summary, import_logs
from tests.sources.queue_log.database_contents import contents

AT = 1_795_422_000
TOO_LARGE = "9" * 20
DATA = Path(__file__).parents[2] / "data"


def take(path: Path, file: Path) -> Summary:
    return import_logs(path, [str(file)], source="queue-log")


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(database_file.open_reader(path)) as connection:
        return connection.execute(query).fetchall()


def write(file: Path, *lines: str) -> Path:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


NOTED = "SELECT line, taken_in, reason FROM rejected_lines ORDER BY id"
CALLS = "SELECT call_id, outcome, entered_at / 1000, answered_at / 1000, ended_at / 1000 FROM calls ORDER BY call_id"


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("ABANDON|1|1|{}", ("9.1", "abandoned", AT, None, AT)),
        ("EXITEMPTY|1|1|{}", ("9.1", "no_agents", AT, None, AT)),
        ("EXITWITHTIMEOUT|1|1|{}", ("9.1", "timeout", AT, None, AT)),
        ("EXITWITHKEY|5|1|1|{}", ("9.1", "exit_key", AT, None, AT)),
        ("WITHDRAW|1|1|{}|", ("9.1", "withdrawn", AT, None, AT)),
        ("CONNECT|{}|8.1|1", ("9.1", None, AT, AT, None)),
        ("COMPLETECALLER|{}|7|1", ("9.1", "answered", AT - 7, AT - 7, AT)),
        ("COMPLETEAGENT|5|{}|1", ("9.1", "answered", AT - 5, AT, AT)),
        ("BLINDTRANSFER|600|ctx|{}|7|1", ("9.1", "answered", AT - 7, AT - 7, AT)),
        ("ATTENDEDTRANSFER|LINK|a|b|5|{}|1", ("9.1", "answered", AT - 5, AT, AT)),
    ],
)
def test_a_number_that_cannot_be_counts_as_not_said(
    path: Path, tmp_path: Path, line: str, call: tuple[Any, ...]
) -> None:
    numbers = [TOO_LARGE, "-1", "604801", "x", "31536000000"]
    has_agent = call[3] or call[1] == "answered"
    bad = [
        f"{AT}|9.{place}|sales|{f'Agent {place}' if has_agent else 'NONE'}|{line.format(number)}"
        for place, number in enumerate(numbers, 1)
    ]
    summary = take(path, write(tmp_path / "queue_log", *bad, f"{AT + 1}|9.9|sales|NONE|ABANDON|1|1|4"))
    assert (summary.records, summary.rejected) == (6, 0)
    assert rows_of(path, CALLS) == [
        *((f"9.{place}", *call[1:]) for place in range(1, 6)),
        ("9.9", "abandoned", AT - 3, None, AT + 1),
    ]
    for place, (where, taken_in, reason) in enumerate(rows_of(path, NOTED), 1):
        assert (where, taken_in) == (place, 1)
        assert repr(numbers[place - 1]) in reason
    assert rows_of(path, "SELECT records, rejected, incomplete_records FROM sources") == [(6, 0, 5)]
    before = contents(path)
    take(path, tmp_path / "queue_log")
    assert contents(path) == before, "taken in again it is known, and noted once"


def test_a_ring_time_that_cannot_be_is_noted(path: Path, tmp_path: Path) -> None:
    take(path, write(tmp_path / "queue_log", f"{AT}|9.1|sales|Ann|RINGNOANSWER|{TOO_LARGE}"))
    assert rows_of(path, "SELECT ring_ms FROM missed_calls") == [(0,)]
    assert [row[:2] for row in rows_of(path, NOTED)] == [(1, 1)]


def test_a_record_before_2000_or_over_a_day_ahead_is_rejected(path: Path, tmp_path: Path) -> None:
    now = int(time.time())
    moments = [946_684_799, 946_684_800, now + 86_400, now + 86_400 + 60, 10**19]
    lines = [f"{at}|9.{number}|sales|NONE|ABANDON|1|1|4" for number, at in enumerate(moments)]
    take(path, write(tmp_path / "queue_log", *lines))
    assert [row[0] for row in rows_of(path, CALLS)] == ["9.1", "9.2"]
    assert rows_of(path, NOTED) == [
        (1, 0, "has a time before 2000"),
        (4, 0, "has a time more than a day ahead of this machine's clock"),
        (5, 0, "has a time more than a day ahead of this machine's clock"),
    ]


def log_of(calls: int) -> list[str]:
    lines = []
    for number in range(calls):
        at, call = AT + 20 * number, f"1.{number}"
        lines += [
            f"{at}|{call}|sales|NONE|ENTERQUEUE||0612{number}|1",
            f"{at + 3}|{call}|sales|Agent {number % 7}|CONNECT|3|2.{number}|2",
            f"{at + 3}|NONE|sales|Agent {(number + 3) % 7}|PAUSE|lunch",
            f"{at + 15}|{call}|sales|Agent {number % 7}|COMPLETECALLER|3|12|1",
            f"{at + 15}|NONE|sales|Agent {(number + 3) % 7}|UNPAUSE|",
        ]
    return lines


@contextmanager
def faults_in_the_state_machine(call_id: str) -> Iterator[None]:
    """The state machine raises, having done half its work, for whatever is told of a call."""
    apply = CallStateMachine.apply

    def faulty(floor: CallStateMachine, told: Any) -> None:
        def each() -> Iterator[Any]:
            for event in told:
                if getattr(event, "call_id", None) == call_id:
                    floor.agent_tracker.agent("nobody").logged_in = True
                    raise KeyError(call_id)
                yield event

        apply(floor, each())

    with patch.object(CallStateMachine, "apply", faulty):
        yield


@contextmanager
def faults_in_the_writer(call_id: str) -> Iterator[None]:
    """SQLite does not take a row of one call, after other rows have been written."""
    write_visits = floor_writer.write_visits

    def faulty(connection: Any, names: Any, source: str, visits: list[Any]) -> Any:
        for visit in visits:
            if visit.call_id == call_id:
                visit.hold_ms = 10**30
        return write_visits(connection, names, source, visits)

    with patch("ccmon.database.floor_writer.write_visits", faulty):
        yield


@contextmanager
def faults_of_a_check(call_id: str) -> Iterator[None]:
    """What is written of one call breaks a CHECK constraint, which is looked at once all rows are there."""
    write_visits = floor_writer.write_visits

    def faulty(connection: Any, names: Any, source: str, visits: list[Any]) -> Any:
        for visit in visits:
            if visit.call_id == call_id:
                visit.hold_ms = -1
        return write_visits(connection, names, source, visits)

    with (
        patch("ccmon.database.floor_writer.write_visits", faulty),
        patch("ccmon.database.bulk_insert._MANY", 5),
    ):
        yield


@pytest.mark.parametrize("errors", [faults_in_the_state_machine, faults_in_the_writer, faults_of_a_check])
@pytest.mark.parametrize("way", ["import", "follow"])
def test_what_a_single_record_raises_sets_it_aside(
    path: Path, tmp_path: Path, empty_database: Path, errors: Any, way: str
) -> None:
    lines = log_of(200)
    bad = f"{AT + 777}|bad|sales|NONE|ENTERQUEUE||666|1"
    file = write(tmp_path / "queue_log", *lines[:195], bad, *lines[195:])
    said: list[str] = []
    with errors("bad"), patch("ccmon.sources.queue_log.files.BLOCK", 4096):
        if way == "import":
            summary = take(path, file)
            assert (summary.records, summary.rejected) == (1000, 1)
        else:
            follower = Follower(path, file, source="queue-log", say=said.append)
            follower._with_retries(follower._resume)
            follower.stopping.ask()
            follower.run()
            assert any("line 196 was set aside: could not be taken in (" in sentence for sentence in said)
    ((line, taken_in, reason),) = rows_of(path, NOTED)
    assert (line, taken_in) == (196, 0)
    assert re.search("OverflowError|KeyError|CHECK constraint", reason)
    whole = Path(shutil.copy(empty_database, tmp_path / "whole.db"))
    take(whole, write(tmp_path / "good", *lines))
    found, expected = contents(path), contents(whole)
    for each in (found, expected):
        del each["rejected_lines"], each["sources"]
    assert found == expected
    with closing(database_file.open_reader(path)) as connection:
        assert totals.check(connection) == []
