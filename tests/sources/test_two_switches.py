"""Two switches that feed one database at once: each says what its own agents do, and nothing of the other's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.database.writer import Writer
from ccmon.events import (
    AgentKnownAs,
    AgentPaused,
    CallAnswered,
    CallEnded,
    CallEntered,
    FloorEvent,
    MemberJoined,
    MemberLeft,
    SwitchRestarted,
)
from ccmon.model.calls import Outcome
from tests.databases import new_database

AT = 1_795_422_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def tell(path: Path, source: str, *events: FloorEvent) -> None:
    """What one switch tells, by a writer of its own as after each restart of its follower."""
    with Writer(path, source=source, kind="ami", following=True) as writer:
        writer.apply(events)
        writer.commit(checked_at=AT)


def states(path: Path) -> dict[str, str]:
    connection = database_file.open_reader(path)
    try:
        return dict(
            connection.execute(
                "SELECT login, state FROM agent_states JOIN agents ON agents.id = agent_id WHERE ended_at IS NULL"
            ).fetchall()
        )
    finally:
        connection.close()


def join(at: int, queue: str, agent: str) -> MemberJoined:
    return MemberJoined(AT + at, queue, agent, paused=False, static=True, anew=False)


def test_a_restart_of_one_leaves_the_others_agents_at_work(path: Path) -> None:
    tell(path, "north", join(0, "sales", "Ann"), CallEntered(AT + 1, "n1", "sales", None, None))
    tell(path, "south", join(0, "care", "Bob"))
    tell(path, "north", CallAnswered(AT + 2, "n1", "sales", "Ann", 1))
    tell(path, "south", AgentPaused(AT + 3, "Bob", None, "lunch"))
    tell(path, "south", SwitchRestarted(AT + 4), MemberLeft(AT + 5, "care", "Bob"))
    assert states(path) == {"Ann": "talking", "Bob": "logged_out"}
    tell(path, "north", CallEnded(AT + 9, "n1", "sales", Outcome.ANSWERED, "caller"))
    assert states(path) == {"Ann": "ready", "Bob": "logged_out"}


def test_an_agent_of_both_does_what_was_said_last(path: Path) -> None:
    tell(path, "north", join(0, "sales", "Ann"))
    tell(path, "south", join(5, "care", "Ann"), AgentPaused(AT + 6, "Ann", None, "lunch"))
    assert states(path) == {"Ann": "paused"}
    tell(path, "north", CallEntered(AT + 7, "n1", "sales", None, None), CallAnswered(AT + 8, "n1", "sales", "Ann", 1))
    assert states(path) == {"Ann": "talking"}


def test_who_comes_after_an_import_goes_on_with_what_it_left(path: Path) -> None:
    with Writer(path, source="queue-log", kind="queue_log") as writer:
        writer.apply([join(0, "sales", "Ann"), join(0, "sales", "Bob")])
        writer.commit()
    tell(path, "north", MemberLeft(AT + 5, "sales", "Ann"))
    assert states(path) == {"Ann": "logged_out", "Bob": "ready"}


def test_a_name_that_was_another_agents_is_no_agent_to_be_shown(path: Path) -> None:
    """A log names an interface that logs in, and the manager says a moment later whose it is."""
    tell(path, "north", join(0, "sales", "1004"), join(0, "sales", "1005"), join(1, "sales", "Bob"))
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("UPDATE agents SET name = 'Eve' WHERE login = '1005'")
    tell(path, "north", AgentKnownAs(AT + 2, "Ann", "1004"), AgentKnownAs(AT + 2, "Bob", "1005"))
    with closing(database_file.open_reader(path)) as connection:
        active = connection.execute("SELECT login FROM agents WHERE active = 1 ORDER BY login").fetchall()
    assert active == [("1005",), ("Ann",), ("Bob",)]
