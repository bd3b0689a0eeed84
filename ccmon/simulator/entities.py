"""The things that move on the simulated floor: agents, callers and queues."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

from msgspec import Struct, field

from ccmon.model.calls import Outcome
from ccmon.simulator.centre import CampaignSetting, QueueSetting
from ccmon.simulator.customers import CustomerContact
from ccmon.simulator.shifts import AgentDay, Pause, SimulatedAgent
from ccmon.simulator.table_rows import Values
from ccmon.time_units import NEVER


class SimulatedQueue(Struct, eq=False):
    """A queue: callers waiting, and agents who could take a call, by level of skill, the longest idle first."""

    setting: QueueSetting
    waiting: OrderedDict[SimulatedCaller, None] = field(default_factory=OrderedDict)
    ready: tuple[dict[AgentAtWork, None], dict[AgentAtWork, None]] = field(default_factory=lambda: ({}, {}))
    agents: int = 0
    """How many agents are logged in."""

    def longest_idle(self) -> AgentAtWork | None:
        """The agent who takes the next call, if any could."""
        own, others = self.ready
        return next(iter(own or others), None)


class SimulatedCaller(Struct, eq=False):
    """A visit to a queue."""

    call_id: str
    visit: int
    queue: SimulatedQueue
    contact: CustomerContact | None
    reason: str | None
    entered_at: int
    tries: int = 0
    """How often the caller abandoned before, today."""
    gives_up_at: int = NEVER
    gives_up_as: Outcome = Outcome.ABANDONED
    will_give_up: bool = False
    """Whether the floor's engine knows of it, which it need not if an agent answers before."""
    rings_at: AgentAtWork | None = None
    over: bool = False
    """Whether it is decided how the wait ends."""
    answered_at: int = 0
    held_ms: int = 0
    row_id: int = 0
    """The number of its row, if the floor's record makes rows."""

    @property
    def reference(self) -> Values:
        """The field by which rows refer to the visit."""
        return {"call_id": self.row_id} if self.row_id else {"call": (self.call_id, self.visit)}

    @property
    def customer(self) -> int | None:
        """The number of the customer; None: somebody unknown to the centre."""
        return None if self.contact is None else self.contact.customer


class DueFollowUp(Struct, eq=False):
    """A call back that is due."""

    id: int
    customer: int
    kind: str
    attempts: int = 0


class DialAttempt(Struct, eq=False):
    """An outbound call, with what will come of it."""

    call_id: str
    customer: int
    setting: CampaignSetting
    follow_up: DueFollowUp | None
    """None: the call is of a campaign."""
    answered_at: int | None
    """None: no person answers."""
    ended_at: int
    wrapped_up_at: int
    """The end of the work after it, of which there is none if no person answers."""
    disposition: str
    ended_by: str = "agent"
    right_party: bool | None = None
    """Whether the person sought is reached; None: nobody notes it."""
    row_id: int = 0
    """The number of its row, if the floor's record makes rows."""

    @property
    def reference(self) -> Values:
        """The field by which rows refer to the call."""
        return {"call_id": self.row_id} if self.row_id else {"call": (self.call_id, 1)}

    @property
    def campaign(self) -> str | None:
        """The campaign's name."""
        return self.setting.name if self.follow_up is None else None


class AgentAtWork(Struct, eq=False):
    """An agent at work."""

    plan: AgentDay
    profile: SimulatedAgent
    login: str
    queues: list[tuple[SimulatedQueue, int]]
    doing: str = "away"
    """away, ready, busy or paused; ready is when something new can begin."""
    leaving: bool = False
    pauses: deque[Pause] = field(default_factory=deque)
    """Pauses that are due but wait for the end of a call."""
    follow_ups: deque[DueFollowUp] = field(default_factory=deque)
    """Calls back that are due."""
    busy_until: int = 0
    """Up to when the agent is on a call of a campaign, and at work after it: what comes of it is known beforehand."""
    activity_number: int = 0
    """Counts what the agent has begun, so that an interrupted preview is recognized."""
    id: int = 0
    states: list[Any] = []
    pause_rows: list[list[Any]] = []
    """What the floor's record keeps of the agent: the row's number, the states of the day, and the present pause."""

    def occupy(self) -> None:
        """Note that the agent begins something."""
        self.activity_number += 1
        self.doing = "busy"
        for queue, level in self.queues:
            queue.ready[level].pop(self, None)
