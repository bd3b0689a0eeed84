"""What a person sets on the screen is kept: as it was left, and under names."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.errors import CcmonError, UsageError
from ccmon.monitor import kept_views, view_dialogs
from ccmon.monitor.app import Monitor
from ccmon.monitor.kept_views import KeptViews, ViewKeeper, named_view, read, remove, save
from ccmon.snapshot.narrow import Filters
from ccmon.views.all_panels import panels
from ccmon.views.screen_view import AS_USUAL, ScreenView, TabView
from tests.floors import floor
from tests.monitor.monitor_app import screen_text, tick, until, watching

DATABASE = Path("/srv/ccmon/calls.db")
QUEUE = "Bloem sales"


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    with patch.object(view_dialogs, "KEEP_AFTER_S", 0.0):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ccmon" / "views.json"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def number(file: Path) -> int:
    """What changes when a file is written whole."""
    return file.stat().st_ino


def left(file: Path) -> ScreenView:
    return read(file).left.get(str(DATABASE), AS_USUAL)


def is_there(file: Path) -> bool:
    return file.exists()


def damage(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)


def beginning(file: Path, **options: bool) -> tuple[Monitor, ViewKeeper]:
    """A monitor as the command starts it."""
    keeper = ViewKeeper(file, DATABASE, **options)
    view = keeper.begin()
    known = replace(floor(60), incomplete=None)
    app, _ = watching(known, view=view, filters=view.kept_filters, keeper=keeper)
    return app, keeper


async def test_what_is_set_is_there_again_the_next_time(file: Path) -> None:
    app, _ = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "s", "s", "r", "2", "3", "v", "f", *"bloem sal", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        before = await tick(pilot)
        key = app.floor_screen.panel_widgets[2].drawing.state.sort_key
        assert key is not None
        await pilot.press("q")
    again, _ = beginning(file)
    async with again.run_test(size=(120, 40)) as pilot:
        shown = await tick(pilot)
        assert shown == before
        assert again.filters == Filters(queue=QUEUE)
        assert again.floor_screen.opened == 3
        assert again.floor_screen.panel_widgets[3].drawing.panel.tab == "week"
        state = again.floor_screen.panel_widgets[2].drawing.state
        assert (state.sort_key, state.descending) == (key, app.floor_screen.panel_widgets[2].drawing.state.descending)
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)


async def test_a_change_is_kept_while_the_screen_goes_on_and_nothing_is_written_without_one(file: Path) -> None:
    app, keeper = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("1", "1")
        await tick(pilot)
        assert not is_there(file), "the screen is as it was"
        await pilot.press("3")
        await until(pilot, file.exists, ticking=True)
        assert read(file).left[str(DATABASE)].opened == 3
        await until(pilot, lambda: keeper.left.opened == 3)
        written = number(file)
        await pilot.press("down", "up")
        await tick(pilot)
    assert number(file) == written, "the chosen row is not kept"


async def test_a_row_of_changes_is_written_once_after_a_while(file: Path) -> None:
    app, keeper = beginning(file)
    with (
        patch.object(view_dialogs, "KEEP_AFTER_S", 5.0),
        patch.object(view_dialogs, "monotonic") as clock,
        patch.object(keeper, "keep") as keep,
    ):
        clock.return_value = 100.0
        async with app.run_test(size=(120, 40)) as pilot:
            await tick(pilot)
            await pilot.press("3")
            await tick(pilot)
            clock.return_value = 104.9
            await pilot.press("v")
            await tick(pilot)
            assert keep.call_count == 0
            clock.return_value = 105.0
            await tick(pilot)
            await until(pilot, lambda: keep.call_count == 1)
            assert keep.call_args.args[0].opened == 3
            assert keep.call_args.args[0].shown_tabs == {"3": "WeekTab"}
            keeper.left = keep.call_args.args[0]
            clock.return_value = 999.0
            await tick(pilot)
            assert keep.call_count == 1


async def test_filters_of_an_option_are_not_kept_until_others_are_chosen(file: Path) -> None:
    save(file, "x", AS_USUAL)
    kept_views.change(file, lambda kept: kept.left.update({str(DATABASE): ScreenView(filters={"team": "Field"})}))
    keeper = ViewKeeper(file, DATABASE)
    app, _ = watching(floor(60), view=keeper.begin(), filters=Filters(queue=QUEUE), keeper=keeper)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("3")
        await until(pilot, lambda: read(file).left[str(DATABASE)].opened == 3, ticking=True)
        assert read(file).left[str(DATABASE)].filters == {"team": "Field"}
        await pilot.press("x")
        await until(pilot, lambda: read(file).left[str(DATABASE)].filters == {}, ticking=True)


async def test_a_filter_whose_name_is_gone_is_left_out_with_a_sentence(file: Path) -> None:
    view = ScreenView(filters={"queue": "Closed last year", "team": "", "planet": "Mars"})
    assert view.kept_filters == Filters(queue="Closed last year")
    kept_views.change(file, lambda kept: kept.left.update({str(DATABASE): view}))
    app, _ = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await tick(pilot)
        assert 'The filter by queue "Closed last year" is left out' in shown[-1]
        assert app.filters == Filters()
        assert "everything" in shown[0]
        await until(pilot, lambda: read(file).left.get(str(DATABASE)) == AS_USUAL, ticking=True)


async def test_a_filter_of_an_option_with_a_wrong_name_stays() -> None:
    app, _ = watching(floor(60), filters=Filters(queue="Nowhere"))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        assert 'no queue named "Nowhere"' in "\n".join(await tick(pilot))
        assert app.filters == Filters(queue="Nowhere")


def opened(file: Path) -> int | None:
    """The panel at full size that is kept."""
    return read(file).left[str(DATABASE)].opened


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"left": 1}', b"\xff\xfe", b""])
async def test_a_damaged_file_is_told_once_and_put_aside(file: Path, content: bytes) -> None:
    damage(file, content)
    app, _ = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await tick(pilot)
        assert "cannot be read: it is damaged; the screen begins as usual." in " ".join(" ".join(shown).split())
        await pilot.press("escape", "4")
        await until(pilot, lambda: file.exists() and file.read_bytes() != content and opened(file) == 4, ticking=True)
        assert "damaged" not in "".join(await tick(pilot))
    assert opened(file) == 4
    assert file.with_suffix(".damaged").read_bytes() == content


async def test_where_nothing_can_be_written_it_is_told_once(file: Path) -> None:
    app, keeper = beginning(file)
    with patch.object(kept_views, "change", side_effect=CcmonError("The disk is full.")) as change:
        async with app.run_test(size=(120, 40)) as pilot:
            await tick(pilot)
            await pilot.press("4")
            await until(pilot, lambda: "is not kept: The disk is full." in "".join(screen_text(app)), ticking=True)
            await pilot.press("escape", "5")
            await tick(pilot)
            await tick(pilot)
    assert change.call_count == 1
    assert not keeper.keeps_left


async def test_a_view_is_saved_shown_and_removed_by_its_name(file: Path) -> None:
    app, _ = beginning(file, keeps_left=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("3", "f", *"bloem sal", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await pilot.press("w", *"Sales floor", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert "Saved as Sales floor" in screen_text(app)[-1]
        await pilot.press("escape", "3", "x")
        assert (app.floor_screen.opened, app.filters) == (None, Filters())
        await pilot.press("w", *"floor", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert (app.floor_screen.opened, app.filters) == (3, Filters(queue=QUEUE))
        assert named_view(file, "Sales floor") == ScreenView(opened=3, active=3, filters={"queue": QUEUE})
        await pilot.press("w", *"remove", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert "The view Sales floor is removed." in screen_text(app)[-1]
    assert read(file) == KeptViews()


async def test_columns_are_hidden_or_come_first_and_both_are_kept(file: Path) -> None:
    app, _ = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("tab")
        drawing = app.floor_screen.drawing
        places = {column.key: place for column, place in drawing.columns()}
        shown = next(key for key, place in places.items() if place == "shown")
        without_room = next(key for key, place in places.items() if place == "no room")
        await pilot.press("C")
        for key in (shown, without_room):
            here = list(places).index(key) + 1
            await pilot.press("home", *(["down"] * here), "enter")
        assert drawing.state.hidden == (shown,)
        assert drawing.state.always == (without_room,)
        await pilot.press("escape")
        await tick(pilot)
        fitted = [column.key for column, _ in drawing._fitting.fitted]
        assert shown not in fitted
        assert without_room in fitted
    again, _ = beginning(file)
    async with again.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        state = again.floor_screen.panel_widgets[2].drawing.state
        assert (state.hidden, state.always) == ((shown,), (without_room,))
        await pilot.press("C", "enter")
        await until(pilot, lambda: not state.hidden and not state.always)
        await pilot.press("escape")


async def test_a_screen_that_keeps_nothing_says_so() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("w")
        assert (
            "No views are kept here: the demo has none, and ccmon monitor needs a home directory for them."
            in screen_text(app)[-1]
        )


names = st.sampled_from(["", "agent", "no such column", "WeekTab", "queue", "calls"])
views = st.builds(
    ScreenView,
    opened=st.none() | st.integers(-1, 12),
    active=st.none() | st.integers(-1, 12),
    shown_tabs=st.dictionaries(st.sampled_from(["1", "3", "5", "9", "x"]), names),
    tabs=st.dictionaries(
        st.sampled_from([tab.key for panel in panels() for tab in panel.tabs] + ["NoTab"]),
        st.builds(
            TabView,
            sort=st.none() | names,
            descending=st.booleans(),
            always=st.lists(names).map(tuple),
            hidden=st.lists(names).map(tuple),
        ),
    ),
)


@given(view=views)
def test_whatever_a_view_says_a_screen_takes_what_it_knows(view: ScreenView) -> None:
    app, _ = watching(floor(4), view=view)
    screen = app.floor_screen
    taken = screen.view(Filters())
    again, _ = watching(floor(4), view=taken)
    assert again.floor_screen.view(Filters()) == taken
    assert msgspec.json.decode(msgspec.json.encode(taken), type=ScreenView) == taken
    assert screen.active in screen.panel_widgets
    if view.opened in screen.panel_widgets:
        assert screen.opened == view.opened
    for key, tab in view.tabs.items():
        kept = taken.tabs.get(key, TabView())
        known = {column.key for panel in panels() for each in panel.tabs if each.key == key for column in each.columns}
        if known:
            assert (kept.always, kept.hidden) == (tab.always, tab.hidden)
            assert kept.sort == (tab.sort if tab.sort in known else None)


@pytest.mark.parametrize("size", [(66, 14), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("number", range(1, 10))
async def test_keys_work_at_any_size_whichever_panel_was_active(size: tuple[int, int], number: int) -> None:
    app, _ = watching(floor(24), view=ScreenView(active=number))
    async with app.run_test(size=size) as pilot:
        await tick(pilot)
        await pilot.press("down", "tab", "shift+tab", "escape", "escape", "tab")
        await tick(pilot)
        assert app.return_code is None


def test_of_two_monitors_the_later_one_decides_and_no_named_view_is_lost(file: Path) -> None:
    first, second = ViewKeeper(file, DATABASE), ViewKeeper(file, DATABASE)
    first.begin()
    second.begin()
    save(first.file, "one", ScreenView(opened=1))
    first.keep(ScreenView(opened=4))
    save(second.file, "two", ScreenView(opened=2))
    second.keep(ScreenView(opened=5))
    kept = read(file)
    assert set(kept.named) == {"one", "two"}
    assert kept.left == {str(DATABASE): ScreenView(opened=5)}


def test_of_many_databases_the_last_ones_are_kept(file: Path) -> None:
    for number in range(kept_views.MOST_DATABASES + 3):
        ViewKeeper(file, Path(f"/srv/{number}.db")).keep(ScreenView(opened=1))
    assert list(read(file).left) == [f"/srv/{number}.db" for number in range(3, kept_views.MOST_DATABASES + 3)]


def test_a_name_that_no_view_has_is_told_with_the_nearest(file: Path) -> None:
    with pytest.raises(UsageError, match="there is no view named floor, and no other one"):
        named_view(file, "floor")
    save(file, "floor", AS_USUAL)
    with pytest.raises(UsageError, match="there is no view named flor; did you mean floor"):
        remove(file, "flor")
    assert json.loads(file.read_text())["named"] == {"floor": {}}


async def test_a_filter_is_not_left_out_before_all_names_are_known(file: Path) -> None:
    view = ScreenView(filters={"queue": "Closed last year"})
    app, reader = watching(floor(60), view=view, filters=view.kept_filters)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        assert app.filters == view.kept_filters
        reader.floor = replace(reader.floor, incomplete=None)
        await until(pilot, lambda: not app.filters, ticking=True)
        assert 'The filter by queue "Closed last year" is left out' in screen_text(app)[-1]


async def test_the_part_of_the_day_follows_the_key_is_marked_and_kept(file: Path) -> None:
    app, _ = beginning(file)
    async with app.run_test(size=(120, 40)) as pilot:
        whole = await tick(pilot)
        for mark in ("last 60 min, since", "last 30 min, since", "last 15 min, since"):
            await pilot.press("i")
            assert mark in screen_text(app)[2]
        await until(pilot, lambda: left(file).window == "15 min", ticking=True)
        await pilot.press("i")
        assert await tick(pilot) == whole
        await pilot.press("i", "w", *"hour", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
    again, _ = beginning(file)
    async with again.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        assert any("since" in line for line in screen_text(again)[5:7])
    assert named_view(file, "hour").window == "60 min"
    assert ScreenView(window="a fortnight").kept_window == "today"
