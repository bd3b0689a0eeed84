"""Acting on follow-ups by a process of its own, which the other tests of acting do in theirs."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from ccmon.accounts import acting_person
from ccmon.database.database_file import open_writer
from tests.monitor.monitor_app import tick
from tests.monitor.test_follow_up_dialogs import NOW, ZONE, audit, live, looking, ms, promised, row, said
from tests.processes import CCMON


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return promised(tmp_path / "calls.db")


async def test_a_follow_up_is_settled_by_another_process(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "d", "enter", "enter")
        assert "Done (reached): offer for" in await said(app, pilot, "Done")
    assert row(database, 7)[3:] == (ms(NOW), "reached", None)
    assert [entry[:3] for entry in audit(database)] == [(acting_person(), "done", 7)]


async def test_what_another_process_complains_of_is_said(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        connection = open_writer(database)
        connection.execute("UPDATE follow_ups SET done_at = 1, outcome = 'reached' WHERE id = 7")
        connection.close()
        await pilot.press("5", "down", "d", "enter", "enter")
        assert "Follow-up 7 is done already (reached)." in await said(app, pilot, "already")


async def test_a_locked_database_holds_up_no_tick(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        connection = open_writer(database)
        connection.execute("BEGIN IMMEDIATE")
        await pilot.press("5", "down", "d", "enter", "enter")
        await said(app, pilot, "Saving")
        frames = app.frames
        for _ in range(3):
            await tick(pilot)
        assert app.frames == frames + 3
        connection.execute("COMMIT")
        connection.close()
        await said(app, pilot, "Done (reached)")


def test_once_for_real_in_a_terminal(database: Path) -> None:
    environment = terminal_environment(USER="mieke", LOGNAME="mieke")  # which anybody can say
    with Terminal([CCMON, "monitor", "--db", database], size=(80, 24), env=environment) as terminal:
        terminal.wait_for("1 overdue")
        terminal.send("5j")
        terminal.wait_for("d done")
        terminal.send("m")
        terminal.wait_for("Move to when?")
        terminal.send("fri 10:30\r")
        terminal.wait_for("whose wish")
        terminal.send("\r")
        terminal.wait_for("Moved to Fri 27 Nov 10:30")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert row(database, 7)[1] == ms(datetime(2026, 11, 27, 10, 30, tzinfo=ZONE))
    assert [entry[:3] for entry in audit(database)] == [(acting_person(), "moved", 7)]
    assert os.environ.get("USER") != "mieke"
