"""Acting on follow-ups from the screen: settled, moved and handed over in the database, by another process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from ccmon.accounts import acting_person
from ccmon.database import follow_ups
from ccmon.database.database_file import open_writer
from ccmon.database.live_reader import LiveReader
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.monitor import follow_up_command, follow_up_dialogs
from ccmon.monitor.app import Monitor
from ccmon.monitor.poller import Poller
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS, Key
from ccmon.views.promise_owners import possible_owners
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.commands import ccmon
from tests.databases import new_database
from tests.floors import empty_floor, floor, known
from tests.monitor.monitor_app import screen_text, tick, until, watching

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=ZONE)  # a Monday
ACTING_KEYS = [key for key in KEYS if key.acts]
SIZES = [(66, 14), (80, 24), (120, 40)]


class Finished:
    """Stands for the process that acts, whose command has run in this one."""

    def __init__(self, run: subprocess.CompletedProcess[str]) -> None:
        self.returncode = run.returncode
        self._said = run.stdout.encode(), run.stderr.encode()

    async def communicate(self) -> tuple[bytes, bytes]:
        return self._said


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Act without a process of its own; `tests.slow.test_follow_up_command` has one."""

    async def start(*words: str, **options: object) -> Finished:
        if any("\0" in word for word in words):
            raise ValueError("embedded null byte")
        return Finished(ccmon(*words[words.index("follow-up") :]))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return promised(tmp_path / "calls.db")


def promised(path: Path) -> Path:
    """Two agents, three promises of today; the floor's clock stands at NOW for as long as a test may take."""
    new_database(path, time_zone="Europe/Amsterdam", name="Utrecht")
    connection = open_writer(path)
    now = ms(NOW)
    with connection:
        connection.execute("INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, 0, ?, 1e-15)", (now,))
        connection.execute("INSERT INTO teams (id, name) VALUES (1, 'Sales')")
        connection.executemany(
            "INSERT INTO agents (id, login, name, team_id) VALUES (?, ?, ?, 1)",
            [(1, "PJSIP/1", "Eva de Boer"), (2, "-rf", "Bram Smit")],
        )
        connection.execute("INSERT INTO customers (id, name) VALUES (1, '\x1b]0;x\x07[b]Ann')")
        connection.executemany(
            "INSERT INTO follow_ups (id, customer_id, agent_id, kind, created_at, due_at, promised_at)"
            " VALUES (?, 1, 1, 'offer', ?, ?, ?)",
            [
                (number, now - 9_000_000, due, due)
                for number, due in ((7, now - 3_600_000), (8, now), (9, now + 60_000))
            ],
        )
    connection.close()
    return path


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database)
    try:
        yield connection
    finally:
        connection.close()


def row(database: Path, number: int) -> tuple[object, ...]:
    with reading(database) as connection:
        found = connection.execute(
            "SELECT agent_id, due_at, promised_at, done_at, outcome, note FROM follow_ups WHERE id = ?", (number,)
        )
        return tuple(found.fetchone())


def audit(database: Path) -> list[tuple[object, ...]]:
    with reading(database) as connection:
        return connection.execute("SELECT who, act, subject_id, after, acted_at FROM audit").fetchall()


def live(database: Path, *, read_only: bool = False, keys: tuple[Key, ...] = KEYS) -> Monitor:
    poller = Poller(LiveReader(database), every_s=0.0)
    return Monitor(poller, UNICODE, database=database, read_only=read_only, keys=keys, ticking=False)


async def looking(app: Monitor, pilot: Pilot[None]) -> list[str]:
    """The screen once the first answer has come."""
    await tick(pilot)
    await until(pilot, lambda: app.poller.snapshot is not None, ticking=True)
    return screen_text(app)


async def rows_are(app: Monitor, pilot: Pilot[None], ids: list[int]) -> None:
    """Tick until these follow-ups are in front."""
    await until(pilot, lambda: [item.id for item in app.floor_screen.drawing.rows] == ids, ticking=True)


