"""Follow-up calls promised to customers, and what each owner can still keep (metrics.md 10.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from ccmon.metrics import sales

if TYPE_CHECKING:
    from ccmon.metrics.follow_ups import KeptPromises, LateReason, Risk


AT_RISK_FROM = 0.5
"""A promise that is late with this probability is listed as at risk (metrics.md 10.3)."""


class FollowUp(Struct, frozen=True):
    """A call promised to a customer and not yet made."""

    id: int
    customer: str | None
    owner: str | None
    """Name of the agent who owes it."""
    team: str | None
    client: str | None
    kind: str
    due_at: int
    promised_at: int
    """The first due moment: what an agent moves does not move this."""
    overdue_since: int
    """From here on it counts as overdue: the due moment plus the grace (metrics.md 10.3)."""
    note: str | None
    phone: str | None = None
    """The customer's."""
    owner_id: int | None = None
    late_chance: float | None = None
    """How likely it is not done by the first due moment and its grace (metrics.md 10.3); 1 once that has passed."""
    late_reason: LateReason | None = None
    """What makes it as likely as that; None where that is not known, and once it is late."""


class FollowUpFigures(Struct, frozen=True):
    """Follow-up calls of the business day. ``items`` are open and due today or before, the oldest first."""

    due_today: int | None
    """Open and due within today's business day. None, as the next two, while rows are still coming in."""
    overdue: int | None
    done_today: int | None
    on_time: int
    """Of the follow-ups promised for today or done today, those done by their promised moment plus grace."""
    on_time_of: int
    items: tuple[FollowUp, ...]
    owners: tuple[AgentFollowUps, ...] | None = None
    """By owner, those with most promises that will be late first; None before shifts and usual times are known."""

    @property
    def at_risk(self) -> int | None:
        """Promises that are not late yet and more likely than not will be; None before that has been read."""
        found = None if self.owners is None else _sum_of(owner.at_risk for owner in self.owners)
        return None if found is None else int(found)

    @property
    def late_expected(self) -> float | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.owners is None else _sum_of(owner.late_expected for owner in self.owners)

    @property
    def on_time_rate(self) -> float | None:
        """Done on time over those whose original due moment lies in the day so far (metrics.md 10.3)."""
        return sales.share_of_enough(self.on_time, self.on_time_of, at_least=1)


class AgentFollowUps(Struct, frozen=True):
    """An agent's promised calls of the business day, and whether they can still be kept (metrics.md 10.3)."""

    agent_id: int | None
    """None: nobody has taken them."""
    name: str
    team: str | None
    client: str | None
    due_today: int
    """Open and due today."""
    overdue: int
    done_today: int
    kept: KeptPromises
    """Promises whose time has come today, and those kept."""
    shift_ends_at: int | None
    handling_ms: int | None
    """Usual time for one call of this kind; None where nothing shows it."""
    handling_is_own: bool
    """False: the agent has made too few, so that it is the whole centre's."""
    risk: Risk | None
    """What is due before the end of the shift against the time left; None without a shift or a usual time."""
    late_chances: tuple[float, ...] | None = None
    """Of each promise of today that is not late yet: how likely it will be. None before that has been read."""
    late_reason: LateReason | None = None
    """Why most of those at risk are, beside those that cannot be kept; None where there are none."""
    owed: int = 0
    """Open and due by the end of today, those of earlier days among them."""

    @property
    def at_risk(self) -> int | None:
        """Promises that are not late yet and more likely than not will be."""
        return None if self.late_chances is None else sum(chance >= AT_RISK_FROM for chance in self.late_chances)

    @property
    def late_expected(self) -> float | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.late_chances is None else self.overdue + sum(self.late_chances)

    @property
    def cannot_be_kept(self) -> int:
        """Promises that are not late yet and will be whatever the owner does: a certain lower bound."""
        return max(0, len(self.risk.late) - self.overdue) if self.risk is not None else 0

    @property
    def late(self) -> int:
        """Promises that are late, and those that will be whatever the owner does: a certain lower bound."""
        return len(self.risk.late) if self.risk else self.overdue


def _sum_of(values: Iterable[float | None]) -> float | None:
    """The sum; None where one of them is unknown."""
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
