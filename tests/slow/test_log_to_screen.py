"""A switch that writes a log, a process that follows it, a supervisor who looks: each a process of its own."""

from __future__ import annotations

import lzma
import signal
import sqlite3
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.commands import done, queue, status
from tests.databases import followers_of, new_database
from tests.examples import examples
from tests.processes import CCMON, Follower, append, append_text, wait_until

RECORDING = Path(__file__).parent.parent / "data" / "asterisk_run1"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def recorded_lines() -> list[str]:
    """The queue log of a real switch."""
    with lzma.open(RECORDING / "queue_log.xz", "rt", encoding="utf-8", newline="") as file:
        return list(file)


def records(database: Path) -> int:
    """How many records of the log have been taken in."""
    return sum(int(str(row[0])) for row in rows(database)["counted"])


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a source wrote about calls and agents, in a form in which two databases can be compared."""
    questions = {
        "calls": "SELECT call_id, visit, q.name, a.login, entered_at, answered_at, ended_at, wrapped_up_at, outcome,"
        " ended_by FROM calls LEFT JOIN queues q ON q.id = queue_id LEFT JOIN agents a ON a.id = agent_id"
        " ORDER BY call_id, visit",
        "states": "SELECT a.login, state, reason, started_at, ended_at FROM agent_states"
        " JOIN agents a ON a.id = agent_id ORDER BY a.login, started_at, state",
        "members": "SELECT q.name, a.login, started_at, ended_at FROM queue_members JOIN queues q ON q.id = queue_id"
        " JOIN agents a ON a.id = agent_id ORDER BY 1, 2, 3",
        "rejected": "SELECT line, reason, content FROM rejected_lines ORDER BY line",
        "counted": "SELECT records, unknown_records, rejected FROM sources",
    }
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return {name: connection.execute(question).fetchall() for name, question in questions.items()}
    finally:
        connection.close()


def test_a_call_in_the_log_is_a_call_on_the_screen(tmp_path: Path, database: Path) -> None:
    log = tmp_path / "queue_log"
    with Follower(log, database) as follower:  # it waits for a file that is not there yet
        append(log, "CALL-1|helpdesk|NONE|ENTERQUEUE||+31201234567|1")
        wait_until(lambda: (queue(database, "helpdesk") or {}).get("waiting") == 1, what="the waiting call")
        with Terminal([CCMON, "monitor", "--db", database]) as terminal:
            terminal.wait_for("helpdesk")
            append(log, "CALL-2|newsletter|NONE|ENTERQUEUE||+31207654321|1")
            terminal.wait_for("newsletter")
            append(log, "CALL-2|newsletter|Miriam Stern|CONNECT|4|CALL-2b|3")
            terminal.wait_for("Miriam Stern")
            append(log, "CALL-2|newsletter|Miriam Stern|COMPLETECALLER|4|61|1")
            wait_until(lambda: (queue(database, "newsletter") or {}).get("handled") == 1, what="the handled call")
            terminal.send("q")
            assert terminal.wait_for_exit() == 0
            assert not terminal.is_raw()
        code, told = follower.end(signal.SIGTERM)
        assert (code, "Traceback" in told) == (0, False), told
    found = status(database)
    assert found["total"]["offered"] == 2
    assert [agent["name"] for agent in found["agents"]] == ["Miriam Stern"]


def test_a_killed_follower_loses_nothing_and_repeats_nothing(tmp_path: Path, database: Path) -> None:
    lines = recorded_lines()
    log = tmp_path / "queue_log"
    log.touch()
    written = ""
    for end in range(300, len(lines), 300):
        before = records(database)
        with Follower(log, database) as follower:
            # Up to the middle of a record, as a switch's buffer leaves it.
            upto = "".join(lines[:end]) + lines[end][:7]
            append_text(log, upto.removeprefix(written))
            written = upto
            wait_until(lambda before=before: records(database) > before, what="progress")  # type: ignore[misc]
            follower.end(signal.SIGKILL)
    append_text(log, "".join(lines).removeprefix(written))
    with Follower(log, database) as follower:
        wait_until(lambda: records(database) == len(lines), what="the last record")
        assert follower.end(signal.SIGTERM)[0] == 0

    whole = new_database(tmp_path / "whole.db", time_zone="Europe/Amsterdam")
    done("import", "queue-log", log, "--db", whole)
    assert rows(database) == rows(whole)
    with followers_of(database, "queue-log"):
        done("doctor", "--db", database)


def test_supervisors_whose_terminals_stand_still_do_not_hold_up_the_writer(tmp_path: Path, database: Path) -> None:
    log = tmp_path / "queue_log"
    log.touch()
    with Follower(log, database):
        append(log, "CALL-0|helpdesk|NONE|ENTERQUEUE||+31201234567|1")
        terminals = [Terminal([CCMON, "monitor", "--db", database], size=(100, 30)) for _ in range(examples(5, 10))]
        try:
            for terminal in terminals:
                terminal.wait_for("helpdesk")
            # From here on nobody reads any terminal.
            append(log, *(f"CALL-{number}|helpdesk|NONE|ENTERQUEUE||+3120{number:07d}|1" for number in range(1, 200)))
            wait_until(lambda: (queue(database, "helpdesk") or {}).get("waiting") == 200, what="all calls")
            for terminal in terminals:
                terminal.send("q")
                assert terminal.wait_for_exit() == 0
        finally:
            for terminal in terminals:
                terminal.end()
