"""The kinds of tables that a site fills itself: the only description of their columns, keys and checks.

It defines the statements with which `ccmon.database.table_writer` finds, inserts and updates rows, the parsers with
which `ccmon.sources.table` reads cells, and the text of ``docs/tables.md``. The names of kinds and columns are public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ccmon.database import row_checks
from ccmon.database.cell_types import CellType
from ccmon.database.row_checks import Fields
from ccmon.database.sql_files import sql
from ccmon.metrics.opening_hours import CLOSED, WEEKDAYS
from ccmon.model.queues import USUAL_SHORT_ABANDON_MS, USUAL_THRESHOLD_MS, Purpose

_REFERRED = ("client", "team", "queue", "campaign", "reason", "scope", "call", "agent", "customer")


class ColumnSpec(Struct, frozen=True, eq=False):
    """One column of a kind."""

    name: str
    type: CellType
    help: str
    field: str
    """The column of the database's table; for a reference, the one with the row's number. Empty: none."""
    required: bool = False
    """True: each row must have it."""
    default: Any = None
    """The value of a new row that does not give one."""
    derived: bool = False
    """True: a missing value follows from the row's other columns, so an empty cell removes nothing."""
    decides: bool = False
    """True: without it a row would mean the opposite, so a row with an impossible cell is rejected."""
    follows: str = ""
    """Column of a moment which one of the type HAPPENED_LATER follows: a day alone that is its day means it."""
    above_zero: bool = False
    """True: a length or a number cannot be 0."""
    in_seconds: bool = False
    """True: people name this length in seconds, such as 60 s and not 1 min."""
    words: tuple[str, ...] = ()
    """The words that a cell of the type WORD may hold."""
    refers_to: str = ""
    """What the cell names: client, team, queue, campaign, reason, agent, customer, call; "scope": as the scope says."""
    of_call: str = ""
    """Field of `ccmon.database.table_writer.ReferencedCall` to use if the row names a call and this cell is empty."""

    @property
    def key(self) -> str:
        """The key of the column's value in a row: the field, or for a reference the column's own name."""
        return self.name if self.refers_to else self.field or self.name


