"""Callers of today who gave up (metrics.md 2.1): records of the model from rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from msgspec import Struct

from ccmon.metrics.first_contact import who_called
from ccmon.metrics.lost_callers import CallOfCaller, Promise, lost_caller
from ccmon.metrics.retention import segment
from ccmon.model.lost_callers import LostCaller, LostCallers
from ccmon.snapshot.directory import Directory


class CustomerWhoCalled(Struct, frozen=True, gc=False):
    """A customer. A row of ``customers_who_called``."""

    id: int
    name: str | None
    phone: str | None
    reference: str | None


class OrderOfCaller(Struct, frozen=True, gc=False):
    """An order before today. A row of ``orders_of_callers``."""

    customer_id: int
    sold_at: int
    cancelled_at: int | None


UNKNOWN_CUSTOMER = CustomerWhoCalled(0, None, None, None)


def made_lost_caller(
    who: int | str | None,
    calls: Sequence[CallOfCaller],
    promises: Iterable[Promise],
    at: int,
    *,
    customer: CustomerWhoCalled | None,
    bought: Sequence[date],
    today: date,
    directory: Directory,
) -> LostCaller | None:
    """A caller who gave up, as known at a moment; None if they did not.

    Args:
        who: the customer or number; None: withheld.
        calls: their calls of the day.
        promises: what they have been promised.
        at: the moment.
        customer: the customer, if known.
        bought: the days before today on which they bought.
        today: the business day.
        directory: names.
    """
    found = lost_caller(calls, promises, at, is_known=who is not None)
    if found is None:
        return None
    last, person = found.last, customer or UNKNOWN_CUSTOMER
    queue = directory.queues.get(last.queue_id or 0)
    owner = directory.agents.get(found.promise.agent_id or 0) if found.promise else None
    lost_at = last.ended_at or last.entered_at
    number = last.caller if who == last.caller or who_called(None, last.caller) is not None else None
    return LostCaller(
        id=f"call {last.id}" if who is None else f"customer {who}" if isinstance(who, int) else who,
        customer_id=who if isinstance(who, int) else None,
        customer=person.name,
        phone=number or person.phone,
        customer_reference=person.reference,
        segment=segment(bought, today) if bought else None,
        purchases=len(bought),
        queue_id=last.queue_id,
        queue=queue.name if queue else None,
        client=queue.client if queue else None,
        kind=last.kind,
        entered_at=last.entered_at,
        lost_at=lost_at,
        waited_ms=max(0, lost_at - last.entered_at),
        times=found.times,
        state=found.state,
        state_at=found.since,
        owner=owner.name if owner else None,
    )


def in_order(callers: Iterable[LostCaller]) -> LostCallers:
    """Those to call back first, then those who wait or were promised a call; in each, the latest first."""
    groups: tuple[list[LostCaller], list[LostCaller], list[LostCaller]] = [], [], []
    for caller in callers:
        groups[0 if caller.is_to_call_back else 1 if caller.state.is_open else 2].append(caller)
    for group in groups:
        group.sort(key=lambda caller: (-caller.lost_at, caller.id))
    return LostCallers(tuple(chain.from_iterable(groups)))
