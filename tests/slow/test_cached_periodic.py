"""What a monitor shows of weeks is what a single look shows, after any edit of the directory and any correction."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from msgspec.structs import asdict

from ccmon.database import live_reader, periodic_poller, reader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.time_units import DAY_MS, MINUTE_MS
from tests.snapshot.seeded_floor import NOW, still_floor


@pytest.fixture(autouse=True)
def _no_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no screen whose first frame a reading of periodic figures would delay."""
    monkeypatch.setattr(periodic_poller, "FIRST_FRAME_S", 0)


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return still_floor(tmp_path / "calls.db")


@asynccontextmanager
async def opened_live_reader(path: Path) -> AsyncIterator[live_reader.LiveReader]:
    """A reader that has read everything."""
    live = live_reader.LiveReader(path)
    try:
        await live.snapshot()
        await live.wait_for_periodic()
        await live.snapshot()
        yield live
    finally:
        await live.close()


def differing(live: FloorSnapshot, path: Path, at: int | None = None) -> set[str]:
    """The fields that are not those of a single look."""
    ours, theirs = asdict(live), asdict(reader.snapshot(path, at))
    return {name for name in ours if ours[name] != theirs[name]} - {"speed"}


def write(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("past", 1, lambda at: at < NOW - 5 * DAY_MS)
        assert connection.execute(statement).rowcount > 0


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE agents SET team_id = (SELECT max(id) FROM teams WHERE id <> team_id) WHERE id <= 3",
        "UPDATE agents SET name = 'Zed' WHERE id <= 3",
        "UPDATE queues SET name = 'Renamed' WHERE id = 1",
        "UPDATE queues SET purpose = 'service'",
        "INSERT INTO alarm_limits (id, pause_ms) VALUES (1, 1)",
        "UPDATE queues SET wrap_up_limit_ms = 1, longest_wait_limit_ms = 1",
        "UPDATE teams SET missed_calls_limit = 1",
        "UPDATE teams SET client_id = NULL, name = name || '!'",
        "UPDATE campaigns SET client_id = NULL, name = name || '!'",
        "UPDATE quotas SET sales = 2 * sales",
        "INSERT INTO opening_hours (weekday, hours) VALUES ('monday', '09:00-14:00'), ('sunday', 'closed')",
        "INSERT INTO holidays (day, name) VALUES ('2026-11-16', 'Feast'), ('2026-11-24', 'Feast')",
    ],
)
async def test_an_edit_of_the_directory_is_in_all_figures_two_polls_later(
    floor: Path, edit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic_poller, "SHARE_OF_EDITS", 1e9)
    async with opened_live_reader(floor) as live:
        write(floor, edit)
        await live.snapshot()
        await live.wait_for_periodic()
        assert not differing(await live.snapshot(), floor)


@pytest.mark.parametrize(
    "correction",
    [
        "DELETE FROM sales WHERE past(sold_at) AND id % 3 = 0",
        "UPDATE sales SET amount_cents = 2 * amount_cents WHERE past(sold_at)",
        "UPDATE calls SET customer_id = NULL WHERE past(entered_at) AND id % 2 = 0",
        "DELETE FROM surveys WHERE past(answered_at)",
        "UPDATE follow_ups SET promised_at = promised_at - 3600000, due_at = due_at - 3600000 WHERE past(promised_at)",
        "DELETE FROM shifts WHERE past(starts_at) AND id % 2 = 0",
        "DELETE FROM call_reasons WHERE call_id % 2 = 0",
        "UPDATE customers SET name = name || '!'",
    ],
)
async def test_a_correction_of_past_days_is_in_the_next_reading(
    floor: Path, correction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic_poller, "EVERY_S", 0)
    monkeypatch.setattr(periodic_poller, "SHARE", 1e9)
    async with opened_live_reader(floor) as live:
        write(floor, correction)
        await live.snapshot()
        await live.wait_for_periodic()
        assert differing(await live.snapshot(), floor) <= {"unresolved_customers", "alarms"}


async def test_an_earlier_moment_of_the_same_hour_is_shown_as_it_was_known_then(floor: Path) -> None:
    cancelled_at, before = NOW - 10 * MINUTE_MS, NOW - 15 * MINUTE_MS
    write(floor, f"UPDATE sales SET cancelled_at = {cancelled_at} WHERE past(sold_at) AND id % 3 = 0")
    async with opened_live_reader(floor) as live:
        for at in (before, None, before):
            await live.snapshot(at)
            await live.wait_for_periodic()
            assert not differing(await live.snapshot(at), floor, at), at
