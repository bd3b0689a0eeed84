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
    """Their calls for the reason today."""
    last_at: int
    """When the latest of these calls came."""
    agent: str | None
    """Who talked with them last."""


class ReasonFigures(Struct, frozen=True, kw_only=True):
    """One reason why customers called today (metrics.md 10.4 and 10.5)."""

    id: int | None
    """None: no reason was noted; never hidden."""
    name: str
    """What the reason is called."""
    product: str | None
    """The product it is about."""
    is_problem: bool
    """Whether customers call for it because something is wrong."""
    calls: Count
    """Answered calls of today with this reason."""
    per_100_calls: Annotated[float, Meta(ge=0, le=100)] | None
    """The same for each 100 answered calls."""
    share: Ratio
    """Share in the calls that are listed."""
    cumulative: Quantity
    """Shares of this reason and of all more frequent ones."""
    vital: bool
    """Among the reasons that make up the first 80 %."""
    customers: Count
    """Distinct ones."""
    usual: Quantity | None
    """Calls that the same weekdays would have brought by the last test, at today's volume; None without a baseline."""
    ratio: Quantity | None
    """Rate at the last test over the baseline's rate; None for a new reason."""
    is_new: bool | None
    """It never occurred in the baseline. None, as the next, while nothing is known of past days."""
    rising: bool | None
    """Flagged: 5 or more, at least 1.5 times as usual, significant over all reasons looked at."""
    concerned: tuple[ConcernedCustomer, ...]
    """The customers, the latest first; at most 50."""


class ProblemFigures(Struct, frozen=True):
    """Why customers call: reasons of today's answered calls, the most frequent first."""

    answered: Count
    """Answered inbound calls of today, with or without a reason."""
    coded: Count
    """Of them, those with a reason."""
    reasons: tuple[ReasonFigures, ...]
    """The most frequent first."""
    tested_at: int | None
    """The last fixed time at which rising was tested; None before the first of the day."""
    baseline_days: Count | None
    """Same weekdays that the baseline holds; None while their rows are still coming in: what rises is then unknown."""

    @property
    def coded_share(self) -> Ratio | None:
        """Share of answered calls with a reason; every figure here is biased where it is low."""
        return ratios.share(self.coded, self.answered)