async def said(app: Monitor, pilot: Pilot[None], word: str) -> str:
    """The message once it says a word, in one line however many it takes on the screen."""

    def message() -> str:
        first, *rest = screen_text(app)[-app.floor_screen.keys_below.size.height :]
        return " ".join([first, *map(str.strip, rest)])

    await until(pilot, lambda: word in message())
    return message()


@pytest.mark.parametrize("size", SIZES)
async def test_a_follow_up_is_settled_with_three_keys(database: Path, size: tuple[int, int]) -> None:
    app = live(database)
    async with app.run_test(size=size) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down")
        assert "d done  m move  h hand over" in screen_text(app)[-1]
        await pilot.press("d")
        modal = "\n".join(screen_text(app))
        assert "How did it end? offer for ␛]0;x␇[b]Ann" in modal
        assert "the customer called it off" in modal
        await pilot.press("enter", "enter")
        assert "Done (reached): offer for ␛]0;x␇[b]Ann." in await said(app, pilot, "Done")
        assert row(database, 7)[3:] == (ms(NOW), "reached", None)
        ((who, act, number, after, acted_at),) = audit(database)
        assert (who, act, number, acted_at) == (acting_person(), "done", 7, ms(NOW))
        assert json.loads(str(after)) == {"done_at": ms(NOW), "outcome": "reached"}
        await rows_are(app, pilot, [8, 9])


async def test_an_outcome_and_a_note_of_ones_own(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "enter")
        assert "d done  m move  h hand over  n promise  Esc closes" in "\n".join(screen_text(app))
        await pilot.press("d")
        await until(pilot, lambda: "How did it end?" in "\n".join(screen_text(app)))
        await pilot.press(*"pays Friday", "enter")
        await until(pilot, lambda: "settle it without" in "\n".join(screen_text(app)))
        await pilot.press(*"--note's own", "enter")
        await said(app, pilot, "Done (pays Friday)")
        assert row(database, 7)[4:] == ("pays Friday", f"2026-11-23 14:32 {acting_person()}: --note's own")


@pytest.mark.parametrize(("whose", "promised"), [("customer", "2026-11-24T09:15"), ("agent", "2026-11-23T13:32")])
async def test_moved_by_the_customers_wish_or_the_agents(database: Path, whose: str, promised: str) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m", *"tomorrow 9:15", "enter")
        await until(pilot, lambda: "whose wish is it?" in "\n".join(screen_text(app)))
        assert "To tomorrow 09:15: whose wish is it? offer for" in "\n".join(screen_text(app))
        await pilot.press(*([] if whose == "customer" else ["down"]), "enter")
        assert "Moved to tomorrow 09:15" in await said(app, pilot, "Moved")
        due = ms(datetime(2026, 11, 24, 9, 15, tzinfo=ZONE))
        assert row(database, 7)[1:4] == (due, ms(datetime.fromisoformat(promised).replace(tzinfo=ZONE)), None)


async def test_the_moment_at_which_it_is_due_already_is_not_offered(database: Path) -> None:
    connection = open_writer(database)
    with connection:
        connection.execute("UPDATE follow_ups SET due_at = ?", (ms(datetime(2026, 11, 23, 15, tzinfo=ZONE)),))
    connection.close()
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m")
        await until(pilot, lambda: "Move to when?" in "\n".join(screen_text(app)))
        offered = [line for line in screen_text(app) if "today" in line and ":" in line]
        assert any("today 14:45" in line for line in offered)
        assert not any("today 15:00" in line for line in offered)


