"""A single reading: what its thread prefetches is what is asked for afterwards, and faults come when it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

from ccmon.database import reader, single_reading
from ccmon.database.driver import Database
from ccmon.database.opening import Opening
from ccmon.errors import CcmonError
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Site
from tests.databases import new_database
from tests.floors import moment

NOON = moment("2026-11-23T12:00:00")
CALL = (
    "INSERT INTO calls (source, call_id, direction, caller, entered_at, answered_at, ended_at, outcome)"
    " VALUES ('s', ?, 'inbound', ?, ?, ?, ?, 'answered')"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with some calls of the morning."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(sqlite3.connect(path)) as connection:
        times = range(NOON - 3_600_000, NOON, 60_000)
        connection.executemany(CALL, [(f"c{at}", f"0612{at % 7}", at, at + 5_000, at + 9_000) for at in times])
        connection.commit()
    return path


@contextmanager
def started(
    path: Path, choose: Callable[[Site, BusinessDay, int], int] | None = None
) -> Iterator[single_reading.SingleReading]:
    """A single reading of a database."""
    with Opening(path) as opening, single_reading.single_reading(opening, choose) as one:
        yield one


@pytest.mark.parametrize("at", [NOON, NOON - 1_800_000, None])
def test_what_is_prefetched_is_what_is_asked_for(
    database: Path, monkeypatch: pytest.MonkeyPatch, at: int | None
) -> None:
    with started(database, None if at is None else lambda *_: at) as one:
        prefetched = one.database.prefetched
        queries = list(prefetched.values())
        assert len(queries) >= 6
        shown = reader.read(one)
        assert prefetched == {}
        assert None not in [each.cursor for each in queries]
    monkeypatch.setattr(single_reading, "costly_queries", lambda *_, **__: ())
    assert shown == reader.snapshot(database, shown.at)


def test_a_query_is_asked_anew_for_other_parameters(database: Path) -> None:
    with closing(sqlite3.connect(database, check_same_thread=False)) as connection:
        prefetching, plain = single_reading.PrefetchingDatabase(connection, connection), Database(connection)
        until = {"until": NOON - 1_800_000}
        prefetching.prefetch([single_reading.PrefetchedQuery("newest_moment", {"until": 0})])
        prefetching.wait()
        assert prefetching.ask("newest_moment", until).fetchall() == plain.ask("newest_moment", until).fetchall()
        assert prefetching.ask("newest_moment", {"until": 0}).fetchall() == [(0, 0)]


def test_nobody_waits_for_a_query_with_other_parameters(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_reading, "start_new_thread", Mock())  # it never comes to anything
    with closing(sqlite3.connect(database)) as connection:
        prefetching = single_reading.PrefetchingDatabase(connection, Mock())
        prefetching.prefetch([single_reading.PrefetchedQuery("newest_moment", {"until": 0})])
        assert prefetching.ask("newest_moment", {"until": NOON}).fetchall() == [(NOON - 60_000, NOON - 60_000)]
        assert list(prefetching.prefetched) == ["newest_moment"]
        prefetching._runs.release()


def test_a_fault_is_told_by_the_query_that_is_asked(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = [single_reading.PrefetchedQuery("sales_funnel", {}), single_reading.PrefetchedQuery("kept_customers", {})]
    monkeypatch.setattr(single_reading, "costly_queries", lambda *_, **__: faulty)
    with pytest.raises(CcmonError, match="SQLite says"), started(database) as one:
        one.database.ask("sales_funnel", {})


def test_without_a_thread_all_is_asked_when_it_is_needed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = reader.snapshot(database, NOON)
    monkeypatch.setattr(single_reading, "start_new_thread", Mock(side_effect=RuntimeError("can't start new thread")))
    assert reader.snapshot(database, NOON) == expected


def test_whoever_looks_is_told_why_nothing_can_be_read(database: Path, tmp_path: Path) -> None:
    with pytest.raises(CcmonError, match="There is no database"), started(tmp_path / "none.db"):
        pass

    def later(site: Site, day: BusinessDay, latest: int) -> int:
        raise CcmonError(f"{latest} in {site.time_zone} is too early on {day.date}")

    with (
        pytest.raises(CcmonError, match="in Europe/Amsterdam is too early"),
        started(database, later),
    ):
        pass


def test_whoever_waits_helps_the_thread(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_reading, "start_new_thread", Mock())  # it never comes to anything
    with closing(sqlite3.connect(database)) as connection:
        prefetching = single_reading.PrefetchingDatabase(connection, Mock())
        queries = [single_reading.PrefetchedQuery("newest_moment", {"until": until}) for until in (0, NOON)]
        prefetching.prefetch(queries)
        prefetching._runs.release()
        prefetching.wait()
        assert [each.cursor.fetchall() for each in queries if each.cursor] == [
            [(0, 0)],
            [(NOON - 60_000, NOON - 60_000)],
        ]


def test_nothing_more_is_executed_after_the_end(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_reading, "start_new_thread", Mock(side_effect=RuntimeError("can't start new thread")))
    with started(database) as one:
        queries = list(one.database.prefetched.values())
    assert {each.cursor for each in queries} == {None}


def test_a_single_value_is_there_before_the_others_are_executed(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_reading, "start_new_thread", Mock())  # it never comes to anything
    with closing(sqlite3.connect(database)) as connection:
        prefetching, plain = single_reading.PrefetchingDatabase(connection, Mock()), Database(connection)
        window = {"first": "2026-11-01", "day_starts_at": NOON, "until": NOON, "at": NOON}
        queries = [
            single_reading.PrefetchedQuery("inbound_calls", window, has_one_value=True),
            single_reading.PrefetchedQuery("newest_moment", {"until": 0}),
        ]
        prefetching.prefetch(queries)
        queries[0].execute(plain)
        assert prefetching.value("inbound_calls", window) == plain.value("inbound_calls", window)
        assert queries[1].cursor is None
        prefetching._runs.release()
        prefetching.prefetch([single_reading.PrefetchedQuery("inbound_calls", window, has_one_value=True)])
        prefetching._runs.release()
        assert prefetching.value("inbound_calls", window) == plain.value("inbound_calls", window)
        assert "inbound_calls" not in prefetching.prefetched