class TableSpec(Struct, frozen=True, eq=False, dict=True):
    """One kind of table."""

    name: str
    help: str
    keys: tuple[tuple[str, ...], ...]
    """What identifies a row: the first of these groups of columns that it has in full."""
    columns: tuple[ColumnSpec, ...]
    has_id: bool = True
    """False: the first key is the primary key of the database's table."""
    moment_field: str = ""
    """Field of a moment that cannot be long before the row's call."""
    ordered_fields: tuple[tuple[str, str], ...] = ()
    """Pairs of fields; the second cannot be before the first."""
    in_turn: bool = False
    """True: rows of one agent (and queue) follow each other, and belong to the source that reported them."""
    derive: Callable[[Fields, int], None] = lambda row, now: None
    """Fills in missing values of a row; the second argument is now."""
    check: Callable[[Fields], None] = lambda row: None
    """Raises RejectedRowError for a row that makes no sense."""

    @property
    def singular(self) -> str:
        """The word for one row."""
        return self.name.removesuffix("s").replace("-", " ")

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Columns of the database's table."""
        named = dict.fromkeys(column.field for column in self.columns if column.field)
        return ("id", *named) if self.has_id else tuple(named)

    @cached_property
    def defaults(self) -> Fields:
        """The default values of a new row."""
        optional = (column for column in self.columns if column.field and not column.required and not column.derived)
        return {column.field: column.default for column in optional}

    @cached_property
    def blank(self) -> Fields:
        """A new row without any given values."""
        return dict.fromkeys(self.fields) | self.defaults

    @cached_property
    def key_fields(self) -> tuple[tuple[str, ...], ...]:
        """The fields of each key."""
        field_of = {column.name: column.field for column in self.columns}
        return tuple(tuple(field_of[name] for name in names) for names in self.keys)

    def key_of(self, row: Fields) -> tuple[str, ...]:
        """The fields that identify a row; empty if it has no key."""
        return next((key for key in self.key_fields if None not in map(row.get, key)), ())

    @cached_property
    def references(self) -> tuple[ColumnSpec, ...]:
        """The columns that name other rows, in the order in which these are looked up."""
        return tuple(column for what in _REFERRED for column in self.columns if column.refers_to == what)

    @cached_property
    def reference_of(self) -> dict[str, ColumnSpec]:
        """The columns that name other rows, by field."""
        return {column.field: column for column in self.references}

    @cached_property
    def call_source(self) -> str:
        """The column with the source of the call that a row names: source, unless that is the row's own."""
        return next((column.name for column in self.columns if column.name == "call_source"), "source")

    @cached_property
    def insert(self) -> str:
        """The statement for a new row; if its number is None, it gets the next one."""
        return self._statement("insert_row")

    @cached_property
    def insert_if_new(self) -> str:
        """The statement for a new row that leaves an existing row as it is."""
        return self._statement("insert_row_if_new")

    @cached_property
    def update(self) -> str:
        """The statement for an existing row, found by its number, else by its key."""
        key = ("id",) if self.has_id else self.key_fields[0]
        changed = (name for name in self.fields if name not in {"id", *self.key_fields[0]})
        return self._statement("update_row", changes=_each("{0} = :{0}", changed, ", "), key=_equal(key))

    @cached_property
    def delete(self) -> str:
        """The statement that takes away a row, found by its key."""
        return self._statement("delete_row", key=_equal(self.key_fields[0]))

    @lru_cache  # noqa: B019 (there are as many specs as kinds)
    def change(self, known_by: tuple[str, ...], changed: tuple[str, ...], earliest: str) -> str:
        """The statement that updates fields of rows with given other fields, unless their `earliest` is earlier."""
        key = _equal(known_by)
        if earliest:
            key += f" AND ({earliest} IS NULL OR {earliest} > :{earliest})"
        return self._statement("update_row", changes=_each("{0} = :{0}", changed, ", "), key=key)

    @lru_cache  # noqa: B019 (there are as many specs as kinds)
    def find(self, key: tuple[str, ...]) -> str:
        """The statement that finds rows by the fields of a key; by a later key, only rows without the earlier ones."""
        earlier = self.key_fields[: self.key_fields.index(key)] if key in self.key_fields else ()
        absent = [f"{name} IS NULL" for names in earlier for name in names]
        return self._statement("find_rows", key=" AND ".join(filter(None, [_equal(key), *absent])) or "true")

    @cached_property
    def values(self) -> Callable[[Fields], tuple[Any, ...]]:
        """Returns the values of a row for the statements that insert it."""
        return itemgetter(*self.fields)

    def _statement(self, name: str, **parts: str) -> str:
        return sql(name).format(
            table=self.name.replace("-", "_"),
            fields=", ".join(self.fields),
            values=", ".join(f"?{number}" for number in range(1, len(self.fields) + 1)),
            first=self.fields[0],
            **parts,
        )


def _each(form: str, names: Iterable[str], joint: str) -> str:
    return joint.join(map(form.format, names))


def _equal(names: Iterable[str]) -> str:
    return _each("{0} = :{0}", names, " AND ")


def _column(name: str, cell: CellType, meaning: str, field: str | None = None, **options: Any) -> ColumnSpec:
    return ColumnSpec(name, cell, meaning, name if field is None else field, **options)


def _reference(name: str, meaning: str, **options: Any) -> ColumnSpec:
    return ColumnSpec(name, CellType.TEXT, meaning, f"{name}_id", **{"refers_to": name, **options})


def _limit(name: str, meaning: str) -> ColumnSpec:
    return _column(name, CellType.LENGTH, meaning, f"{name}_ms", above_zero=True)


