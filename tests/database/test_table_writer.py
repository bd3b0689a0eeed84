"""The kinds of tables: each spec fits its table in the database, and a program's rows are written in the same way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon.database.reference_names import ReferenceNames
from ccmon.database.row_checks import RejectedRowError
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.database.table_writer import TableWriter, WriteResult
from tests.databases import new_database, open_copy

NOW = 1_795_422_000_000


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("empty") / "calls.db", time_zone="Europe/Amsterdam")


@pytest.fixture
def connection(empty: Path) -> Iterator[sqlite3.Connection]:
    with open_copy(empty) as (_, opened):
        yield opened


@pytest.mark.parametrize("spec", KINDS.values(), ids=list(KINDS))
def test_each_spec_fits_its_table(connection: sqlite3.Connection, spec: TableSpec) -> None:
    table = spec.name.replace("-", "_")
    columns = {name: default for _, name, _, _, default, _ in connection.execute(f"PRAGMA table_info({table})")}
    assert set(spec.fields) <= set(columns)
    for field, default in spec.defaults.items():
        assert default is None or columns[field] in {None, str(default), f"'{default}'"}, field
    for statement in (spec.insert, spec.insert_if_new):
        connection.execute(f"EXPLAIN {statement}", spec.values(spec.blank))
    for key in spec.key_fields:
        connection.execute(f"EXPLAIN {spec.find(key)}", spec.blank)
    if set(spec.fields) - {"id", *spec.key_fields[0]}:
        connection.execute(f"EXPLAIN {spec.update}", spec.blank)


@pytest.mark.parametrize("spec", KINDS.values(), ids=list(KINDS))
def test_each_name_of_another_row_is_looked_up(connection: sqlite3.Connection, spec: TableSpec) -> None:
    named = [column for column in spec.columns if column.refers_to]
    assert set(spec.references) == set(named)
    names = ReferenceNames(connection)
    for what in {column.refers_to for column in named} - {"scope", "call"}:
        with pytest.raises(RejectedRowError, match=f"there is no {what} 'nobody'"):
            names.find(what, "nobody")


def test_a_row_that_is_there_stays_as_it_is_where_it_is_added_again(connection: sqlite3.Connection) -> None:
    tables = TableWriter(connection, now=NOW)
    tables.insert_trusted("customers", [{"id": 7, "reference": "K-7", "name": "Zoë", "phone": None}])
    tables.insert_trusted(
        "customers", [{"id": 7, "reference": "K-7", "name": "Somebody", "phone": "1"}, {"reference": "K-8"}]
    )
    assert connection.execute("SELECT id, name FROM customers ORDER BY id").fetchall() == [(7, "Zoë"), (8, None)]


def test_rows_are_added_with_what_each_of_them_says(connection: sqlite3.Connection) -> None:
    tables = TableWriter(connection, now=NOW)
    tables.insert_trusted("clients", [{"name": "Aurora"}])
    tables.insert_trusted("teams", [{"name": "Days", "client": "Aurora"}, {"name": "Nights"}])
    tables.insert_trusted("agents", [{"login": "eva", "team": "Nights"}, {"login": "omar", "active": 0}])
    tables.insert_trusted("quotas", [
        {"scope": "centre", "name": None, "period": "day", "starts_on": "2026-11-23", "sales": 9},
        {"scope": "agent", "name": "omar", "period": "day", "starts_on": "2026-11-23", "sales": 3},
    ])  # fmt: skip
    teams = connection.execute("SELECT name, client_id FROM teams ORDER BY id").fetchall()
    assert teams == [("Days", 1), ("Nights", None)]
    agents = connection.execute("SELECT login, team_id, active FROM agents ORDER BY id").fetchall()
    assert agents == [("eva", 2, 1), ("omar", None, 0)]
    scopes = connection.execute("SELECT scope, scope_id FROM quotas ORDER BY 1").fetchall()
    assert scopes == [("agent", 2), ("centre", 0)]
    with pytest.raises(RejectedRowError, match="there is no team 'Evenings'"):
        tables.insert_trusted("agents", [{"login": "ann"}, {"login": "ben", "team": "Evenings"}])
    assert connection.execute("SELECT count(*) FROM agents").fetchone() == (2,)


def test_a_row_is_known_by_its_number_before_its_key(connection: sqlite3.Connection) -> None:
    tables = TableWriter(connection, now=NOW)
    tables.insert_trusted("follow-ups", [{"id": 5, "due_at": NOW, "promised_at": NOW, "created_at": NOW - 1}])
    assert tables.upsert("follow-ups", {"id": 5, "outcome": "reached", "done_at": NOW}) is WriteResult.CHANGED
    assert tables.upsert("follow-ups", {"id": 5, "done_at": NOW}) is WriteResult.SAME
    ((done_at, promised_at, kind),) = connection.execute("SELECT done_at, promised_at, kind FROM follow_ups")
    assert (done_at, promised_at, kind) == (NOW, NOW, "call back")


def test_rows_are_changed_by_what_they_are_known_by(connection: sqlite3.Connection) -> None:
    tables = TableWriter(connection, now=NOW)
    tables.insert_trusted("agents", [{"login": "eva"}])
    tables.insert_trusted("sales", [{"sold_at": NOW, "amount_cents": cents} for cents in (100, 200)])
    tables.update_trusted("sales", [({"amount_cents": 200}, {"agent": "eva"})])
    for cancelled_at in (NOW + 60_000, NOW + 90_000, NOW + 30_000):
        tables.update_trusted("sales", [({"id": 1}, {"cancelled_at": cancelled_at})], earliest="cancelled_at")
    sales = connection.execute("SELECT agent_id, amount_cents, cancelled_at FROM sales ORDER BY id").fetchall()
    assert sales == [(None, 100, NOW + 30_000), (1, 200, None)]
    with pytest.raises(RejectedRowError, match="there is no agent 'omar'"):
        tables.update_trusted("sales", [({"id": 2}, {"agent": "eva"}), ({"id": 1}, {"agent": "omar"})])


def test_rows_name_a_visit_of_a_call(connection: sqlite3.Connection) -> None:
    connection.executescript(
        """INSERT INTO agents (id, login) VALUES (1, 'eva'), (2, 'omar');
        INSERT INTO calls (id, source, call_id, visit, agent_id, entered_at, answered_at)
        VALUES (1, 'log', 'c1', 1, 1, 1795421000000, 1795421010000),
            (2, 'log', 'c1', 2, 2, 1795421100000, 1795421110000);
        """
    )
    tables = TableWriter(connection, now=NOW)
    sale = {"sold_at": NOW, "amount_cents": 1}
    tables.upsert("sales", {**sale, "call": "c1", "source": "log"})
    tables.upsert("sales", {**sale, "call_id": 1})
    assert connection.execute("SELECT call_id, agent_id FROM sales ORDER BY id").fetchall() == [(2, 2), (1, None)]
