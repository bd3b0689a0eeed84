"""Business rows that come in as tables: names resolved to rows, checked, inserted or updated by their own key.

A row is a mapping of the fields that a file has; fields that it has not are left as they are. Calls are named by the
source's call id, agents by login, alias or display name, everything else by name or reference; whatever is named must
be there.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.sql_files import sql
from ccmon.limits import LONGEST_MS

DAY_MS = 86_400_000
LONGEST_ABSENCE_MS = 366 * DAY_MS
"""A shift that is no work may be a long leave."""

Fields = dict[str, Any]


class RefusedRowError(Exception):
    """A row cannot go in; the text says why."""


class Change(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class _Call:
    """The call that a row is about."""

    id: int
    customer_id: int | None
    campaign_id: int | None
    entered_at: int
    last_agent_id: int | None
    only_agent_id: int | None
    """None where two agents talked: a score is then no single agent's (metrics.md 9.4)."""


class ReferenceNames:
    """Rows by name, read as they are first asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, dict[str, int]] = {}
        self._sources = [source for (source,) in connection.execute(sql("sources_of_calls"))]

    def find(self, what: str, name: str) -> int:
        """Row number of a client, team, campaign, agent or reason.

        Raises:
            RefusedRowError: nobody has this name; the text names one that is written alike.
        """
        known = self._known.get(what)
        if known is None:
            known = self._known[what] = dict(self._connection.execute(sql(f"names_of_{what}s")).fetchall())
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]!r}?" if near else f"; import the {what} first"
        raise RefusedRowError(f"there is no {what} {name!r}{hint}")

    def customer(self, reference: str) -> int:
        """Row number of a customer.

        Raises:
            RefusedRowError: nobody has this reference.
        """
        found = self._connection.execute(sql("customer_by_reference"), (reference,)).fetchone()
        if found is None:
            raise RefusedRowError(f"there is no customer {reference!r}; import the customer first")
        return int(found[0])

    def call(self, call_id: str, source: str | None) -> _Call:
        """The visit of a call that was answered last.

        Raises:
            RefusedRowError: there is no such call, or two sources have one.
        """
        found = []
        for each in self._sources if source is None else [source]:
            visits = self._connection.execute(sql("visits_of_referenced_call"), (each, call_id)).fetchall()
            if visits:
                found.append(visits)
        if not found:
            where = f" of the source {source!r}" if source is not None else ""
            raise RefusedRowError(f"there is no call {call_id!r}{where}")
        if len(found) > 1:
            raise RefusedRowError(f"the call {call_id!r} is known from {len(found)} sources; add the column source")
        (visits,) = found
        row_id, agent_id, customer_id, campaign_id, *_ = visits[0]
        talked = {visit[1] for visit in visits if visit[5] is not None and visit[1] is not None}
        return _Call(
            id=row_id,
            customer_id=customer_id,
            campaign_id=campaign_id,
            entered_at=min(visit[4] for visit in visits),
            last_agent_id=agent_id,
            only_agent_id=next(iter(talked)) if len(talked) == 1 else None,
        )


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows of one kind are keyed, completed and checked."""

    keys: tuple[tuple[str, ...], ...]
    """What a row is known by: the first of these whose fields it has."""
    defaults: Fields = field(default_factory=dict)
    """What a new row has where the file does not say."""
    check: Callable[[Fields], None] = lambda _: None
    """Raises RefusedRowError for a row that makes no sense."""

    def may_be_empty(self, name: str) -> bool:
        """Whether an empty cell takes away what was there; it cannot from a field that must say something."""
        return name in self.defaults and self.defaults[name] is None

    def key(self, row: Fields) -> list[Any]:
        """The values that the row is known by."""
        for names in self.keys:
            values = [row.get(name) for name in names]
            if None not in values:
                return [*names, *values]
        return []


