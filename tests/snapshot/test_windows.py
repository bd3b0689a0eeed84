"""Queues over a part of the day: a recount call by call, and what stays as it is."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.database import reader
from ccmon.database.database_file import open_reader
from ccmon.model.opening_hours import OpeningFigures
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.floor_rows import QUEUE_COUNTS
from ccmon.snapshot.windows import WINDOWS, Window, next_window, window_start, windowed
from ccmon.views.queues import QueuesPanel
from ccmon.views.view_context import ViewContext
from tests import floors
from tests.snapshot.seeded_floor import NOW, seeded_database

MINUTE, HOUR = 60_000, 3_600_000
QUARTER = 15 * MINUTE


@pytest.fixture(scope="module")
def database() -> Path:
    return seeded_database()


@pytest.fixture(scope="module")
def snapshot(database: Path) -> FloorSnapshot:
    return reader.snapshot(database, NOW)


def recounted(database: Path, queue: QueueFigures, since: int, until: int) -> Counter[str]:
    """What calls say, row by row, by definitions written down once more (metrics.md 2 to 7)."""
    found: Counter[str] = Counter()
    threshold_ms = queue.service_level_threshold_ms
    assert threshold_ms is not None
    ends = {"abandoned": "abandoned", "timeout": "timed_out", "no_agents": "no_agents", "incompatible": "no_agents",
            "exit_key": "diverted", "withdrawn": "diverted", "unknown": "unknown"}  # fmt: skip
    with closing(open_reader(database)) as connection:
        calls = connection.execute(
            "SELECT entered_at, answered_at, ended_at, wrapped_up_at, wrapping_up, coalesce(hold_ms, 0), outcome "
            "FROM calls WHERE queue_id = ? AND direction = 'inbound'",
            (queue.id,),
        ).fetchall()
    for entered_at, answered_at, ended_at, wrapped_up_at, wrapping_up, hold_ms, outcome in calls:
        if not since <= entered_at <= until:
            continue
        found["offered"] += 1
        if answered_at is not None:
            wait_ms = (answered_at // 1000 - entered_at // 1000) * 1000
            found["answered"] += 1
            found["answered_wait_ms"] += wait_ms
            found["answered_in_threshold"] += wait_ms <= threshold_ms
            if ended_at is not None and not wrapping_up:
                found["handled"] += 1
                found["talk_ms"] += ended_at - answered_at - hold_ms
                found["hold_ms"] += hold_ms
                found["wrap_up_ms"] += (wrapped_up_at or ended_at) - ended_at
        else:
            found["open" if ended_at is None else ends[outcome]] += 1
    return found


RECOUNTED = (
    "offered", "answered", "answered_wait_ms", "answered_in_threshold", "handled", "talk_ms", "hold_ms", "wrap_up_ms",
    "abandoned", "timed_out", "no_agents", "diverted", "unknown", "open",
)  # fmt: skip


@pytest.mark.parametrize("window", [Window.LAST_15, Window.LAST_30, Window.LAST_60])
def test_a_window_is_what_its_calls_add_up_to(database: Path, snapshot: FloorSnapshot, window: Window) -> None:
    since = window_start(snapshot, window)
    assert since is not None
    shown = windowed(snapshot, window)
    total: Counter[str] = Counter()
    for queue in shown.queues:
        found = recounted(database, queue, since, snapshot.at)
        total += found
        assert {name: getattr(queue, name) for name in RECOUNTED} == {name: found[name] for name in RECOUNTED}
    assert {name: getattr(shown.total, name) for name in RECOUNTED} == {name: total[name] for name in RECOUNTED}
    assert total["handled"] > 0
    assert total["abandoned"] > 0


@pytest.mark.parametrize("window", list(Window))
def test_every_visit_of_a_window_has_one_end_or_waits(snapshot: FloorSnapshot, window: Window) -> None:
    opened = OpeningFigures((), open_now=True, next_change_at=None, opened_at=NOW - 5 * HOUR)
    shown = windowed(replace(snapshot, opening_hours=opened), window)
    for queue in (*shown.queues, shown.total):
        ends = queue.answered + queue.abandoned + queue.timed_out + queue.no_agents + queue.diverted + queue.unknown
        assert queue.offered == ends + queue.open, (window, queue.name)
        assert len(queue.threshold_passed_at) == queue.open
    for name in (*QUEUE_COUNTS, "open"):
        assert getattr(shown.total, name) == sum(getattr(queue, name) for queue in shown.queues)


def test_the_whole_day_as_a_window_is_the_day(snapshot: FloorSnapshot) -> None:
    opened = OpeningFigures((), open_now=True, next_change_at=None, opened_at=snapshot.day.starts_at)
    shown = windowed(replace(snapshot, opening_hours=opened), Window.SINCE_OPENING)
    for before, after in zip((*snapshot.queues, snapshot.total), (*shown.queues, shown.total), strict=True):
        for name in QUEUE_COUNTS:
            if name != "cut_off":
                assert getattr(after, name) == getattr(before, name), (before.name, name)
        assert sorted(after.threshold_passed_at) == sorted(before.threshold_passed_at)
        assert after.service_level == before.service_level


def test_what_is_now_and_all_but_queues_stays(snapshot: FloorSnapshot) -> None:
    shown = windowed(snapshot, Window.LAST_15)
    for name in FloorSnapshot.__struct_fields__:
        if name not in {"queues", "total", "queue_window"}:
            assert getattr(shown, name) is getattr(snapshot, name)
    for before, after in zip(snapshot.queues, shown.queues, strict=True):
        for name in ("waiting", "longest_wait_since", "talking", "agents_ready", "agents_needed", "quarters"):
            assert getattr(after, name) == getattr(before, name)
        assert after.longest_finished_wait_ms is None
    assert windowed(snapshot, Window.TODAY) is snapshot


@given(after_ms=st.integers(0, 3 * HOUR), window=st.sampled_from(sorted(WINDOWS)))
def test_minutes_are_at_least_as_many_and_less_than_a_quarter_more(after_ms: int, window: str) -> None:
    floor = floors.floor(4)
    at = floor.at + after_ms
    since = window_start(replace(floor, at=at), WINDOWS[window])
    if window == "opening":
        assert since is None
        return
    assert since is not None
    assert since % QUARTER == 0
    assert int(window) * MINUTE <= at - since < int(window) * MINUTE + QUARTER


def test_a_window_does_not_begin_before_the_day_nor_after_opening() -> None:
    floor = floors.floor(4)
    early = replace(floor, at=floor.day.starts_at + 5 * MINUTE)
    assert window_start(early, Window.LAST_60) == floor.day.starts_at
    at_ten_to = floor.at - floor.at % HOUR - 10 * MINUTE
    opened = replace(floor, opening_hours=OpeningFigures((), True, None, opened_at=at_ten_to))
    assert window_start(opened, Window.SINCE_OPENING) == at_ten_to - 5 * MINUTE
    closed = replace(floor, opening_hours=OpeningFigures((), False, None))
    assert window_start(closed, Window.SINCE_OPENING) is None


def test_the_windows_that_there_are_follow_each_other() -> None:
    floor = floors.floor(4)
    window, seen = Window.TODAY, []
    for _ in range(5):
        window = next_window(floor, window)
        seen.append(window)
    assert seen == [Window.LAST_60, Window.LAST_30, Window.LAST_15, Window.TODAY, Window.LAST_60]
    opened = replace(floor, opening_hours=OpeningFigures((), True, None, opened_at=floor.at - HOUR))
    assert next_window(opened, Window.LAST_15) is Window.SINCE_OPENING
    assert next_window(opened, Window.SINCE_OPENING) is Window.TODAY
    assert next_window(floor, Window.SINCE_OPENING) is Window.TODAY


def test_the_panel_says_since_when_it_counts(snapshot: FloorSnapshot) -> None:
    panel = QueuesPanel()
    context = ViewContext.of(snapshot, window=Window.LAST_30)
    since = window_start(snapshot, Window.LAST_30)
    assert since is not None
    assert context.snapshot.queue_window is not None
    assert panel.remark(context).startswith("last 30 min, since ")
    assert panel.remark(context, short=True).startswith("since ")
    counted = next(fact for fact in panel.summary(context).facts if fact.label == "counted")
    assert counted.value == panel.remark(context, short=True), "beside the figures, too"
    assert all(fact.label != "counted" for fact in panel.summary(ViewContext.of(snapshot)).facts)
    details = panel.details(panel.rows(context)[0], context)
    assert any(detail.label.startswith("Visits since ") for detail in details)
    assert not panel.remark(ViewContext.of(snapshot))


def test_another_window_draws_anew_and_the_same_one_nothing(snapshot: FloorSnapshot) -> None:
    first = ViewContext.of(snapshot)
    hour = ViewContext.of(snapshot, window=Window.LAST_60, last=first)
    again = ViewContext.of(snapshot, window=Window.LAST_60, last=hour)
    assert hour.snapshot.total.offered < first.snapshot.total.offered
    assert again.snapshot is hour.snapshot
    assert again.edition is hour.edition
    assert ViewContext.of(snapshot, last=hour).snapshot.total == first.snapshot.total