_T = CellType
_PURPOSES = tuple(Purpose)
_STATES = ("ready", "ringing", "dialling", "talking", "hold", "wrap_up", "paused", "unavailable", "logged_out")
_REFERENCE = (("reference",),)
_NAME = (("name",),)
_CALL = (
    _reference("call", "call id of the source; the visit that was answered last is meant"),
    _column("source", _T.TEXT, "the call's source, where two sources have the same call id", ""),
    _column("visit", _T.COUNT, "which visit of the call, where not the one that was answered last", ""),
)
_AGENT = _reference("agent", "login or another name of the agent; else the agent of the call", of_call="last_agent_id")
_WORKER = _reference("agent", "login or another name of the agent", required=True)
_ONLY_AGENT = replace(_AGENT, of_call="only_agent_id")
_CUSTOMER = _reference("customer", "the customer's reference; else the customer of the call", of_call="customer_id")

KINDS = {
    kind.name: kind
    for kind in (
        TableSpec("clients", "companies that the centre works for", _NAME, (
            _column("name", _T.TEXT, "name", required=True),
        )),
        TableSpec("teams", "teams of agents", _NAME, (
            _column("name", _T.TEXT, "name", required=True),
            _reference("client", "the client they work for"),
            _limit("pause_limit", "a longer pause of its agents is worth an alarm"),
            _limit("wrap_up_limit", "a longer wrap-up is worth an alarm"),
            _limit("talk_limit", "a longer call is worth an alarm"),
            _column("missed_calls_limit", _T.COUNT, "so many calls missed in a row are worth an alarm",
                    above_zero=True),
        )),
        TableSpec("queues", "queues and their targets", _NAME, (
            _column("name", _T.TEXT, "name as the switch knows it", required=True),
            _reference("client", "the client it belongs to"),
            _column("purpose", _T.WORD, "sales, service or retention", words=_PURPOSES),
            _column("service_level_threshold", _T.LENGTH, "answered within this time is in time",
                    "service_level_threshold_ms", default=USUAL_THRESHOLD_MS, in_seconds=True),
            _column("service_level_target", _T.SHARE, "share to be answered in time, such as 0.8", default=0.8),
            _column("short_abandon", _T.LENGTH, "who hangs up within this time does not count", "short_abandon_ms",
                    default=USUAL_SHORT_ABANDON_MS, in_seconds=True),
            _column("handling_target", _T.LENGTH, "handling time aimed at", "handling_target_ms"),
            _limit("longest_wait_limit", "a caller who waits longer is worth an alarm"),
            _limit("wrap_up_limit", "a longer wrap-up is worth an alarm"),
            _limit("talk_limit", "a longer call is worth an alarm"),
        )),
        TableSpec("campaigns", "campaigns", _NAME, (
            _column("name", _T.TEXT, "name", required=True), _reference("client", "the client it belongs to"),
            _column("purpose", _T.WORD, "sales, service or retention", words=_PURPOSES),
            _column("starts_on", _T.PLANNED_DAY, "first day"), _column("ends_on", _T.PLANNED_DAY, "last day"),
        ), ordered_fields=(("starts_on", "ends_on"),)),
        TableSpec("agents", "agents", (("login",),), (
            _column("login", _T.TEXT, "login as the switch knows it", required=True),
            _column("name", _T.TEXT, "name shown"),
            _reference("team", "the agent's team"),
            _column("hourly_cost", _T.COST, "what an hour of work costs: the wage and what the employer pays on it, no "
                    "other costs", "hourly_cost_cents"),
            _column("active", _T.FLAG, "no: has left", default=1),
        )),
        TableSpec("pause-reasons", "what reasons of pauses mean", (("reason",),), (
            _column("reason", _T.TEXT, "as the switch writes it", required=True),
            _column("paid", _T.FLAG, "no: the time is not paid", default=1),
            _column("productive", _T.FLAG, "yes: work other than calls, such as training", default=0),
            _column("counts_as_wrap_up", _T.FLAG, "yes: work after a call", default=0),
            _column("planned", _T.FLAG, "no: not scheduled", default=1),
            _limit("limit", "a pause longer than this is worth an alarm"),
        ), has_id=False),
        TableSpec("opening-hours", "opening hours of the site by weekday", (("weekday",),), (
            _column("weekday", _T.WORD, "monday to sunday", required=True, words=WEEKDAYS),
            _column("hours", _T.OPENING_HOURS, "such as 09:00-12:30, 13:30-18:00, or closed, or 24 h", required=True),
        ), has_id=False),
        TableSpec("holidays", "days with opening hours of their own", (("day",),), (
            _column("day", _T.PLANNED_DAY, "the day", required=True),
            _column("name", _T.TEXT, "what it is called", required=True),
            _column("hours", _T.OPENING_HOURS, "opening hours of that day; else closed", default=CLOSED),
        ), has_id=False),
        TableSpec("customers", "customers", (("reference",), ("phone",)), (
            _column("reference", _T.TEXT, "your own customer number"),
            _column("name", _T.TEXT, "name"),
            _column("phone", _T.PHONE, "telephone number"),
        ), check=row_checks.check_customer),
        TableSpec("sales", "sales", _REFERENCE, (
            _column("reference", _T.TEXT, "your own order number", required=True),
            _column("sold_at", _T.HAPPENED, "moment or day of the sale", required=True),
            _column("amount", _T.SALE_AMOUNT, "amount such as 49.90, not below 0", "amount_cents", derived=True),
            _column("amount_cents", _T.SALE_CENTS, "amount in minor units, instead of amount", derived=True),
            _column("currency", _T.CURRENCY, "the site's, else the row is refused"),
            *_CALL, _AGENT,
            _reference("campaign", "campaign; else that of the call", of_call="campaign_id"),
            _CUSTOMER,
            _column("cancelled_at", _T.HAPPENED_LATER,
                    "when it was taken back; a day alone: with the sale on its day, else at the start of the day",
                    decides=True, follows="sold_at"),
        ), moment_field="sold_at", ordered_fields=(("sold_at", "cancelled_at"),), check=row_checks.check_sale),
        TableSpec("surveys", "answers of customers", (("reference",), ("call", "question")), (
            _column("reference", _T.TEXT, "your own number of the answer"),
            *_CALL, _ONLY_AGENT, _CUSTOMER,
            _column("question", _T.WORD, "satisfaction (the default), recommend (0 to 10) or resolved (0 or 1)",
                    default="satisfaction", words=("satisfaction", "recommend", "resolved")),
            _column("answered_at", _T.HAPPENED, "moment of the answer", required=True),
            _column("score", _T.COUNT, "the answer", required=True),
            _column("scale", _T.COUNT, "top of the scale", required=True),
            _column("comment", _T.NOTE, "what the customer said"),
        ), moment_field="answered_at", check=row_checks.check_survey),
        TableSpec("survey-invitations", "invitations to answer, for the response rate", _REFERENCE, (
            _column("reference", _T.TEXT, "your own number of the invitation", required=True),
            _column("sent_at", _T.HAPPENED, "moment", required=True),
            *_CALL, _ONLY_AGENT, _CUSTOMER,
            _column("delivered", _T.FLAG, "no: bounced, or the customer had opted out", default=1),
        ), moment_field="sent_at"),
        TableSpec("quotas", "quotas", (("scope", "name", "period", "starts_on"),), (
            _column("scope", _T.WORD, "whose quota it is", required=True,
                    words=("centre", "client", "team", "agent", "campaign")),
            _column("name", _T.TEXT, "name of the client, team or campaign, login of the agent", "scope_id",
                    refers_to="scope", derived=True),
            _column("period", _T.WORD, "day, week or month", required=True, words=("day", "week", "month")),
            _column("starts_on", _T.PLANNED_DAY, "holds from this day until a later row of the same", required=True),
            _column("sales", _T.COUNT, "sales of the period"),
            _column("revenue", _T.COST, "revenue of the period", "revenue_cents"),
            _column("conversion", _T.SHARE, "conversion such as 0.15"),
        ), has_id=False, check=row_checks.check_quota),
        TableSpec("follow-ups", "calls promised to customers", _REFERENCE, (
            _column("reference", _T.TEXT, "your own number of the follow-up", required=True),
            _CUSTOMER,
            replace(_AGENT, help="login or another name of its owner, who is to call; else the agent of the call"),
            *_CALL,
            _column("kind", _T.TEXT, "such as call back", default="call back"),
            _column("created_at", _T.HAPPENED, "when it was promised", derived=True),
            _column("due_at", _T.PLANNED_DAY_END, "when it is due; a day alone: by its end", required=True),
            _column("promised_at", _T.PLANNED_DAY_END,
                    "the moment agreed with the customer; else the first due_at seen", derived=True),
            _column("done_at", _T.HAPPENED_DAY_END, "when it was done or cancelled", decides=True),
            _column("outcome", _T.TEXT, "how it ended; cancelled: the customer called it off"),
            _column("note", _T.NOTE, "note"),
        ), moment_field="created_at", ordered_fields=(("created_at", "due_at"), ("created_at", "done_at")),
            derive=row_checks.derive_follow_up),
        TableSpec("contact-reasons", "reasons why customers call", _NAME, (
            _column("name", _T.TEXT, "name", required=True),
            _column("product", _T.TEXT, "the product it is about"),
            _column("is_problem", _T.FLAG, "yes: something has gone wrong", default=0),
        )),
        TableSpec("call-reasons", "the reasons of calls", (("call", "reason"),), (
            replace(_CALL[0], required=True), *_CALL[1:],
            _reference("reason", "name of the contact reason", required=True),
            _column("is_primary", _T.FLAG, "no: a second reason of the call", default=1),
        ), has_id=False),
        TableSpec("shifts", "what agents are planned to do", (("agent", "starts_at"),), (
            _WORKER, _column("starts_at", _T.PLANNED, "start", required=True),
            _column("ends_at", _T.PLANNED, "end", required=True),
            _column("activity", _T.TEXT, "work (the default), break, training, or your own word", default="work"),
        ), ordered_fields=(("starts_at", "ends_at"),), check=row_checks.check_shift),
        TableSpec("investments", "what else the same money buys", _NAME, (
            _column("name", _T.TEXT, "name", required=True),
            _column("goal", _T.WORD, "acquisition, retention or service", required=True,
                    words=("acquisition", "retention", "service")),
            _column("starts_on", _T.PLANNED_DAY, "first day", required=True),
            _column("ends_on", _T.PLANNED_DAY, "last day"),
            _column("cost", _T.COST, "what it cost", "cost_cents", required=True),
            _column("revenue", _T.COST, "revenue it brought", "revenue_cents"),
            _column("customers_won", _T.COUNT, "new customers it brought"),
            _column("customers_kept", _T.COUNT, "customers it kept"),
        ), ordered_fields=(("starts_on", "ends_on"),)),
        TableSpec("agent-states", "what agents did, interval by interval", (("agent", "started_at"),), (
            _WORKER,
            _column("state", _T.WORD, f"{', '.join(_STATES[:-1])} or {_STATES[-1]}", required=True, words=_STATES),
            _column("reason", _T.TEXT, "of a pause"), _column("started_at", _T.HAPPENED, "start", required=True),
            _column("ended_at", _T.HAPPENED, "end; empty: still", decides=True),
            _reference("call", "call id of the call that it belongs to"),
            _column("visit", _T.COUNT, "which visit of the call, where not the one that was answered last", ""),
            _column("call_source", _T.TEXT, "the call's source, where two sources have the same call id", ""),
            _column("source", _T.TEXT, "who says so; empty: another program", derived=True),
        ), moment_field="started_at", ordered_fields=(("started_at", "ended_at"),), in_turn=True),
        TableSpec("queue-members", "which queues agents serve, and when", (("queue", "agent", "started_at"),), (
            _reference("queue", "name of the queue", required=True), _WORKER,
            _column("static", _T.FLAG, "yes: a member by configuration, who never logs in by themselves", default=0),
            _column("started_at", _T.HAPPENED, "start", required=True),
            _column("ended_at", _T.HAPPENED, "end; empty: still", decides=True),
            _column("source", _T.TEXT, "who says so; empty: another program", derived=True),
        ), moment_field="started_at", ordered_fields=(("started_at", "ended_at"),), in_turn=True),
    )
}  # fmt: skip
"""Each kind by name, in an order in which each comes after the kinds it names."""
