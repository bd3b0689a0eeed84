"""Write the changes of the state machine as rows, many at a time, inside the writer's transaction.

Numbers of new rows are assigned here, not by SQLite, so that states can name calls written in the same batch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from operator import attrgetter
from typing import Any, NamedTuple

from ccmon.calls.records import Interval, MembershipInterval, MissedCall, PauseInterval, StateInterval, Visit
from ccmon.database.bulk_insert import deferred_checks, insert_columns
from ccmon.database.driver import Database
from ccmon.database.sql_files import numbered, sql


class NameIds:
    """Row numbers of queues, agents and campaigns by name; a new name gets a row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = database = Database(connection)
        self.queues: dict[str, int] = database.pairs("load_queues")
        self.agents: dict[str, int] = database.pairs("load_agents")
        self.campaigns: dict[str, int] = database.pairs("names_of_campaigns")

    def queue(self, name: str) -> int:
        """Row number of a queue."""
        return self.queues.get(name) or self._new(self.queues, "insert_queue_name", name)

    def agent(self, login: str) -> int:
        """Row number of an agent."""
        return self.agents.get(login) or self._new(self.agents, "insert_agent_login", login)

    def campaign(self, name: str) -> int:
        """Row number of a campaign."""
        return self.campaigns.get(name) or self._new(self.campaigns, "insert_campaign_name", name)

    @staticmethod
    def ids(known: dict[str, int], number: Callable[[str], int], names: Iterable[str | None]) -> list[int | None]:
        """Row numbers of many names; None for None."""
        return [None if name is None else known.get(name) or number(name) for name in names]

    def _new(self, known: dict[str, int], query: str, name: str) -> int:
        number: int = self._database.value(query, (name,))
        known[name] = number
        return number


_Change = Visit | Interval | MissedCall
_Row = dict[str, Any]
_AGENT, _QUEUE, _CAMPAIGN, _VISIT = map(attrgetter, ("agent", "queue", "campaign", "visit"))


_FIELDS = {
    kind: (kind.__match_args__, attrgetter(*kind.__match_args__))
    for kind in (Visit, StateInterval, MembershipInterval, PauseInterval, MissedCall)
}


def row_of(change: _Change, names: NameIds, source: str | None = None) -> _Row:
    """The fields of a change by name, with row numbers for names: the values of its statements."""
    fields, values = _FIELDS[type(change)]
    row: _Row = dict(zip(fields, values(change), strict=True))
    row["source"] = source
    row["agent_id"] = None if change.agent is None else names.agent(change.agent)
    if isinstance(change, (StateInterval, MissedCall)):
        row["call_id"] = None if change.visit is None else change.visit.row_id
    if not isinstance(change, StateInterval):
        row["queue_id"] = None if change.queue is None else names.queue(change.queue)
    if isinstance(change, Visit):
        row["campaign_id"] = None if change.campaign is None else names.campaign(change.campaign)
    return row


def _write(connection: sqlite3.Connection, query: str, changes: Sequence[_Change], names: NameIds, source: str) -> int:
    """Execute a query for each change, with values as in `row_of`; return how many rows were written."""
    text, parameters = numbered(query)
    columns = [_column(name, changes, names, source) for name in parameters]
    return connection.executemany(text, zip(*columns, strict=True)).rowcount


def _insert(connection: sqlite3.Connection, query: str, changes: Sequence[_Change], names: NameIds, source: str) -> int:
    """Insert a row for each change; return how many rows were written."""
    _, parameters = numbered(query)
    columns = [_column(name, changes, names, source) for name in parameters]
    return insert_columns(connection, query, columns)


def _column(name: str, changes: Sequence[_Change], names: NameIds, source: str) -> Sequence[Any]:
    """The values of one parameter for all changes; `row_of` gives all values of one change."""
    match name:
        case "source":
            return [source] * len(changes)
        case "agent_id":
            return names.ids(names.agents, names.agent, map(_AGENT, changes))
        case "queue_id":
            return names.ids(names.queues, names.queue, map(_QUEUE, changes))
        case "campaign_id":
            return names.ids(names.campaigns, names.campaign, map(_CAMPAIGN, changes))
        case "call_id" if isinstance(changes[0], (StateInterval, MissedCall)):
            return [visit and visit.row_id for visit in map(_VISIT, changes)]
    return list(map(attrgetter(name), changes))


