"""A log in parts that are imported in any order leaves what one import of it leaves: all of it."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import database_file, imported_records, totals
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.queue_log.members import ConfiguredMember, read_members
from tests.databases import open_copy
from tests.examples import examples, sample
from tests.public_data import FOLDERS
from tests.sources.queue_log.database_contents import contents_by
from tests.sources.queue_log.test_import import BASE
from tests.sources.queue_log.test_properties import WRAP_IS_WRAP_UP, consistent, logs, new_database
from tests.sources.queue_log.test_record_meanings import help_desk_lines, realtime_lines
from tests.sources.queue_log.test_recording import RECORDING, log

Parts = list[list[bytes]]
Rows = dict[str, list[tuple[Any, ...]]]


def imported(empty: Path, parts: Parts, members: list[ConfiguredMember] | None = None) -> Rows:
    """What a database says after the parts of a log were imported one after the other. Its totals are right."""
    with open_copy(empty) as (path, connection):
        connection.execute(WRAP_IS_WRAP_UP)
        part = path.with_name("part")
        for lines in parts:
            part.write_bytes(b"".join(line + b"\n" for line in lines))
            import_logs(path, [str(part)], source="queue-log", members=members)
        assert totals.check(connection) == []
        assert consistent(connection) == []
        return contents_by(connection)


def cut(lines: list[bytes], near: Sequence[int]) -> Parts:
    """The parts of a log, cut at or after some lines, where no second lies on both sides."""
    cuts = {next((at for at in range(cut, len(lines)) if lines[at][:10] != lines[at - 1][:10]), 0) for cut in near}
    return [lines[start:end] for start, end in pairwise(sorted({0, *cuts, len(lines)}))]


def given_lines(*lines: str) -> list[bytes]:
    """Lines of a log whose moments are given in seconds since the beginning of the tests' time."""
    return [f"{BASE + int(line.partition('|')[0])}|{line.partition('|')[2]}".encode() for line in lines]


@st.composite
def divided_logs(draw: st.DrawFn) -> tuple[Parts, list[int]]:
    """The parts of a log in order of time, and an order in which to import them."""
    lines = draw(logs(forward=True).filter(lambda lines: len(lines) > 1))
    near = draw(st.lists(st.integers(1, len(lines) - 1), min_size=1, max_size=4))
    parts = [lines[start:end] for start, end in pairwise(sorted({0, *near, len(lines)}))]
    # A second may lie on both sides, unless it is all of a part or there are records alike: they may be the same ones.
    if len(set(lines)) < len(lines) or any(part[0][:10] == part[-1][:10] for part in parts):
        parts = cut(lines, near)
    return parts, draw(st.permutations(range(len(parts))))


TWO_TALKS = [
    given_lines("0|1.1|sales|Ann|CONNECT|0|x|1"),
    given_lines("1|1.2|sales|Ann|CONNECT|2|x|1"),
    given_lines("20001|1.1|sales|NONE|ENTERQUEUE||0612|1"),
]
"""A log of two talks of one agent without an end: that which became known second entered first."""


UNKNOWN_EVENT = [
    given_lines("0|1.1|sales|NONE|ENTERQUEUE||0612|1"),
    given_lines("20000|1.1|sales|Ann|DISPOSITION|sale"),
]
"""A call without an end, and an event that ccmon does not know."""


DIALLED_BY_NOBODY = [
    given_lines("0|1.2|sales|NONE|CALLOUTBOUND||0612"),
    given_lines("4|NONE|sales|NONE|QUEUESTART|"),
    given_lines("11|1.2|sales|Ann|CONNECT|0|x|1"),
]
"""A log of a dialled call whose agent only an answer names, and a restart of the switch before it."""


