"""Whatever a log says and wherever it is cut, the database is the same; and no bytes are too strange to be read."""

from __future__ import annotations

import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import database_file, totals
from ccmon.database.writer import Writer
from ccmon.sources.queue_log.import_files import KIND, import_logs
from ccmon.sources.queue_log.ingester import LogIngester
from tests.examples import examples
from tests.sources.queue_log.database_contents import contents

BASE = 1_795_422_000

CALLS = st.sampled_from(["1.1", "1.2", "1.3"])
QUEUES = st.sampled_from(["sales", "SALES", "support"])
AGENTS = st.sampled_from(["PJSIP/1001", "1001", "Ann", "Agent/2001", "NONE"])
SECONDS = st.integers(0, 90).map(str)
REASONS = st.sampled_from(["", "lunch", "wrap"])


def _record(event: str, call: st.SearchStrategy[str], agent: st.SearchStrategy[str], *data: Any) -> Any:
    return st.tuples(call, QUEUES, agent, st.just(event), *data).map("|".join)


NOBODY = st.just("NONE")
RECORDS = st.one_of(
    _record("ENTERQUEUE", CALLS, NOBODY, st.just(""), st.just("0612"), st.just("1")),
    _record("CONNECT", CALLS, AGENTS, SECONDS, st.just("x"), st.just("1")),
    _record("COMPLETEAGENT", CALLS, AGENTS, SECONDS, SECONDS, st.just("1")),
    _record("COMPLETECALLER", CALLS, AGENTS, SECONDS, SECONDS, st.just("1")),
    _record("BLINDTRANSFER", CALLS, AGENTS, st.just("600"), st.just("ctx"), SECONDS, SECONDS, st.just("1")),
    _record("ABANDON", CALLS, NOBODY, st.just("1"), st.just("1"), SECONDS),
    _record("EXITWITHTIMEOUT", CALLS, NOBODY, st.just("1"), st.just("1"), SECONDS),
    _record("SYSCOMPAT", CALLS, AGENTS, st.just("")),
    _record("RINGNOANSWER", CALLS, AGENTS, st.just("8000")),
    _record("ADDMEMBER", NOBODY, AGENTS, st.sampled_from(["", "PAUSED"])),
    _record("REMOVEMEMBER", NOBODY, AGENTS, st.just("")),
    _record("PAUSE", NOBODY, AGENTS, REASONS),
    _record("UNPAUSE", NOBODY, AGENTS, REASONS),
    _record("PAUSEALL", NOBODY, AGENTS, REASONS),
    _record("UNPAUSEALL", NOBODY, AGENTS, REASONS),
    _record("AGENTLOGIN", NOBODY, AGENTS, st.just("x")),
    _record("AGENTLOGOFF", NOBODY, AGENTS, st.just("x"), SECONDS),
    _record("CALLOUTBOUND", CALLS, NOBODY, st.just(""), st.just("0612")),
    _record("CALLSTATUS", CALLS, AGENTS, st.just("SALE")),
    _record("CALLERONHOLD", CALLS, AGENTS, st.just("")),
    _record("CALLEROFFHOLD", CALLS, AGENTS, SECONDS),
    _record("QUEUESTART", NOBODY, NOBODY, st.just("")),
    _record("DISPOSITION", CALLS, AGENTS, st.just("sale")),
)
STEPS = st.one_of(st.integers(0, 4), st.sampled_from([7, 4000, 20_000, -3]))


@st.composite
def logs(draw: st.DrawFn, *, forward: bool = False) -> list[bytes]:
    at, lines = BASE, []
    for record, step in draw(st.lists(st.tuples(RECORDS, STEPS), max_size=40)):
        at += max(0, step) if forward else step
        lines.append(f"{at}|{record}".encode())
    return lines


WRAP_IS_WRAP_UP = "INSERT INTO pause_reasons (reason, counts_as_wrap_up) VALUES ('wrap', 1)"


def new_database(folder: str, empty: Path, name: str) -> Path:
    path = Path(shutil.copy(empty, Path(folder) / name))
    connection = database_file.open_writer(path)
    connection.execute(WRAP_IS_WRAP_UP)
    connection.close()
    return path


