"""Reads customers' contacts: phone calls from their visits, and which of them resolved what was asked.

There are thousands of contacts, of which only counts are needed: they are read by customer and judged in batches of
customers, so that they are never all in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, json

from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.query_context import QueryContext
from ccmon.metrics.first_contact import (
    WITHHELD,
    Contact,
    RepeatContacts,
    repeated,
    who_called,
)
from ccmon.model.business_day import BusinessDay
from ccmon.snapshot.periodic_data import FinishedDays, QueueAndAgent
from ccmon.snapshot.periodic_rows import ContactVisit, DayVisitOrSingles, NumberedContactVisit, VisitCaller

if TYPE_CHECKING:
    from ccmon.database.visits_by_caller import VisitsByCaller

ENTRIES_READ_FOR_ONE = 20
"""Reading this many calls in order for each one needed is as quick as looking calls up by customer."""
BATCH = 256
"""How many contacts are judged together."""
VISITS_COUNTED_TOGETHER = 128
"""How many visits are counted again together: those of half a minute take 1.5 MiB at fifty records a second."""
Value = TypeVar("Value")
Credited = tuple[Contact, QueueAndAgent]
"""A contact, with the queue and agent of its last answered visit, or else of its last visit."""


SingleContact = tuple[int | str, int, int | None]
"""The customer or number, start and reason of a customer's only call, which had one visit."""


def is_found_by_customer(one_in: int, *, of_customers: bool) -> bool:
    """Whether so few customers are looked at that their calls are found by customer."""
    return of_customers and one_in > ENTRIES_READ_FOR_ONE


def credited(rows: Iterable[ContactVisit]) -> Iterator[Sequence[Credited]]:
    """The contacts in batches, each with all contacts of some customers, from visits in the order of ``contacts``."""
    of_several: defaultdict[int | str | None, list[Credited]] = defaultdict(list)
    batch: list[Credited] = []
    for caller, visits in groupby(rows, attrgetter("lone_caller")):
        if caller is None:
            for found in _phone_calls(visits):
                of_several[found[0].customer].append(found)
        else:
            batch += filter(None, map(_phone_call, ([visit] for visit in visits)))
            batch += of_several.pop(caller, ())
            if len(batch) >= BATCH:
                yield batch
                batch = []
    yield [*batch, *chain.from_iterable(of_several.values())]


class RepeatCounts(Struct, frozen=True):
    """Contacts by queue, and how many of them repeat an earlier one."""

    contacts: Counter[int | None]
    repeats: Counter[int | None]

    @classmethod
    def none(cls) -> RepeatCounts:
        """Counts of no contacts."""
        return cls(Counter(), Counter())

    def add(self, found: Iterable[tuple[int | None, bool]]) -> None:
        """Count contacts, each by its queue and whether it repeats an earlier one."""
        for queue_id, again in found:
            self.contacts[queue_id] += 1
            self.repeats[queue_id] += again

    def plus(self, other: RepeatCounts, sign: int = 1) -> RepeatCounts:
        """The sum, or with a sign of -1 the difference."""
        found = RepeatCounts(Counter(self.contacts), Counter(self.repeats))
        for into, added in ((found.contacts, other.contacts), (found.repeats, other.repeats)):
            if sign > 0:
                into.update(added)
            else:
                into.subtract(added)
        return found

    def by_queue(self) -> dict[int | None, RepeatContacts]:
        """The counts as figures."""
        counts = ((queue_id, count) for queue_id, count in self.contacts.items() if count)
        return {queue_id: RepeatContacts(self.repeats[queue_id], count) for queue_id, count in counts}


def read_repeats(database: Database, context: QueryContext, at: int, finished: FinishedDays) -> RepeatCounts:
    """Today's contacts by queue, and how many repeat an earlier one, among the customers in ``finished``."""
    day, recent = context.day, finished.recent_contacts
    by_customer = finds_by_customer(finished)
    sample = _sample(context, finished)
    rows = database.each("sampled_contacts_of_day" if by_customer else "contacts_of_day", DayVisitOrSingles, sample)
    counts = RepeatCounts.none()
    possible_repeats: list[Credited] = []
    for batch in credited(_visits(rows, recent.keys(), counts.contacts, possible_repeats)):
        counts.add(_repeated(batch, recent, day, at))
    counts.repeats.update(queue_id for queue_id, again in _repeated(possible_repeats, recent, day, at) if again)
    return counts


def finds_by_customer(finished: FinishedDays) -> bool:
    """`is_found_by_customer` of the customers in ``finished``."""
    return is_found_by_customer(finished.one_customer_in, of_customers=finished.contacts_of_customers)


def read_repeats_of_visits(
    database: Database,
    context: QueryContext,
    at: int,
    finished: FinishedDays,
    *,
    visit_ids: Set[int],
    read_again: Set[int],
    by_caller: VisitsByCaller,
) -> tuple[RepeatCounts, RepeatCounts]:
    """What some visits add to the result of `read_repeats`: first those that will not be read again, then the others.

    Args:
        database: the database.
        context: the moment.
        at: the moment.
        finished: what finished days say.
        visit_ids: the visits.
        read_again: those of them that will be read again.
        by_caller: all visits of the day that are looked at.
    """
    counts = RepeatCounts.none(), RepeatCounts.none(), RepeatCounts.none()
    counted: set[int | str | None] = set()
    in_order = sorted(visit_ids)
    for first in range(0, len(in_order), VISITS_COUNTED_TOGETHER):
        some = in_order[first : first + VISITS_COUNTED_TOGETHER]
        visits = _visits_of_callers(database, _sample(context, finished), some, by_caller)
        contacts, callers = _contacts_without(visits, some, (visit_ids, read_again, frozenset()))
        callers -= counted
        counted |= callers
        for into, found in zip(counts, contacts, strict=True):
            of_callers = [each for each in found if each[0].customer in callers]
            into.add(_repeated(of_callers, finished.recent_contacts, context.day, at))
    without, without_read_again, whole = counts
    return without_read_again.plus(without, -1), whole.plus(without_read_again, -1)


