"""What can be exported: rows of the call database by name, in columns that an import of the same kind takes back.

The tables that a site fills itself have the columns of their spec (`ccmon.database.table_specs`); calls, the states of
agents and totals have theirs here. All rows of an export are read in one transaction, as they are written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.site import read_site
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS, CellType, ColumnSpec, TableSpec
from ccmon.errors import CcmonError
from ccmon.metrics import service_level
from ccmon.metrics.handling import average_handling
from ccmon.metrics.means import average
from ccmon.metrics.sales import conversion
from ccmon.model.site import Site
from ccmon.spelling import spelt, suggestion
from ccmon.time_units import NEVER

FILTER_KINDS = ("queue", "team", "client", "source")
Fields = Mapping[str, Any]
"""The values of a row by column."""


class Export(Struct, frozen=True):
    """One kind of export."""

    name: str
    help: str
    columns: tuple[ColumnSpec, ...]
    query: str
    """The query of the rows, in which ``{conditions}`` is still to be put in."""
    table: str = ""
    """The table whose rows are exported one by one; empty: rows are sums."""
    moment: str = ""
    """The moment by which rows are chosen, in the query; empty: all rows are exported."""
    moment_in_words: str = ""
    """The same for a person."""
    narrowed_by: Mapping[str, str] = {}
    """By kind of filter, the condition for it: a section of ``export.sql``."""
    derived: Callable[[Fields], Sequence[Any]] | None = None
    """Values of the last columns, computed from those before them."""

    def statement(self, filters: Fields) -> str:
        """The query for rows of some filters."""
        return self.query.replace("{conditions}", self.conditions(filters))

    def conditions(self, filters: Fields) -> str:
        """What the rows have to meet."""
        each = [sql(self.narrowed_by[kind]) for kind in filters]
        if self.moment:
            each.append(f"{self.moment} >= :since AND {self.moment} < :until")
        return " AND ".join(map(_without_comment, each)) or "true"


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


def _without_comment(text: str) -> str:
    """A section without the line that says what it is."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()


@cache
def kinds() -> Mapping[str, Export]:
    """Each kind of export by its name, in the order in which an import finds what rows name."""
    found = {}
    for spec in KINDS.values():
        if spec.name == "sales":
            found["calls"] = _calls()
        found[spec.name] = _of_table(spec)
    return {**found, "agent-states": _agent_states()}


TOTALS = ("queue-day", "queue-quarter", "agent-day")
"""What totals can be of."""


@cache
def totals(by: str) -> Export:
    """The export of totals by one of `TOTALS`."""
    return {"queue-day": _queue_days, "queue-quarter": _queue_quarters, "agent-day": _agent_days}[by]()


_MOMENTS = {"shifts": "starts_at"}
"""Moments by which rows are chosen, where the spec of the kind names none."""
_OF_AGENT = {"team": "of_team", "client": "of_client_of_team"}
_NARROWED_BY: Mapping[str, Mapping[str, str]] = {
    "sales": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_sale"},
    "surveys": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_survey"},
    "survey-invitations": {"queue": "of_queue_of_call", "team": "of_team", "client": "of_client_of_survey"},
    "follow-ups": {"queue": "of_queue_of_call", **_OF_AGENT},
    "call-reasons": {"queue": "of_queue_of_call"},
    "shifts": _OF_AGENT,
}


