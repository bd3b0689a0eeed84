"""Reads callers of today who gave up: all at the first reading, and at the next ones those whose calls have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.database.query_context import BusinessDates, QueryContext
from ccmon.metrics.first_contact import who_called
from ccmon.metrics.lost_callers import CallOfCaller, Promise, has_moment_after
from ccmon.metrics.retention import purchase_days
from ccmon.model.lost_callers import LostCaller, LostCallers
from ccmon.snapshot.lost_callers import CustomerWhoCalled, OrderOfCaller, in_order, made_lost_caller
from ccmon.time_units import MINUTE_MS

Who = int | str
"""A customer's id, else a number."""


class CallerOfVisit(Struct, frozen=True, gc=False, array_like=True):
    """Whose a visit is, or another of the same phone call. A row of ``callers_of_phone_calls``."""

    id: int
    customer_id: int | None
    caller: str | None
    may_be_lost: int


class _Caller(Struct):
    """What is known of a caller of the day who has lost calls, whatever the moment."""

    calls: list[CallOfCaller]
    customer: CustomerWhoCalled | None = None
    orders: tuple[OrderOfCaller, ...] = ()
    shown: LostCaller | None = None
    may_change: bool = False
    """Whether time alone may change what is shown."""


class LostCallersOfDay:
    """Callers of one business day who gave up, read again and again."""

    def __init__(self) -> None:
        self._callers: dict[Who, _Caller] = {}
        self._who_of: dict[int, Who] = {}
        """Of each call of these callers, who it is."""
        self._lost_before: defaultdict[int, set[int]] = defaultdict(set)
        """By a visit with which a lost one's phone call went on, the lost ones."""
        self._withheld: dict[int, _Caller] = {}
        """Lost calls with a withheld number."""
        self._promises: Mapping[Who, Sequence[Promise]] = {}
        self._promise_rows: object = None
        self._orders_edition: object = None
        self._numbers: set[str] = set()
        """Numbers without a customer of the calls that were read to find out whose they are."""
        self._at = 0
        self._is_read = False
        self._found = LostCallers(())
        self._is_changed = False
        """Whether something else must be shown than the last time."""
        self._dates: BusinessDates | None = None

    def read(
        self,
        database: Database,
        context: QueryContext,
        at: int,
        *,
        promises: Sequence[Promise],
        calls: Collection[int],
        customers: Collection[int],
        orders_edition: object,
    ) -> LostCallers:
        """The callers at a moment.

        Args:
            database: the database.
            context: the moment.
            at: the moment.
            promises: the rows of ``promises_to_callers``.
            calls: calls written since the last reading.
            customers: customers written since.
            orders_edition: the same object as long as no order of an earlier day was written.
        """
        if self._dates is None:
            self._dates = BusinessDates(context.site)
        if self._is_read:
            again = self._read_callers(database, context, self._affected(database, context, calls, customers))
        else:
            again = self._read_all(database, context)
            self._is_read = True
        self._numbers = set()
        if orders_edition is not self._orders_edition:
            self._read_orders(database, context, self._callers)
            self._orders_edition = orders_edition
            again |= self._callers.keys()
        else:
            self._read_orders(database, context, again)
        again |= self._take_promises(promises)
        is_earlier, self._at = at < self._at, at
        again |= {who for who, caller in self._callers.items() if is_earlier or caller.may_change}
        for who in again & self._callers.keys():
            self._show(context, who, self._callers[who])
        for caller in self._withheld.values():
            if is_earlier or caller.may_change or caller.shown is None:
                self._show(context, None, caller)
        if self._is_changed:
            callers = (*self._callers.values(), *self._withheld.values())
            self._found = in_order(caller.shown for caller in callers if caller.shown is not None)
            self._is_changed = False
        return self._found

    def _who(self, call: CallOfCaller) -> Who | None:
        """Whose call it is; its number is looked up, too, as a customer's may be written another way."""
        who = _who(call)
        if who is not None and call.is_by_number and call.caller is not None:
            self._numbers.add(call.caller)
        return who

    def _read_all(self, database: Database, context: QueryContext) -> set[Who]:
        """Read all callers who have lost calls."""
        rows = {call.id: call for call in database.each("calls_of_lost_callers", CallOfCaller, context.parameters)}
        affected: set[Who] = set()
        for call in rows.values():
            if call.is_lost:
                if (who := self._who(call)) is None:
                    self._take_withheld(call)
                else:
                    affected.add(who)
        return self._read_further(database, context, rows, affected)

    def _affected(
        self, database: Database, context: QueryContext, calls: Collection[int], customers: Collection[int]
    ) -> set[Who]:
        """The callers of whom something may have changed."""
        calls = {*calls, *(lost for call in calls for lost in self._lost_before.get(call, ()))}
        affected = {self._who_of[call] for call in calls if call in self._who_of}
        for number in calls:
            self._is_changed = self._withheld.pop(number, None) is not None or self._is_changed
        matter = self._that_matter(database, calls) if calls else ()
        given = {**context.parameters, "calls": dumps(sorted(matter))}
        for call in database.each("calls_to_place", CallOfCaller, given) if matter else ():
            who = self._who(call)
            if who is None:
                if call.is_lost:
                    self._take_withheld(call)
            elif call.is_lost or who in self._callers:
                affected.add(who)
        return affected | self._of_customers(database, customers)

    def _that_matter(self, database: Database, calls: Collection[int]) -> Collection[int]:
        """Those of some calls that may be lost, or of callers who have lost calls: few of them."""
        rows = database.each("callers_of_phone_calls", CallerOfVisit, {"calls": dumps(sorted(calls))})
        return {row.id for row in rows if row.may_be_lost or who_called(row.customer_id, row.caller) in self._callers}

    def _take_withheld(self, call: CallOfCaller) -> None:
        self._withheld[call.id] = _Caller([call])
        self._note_what_followed(call)

    def _note_what_followed(self, call: CallOfCaller) -> None:
        if call.went_on_id is not None:
            self._lost_before[call.went_on_id].add(call.id)

    def _of_customers(self, database: Database, customers: Collection[int]) -> set[Who]:
        """The callers who are, or have the numbers of, some customers."""
        if not customers:
            return set()
        given = {"customers": dumps(sorted(customers))}
        phones = {row.phone for row in database.each("customers_who_called", CustomerWhoCalled, given)}
        numbers = {phone for phone in phones if phone is not None}
        return {
            who
            for who, caller in self._callers.items()
            if who in customers or who in numbers or not numbers.isdisjoint(_numbers(caller))
        }

    def _read_callers(self, database: Database, context: QueryContext, affected: set[Who]) -> set[Who]:
        """Read all calls of some callers again; return these, and those whom a call has turned out to be of."""
        rows = self._calls_of(database, context, affected) if affected else {}
        return self._read_further(database, context, rows, affected)

    def _read_further(
        self, database: Database, context: QueryContext, rows: dict[int, CallOfCaller], affected: set[Who]
    ) -> set[Who]:
        """Read the calls of those, too, whom the calls of some callers have turned out to be of; return all."""
        found, calls = set(affected), defaultdict[Who, list[CallOfCaller]](list)
        new: Iterable[CallOfCaller] = rows.values()
        while True:
            for call in new:
                if (who := _who(call)) is not None:
                    calls[who].append(call)
            unread = calls.keys() - found
            if not unread:
                break
            found |= unread
            read = self._calls_of(database, context, unread)
            new = [call for number, call in read.items() if number not in rows]
            rows |= read
        self._take_calls(calls, found)
        self._read_customers(database, found & self._callers.keys())
        return found

    def _calls_of(self, database: Database, context: QueryContext, callers: set[Who]) -> dict[int, CallOfCaller]:
        """The calls of some callers, and those from the numbers to be looked up, by their ids."""
        numbers = {who for who in callers if isinstance(who, str)} | self._numbers
        for who in callers & self._callers.keys():
            numbers |= _numbers(self._callers[who])
        given = {
            **context.parameters,
            "customers": dumps(sorted(who for who in callers if isinstance(who, int))),
            "numbers": dumps(sorted(numbers)),
        }
        return {call.id: call for call in database.each("calls_of_callers", CallOfCaller, given)}

    def _take_calls(self, calls: Mapping[Who, list[CallOfCaller]], affected: Iterable[Who]) -> None:
        before = {who: self._callers.pop(who) for who in affected if who in self._callers}
        for caller in before.values():
            for call in caller.calls:
                self._who_of.pop(call.id, None)
        for who, of_caller in calls.items():
            if len(of_caller) > 1:
                of_caller.sort(key=lambda call: call.id)
            if any([call.is_lost for call in of_caller]):  # noqa: C419 - a generator takes longer for one
                shown = before.pop(who).shown if who in before else None
                self._callers[who] = _Caller(of_caller, shown=shown)
                for call in of_caller:
                    self._who_of[call.id] = who
                    if call.went_on_id is not None:
                        self._note_what_followed(call)
        self._is_changed = self._is_changed or any(caller.shown is not None for caller in before.values())

    def _read_customers(self, database: Database, callers: Iterable[Who]) -> None:
        customers = sorted(who for who in callers if isinstance(who, int))
        for row in database.each("customers_who_called", CustomerWhoCalled, {"customers": dumps(customers)}):
            self._callers[row.id].customer = row

    def _read_orders(self, database: Database, context: QueryContext, callers: Iterable[Who]) -> None:
        customers = sorted(who for who in callers if isinstance(who, int) and who in self._callers)
        if not customers:
            return
        orders: defaultdict[int, list[OrderOfCaller]] = defaultdict(list)
        given = {**context.parameters, "customers": dumps(customers)}
        for row in database.each("orders_of_callers", OrderOfCaller, given):
            orders[row.customer_id].append(row)
        for customer in customers:
            self._callers[customer].orders = tuple(orders.get(customer, ()))

    def _take_promises(self, rows: Sequence[Promise]) -> set[Who]:
        """Take the promises; return for whom there are others than before."""
        if rows is self._promise_rows:
            return set()
        before, self._promise_rows = self._promises, rows
        found: defaultdict[Who, list[Promise]] = defaultdict(list)
        for row in rows:
            who = who_called(row.customer_id, row.caller)
            if who is not None:
                found[who].append(row)
        self._promises = dict(found)
        return {who for who in before.keys() | found.keys() if before.get(who) != self._promises.get(who)}

    def _show(self, context: QueryContext, who: Who | None, caller: _Caller) -> None:
        """Make what is shown of a caller, and note whether it is something else than before."""
        assert self._dates is not None  # noqa: S101 - set by every reading
        at, promises = self._at, self._promises.get(who, ()) if who is not None else ()
        bought: Sequence[date] = ()
        caller.may_change = has_moment_after(caller.calls, promises, at)
        if caller.orders:
            ends = [order.cancelled_at for order in caller.orders if order.cancelled_at is not None]
            caller.may_change = caller.may_change or any(end > at for end in ends)
            stands = [order for order in caller.orders if order.cancelled_at is None or order.cancelled_at > at]
            bought = purchase_days(self._dates.of(order.sold_at // MINUTE_MS) for order in stands)
        shown = made_lost_caller(
            who,
            caller.calls,
            promises,
            at,
            customer=caller.customer,
            bought=bought,
            today=context.today,
            directory=context.directory,
        )
        self._is_changed = self._is_changed or shown != caller.shown
        caller.shown = shown


def _who(call: CallOfCaller) -> Who | None:
    return who_called(call.customer_id, call.caller)


def _numbers(caller: _Caller) -> set[str]:
    """The numbers of a caller's calls with which no customer is noted."""
    return {call.caller for call in caller.calls if call.is_by_number and call.caller is not None}
