"""What every follower of a running switch does about trouble with its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.writer import Writer
from ccmon.events import CallAnswered, CallEnded, CallEntered, MemberJoined
from ccmon.model.calls import Outcome
from ccmon.sources.connection import Session, commit_unless_locked
from ccmon.sources.stop import Stop
from tests.databases import new_database

AT = 1_795_422_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = database_file.open_reader(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


class OneSession(Session):
    """Stands for a connection to a switch."""

    kind = "ami"

    def __init__(self, wraps_up: bool) -> None:
        super().__init__("pbx", print)
        self.wraps_up = wraps_up

    def run(self, writer: Writer, stop: Stop) -> None:
        if self.wraps_up:
            writer.apply(
                [
                    MemberJoined(AT, "care", "Ann", paused=False, static=True, anew=False),
                    CallEntered(AT, "1", "care", None, None),
                    CallAnswered(AT + 1000, "1", "care", "Ann", 1000),
                    CallEnded(AT + 5000, "1", "care", Outcome.ANSWERED, "caller", wraps_up=True),
                    CallEntered(AT + 9000, "2", "care", None, None),
                ]
            )
        commit_unless_locked(writer, AT + 9000)


def test_a_locked_database_loses_nothing_that_was_told_meanwhile(path: Path) -> None:
    other = database_file.open_writer(path)
    other.execute("BEGIN IMMEDIATE")
    with Writer(path, source="pbx", kind="ami", following=True) as writer:
        writer.connection.execute("PRAGMA busy_timeout = 1")
        writer.apply([CallEntered(AT, "1", "care", None, None)])
        commit_unless_locked(writer, AT)
        writer.apply([CallEnded(AT + 9, "1", "care", Outcome.ABANDONED, "caller")])
        commit_unless_locked(writer, AT + 9)
        assert rows(path, "SELECT * FROM calls") == []
        other.execute("COMMIT")
        commit_unless_locked(writer, AT + 10)
    other.close()
    assert rows(path, "SELECT call_id, ended_at, outcome FROM calls") == [("1", AT + 9, "abandoned")]


def test_a_wrap_up_that_ran_when_the_session_ended_does_not_run_for_ever(path: Path) -> None:
    OneSession(wraps_up=True).follow(path, source="pbx", stop=Stop())
    state = "SELECT state, started_at FROM agent_states WHERE ended_at IS NULL"
    assert rows(path, state) == [("wrap_up", AT + 5000)]
    OneSession(wraps_up=False).follow(path, source="pbx", stop=Stop())
    assert rows(path, state) == [("ready", AT + 9000)]
    assert rows(path, "SELECT wrapped_up_at FROM calls WHERE call_id = '1'") == [(AT + 9000,)]
