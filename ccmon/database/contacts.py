"""Reads customers' contacts: phone calls from their visits, and which of them resolved what was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from ccmon.database.driver import Database, Parameters
from ccmon.database.query_context import QueryContext
from ccmon.metrics.first_contact import Contact, FirstContact, Resolution, resolutions_within, who_called
from ccmon.snapshot.periodic_data import FinishedDays, QueueAndAgent
from ccmon.snapshot.periodic_rows import ContactVisit, DayTotals
from ccmon.time_units import DAY_MS, WEEK_MS

DAYS = 28
"""Business days that satisfaction, contacts and money are looked at over."""
CONTACTS_AT_MOST = 10_000
"""Above this many contacts in five weeks only those of some customers are looked at."""
ENTRIES_READ_FOR_ONE = 20
"""It is as quick to read so many calls in their order for each that is looked at as to look for calls by customer."""
Value = TypeVar("Value")


def read_contacts(
    database: Database, window: Parameters, *, one_in: int, of_customers: bool
) -> list[tuple[Contact, QueueAndAgent]]:
    """The contacts of a window.

    Args:
        database: the database.
        window: the moment and the edges of the window.
        one_in: of how many customers one is looked at.
        of_customers: whether calls of customers alone are looked at, not those of mere numbers.
    """
    sample = {**window, "one_in": one_in, "of_customers": of_customers}
    by_customer = of_customers and one_in > ENTRIES_READ_FOR_ONE
    rows = database.each("sampled_contacts" if by_customer else "contacts", ContactVisit, sample)
    known: dict[QueueAndAgent, QueueAndAgent] = {}  # there are few: each is kept once
    return [(contact, known.setdefault(credit, credit)) for contact, credit in _phone_calls(rows)]


def read_contacts_of_day(
    database: Database, window: Parameters, finished: FinishedDays | None
) -> list[tuple[Contact, QueueAndAgent]]:
    """The contacts of today, of the same customers as those of the finished days."""
    if finished is None:
        return read_contacts(database, window, one_in=1, of_customers=False)
    return read_contacts(database, window, one_in=finished.one_customer_in, of_customers=finished.contacts_of_customers)


def read_past_contacts(
    database: Database, context: QueryContext, at: int, totals: Iterable[DayTotals]
) -> dict[str, Any]:
    """First-contact resolution by queue and agent, over 28 days whose window has passed: fields of `FinishedDays`."""
    until = context.day.starts_at
    span = DAYS + WEEK_MS // DAY_MS
    first = (context.today - timedelta(days=span)).isoformat()
    one_in = max(1, -(-sum(day.inbound for day in totals if day.date >= first) // CONTACTS_AT_MOST))
    window = context.window(context.since(span), until)
    of_customers = one_in > 1
    found = read_contacts(database, window, one_in=one_in, of_customers=of_customers)
    if not found and of_customers:  # nobody is known by more than a number
        of_customers = False
        found = read_contacts(database, window, one_in=one_in, of_customers=False)
    contacts = [contact for contact, _ in found]
    day_since, week_until = context.since(DAYS), until - WEEK_MS
    week: defaultdict[QueueAndAgent, list[Resolution]] = defaultdict(list)
    quick: defaultdict[QueueAndAgent, list[Resolution]] = defaultdict(list)
    # Judged at the start of today: what happened since then would count for failures alone.
    judged = resolutions_within(contacts, until, (WEEK_MS, DAY_MS))
    for (contact, credit), in_week, in_day in zip(found, *judged, strict=True):
        if contact.started_at < week_until:
            week[credit].append(in_week)
        if contact.started_at >= day_since:
            quick[credit].append(in_day)
    return {
        "first_contact": {credit: (_counts(week[credit]), _counts(quick[credit])) for credit in (*week, *quick)},
        "recent_contacts": tuple(contact for contact in contacts if (contact.ended_at or at) >= until - WEEK_MS),
        "contacts_of_customers": of_customers,
        "one_customer_in": one_in,
    }


def _counts(found: list[Resolution]) -> FirstContact:
    return FirstContact(*map(found.count, (Resolution.RESOLVED, Resolution.REPEATED, Resolution.PENDING)))


def _phone_calls(rows: Iterable[ContactVisit]) -> Iterator[tuple[Contact, QueueAndAgent]]:
    """Phone calls from their visits: the queue and agent are those of the last answered visit, or of the last.

    The customer, else the number, is what any of the visits says; a call of which none says either is left out.
    """
    visits: list[ContactVisit] = []
    for row in rows:
        if visits and (row.call_id != visits[0].call_id or row.source != visits[0].source):
            if (found := _phone_call(visits)) is not None:
                yield found
            visits = []
        visits.append(row)
    if visits and (found := _phone_call(visits)) is not None:
        yield found


def _phone_call(visits: Sequence[ContactVisit]) -> tuple[Contact, QueueAndAgent] | None:
    """The phone call of some visits; None where nothing says whose it is."""
    last, ended_at = visits[-1], visits[-1].ended_at
    customer, caller, reason = last.customer_id, last.caller, last.reason_id
    if len(visits) > 1:
        customer = _first(visit.customer_id for visit in visits)
        caller = _first(visit.caller for visit in visits)
        reason = _first(visit.reason_id for visit in reversed(visits))
        ended_at = _ended_at(visits)
        last = next((visit for visit in reversed(visits) if visit.answered), last)
    who = customer if customer is not None else who_called(None, caller)
    if who is None:
        return None
    contact = Contact(who, visits[0].entered_at, ended_at, bool(last.answered), reason)
    return contact, (last.queue_id, last.agent_id)


def _ended_at(visits: Sequence[ContactVisit]) -> int | None:
    """When the last visit ended; None while one is open."""
    ends = [visit.ended_at for visit in visits if visit.ended_at is not None]
    return max(ends) if len(ends) == len(visits) else None


def _first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)