@example(divided=(TWO_TALKS, [1, 0, 2]))
@example(divided=(UNKNOWN_EVENT, [1, 0]))
@example(divided=(DIALLED_BY_NOBODY, [0, 2, 1]))
@example(divided=(DIALLED_BY_NOBODY, [2, 0, 1]))
@settings(max_examples=examples(8, 1_250))
@given(divided=divided_logs())
def test_parts_of_a_generated_log_are_one_log(empty_database: Path, divided: tuple[Parts, list[int]]) -> None:
    parts, order = divided
    whole = imported(empty_database, [[line for part in parts for line in part]])
    found = imported(empty_database, [parts[number] for number in order])
    for table in ("calls", "missed_calls", "queue_members", "queue_pauses", "agent_states"):
        assert found[table] == whole[table], table


OVER_BY_TIME = [
    given_lines("0|1.2|support|Ann|COMPLETEAGENT|0|1|1"),
    given_lines("1|NONE|sales|Ann|PAUSE|tea", "1|1.1|sales|Ann|CONNECT|0|x|1", "1|1.2|support|Ann|CONNECT|0|x|1"),
    given_lines("2|1.2|support|NONE|ENTERQUEUE||0612|1", "2|1.2|support|Ann|COMPLETEAGENT|0|1|1"),
    given_lines("3|1.2|support|Ann|CONNECT|0|x|1"),
    given_lines("4|1.2|support|Ann|CONNECT|0|x|1"),
    given_lines("20002|1.1|sales|NONE|ENTERQUEUE||0612|1"),
]
"""A log of two talks without an end: both are over in the last gap, as time passes."""


THREE_VISITS = [
    given_lines(*["0|1.1|sales|NONE|ENTERQUEUE||0612|1"] * 2),
    given_lines("20000|1.1|sales|NONE|ENTERQUEUE||0612|1"),
    given_lines("20001|1.1|sales|NONE|ENTERQUEUE||0612|1"),
]
"""A call that is over as time passes, and comes again in the gap."""


@example(divided=(OVER_BY_TIME, [5, 3, 0, 1, 2, 4]), kept=0)
@example(divided=(THREE_VISITS, [0, 2, 1]), kept=0)
@settings(max_examples=examples(3, 400))
@given(divided=divided_logs(), kept=st.integers(0, 12))
def test_parts_of_which_little_is_kept_leave_what_can_be(
    empty_database: Path, divided: tuple[Parts, list[int]], kept: int
) -> None:
    """No state runs beside another, and totals are right (`imported`)."""
    parts, order = divided
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(imported_records, "RECORDS_OF_PART", kept)
        imported(empty_database, [parts[number] for number in order])


