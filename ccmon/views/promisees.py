"""Customers on the screen to whom a call can be promised, and who should make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ccmon.formatting import clock, plural
from ccmon.metrics.durations import spoken
from ccmon.metrics.lost_callers import CallerState
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.follow_ups import FollowUp
from ccmon.model.lost_callers import LostCaller
from ccmon.model.retention import SecondPurchase, UnresolvedCustomer, UnresolvedReason
from ccmon.model.satisfaction import LowScore
from ccmon.spelling import folded
from ccmon.time_units import HOUR_MS
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
    customer_id: int | None = getattr(row, "customer_id", None)
    phone: str | None = getattr(row, "phone", None)
    name: str | None = getattr(row, "customer", None)
    argument = phone if customer_id is None else f"#{customer_id}"
    if argument is None:
        return []
    items = context.floor_to_choose_from.follow_ups.items
    owed = customer_id is not None and any(item.customer_id == customer_id for item in items)
    return [Promisee(argument, name or phone or "a customer", note, is_promised or owed)]


def is_away(agent: AgentFigures, shift_ends_at: int | None, at: int) -> bool:
    """Whether an agent is not at work at a moment."""
    is_over = shift_ends_at is not None and shift_ends_at <= at
    return is_over or agent.state in {AgentState.LOGGED_OUT, AgentState.UNAVAILABLE}


def owed_by(context: ViewContext) -> Counter[int | None]:
    """How many open promises each agent has."""
    return Counter(item.owner_id for item in context.floor_to_choose_from.follow_ups.items)


def proposed_owners(context: ViewContext, due_at: int, owed: Mapping[int | None, int]) -> list[AgentFigures]:
    """Agents who may make a call, first those at work who are still there when it is due.

    Of them, those with the fewest promises come first; of those with as many, the one with most time left in the shift.
    """
    floor, now = context.floor_to_choose_from, context.rows_at
    ends = floor.shift_ends

    def order(agent: AgentFigures) -> tuple[bool, bool, int, int, str]:
        ends_at = ends.get(agent.id)
        is_gone = ends_at is not None and ends_at <= due_at
        return is_away(agent, ends_at, now), is_gone, owed.get(agent.id, 0), -(ends_at or now), folded(agent.name)

    return sorted(floor.agents, key=order)


def shared_out(context: ViewContext, due_at: int, number: int) -> list[AgentFigures | None]:
    """Who makes each of so many calls, so that nobody has more than they must; None: nobody is at work."""
    owed, owners = owed_by(context), list[AgentFigures | None]()
    ends, now = context.floor_to_choose_from.shift_ends, context.rows_at
    at_work = [agent for agent in proposed_owners(context, due_at, owed) if not is_away(agent, ends.get(agent.id), now)]
    staying = [agent for agent in at_work if (ends.get(agent.id) or due_at + 1) > due_at] or at_work
    places = {agent.id: place for place, agent in enumerate(staying)}
    for _ in range(number):
        owner = min(staying, key=lambda agent: (owed[agent.id], places[agent.id]), default=None)
        owners.append(owner)
        owed[owner.id if owner is not None else None] += 1
    return owners


def time_left(context: ViewContext, agent: AgentFigures) -> str:
    """How much of an agent's shift is left, in words; empty where that is not known."""
    ends_at = context.floor_to_choose_from.shift_ends.get(agent.id)
    if ends_at is None or ends_at <= context.rows_at:
        return ""
    left_ms = ends_at - context.rows_at
    return f"{left_ms // HOUR_MS} h {left_ms % HOUR_MS // 60_000:02} left"


def how_many(promisees: Sequence[Promisee]) -> str:
    """How many customers, in words."""
    return plural(len(promisees), "customer")


def possible_owners(item: FollowUp, context: ViewContext, owed: Mapping[int | None, int]) -> list[AgentFigures]:
    """Agents who may take a follow-up: first those at work, of them the owner's team, then by the fewest promises."""
    floor = context.floor_to_choose_from
    ends = {owner.agent_id: owner.shift_ends_at for owner in floor.follow_ups.owners or ()}

    return sorted(
        (agent for agent in floor.agents if agent.id != item.owner_id),
        key=lambda agent: (
            is_away(agent, ends.get(agent.id), context.rows_at),
            agent.team != item.team,
            owed.get(agent.id, 0),
            folded(agent.name),
        ),
    )
