"""What happens on a floor beside the calls: who the caller was, what was sold, promised, said and planned.

The simulated floor yields these among the call events, in the order in which they happen;
`ccmon.database.simulator_writer` writes them. A call is named by its call id and the number of the visit. Moments
(``at``, ``_at``) are Unix milliseconds, UTC.
"""

from __future__ import annotations

from typing import NamedTuple


class Customer(NamedTuple):
    """Somebody whom the centre knows."""

    id: int
    reference: str
    name: str
    phone: str


class CallerKnown(NamedTuple):
    """The centre knows who calls or is called. ``right_party``: an outbound call has reached the person sought."""

    at: int
    call_id: str
    visit: int
    customer: Customer
    right_party: bool | None = None


class ReasonGiven(NamedTuple):
    """The agent has noted why the customer called."""

    at: int
    call_id: str
    visit: int
    reason: str


class Sold(NamedTuple):
    """A sale on a call."""

    at: int
    call_id: str
    visit: int
    agent: str
    campaign: str | None
    customer: Customer | None
    amount_cents: int


class SaleCancelled(NamedTuple):
    """The customer takes back the sales of a call."""

    at: int
    call_id: str
    visit: int


class EarlierOrder(NamedTuple):
    """An order from before the first day of the data, which no call of these days led to."""

    at: int
    customer: Customer
    amount_cents: int


class SurveyInvited(NamedTuple):
    """A customer is asked how the call was."""

    at: int
    call_id: str
    visit: int
    agent: str
    customer: Customer | None
    delivered: bool


class SurveyAnswered(NamedTuple):
    """A customer says how the call was."""

    at: int
    call_id: str
    visit: int
    agent: str
    customer: Customer | None
    score: int
    scale: int
    comment: str | None
    question: str = "satisfaction"
    """satisfaction; recommend, from 0 to 10; resolved, 0 or 1"""


class FollowUpPromised(NamedTuple):
    """A call back is promised. Told again: the one that names the call that led to it counts."""

    at: int
    id: int
    created_at: int
    """When it was promised; before ``at`` where the day begins with promises of days before."""
    call_id: str | None
    visit: int
    agent: str
    customer: Customer | None
    kind: str
    due_at: int
    note: str | None


class FollowUpMoved(NamedTuple):
    """The agent moves a follow-up to a later moment; the promised moment stays."""

    at: int
    id: int
    due_at: int


class FollowUpDone(NamedTuple):
    """A follow-up is settled."""

    at: int
    id: int
    outcome: str


class ShiftPlanned(NamedTuple):
    """A stretch of an agent's plan for the day."""

    agent: str
    starts_at: int
    ends_at: int
    activity: str


class QuotaSet(NamedTuple):
    """What is expected of the centre, a team, an agent or a campaign. ``name``: whose; empty for the centre."""

    scope: str
    name: str
    period: str
    starts_on: str
    sales: int
    revenue_cents: int
    conversion: float | None


class DayOpened(NamedTuple):
    """A business day begins, with its plan."""

    at: int
    shifts: tuple[ShiftPlanned, ...]
    quotas: tuple[QuotaSet, ...]


Happening = (
    CallerKnown
    | ReasonGiven
    | Sold
    | SaleCancelled
    | SurveyAnswered
    | SurveyInvited
    | EarlierOrder
    | FollowUpPromised
    | FollowUpMoved
    | FollowUpDone
    | DayOpened
)

HAPPENINGS = (
    CallerKnown,
    ReasonGiven,
    Sold,
    SaleCancelled,
    SurveyAnswered,
    SurveyInvited,
    EarlierOrder,
    FollowUpPromised,
    FollowUpMoved,
    FollowUpDone,
    DayOpened,
)
"""The types of them all, for ``isinstance``."""
