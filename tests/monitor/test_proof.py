"""The key `=`: how a figure comes about, the rows behind it, copying; figures in the palette; the help, searched."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from ccmon.model.agents import AgentState
from ccmon.monitor import clipboard
from ccmon.monitor.app import Monitor
from ccmon.monitor.clipboard import MOST_BYTES, copy_sequence
from ccmon.monitor.screens.help import HelpModal
from ccmon.monitor.screens.proof import ProofModal, RowsModal, TextModal
from ccmon.views.glyphs import ASCII
from tests.busy_floor import busy_floor
from tests.floors import floor
from tests.goldens.moments import database_of, floor_of
from tests.monitor.monitor_app import screen_text, tick, until, watching

NAME = "asterisk_run1"


def of_recording() -> Monitor:
    app, _ = watching(floor_of(NAME))
    app.database = database_of(NAME)
    return app


def shown(app: Monitor) -> str:
    return "\n".join(screen_text(app))


def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is copied, from now on."""
    found: list[str] = []

    def copy(_: Monitor, text: str) -> str:
        found.append(text)
        return "copied, also in a file"

    monkeypatch.setattr(Monitor, "copy", copy)
    return found


async def opened(pilot: Pilot[None], *keys: str) -> str:
    await tick(pilot)
    await pilot.press(*keys)
    return "\n".join(await tick(pilot))


async def test_without_a_row_it_is_the_service_level_of_all_queues() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot, "=")
        assert "SL, Queue: 86 %, target 80 %" in text
        assert "85.7 % = 108 answered within 20 s of 126 = 110 answered + 27 abandoned" in text
        assert re.search(r"left out +14 short, 3 diverted, 9 still waiting", text)
        assert "counted over  the day, 00:00 to 09:42" in text
        await pilot.press("=")
        assert not isinstance(app.screen, ProofModal)


async def test_the_arrows_go_along_the_figures_of_the_chosen_row_and_it_is_remembered() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot, "j", "=")
        row = app.floor_screen.drawing.rows[0].name
        assert f"SL, {row}:" in text
        place, number = map(int, re.search(r"figure (\d+) of (\d+)", text).groups())  # type: ignore[union-attr]
        titles = set()
        for step in range(1, number + 1):
            await pilot.press("right")
            assert f"figure {(place - 1 + step) % number + 1} of {number}" in shown(app)
            titles.add(re.search(rf"─ ([^─]*), {row}:", shown(app))[1])  # type: ignore[index]
        assert len(titles) == number
        await pilot.press("left", "left", "escape", "=")
        assert f"figure {(place - 3) % number + 1} of {number}" in shown(app)


async def test_the_column_by_which_rows_are_sorted_is_explained_first() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        app.floor_screen.sort_by("lost")
        assert "lost, " in await opened(pilot, "j", "=")


async def test_enter_lists_the_calls_those_against_it_first_and_all_of_them() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "=", "enter")
        assert isinstance(app.screen, RowsModal)
        await until(pilot, lambda: "152 rows: 108 for it, 18 against it, 26 neither" in shown(app))
        rows = [line for line in screen_text(app) if re.search(r"│ (against|for|neither) ", line)]
        assert [line.split()[1] for line in rows[:18]] == ["against"] * 18
        await pilot.press("end")
        assert "neither" in screen_text(app)[-5]
        await pilot.press("escape")
        assert isinstance(app.screen, ProofModal)


async def test_further_pages_are_read_when_their_end_is_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccmon.monitor.screens.proof.PAGE", 40)
    app = of_recording()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot, "=", "enter")
        modal = app.screen
        assert isinstance(modal, RowsModal)
        await until(pilot, lambda: modal.page is not None)
        assert modal.page is not None
        assert len(modal.page.rows) == 40
        for rows in (80, 120, 152, 152):
            await pilot.press("end")
            await until(pilot, lambda: not modal._reads)
            assert len(modal.page.rows) == rows
        assert "152 of 152" in shown(app)


async def test_a_database_that_cannot_be_read_is_said_in_the_dialog() -> None:
    app = of_recording()
    app.database = Path("/nowhere/calls.db")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "=", "enter")
        await until(pilot, lambda: "/nowhere/calls.db" in shown(app))


async def test_the_statement_is_shown_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    app = of_recording()
    copied = copies(monkeypatch)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "=", "s")
        await until(pilot, lambda: "SELECT at, who, queue" in shown(app))
        assert isinstance(app.screen, TextModal)
        await pilot.press("y")
        assert copied[0].startswith("SELECT at, who, queue")
        assert copied[0].endswith("OFFSET 0;")
        assert "copied, also in a file" in shown(app)


async def test_y_copies_the_proof_and_then_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    app = of_recording()
    copied = copies(monkeypatch)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "=", "y")
        assert "copied, also in a file" in shown(app)
        assert copied[0].splitlines()[0] == "SL, Queue: 86 %, target 80 %"
        assert "85.7 % = 108 answered within 20 s of 126" in copied[0]
        await pilot.press("enter")
        await until(pilot, lambda: "152 rows" in shown(app))
        await pilot.press("y")
        assert len(copied[1].splitlines()) == 152 + 3


