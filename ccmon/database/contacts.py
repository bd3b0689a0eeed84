"""Reads customers' contacts: phone calls from their visits, and which of them resolved what was asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from ccmon.database.driver import Database, Parameters
from ccmon.database.query_context import QueryContext
from ccmon.metrics.first_contact import Contact, FirstContact, Resolution, resolutions, who_called
from ccmon.snapshot.periodic_data import QueueAndAgent
from ccmon.snapshot.periodic_rows import ContactVisit, DayTotals
from ccmon.time_units import DAY_MS, WEEK_MS

DAYS = 28
"""Business days that satisfaction, contacts and money are looked at over."""
CONTACTS_AT_MOST = 10_000
"""Above this many contacts in five weeks only those of some customers are looked at."""
Value = TypeVar("Value")


def read_contacts(database: Database, window: Parameters, *, by_customer: bool) -> list[tuple[Contact, QueueAndAgent]]:
    """The contacts of a window.

    Args:
        database: the database.
        window: the moment, the edges of the window, and of how many customers one is looked at.
        by_customer: whether they are found by customer, which is faster where there are very many of them.
    """
    rows = database.rows("sampled_contacts" if by_customer else "contacts", ContactVisit, window)
    return list(_phone_calls(rows))


def read_past_contacts(
    database: Database, context: QueryContext, at: int, totals: Iterable[DayTotals]
) -> dict[str, Any]:
    """First-contact resolution by queue and agent, over 28 days whose window has passed: fields of `FinishedDays`."""
    until = context.day.starts_at
    span = DAYS + WEEK_MS // DAY_MS
    first = (context.today - timedelta(days=span)).isoformat()
    one_in = max(1, -(-sum(day.inbound for day in totals if day.date >= first) // CONTACTS_AT_MOST))
    window = context.window(context.since(span), until) | {"one_in": one_in}
    by_customer = one_in > 1
    found = read_contacts(database, window, by_customer=by_customer)
    if not found and by_customer:  # nobody is known by more than a number
        by_customer = False
        found = read_contacts(database, window, by_customer=False)
    contacts = [contact for contact, _ in found]
    day_since = context.since(DAYS)
    week: defaultdict[QueueAndAgent, Counter[Resolution]] = defaultdict(Counter)
    quick: defaultdict[QueueAndAgent, Counter[Resolution]] = defaultdict(Counter)
    # Judged at the start of today: what happened since then would count for failures alone.
    for (contact, credit), resolution in zip(found, resolutions(contacts, until, WEEK_MS), strict=True):
        if contact.started_at < until - WEEK_MS:
            week[credit][resolution] += 1
    for (contact, credit), resolution in zip(found, resolutions(contacts, until, DAY_MS), strict=True):
        if contact.started_at >= day_since:
            quick[credit][resolution] += 1
    return {
        "first_contact": {credit: (_counts(week[credit]), _counts(quick[credit])) for credit in (*week, *quick)},
        "recent_contacts": tuple(contact for contact in contacts if (contact.ended_at or at) >= until - WEEK_MS),
        "contacts_by_customer": by_customer,
        "one_customer_in": one_in,
    }


def _counts(counts: Counter[Resolution]) -> FirstContact:
    return FirstContact(counts[Resolution.RESOLVED], counts[Resolution.REPEATED], counts[Resolution.PENDING])


def _phone_calls(rows: Iterable[ContactVisit]) -> Iterator[tuple[Contact, QueueAndAgent]]:
    """Phone calls from their visits: the queue and agent are those of the last answered visit, or of the last.

    The customer, else the number, is what any of the visits says; a call of which none says either is left out.
    """
    for _, group in groupby(rows, key=attrgetter("source", "call_id")):
        visits = list(group)
        who = who_called(
            _first(visit.customer_id for visit in visits),
            _first(visit.caller for visit in visits),
        )
        if who is not None:
            last = next((visit for visit in reversed(visits) if visit.answered), visits[-1])
            reason = _first(visit.reason_id for visit in reversed(visits))
            contact = Contact(who, visits[0].entered_at, _ended_at(visits), bool(last.answered), reason)
            yield contact, (last.queue_id, last.agent_id)


def _ended_at(visits: Sequence[ContactVisit]) -> int | None:
    """When the last visit ended; None while one is open."""
    ends = [visit.ended_at for visit in visits if visit.ended_at is not None]
    return max(ends) if len(ends) == len(visits) else None


def _first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)