def write_visits(
    connection: sqlite3.Connection, names: NameIds, source: str, visits: list[Visit]
) -> tuple[int, set[str]]:
    """Insert new visits, update known ones; return how many were new, and the calls with renumbered visits."""
    inserts: list[Visit] = []
    updates: list[Visit] = []
    next_id: int = Database(connection).value("next_call_id")
    for visit in visits:
        visit.changed = False
        if visit.row_id is not None:
            updates.append(visit)
        else:
            visit.row_id = next_id
            next_id += 1
            inserts.append(visit)
    renumbered: set[str] = set()
    oldest = min([next_id - len(inserts), *filter(None, map(attrgetter("row_id"), updates))])
    with deferred_checks(connection, "calls", len(inserts), oldest=oldest):
        if updates:
            _write(connection, "update_call", updates, names, source)
        if inserts and _insert(connection, "insert_call", inserts, names, source) != len(inserts):
            renumbered = _write_again(connection, [(visit, row_of(visit, names, source)) for visit in inserts])
    return len(inserts), renumbered


def _write_again(connection: sqlite3.Connection, written: list[tuple[Visit, _Row]]) -> set[str]:
    """Renumber visits whose number their call had used before it was deleted: all visits of the call get the next ones.

    Returns the calls.
    """
    database = Database(connection)
    calls = {visit.call_id for visit, _ in written if database.value_or_none("call_exists", (visit.row_id,)) is None}
    again = [(visit, row) for visit, row in written if visit.call_id in calls]
    connection.executemany(sql("delete_call"), [(visit.row_id,) for visit, _ in again])
    for visit, row in again:
        visit.number = database.value("insert_call_renumbered", row)
    return calls


class _Queries(NamedTuple):
    """Names of the queries that write one kind of interval."""

    next_id: str
    insert: str
    end: str
    end_other: str
    """Ends intervals that another source left running."""
    delete: str = ""
    """Deletes an interval that lasted no time; empty: it is kept."""
    table: str = ""
    """The table, if many intervals are checked together; else empty."""


_QUERIES: dict[type, _Queries] = {
    StateInterval: _Queries(
        "next_state_id", "insert_state", "end_state", "end_other_state", "delete_state", "agent_states"
    ),
    MembershipInterval: _Queries("next_member_id", "insert_member", "end_member", "end_other_member"),
    PauseInterval: _Queries("next_pause_id", "insert_pause", "end_pause", "end_other_pause", "delete_pause"),
}


def insert_interval(connection: sqlite3.Connection, names: NameIds, source: str, interval: Interval) -> None:
    """Insert an interval that began earlier; if it still runs, it ends what another source left running."""
    queries, row = _QUERIES[type(interval)], row_of(interval, names, source)
    if interval.ended_at is None:
        connection.execute(sql(queries.end_other), row)
    connection.execute(sql(queries.insert), row)


def write_intervals(connection: sqlite3.Connection, names: NameIds, source: str, intervals: Sequence[Interval]) -> None:
    """Insert or end intervals of one kind; delete those that lasted no time."""
    queries = _QUERIES[type(intervals[0])]
    inserts: list[Interval] = []
    ends: list[Interval] = []
    deletes: list[tuple[int]] = []
    next_id: int = Database(connection).value(queries.next_id)
    for interval in intervals:
        interval.changed = False
        dropped = queries.delete and interval.ended_at == interval.started_at
        if interval.row_id is not None:
            if dropped:
                deletes.append((interval.row_id,))
            elif interval.ended_at is not None or not queries.delete:
                ends.append(interval)
        elif not dropped:
            interval.row_id = next_id
            next_id += 1
            inserts.append(interval)
    if deletes:
        connection.executemany(sql(queries.delete), deletes)
    if ends:
        _write(connection, queries.end, ends, names, source)
    if inserts:
        running = [interval for interval in inserts if interval.ended_at is None]
        if running:
            _write(connection, queries.end_other, running, names, source)
        with deferred_checks(connection, queries.table, len(inserts)) if queries.table else nullcontext():
            _insert(connection, queries.insert, inserts, names, source)


def write_missed(connection: sqlite3.Connection, names: NameIds, missed: list[MissedCall]) -> None:
    """Insert missed calls."""
    _insert(connection, "insert_missed_call", missed, names, "")