def write_in_one_go(path: Path, lines: list[bytes], cuts: set[int] = frozenset()) -> None:  # type: ignore[assignment]
    """Take lines in; at each cut commit, close the writer and open another, as after a restart."""
    edges = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    for start, end in pairwise(edges):
        with Writer(path, source="queue-log", kind=KIND) as writer:
            ingester = LogIngester(writer)
            with writer.transaction():
                ingester.begin("queue_log", trusted=True)
                ingester.ingest(lines[start:end])
                ingester.finish()
                writer.flush()
                writer.write_source()
                ingester.write()


ENDED_UNSEEN_LONG_AGO = [
    b"1795422000|1.3|support|NONE|ENTERQUEUE||0612|1",
    b"1795442000|1.1|sales|NONE|ENTERQUEUE||0612|1",
    b"1795442000|1.3|support|PJSIP/1001|CALLSTATUS|SALE",
]


MISSED_BEFORE_A_RESTART = [
    b"1795422000|NONE|sales|PJSIP/1001|PAUSEALL|",
    b"1795422001|NONE|sales|NONE|QUEUESTART|",
    b"1795421998|1.1|sales|PJSIP/1001|RINGNOANSWER|8000",
]
"""A clock that goes back: the state after the restart must not begin before the one that ended with it."""


@settings(max_examples=examples(6, 600))
@example(lines=ENDED_UNSEEN_LONG_AGO, cuts={2})
@example(lines=MISSED_BEFORE_A_RESTART, cuts={2})
@given(lines=logs(), cuts=st.sets(st.integers(1, 39), max_size=5))
def test_restarts_at_any_commit_change_nothing(empty_database: Path, lines: list[bytes], cuts: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        once = new_database(folder, empty_database, "once.db")
        often = new_database(folder, empty_database, "often.db")
        write_in_one_go(once, lines)
        write_in_one_go(often, lines, cuts)
        assert contents(often) == contents(once)
        connection = database_file.open_reader(often)
        assert totals.check(connection) == []
        assert consistent(connection) == []
        connection.close()


def consistent(connection: Any) -> list[Any]:
    """States of one agent that overlap, and visits whose moments are out of order."""
    overlaps = connection.execute(
        "SELECT a.agent_id, a.started_at, b.started_at FROM agent_states a JOIN agent_states b"
        " ON a.agent_id = b.agent_id AND a.id <> b.id AND a.started_at <= b.started_at"
        " AND (a.ended_at IS NULL OR a.ended_at > b.started_at)"
    ).fetchall()
    disorder = connection.execute(
        "SELECT id FROM calls WHERE answered_at < entered_at OR ended_at < coalesce(answered_at, entered_at)"
        " OR (ended_at IS NULL) <> (outcome IS NULL)"
    ).fetchall()
    return [*overlaps, *disorder]


@settings(max_examples=examples(6, 500))
@given(
    lines=logs(forward=True),
    parts=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=4),
)
def test_overlapping_parts_after_the_whole_change_nothing(
    empty_database: Path, lines: list[bytes], parts: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = new_database(folder, empty_database, "calls.db")
        names = [Path(folder) / "whole"]
        names[0].write_bytes(b"".join(line + b"\n" for line in lines))
        import_logs(path, [str(names[0])], source="queue-log")
        expected = contents(path)
        for number, (start, end) in enumerate(parts):
            part = Path(folder) / f"part{number}"
            part.write_bytes(b"".join(line + b"\n" for line in lines[min(start, end) : max(start, end)]))
            names.append(part)
        import_logs(path, [str(name) for name in names], source="queue-log")
        assert contents(path) == expected


@settings(max_examples=examples(6, 500))
@given(data=st.binary(max_size=400) | st.lists(st.binary(max_size=30) | logs().map(b"\n".join)).map(b"\n".join))
def test_no_bytes_are_too_strange(empty_database: Path, data: bytes) -> None:
    data = data.removeprefix(b"\x1f\x8b").removeprefix(b"SQLite format 3")  # .gz and a table: read as what they say
    with tempfile.TemporaryDirectory() as folder:
        path = new_database(folder, empty_database, "calls.db")
        file = Path(folder) / "queue_log"
        file.write_bytes(data)
        summary = import_logs(path, [str(file)], source="queue-log")
        assert summary.lines == data.count(b"\n")
        before = contents(path)
        import_logs(path, [str(file)], source="queue-log")
        assert contents(path) == before
