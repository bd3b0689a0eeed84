"""The totals by their one definition equal what triggers, recount and totals of an earlier moment were before it."""

from __future__ import annotations

import lzma
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import as_of, database_file, totals
from ccmon.database.as_of import Totals
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql
from ccmon.simulator.history import seed
from ccmon.sources.queue_log.import_files import import_logs
from tests.database.recount import kept
from tests.database.test_totals import DAY_AT, HOUR, NOON, Operation, histories, run_statement, template_of
from tests.databases import new_database, shared
from tests.floors import moment

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
BEFORE = next(number for number, script in database_file.migrations() if "total_sql/definitions.sql" in script) - 1
SEEDED_UNTIL = moment("2026-11-23T14:40:00")
moments = st.one_of(
    st.sampled_from([NOON + 5_000, NOON + 10_000, NOON - 13 * HOUR, NOON + 12 * HOUR - 1]),
    st.integers(DAY_AT, NOON + 30 * HOUR),
    st.integers(NOON - 30 * HOUR, NOON + 30 * HOUR),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The same rows, in a database with the triggers of before and in one with those that are made."""
    folder = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as before:
        earlier = database_file.migrations()[:BEFORE]
        before.setattr(database_file, "migrations", lambda: earlier)
        database_file.create(folder / "old.db", time_zone="Europe/Amsterdam", currency="EUR")
        template_of(folder / "old.db")
    template_of(new_database(folder / "new.db", time_zone="Europe/Amsterdam", currency="EUR"))
    yield folder / "old.db", folder / "new.db"


def in_memory(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with closing(sqlite3.connect(path)) as source:
        source.backup(connection)
    return connection


def parameters(connection: sqlite3.Connection, at: int) -> dict[str, int]:
    day = "SELECT starts_at, ends_at FROM business_days WHERE starts_at <= ? AND ends_at > ?"
    [(starts_at, ends_at)] = connection.execute(day, (at, at)).fetchall()
    return {"at": at, "day_starts_at": starts_at, "day_ends_at": ends_at}


def counted_before(connection: sqlite3.Connection, at: int) -> Totals:
    known = parameters(connection, at)
    queues = "SELECT id, service_level_threshold_ms, service_level_target, short_abandon_ms FROM queues"
    rows = [*connection.execute(queues), *connection.execute(sql("queue_days"), known)]
    database = Database(connection)
    return as_of.totals(
        database.rows("as_of_visits", as_of.VisitRow, known),
        database.rows("as_of_times", as_of.StateTime, known),
        database.rows("as_of_missed", as_of.MissedCount, known),
        database.rows("as_of_sales", as_of.SaleRow, known),
        targets={queue_id: (threshold, target, short) for queue_id, threshold, target, short in rows},
        sales_queues=frozenset(
            number for (number,) in connection.execute("SELECT id FROM queues WHERE purpose = 'sales'")
        ),
    )


def comparable(found: Totals) -> dict[str, object]:
    """In one order; no histogram is as good as an empty one."""
    plain = found._asdict()
    plain["quarters"] = {queue_id: [tuple(row) for row in rows] for queue_id, rows in found.quarters.items()}
    plain["histograms"] = {queue_id: sorted(rows) for queue_id, rows in found.histograms.items() if rows}
    for name in ("longest_waits", "outbound_histogram", "agent_days", "campaign_days"):
        plain[name] = sorted(plain[name])
    return plain


def check_as_of(connection: sqlite3.Connection, at: int) -> None:
    found = as_of.totals_as_of(Database(connection).rows("as_of_totals", as_of.TotalsText, parameters(connection, at)))
    assert comparable(found) == comparable(counted_before(connection, at))


@settings(max_examples=150)
@given(steps=histories(), recursive=st.booleans(), ats=st.lists(moments, min_size=1, max_size=5))
def test_after_any_statements(both: tuple[Path, Path], steps: list[Operation], recursive: bool, ats: list[int]) -> None:
    found = []
    for path in both:
        with closing(in_memory(path)) as connection:
            connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
            for step in steps:
                run_statement(connection, step)
            assert totals.check(connection) == []
            for at in ats:
                check_as_of(connection, at)
            found.append((kept(connection), connection.execute("SELECT * FROM queue_days").fetchall()))
    assert found[0] == found[1]


def seeded(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    seed(path, days=9, agents=12, seed=7, until=SEEDED_UNTIL)


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


@settings(max_examples=60)
@given(share=st.floats(0, 1), beside=st.sampled_from([-1, 0, 1]), late=st.booleans())
def test_on_a_floor_at_any_moment(
    floor: tuple[sqlite3.Connection, sqlite3.Connection, list[int]], share: float, beside: int, late: bool
) -> None:
    written, changed, moments = floor
    check_as_of(changed if late else written, moments[int(share * (len(moments) - 1))] + beside)


def test_the_recount_of_a_floor(floor: tuple[sqlite3.Connection, sqlite3.Connection, list[int]]) -> None:
    for connection in floor[:2]:
        assert totals.check(connection) == []
