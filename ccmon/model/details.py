"""What the details of a row show beyond the snapshot: read from the database when they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from ccmon.metrics import agents, handling
from ccmon.metrics.missed_calls import MissedCause, missed_cause
from ccmon.model.business_day import BusinessDay
from ccmon.number_types import Ratio


class DetailPage(StrEnum):
    """What can be read about a subject."""

    AGENT_DAY = "agent_day"
    """`AgentDayRows`: the states of the day, and missed calls."""
    AGENT_CALLS = "agent_calls"
    """`ListedCall` of the day, the latest first."""
    AGENT_ANSWERS = "agent_answers"
    """`ListedAnswer` of the last 28 business days, the latest first."""
    AGENT_WEEKS = "agent_weeks"
    """`AgentPastDay` of the last 28 business days, the latest first."""
    QUEUE_WAITING = "queue_waiting"
    """`WaitingVisit`, the one that has waited longest first."""
    QUEUE_USUAL = "queue_usual"
    """`PastQuarterOffered` of the same weekday of past weeks."""
    CUSTOMER_CONTACTS = "customer_contacts"
    """`ListedCall`, the latest first."""
    CUSTOMER_ORDERS = "customer_orders"
    """`ListedOrder`, the latest first."""
    CUSTOMER_PROMISES = "customer_promises"
    """`ListedPromise`, the latest first."""
    CUSTOMER_ANSWERS = "customer_answers"
    """`ListedAnswer`, the latest first."""
    CALL = "call"
    """`CallStory`."""


class AgentSubject(Struct, frozen=True):
    """An agent whose details are open."""

    id: int
    name: str


class QueueSubject(Struct, frozen=True):
    """A queue whose details are open."""

    id: int
    name: str


class CustomerSubject(Struct, frozen=True):
    """A customer, or a number that nobody knows, whose details are open."""

    id: int | None
    phone: str | None
    name: str


class CallSubject(Struct, frozen=True):
    """A call whose details are open."""

    id: int
    """One of its visits."""
    name: str


DetailSubject = AgentSubject | QueueSubject | CustomerSubject | CallSubject


class DetailRequest(Struct, frozen=True):
    """Asks for a page."""

    page: DetailPage
    subject: DetailSubject
    at: int
    """The floor's moment."""
    day: BusinessDay
    client: str | None
    """Only what belongs to this client; None: to whomever."""
    limit: int
    """Rows, at most, where a page is a list."""


class ReadDetails(Struct, frozen=True):
    """A page that was read."""

    at: int
    """The moment of the request."""
    rows: Sequence[Any]
    """As `DetailPage` says; one record where a page is no list."""
    more: bool = False
    """Whether there are more rows than were asked for."""


class AgentStretch(Struct, frozen=True):
    """One state of an agent, clipped to the business day. A row of ``detail_states_of_agent``."""

    state: str
    """One of `AgentState`."""
    reason: str | None
    started_at: int
    ended_at: int | None
    """None: it goes on."""

    def length_ms(self, until: int) -> int:
        """How long it has lasted by a moment."""
        return max(0, (until if self.ended_at is None else self.ended_at) - self.started_at)


class AgentMissedCall(Struct, frozen=True):
    """A call that an agent did not answer. A row of ``detail_missed_calls_of_agent``."""

    call_id: int | None
    queue: str | None
    customer: str | None
    phone: str | None
    missed_at: int
    ring_ms: int
    answered_at: int | None
    """When somebody answered the call, if anybody did."""
    abandoned_at: int | None
    """When the caller hung up, if nobody had answered."""
    answered_by: str | None

    @property
    def cause(self) -> MissedCause:
        """Why the call was not answered here."""
        return missed_cause(
            self.missed_at,
            self.ring_ms,
            answered_at=self.answered_at,
            abandoned_at=self.abandoned_at,
            is_call_known=self.call_id is not None,
        )


class AgentDayRows(Struct, frozen=True):
    """An agent's business day so far."""

    stretches: Sequence[AgentStretch]
    missed: Sequence[AgentMissedCall]


