"""Reads the contacts of finished days: which of them resolved what was asked, and those that today's may repeat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from ccmon.database.contacts import Credited, credited, is_found_by_customer
from ccmon.database.driver import Database, Parameters
from ccmon.database.query_context import CONTACT_DAYS, WINDOW_DAYS, QueryContext, one_customer_in
from ccmon.metrics.first_contact import Contact, FirstContact, Resolution, resolutions_within
from ccmon.snapshot.periodic_data import QueueAndAgent
from ccmon.snapshot.periodic_rows import ContactVisit, DayTotals
from ccmon.time_units import DAY_MS, WEEK_MS


def read_past_contacts(database: Database, context: QueryContext, totals: Iterable[DayTotals]) -> dict[str, Any]:
    """First-contact resolution by queue and agent, over 28 days followed by a full window: fields of `FinishedDays`."""
    first = context.first_contact_day
    one_in = one_customer_in(sum(day.inbound for day in totals if day.date >= first))
    window = context.window(context.since(CONTACT_DAYS), context.day.starts_at)
    of_customers = one_in > 1
    found = _judged(read_contacts(database, window, one_in=one_in, of_customers=of_customers), context)
    if not found.any and of_customers:  # all callers are only known by number
        of_customers = False
        found = _judged(read_contacts(database, window, one_in=one_in, of_customers=False), context)
    return {
        "first_contact": found.first_contact,
        "recent_contacts": found.recent,
        "contacts_of_customers": of_customers,
        "one_customer_in": one_in,
    }


class _Judged(Struct, frozen=True):
    """The results of judging the contacts of finished days."""

    first_contact: dict[QueueAndAgent, tuple[FirstContact, FirstContact]]
    recent: dict[int | str, tuple[Contact, ...]]
    any: bool
    """Whether there were any contacts."""


def _judged(batches: Iterable[Sequence[Credited]], context: QueryContext) -> _Judged:
    """Judge contacts as of the start of today: anything later could only count as a failure."""
    until = context.day.starts_at
    day_since, week_until = context.since(WINDOW_DAYS), until - WEEK_MS
    week: Counter[tuple[QueueAndAgent, Resolution]] = Counter()
    quick: Counter[tuple[QueueAndAgent, Resolution]] = Counter()
    recent: defaultdict[int | str, tuple[Contact, ...]] = defaultdict(tuple)
    any_contact = False
    for batch in batches:
        any_contact = any_contact or bool(batch)
        judged = resolutions_within([contact for contact, _ in batch], until, (WEEK_MS, DAY_MS))
        for (contact, credit), in_week, in_day in zip(batch, *judged, strict=True):
            if contact.started_at < week_until:
                week[credit, in_week] += 1
            if contact.started_at >= day_since:
                quick[credit, in_day] += 1
            if contact.answered and contact.ended_at is not None and contact.ended_at >= week_until:
                recent[contact.customer] += (contact,)
    found = dict.fromkeys(credit for credit, _ in (*week, *quick))
    first_contact = {credit: (_counts(week, credit), _counts(quick, credit)) for credit in found}
    return _Judged(first_contact, dict(recent), any_contact)


def _counts(found: Counter[tuple[QueueAndAgent, Resolution]], credit: QueueAndAgent) -> FirstContact:
    return FirstContact(
        *(found[credit, each] for each in (Resolution.RESOLVED, Resolution.REPEATED, Resolution.PENDING))
    )


def read_contacts(
    database: Database, window: Parameters, *, one_in: int, of_customers: bool
) -> Iterator[Sequence[Credited]]:
    """The contacts of a window in batches; each batch holds all contacts of some customers.

    Args:
        database: the database.
        window: the moment and the edges of the window.
        one_in: one in this many customers is looked at.
        of_customers: whether only calls of known customers are looked at, not those of mere phone numbers.
    """
    sample = {**window, "one_in": one_in, "of_customers": of_customers}
    by_customer = is_found_by_customer(one_in, of_customers=of_customers)
    return credited(database.each("sampled_contacts" if by_customer else "contacts", ContactVisit, sample))
