"""One agent on the floor: everything that is true of them at once, and the one state that counts (metrics.md 6.1)."""

from __future__ import annotations

from msgspec import Struct

from ccmon.calls.records import MembershipInterval, PauseInterval, StateInterval, Visit

Situation = tuple[str | None, str | None, Visit | None]
"""State, reason and call. The state is None while the agent's log-in is unknown."""

_UNKNOWN: Situation = (None, None, None)
_READY: Situation = ("ready", None, None)
_UNAVAILABLE: Situation = ("unavailable", None, None)
_LOGGED_OUT: Situation = ("logged_out", None, None)
_ON_OTHER_CALL: Situation = ("talking", None, None)


class TrackedAgent(Struct, eq=False):
    """An agent in the state machine. Several things may be true at once; `situation` says which one counts."""

    login: str
    state: StateInterval | None = None
    state_ended_at: int = 0
    """When the last state ended that none has followed; 0: none has."""
    calls: list[Visit] = []
    """Calls the agent is connected to, the latest last."""
    on_other_call: bool = False
    """On a call of no queue and no campaign."""
    dialling: Visit | None = None
    wrapping: Visit | None = None
    ringing: list[Visit] = []
    memberships: dict[str, MembershipInterval] = {}
    pauses: dict[str, PauseInterval] = {}
    """By queue of which the agent is a member; the latest last."""
    logged_in: bool | None = None
    """By a log-in that names no queue; None: unknown."""
    paused_without_queue: bool = False
    """Paused by an event that names no queue; counts while no membership is known."""
    paused_without_queue_reason: str | None = None
    unavailable: bool = False
    works: bool = False
    """Has been seen at work under this very name since the last log-in."""
    last_visit: Visit | None = None
    """The last call that ended, for a wrap-up reported as a pause."""

    def situation(self) -> Situation:
        """The state that counts, by precedence: talking, hold, wrap-up, dialling, ringing, paused, ready.

        A pause that begins during a call waits: the agent stays talking, and is paused once the call (and its wrap-up)
        is over. An agent in several queues is paused only if paused in all of them; the reason is that of the latest
        pause.
        """
        if self.calls:
            for visit in reversed(self.calls):
                if visit.held_since is None:
                    return "talking", None, visit
            if not self.on_other_call:
                return "hold", None, self.calls[-1]
        if self.on_other_call:
            return _ON_OTHER_CALL
        if self.wrapping is not None:
            return "wrap_up", None, self.wrapping
        return self._before_a_call() if self.dialling or self.ringing else self._between_calls()

    def _before_a_call(self) -> Situation:
        return ("ringing", None, self.ringing[-1]) if self.dialling is None else ("dialling", None, self.dialling)

    def _between_calls(self) -> Situation:
        if self.memberships:
            if len(self.pauses) == len(self.memberships):
                return "paused", next(reversed(self.pauses.values())).reason, None
        elif self.paused_without_queue:
            return "paused", self.paused_without_queue_reason, None
        elif self.logged_in is None:
            return _UNKNOWN
        elif not self.logged_in:
            return _LOGGED_OUT
        return _UNAVAILABLE if self.unavailable else _READY

    def pause_reason(self) -> str | None:
        """The reason of the pause that counts, or will after the call; None when not paused everywhere."""
        _, reason, _ = self._between_calls()
        return reason
