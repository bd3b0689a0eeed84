"""Agents: what each is doing now, the queues they serve, and their day so far (metrics.md 6)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ccmon.metrics import agents, handling, ratios, sales
from ccmon.number_types import Count, Ratio


class AgentState(StrEnum):
    """What an agent is doing (metrics.md 6.1). An agent has one state, however many queues they serve."""

    TALKING = "talking"
    HOLD = "hold"
    WRAP_UP = "wrap_up"
    DIALLING = "dialling"
    RINGING = "ringing"
    PAUSED = "paused"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    LOGGED_OUT = "logged_out"
    UNKNOWN = "unknown"
    """No source reports this agent's states."""


IN_A_CALL = frozenset({AgentState.RINGING, AgentState.DIALLING, AgentState.TALKING, AgentState.HOLD})
"""States in which the agent stays until the call ends."""
HANDLING_A_CALL = IN_A_CALL | {AgentState.WRAP_UP}
"""The same, and the work after the call."""
ON_THE_PHONES = HANDLING_A_CALL | {AgentState.READY}
"""States of an agent who is at work on calls or ready for one (metrics.md 11.8)."""


class Membership(Struct, frozen=True):
    """An agent's place in a queue: able to take its calls unless paused there.

    A row of ``current_members`` or ``as_of_members``.
    """

    queue_id: int
    queue: str
    agent_id: int
    agent: str
    """The agent's login."""
    reason: str | None
    """Why they are paused in this queue."""
    paused_since: int | None
    """Since when they are paused in this queue; None: they are not."""

    @property
    def paused(self) -> bool:
        """Whether they take no calls from the queue."""
        return self.paused_since is not None


class AgentTimes(Struct, frozen=True):
    """An agent's time in each state during the business day, clipped to the day.

    With dialling, ringing and an unreachable telephone (`other_ms`), the states add up to the time logged in.
    """

    talk_ms: int = 0
    """Time in conversation."""
    hold_ms: int = 0
    """Time with a customer on hold."""
    wrap_up_ms: int = 0
    """Time in wrap-up."""
    ready_ms: int = 0
    """Time ready for a call."""
    paused_ms: int = 0
    """Time paused."""
    logged_in_ms: int = 0
    """Time in any state but logged out; 0 where no source reports the agent's states."""

    def plus(self, state: AgentState, length_ms: int) -> AgentTimes:
        """These times with a further length of time in a state."""
        if state is AgentState.LOGGED_OUT:
            return self
        return AgentTimes(
            self.talk_ms + (length_ms if state is AgentState.TALKING else 0),
            self.hold_ms + (length_ms if state is AgentState.HOLD else 0),
            self.wrap_up_ms + (length_ms if state is AgentState.WRAP_UP else 0),
            self.ready_ms + (length_ms if state is AgentState.READY else 0),
            self.paused_ms + (length_ms if state is AgentState.PAUSED else 0),
            self.logged_in_ms + length_ms,
        )

    @property
    def other_ms(self) -> int | None:
        """The rest of the time logged in: dialling, ringing, telephone unreachable. None where no state is known."""
        known = self.talk_ms + self.hold_ms + self.wrap_up_ms + self.ready_ms + self.paused_ms
        return self.logged_in_ms - known if self.logged_in_ms else None

    @property
    def occupancy(self) -> Ratio | None:
        """Share of handling in handling plus ready time; None below 15 minutes and where no state is known."""
        if not self.logged_in_ms:
            return None
        return agents.occupancy(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.ready_ms)


class AgentFigures(Struct, frozen=True, kw_only=True):
    """One agent: the state now and the business day so far."""

    id: int
    login: str
    """The name by which the telephone system knows the agent."""
    name: str
    """The agent's name."""
    team: str | None
    """Name of the agent's team."""
    client: str | None
    """The client company of the agent's team."""
    state: AgentState
    """What the agent is doing now: one state, however many queues they serve."""
    reason: str | None
    """Why they are paused."""
    since: int | None
    """Start of the present state; None when no state is known."""
    queue: str | None
    """Queue or campaign of the present call."""
    call_id: int | None = None
    """``calls.id`` of the present call."""
    is_queue: bool
    """Whether ``queue`` names a queue; a campaign may have the same name."""
    queues: tuple[str, ...]
    """Names of the queues of which the agent is a member now."""
    handled: Count
    """Calls handled today, in both directions."""
    inbound: Count
    """Inbound calls among the handled ones."""
    outbound: Count
    """Outbound calls among the handled ones."""
    handled_talk_ms: int
    """Talk time of the handled calls, whole, by the day of their entry: part of the average handling time."""
    handled_hold_ms: int
    handled_wrap_up_ms: int
    inbound_talk_ms: int
    """Of the talk time, that of inbound calls."""
    inbound_wrap_up_ms: int
    times_before: AgentTimes
    """Time spent in each state today before the present state; `times` adds the present one."""
    counts_from: int | None
    """From when the present state counts towards today: its start, or that of the day. None where no state is known."""
    times_of_calls: AgentTimes
    """Time that today's handled calls took: all that is known where no source reports the agent's states."""
    missed: Count
    """Calls that rang for a second or more today and were not answered (metrics.md 6.5)."""
    sales_calls: Count
    """Today's sales calls (metrics.md 8.2)."""
    converted: Count
    """Calls with at least one order that stands, plus orders without a call. May exceed ``sales_calls``; the conversion
    is then unknown."""
    sales: Count
    """Today's orders that stand."""
    revenue_cents: int
    """Today's net revenue, in the site's currency."""
    satisfied: Count
    """Of the ``surveys``, the answers in the two top boxes."""
    surveys: Count
    """Answers of the last 28 business days (metrics.md 9.1); ``satisfied`` of them are in the top two boxes."""

    def in_state_ms(self, at: int) -> int | None:
        """How long the present state has lasted at a moment; None where no state is known."""
        return None if self.since is None else max(0, at - self.since)

    def times(self, at: int) -> AgentTimes:
        """Today's times up to a moment, the present state included, clipped to the day."""
        running_ms = 0 if self.counts_from is None else max(0, at - self.counts_from)
        known = self.times_before.plus(self.state, running_ms)
        return known if known.logged_in_ms else self.times_of_calls

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(
            self.handled_talk_ms, self.handled_hold_ms, self.handled_wrap_up_ms, self.handled
        )

    @property
    def conversion(self) -> Ratio | None:
        """Converted sales calls over sales calls (metrics.md 8.2)."""
        return sales.conversion(self.converted, self.sales_calls)

    @property
    def satisfaction(self) -> Ratio | None:
        """Top-2-box share; None below 10 answers (metrics.md 9.4)."""
        return ratios.share_of_enough(self.satisfied, self.surveys, at_least=10)