async def test_a_moment_outside_of_opening_hours_says_when_it_counts_as_due(database: Path) -> None:
    connection = open_writer(database)
    with connection:
        for weekday, hours in zip(WEEKDAYS, ["09:00-17:30"] * 5 + ["closed"] * 2, strict=True):
            connection.execute("INSERT INTO opening_hours (weekday, hours) VALUES (?, ?)", (weekday, hours))
    connection.close()
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m")
        await until(pilot, lambda: "Move to when?" in "\n".join(screen_text(app)))
        shown = screen_text(app)
        assert any("today 17:30  " in line for line in shown)
        assert not any("closed" in line for line in shown)
        await pilot.press(*"sat 10:00")
        assert any(re.search("Sat 28 Nov 10:00 +closed: due Mon 30 Nov 09:00", line) for line in screen_text(app))
        await pilot.press("ctrl+u", *"18:00")
        assert any(re.search("today 18:00 +closed: due tomorrow 09:00", line) for line in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "whose wish is it?" in "\n".join(screen_text(app)))
        assert "To today 18:00 (due tomorrow 09:00): whose wish is it?" in "\n".join(screen_text(app))
        await pilot.press("enter")
        told = await said(app, pilot, "Moved")
        assert "Moved to today 18:00, closed then: due tomorrow 09:00 (the customer's wish" in told
        assert row(database, 7)[1] == ms(datetime(2026, 11, 23, 18, tzinfo=ZONE))


async def test_while_the_site_is_closed_its_next_opening_is_proposed_once(database: Path) -> None:
    connection = open_writer(database)
    with connection:
        for weekday in WEEKDAYS:
            connection.execute("INSERT INTO opening_hours (weekday, hours) VALUES (?, '18:30-19:30')", (weekday,))
        connection.execute("UPDATE follow_ups SET due_at = ?", (ms(datetime(2026, 11, 23, 19, tzinfo=ZONE)),))
    connection.close()
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m")
        await until(pilot, lambda: "Move to when?" in "\n".join(screen_text(app)))
        shown = screen_text(app)
        assert sum("today 18:30" in line for line in shown) == 1
        assert not any("closed: due" in line for line in shown)


