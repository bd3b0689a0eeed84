"""The totals as of an earlier moment are what a recount in Python of the rows as they were known then gives."""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import totals
from ccmon.database.sql_files import sql
from ccmon.database.total_sql.definitions import TOTALS
from ccmon.simulator.history import seed
from ccmon.sources.queue_log.import_files import import_logs
from tests.database.recount import Totals, recounted
from tests.database.test_totals import DAY_AT, HOUR, NOON, Operation, histories, run_statement, template_of
from tests.databases import new_database, open_copy, shared
from tests.examples import examples
from tests.floors import moment

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
SEEDED_UNTIL = moment("2026-11-23T14:40:00")
DELETE_OVERLAPPING = """
    DELETE FROM agent_states AS s WHERE EXISTS (
        SELECT 1 FROM agent_states AS later
        WHERE later.agent_id = s.agent_id AND (later.started_at, later.id) > (s.started_at, s.id)
            AND later.started_at < s.ended_at
    )"""
"""An agent is in one state at a time: of those that began before a day only the last reaches into it."""
moments = st.one_of(
    st.sampled_from([NOON + 5_000, NOON + 10_000, NOON - 13 * HOUR, NOON + 12 * HOUR - 1]),
    st.integers(DAY_AT, NOON + 30 * HOUR),
    st.integers(NOON - 30 * HOUR, NOON + 30 * HOUR),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("as_of") / "t.db", time_zone="Europe/Amsterdam", currency="EUR")
    return template_of(path)


def in_memory(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with closing(sqlite3.connect(path)) as source:
        source.backup(connection)
    return connection


def check_as_of(connection: sqlite3.Connection, at: int) -> None:
    day = "SELECT starts_at, ends_at FROM business_days WHERE starts_at <= ? AND ends_at > ?"
    [(starts_at, ends_at)] = connection.execute(day, (at, at)).fetchall()
    parameters = {"at": at, "day_starts_at": starts_at, "day_ends_at": ends_at}
    found: Totals = {}
    for table, text in connection.execute(sql("as_of_totals"), parameters):
        total = TOTALS[table]
        found[table] = {}
        for values in json.loads(text):
            row = dict(zip(total.columns_without_day, values, strict=True)) | {"day_at": starts_at}
            if figures := {name: row[name] for name in total.columns if row[name] != 0}:
                found[table][tuple(row[name] for name in total.keys)] = figures
    by_hand = recounted(connection, at)
    assert found == {
        table: {
            key: figures
            for key, figures in rows.items()
            if starts_at <= next(part for part in key if isinstance(part, int) and part > HOUR) < ends_at
        }
        for table, rows in by_hand.items()
        if table in TOTALS and TOTALS[table].read_at_polls
    }


@settings(max_examples=examples(15, 2_000))
@given(steps=histories(), ats=st.lists(moments, min_size=1, max_size=4))
def test_after_any_statements(template: Path, steps: list[Operation], ats: list[int]) -> None:
    with open_copy(template, foreign_keys=False) as (_, connection):
        for step in steps:
            run_statement(connection, step)
        connection.execute(DELETE_OVERLAPPING)
        for at in ats:
            check_as_of(connection, at)


def seeded(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    seed(path, days=3, agents=8, seed=7, until=SEEDED_UNTIL)


def recorded(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam")
    (folder / "queue_log").write_bytes(lzma.decompress(RECORDING.read_bytes()))
    import_logs(path, [str(folder / "queue_log")], source="pbx")


LATE = (
    "UPDATE calls SET ended_at = ended_at + 60000, hold_ms = 5000 WHERE id % 7 = 0",
    "UPDATE calls SET outcome = 'unknown' WHERE id % 11 = 0",
    "UPDATE calls SET answered_at = NULL WHERE id % 13 = 0 AND outcome = 'answered'",
    "UPDATE queue_days SET service_level_threshold_ms = 7000, short_abandon_ms = 2000",
    "DELETE FROM agent_states WHERE id % 9 = 0",
    "UPDATE sales SET cancelled_at = sold_at + 3600000 WHERE id % 5 = 0",
    "DELETE FROM calls WHERE id % 17 = 0 AND id NOT IN (SELECT call_id FROM sales WHERE call_id IS NOT NULL)",
    "UPDATE queues SET purpose = iif(purpose = 'sales', 'service', 'sales')",
)


@pytest.fixture(scope="module", params=["seeded", "recorded"])
def floor(request: pytest.FixtureRequest) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection, list[int]]]:
    """A floor as it was written, and after late changes; and the moments of its last days."""
    make = {"seeded": seeded, "recorded": recorded}[request.param]
    path = shared(f"totals {request.param}", make) / "calls.db"
    with closing(in_memory(path)) as written, closing(in_memory(path)) as changed:
        for statement in LATE:
            changed.execute(statement)
        moments = "SELECT DISTINCT ended_at FROM calls WHERE ended_at IS NOT NULL ORDER BY 1"
        yield written, changed, [at for (at,) in written.execute(moments)]


@settings(max_examples=examples(6))
@given(share=st.floats(0, 1), beside=st.sampled_from([-1, 0, 1]), late=st.booleans())
def test_on_a_floor_at_any_moment(
    floor: tuple[sqlite3.Connection, sqlite3.Connection, list[int]], share: float, beside: int, late: bool
) -> None:
    written, changed, moments = floor
    check_as_of(changed if late else written, moments[int(share * (len(moments) - 1))] + beside)


def test_a_call_is_open_until_its_unknown_end(
    floor: tuple[sqlite3.Connection, sqlite3.Connection, list[int]],
) -> None:
    _, changed, _ = floor
    ends = (
        "SELECT ended_at FROM calls WHERE outcome = 'unknown' AND ended_at > entered_at + 1000 ORDER BY id DESC LIMIT 3"
    )
    calls = changed.execute(ends).fetchall()
    assert calls
    for (ended_at,) in calls:
        check_as_of(changed, ended_at - 1)


def test_the_totals_of_the_floor_hold(floor: tuple[sqlite3.Connection, sqlite3.Connection, list[int]]) -> None:
    for connection in floor[:2]:
        assert totals.check(connection) == []
