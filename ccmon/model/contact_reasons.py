"""Why customers call, and which reasons rise (metrics.md 10.4 and 10.5)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ccmon.metrics import ratios
from ccmon.number_types import Count, Quantity, Ratio


class ConcernedCustomer(Struct, frozen=True):
    """A customer who called for a reason today."""

    reason_id: int
    customer_id: int
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    calls: Count
    """How often they called for this reason today."""
    last_at: int
    """The moment of the latest of these calls."""
    agent: str | None
    """The agent who last talked with them."""


class ReasonFigures(Struct, frozen=True, kw_only=True):
    """One reason why customers called today (metrics.md 10.4 and 10.5)."""

    id: int | None
    """None: no reason was noted; that row is never hidden."""
    name: str
    """What the reason is called."""
    product: str | None
    """The product it is about."""
    is_problem: bool
    """Whether customers call with this reason because something is wrong."""
    calls: Count
    """Today's answered calls with this reason."""
    per_100_calls: Annotated[float, Meta(ge=0, le=100)] | None
    """Calls with this reason per 100 answered calls."""
    share: Ratio
    """Share of the calls listed."""
    cumulative: Quantity
    """Sum of the shares of this reason and all more frequent ones."""
    vital: bool
    """Whether it is among the reasons that make up the first 80 %."""
    customers: Count
    """Distinct customers who called with it."""
    usual: Quantity | None
    """Calls usual on this weekday up to the last test, scaled to today's volume; None without a baseline."""
    ratio: Quantity | None
    """Rate at the last test over the baseline's rate; None for a new reason."""
    is_new: bool | None
    """Whether it never occurred in the baseline. Like the next, None while nothing is known about past days."""
    rising: bool | None
    """Whether it is flagged: 5 or more, at least 1.5 times as usual, significant over all reasons tested."""
    concerned: tuple[ConcernedCustomer, ...]
    """The customers who called, the latest first."""


class ProblemFigures(Struct, frozen=True):
    """Why customers call: reasons of today's answered calls, the most frequent first."""

    answered: Count
    """Answered inbound calls of today, with or without a reason."""
    coded: Count
    """Of the answered calls, those with a reason."""
    reasons: tuple[ReasonFigures, ...]
    """The most frequent first."""
    tested_at: int | None
    """The last fixed time at which rising was tested; None before the first of the day."""
    baseline_days: Count | None
    """How many same weekdays the baseline covers; None while their rows still come in: what rises is then unknown."""

    @property
    def coded_share(self) -> Ratio | None:
        """Share of answered calls with a reason; where it is low, all figures here are biased."""
        return ratios.share(self.coded, self.answered)


class RaisedFlag(Struct, frozen=True):
    """A contact reason that was flagged as rising for a part of a day."""

    reason: str
    """Its name."""
    raised_at: int
    """The moment of the test that raised the flag."""
    cleared_at: int
    """The moment of the test that took it; `NEVER`: it stands."""
