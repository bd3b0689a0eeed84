"""Writes what a simulated floor has beside its calls: who called, what was sold, promised, said and planned.

Calls and agents' states come through `ccmon.database.writer`; a batch of happenings is written after the calls it
speaks of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ccmon.business_events import (
    CallerKnown,
    Customer,
    DayOpened,
    EarlierOrder,
    FollowUpDone,
    FollowUpMoved,
    FollowUpPromised,
    Happening,
    ReasonGiven,
    SaleCancelled,
    Sold,
    SurveyAnswered,
    SurveyInvited,
)
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql

EMPTIED = (
    "call_reasons", "survey_invitations", "surveys", "audit", "follow_ups", "sales", "missed_calls", "agent_states",
    "queue_pauses", "queue_members", "calls", "customers", "contact_reasons", "investments", "shifts", "quotas",
    "agent_aliases", "agents", "teams", "queues", "campaigns", "clients", "pause_reasons", "imported_ranges",
    "rejected_lines", "sources", "progress", "clock",
)  # fmt: skip
"""Tables of demo data, in an order that foreign keys allow. The totals follow by themselves."""


class SimulatorWriter:
    """Writes happenings of one source into an open transaction."""

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def write(self, happenings: Iterable[Happening]) -> None:
        """Write a batch: of one kind in order, the kinds so that each finds what it names."""
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _ORDER}
        for happening in happenings:
            for name, row in self._rows(happening):
                rows[name].append(row)
        for name, batch in rows.items():
            if batch:
                self._connection.executemany(sql(name), batch)

    def _rows(self, happening: Happening) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The rows of a happening, by the name of the statement that writes them."""
        source = self._source
        match happening:
            case CallerKnown(_, call_id, visit, customer):
                yield "insert_customer", customer
                yield "set_call_customer", (customer.id, source, call_id, visit)
            case ReasonGiven(_, call_id, visit, reason):
                yield "insert_call_reason", (source, call_id, visit, reason)
            case Sold(at, call_id, visit, agent, campaign, customer, amount):
                yield from _customer(customer)
                yield "insert_sale", (source, call_id, visit, agent, campaign, _id(customer), at, amount)
            case SaleCancelled(at, call_id, visit):
                yield "cancel_sale", (source, call_id, visit, at)
            case EarlierOrder(at, customer, amount):
                yield from _customer(customer)
                yield "insert_sale", (source, None, None, None, None, customer.id, at, amount)
            case SurveyInvited() | SurveyAnswered():
                yield self._survey(happening)
            case FollowUpPromised(_, number, created_at, call_id, visit, agent, customer, kind, due_at, note):
                yield from _customer(customer)
                yield (
                    "promise_follow_up",
                    (number, source, call_id, visit, agent, _id(customer), kind, created_at, due_at, note),
                )
            case FollowUpMoved(at, number, due_at):
                yield "log_follow_up_move", (number, due_at, at)
                yield "move_follow_up", (number, due_at)
            case FollowUpDone(at, number, outcome):
                yield "finish_follow_up", (number, at, outcome)
            case DayOpened(_, shifts, quotas):
                for shift in shifts:
                    yield "insert_shift", shift
                for quota in quotas:
                    yield "set_quota", quota

    def _survey(self, happening: SurveyInvited | SurveyAnswered) -> tuple[str, tuple[Any, ...]]:
        call = self._source, happening.call_id, happening.visit, happening.agent, _id(happening.customer), happening.at
        if isinstance(happening, SurveyInvited):
            return "insert_survey_invitation", (*call, happening.delivered)
        return "insert_survey", (*call, happening.score, happening.scale, happening.comment, happening.question)


_ORDER = (
    "insert_customer", "set_call_customer", "insert_call_reason", "insert_sale", "cancel_sale",
    "insert_survey_invitation", "insert_survey",
    "promise_follow_up", "log_follow_up_move", "move_follow_up", "finish_follow_up", "insert_shift", "set_quota",
)  # fmt: skip


def _id(customer: Customer | None) -> int | None:
    return customer.id if customer is not None else None


def _customer(customer: Customer | None) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if customer is not None:
        yield "insert_customer", customer


def insert(connection: sqlite3.Connection, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows of one kind with the statement of that name, in an open transaction."""
    connection.executemany(sql(statement), rows)


def name_site(connection: sqlite3.Connection, *, name: str, currency: str, margin: float, created_at: int) -> None:
    """Say what the site is, where nobody has said it."""
    site = {"name": name, "currency": currency, "margin": margin, "created_at": created_at}
    connection.execute(sql("set_site_of_demo"), site)


def settle_source(connection: sqlite3.Connection, source: str, *, started_at: int, checked_at: int) -> None:
    """Make a finished source as old as its data."""
    row = {"name": source, "started_at": started_at, "checked_at": checked_at}
    connection.execute(sql("set_source_times"), row)


def may_be_filled(connection: sqlite3.Connection) -> bool:
    """Whether demo data may go in: nothing is there, or demo data alone that nobody keeps up to date."""
    return not Database(connection).value("has_non_demo_data")


def empty(connection: sqlite3.Connection) -> None:
    """Take away the demo data that is there, in an open transaction."""
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own tables)


def set_clock(connection: sqlite3.Connection, *, real_at: int, floor_at: int, speed: float) -> None:
    """Say how floor time goes against real time."""
    connection.execute(sql("set_clock"), {"real_at": real_at, "floor_at": floor_at, "speed": speed})