async def test_a_click_on_a_key_of_the_lower_edge_does_what_the_key_does(monkeypatch: pytest.MonkeyPatch) -> None:
    app = of_recording()
    copied = copies(monkeypatch)
    async with app.run_test(size=(120, 40)) as pilot:

        async def click(text: str) -> None:
            lines = screen_text(app)
            y = next(y for y, line in enumerate(lines) if "Esc closes" in line)
            await pilot.click(offset=(lines[y].index(text), y))
            await pilot.pause()

        before = await opened(pilot, "=")
        await click("→")
        assert (found := re.search(r"figure (\d+) of", before)) is not None
        assert f"figure {int(found[1]) + 1} of" in shown(app)
        await click("←")
        await click("y copy")
        assert copied[0].startswith("SL, Queue")
        await pilot.press("up")
        await tick(pilot)
        await click("Enter rows")
        await until(pilot, lambda: "152 rows" in shown(app))
        await click("s SQL")
        assert isinstance(app.screen, TextModal)
        await click("Esc closes")
        assert isinstance(app.screen, RowsModal)


async def test_the_proof_follows_the_floor() -> None:
    app, reader = watching(floor(24, seed=1))
    async with app.run_test(size=(120, 40)) as pilot:
        before = re.search(r"ready, Agents: (\d+)", await opened(pilot, "2", "="))
        agents = tuple(replace(agent, state=AgentState.READY, reason=None) for agent in reader.floor.agents)
        reader.floor = replace(reader.floor, agents=agents)
        able = len({member.agent_id for member in reader.floor.memberships if not member.paused})
        assert before is not None
        assert before[1] != str(able)
        assert f"ready, Agents: {able}" in "\n".join(await tick(pilot))


async def test_where_nothing_is_counted_that_is_said() -> None:
    app, _ = watching(busy_floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot, "7", "=")
        assert isinstance(app.screen, ProofModal) or "No figure here is counted from anything" in text


async def test_a_figure_found_in_the_palette_is_explained_not_sorted_by() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot, "ctrl+p", *"occupancy", "enter")
        assert isinstance(app.screen, ProofModal)
        assert app.floor_screen.drawing.panel.name == "Agents"
        assert app.floor_screen.drawing.state.sort_key is None
        assert "occupancy, " in text
        await pilot.press("escape")
        text = await opened(pilot, "ctrl+p", *"service level", "enter")
        assert "SL, " in text


async def test_a_name_found_in_the_palette_is_defined() -> None:
    app = of_recording()
    async with app.run_test(size=(120, 40)) as pilot:
        text = await opened(pilot, "ctrl+p", *"login switch", "enter")
        assert "The agent's name at the switch." in text


async def test_the_help_begins_with_what_stands_in_front() -> None:
    app, _ = watching(busy_floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        for keys, first in (
            ((), "All panels"),
            (("down",), "1 Queue"),
            (("escape", "tab"), "2 Agents"),
            (("4",), "4 Handling"),
        ):
            await pilot.press(*keys)
            text = await opened(pilot, "?")
            lines = [line.strip(" │") for line in text.splitlines()]
            help_starts = next(place for place, line in enumerate(lines) if "─ Help ─" in line)
            assert first in lines[help_starts + 1]
            await pilot.press("escape")


async def test_the_help_is_searched() -> None:
    app, _ = watching(busy_floor(24))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, "?")
        assert isinstance(app.screen, HelpModal)
        assert "/ search" in shown(app)
        await pilot.press("/", *"ERLANG nothing")
        assert "not found" in shown(app)
        for _ in range(40):
            await pilot.press("backspace")
        await pilot.press(*"sales")
        found = re.search(r"/ sales_  1 of (\d+)", shown(app))
        assert found is not None
        assert int(found[1]) >= 2
        assert any("sales" in line.casefold() for line in screen_text(app)[2:-2])
        top = app.screen.top
        await pilot.press("enter")
        assert f"/ sales_  2 of {found[1]}" in shown(app)
        assert app.screen.top > top
        await pilot.press("up", "escape", "escape")
        assert not isinstance(app.screen, HelpModal)


async def test_in_ascii_nothing_else_is_drawn() -> None:
    app, _ = watching(floor_of(NAME), glyphs=ASCII)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "j", "=")
        assert "<- -> figure" in text
        assert text.isascii()


def test_a_text_is_copied_as_the_terminal_takes_it() -> None:
    data = base64.b64encode("Zoë".encode()).decode()
    plain = f"\x1b]52;c;{data}\a"
    assert copy_sequence("Zoë", {}) == plain
    assert copy_sequence("Zoë", {"TMUX": "/tmp/tmux-0/default,1,0"}) == (
        f"{plain}\x1bPtmux;\x1b\x1b]52;c;{data}\a\x1b\\"
    )
    whole = copy_sequence("a" * 1000, {"STY": "1.tty"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", whole, re.DOTALL)
    assert "".join(pieces) == copy_sequence("a" * 1000, {})
    assert max(map(len, pieces)) <= 240
    assert copy_sequence("x" * MOST_BYTES, {}) != ""
    assert copy_sequence("x" * (MOST_BYTES + 1), {}) == ""


def test_a_text_that_the_terminal_may_swallow_is_in_a_file_that_nobody_else_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = clipboard.keep_copied("SL: 86 %")
    assert file == tmp_path / "ccmon" / "copied.txt"
    assert file.read_text() == "SL: 86 %\n"
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nothing")
    assert clipboard.keep_copied("SL: 86 %") is None
