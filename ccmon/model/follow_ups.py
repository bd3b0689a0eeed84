"""Follow-up calls promised to customers, and what each owner can still keep (metrics.md 10.3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from ccmon.metrics import ratios
from ccmon.metrics.follow_ups import FollowUpLoad, LateReason, OnTimeCount
from ccmon.metrics.next_change import NextChange
from ccmon.number_types import Count, Quantity, Ratio

AT_RISK_FROM = 0.5
"""A promise with at least this probability of being late is listed as at risk (metrics.md 10.3)."""


class Act(StrEnum):
    """What can be done with a follow-up, named as in the table ``audit``."""

    # The word in audit, the command of `ccmon follow-up`, the word in a sentence.
    ADDED = "added", "add", "added"
    SETTLED = "done", "done", "settled"
    """Done, or cancelled by the customer."""
    MOVED = "moved", "move", "moved"
    HANDED_OVER = "handed_over", "hand-over", "handed over"
    UNDONE = "undone", "undo", "undone"

    command: str
    """The command that does it."""
    words: str
    """The participle that says in a sentence that it has been done."""

    def __new__(cls, name: str, command: str = "", words: str = "") -> Act:  # noqa: D102
        act = str.__new__(cls, name)
        act._value_ = name
        act.command, act.words = command, words
        return act

    @property
    def key(self) -> str:
        """The id of the monitor's key for it."""
        return self.command.replace("-", "_")


class FollowUp(Struct, frozen=True, kw_only=True):
    """A call promised to a customer and not yet made."""

    id: int
    """Its id in the table ``follow_ups``."""
    customer: str | None
    """The customer's name."""
    owner: str | None
    """Name of the agent who is to make the call."""
    team: str | None
    """Team of the agent who is to make the call."""
    client: str | None
    """The client company of that team."""
    kind: str
    """What is to be done, in the source's words, such as call_back."""
    due_at: int
    """When it is due now: at the next opening, if its moment is outside the opening hours."""
    promised_at: int
    """The moment last agreed with the customer, which does not change when an agent moves the follow-up."""
    promise_due_at: int
    """When the promise is due: at that moment, or at the next opening after it."""
    grace_ends_at: int
    """It counts as overdue after this moment: the due moment plus the grace (metrics.md 10.3)."""
    note: str | None
    """The note on it."""
    phone: str | None = None
    """The customer's number."""
    owner_id: int | None = None
    """Id of the agent who is to make the call."""
    customer_id: int | None = None
    late_chance: Ratio | None = None
    """Probability that it is not done by the promised moment plus grace (metrics.md 10.3); 1 once that has passed."""
    late_reason: LateReason | None = None
    """Why it is that likely; None where unknown, and once it is late."""

    def is_overdue(self, when: NextChange) -> bool:
        """Whether its grace is over."""
        return when.reached(self.grace_ends_at + 1)

    def is_at_risk(self, when: NextChange) -> bool:
        """Whether it is not overdue yet and more likely than not will be late (metrics.md 10.3)."""
        return self.late_chance is not None and self.late_chance >= AT_RISK_FROM and not self.is_overdue(when)

    def overdue_ms(self, at: int) -> int | None:
        """How long past its due moment it is at a moment, once its grace is over; None before."""
        return at - self.due_at if self.is_overdue(NextChange(at)) else None


class FollowUpFigures(Struct, frozen=True):
    """Follow-up calls of the business day. ``items`` are those open and due today or earlier, the oldest first."""

    due_today: Count | None
    """Open and due within today's business day. Like the next two, None while rows are still coming in."""
    overdue: Count | None
    """Open, and the due moment and its grace have passed."""
    done_today: Count | None
    """Done within today's business day."""
    on_time: Count
    """Of the follow-ups promised for today, those done by the promised moment plus grace."""
    on_time_of: Count
    """Follow-ups promised for today that are decided: done, or past that moment. Without cancelled ones."""
    items: tuple[FollowUp, ...]
    """Open and due by the end of today, the oldest first."""
    owners: tuple[AgentFollowUps, ...] | None = None
    """By owner, those with the most promises that will be late first; None before shifts and usual times are known."""

    @property
    def at_risk(self) -> Count | None:
        """Promises not overdue yet that more likely than not will be late; None before that has been read."""
        found = None if self.owners is None else _sum_of(owner.at_risk for owner in self.owners)
        return None if found is None else int(found)

    @property
    def late_expected(self) -> Quantity | None:
        """Expected number of late promises by the end of the day, those overdue included."""
        return None if self.owners is None else _sum_of(owner.late_expected for owner in self.owners)

    @property
    def on_time_rate(self) -> Ratio | None:
        """Share done on time of those promised for today that are decided by now (metrics.md 10.3)."""
        return ratios.share_of_enough(self.on_time, self.on_time_of, at_least=1)


class AgentFollowUps(Struct, frozen=True, kw_only=True):
    """An agent's promised calls of the business day, and whether they can still be kept (metrics.md 10.3)."""

    agent_id: int | None
    """Id of the agent; None: nobody has taken the promises."""
    name: str
    """The agent's name; for promises that nobody has taken, words that say so."""
    team: str | None
    """Name of the agent's team."""
    client: str | None
    """The client company of that team."""
    due_today: Count
    """Open and due today."""
    overdue: Count
    """Of those and earlier ones, those whose due moment plus grace has passed."""
    done_today: Count
    """Done today."""
    kept: OnTimeCount
    """Promises for today that are decided by now, and how many of them were kept."""
    shift_ends_at: int | None
    """End of the agent's shift today; None where no shift is known."""
    handling_ms: int | None
    """Usual time for one such call; None where nothing shows it."""
    handling_is_own: bool
    """False: the agent has made too few such calls, so that it is the whole centre's."""
    load: FollowUpLoad | None
    """What is due before the end of the shift, beside the time left; None without a shift or a usual time."""
    late_chances: tuple[Ratio, ...] | None = None
    """For each promise not overdue yet: the probability that it will be late. None before that has been read."""
    late_reason: LateReason | None = None
    """Why most promises at risk are so, not counting those that cannot be kept; None where there are none."""
    open_count: Count = 0
    """Open and due by the end of today, those from earlier days included."""

    @property
    def owner(self) -> str | None:
        """The agent who is to make the calls; None where nobody has taken them."""
        return None if self.agent_id is None else self.name

    @property
    def at_risk(self) -> Count | None:
        """Promises not overdue yet that more likely than not will be late."""
        return None if self.late_chances is None else sum(chance >= AT_RISK_FROM for chance in self.late_chances)

    @property
    def late_expected(self) -> Quantity | None:
        """Expected number of late promises by the end of the day, those overdue included."""
        return None if self.late_chances is None else self.overdue + sum(self.late_chances)

    @property
    def cannot_be_kept(self) -> Count:
        """Promises not overdue yet that will be, whatever the owner does: a certain lower bound."""
        return max(0, len(self.load.certainly_late) - self.overdue) if self.load is not None else 0

    @property
    def certainly_late(self) -> Count:
        """Promises that are late or will be, whatever the owner does: a certain lower bound."""
        return len(self.load.certainly_late) if self.load else self.overdue


def _sum_of(values: Iterable[float | None]) -> float | None:
    """The sum; None where any of them is unknown."""
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