async def test_what_is_no_moment_keeps_the_question_open(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        before = row(database, 7)
        await pilot.press("5", "down", "m", *"gibberish", "enter")
        await until(pilot, lambda: "That is not a time: type 15:30" in "\n".join(screen_text(app)))
        assert "gibberish_" in "\n".join(screen_text(app))
        assert row(database, 7) == before
        await pilot.press("ctrl+u", *"2 h", "enter")
        await until(pilot, lambda: "whose wish is it?" in "\n".join(screen_text(app)))
        await pilot.press("escape")
        assert row(database, 7) == before


async def test_a_moment_that_has_passed_is_refused_as_it_is_typed(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        before = row(database, 7)
        await pilot.press("5", "down", "m", *"today 9:00")
        told = "today 9:00 has passed: it is 14:32:00 on 2026-11-23 in Europe/Amsterdam; name a later time."
        await until(pilot, lambda: told in in_dialog(app))
        assert "Nothing is moved yet; Esc leaves it as it is." in in_dialog(app)
        await pilot.press("enter")
        assert "today 9:00_" in in_dialog(app), "Enter takes nothing"
        await pilot.press("ctrl+u", *"9:00")
        await until(pilot, lambda: "tomorrow 09:00 as typed" in in_dialog(app))
        await pilot.press("ctrl+u", *"2027-03-28 2:30")
        await until(pilot, lambda: "did not occur in Europe/Amsterdam: clocks were put forward" in in_dialog(app))
        await pilot.press("escape")
        assert row(database, 7) == before


def in_dialog(app: Monitor) -> str:
    """What a dialog says, whichever lines it takes."""
    inner = [max(line.split("│"), key=len) for line in screen_text(app)]
    return " ".join(" ".join(inner).split())


async def test_a_promise_of_days_ago_is_shown_with_its_date() -> None:
    whole = floor(24)
    first = whole.follow_ups.items[0]
    late = replace(
        first, due_at=ms(NOW) - 17 * 86_400_000, grace_ends_at=ms(NOW) - 17 * 86_400_000, promised_at=ms(NOW)
    )
    whole = replace(whole, follow_ups=replace(whole.follow_ups, items=(late, *whole.follow_ups.items[1:])))
    app, _ = watching(replace(whole, alarms=find_alarms(whole)))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("5", "down", "enter")
        shown = "\n".join(screen_text(app))
        assert re.search(r"due +Fri 6 Nov 14:32 ", shown)
        assert re.search(r"promised for +14:32 ", shown)
        assert re.search(r"overdue from +Fri 6 Nov 14:32 ", shown)
        await pilot.press("escape", "a", "end")
        shown = "\n".join(screen_text(app))
        assert re.search(r"17 d +follow-ups", shown)
        assert "Since Fri 6 Nov 14:32." in shown


async def test_handed_over_even_to_a_login_that_looks_like_an_option(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "h", *"smit")
        assert "Bram Smit" in "\n".join(screen_text(app))
        await pilot.press("enter")
        assert "Handed to Bram Smit" in await said(app, pilot, "Handed")
        assert row(database, 7)[0] == 2
        while "Bram Smit" not in "\n".join(await tick(pilot)):
            pass


UNDOABLE = {
    "done": ("Done", ["d", "enter", *"will order", "enter"]),
    "moved": ("Moved", ["m", "enter", "enter"]),
    "handed_over": ("Handed", ["h", "enter"]),
}


@pytest.mark.parametrize("act", UNDOABLE)
async def test_what_was_done_is_undone_by_a_key(database: Path, act: str) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        before = row(database, 7)
        await pilot.press("5", "down")
        assert "U undo" not in screen_text(app)[-1], "nothing has been done yet"
        word, keys = UNDOABLE[act]
        await pilot.press(*keys)
        await said(app, pilot, word)
        assert row(database, 7) != before
        await pilot.press("escape")
        await tick(pilot)
        assert "U undo  d done  m move" in screen_text(app)[-1]
        await pilot.press("U")
        await said(app, pilot, "Undone: offer for")
        assert row(database, 7) == before
        assert [entry[1] for entry in audit(database)] == [act, "undone"]
        await pilot.press("escape")
        await tick(pilot)
        assert "U undo" not in screen_text(app)[-1], "an undoing is not undone"
        await pilot.press("U")
        await said(app, pilot, "Nothing was done here in the last minute")
        assert len(audit(database)) == 2


async def test_undone_from_the_sheet_of_another_follow_up(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        before = row(database, 7)
        await pilot.press("5", "down", "enter")
        assert "d done  m move  h hand over  n promise  Esc closes" in "\n".join(screen_text(app)), (
            "nothing has been done yet"
        )
        await pilot.press("d", "enter", "enter")
        await said(app, pilot, "Done (reached)")
        await rows_are(app, pilot, [8, 9])
        await pilot.press("escape", "down", "enter")
        assert "U undo  n promise  Esc closes" in "\n".join(screen_text(app))
        await pilot.press("U")
        await said(app, pilot, "Undone: offer for")
        assert app.screen is app.floor_screen
        assert row(database, 7) == before


async def test_the_row_that_came_back_is_chosen_again(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "d", "enter", "enter")
        await said(app, pilot, "Done (reached)")
        await pilot.press("escape", "escape")
        assert app.floor_screen.drawing.state.cursor is None
        await pilot.press("U")
        await said(app, pilot, "Undone: offer for")
        await rows_are(app, pilot, [7, 8, 9])
        assert app.floor_screen.drawing.cursor_index() == 0


async def test_after_an_act_the_next_row_is_chosen(database: Path) -> None:
    """After the last the one before it; an act can follow at once."""
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        drawing = app.floor_screen.panel_widgets[5].drawing

        def chosen() -> int | None:
            place = drawing.cursor_index()
            return None if place is None else drawing.rows[place].id

        await pilot.press("5", "down", "down")
        assert chosen() == 8
        await pilot.press("d", "escape")  # nothing was done
        assert chosen() == 8
        for left, following in (([7, 9], 9), ([7], 7), ([], None)):
            await pilot.press("d", "enter", "enter")
            await said(app, pilot, "Done (reached)")
            await rows_are(app, pilot, left)
            assert chosen() == following
            app.floor_screen.message = None


async def test_a_minute_later_the_sheet_has_no_undo(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m", "enter", "enter")
        await said(app, pilot, "Moved")
        await pilot.press("enter")
        assert "U undo" in "\n".join(screen_text(app))
        now, moved = time.monotonic(), row(database, 7)
        monkeypatch.setattr(follow_up_dialogs, "monotonic", lambda: now + follow_up_dialogs.UNDONE_WITHIN_S)
        assert "U undo" not in "\n".join(await tick(pilot))
        await pilot.press("U")
        assert app.screen is not app.floor_screen, "it is no key of the sheet any longer"
        assert row(database, 7) == moved


async def test_a_minute_later_the_key_undoes_nothing(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "d", "enter", "enter")
        await said(app, pilot, "U: undo")
        done = row(database, 7)
        now = time.monotonic()
        monkeypatch.setattr(follow_up_dialogs, "monotonic", lambda: now + follow_up_dialogs.UNDONE_WITHIN_S)
        await tick(pilot)
        await pilot.press("escape")
        assert "U undo" not in screen_text(app)[-1]
        await pilot.press("U")
        assert "ccmon" not in await said(app, pilot, "older acts: ask the administrator"), "a command"
        assert row(database, 7) == done


async def test_what_somebody_else_has_changed_since_is_not_undone(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down", "m", "enter", "enter")
        await said(app, pilot, "U: undo")
        follow_ups.hand_over(database, "7", "-rf", who="kim")
        others = row(database, 7)
        await pilot.press("U")
        assert "Follow-up 7 has been handed over by kim" in await said(app, pilot, "only that can be undone")
        assert row(database, 7) == others


@pytest.mark.parametrize("keys", [["d", "escape"], ["d", "enter", "escape"], ["m", "enter", "escape"], ["h", "escape"]])
async def test_escape_leaves_everything_as_it_was(database: Path, keys: list[str]) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        before = row(database, 7)
        await pilot.press("5", "down", *keys)
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert row(database, 7) == before
        assert audit(database) == []


async def test_somebody_else_was_faster(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("5", "down")
        connection = open_writer(database)
        connection.execute("UPDATE follow_ups SET done_at = 1, outcome = 'reached' WHERE id = 7")
        connection.close()
        await pilot.press("d", "enter", "enter")
        assert "Follow-up 7 is done already (reached)." in await said(app, pilot, "already")
        await pilot.press("escape")
        assert "already" not in screen_text(app)[-1]


async def test_a_monitor_that_only_reads_has_no_key_that_acts(database: Path) -> None:
    app = live(database, read_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        assert "read-only" in (await looking(app, pilot))[0]
        await pilot.press("5", "down")
        assert "d done" not in screen_text(app)[-1]
        for key in ACTING_KEYS:
            await pilot.press(*key.keys)
            assert "only reads (--read-only)" in screen_text(app)[-1]
            assert app.screen is app.floor_screen
        await pilot.press("escape", "enter")
        assert "d done" not in "\n".join(screen_text(app))
        await pilot.press("escape", "question_mark")
        assert not any(key.help[:30] in "\n".join(screen_text(app)) for key in ACTING_KEYS)
    assert audit(database) == []


async def test_who_may_only_look_is_told_whom_to_ask(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = live(database, read_only=True)
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("d")
        assert "You may only look here; ask the administrator for the right to act." in screen_text(app)[-1]


async def test_acting_asks_for_a_follow_up_first() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        for keys, how in ((["d"], "5, then"), (["2", "down", "m"], "5, then"), (["5", "escape", "h"], "with")):
            await pilot.press(*keys)
            assert f"Choose a follow-up first: {how} the arrows." in screen_text(app)[-1]
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Choose a follow-up first" not in "\n".join(screen_text(app)), "a dialog is of something else"


async def test_keys_that_act_are_shown_where_they_have_something_to_act_on() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        for keys, shown in (("5", False), ("down", True), ("v", False), ("V", True), ("escape", False)):
            await pilot.press(keys)
            assert ("d done" in screen_text(app)[-1]) is shown, keys


async def test_a_panel_without_rows_offers_nothing_of_a_row() -> None:
    app, _ = watching(empty_floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        assert "Enter details" not in screen_text(app)[-1]
        await pilot.press("5", "d")
        assert "There is no follow-up." in screen_text(app)[-1]


async def test_what_cannot_be_started_is_a_sentence(tmp_path: Path) -> None:
    item = floor(24).follow_ups.items[0]
    result = await follow_up_command.run_command(
        tmp_path / "gone.db", follow_up_command.settle_command(item, "reached", "")
    )
    assert not result.done
    assert "gone.db" in result.sentence
    result = await follow_up_command.run_command(
        tmp_path / "gone.db", follow_up_command.hand_over_command(item, "nul\0", "x")
    )
    assert result.sentence.startswith("Nothing was changed")


def agent_of(name: str, team: str, state: str) -> AgentFigures:
    [first, *_] = busy_floor(1).agents
    return replace(first, id=len(name) * 1000 + ord(name[0]), name=name, team=team, state=AgentState(state))


IDLE, OTHER = "ours", "theirs"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ((OTHER, "ready", 0), (IDLE, "logged_out", 0), "at work before own team"),
        ((OTHER, "paused", 9), (IDLE, "logged_out", 0), "whatever they do, and owe"),
        ((OTHER, "ready", 0), (IDLE, "unavailable", 0), "an unavailable one is not here either"),
        ((OTHER, "talking", 0), (IDLE, "over", 0), "nor one whose shift is over"),
        ((IDLE, "ready", 9), (OTHER, "ready", 0), "own team before those who owe less"),
        ((IDLE, "logged_out", 0), (OTHER, "logged_out", 0), "of those who are away, too"),
        ((IDLE, "ready", 1), (IDLE, "ready", 2), "those who owe less"),
        ((OTHER, "ready", 0), (OTHER, "ready", 1), "in other teams, too"),
    ],
)
def test_who_stands_above_whom_when_a_follow_up_is_handed_over(
    first: tuple[str, str, int], second: tuple[str, str, int], why: str
) -> None:
    whole = busy_floor(1)
    # The wrong order by name, so that only the rule puts them right.
    rows = {"Zoe": first, "Adam": second}
    agents = [agent_of(name, team, "ready" if state == "over" else state) for name, (team, state, _) in rows.items()]
    owned: dict[int | None, int] = {agent.id: rows[agent.name][2] for agent in agents}
    [pattern, *_] = known(whole.follow_ups.owners)
    owners = tuple(
        replace(pattern, agent_id=agent.id, name=agent.name, shift_ends_at=whole.at + (rows[agent.name][1] != "over"))
        for agent in agents
    )
    floor = replace(whole, agents=tuple(agents), follow_ups=replace(whole.follow_ups, owners=owners))
    item = replace(whole.follow_ups.items[0], owner_id=1, team=IDLE)
    assert [agent.name for agent in possible_owners(item, ViewContext.of(floor), owned)] == ["Zoe", "Adam"], why
    mine = replace(item, owner_id=agents[0].id)
    assert [agent.name for agent in possible_owners(mine, ViewContext.of(floor), owned)] == ["Adam"], (
        "nobody hands it to themselves"
    )
