"""The totals: checked by a full recount, rebuilt from the rows, and suspended during a bulk load.

Triggers keep the totals right whoever writes. The queries ``recount_<table>`` count the same from the rows alone, by
aggregation; `check` compares the two and `rebuild` replaces the totals by the recount. Both are generated from one
definition of each total (`ccmon.database.total_sql`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from ccmon.database.connection import transaction
from ccmon.database.driver import Database
from ccmon.database.sql_files import split, sql, statements

if TYPE_CHECKING:
    from ccmon.database.total_sql.definitions import DerivedTable, Total

_LOGGED_WITHOUT_TOTALS = (
    "queue_members",
    "queue_pauses",
    "customers",
    "call_reasons",
    "follow_ups",
    "shifts",
    "quotas",
)
"""Tables without totals: their triggers note each row in the change log; a bulk load is noted there as a whole."""
_ANSWERS = ("surveys", "survey_invitations")
"""Their triggers count answers; a first load counts them once all are there."""
_COUNTED_ANSWERS = ("counted_answers", "counted_invitations")

_MOST_RANGES = 6
"""Touched days in more ranges than this are recounted as one: each range scans the states before it."""

_Row = tuple[Any, ...]


class MomentRange(NamedTuple):
    """From one moment to another: a business day, several that follow each other, or what holds all of them.

    A row of ``touched_business_days`` and of ``counted_range``.
    """

    starts_at: int
    ends_at: int


ALWAYS = MomentRange(0, 2**62)
"""Holds every business day."""


class Difference(Struct, frozen=True):
    """A figure of the totals that differs from a recount of the rows."""

    table: str
    key: _Row
    column: str
    stored: int
    recounted: int


def check(connection: sqlite3.Connection) -> list[Difference]:
    """Recount everything and compare; empty if every total agrees. A row of zeros equals a missing row.

    Runs in one read transaction, so that concurrent commits do not look like differences.
    """
    with nullcontext() if connection.in_transaction else transaction(connection, "BEGIN"):
        days = Database(connection).one_row("counted_range", MomentRange)  # the calendar holds 71 years
        found = [difference for total in _checked() for difference in _differences(connection, total, days)]
        missing = connection.execute(sql("missing_queue_days")).fetchall()
    return found + [Difference("queue_days", day, "targets", 0, 1) for day in missing]


def checked_tables() -> list[str]:
    """The tables of which `check` compares the rows."""
    return [*dict.fromkeys(total.table for total in _checked()), "queue_days"]


def rebuild(connection: sqlite3.Connection, *, recompute_targets: bool = False) -> None:
    """Replace all totals by a recount, inside the caller's transaction.

    Args:
        connection: in a transaction that writes.
        recompute_targets: first give all past days the queues' present targets (metrics.md 1.9).
    """
    with _without_triggers(connection, *_base_tables()):
        with _without_triggers(connection, "queue_days"):
            connection.execute(sql("delete_lost_queue_days"))
            if recompute_targets:
                connection.execute(sql("reset_queue_days"))
        _recount(connection, ALWAYS)
    _recount_answers(connection)


@contextmanager
def bulk_load(connection: sqlite3.Connection, *, appends_to: str | None = None) -> Iterator[None]:
    """Load many rows fast, inside the caller's transaction; then count them in the totals, set by set.

    For imports of more than some thousand rows: business days in which the body changes existing rows, or adds sales,
    are recounted as a whole. Others see nothing of it before the commit. If the body raises, the caller must roll back.
    The body must not change anything else that totals depend on: targets, the purpose of a queue, the currency.

    Args:
        connection: in a transaction that writes.
        appends_to: the body only inserts rows into this table, without ids and without conflicts.
    """
    database = Database(connection)
    has_answers = bool(database.values("some_answer"))
    written = (
        [*_base_tables(), *_LOGGED_WITHOUT_TOTALS, *(() if has_answers else _ANSWERS)]
        if appends_to is None
        else [appends_to]
    )
    is_first = appends_to is None and not database.values("some_counted_row")
    with _without_triggers(connection, *written):
        cursor = connection.execute(sql("newest_rows"))
        newest = dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True))
        with _touched_hours(connection, newest if appends_to is None else {}):
            yield
        if is_first and database.values("some_sale"):
            recounted = [database.one_row("counted_range", MomentRange)]
            _recount(connection, *recounted)
        else:
            recounted = _count_touched(connection, newest)
        connection.execute(sql("drop_touched"))
        if has_answers:
            _correct_answers(connection, recounted, newest)
        else:
            _recount_answers(connection)


def _count_touched(connection: sqlite3.Connection, newest: Mapping[str, int]) -> list[MomentRange]:
    """Count what `_touched_hours` has noted, and the new rows; return the ranges that are recounted as a whole."""
    database = Database(connection)
    connection.execute(sql("touched_by_new_sales"), newest)
    recounted = _joined(database.rows("touched_business_days", MomentRange))
    for statement in statements("touched_by_new_rows"):
        connection.execute(statement, newest)
    touched = database.rows("touched_business_days", MomentRange)
    for days in recounted:
        _recount(connection, days)
    for days in _between(touched, recounted):
        _add_new_rows(connection, days, newest)
    return recounted


@contextmanager
def _touched_hours(connection: sqlite3.Connection, newest: Mapping[str, int]) -> Iterator[None]:
    """Note in a temporary table the hours of existing rows (up to the newest of each table) that the body touches.

    A rollback removes what is created for it.
    """
    from ccmon.database.total_sql.triggers import track_touched_hours  # noqa: PLC0415 (as in `_totals`)

    connection.execute(sql("create_touched"))
    for statement in split(track_touched_hours(newest)):
        connection.execute(statement)
    connection.execute("PRAGMA recursive_triggers = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA recursive_triggers = OFF")
    for statement in statements("untrack_touched_hours"):
        connection.execute(statement)


def _add_new_rows(connection: sqlite3.Connection, days: MomentRange, newest: Mapping[str, int]) -> None:
    """Count the rows that are new in the business days of a range."""
    parameters = {"first_at": days.starts_at, "last_at": days.ends_at, **newest}
    connection.execute(sql("keep_new_calls"), parameters)
    with _without_triggers(connection, "queue_days"):
        connection.execute(sql("insert_new_queue_days"))
    for statement in statements("add_new_rows"):
        connection.execute(statement, parameters)
    connection.execute(sql("drop_new_calls"))


def _recount(connection: sqlite3.Connection, days: MomentRange) -> None:
    """Count the totals of the business days of a range anew."""
    parameters = {"first_at": days.starts_at, "last_at": days.ends_at}
    with _without_triggers(connection, "queue_days"):
        connection.execute(sql("insert_missing_queue_days"), parameters)
    for statement in statements("delete_totals"):
        connection.execute(statement, parameters)
    for table, total in _totals().items():
        if table != "purchase_days":
            connection.execute(f"INSERT INTO {table} ({_names(total)}) {sql(f'recount_{table}')}", parameters)
    if days == ALWAYS or not Database(connection).values("some_purchase_day"):
        _recount_purchases(connection)
    else:
        for statement in statements("correct_purchases"):
            connection.execute(statement, parameters)


def _recount_purchases(connection: sqlite3.Connection) -> None:
    """Recount all purchases, set by set."""
    with _without_triggers(connection, "purchase_days", "customer_purchases"):
        for statement in statements("delete_purchases"):
            connection.execute(statement)
        connection.execute(sql("recount_purchases"), {"first_at": ALWAYS.starts_at, "last_at": ALWAYS.ends_at})
        for total in _derived():
            if total.table != "purchase_days":
                connection.execute(f"INSERT INTO {total.table} ({_names(total)}) {sql(f'recount_{total.name}')}")


def _base_tables() -> list[str]:
    from ccmon.database.total_sql.definitions import BASE_TABLES  # noqa: PLC0415 (as in `_totals`)

    return [counted.table for counted in BASE_TABLES]


def _recount_answers(connection: sqlite3.Connection) -> None:
    """Recount all answers and invitations."""
    some = bool(Database(connection).values("some_answer"))
    with _without_triggers(connection, *(_COUNTED_ANSWERS if some else ())):
        for statement in statements("recount_answers"):
            connection.execute(statement)


def _correct_answers(connection: sqlite3.Connection, changed: Iterable[MomentRange], newest: Mapping[str, int]) -> None:
    """Count answers and invitations anew: those of ranges of business days, of new calls, of calls that are gone."""
    for days in changed:
        for statement in statements("recount_answers_of_stretch"):
            connection.execute(statement, {"first_at": days.starts_at, "last_at": days.ends_at})
    for statement in statements("recount_answers_without_call"):
        connection.execute(statement)
    connection.execute(sql("recount_answers_of_new_calls"), newest)


def _checked() -> list[Total | DerivedTable]:
    return [*_totals().values(), *_derived(), *_counted_answers()]


def _totals() -> Mapping[str, Total]:
    """What is counted in each table of totals, by the table's name."""
    from ccmon.database.total_sql.definitions import TOTALS  # noqa: PLC0415 (a live screen starts without them)

    return TOTALS