def _visits_of_callers(
    database: Database, sample: Parameters, visit_ids: Collection[int], by_caller: VisitsByCaller
) -> list[NumberedContactVisit]:
    """All visits of the phone calls to which some visits belong, and all others by the same customers or numbers."""
    visits = _visits_of_phone_calls(database, sample, visit_ids)
    known = {visit.id for visit in visits}
    called = (who for visit in visits for who in (visit.customer_id, who_called(None, visit.caller)))
    others = set(by_caller.of({who for who in called if who is not None})) - known
    if others:
        visits += [visit for visit in _visits_of_phone_calls(database, sample, others) if visit.id not in known]
    return visits


def _contacts_without(
    visits: Iterable[NumberedContactVisit], visit_ids: Collection[int], left_out: Sequence[Set[int]]
) -> tuple[list[list[Credited]], set[int | str | None]]:
    """For each of ``left_out``, the contacts of the other visits; and the callers to whom ``visit_ids`` belong."""
    of_these, contacts = frozenset(visit_ids), [list[Credited]() for _ in left_out]
    callers: set[int | str | None] = set()
    for _, group in groupby(visits, attrgetter("source", "call_id")):
        of_call = list(group)
        ids = [visit.id for visit in of_call]
        whole, is_of_these = _phone_call(of_call), not of_these.isdisjoint(ids)
        for into, some in zip(contacts, left_out, strict=True):
            contact = whole
            if not some.isdisjoint(ids):
                left = [visit for visit in of_call if visit.id not in some]
                contact = _phone_call(left) if left else None
            if contact is not None:
                into.append(contact)
                if is_of_these:
                    callers.add(contact[0].customer)
    return contacts, callers


def _visits_of_phone_calls(
    database: Database, sample: Parameters, visit_ids: Iterable[int]
) -> list[NumberedContactVisit]:
    """All visits of the phone calls to which some visits belong, as far as they are looked at."""
    return database.rows("contacts_of_calls", NumberedContactVisit, {**sample, "calls": dumps(sorted(visit_ids))})


def read_visits_by_caller(database: Database, context: QueryContext, finished: FinishedDays) -> VisitsByCaller:
    """The visits of the business day that are looked at, those after the moment included."""
    from ccmon.database.visits_by_caller import VisitsByCaller  # noqa: PLC0415 (a single reading needs none)

    return VisitsByCaller(database.each("callers_of_day", VisitCaller, _sample(context, finished)))


def _sample(context: QueryContext, finished: FinishedDays) -> Parameters:
    one_in, of_customers = finished.one_customer_in, finished.contacts_of_customers
    return {**context.whole_day, "one_in": one_in, "of_customers": of_customers}


def _visits(
    rows: Iterable[DayVisitOrSingles],
    recent: Set[int | str],
    contacts: Counter[int | None],
    possible_repeats: list[Credited],
) -> Iterator[ContactVisit]:
    """The visits to be judged one by one. Customers with a single visit are only counted.

    Args:
        rows: the rows of a day.
        recent: customers with an earlier contact.
        contacts: contacts by queue; those of customers with a single visit are added.
        possible_repeats: collects those of them that may repeat an earlier one.
    """
    decoder = json.Decoder(list[SingleContact])
    for row in rows:
        if row.single is None:
            yield row
            continue
        single = decoder.decode(row.single)
        callers = [who for who, _, _ in single]
        contacts[row.queue_id] += len(callers) - _withheld([who for who in callers if type(who) is str])
        if recent.isdisjoint(callers):
            continue
        credit = row.queue_id, None
        possible_repeats += (
            (Contact(who, started_at, None, answered=False, reason=reason), credit)
            for who, started_at, reason in single
            if who in recent
        )


def _withheld(numbers: Sequence[str]) -> int:
    """How many of the numbers are withheld."""
    if WITHHELD.isdisjoint(map(str.casefold, numbers)):
        return 0
    return sum(who_called(None, number) is None for number in numbers)


def _repeated(
    batch: Sequence[Credited], recent: Mapping[int | str, tuple[Contact, ...]], day: BusinessDay, at: int
) -> Iterator[tuple[int | None, bool]]:
    """The queue of each of today's contacts, and whether the contact repeats an earlier one."""
    found = [contact for contact, _ in batch]
    customers = {contact.customer for contact in found if contact.customer is not None}
    before = [each for customer in customers for each in recent.get(customer, ())]
    looked_back = repeated([*before, *found], day.starts_at, at + 1)[len(before) :]
    for (_, (queue_id, _)), again in zip(batch, looked_back, strict=True):
        if again is not None:
            yield queue_id, again


def _phone_calls(rows: Iterable[ContactVisit]) -> Iterator[tuple[Contact, QueueAndAgent]]:
    """Phone calls from their visits, with queue and agent of the last answered visit, or else of the last.

    Any visit may give the customer, or else the number; a call without either is left out.
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
    """The phone call of some visits; None if neither customer nor number is known."""
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
