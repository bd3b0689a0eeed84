"""A part of the log that comes after what followed it, of which no records are kept.

Calls, states, memberships and pauses are those of one pass all the same. With records kept, `test_any_order` has them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import database_file, totals
from ccmon.events import CallEntered
from tests.databases import open_copy
from tests.examples import sample
from tests.sources.queue_log.database_contents import contents_by
from tests.sources.queue_log.test_import import BASE, take

pytestmark = pytest.mark.usefixtures("_all_touched")
JOINED = ["0|CLI|q|Ann|ADDMEMBER|", "1|CLI|q|Bob|ADDMEMBER|"]

LOGS: dict[str, list[str]] = {
    "a call that waits, talks and ends": [
        *JOINED,
        "10|1.1|q|NONE|ENTERQUEUE||0612|1",
        "20|1.1|q|Ann|CONNECT|10|x|3",
        "50|1.1|q|Ann|COMPLETEAGENT|10|30|1",
        "60|CLI|q|Ann|REMOVEMEMBER|",
    ],
    "a call that comes back to its queue": [
        *JOINED,
        "10|1.1|q|NONE|ENTERQUEUE||0612|1",
        "20|1.1|q|Ann|CONNECT|10|x|3",
        "30|1.1|q|Ann|BLINDTRANSFER|600|ctx|10|10|1",
        "31|1.1|q|NONE|ENTERQUEUE||0612|1",
        "45|1.1|q|Bob|CONNECT|14|x|3",
        "70|1.1|q|Bob|COMPLETECALLER|14|25|1",
    ],
    "a call that goes through three queues": [
        *JOINED,
        "10|1.1|q|NONE|ENTERQUEUE||0612|1",
        "20|1.1|q|NONE|EXITWITHTIMEOUT|1|1|10",
        "21|1.1|r|NONE|ENTERQUEUE||0612|1",
        "35|1.1|r|NONE|EXITWITHTIMEOUT|1|1|14",
        "36|1.1|q|NONE|ENTERQUEUE||0612|1",
        "50|1.1|q|NONE|ABANDON|1|1|14",
    ],
    "pauses of one reason after the other": [
        *JOINED,
        "10|NONE|q|Ann|PAUSE|lunch",
        "20|NONE|q|Ann|UNPAUSE|",
        "30|NONE|q|Ann|PAUSE|tea",
        "45|NONE|q|Ann|PAUSE|lunch",
        "60|CLI|q|Ann|REMOVEMEMBER|",
        "70|CLI|q|Ann|ADDMEMBER|",
    ],
    "two agents on two calls": [
        *JOINED,
        "10|1.1|q|NONE|ENTERQUEUE||0612|1",
        "12|1.2|q|NONE|ENTERQUEUE||0613|1",
        "20|1.1|q|Ann|CONNECT|10|x|3",
        "22|1.2|q|Bob|CONNECT|10|x|3",
        "50|1.2|q|Bob|COMPLETECALLER|10|28|1",
        "55|1.1|q|Ann|COMPLETEAGENT|10|35|1",
    ],
}


def cuts(name: str, turn: int) -> Sequence[tuple[int, int]]:
    """Where to cut a log twice, one or three records apart; by default a third of the places, others at each turn."""
    records = len(LOGS[name])
    places = [(first, first + far) for far in (1, 3) for first in range(len(JOINED), records - far)]
    return sample(places, 3, turn)


def told(empty: Path, parts: Iterable[Sequence[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """What is said of calls and agents, whose totals are right, after parts of a log were taken in."""
    with open_copy(empty) as (path, connection):
        log = path.with_name("queue_log")
        for part in parts:
            log.write_text("".join(part))
            take(path, log)
        assert totals.check(connection) == []
        found = contents_by(connection)
    return {name: rows for name, rows in found.items() if name not in {"sources", "agents", "queues"}}


def lines_of(name: str) -> list[str]:
    return [f"{BASE + int(line.partition('|')[0])}|{line.partition('|')[2]}\n" for line in LOGS[name]]


@pytest.mark.parametrize("name", LOGS)
def test_three_parts_backwards_are_one_log(empty_database: Path, name: str) -> None:
    lines = lines_of(name)
    expected = told(empty_database, [lines])
    for first, second in cuts(name, 0):
        parts = [lines[second:], lines[first:second], lines[:first]]
        assert told(empty_database, parts) == expected, (first, second)


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 0, 1)], ids=["the middle last", "the end, the beginning, the middle"])
@pytest.mark.parametrize("name", LOGS)
def test_a_middle_part_that_comes_last_leaves_the_calls_of_one_log(
    empty_database: Path, name: str, order: tuple[int, ...]
) -> None:
    lines = lines_of(name)
    expected = told(empty_database, [lines])["calls"]
    for first, second in cuts(name, order[0] or 1):
        if "CONNECT" in lines[first - 1] and any("CONNECT" in line for line in lines[second:]):
            continue  # an answer of a call that is known to talk already is no news, and is not kept for later
        parts = [lines[:first], lines[first:second], lines[second:]]
        assert told(empty_database, [parts[part] for part in order])["calls"] == expected, (first, second)


@pytest.mark.parametrize("raises", ["the state machine", "SQLite"])
def test_a_record_of_earlier_times_that_cannot_be_ingested_takes_no_other_with_it(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch, raises: str
) -> None:
    lines = lines_of("two agents on two calls")
    bad = f"{BASE + 15}|bad|q|NONE|ENTERQUEUE||0699|1\n"
    expected = told(empty_database, [lines])
    path = Path(shutil.copyfile(empty_database, tmp_path / "calls.db"))
    if raises == "SQLite":
        with database_file.open_for_writing(path) as connection:
            connection.execute(
                "CREATE TRIGGER refuses BEFORE INSERT ON calls WHEN new.call_id = 'bad'"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
    else:
        entered = CallStateMachine._call_entered

        @wraps(entered)  # the state is saved by the names of its methods
        def raising(self: CallStateMachine, event: CallEntered) -> None:
            if event.call_id == "bad":
                raise ValueError("no")
            entered(self, event)

        monkeypatch.setattr(CallStateMachine, "_call_entered", raising)
    found = told(path, [lines[6:], [*lines[:3], bad, *lines[3:6]]])
    assert [content for _, _, content in found.pop("rejected_lines")] == [bad.strip()]
    expected.pop("rejected_lines")
    assert found == expected
