"""What happens on a floor, as sources emit it and the writer ingests it.

A source that tells what happened step by step (a queue log, followed or imported, a manager interface, an event
socket, a simulated floor) yields these in the order in which they happened. They name things as the source does:
queues and agents by the source's own names, calls by its call id. `ccmon.calls` turns them into calls and intervals;
it knows which visit of a call an event belongs to, so a source need not.

Moments (``at``) are Unix milliseconds, UTC; lengths end in ``_ms``.
"""

from __future__ import annotations

from msgspec import Struct

from ccmon.model.calls import Outcome


class FloorEvent(Struct, frozen=True, gc=False):
    """Something that happened on a floor."""

    at: int


class AgentEvent(FloorEvent, frozen=True):
    """Something that happened to an agent, or that they did."""

    agent: str


class OfferEvent(FloorEvent, frozen=True):
    """Something that happened to a queue's call while it was offered to an agent."""

    call_id: str
    queue: str
    agent: str


class CallEntered(FloorEvent, frozen=True):
    """A caller entered a queue: a visit starts."""

    call_id: str
    queue: str
    caller: str | None = None
    caller_name: str | None = None
    customer_id: int | None = None
    """The customer's row, if the source knows it."""


class CallDialled(FloorEvent, frozen=True):
    """An outbound attempt starts. It ends with CallEnded; a person's answer is a CallAnswered."""

    call_id: str
    agent: str | None
    """None: not known before somebody answers (a dialler)."""
    campaign: str | None
    number: str | None = None
    customer_id: int | None = None
    """As in `CallEntered`."""


class CallOffered(OfferEvent, frozen=True):
    """An agent's phone starts to ring for a caller."""


class CallMissed(OfferEvent, frozen=True):
    """An agent's phone rang and was not answered (metrics.md 6.5)."""

    ring_ms: int


class OfferWithdrawn(OfferEvent, frozen=True):
    """An agent's phone stops ringing without fault of the agent: the caller left, or somebody else answered."""


class CallAnswered(FloorEvent, frozen=True):
    """An agent (inbound) or the person called (outbound) is connected."""

    call_id: str
    queue: str | None
    agent: str
    waited_ms: int | None = None
    """As the source reports it; gives the entry time of a visit whose start was not seen."""


class CallHeld(FloorEvent, frozen=True):
    """The agent puts the caller on hold."""

    call_id: str
    agent: str


class CallResumed(FloorEvent, frozen=True):
    """The agent takes the caller back from hold."""

    call_id: str
    agent: str


class CallEnded(FloorEvent, frozen=True):
    """A visit or an outbound attempt ends: for ANSWERED the one in conversation, for other outcomes the waiting one.

    UNKNOWN, when nobody saw how and when it ended, ends the waiting one or, if none waits, the one in conversation.
    """

    call_id: str
    queue: str | None
    outcome: Outcome
    ended_by: str | None = None
    """caller, agent, transfer or system"""
    agent: str | None = None
    waited_ms: int | None = None
    talked_ms: int | None = None
    disposition: str | None = None
    wraps_up: bool = False
    """True: the agent is in wrap-up from here until WrapUpEnded."""
    right_party: bool | None = None
    """Outbound: whether the person sought was reached."""


class DispositionChosen(FloorEvent, frozen=True):
    """The result of a call, as the code that its agent chose during the call or after its end."""

    call_id: str
    queue: str | None
    disposition: str


class WrapUpEnded(AgentEvent, frozen=True):
    """The agent's work after the last call is done."""


class MemberJoined(FloorEvent, frozen=True):
    """An agent logs in to a queue. Changes nothing for one who is a member already."""

    queue: str
    agent: str
    paused: bool = False
    static: bool = False
    """True: a member by configuration, who never logs in or out."""
    anew: bool = False
    """True: the source reports this only of agents who were not members; a membership still open has ended unseen."""


class MemberLeft(FloorEvent, frozen=True):
    """An agent logs out of a queue."""

    queue: str
    agent: str


class AgentLoggedIn(AgentEvent, frozen=True):
    """An agent logs in; no queue is named."""


class AgentLoggedOut(AgentEvent, frozen=True):
    """An agent logs out of everything."""


class AgentPaused(AgentEvent, frozen=True):
    """An agent is paused, in one queue or (queue None) in all of theirs. For an agent already paused: a new reason."""

    queue: str | None
    reason: str | None = None


class AgentUnpaused(AgentEvent, frozen=True):
    """An agent's pause ends, in one queue or (queue None) in all of theirs."""

    queue: str | None


class AnswerUndone(OfferEvent, frozen=True):
    """The CallAnswered just reported came to nothing: the visit waits again, as if never answered (metrics.md 14.4)."""


class OtherCallStarted(AgentEvent, frozen=True):
    """An agent talks on a call of no queue and no campaign, of which ccmon has no row (metrics.md 6.1)."""


class OtherCallEnded(AgentEvent, frozen=True):
    """The call that OtherCallStarted reported is over."""


class AgentUnavailable(AgentEvent, frozen=True):
    """An agent's telephone cannot be reached: the agent is logged in, but no call gets through."""


class AgentAvailable(AgentEvent, frozen=True):
    """An agent's telephone can be reached again."""


class AgentKnownAs(AgentEvent, frozen=True):
    """Another name that the source, or another source of the same switch, uses for this agent from now on."""

    alias: str


class SwitchRestarted(FloorEvent, frozen=True):
    """The switch started: every earlier call and pause has ended; nobody saw how (metrics.md 1.5)."""
