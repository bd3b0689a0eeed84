"""Who buys again, who has left, and who is at risk of being forgotten (metrics.md 10.1 to 10.3)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ccmon.metrics.retention import ChurnLimits, Cohort, Segment, WinBack
from ccmon.number_types import Count, Date, Ratio


class Move(Struct, frozen=True):
    """Customers who moved from one segment to another today."""

    before: Segment | None
    """The segment before; None: they had never bought."""
    after: Segment
    """The segment now."""
    customers: Count
    """How many made this move."""


class RetentionFigures(Struct, frozen=True, kw_only=True):
    """Who buys again (metrics.md 10.1 and 10.2). A purchase is a day with an order that stands."""

    one_time: Count
    """Customers with one purchase."""
    repeat: Count
    """Customers with two purchases or more who are not loyal."""
    loyal: Count
    """Customers with three purchases or more within 365 days."""
    lapsed: Count
    """Customers once loyal, but without an order for 365 days."""
    moves: tuple[Move, ...]
    """Moves between the segments today, the most frequent first."""
    active: Count
    """Customers whose last order is at most ``at_risk_days`` ago."""
    at_risk: Count
    """Customers whose last order is more than ``at_risk_days`` and at most ``churned_days`` ago."""
    churned: Count
    """Customers whose last order is more than ``churned_days`` ago."""
    limits: ChurnLimits
    """After how many days without an order a customer counts as at risk, and as churned."""
    churn: Ratio | None
    """Customers churned now but not 28 days ago, over those not churned 28 days ago."""
    won_back: WinBack
    """In the last 28 days: churned customers reached by a retention call, and those who came back."""
    won_back_today: Count
    """Churned customers who bought today, called or not."""
    cohorts: tuple[Cohort, ...]
    """Who bought again within 90 days, by month of the first purchase, the oldest first: the last 13 months."""
    first_order_day: Date | None
    """Day of the first known order: customers who seem new in the months after it may be older ones."""

    @property
    def customers(self) -> int:
        """Everybody who ever bought."""
        return self.one_time + self.repeat + self.loyal + self.lapsed


class UnresolvedReason(StrEnum):
    """Why a customer is at risk of being forgotten."""

    SILENT = "promised and silent"
    """An open follow-up was due before today, and nobody has talked with the customer since."""
    NOT_REACHED = "fruitless attempts"
    """Called twice or more in 14 days, never reached, and without an open follow-up."""
    PROBLEMS = "two problems, no follow-up"
    """Called about problems twice or more in 14 days, without a follow-up since the first call."""


class UnresolvedCustomer(Struct, frozen=True):
    """A customer at risk of being forgotten: something is unresolved."""

    customer_id: int
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    why: UnresolvedReason
    """Why they must not be forgotten."""
    times: Count
    """How many attempts, problems, or business days of silence."""
    last_at: int
    """The last attempt or problem, or the due moment of the promise."""
    agent_id: int | None
    owner: str | None
    """The agent who is to make the call, or who talked with the customer last."""
    client: str | None
    """The client company of that agent's team."""


class SecondPurchase(Struct, frozen=True):
    """A customer who bought once and whose usual time to buy again ends soon."""

    customer_id: int
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    bought_on: Date
    """Business day of the only purchase."""
    closes_on: Date
    """Day on which the usual time to buy again ends."""
    agent_id: int | None
    agent: str | None
    """The agent who sold to them."""
    client: str | None
    """The client company of that agent's team."""
