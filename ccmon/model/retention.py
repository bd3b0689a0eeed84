"""Who buys again, who has left, and who must not be forgotten (metrics.md 10.1 to 10.3)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ccmon.metrics.retention import ChurnLimits, Cohort, Segment, WinBack
from ccmon.number_types import Count, Date, Ratio


class Move(Struct, frozen=True):
    """Customers who went from one segment to another today."""

    before: Segment | None
    """The segment before; None: had never bought."""
    after: Segment
    """The segment now."""
    customers: Count
    """How many went this way."""


class RetentionFigures(Struct, frozen=True, kw_only=True):
    """Who buys again (metrics.md 10.1 and 10.2). A purchase is a day with an order that stands."""

    one_time: Count
    """Customers with one purchase."""
    repeat: Count
    """Two purchases or more, and not loyal."""
    loyal: Count
    """Three purchases or more within 365 days."""
    lapsed: Count
    """Once loyal, without an order for 365 days."""
    moves: tuple[Move, ...]
    """Moves between the segments today, the most frequent first."""
    active: Count
    """Customers whose last order is not as long ago as the limit ``at_risk_days``."""
    at_risk: Count
    """Customers whose last order is longer ago than that, and not yet as ``churned_days``."""
    churned: Count
    """Customers whose last order is longer ago than ``churned_days``."""
    limits: ChurnLimits
    """The days without an order that make a customer at risk, and churned."""
    churn: Ratio | None
    """Not churned 28 days ago and churned now, over those not churned 28 days ago."""
    won_back: WinBack
    """Of the last 28 days: churned customers reached by a retention call, and who came back."""
    won_back_today: Count
    """Churned customers who bought today, called or not."""
    cohorts: tuple[Cohort, ...]
    """By month of the first purchase, the oldest first: who bought again within 90 days. The last 13 months."""
    first_order_day: Date | None
    """Day of the first order known: customers who were new in the months after it may be old ones."""

    @property
    def customers(self) -> int:
        """Everybody who ever bought."""
        return self.one_time + self.repeat + self.loyal + self.lapsed


class UnresolvedReason(StrEnum):
    """Why a customer must not be forgotten."""

    SILENT = "promised and silent"
    """An open follow-up was due before today and nobody has talked with the customer since it was due."""
    NOT_REACHED = "fruitless attempts"
    """Called twice or more in 14 days, never reached, and no open follow-up."""
    PROBLEMS = "two problems, no follow-up"
    """Called about problems twice or more in 14 days, and there is no follow-up since the first."""


class UnresolvedCustomer(Struct, frozen=True):
    """A customer who must not be forgotten: something is unresolved."""

    customer_id: int
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    why: UnresolvedReason
    """Why they must not be forgotten."""
    times: Count
    """Attempts, problems, or business days of silence."""
    last_at: int
    """The last attempt or problem; the due moment of the promise."""
    agent_id: int | None
    owner: str | None
    """The agent who owes the call, or talked last."""
    client: str | None
    """The client company of that agent's team."""


class SecondPurchase(Struct, frozen=True):
    """Somebody who bought once and whose usual time to buy again closes soon."""

    customer_id: int
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    bought_on: Date
    """Business day of the one purchase."""
    closes_on: Date
    """Day on which the usual time to buy again closes."""
    agent_id: int | None
    agent: str | None
    """Who sold to them."""
    client: str | None
    """The client company of that agent's team."""
