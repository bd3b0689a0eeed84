"""What an export is; and those whose columns no spec of an import describes: calls, the states of agents, totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from ccmon.database.cell_types import CellType
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import ColumnSpec
from ccmon.metrics import service_level
from ccmon.metrics.handling import average_handling
from ccmon.metrics.means import average
from ccmon.metrics.sales import conversion

Fields = Mapping[str, Any]
"""The values of a row by column."""
OF_AGENT = {"team": "of_team", "client": "of_client_of_team"}
"""What narrows rows that have an agent."""


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
        return " AND ".join(map(without_comment, each)) or "true"


def without_comment(text: str) -> str:
    """A section without the line that says what it is."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()


TOTALS = ("queue-day", "queue-quarter", "agent-day")
"""What totals can be of."""


@cache
def totals(by: str) -> Export:
    """The export of totals by one of `TOTALS`."""
    return {"queue-day": _queue_days, "queue-quarter": _queue_quarters, "agent-day": _agent_days}[by]()


def _column(name: str, cell: CellType, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, cell, meaning, name)


_T = CellType


def calls() -> Export:
    """The export of calls."""
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
    query = without_comment(sql("exported_calls"))
    return Export("calls", "calls, one row for each visit to a queue", columns, query, "calls", "r.entered_at",
                  "entered_at", narrowed_by)  # fmt: skip


def agent_states() -> Export:
    """The export of what agents did."""
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
        _column("visit", _T.COUNT, "which visit of that call"),
        _column("call_source", _T.TEXT, "source of that call"),
        _column("source", _T.TEXT, "who says so; empty: another program"),
    )
    query = without_comment(sql("exported_agent_states"))
    return Export("agent-states", "what agents did, interval by interval", columns, query, "agent_states",
                  "r.started_at", "started_at", OF_AGENT)  # fmt: skip


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
                  without_comment(sql("exported_queue_days")), "", "d.starts_at", "when the day starts",
                  _OF_QUEUE, _queue_figures)  # fmt: skip


def _queue_quarters() -> Export:
    starts_at = _column("starts_at", _T.HAPPENED, "start of the quarter of an hour")
    # With a plus, quarters are found by their day: else all of a queue would be looked through for each day.
    return Export("totals", "totals of queues by quarter of an hour", (_DAY, starts_at, _QUEUE, *_QUEUE_TOTALS),
                  without_comment(sql("exported_queue_quarters")), "", "+r.quarter_at", "starts_at",
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
    return Export("totals", "totals of agents by business day", columns, without_comment(sql("exported_agent_days")),
                  "", "d.starts_at", "when the day starts", OF_AGENT, _agent_figures)  # fmt: skip
