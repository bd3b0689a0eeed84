"""The table of keys is the one truth: documentation, help, bindings and palette say the same."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from ccmon.monitor.app import Monitor
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.monitor.screens.modal import Modal, Picker
from ccmon.snapshot.narrow import Filters
from ccmon.views.all_panels import panels
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS, KeyChoice, mapped_keys, markdown
from ccmon.views.modal_content import help_lines, palette_choices
from tests.floors import floor
from tests.monitor.monitor_app import screen_text, tick, until, watching

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.md"


def test_the_document_is_made_from_the_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()


def test_every_key_is_bound_once_and_its_action_exists() -> None:
    keys = [name for key in KEYS for name in key.keys]
    assert len(keys) == len(set(keys))
    assert len({key.id for key in KEYS}) == len(KEYS)
    for key in KEYS:
        screen, _, action = key.action.rpartition(".")
        assert hasattr(FloorScreen if screen else Monitor, f"action_{action.partition('(')[0]}")


def test_help_and_palette_name_every_key() -> None:
    text = "\n".join(line.text for line in help_lines(panels(), KEYS, UNICODE, 120))
    assert all(key.help in text for key in KEYS)
    found = {choice.result for choice in palette_choices(panels(), KEYS)}
    assert {f"key:{key.id}" for key in KEYS} - found == {"key:up", "key:down", "key:palette"}


async def test_a_walk_through_the_keys() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("tab", "j", "j", "enter")
        modal = "\n".join(screen_text(app))
        assert "average handling time" in modal
        assert "Esc closes" in modal
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await pilot.press("s")
        assert "by attention" in "\n".join(screen_text(app))
        await pilot.press("s")
        assert "by time" in "\n".join(screen_text(app))
        await pilot.press("f", *"bloem sal", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        lines = await tick(pilot)
        assert "queue Bloem sales" in lines[0]
        await pilot.press("x", "slash", *"chloe", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert app.floor_screen.active == 2
        chosen = app.floor_screen.drawing.cursor_index()
        assert chosen is not None
        assert "Chloé" in app.floor_screen.drawing.rows[chosen].name
        await pilot.press("ctrl+p", *"occupancy", "enter")
        await until(pilot, lambda: "occupancy, Chloé" in "\n".join(screen_text(app)))
        await pilot.press("equals_sign")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await pilot.press("ctrl+p", *"reverse", "enter")
        await until(pilot, lambda: not app.floor_screen.drawing.state.descending)
        await pilot.press("question_mark")
        assert "Help" in screen_text(app)[2]
        await pilot.press("question_mark", "ctrl+c")
    assert app.return_code == 0


async def test_words_are_sorted_from_the_first_letter_and_figures_from_the_largest() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2")
        drawing = app.floor_screen.drawing
        app.floor_screen.sort_by("agent")
        await until(pilot, lambda: drawing.column is not None and drawing.column.key == "agent")
        await tick(pilot)
        names = [row.name.casefold() for row in drawing.rows]
        assert names == sorted(names)
        assert names != sorted(names, reverse=True)
        app.floor_screen.sort_by("handled")
        await tick(pilot)
        calls = [row.handled for row in drawing.rows]
        assert calls == sorted(calls, reverse=True)


async def test_after_end_and_escape_those_who_need_a_person_are_in_sight_again() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        before = await tick(pilot)
        await pilot.press("tab", "end")
        assert app.floor_screen.drawing.state.top > 0
        assert screen_text(app) != before
        await pilot.press("escape")
        shown = screen_text(app)
        first = [line for line in before if "paused" in line.casefold() or "lunch" in line.casefold()]
        assert app.floor_screen.drawing.state.top == 0
        assert app.floor_screen.drawing.panel.number == 2
        assert first
        assert [line for line in shown if "paused" in line.casefold() or "lunch" in line.casefold()] == first


@pytest.mark.parametrize(("opens", "closes"), [("f1", "f1"), ("f1", "question_mark"), ("a", "a"), ("enter", "enter")])
async def test_a_dialog_is_closed_by_any_key_that_opens_it(opens: str, closes: str) -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press(opens)
        await until(pilot, lambda: app.screen is not app.floor_screen)
        await pilot.press(closes)
        await until(pilot, lambda: app.screen is app.floor_screen)


async def test_a_dialog_shows_the_moment_of_the_floor_behind_it() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "j", "enter")
        with patch.object(app.poller, "now", return_value=(app.poller.now() or 0) + 5_000):
            before = screen_text(app)
            await pilot.press("down", "up")
            assert screen_text(app) == before, "a key moves no time on"


async def test_mapped_keys_do_what_they_are_mapped_to_and_the_usual_ones_nothing() -> None:
    chosen = {"sort": "o", "help": "F2", "down": "J", "quit": "Q", "alarms": "!", "filter": "F3"}
    keys = mapped_keys({action: KeyChoice(text, "") for action, text in chosen.items()})
    app, _ = watching(floor(60), keys=keys)
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        assert "F2 help" in lines[-1]
        assert "!: " in lines[1]
        await pilot.press("2", "s")
        assert app.floor_screen.drawing.state.sort_key is None
        await pilot.press("o", "J")
        assert app.floor_screen.drawing.state.sort_key is not None
        assert app.floor_screen.drawing.cursor_index() == 0
        await pilot.press("question_mark", "a")
        assert app.screen is app.floor_screen
        await pilot.press("f2", "J", "J")
        modal = app.screen
        assert isinstance(modal, Modal)
        assert modal.top == 2
        assert "F2" in "\n".join(line.text for line in modal.lines(90) if "every figure means" in line.text)
        await pilot.press("j")
        assert modal.top == 2
        await pilot.press("f2")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await pilot.press("f3", "Q")  # a letter where text is typed
        assert isinstance(app.screen, Picker)
        assert app.screen.typed == "Q"
        await pilot.press("escape", "Q")
    assert app.return_code == 0


async def test_a_sentence_about_a_filter_names_the_key_as_mapped() -> None:
    keys = mapped_keys({"filter": KeyChoice("F3", "")})
    app, _ = watching(floor(24), filters=Filters(queue="Nowhere"), keys=keys)
    async with app.run_test(size=(120, 40)) as pilot:
        assert "here: F3 shows which there are" in "\n".join(await tick(pilot))