def _derived() -> Sequence[DerivedTable]:
    """What is derived from purchase days, in the order in which it is counted."""
    from ccmon.database.total_sql.definitions import DERIVED_TABLES  # noqa: PLC0415 (as in `_totals`)

    return DERIVED_TABLES


def _counted_answers() -> Sequence[DerivedTable]:
    from ccmon.database.total_sql import definitions  # noqa: PLC0415 (as in `_totals`)

    return definitions.COUNTED_ANSWERS, definitions.COUNTED_INVITATIONS


def _joined(days: Iterable[MomentRange]) -> list[MomentRange]:
    """Days that follow each other as one range; one range over all of them where there are many."""
    ranges: list[MomentRange] = []
    for day in days:
        if ranges and ranges[-1].ends_at == day.starts_at:
            ranges[-1] = ranges[-1]._replace(ends_at=day.ends_at)
        else:
            ranges.append(day)
    if len(ranges) <= _MOST_RANGES:
        return ranges
    first, *_, last = ranges
    return [MomentRange(first.starts_at, last.ends_at)]


def _between(days: Iterable[MomentRange], ranges: Sequence[MomentRange]) -> list[MomentRange]:
    """The days outside some ranges, as one range wherever none of those lies between them."""
    found: dict[int, MomentRange] = {}
    for day in days:
        place = sum(known.starts_at <= day.starts_at for known in ranges)
        if not place or ranges[place - 1].ends_at <= day.starts_at:
            found[place] = found.get(place, day)._replace(ends_at=day.ends_at)
    return list(found.values())


