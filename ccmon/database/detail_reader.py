"""Reads what the details of a row show beyond the snapshot, when they are opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.database.live_reader import TRIES
from ccmon.database.query_context import WINDOW_DAYS
from ccmon.database.sqlite_errors import ChangedWhileReadError
from ccmon.metrics.first_contact import who_called
from ccmon.model.business_day import BusinessDay, same_weekdays
from ccmon.model.details import (
    AgentDayRows,
    AgentMissedCall,
    AgentPastDay,
    AgentStretch,
    CallState,
    CallStory,
    CallVisit,
    CustomerSubject,
    DetailPage,
    DetailRequest,
    ListedAnswer,
    ListedCall,
    ListedOrder,
    ListedPromise,
    PastQuarterOffered,
    ReadDetails,
    TelephoneMissed,
    WaitingVisit,
)
from ccmon.model.site import Site
from ccmon.time_units import MINUTE_MS

Parameters = Mapping[str, object]
NO_LIMIT = -1
"""As SQLite takes it."""
STATES_AFTER_END_MS = 60 * MINUTE_MS
"""How long after the end of a call something about it may still be reported."""


class DetailReader:
    """Reads pages of details in another thread, with a connection that is closed after each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self, request: DetailRequest) -> ReadDetails:
        """Read a page.

        Raises:
            CcmonError: the database cannot be read.
        """
        return await asyncio.to_thread(read_details, self._path, request)


def read_details(path: Path, request: DetailRequest) -> ReadDetails:
    """Read a page of details.

    Raises:
        CcmonError: the database cannot be read.
    """
    for _ in range(TRIES - 1):
        with suppress(ChangedWhileReadError):
            return _read_once(path, request)
    return _read_once(path, request)


def _read_once(path: Path, request: DetailRequest) -> ReadDetails:
    with open_for_reading(path) as connection:
        database = Database(connection)
        with database.read_transaction():
            return read_page(database, request)


def read_page(database: Database, request: DetailRequest) -> ReadDetails:
    """Read a page; of a list one row more than was asked for tells whether there are more."""
    rows = _PAGES[request.page](database, request, _parameters(request))
    shown = rows[: request.limit] if request.page in _LISTS else rows
    return ReadDetails(request.at, shown, more=len(shown) < len(rows))


def _parameters(request: DetailRequest) -> Parameters:
    subject = request.subject
    own: Parameters = {"customer": None, "phone": None}
    if isinstance(subject, CustomerSubject):
        own = {"customer": subject.id, "phone": who_called(None, subject.phone)}
    return {
        **own,
        "agent": subject.id,
        "queue": subject.id,
        "call": subject.id,
        "at": request.at,
        "day_starts_at": request.day.starts_at,
        "day_ends_at": request.day.ends_at,
        "client": request.client,
        "limit": request.limit + 1,
    }


def _agent_day(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    stretches = database.rows("detail_states_of_agent", AgentStretch, given)
    return [AgentDayRows(stretches, database.rows("detail_missed_calls_of_agent", AgentMissedCall, given))]


def _agent_calls(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_calls_of_agent", ListedCall, given)


def _agent_answers(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    since = _since(database, given, WINDOW_DAYS - 1)
    return database.rows("detail_answers_of_agent", ListedAnswer, {**given, "since": since})


def _agent_weeks(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_days_of_agent", AgentPastDay, {**given, "since": _since(database, given, WINDOW_DAYS)})


def _queue_waiting(database: Database, request: DetailRequest, given: Parameters) -> Sequence[object]:
    max_open_ms = database.one_row("site", Site).max_open_ms
    # The first millisecond at which a call is not orphaned by now (metrics.md 1.5).
    given = {**given, "may_be_open_since": request.at - max_open_ms + 1}
    return database.rows("detail_waiting_in_queue", WaitingVisit, given)


def _queue_usual(database: Database, request: DetailRequest, given: Parameters) -> Sequence[object]:
    dates = [day.date for day in same_weekdays(request.day, _days(database, given))]
    return database.rows("detail_past_quarters_of_queue", PastQuarterOffered, {**given, "dates": dumps(dates)})


def _customer_contacts(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_calls_of_customer", ListedCall, given)


def _customer_orders(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_orders_of_customer", ListedOrder, given)


def _customer_promises(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_promises_of_customer", ListedPromise, given)


def _customer_answers(database: Database, _request: DetailRequest, given: Parameters) -> Sequence[object]:
    return database.rows("detail_answers_of_customer", ListedAnswer, given)


def _call(database: Database, request: DetailRequest, given: Parameters) -> Sequence[object]:
    visits = database.rows("detail_visits_of_call", CallVisit, given)
    since = min((visit.entered_at for visit in visits), default=0)
    ends = [max(visit.ended_at or request.at, visit.wrapped_up_at or 0) for visit in visits]
    about = {
        **given,
        "limit": NO_LIMIT,
        "visits": dumps([visit.id for visit in visits]),
        "since": since,
        "until": max(ends, default=0) + STATES_AFTER_END_MS,
    }
    return [
        CallStory(
            visits,
            database.rows("detail_states_of_call", CallState, about),
            database.rows("detail_missed_of_call", TelephoneMissed, about),
            database.rows("detail_orders_of_call", ListedOrder, about),
            database.rows("detail_answers_of_call", ListedAnswer, about),
            database.rows("detail_promises_of_call", ListedPromise, about),
        )
    ]


def _days(database: Database, given: Parameters) -> Sequence[BusinessDay]:
    return database.rows("previous_business_days", BusinessDay, {"day_starts_at": given["day_starts_at"]})


def _since(database: Database, given: Parameters, days: int) -> object:
    """Start of the business day so many days before, or of the first known one."""
    before = _days(database, given)
    return before[min(days, len(before)) - 1].starts_at if before else given["day_starts_at"]


_PAGES: Mapping[DetailPage, Callable[[Database, DetailRequest, Parameters], Sequence[object]]] = {
    DetailPage.AGENT_DAY: _agent_day,
    DetailPage.AGENT_CALLS: _agent_calls,
    DetailPage.AGENT_ANSWERS: _agent_answers,
    DetailPage.AGENT_WEEKS: _agent_weeks,
    DetailPage.QUEUE_WAITING: _queue_waiting,
    DetailPage.QUEUE_USUAL: _queue_usual,
    DetailPage.CUSTOMER_CONTACTS: _customer_contacts,
    DetailPage.CUSTOMER_ORDERS: _customer_orders,
    DetailPage.CUSTOMER_PROMISES: _customer_promises,
    DetailPage.CUSTOMER_ANSWERS: _customer_answers,
    DetailPage.CALL: _call,
}
_LISTS = frozenset(
    {
        DetailPage.AGENT_CALLS,
        DetailPage.AGENT_ANSWERS,
        DetailPage.CUSTOMER_CONTACTS,
        DetailPage.CUSTOMER_ORDERS,
        DetailPage.CUSTOMER_PROMISES,
        DetailPage.CUSTOMER_ANSWERS,
    }
)
"""The pages that are read up to a limit."""