class AgentPastDay(Struct, frozen=True):
    """An agent's figures of one business day. A row of ``detail_days_of_agent``."""

    date: str
    """ISO date of the business day."""
    handled: int
    talk_ms: int
    """Talk, hold and wrap-up of the handled calls."""
    hold_ms: int
    wrap_up_ms: int
    missed: int
    sales: int
    talking_ms: int
    """Time in the states talking and on hold."""
    wrapping_up_ms: int
    """Time in the state wrap-up."""
    ready_ms: int
    paused_ms: int

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)

    @property
    def occupancy(self) -> Ratio | None:
        """Handling over handling and ready (metrics.md 6.6); None below 15 minutes and where no state is known."""
        return agents.occupancy(self.talking_ms, 0, self.wrapping_up_ms, self.ready_ms)

    @property
    def is_worked(self) -> bool:
        """Whether the agent did anything on that day."""
        known = self.handled, self.missed, self.sales, self.talking_ms, self.ready_ms, self.wrapping_up_ms
        return any((*known, self.paused_ms))


class PastQuarterOffered(Struct, frozen=True):
    """Visits offered to a queue in a quarter of an hour of a past day. A row of ``detail_past_quarters_of_queue``."""

    day_starts_at: int
    day_ends_at: int
    quarter_at: int
    offered: int


class WaitingVisit(Struct, frozen=True):
    """A caller who waits in a queue. A row of ``detail_waiting_in_queue``."""

    id: int
    customer: str | None
    phone: str | None
    entered_at: int
    ringing: str | None
    """The agents whose telephones ring for the call; None: none does, or no source says so."""


class ListedCall(Struct, frozen=True, gc=False):
    """A visit to a queue, or an outbound attempt. A row of ``detail_calls_of_…``."""

    id: int
    inbound: int
    queue: str | None
    """The queue, or the campaign of an outbound attempt."""
    customer_id: int | None
    customer: str | None
    phone: str | None
    agent_id: int | None
    agent: str | None
    entered_at: int
    answered_at: int | None
    ended_at: int | None
    kind: str
    """``calls.class``: how it ended."""
    wait_ms: int | None
    talk_ms: int | None
    hold_ms: int | None
    wrap_up_ms: int | None
    """None before the end, and while the wrap-up goes on."""
    handled: int | None
    """1 for a handled call (metrics.md 7)."""
    ended_by: str | None
    disposition: str | None
    reason: str | None
    """The primary contact reason."""
    orders: int
    """Orders that stand."""
    score: int | None
    """Of the survey's answer on satisfaction."""
    scale: int | None


class ListedOrder(Struct, frozen=True):
    """An order. A row of ``detail_orders_of_…``."""

    call_id: int | None
    sold_at: int
    amount_cents: int
    currency: str | None
    """None: the site's."""
    cancelled_at: int | None
    campaign: str | None
    agent: str | None
    reference: str | None


class ListedPromise(Struct, frozen=True):
    """A follow-up, open or settled. A row of ``detail_promises_of_…``."""

    call_id: int | None
    kind: str
    created_at: int
    promised_at: int
    due_at: int
    done_at: int | None
    outcome: str | None
    owner: str | None
    note: str | None


class ListedAnswer(Struct, frozen=True):
    """An answer to a survey. A row of ``detail_answers_of_…``."""

    call_id: int | None
    customer_id: int | None
    customer: str | None
    queue: str | None
    agent: str | None
    answered_at: int
    question: str
    score: int
    scale: int
    comment: str | None


class CallVisit(Struct, frozen=True):
    """One visit of a phone call. A row of ``detail_visits_of_call``."""

    id: int
    inbound: int
    queue: str | None
    customer_id: int | None
    customer: str | None
    phone: str | None
    agent_id: int | None
    agent: str | None
    entered_at: int
    answered_at: int | None
    ended_at: int | None
    wrapped_up_at: int | None
    kind: str
    hold_ms: int | None
    ended_by: str | None
    disposition: str | None
    reasons: str | None
    """Its contact reasons."""


class CallState(Struct, frozen=True):
    """A ringing telephone, or a hold, of a phone call. A row of ``detail_states_of_call``."""

    state: str
    """One of `AgentState`: ringing or on hold."""
    agent_id: int
    agent: str
    started_at: int
    ended_at: int | None


class TelephoneMissed(Struct, frozen=True):
    """An agent who did not answer a phone call. A row of ``detail_missed_of_call``."""

    agent_id: int
    agent: str
    missed_at: int
    ring_ms: int


class CallStory(Struct, frozen=True):
    """Everything known of one phone call."""

    visits: Sequence[CallVisit]
    states: Sequence[CallState]
    missed: Sequence[TelephoneMissed]
    orders: Sequence[ListedOrder]
    answers: Sequence[ListedAnswer]
    promises: Sequence[ListedPromise]