def _of_table(spec: TableSpec) -> Export:
    """The export of a table that a site fills itself."""
    table = spec.name.replace("-", "_")
    # Of columns for one value, the first.
    by_key = {column.key: column for column in reversed(spec.columns)}
    columns = tuple(column for column in spec.columns if by_key[column.key] is column)
    of_call = spec.name == "call-reasons"
    field = spec.moment_field or _MOMENTS.get(spec.name, "")
    moment = _without_comment(sql("exported_moment_of_call")) if of_call else f"r.{field}" if field else ""
    query = _without_comment(sql("exported_rows")).format(
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
        return _without_comment(sql("exported_survey_reference" if spec.name == "surveys" else "exported_reference"))
    if column.refers_to or not column.field:
        return _without_comment(sql(f"exported_{column.refers_to or column.name}"))
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


def _column(name: str, cell: CellType, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, cell, meaning, name)


_T = CellType


def _calls() -> Export:
    columns = (
        _column("call_id", _T.TEXT, "the source's own id of the call"),
        _column("visit", _T.COUNT, "1 for the first queue that the call entered, 2 for the next"),
        _column("source", _T.TEXT, "where the call comes from"),
        _column("direction", _T.TEXT, "inbound or outbound"),
        _column("queue", _T.TEXT, "name of the queue"),
        _column("campaign", _T.TEXT, "name of the campaign"),
        _column("agent", _T.TEXT, "login of the agent who answered or dialled"),
        _column("customer", _T.TEXT, "the customer's reference"),
        _column("caller", _T.TEXT, "the caller's number; outbound: the number dialled"),
        _column("caller_name", _T.TEXT, "as the source says"),
        _column("entered_at", _T.HAPPENED, "entered the queue; outbound: dialling began"),
        _column("answered_at", _T.HAPPENED, "was answered"),
        _column("ended_at", _T.HAPPENED, "left the queue unanswered, or the conversation ended; empty: not yet, or "
                "nobody has seen it"),
        _column("wrapped_up_at", _T.HAPPENED, "end of the agent's work after the call"),
        _column("hold", _T.LENGTH, "how long the caller was on hold"),
        _column("outcome", _T.TEXT, "answered, abandoned, timeout, no_agents, incompatible, exit_key, withdrawn, "
                "blocked or unknown"),
        _column("ended_by", _T.TEXT, "caller, agent, transfer or system"),
        _column("disposition", _T.TEXT, "the agent's result code"),
        _column("right_party", _T.FLAG, "outbound: whether the person sought was reached"),
        _column("wait", _T.LENGTH, "from entry to answer or end, in whole seconds"),
        _column("talk", _T.LENGTH, "conversation, hold left out"),
        _column("wrap_up", _T.LENGTH, "work after the call"),
    )  # fmt: skip
    narrowed_by = {"queue": "of_queue", "team": "of_team", "client": "of_client_of_call", "source": "of_source"}
    query = _without_comment(sql("exported_calls"))
    return Export("calls", "calls, one row for each visit to a queue", columns, query, "calls", "r.entered_at",
                  "entered_at", narrowed_by)  # fmt: skip


def _agent_states() -> Export:
    columns = (
        _column("agent", _T.TEXT, "login of the agent"),
        _column("name", _T.TEXT, "name of the agent"),
        _column("team", _T.TEXT, "the agent's team"),
        _column(
            "state", _T.TEXT, "ready, ringing, dialling, talking, hold, wrap_up, paused, unavailable or logged_out"
        ),
        _column("reason", _T.TEXT, "of a pause"),
        _column("started_at", _T.HAPPENED, "start"),
        _column("ended_at", _T.HAPPENED, "end; empty: still"),
        _column("length", _T.LENGTH, "from start to end"),
        _column("call", _T.TEXT, "call id of the call that it belongs to"),
        _column("source", _T.TEXT, "who says so; empty: another program"),
    )
    query = _without_comment(sql("exported_agent_states"))
    return Export("agent-states", "what agents did, interval by interval", columns, query, "agent_states",
                  "r.started_at", "started_at", _OF_AGENT)  # fmt: skip


_DAY = _column("day", _T.PLANNED_DAY, "business day")
_QUEUE = _column("queue", _T.TEXT, "name of the queue")
_QUEUE_TOTALS = (
    _column("offered", _T.COUNT, "visits that entered"),
    _column("answered", _T.COUNT, "of these, answered"),
    _column("answered_in_threshold", _T.COUNT, "of the answered, within the threshold of the day"),
    _column("answered_without_wait", _T.COUNT, "of the answered, those of whom nobody says when: in neither part of "
            "the service level and of the speed of answer"),
    _column("abandoned", _T.COUNT, "the caller hung up while waiting, short abandons included"),
    _column("short_abandoned", _T.COUNT, "of these, within the short-abandon limit of the day"),
    _column("timed_out", _T.COUNT, "waited too long, moved on by the system"),
    _column("no_agents", _T.COUNT, "nobody there to answer, or the telephones did not fit"),
    _column("diverted", _T.COUNT, "chose another way: a key, a callback"),
    _column("unknown", _T.COUNT, "their end was not seen, and they had not been answered"),
    _column("answered_wait", _T.LENGTH, "waits of the answered, together"),
    _column("abandoned_wait", _T.LENGTH, "waits of the abandoned, together; short abandons left out"),
    _column("handled", _T.COUNT, "answered visits that have ended, wrap-up included, and whose length is known"),
    _column("cut_off", _T.COUNT, "of the answered, those whose end was not seen: their length is unknown"),
    _column("talk", _T.LENGTH, "talk of the handled, together; hold left out"),
    _column("hold", _T.LENGTH, "hold of the handled"),
    _column("wrap_up", _T.LENGTH, "wrap-up of the handled"),
    _column("service_level_threshold", _T.LENGTH, "target of the day: answered within this time is in time"),
    _column("service_level_target", _T.SHARE, "target of the day: share to be answered in time"),
    _column("short_abandon", _T.LENGTH, "who hangs up within this time does not count"),
    _column("service_level", _T.SHARE, "share answered in time (section 4 of metrics.md)"),
    _column("abandonment_rate", _T.SHARE, "share abandoned, without short abandons (section 3)"),
    _column("speed_of_answer", _T.LENGTH, "mean wait of the answered (section 5)"),
    _column("handling_time", _T.LENGTH, "mean talk, hold and wrap-up of the handled (section 7)"),
)  # fmt: skip
_OF_QUEUE = {"queue": "of_queue", "client": "of_client_of_queue"}


def _queue_figures(row: Fields) -> Sequence[float | None]:
    """The last columns of a queue's totals."""
    after_wait = row["answered"] - row["answered_without_wait"]
    lost = service_level.lost(
        abandoned=row["abandoned"],
        short_abandoned=row["short_abandoned"],
        released=row["timed_out"] + row["no_agents"],
    )
    finished = sum(row[name] for name in ("answered", "abandoned", "timed_out", "no_agents", "diverted"))
    return (
        service_level.service_level(answered_in_threshold=row["answered_in_threshold"], answered=after_wait, lost=lost),
        service_level.abandonment_rate(
            abandoned=row["abandoned"], short_abandoned=row["short_abandoned"], finished=finished
        ),
        average(row["answered_wait"], after_wait),
        average_handling(row["talk"], row["hold"], row["wrap_up"], row["handled"]),
    )


def _queue_days() -> Export:
    return Export("totals", "totals of queues by business day", (_DAY, _QUEUE, *_QUEUE_TOTALS),
                  _without_comment(sql("exported_queue_days")), "", "d.starts_at", "when the day starts",
                  _OF_QUEUE, _queue_figures)  # fmt: skip


def _queue_quarters() -> Export:
    starts_at = _column("starts_at", _T.HAPPENED, "start of the quarter of an hour")
    # With a plus, quarters are found by their day: else all of a queue would be looked through for each day.
    return Export("totals", "totals of queues by quarter of an hour", (_DAY, starts_at, _QUEUE, *_QUEUE_TOTALS),
                  _without_comment(sql("exported_queue_quarters")), "", "+r.quarter_at", "starts_at",
                  _OF_QUEUE, _queue_figures)  # fmt: skip


def _agent_figures(row: Fields) -> Sequence[float | None]:
    """The last columns of an agent's totals."""
    talk, hold, wrap_up = (row[f"inbound_{part}"] + row[f"outbound_{part}"] for part in ("talk", "hold", "wrap_up"))
    return (
        average_handling(talk, hold, wrap_up, row["inbound"] + row["outbound"]),
        conversion(row["converted"], row["sales_calls"]),
    )


def _agent_days() -> Export:
    columns = (
        _DAY,
        _column("agent", _T.TEXT, "login of the agent; empty: nobody is known"),
        _column("name", _T.TEXT, "name of the agent"),
        _column("team", _T.TEXT, "the agent's team"),
        _column("inbound", _T.COUNT, "handled inbound calls"),
        _column("outbound", _T.COUNT, "handled outbound calls"),
        _column("inbound_talk", _T.LENGTH, "talk of the inbound, hold left out"),
        _column("inbound_hold", _T.LENGTH, "hold of the inbound"),
        _column("inbound_wrap_up", _T.LENGTH, "wrap-up of the inbound"),
        _column("outbound_talk", _T.LENGTH, "talk of the outbound, hold left out"),
        _column("outbound_hold", _T.LENGTH, "hold of the outbound"),
        _column("outbound_wrap_up", _T.LENGTH, "wrap-up of the outbound"),
        _column("missed", _T.COUNT, "missed calls that rang for a second or more"),
        _column("ready", _T.LENGTH, "ready, in intervals that have ended, as the next three"),
        _column("paused", _T.LENGTH, "paused"),
        _column("talking", _T.LENGTH, "talking or hold"),
        _column("other", _T.LENGTH, "ringing, dialling, wrap-up or unavailable"),
        _column("hold", _T.LENGTH, "of talking, the state hold"),
        _column("wrap_up", _T.LENGTH, "of other, the state wrap-up"),
        _column("sales_calls", _T.COUNT, "answered calls of sales queues, and right-party contacts"),
        _column("converted", _T.COUNT, "of these, distinct calls with a sale that stands; a sale without a known call "
                "is one of its own"),
        _column("sales", _T.COUNT, "sales that stand"),
        _column("revenue", _T.COST, "their amounts, in the site's currency"),
        _column("handling_time", _T.LENGTH, "mean talk, hold and wrap-up of the handled calls (section 7 of "
                "metrics.md)"),
        _column("conversion", _T.SHARE, "converted of the sales calls (section 8.1)"),
    )  # fmt: skip
    return Export("totals", "totals of agents by business day", columns, _without_comment(sql("exported_agent_days")),
                  "", "d.starts_at", "when the day starts", _OF_AGENT, _agent_figures)  # fmt: skip