class TableWriter:
    """Writes the rows of one file, in transactions of the caller. A connection serves one file."""

    def __init__(self, connection: sqlite3.Connection, *, now: int) -> None:
        """``now``: taken where a row does not say when something was promised."""
        self._connection = connection
        self._names = ReferenceNames(connection)
        self._now = now
        (_, time_zone, _, self._currency, *_) = connection.execute(sql("site")).fetchone()
        self._zone = ZoneInfo(time_zone)
        self.notes: list[str] = []
        """What else was done that a person should know."""
        connection.execute(sql("create_seen_keys"))

    def write(self, kind: str, line: int, given: Mapping[str, Any]) -> Change:
        """Write one row.

        Args:
            kind: a name of `KINDS`.
            line: where it stands in the file.
            given: the fields of the file's columns; None for an empty cell.

        Raises:
            RefusedRowError: the row cannot go in; nothing of it has.
        """
        table = KINDS[kind]
        resolved = self._resolved(kind, dict(given))
        row = {name: value for name, value in resolved.items() if value is not None or table.may_be_empty(name)}
        known = self._known(kind, {**table.defaults, **row})
        merged = {**table.defaults, **(known or {}), **row}
        if kind == "follow-ups":
            _complete_follow_up(merged, self._now)
        table.check(merged)
        if kind == "sales":
            self._check_currency(merged)
        self._check_order(merged)
        key = json.dumps(table.key(merged))
        self._check_twice(kind, key)
        if merged != known:
            self._connection.execute(sql(f"upsert_{_topic(kind)}"), {"id": None, **merged})
        self._connection.execute(sql("insert_seen_key"), (key, line))
        if kind == "sales" and self._currency is None and merged["currency"] is not None:
            self._take_currency(merged["currency"])
        if merged == known:
            return Change.SAME
        return Change.ADDED if known is None else Change.CHANGED

    def _known(self, kind: str, row: Fields) -> Fields | None:
        cursor = self._connection.execute(sql(f"find_{_topic(kind)}"), row)
        found = cursor.fetchone()
        return None if found is None else dict(zip((name for name, *_ in cursor.description), found, strict=True))

    def _check_twice(self, kind: str, key: str) -> None:
        before = self._connection.execute(sql("line_of_seen_key"), (key,)).fetchone()
        if before is not None:
            raise RefusedRowError(f"the same {_SINGULAR[kind]} stands on line {before[0]} already, which has gone in")

    def _resolved(self, kind: str, row: Fields) -> Fields:
        """The row with names as row numbers."""
        for what in ("client", "team", "campaign", "reason"):
            if what in row:
                name = row.pop(what)
                row[f"{what}_id"] = None if name is None else self._names.find(what, name)
        if kind == "quotas":
            return self._resolved_quota(row)
        call = self._call(row)
        if "agent" in row or (call is not None and kind in _OF_A_CALL):
            name = row.pop("agent", None)
            row["agent_id"] = self._names.find("agent", name) if name is not None else _agent_of(call, kind)
        if "customer" in row or (call is not None and kind in _OF_A_CALL):
            reference = row.pop("customer", None)
            of_call = None if call is None else call.customer_id
            row["customer_id"] = of_call if reference is None else self._names.customer(reference)
        if call is not None:
            row["call_id"] = call.id
            if kind == "sales" and row.get("campaign_id") is None:
                row["campaign_id"] = call.campaign_id
            for moment in ("sold_at", "answered_at", "sent_at", "created_at"):
                if row.get(moment) is not None and row[moment] < call.entered_at - DAY_MS:
                    raise RefusedRowError(f"{moment} lies more than a day before its call began")
        return row

    def _call(self, row: Fields) -> _Call | None:
        if "call" not in row:
            row.pop("source", None)
            return None
        call_id, source = row.pop("call"), row.pop("source", None)
        row["call_id"] = None
        return None if call_id is None else self._names.call(call_id, source)

    def _resolved_quota(self, row: Fields) -> Fields:
        scope, name = row["scope"], row.pop("name", None)
        if scope == "centre":
            if name is not None:
                raise RefusedRowError("a quota of the centre has no name")
            row["scope_id"] = 0
        elif name is None:
            raise RefusedRowError(f"the name of the {scope} is missing")
        else:
            row["scope_id"] = self._names.find(scope, name)
        return row

    def _check_currency(self, sale: Fields) -> None:
        currency = sale.get("currency")
        if currency is None or self._currency is None or currency == self._currency:
            return
        raise RefusedRowError(
            f"its amount is in {currency}, and this site counts in {self._currency}: "
            "amounts in two currencies have no sum"
        )

    def _take_currency(self, currency: str) -> None:
        """The first sale that has gone in says what the site counts in."""
        self._connection.execute(sql("set_currency"), (currency,))
        self._currency = currency
        self.notes.append(f"The site counts in {currency} from now on.")

    def _check_order(self, row: Fields) -> None:
        for earlier, later in _IN_ORDER:
            first, last = row.get(earlier), row.get(later)
            if first is not None and last is not None and last < first:
                raise RefusedRowError(f"{later} ({self._shown(last)}) lies before {earlier} ({self._shown(first)})")

    def _shown(self, moment: int | str) -> str:
        if isinstance(moment, str):
            return moment
        return f"{datetime.fromtimestamp(moment / 1000, self._zone):%Y-%m-%d %H:%M}"


_IN_ORDER = (
    ("starts_on", "ends_on"),
    ("starts_at", "ends_at"),
    ("sold_at", "cancelled_at"),
    ("created_at", "due_at"),
    ("created_at", "done_at"),
)
"""Columns of one row of which the second cannot lie before the first."""

