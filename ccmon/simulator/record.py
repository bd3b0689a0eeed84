"""How the floor tells what happens on it: as floor events at their moments, or as the rows of a day that is over.

What a call comes to is known when an agent's telephone rings, so it is told then, with moments that lie ahead.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ccmon.events import AgentLoggedIn, FloorEvent, MemberJoined
from ccmon.model.calls import Outcome
from ccmon.simulator.entities import AgentAtWork, DialAttempt, SimulatedCaller


class FloorRecord(ABC):
    """Takes down what happens. ``now`` is the moment at which it does."""

    # Callers

    @abstractmethod
    def entered(
        self, now: int, caller: SimulatedCaller, *, phone: str | None, name: str | None, customer: int | None
    ) -> None:
        """A caller enters a queue."""

    @abstractmethod
    def rings(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        """An agent's telephone rings, and the agent will not answer."""

    @abstractmethod
    def serves(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, held_at: int | None) -> None:
        """An agent's telephone rings, and the agent will answer at ``caller.answered_at``.

        Args:
            now: the moment.
            caller: who waits.
            agent: who will answer.
            held_at: when the agent will put the caller on hold, for ``caller.held_ms``; None: never.
        """

    @abstractmethod
    def missed(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, ring_ms: int) -> None:
        """A telephone has rung in vain."""

    @abstractmethod
    def withdrawn(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        """A telephone stops ringing, because the caller gives up."""

    @abstractmethod
    def left(self, now: int, caller: SimulatedCaller, outcome: Outcome, ended_by: str) -> None:
        """A caller has left the queue without being served."""

    @abstractmethod
    def hung_up(
        self, now: int, caller: SimulatedCaller, agent: AgentAtWork, *, ended_by: str, disposition: str, wrap_up_ms: int
    ) -> None:
        """A conversation is over; the agent's work after it takes some time, or none."""

    # Outbound calls

    @abstractmethod
    def dialled(self, now: int, agent: AgentAtWork, attempt: DialAttempt, phone: str) -> None:
        """An agent dials a number; what comes of it is known, up to the end of the work after it."""

    # Agents

    @abstractmethod
    def logged_in(self, now: int, agent: AgentAtWork) -> None:
        """An agent logs in to all queues of the agent, if any."""

    @abstractmethod
    def logged_out(self, now: int, agent: AgentAtWork) -> None:
        """An agent goes home, possibly from a pause."""

    @abstractmethod
    def paused(self, now: int, agent: AgentAtWork, reason: str) -> None:
        """An agent begins a pause."""

    @abstractmethod
    def unpaused(self, now: int, agent: AgentAtWork) -> None:
        """An agent ends a pause."""


def log_in_events(now: int, agent: AgentAtWork) -> Sequence[FloorEvent]:
    """What a switch reports when an agent logs in."""
    if not agent.queues:
        return (AgentLoggedIn(now, agent.login),)
    return [MemberJoined(now, queue.setting.name, agent.login) for queue, _ in agent.queues]