@contextmanager
def _without_triggers(connection: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """Remove the triggers of some tables for a while; a rollback also brings them back.

    What is written meanwhile is noted in the change log as a whole.
    """
    if not connection.in_transaction:
        raise sqlite3.ProgrammingError("the totals can only be rebuilt inside a transaction")
    database = Database(connection)
    triggers: dict[str, str] = {}
    for table in tables:
        triggers |= database.pairs("total_triggers", {"table": table})
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER main.{trigger}")
    connection.execute(sql("note_everything"))
    yield
    for statement in statements("delete_replaced_rows"):
        connection.execute(statement)
    for definition in triggers.values():
        connection.execute(definition)


def _names(total: Total | DerivedTable) -> str:
    return ", ".join((*total.keys, *total.columns))


def _differences(
    connection: sqlite3.Connection, total: Total | DerivedTable, days: MomentRange
) -> Iterator[Difference]:
    parameters = {"first_at": days.starts_at, "last_at": days.ends_at}
    for row in connection.execute(sql(f"differences_{total.name}"), parameters):
        key, counts = row[: len(total.keys)], iter(row[len(total.keys) :])
        for column, stored, recounted in zip(total.columns, counts, counts, strict=True):
            if stored != recounted:
                yield Difference(total.table, key, column, stored, recounted)
