"""Unknown is not 0: while rows are missing or not read yet, a figure is unknown, and none changes by itself later."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from ccmon.database import database_file, reader
from ccmon.database.live_reader import LiveReader
from ccmon.database.periodic_poller import PeriodicPoller
from ccmon.database.progress import set_progress
from ccmon.formatting import UNKNOWN
from ccmon.model.snapshot import FloorSnapshot
from ccmon.simulator.clock import FloorClock
from tests.databases import shared
from tests.floors import known
from tests.monitor.monitor_app import screen_text, tick, watching
from tests.slow.test_live_floor import NOON, begun_floor
from tests.status_json import snapshot_object

DAYS = 29
"""Enough for the usual course of the weekday: four of them."""
GROWING = ("items", "alarms", "alerts", "chance_rate")
"""Lists of what there is so far: they say no number. And the chance of a met quota is 1 at whatever rate."""


class Filled(NamedTuple):
    """The demo's database at the same moment while its past came in, and afterwards."""

    looks: tuple[FloorSnapshot, ...]
    whole: FloorSnapshot
    path: Path
    at: int


@pytest.fixture(scope="module")
def demo() -> Filled:
    folder = shared("demo whose past came in", filled)
    looks, whole, at = pickle.loads((folder / "looks").read_bytes())
    return Filled(looks, whole, folder / "calls.db", at)


def filled(folder: Path) -> None:
    path = folder / "calls.db"
    looks = []
    with begun_floor(path, FloorClock(real_at=0, floor_at=NOON, speed=1), past_days=DAYS, agents=8) as floor:
        for done in (0, 1, 10, DAYS - 1):
            while rows_in(path) < done:
                floor.past.work(lambda: floor.written_until)
            looks.append(reader.snapshot(path, floor.written_until))
        while not floor.past.is_done:
            floor.past.work(lambda: floor.written_until)
        looked = tuple(looks), reader.snapshot(path, floor.written_until), floor.written_until
    (folder / "looks").write_bytes(pickle.dumps(looked))


def rows_in(path: Path) -> int:
    """How many of the past days are in."""
    connection = database_file.open_reader(path)
    try:
        [(done,)] = connection.execute("SELECT done FROM progress").fetchall()
        return int(done)
    finally:
        connection.close()


def changed(early: Any, late: Any, where: str = "") -> Iterator[str]:
    """Where something was said that turned out otherwise; what was unknown was not said."""
    if early is None or where.rpartition(".")[2] in GROWING:
        return
    if isinstance(early, dict) and isinstance(late, dict):
        for key, value in early.items():
            yield from changed(value, late[key], f"{where}.{key}")
    elif isinstance(early, list) and isinstance(late, list) and early and isinstance(early[0], dict):
        named = {_name(each): each for each in late}
        for each in early:
            yield from changed(each, named.get(_name(each)), f"{where}[{_name(each)}]")
    elif early != late:
        yield f"{where}: {early} became {late}"