_OF_A_CALL = frozenset({"sales", "surveys", "survey-invitations", "follow-ups"})


def _agent_of(call: _Call | None, kind: str) -> int | None:
    if call is None:
        return None
    return call.only_agent_id if kind in {"surveys", "survey-invitations"} else call.last_agent_id


def _complete_follow_up(row: Fields, now: int) -> None:
    if row.get("promised_at") is None:
        row["promised_at"] = row["due_at"]
    if row.get("created_at") is None:
        row["created_at"] = min(now, row["due_at"], row["done_at"] if row.get("done_at") is not None else now)


def _check_customer(row: Fields) -> None:
    if row.get("reference") is None and row.get("phone") is None:
        raise RefusedRowError("a customer needs a reference or a phone number to be known by")


def _check_sale(row: Fields) -> None:
    if row.get("amount_cents") is None:
        raise RefusedRowError("amount is missing: give amount or amount_cents")


def _check_survey(row: Fields) -> None:
    top = {"recommend": 10, "resolved": 1}.get(row["question"])
    if top is not None and row["scale"] != top:
        raise RefusedRowError(f"the question {row['question']} has a scale up to {top}, not {row['scale']}")
    if row["scale"] < 1:
        raise RefusedRowError("the top of a scale is at least 1")
    if row["score"] > row["scale"]:
        raise RefusedRowError(f"its score of {row['score']} lies above its scale of {row['scale']}")
    if row.get("reference") is None and row.get("call_id") is None:
        raise RefusedRowError("an answer needs a reference or a call to be known by")


def _check_quota(row: Fields) -> None:
    if row.get("sales") is None and row.get("revenue_cents") is None and row.get("conversion") is None:
        raise RefusedRowError("it asks for nothing: give sales, revenue or conversion")


def _check_shift(row: Fields) -> None:
    if row["starts_at"] == row["ends_at"]:
        raise RefusedRowError("it ends as it starts")
    if row["activity"] == "work" and row["ends_at"] - row["starts_at"] > LONGEST_MS:
        raise RefusedRowError("it is work of over 7 days without an end")
    if row["ends_at"] - row["starts_at"] > LONGEST_ABSENCE_MS:
        raise RefusedRowError("it is longer than a year")


KINDS = {
    "clients": _Table((("name",),)),
    "teams": _Table((("name",),), {"client_id": None}),
    "queues": _Table(
        (("name",),),
        {
            "client_id": None,
            "purpose": None,
            "service_level_threshold_ms": 20_000,
            "service_level_target": 0.8,
            "short_abandon_ms": 5_000,
            "handling_target_ms": None,
        },
    ),
    "campaigns": _Table((("name",),), dict.fromkeys(("client_id", "purpose", "starts_on", "ends_on"))),
    "agents": _Table((("login",),), {"name": None, "team_id": None, "hourly_cost_cents": None, "active": 1}),
    "customers": _Table((("reference",), ("phone",)), dict.fromkeys(("reference", "name", "phone")), _check_customer),
    "sales": _Table(
        (("reference",),),
        dict.fromkeys(("call_id", "agent_id", "campaign_id", "customer_id", "currency", "cancelled_at")),
        _check_sale,
    ),
    "surveys": _Table(
        (("reference",), ("call_id", "question")),
        {**dict.fromkeys(("reference", "call_id", "agent_id", "customer_id", "comment")), "question": "satisfaction"},
        _check_survey,
    ),
    "survey-invitations": _Table(
        (("reference",),), {**dict.fromkeys(("call_id", "agent_id", "customer_id")), "delivered": 1}
    ),
    "quotas": _Table(
        (("scope", "scope_id", "period", "starts_on"),),
        dict.fromkeys(("sales", "revenue_cents", "conversion")),
        _check_quota,
    ),
    "follow-ups": _Table(
        (("reference",),),
        {
            **dict.fromkeys(("customer_id", "call_id", "agent_id", "done_at", "outcome", "note")),
            "kind": "call back",
        },
    ),
    "contact-reasons": _Table((("name",),), {"product": None, "is_problem": 0}),
    "call-reasons": _Table((("call_id", "reason_id"),), {"is_primary": 1}),
    "shifts": _Table((("agent_id", "starts_at"),), {"activity": "work"}, _check_shift),
    "investments": _Table((("name",),), dict.fromkeys(("ends_on", "revenue_cents", "customers_won", "customers_kept"))),
}
"""The kinds of tables, as `ccmon.sources.table.table_schema` names them."""


def _topic(kind: str) -> str:
    return kind.replace("-", "_")


_SINGULAR = {kind: kind.removesuffix("s").replace("-", " ") for kind in KINDS}