def test_a_follower_that_starts_again_keeps_no_more_of_its_part(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a log that goes on the first records are kept, however often it is resumed; those of no use are none."""
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", 3)
    path, log_file = new_database(str(tmp_path), empty_database, "calls.db"), tmp_path / "queue_log"
    said: list[str] = []
    log_file.write_text(f"{BASE}|NONE|NONE|NONE|CONFIGRELOAD|\n")
    for start in range(4):
        with log_file.open("a") as appended:
            appended.writelines(
                f"{BASE + 10 * start + each}|{start}.{each}|q|NONE|ENTERQUEUE||0612|1\n" for each in range(2 * start)
            )
        follower = Follower(path, log_file, source="queue-log", say=said.append)
        follower._resume()
        follower.stopping.ask()
        follower.run()
    with closing(database_file.open_reader(path)) as connection:
        kept = connection.execute("SELECT sum(lines), count(*) - count(content) FROM imported_records").fetchone()
        assert kept == (3, 1)
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (12,)


@pytest.mark.parametrize("members", [[], read_members(RECORDING / "queues.conf")], ids=["log alone", "queues.conf"])
def test_parts_of_the_recorded_log_are_one_log(empty_database: Path, members: list[ConfiguredMember]) -> None:
    lines = log().splitlines()
    whole = imported(empty_database, [lines], members)
    chance = random.Random(11)
    orders = [order for order in permutations(range(3)) if order != (0, 1, 2)]
    orders += [tuple(chance.sample(range(8), 8)) for _ in range(2)]
    for order in sample(orders, 2, bool(members)):
        parts = cut(lines, [chance.randrange(1, len(lines)) for _ in order[1:]])
        found = imported(empty_database, [parts[number] for number in order if number < len(parts)], members)
        assert found == whole, order


@pytest.mark.parametrize("lines_in", [realtime_lines, help_desk_lines])
@pytest.mark.parametrize("folder", FOLDERS)
def test_parts_of_another_sites_log_are_one_log(
    empty_database: Path, folder: Path, lines_in: Callable[[Path], list[str]]
) -> None:
    lines = sorted((line.encode() for line in lines_in(folder)), key=lambda line: line[:10])
    whole = imported(empty_database, [lines])
    chance = random.Random(12)
    for _ in range(8):
        parts = cut(lines, [chance.randrange(1, len(lines)) for _ in range(chance.choice([1, 2, 4]))])
        found = imported(empty_database, chance.sample(parts, len(parts)))
        assert found == whole


def test_a_record_that_was_set_aside_is_not_applied_again(empty_database: Path) -> None:
    """As SQLite did not take what it made when it was imported, it would not now."""
    lines = [f"{BASE + at}|{at}.1|q|NONE|ENTERQUEUE||0612|1".encode() for at in range(10, 60, 10)]
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(shutil.copy(empty_database, Path(folder) / "empty.db"))
        with database_file.open_for_writing(empty) as connection:
            connection.execute(
                "CREATE TRIGGER refuses BEFORE INSERT ON calls WHEN new.call_id = '40.1'"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        whole = imported(empty, [lines])
        assert [content for _, _, content in whole["rejected_lines"]] == [lines[3].decode()]
        assert len(whole["calls"]) == 4
        assert imported(empty, [lines[2:], lines[:1], lines[1:2]]) == whole


ANN_JOINS = "0|CLI|q|Ann|ADDMEMBER|"
CASES = {
    "a pause that ends": [[ANN_JOINS, "5|NONE|q|Ann|PAUSE|tea"], ["9|NONE|q|Ann|UNPAUSE|"]],
    "a pause of all queues that ends": [[ANN_JOINS, "5|NONE|NONE|Ann|PAUSEALL|tea"], ["9|NONE|NONE|Ann|UNPAUSEALL|"]],
    "a second log-out": [
        [ANN_JOINS, "3|CLI|q|Ann|REMOVEMEMBER|"],
        ["5|CLI|q|Ann|ADDMEMBER|"],
        ["9|CLI|q|Ann|REMOVEMEMBER|"],
    ],
    "a pause that ended between two of one reason": [
        [ANN_JOINS, "5|NONE|q|Ann|PAUSE|tea"],
        ["9|NONE|q|Ann|UNPAUSE|"],
        ["12|NONE|q|Ann|PAUSE|tea"],
    ],
    "a log-in by interface, work by name": [
        ["0|CLI|q|PJSIP/agent79|ADDMEMBER|"],
        ["3|1.1|q|NONE|ENTERQUEUE||0612|1", "5|1.1|q|Floater 79|CONNECT|2|x|1"],
        ["9|1.1|q|Floater 79|COMPLETEAGENT|2|4|1", "12|CLI|q|PJSIP/agent79|REMOVEMEMBER|"],
    ],
    "calls of one who has logged out": [
        [ANN_JOINS, "3|CLI|q|Ann|REMOVEMEMBER|"],
        ["5|1.1|q|Ann|RINGNOANSWER|2000"],
        ["9|1.2|q|Ann|RINGNOANSWER|2000"],
    ],
    "a talk that goes on beside another visit of its call": [
        ["0|1.1|q|Ann|CONNECT|7|x|1", "3|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["9|CLI|q|Bob|ADDMEMBER|"],
    ],
    "a restart of the switch": [
        [ANN_JOINS, "3|NONE|q|Ann|PAUSE|tea", "4|NONE|q|Bob|PAUSE|tea"],
        ["6|NONE|NONE|NONE|QUEUESTART|"],
        ["9|NONE|q|Ann|UNPAUSE|", "10|NONE|q|Bob|PAUSE|tea"],
    ],
    "a talk that seems to have begun before the switch restarted": [
        [ANN_JOINS, "0|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["1|NONE|NONE|NONE|QUEUESTART|"],
        ["2|1.1|q|Ann|COMPLETEAGENT|0|2|1"],
    ],
    "a log-in without a queue": [["0|NONE|NONE|Ann|AGENTLOGIN|x"], ["9|NONE|NONE|Ann|AGENTLOGOFF|x|9"]],
}


@pytest.mark.parametrize("name", CASES)
def test_parts_in_each_order_are_one_log(empty_database: Path, name: str) -> None:
    parts = [given_lines(*part) for part in CASES[name]]
    whole = imported(empty_database, [[line for part in parts for line in part]])
    for order in permutations(parts):
        assert imported(empty_database, list(order)) == whole


@pytest.mark.parametrize("kept", [0, imported_records.RECORDS_OF_PART])
def test_a_call_does_not_begin_after_its_talk_where_a_talk_of_whole_seconds_is_too_long(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", kept)
    parts = [
        [f"{BASE}|1.3|q|NONE|ENTERQUEUE||0612|1".encode()],
        [f"{BASE + 1}|1.3|q|Ann|COMPLETEAGENT|0|2|1".encode()],
    ]
    whole = imported(empty_database, [[line for part in parts for line in part]])
    assert imported(empty_database, parts[::-1])["calls"] == whole["calls"]


ENTERS_AGAIN = [
    given_lines("0|1.1|sales|NONE|ENTERQUEUE||0612|1", "0|1.2|support|NONE|ENTERQUEUE||0612|1"),
    given_lines("1|1.1|sales|NONE|ENTERQUEUE||0612|1", "1|1.2|support|PJSIP/1001|CONNECT|0|x|1"),
    given_lines("2|1.1|sales|PJSIP/1001|RINGNOANSWER|8000"),
    given_lines("20002|1.1|sales|NONE|ENTERQUEUE||0612|1"),
]
RETURNS = [
    given_lines("0|1.2|support|PJSIP/1001|CONNECT|0|x|1"),
    given_lines(
        "1|1.2|support|PJSIP/1001|COMPLETEAGENT|0|1|1",
        "2|1.2|support|NONE|ENTERQUEUE||0612|1",
        "2|1.2|support|PJSIP/1001|CONNECT|0|x|1",
    ),
    given_lines("3|1.1|sales|NONE|ENTERQUEUE||0612|1"),
    given_lines("4|1.1|sales|PJSIP/1001|RINGNOANSWER|8000"),
    given_lines("20002|1.1|sales|NONE|ENTERQUEUE||0612|1"),
]
UNSEEN_AFTER = [
    given_lines("0|1.2|support|NONE|ENTERQUEUE||0612|1", "0|1.2|support|PJSIP/1001|CONNECT|0|x|1"),
    given_lines("1|1.1|sales|NONE|ENTERQUEUE||0612|1"),
    given_lines("2|1.2|support|PJSIP/1001|COMPLETEAGENT|0|2|1"),
    given_lines("3|1.1|sales|NONE|ABANDON|1|1|3"),
]


@pytest.mark.parametrize(
    ("parts", "order"),
    [(ENTERS_AGAIN, (3, 1, 0, 2)), (RETURNS, (2, 0, 4, 1, 3)), (UNSEEN_AFTER, (3, 1, 0, 2))],
    ids=["a beginning that comes later", "another visit that is open", "a visit of which nothing was known"],
)
def test_a_call_is_open_at_a_known_moment_though_its_beginning_comes_after_that_moment_was_known(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch, parts: Parts, order: Sequence[int]
) -> None:
    """Where no records are kept: applied again, they would say as much."""
    whole = imported(empty_database, [[line for part in parts for line in part]])
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", 0)
    found = imported(empty_database, [parts[number] for number in order])
    assert found["agent_states"] == whole["agent_states"]
    assert [row for row in found["calls"] if "1.2" in row] == [row for row in whole["calls"] if "1.2" in row]


@pytest.mark.parametrize("kept", [0, imported_records.RECORDS_OF_PART])
def test_an_agent_whom_another_source_has_left_at_work_is_at_work_by_the_one_with_the_gap(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", kept)
    joins = "CLI|q|Ann|ADDMEMBER|"
    imports = [("later", "20|1.1|q|NONE|ENTERQUEUE||0612|1"), ("other", f"10|{joins}"), ("later", f"1|{joins}")]
    with open_copy(empty_database) as (path, connection):
        part = path.with_name("part")
        for source, line in imports:
            part.write_bytes(given_lines(line)[0] + b"\n")
            import_logs(path, [str(part)], source=source)
        for table in ("agent_states", "queue_members"):
            running = connection.execute(f"SELECT source, started_at FROM {table} WHERE ended_at IS NULL").fetchall()
            assert running == [("later", (BASE + 1) * 1000)]
        assert totals.check(connection) == []


NAMING = {
    "sales": "INSERT INTO sales (call_id, agent_id, sold_at, amount_cents) SELECT id, agent_id, entered_at, 100",
    "surveys": "INSERT INTO surveys (call_id, answered_at, score, scale) SELECT id, entered_at, 3, 5",
    "survey_invitations": "INSERT INTO survey_invitations (call_id, sent_at) SELECT id, entered_at",
    "follow_ups": "INSERT INTO follow_ups (call_id, created_at, due_at, promised_at)"
    " SELECT id, entered_at, entered_at, entered_at",
    "call_reasons": "INSERT INTO call_reasons (call_id, reason_id) SELECT id, 1",
}
"""What a site's own programs write of a call."""


def named_calls(connection: sqlite3.Connection) -> dict[tuple[str, int], str]:
    """The name of the call that each row names which is no record of the log."""
    found = {}
    for table in NAMING.keys() - {"call_reasons"}:
        named = f"SELECT t.id, c.call_id FROM {table} AS t LEFT JOIN calls AS c ON c.id = t.call_id"
        found.update({(table, row): call_id for row, call_id in connection.execute(named)})
    return found


@example(divided=(ENTERS_AGAIN, [3, 1, 0, 2]), kept=0)
@settings(max_examples=examples(3, 400))
@given(divided=divided_logs(), kept=st.sampled_from([0, 3, imported_records.RECORDS_OF_PART]))
def test_what_names_a_call_names_it_still_when_records_of_before_come(
    empty_database: Path, divided: tuple[Parts, list[int]], kept: int
) -> None:
    """Also where a visit is deleted that turns out to be part of another."""
    parts, order = divided
    with pytest.MonkeyPatch.context() as patched, open_copy(empty_database) as (path, connection):
        patched.setattr(imported_records, "RECORDS_OF_PART", kept)
        part = path.with_name("part")
        connection.execute(WRAP_IS_WRAP_UP)
        connection.execute("INSERT INTO contact_reasons (id, name) VALUES (1, 'delivery')")
        named: dict[tuple[str, int], str] = {}
        for number in order:
            part.write_bytes(b"".join(line + b"\n" for line in parts[number]))
            import_logs(path, [str(part)], source="queue-log")
            assert named_calls(connection) == named
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert totals.check(connection) == []
            for table, statement in NAMING.items():
                missing = f"FROM calls WHERE id NOT IN (SELECT call_id FROM {table})"
                connection.execute(f"{statement} {missing}")
            assert totals.check(connection) == []
            named = named_calls(connection)
