"""What every follower of a running switch does about trouble with its database."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.source_lock import SourceLock, is_locked
from ccmon.database.writer import Writer
from ccmon.events import CallAnswered, CallEnded, CallEntered, MemberJoined
from ccmon.model.calls import Outcome
from ccmon.sources.connection import ConnectionLostError, Session, commit_unless_locked
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


class LostSession(Session):
    """Stands for a switch that goes away after each connection."""

    kind = "ami"

    def run(self, writer: Writer, stop: Stop) -> None:
        self.connected = True
        writer.commit(checked_at=AT)
        raise ConnectionLostError("pbx closed the connection")


def test_a_follower_that_waits_to_connect_again_is_seen_to_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lock was free meanwhile, and whoever looked was told that it had stopped."""
    stop = Stop()
    seen: list[bool | None] = []

    def waits(_: float) -> bool:
        seen.append(is_locked(path, "pbx"))
        if len(seen) == 2:
            stop.ask()
        return stop.asked

    monkeypatch.setattr(stop, "wait", waits)
    LostSession("pbx", print).follow(path, source="pbx", stop=stop)
    assert seen == [True, True]
    errors = "SELECT last_error FROM sources"
    assert rows(path, errors) == [("pbx closed the connection",)]
    with Writer(path, source="pbx", kind="ami", following=True) as writer:
        writer.commit()
        assert rows(path, errors) == [("pbx closed the connection",)], "it does not know yet whether it has everything"
        writer.commit(checked_at=AT)
        assert rows(path, errors) == [(None,)]
    assert not is_locked(path, "pbx")


def test_a_follower_that_waits_goes_on_where_somebody_else_took_its_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    said: list[str] = []
    with ExitStack() as held:

        def tells(sentence: str) -> None:
            said.append(sentence)
            if len(said) == 1:
                held.callback(SourceLock(path, "pbx").release)

        def waits(_: float) -> bool:
            if len(said) == 2:
                held.close()
            if len(said) == 3:
                stop.ask()
            return stop.asked

        monkeypatch.setattr(stop, "wait", waits)
        LostSession("pbx", tells).follow(path, source="pbx", stop=stop)
    lost, taken, again = said
    assert taken.startswith('Another ccmon is writing the source "pbx"')
    assert lost.startswith("pbx closed the connection; trying again in ")
    assert again.startswith("pbx closed the connection; trying again in ")


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
