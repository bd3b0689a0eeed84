"""What can be exported: rows of the call database by name, in columns that an import of the same kind takes back.

The tables that a site fills itself have the columns of their spec (`ccmon.database.table_specs`); calls, the states of
agents and totals have theirs in `ccmon.database.export_columns`. All rows of an export are read in one transaction, as
they are written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.export_columns import OF_AGENT, Export, Fields, agent_states, calls, without_comment
from ccmon.database.site import read_site
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.errors import CcmonError
from ccmon.model.site import Site
from ccmon.spelling import spelt, suggestion
from ccmon.time_units import NEVER

FILTER_KINDS = ("queue", "team", "client", "source")


class ExportedRows(NamedTuple):
    """An export that has been opened; its rows are read as they are asked for."""

    columns: tuple[ColumnSpec, ...]
    rows: Iterator[Sequence[Any]]
    total: int
    """How many rows there are; 0: not known."""
    site: Site
    sources: set[str]
    """The sources of the calls that have been read by now; of other rows nothing."""


class Asked(Struct, frozen=True):
    """Which rows are asked for."""

    since: int | None = None
    """The first moment; None: from the beginning."""
    until: int | None = None
    """The first moment that is too late; None: to the end, what is planned included."""
    queue: str | None = None
    team: str | None = None
    client: str | None = None
    source: str | None = None


@contextmanager
def open_export(path: Path, export: Export, asked: Asked) -> Iterator[ExportedRows]:
    """The rows of an export, all of one moment: in one transaction that lasts as long as the context.

    Raises:
        CcmonError: the database cannot be read, or there is no queue, team or client of a name that is asked for.
    """
    with open_for_reading(path) as connection:
        # A text that is no UTF-8 is a foreign program's: it must not keep the others from being exported.
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        database = Database(connection)
        with database.read_transaction():
            named = {kind: name for kind in FILTER_KINDS if (name := getattr(asked, kind)) is not None}
            filters = {kind: _found(database, kind, name) for kind, name in named.items()}
            bounds = {
                "since": -NEVER if asked.since is None else asked.since,
                "until": NEVER if asked.until is None else asked.until,
            }
            parameters = {**filters, **(bounds if export.moment else {})}
            sources: set[str] = set()
            total = _count(connection, export, filters, parameters)
            with closing(_rows(connection, export, filters, parameters, sources)) as rows:
                yield ExportedRows(export.columns, rows, total, read_site(connection), sources)


def _rows(
    connection: sqlite3.Connection, export: Export, filters: Fields, parameters: Fields, sources: set[str]
) -> Generator[Sequence[Any], None, None]:
    """The rows with their derived values; of calls, the sources are noted as they are read."""
    cursor = connection.execute(export.statement(filters), parameters)
    names = [name for name, *_ in cursor.description]
    if export.table == "calls":
        source_at = names.index("source")
        for row in cursor:
            sources.add(row[source_at])
            yield row
    elif export.derived is None:
        yield from cursor
    else:
        for row in cursor:
            yield (*row, *export.derived(dict(zip(names, row, strict=True))))


def _count(connection: sqlite3.Connection, export: Export, filters: Fields, parameters: Fields) -> int:
    if not export.table:
        return 0
    counting = sql("exported_count").format(table=export.table, conditions=export.conditions(filters))
    (count,) = connection.execute(counting, parameters).fetchone()
    return int(count)


def _found(database: Database, kind: str, name: str) -> int | str:
    """The row of a queue, team or client, or the name of a source; case and accents are ignored."""
    ids: Mapping[str, int | str]
    if kind == "source":
        ids = {source: source for source in database.values("sources_of_calls")}
    else:
        ids = database.pairs(f"names_of_{kind}s")
    found = spelt(name, ids)
    if found is not None:
        return ids[found]
    if not ids:
        raise CcmonError(f"There is no {kind} {name!r}: no {kind} is known.")
    raise CcmonError(f"There is no {kind} {name!r}; {suggestion(name, ids)}")


@cache
def kinds() -> Mapping[str, Export]:
    """Each kind of export by its name, in the order in which an import finds what rows name."""
    found = {}
    for spec in KINDS.values():
        if spec.name == "sales":
            found["calls"] = calls()
        found[spec.name] = agent_states() if spec.name == "agent-states" else _of_table(spec)
    return found


_MOMENTS = {"shifts": "starts_at"}
"""Moments by which rows are chosen, where the spec of the kind names none."""
_NARROWED_BY: Mapping[str, Mapping[str, str]] = {
    "sales": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_sale"},
    "surveys": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_survey"},
    "survey-invitations": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_survey"},
    "follow-ups": {"queue": "of_queue_of_call", **OF_AGENT},
    "call-reasons": {"queue": "of_queue_of_call"},
    "shifts": OF_AGENT,
    "queue-members": {"queue": "of_queue", "team": "of_team", "client": "of_client_of_queue"},
}


def _of_table(spec: TableSpec) -> Export:
    """The export of a table that a site fills itself."""
    table = spec.name.replace("-", "_")
    # Of columns for one value, the first.
    by_key = {column.key: column for column in reversed(spec.columns)}
    columns = tuple(column for column in spec.columns if by_key[column.key] is column)
    of_call = spec.name == "call-reasons"
    field = spec.moment_field or _MOMENTS.get(spec.name, "")
    moment = without_comment(sql("exported_moment_of_call")) if of_call else f"r.{field}" if field else ""
    query = without_comment(sql("exported_rows")).format(
        columns=", ".join(f'{_expression(spec, column)} AS "{column.name}"' for column in columns),
        table=table,
        conditions="{conditions}",
        order=", ".join([moment] * bool(moment) + _order(spec)),
    )
    return Export(
        spec.name,
        spec.help,
        columns,
        query,
        table,
        moment,
        "when their call came in" if of_call else field,
        _NARROWED_BY.get(spec.name, {}),
    )


def _expression(spec: TableSpec, column: ColumnSpec) -> str:
    """The value of a column in the query."""
    if column.name == "reference" and spec.has_id:
        return without_comment(sql("exported_survey_reference" if spec.name == "surveys" else "exported_reference"))
    if column.refers_to or not column.field:
        return without_comment(sql(f"exported_{column.refers_to or column.name}"))
    return f"r.{column.field}"


def _order(spec: TableSpec) -> list[str]:
    """The order of rows: that in which they came in, or by what they are known by; weekdays and periods in their own.

    It must not depend on the numbers of rows that an import gives anew in another order, such as those of calls.
    """
    if spec.keys[0] == ("reference",):
        return ["r.id"]
    column_of = {column.name: column for column in spec.columns}
    order = []
    for name in spec.keys[0]:
        column = column_of[name]
        words = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(column.words))
        order.append(f"CASE r.{column.field} {words} END" if words else _expression(spec, column))
        if column.refers_to == "call":
            order += [_expression(spec, column_of[of_call]) for of_call in ("source", "visit")]
    return order