def _name(each: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(each.get(key) for key in ("login", "scope", "name", "direction", "period", "customer"))


APART = ("incomplete", "periodic_at", "business_at")


def said(snapshot: FloorSnapshot) -> dict[str, Any]:
    return {key: value for key, value in snapshot_object(snapshot).items() if key not in APART}


def test_no_figure_of_the_demo_changes_by_itself_while_its_past_comes_in(demo: Filled) -> None:
    for look in demo.looks:
        assert "\n".join(changed(said(look), said(demo.whole))) == ""


def test_what_rests_on_a_past_that_is_coming_in_is_null_with_its_reason(demo: Filled) -> None:
    for look, done in zip(demo.looks, (0, 1, 10, DAYS - 1), strict=True):
        shown = snapshot_object(look)
        assert shown["incomplete"] == (
            f"Past weeks: {100 * done // DAYS} % done; until then what rests on past days is unknown."
        )
        for key in ("satisfaction", "retention", "not_given_up", "second_purchases", "value", "lost_callers"):
            assert shown[key] is None, key
        for key in ("due_today", "overdue", "done_today", "on_time_rate", "owners"):
            assert shown["follow_ups"][key] is None, key
        assert {line[key] for line in shown["sales"] for key in ("pace", "expected_by_now", "projection")} == {None}
        assert {line["detail"] and line["detail"]["new_customers"] for line in shown["sales"]} == {None}
        assert {quota["chance"] for line in shown["sales"] for quota in line["quotas"] if quota["missing"]} == {None}
        assert {line["usual_aht_s"] for line in shown["handling"]} == {None}
    assert snapshot_object(demo.whole)["incomplete"] is None


def test_the_whole_demo_knows_all_of_it(demo: Filled) -> None:
    whole = demo.whole
    assert whole.sales[0].quotas[0].basis == "usual day", "else the test above would prove little"
    assert whole.sales[0].pace is not None
    assert known(whole.retention).loyal > 0
    assert known(whole.satisfaction)[0].answers > 0
    assert known(whole.follow_ups.done_today) > 0
    assert len(known(whole.follow_ups.owners)) > 0
    assert whole.value is not None


async def test_no_figure_changes_by_itself_when_the_slower_ones_are_read(
    demo: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveReader(demo.path)
    try:
        with monkeypatch.context() as not_yet:
            not_yet.setattr(PeriodicPoller, "latest", lambda *_, **__: None)
            first = await live.snapshot(demo.at)
        assert first.incomplete == "These figures are being read."
        assert first.sales[0].pace is None, "the course of past days is not read by a poll"
        assert first.sales[0].sales == demo.whole.sales[0].sales, "what a poll reads is known at once"
        for unread in (
            first.low_scores,
            first.unresolved_customers,
            first.second_purchases,
            first.satisfaction,
            first.retention,
        ):
            assert unread is None
        assert first.follow_ups.owners is None
        assert first.follow_ups.overdue == demo.whole.follow_ups.overdue
        assert {quota.chance for line in first.sales for quota in line.quotas if quota.missing} <= {None}
        await live.snapshot(demo.at)
        await live.wait_for_periodic()
        second = await live.snapshot(demo.at)
    finally:
        await live.close()
    assert second.incomplete is None
    assert "\n".join(changed(said(first), said(second))) == ""
    assert said(second) == said(demo.whole)


async def test_a_reader_sees_at_once_that_the_past_is_complete(demo: Filled, tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    shutil.copy(demo.path, path)
    tell(path, 3)
    live = LiveReader(path)
    try:
        await live.snapshot(demo.at)
        await live.wait_for_periodic()
        assert (await live.snapshot(demo.at)).retention is None
        tell(path, 4)
        assert (await live.snapshot(demo.at)).incomplete == "These figures are being read."
        await live.wait_for_periodic()
        assert (await live.snapshot(demo.at)).retention == demo.whole.retention
    finally:
        await live.close()


async def test_work_that_was_given_up_makes_nothing_unknown_for_ever(demo: Filled, tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    shutil.copy(demo.path, path)
    tell(path, 3)
    assert reader.snapshot(path, demo.at).retention is None
    for minutes, unknown in ((14, True), (16, False)):
        connection = database_file.open_writer(path)
        connection.execute(
            "UPDATE progress SET noted_at = (strftime('%s', 'now') - :minutes * 60) * 1000", {"minutes": minutes}
        )
        connection.close()
        assert (reader.snapshot(path, demo.at).retention is None) is unknown


def tell(path: Path, done: int) -> None:
    """Note how many of four steps are done."""
    connection = database_file.open_writer(path)
    try:
        set_progress(connection, "past weeks", done, 4)
    finally:
        connection.close()


def test_yesterdays_figures_are_not_todays(demo: Filled, tmp_path: Path) -> None:
    slow = PeriodicPoller(demo.path)
    try:
        assert slow.latest(None, demo.at, 1) is None
        slow.wait()
        today = known(slow.latest(None, demo.at, 1)).rows.day
        slow.wait()
        # Nothing in the database has changed, and still these are another day's figures.
        for moment, date in ((today.ends_at - 1, today.date), (today.ends_at, "2026-11-25")):
            slow.latest(None, moment, 1)
            slow.wait()
            assert known(slow.latest(None, moment, 1)).rows.day.date == date
    finally:
        slow.stop()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_screen_shows_the_unknown_as_unknown_and_says_why(demo: Filled, size: tuple[int, int]) -> None:
    app, _ = watching(demo.looks[2])
    async with app.run_test(size=size) as pilot:
        await tick(pilot)
        for key, word in (("3", "pace"), ("5", "at risk"), ("5", "unresolved")):
            await pilot.press(key)
            text = "\n".join(screen_text(app))
            assert f"{word} {UNKNOWN}" in " ".join(text.split()), key
            assert "Past weeks: 34 %" in text or f"{UNKNOWN} 34 % read" in text, key
            await pilot.press(key)
        for number, page in ((5, 1), (5, 2), (5, 3), (6, 0), (7, 0), (7, 1), (9, 2)):
            app.floor_screen.show_tab(number, page)
            await tick(pilot)
            assert "Past weeks: 34 %" in "\n".join(screen_text(app)), (number, page)


async def test_the_slower_figures_are_being_read(demo: Filled) -> None:
    app, _ = watching(
        replace(demo.whole, incomplete="These figures are being read.", satisfaction=None, unresolved_customers=None)
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        app.floor_screen.show_tab(6, 0)
        await tick(pilot)
        assert "These figures are being read." in "\n".join(screen_text(app))
