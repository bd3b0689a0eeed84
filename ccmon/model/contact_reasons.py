"""Why customers call, and which reasons rise (metrics.md 10.4 and 10.5)."""

from __future__ import annotations

from msgspec import Struct

from ccmon.metrics import sales_funnel


class ConcernedCustomer(Struct, frozen=True):
    """A customer who called for a reason today."""

    customer_id: int
    customer: str | None
    phone: str | None
    calls: int
    last_at: int
    agent: str | None
    """Who talked with them last."""


class ReasonFigures(Struct, frozen=True):
    """One reason why customers called today (metrics.md 10.4 and 10.5)."""

    id: int | None
    """None: no reason was noted; never hidden."""
    name: str
    product: str | None
    is_problem: bool
    calls: int
    per_100_calls: float | None
    share: float
    cumulative: float
    vital: bool
    """Among the reasons that make up the first 80 %."""
    customers: int
    """Distinct ones."""
    usual: float | None
    """Calls that the same weekdays would have brought by the last test, at today's volume; None without a baseline."""
    ratio: float | None
    """Rate at the last test over the baseline's rate; None for a new reason."""
    is_new: bool
    """It never occurred in the baseline."""
    rising: bool
    """Flagged: 5 or more, at least 1.5 times as usual, significant over all reasons looked at."""
    concerned: tuple[ConcernedCustomer, ...]
    """The customers, the latest first; at most 50."""


class ProblemFigures(Struct, frozen=True):
    """The problem radar: reasons of today's answered calls, the most frequent first."""

    answered: int
    """Answered inbound calls of today, with or without a reason."""
    coded: int
    """Of them, those with a reason."""
    reasons: tuple[ReasonFigures, ...]
    tested_at: int | None
    """The last fixed time at which rising was tested; None before the first of the day."""
    baseline_days: int | None
    """Same weekdays that the baseline holds; None while their rows are still coming in: what rises is then unknown."""

    @property
    def coded_share(self) -> float | None:
        """Share of answered calls with a reason; every figure here is biased where it is low."""
        return sales_funnel.share(self.coded, self.answered)
