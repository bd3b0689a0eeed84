"""What happens on a floor, as every source emits it and the writer ingests it.

A source (a queue log, a manager interface, a simulated floor) yields these in the order in which they happened. They
name things as the source does: queues and agents by the source's own word, calls by its call id. `ccmon.calls` turns
them into calls and intervals; it knows which visit of a call an event belongs to, so a source need not.

Moments (``at``) are Unix milliseconds, UTC; lengths end in ``_ms``.
"""

from __future__ import annotations

from typing import NamedTuple

from ccmon.model.calls import Outcome


class CallEntered(NamedTuple):
    """A caller entered a queue: a visit starts."""

    at: int
    call_id: str
    queue: str
    caller: str | None = None
    caller_name: str | None = None


class CallDialled(NamedTuple):
    """An outbound attempt starts. It ends with CallEnded; a person's answer is a CallAnswered."""

    at: int
    call_id: str
    agent: str | None
    """None: not known before somebody answers (a dialler)."""
    campaign: str | None
    number: str | None = None


class CallOffered(NamedTuple):
    """An agent's phone starts to ring for a caller."""

    at: int
    call_id: str
    queue: str
    agent: str


class CallMissed(NamedTuple):
    """An agent's phone rang and was not answered (metrics.md 6.5)."""

    at: int
    call_id: str
    queue: str
    agent: str
    ring_ms: int


class OfferWithdrawn(NamedTuple):
    """An agent's phone stops ringing without fault of the agent: the caller left, or somebody else answered."""

    at: int
    call_id: str
    queue: str
    agent: str


class CallAnswered(NamedTuple):
    """An agent (inbound) or the person called (outbound) is connected."""

    at: int
    call_id: str
    queue: str | None
    agent: str
    waited_ms: int | None = None
    """As the source says; rebuilds the entry of a visit whose start was not seen."""


class CallHeld(NamedTuple):
    """The agent puts the caller on hold."""

    at: int
    call_id: str
    agent: str


class CallResumed(NamedTuple):
    """The agent takes the caller back from hold."""

    at: int
    call_id: str
    agent: str


class CallEnded(NamedTuple):
    """A visit or an outbound attempt ends: the talking one for ANSWERED, the waiting one for every other outcome.

    UNKNOWN ends the waiting one, or where none waits, the talking one: nobody saw how and when it ended.
    """

    at: int
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


class CallDisposed(NamedTuple):
    """What came of a call, by the code that its agent chose: during the call, or after its end."""

    at: int
    call_id: str
    queue: str | None
    disposition: str


class WrapUpEnded(NamedTuple):
    """The agent's work after the last call is done."""

    at: int
    agent: str


class MemberJoined(NamedTuple):
    """An agent logs in to a queue. Of one who is a member already: nothing new."""

    at: int
    queue: str
    agent: str
    paused: bool = False
    static: bool = False
    """True: a member by configuration, who never logs in or out by themselves."""
    anew: bool = False
    """True: the source tells it only of who was no member, so a membership that still runs has ended unseen."""


class MemberLeft(NamedTuple):
    """An agent logs out of a queue."""

    at: int
    queue: str
    agent: str


class AgentLoggedIn(NamedTuple):
    """An agent logs in, without word of a queue."""

    at: int
    agent: str


class AgentLoggedOut(NamedTuple):
    """An agent logs out of everything."""

    at: int
    agent: str


class AgentPaused(NamedTuple):
    """An agent is paused, in one queue or (queue None) in all of theirs. On a paused agent: a new reason."""

    at: int
    agent: str
    queue: str | None
    reason: str | None = None


class AgentUnpaused(NamedTuple):
    """An agent's pause ends, in one queue or (queue None) in all of theirs."""

    at: int
    agent: str
    queue: str | None


class AnswerUndone(NamedTuple):
    """The CallAnswered just told of came to nothing: the visit waits again, as if never answered (metrics.md 14.4)."""

    at: int
    call_id: str
    queue: str
    agent: str


class AgentBusy(NamedTuple):
    """An agent is on a call that is no queue's and no campaign's (metrics.md 6.1): talking, without a call of ours."""

    at: int
    agent: str


class AgentFree(NamedTuple):
    """The call told of by AgentBusy is over."""

    at: int
    agent: str


class AgentUnavailable(NamedTuple):
    """An agent's telephone cannot be reached: logged in, but no call gets through."""

    at: int
    agent: str


class AgentAvailable(NamedTuple):
    """An agent's telephone can be reached again."""

    at: int
    agent: str


class AgentKnownAs(NamedTuple):
    """Another name that the source, or another source of the same switch, gives this agent from here on."""

    at: int
    agent: str
    alias: str


class FloorRestarted(NamedTuple):
    """The switch started: every call and pause from before has ended, in a way nobody saw (metrics.md 1.5)."""

    at: int


CallEvent = (
    CallEntered
    | CallDialled
    | CallOffered
    | CallMissed
    | OfferWithdrawn
    | CallAnswered
    | CallHeld
    | CallResumed
    | CallEnded
    | CallDisposed
    | WrapUpEnded
    | MemberJoined
    | MemberLeft
    | AgentLoggedIn
    | AgentLoggedOut
    | AgentPaused
    | AgentUnpaused
    | AnswerUndone
    | AgentBusy
    | AgentFree
    | AgentUnavailable
    | AgentAvailable
    | AgentKnownAs
    | FloorRestarted
)
