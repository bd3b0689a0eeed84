"""Follow-up calls promised to customers, and what each owner can still keep (metrics.md 10.3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from ccmon.metrics import ratios
from ccmon.metrics.due_moments import DueMoments
from ccmon.metrics.follow_ups import FollowUpLoad, KeptPromises, LateReason
from ccmon.number_types import Count, Quantity, Ratio

AT_RISK_FROM = 0.5
"""A promise that is late with this probability is listed as at risk (metrics.md 10.3)."""


class Act(StrEnum):
    """What can be done to a follow-up, as the table ``audit`` has it."""

    # The word in audit, the command of `ccmon follow-up`, what a sentence says of it.
    SETTLED = "done", "done", "settled"
    """Done, or cancelled by the customer."""
    MOVED = "moved", "move", "moved"
    HANDED_OVER = "handed_over", "hand-over", "handed over"
    UNDONE = "undone", "undo", "undone"

    command: str
    """The command that does it."""
    words: str
    """That it has been done, in words."""

    def __new__(cls, name: str, command: str = "", words: str = "") -> Act:  # noqa: D102
        act = str.__new__(cls, name)
        act._value_ = name
        act.command, act.words = command, words
        return act

    @property
    def key(self) -> str:
        """The id of the monitor's key that does it."""
        return self.command.replace("-", "_")


class FollowUp(Struct, frozen=True, kw_only=True):
    """A call promised to a customer and not yet made."""

    id: int
    """The row in ``follow_ups``."""
    customer: str | None
    """The customer's name."""
    owner: str | None
    """Name of the agent who owes it."""
    team: str | None
    """Team of the agent who owes it."""
    client: str | None
    """The client company of that team."""
    kind: str
    """What is to be done, as the source wrote it: call_back, say."""
    due_at: int
    """When it is due now."""
    promised_at: int
    """The first due moment: what an agent moves does not move this."""
    overdue_since: int
    """After this moment it counts as overdue: the due moment plus the grace (metrics.md 10.3)."""
    note: str | None
    """What was noted for it."""
    phone: str | None = None
    """The customer's number."""
    owner_id: int | None = None
    """Of the agent who owes it."""
    late_chance: Ratio | None = None
    """How likely it is not done by the first due moment and its grace (metrics.md 10.3); 1 once that has passed."""
    late_reason: LateReason | None = None
    """What makes it as likely as that; None where that is not known, and once it is late."""

    def is_overdue(self, due: DueMoments) -> bool:
        """Whether its grace is over at a moment."""
        return due.reached(self.overdue_since + 1)

    def overdue_ms(self, at: int) -> int | None:
        """How long ago it was due at a moment, once its grace is over; None before."""
        return at - self.due_at if self.is_overdue(DueMoments(at)) else None


class FollowUpFigures(Struct, frozen=True):
    """Follow-up calls of the business day. ``items`` are open and due today or before, the oldest first."""

    due_today: Count | None
    """Open and due within today's business day. None, as the next two, while rows are still coming in."""
    overdue: Count | None
    """Open, and the due moment and its grace have passed."""
    done_today: Count | None
    """Done within today's business day."""
    on_time: Count
    """Of the follow-ups promised for today, those done by the first promised moment plus grace."""
    on_time_of: Count
    """Follow-ups promised for today that are done or late, cancelled ones left out."""
    items: tuple[FollowUp, ...]
    """Open and due by the end of today, the oldest first."""
    owners: tuple[AgentFollowUps, ...] | None = None
    """By owner, those with most promises that will be late first; None before shifts and usual times are known."""

    @property
    def at_risk(self) -> Count | None:
        """Promises that are not late yet and more likely than not will be; None before that has been read."""
        found = None if self.owners is None else _sum_of(owner.at_risk for owner in self.owners)
        return None if found is None else int(found)

    @property
    def late_expected(self) -> Quantity | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.owners is None else _sum_of(owner.late_expected for owner in self.owners)

    @property
    def on_time_rate(self) -> Ratio | None:
        """Of those promised for today that are done or late: the share done on time (metrics.md 10.3)."""
        return ratios.share_of_enough(self.on_time, self.on_time_of, at_least=1)


class AgentFollowUps(Struct, frozen=True, kw_only=True):
    """An agent's promised calls of the business day, and whether they can still be kept (metrics.md 10.3)."""

    agent_id: int | None
    """None: nobody has taken them."""
    name: str
    """The agent; for what nobody has taken, words that say so."""
    team: str | None
    """Name of the agent's team."""
    client: str | None
    """The client company of that team."""
    due_today: Count
    """Open and due today."""
    overdue: Count
    """Of them and of earlier ones, those whose due moment and its grace have passed."""
    done_today: Count
    """Done today."""
    kept: KeptPromises
    """Promises whose time has come today, and those kept."""
    shift_ends_at: int | None
    """End of the agent's shift of today; None where no shift is known."""
    handling_ms: int | None
    """Usual time for one call of this kind; None where nothing shows it."""
    handling_is_own: bool
    """False: the agent has made too few, so that it is the whole centre's."""
    load: FollowUpLoad | None
    """What is due before the end of the shift against the time left; None without a shift or a usual time."""
    late_chances: tuple[Ratio, ...] | None = None
    """Of each promise of today that is not late yet: how likely it will be. None before that has been read."""
    late_reason: LateReason | None = None
    """Why most of those at risk are, beside those that cannot be kept; None where there are none."""
    owed: Count = 0
    """Open and due by the end of today, those of earlier days among them."""

    @property
    def owner(self) -> str | None:
        """The agent who owes them; None where nobody has taken them."""
        return None if self.agent_id is None else self.name

    @property
    def at_risk(self) -> Count | None:
        """Promises that are not late yet and more likely than not will be."""
        return None if self.late_chances is None else sum(chance >= AT_RISK_FROM for chance in self.late_chances)

    @property
    def late_expected(self) -> Quantity | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.late_chances is None else self.overdue + sum(self.late_chances)

    @property
    def cannot_be_kept(self) -> Count:
        """Promises that are not late yet and will be whatever the owner does: a certain lower bound."""
        return max(0, len(self.load.late) - self.overdue) if self.load is not None else 0

    @property
    def late(self) -> Count:
        """Promises that are late, and those that will be whatever the owner does: a certain lower bound."""
        return len(self.load.late) if self.load else self.overdue


def _sum_of(values: Iterable[float | None]) -> float | None:
    """The sum; None where one of them is unknown."""
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
