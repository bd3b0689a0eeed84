"""The whole screen at every size, as text."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from textual.events import Key

from ccmon.errors import CcmonError
from ccmon.formatting import width_of
from ccmon.model.sources import Progress
from ccmon.monitor.screens.modal import Modal
from ccmon.monitor.terminal_driver import TerminalDriver
from ccmon.monitor.widgets.lines_compositor import CellsUpdate
from ccmon.monitor.widgets.lines_widget import LineChange, LinesWidget
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import Filters
from ccmon.views.alarms import alarm_sentence
from ccmon.views.glyphs import ASCII
from ccmon.views.styled_text import TextStyle
from tests.busy_floor import busy_floor as floor
from tests.floors import empty_floor
from tests.monitor.monitor_app import SIZES, screen_text, tick, until, watching

PANELS = ("1 Queue", "2 Agents", "3 Conversion", "4 Handling", "5 Follow-ups")


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_all_five_panels_with_their_figures(size: tuple[int, int]) -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=size) as pilot:
        lines = await tick(pilot)
        text = "\n".join(lines)
        assert len(lines) == size[1]
        assert all(panel in text for panel in PANELS)
        for word in ("waiting", "ready", "overdue"):
            assert word in text
        assert lines[0].startswith(" 14:32:07")
        assert "q quit" in lines[-1]
        assert "? help" in lines[-1]


async def test_an_app_alone_watches_no_terminal_and_handles_no_signals() -> None:
    app, _ = watching(floor(60))
    handler = signal.getsignal(signal.SIGHUP)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        assert "ccmon-watchdog" not in {thread.name for thread in threading.enumerate()}
        assert signal.getsignal(signal.SIGHUP) is handler


async def test_the_worst_alarm_and_the_counts_stand_on_top() -> None:
    whole = floor(60)
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        top, second = (await tick(pilot))[:2]
        acting = sum(alarm.severity == 2 for alarm in whole.alarms)
        assert f"▲ {acting} act now" in top
        assert f"△ {len(whole.alarms) - acting} to watch" in top
        assert second.startswith(f" ▲ {alarm_sentence(whole.alarms[0], whole)}")


async def test_rows_that_need_a_person_come_first() -> None:
    whole = floor(60)
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        rows = [line for line in lines if whole.alarms[0].subject[:12] in line and line.startswith("│")]
        assert rows[0].startswith("│ ▲")


async def test_clocks_run_each_second_without_a_poll() -> None:
    app, reader = watching(floor(24))
    app.poller.every_s = 60.0
    async with app.run_test(size=(120, 40)) as pilot:
        before = await tick(pilot)
        app.poller._clock.seconds += 3  # type: ignore[attr-defined]
        after = await tick(pilot)
        assert reader.polls == 1
        assert before[0].startswith(" 14:32:07")
        assert after[0].startswith(" 14:32:10")
        assert "data 3 s old" in after[0]
        assert before[3:] != after[3:]


async def test_only_cells_that_changed_are_sent() -> None:
    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        sent: list[tuple[str, int, int]] = []
        names: dict[LinesWidget, str] = {
            widget: str(number) for number, widget in app.floor_screen.panel_widgets.items()
        }
        names[app.floor_screen.status] = "status"
        cells = app.floor_screen._cells
        update_of = cells.update_of

        def note(changes: Sequence[tuple[LinesWidget, Sequence[LineChange]]]) -> CellsUpdate | None:
            update = update_of(changes)
            assert update is not None
            sent.extend(
                (names.get(widget, ""), y, end)
                for widget, lines in changes
                for y, stretches in lines
                for _, end, _ in stretches
            )
            return update

        cells.update_of = note  # type: ignore[method-assign]
        reader.later(1)
        await tick(pilot)
        assert ("status", 0, 9) in sent
        assert all(right <= 35 for name, _, right in sent if name == "2")
        assert not [each for each in sent if each[0] == "4"]


async def test_a_number_brings_a_panel_to_the_front_and_again_or_escape_puts_it_back() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        everything = await tick(pilot)
        for back in ("3", "escape"):
            await pilot.press("3")
            opened = await tick(pilot)
            assert opened != everything
            assert "too few calls" in "\n".join(opened)
            assert "10 waiting" in opened[3]
            await pilot.press(back)
            await tick(pilot)
            assert app.floor_screen.opened is None


async def test_a_small_terminal_asks_for_room_and_comes_back_when_enlarged() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(20, 5)) as pilot:
        small = " ".join(" ".join(await tick(pilot)).split())
        assert small.startswith("ccmon needs 66 columns and 14 rows; this terminal has 20 and 5.")
        await pilot.resize_terminal(100, 30)
        text = "\n".join(await tick(pilot))
        assert all(panel in text for panel in PANELS)
        await pilot.resize_terminal(3, 2)
        await tick(pilot)


async def test_ascii_means_ascii_everywhere() -> None:
    app, _ = watching(floor(24), glyphs=ASCII)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        for key in ("3", "question_mark", "escape", "f", "escape", "enter"):
            await pilot.press(key)
            text = "".join(screen_text(app))
            assert text.isascii(), {letter for letter in text if not letter.isascii()}


async def test_progress_and_filters_stand_on_the_status_line() -> None:
    whole = replace(floor(24), progress=(Progress("past weeks", 62, 100),))
    app, _ = watching(whole, filters=Filters(client="Bloem & Blad"))
    async with app.run_test(size=(120, 40)) as pilot:
        top = (await tick(pilot))[0]
        assert "client Bloem & Blad · Utrecht" in top
        assert "past weeks 62 %" in top


async def test_a_poll_that_fails_is_said_dimmed_from_the_third_on_and_recovers() -> None:
    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        reader.failure = CcmonError("/srv/ccmon/calls.db is locked by another program.")
        for poll in (1, 2, 3):
            lines = await tick(pilot)
            assert lines[1].startswith(" ▲ calls.db is locked by another program; the figures are from 14:32:07.")
            assert dimmed(app) == (poll >= 3)
        reader.failure = None
        reader.later(9)
        lines = await tick(pilot)
        assert "locked" not in lines[1]
        assert not dimmed(app)
        assert lines[0].startswith(" 14:32:16")


async def test_a_poll_that_hangs_holds_nothing_up() -> None:
    import asyncio  # noqa: PLC0415

    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        reader.result_keys = asyncio.Event()
        assert "does not answer" not in (await tick(pilot))[1]
        for _ in range(3):
            app.poller._clock.seconds += 1  # type: ignore[attr-defined]
            lines = await tick(pilot)
            assert "does not answer" in lines[1]
        assert dimmed(app)
        assert reader.polls == 2
        await pilot.press("3")
        assert app.floor_screen.opened == 3
        reader.result_keys.set()
        await tick(pilot)
        assert not dimmed(app)


async def test_before_the_first_answer_the_reason_is_said() -> None:
    app, reader = watching(floor(24))
    reader.failure = CcmonError("There is no database calls.db; `ccmon init` makes one.")
    async with app.run_test(size=(80, 24)) as pilot:
        lines = await tick(pilot)
        assert "There is no database calls.db" in lines[1]
        for key in ("1", "j", "enter", "f", "slash", "s", "r", "question_mark", "escape"):
            await pilot.press(key)
        reader.failure = None
        assert "waiting" in "\n".join(await tick(pilot))


async def test_old_data_is_shown_as_old_though_the_database_answers() -> None:
    whole = floor(24)
    app, reader = watching(replace(whole, data_at=whole.at - 20_000))
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        assert "data 20 s old" in lines[0]
        assert not dimmed(app)
        old = replace(whole, data_at=whole.at - 600_000)
        reader.floor = replace(old, alarms=find_alarms(old))
        lines = await tick(pilot)
        assert "data 10 min old" in lines[0]
        assert lines[1].startswith(
            " ▲ The newest data is 10 min old: ask the administrator whether ccmon follow still runs."
        )
        assert dimmed(app)


@pytest.mark.parametrize("size", [(66, 14), (80, 24), (120, 40)])
async def test_an_empty_database_is_no_good_news_and_says_what_to_do(size: tuple[int, int]) -> None:
    app, _ = watching(empty_floor())
    async with app.run_test(size=size) as pilot:
        top, second, *_ = await tick(pilot)
        assert "no data yet" in top
        assert "no alarm" not in top
        assert "ccmon follow" in second
        assert "ccmon import" in second
        assert "✓" not in top + second
        await pilot.press("a")
        assert "Nothing needs attention" not in "\n".join(screen_text(app))


async def test_the_business_day_rolls_over() -> None:
    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        reader.floor = empty_floor(at=floor(24).day.ends_at + 1000)
        lines = await tick(pilot)
        assert lines[0].startswith(" 00:00:01")
        assert "No agent yet." in "\n".join(lines)


async def test_leaving_closes_the_reader() -> None:
    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("q")
    assert reader.closed
    assert app.return_code == 0


def dimmed(app: object) -> bool:
    """Whether the figures are shown as old ones."""
    from ccmon.monitor.app import Monitor  # noqa: PLC0415
    from ccmon.views.styled_text import LineState  # noqa: PLC0415

    assert isinstance(app, Monitor)
    assert screen_text(app)
    states = {line.state for place in app.floor_screen.panel_widgets.values() for line in place.lines}
    return states == {LineState.STALE}


async def test_a_filter_that_names_nothing_is_said_and_upper_case_is_lower_case() -> None:
    whole = floor(24)
    name = whole.queues[0].name
    app, _ = watching(whole, filters=Filters(queue="nope"))
    async with app.run_test(size=(120, 40)) as pilot:
        assert 'There is no queue named "nope" here' in (await tick(pilot))[1]
    app, _ = watching(whole, filters=Filters(queue=name.upper()))
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        assert "There is no" not in lines[1]
        context = app.view_context()
        assert context is not None
        assert [queue.name for queue in context.snapshot.queues] == [name]
    app, _ = watching(whole, filters=Filters(queue=name))
    async with app.run_test(size=(80, 24)) as pilot:
        assert f"queue {name}" in (await tick(pilot))[0], "it is seen on a narrow screen too"


async def test_the_letter_that_quits_can_be_typed() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("slash", "q", "u")
        await pilot.pause()
        assert app.return_code is None
        assert "qu_" in "\n".join(screen_text(app))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 0


async def test_clocks_stand_still_when_the_database_is_gone_and_go_on_when_it_is_back() -> None:
    whole = floor(24)
    app, reader = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        reader.failure = CcmonError("There is no database calls.db", command="make one with: ccmon init --db calls.db")
        for second in range(1, 7):
            app.poller._clock.seconds += 1  # type: ignore[attr-defined]
            later = await tick(pilot)
            assert later[0].startswith(f" 14:32:{7 + second:02}"), "the time of day goes on, and the age of the data"
            assert f"data {second} s old" in later[0]
            assert later[2:-1] == lines[2:-1]
        assert later[1].startswith(
            " ▲ There is no database calls.db: ask the administrator; the figures are from 14:32:07."
        )
        assert "ccmon init" not in "\n".join(later)
        reader.failure = None
        reader.later(7)
        back = await tick(pilot)
        assert back[2:-1] != lines[2:-1]


async def test_clocks_stand_still_where_old_data_ends() -> None:
    whole = floor(24)
    app, reader = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        dead = replace(whole, at=whole.at + 600_000, data_ends_at=whole.at)
        reader.floor = replace(dead, alarms=find_alarms(dead))
        later = await tick(pilot)
        assert dimmed(app)
        times = [line for line in range(len(lines)) if "Wrap-up" in lines[line] or " longest  " in lines[line]]
        assert times
        assert [later[line] for line in times] == [lines[line] for line in times]


class StalledDriver(TerminalDriver):
    """In place of a terminal that has not taken the last frame, or has."""

    waits = True

    def __init__(self) -> None:
        """No terminal is opened."""

    @property
    def is_behind(self) -> bool:
        return self.waits


@pytest.mark.parametrize("waits", [False, True])
async def test_nothing_is_drawn_while_the_terminal_has_not_taken_the_last_frame(waits: bool) -> None:
    app, reader = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        frames, polls = app.frames, reader.polls
        reader.later(9)
        headless, app._driver = app._driver, StalledDriver()
        app._driver.waits = waits
        try:
            assert app.behind is waits
            if waits:
                await app.tick()
                assert reader.polls == polls + 1, "the database is read all the same"
                assert app.frames == frames
        finally:
            app._driver = headless
        assert not app.behind
        assert (await tick(pilot))[0].startswith(" 14:32:16")
        assert app.frames == frames + 1


async def test_a_key_for_a_dialog_that_is_gone_does_nothing() -> None:
    """As when a signal ends the program while keys are still to be handled."""
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("?")
        dialog = app.screen
        assert isinstance(dialog, Modal)
        await app.pop_screen()
        dialog.on_key(Key("escape", None))
        assert not isinstance(app.screen, Modal)


GONE = (
    "There is no database calls.db, but calls.db-wal and calls.db-shm are left of one, which was probably moved or "
    "removed while it was in use; put it back: mv WHERE_IT_IS calls.db; only if it is lost: rm calls.db-wal"
)


def joined(lines: list[str]) -> str:
    return " ".join(map(str.strip, lines))


@pytest.mark.parametrize("size", SIZES)
async def test_why_there_is_no_answer_and_what_was_refused_are_told_whole(size: tuple[int, int]) -> None:
    app, reader = watching(floor(24))
    reader.failure = CcmonError(GONE)
    refused = "calls.db cannot be written: this user may only read it; run this as its owner, or ask the administrator."
    async with app.run_test(size=size) as pilot:
        for _ in range(3):
            lines = await tick(pilot)
        assert GONE in joined(lines), "without figures there is room for all of it"
        assert joined(lines).count("6 Satis") == 1
        reader.failure = None
        before = await tick(pilot)
        app.show_message(refused, TextStyle.BADGE_BAD)
        lines = await tick(pilot)
        assert refused in joined(lines)
        assert len(lines) == size[1]
        assert lines[:6] == before[:6]
        assert all(width_of(line) <= size[0] for line in lines)
        app.floor_screen.action_back()
        assert await tick(pilot) == before
