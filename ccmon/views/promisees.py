"""Customers on the screen to whom a call can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccmon.formatting import clock, plural
from ccmon.metrics.durations import spoken
from ccmon.metrics.lost_callers import CallerState
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.lost_callers import LostCaller
from ccmon.model.retention import SecondPurchase, UnresolvedCustomer, UnresolvedReason
from ccmon.model.satisfaction import LowScore
from ccmon.views.keys import Key, key_of
from ccmon.views.view_context import ViewContext


class Promisee(NamedTuple):
    """A customer to whom a call can be promised."""

    argument: str
    """Who it is, as ``ccmon follow-up add`` takes it: the customer's row, else a number."""
    name: str
    note: str
    """What the call is about."""
    is_promised: bool
    """Whether a call to them is promised already."""
    agent: str | None = None
    """Who knows them: the agent who talked with them last, or sold to them."""
    queue: str | None = None
    """The queue in which they called."""
    client: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether only a number is known."""
        return not self.argument.startswith("#")


class Listed(NamedTuple):
    """How many customers a list has, and how many of them need a call."""

    all: int
    to_be_called: int

    def left_out(self, known: int, promised: int) -> str:
        """In words, which of them get none: those of whom nobody knows whom to call, and to whom one is promised."""
        numbers = (
            (self.all - self.to_be_called, "not to be called"),
            (self.to_be_called - known, "without a number, or listed twice"),
            (promised, "promised already"),
        )
        parts = [f"{number} {words}" for number, words in numbers if number > 0]
        return f" of {self.all} ({', '.join(parts)})" if parts else ""


def promisees_of(row: object, context: ViewContext) -> list[Promisee]:
    """The customers whom a row is about; none where nobody knows whom to call."""
    if isinstance(row, ReasonFigures):
        return [each for customer in row.concerned for each in _promisee(customer, f"Called about {row.name}", context)]
    is_promised, note = False, ""
    if not isinstance(row, LostCaller | LowScore | UnresolvedCustomer | SecondPurchase):
        return []
    match row:
        case LostCaller():
            is_promised = row.state is CallerState.PROMISED
            waited = spoken(row.waited_ms)
            note = f"Gave up in {row.queue or 'a queue'} at {clock(row.lost_at, context.zone)}, waited {waited}"
        case LowScore():
            note = f"Scored {row.score} of {row.scale}" + (f": {row.comment}" if row.comment else "")
        case UnresolvedCustomer():
            is_promised, note = row.why is UnresolvedReason.SILENT, row.why.capitalize()
        case SecondPurchase():
            note = f"Bought once, on {row.bought_on}"
    return _promisee(row, note, context, is_promised=is_promised)


def customers_listed(row: object) -> int:
    """How many customers a row is about."""
    return row.customers if isinstance(row, ReasonFigures) else 1


def is_still_to_be_called(row: object) -> bool:
    """Whether a row needs a call: of lost callers, only those with whom nobody has talked since."""
    return not isinstance(row, LostCaller) or row.is_to_call_back


def _promisee(row: object, note: str, context: ViewContext, *, is_promised: bool = False) -> list[Promisee]:
    agent = row.owner if isinstance(row, UnresolvedCustomer) else getattr(row, "agent", None)
    customer_id, phone, name, queue, client = (
        getattr(row, field, None) for field in ("customer_id", "phone", "customer", "queue", "client")
    )
    return promisee_of(
        customer_id, phone, name, note, context, agent=agent, queue=queue, client=client, is_promised=is_promised
    )


def promisee_of(
    customer_id: int | None,
    phone: str | None,
    name: str | None,
    note: str,
    context: ViewContext,
    *,
    agent: str | None = None,
    queue: str | None = None,
    client: str | None = None,
    is_promised: bool = False,
) -> list[Promisee]:
    """A customer to whom a call can be promised; empty where neither the customer nor a number is known."""
    argument = phone if customer_id is None else f"#{customer_id}"
    if argument is None:
        return []
    items = context.floor_to_choose_from.follow_ups.items
    owed = customer_id is not None and any(item.customer_id == customer_id for item in items)
    return [Promisee(argument, name or phone or "a customer", note, is_promised or owed, agent, queue, client)]


def how_many(promisees: Sequence[Promisee]) -> str:
    """How many customers, in words."""
    return plural(len(promisees), "{n} customer", "{n} customers")


def no_customer_text(keys: Sequence[Key]) -> str:
    """Where customers can be chosen."""
    panels = ("queue", "follow_ups", "satisfaction", "problems")
    queue, follow_ups, satisfaction, problems = (key_of(keys, f"panel.{panel}").first for panel in panels)
    view = key_of(keys, "view").first
    return (
        f"Choose a customer first: lost ({queue}, {view}), unresolved ({follow_ups}, {view}), low scores "
        f"({satisfaction}, {view}), or a problem ({problems})."
    )
