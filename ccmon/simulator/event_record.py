"""The floor's record as floor events, each at its moment, as a switch reports them."""

# ruff: noqa: D102 (FloorRecord says what each method takes down)
from __future__ import annotations

from collections.abc import Callable

from ccmon import events
from ccmon.model.calls import Outcome
from ccmon.simulator.entities import AgentAtWork, DialAttempt, SimulatedCaller
from ccmon.simulator.record import FloorRecord, log_in_events


class EventRecord(FloorRecord):
    """Emits floor events."""

    def __init__(self, emit: Callable[[events.FloorEvent], None], later: Callable[..., None]) -> None:
        """``later`` is given a moment, and what to call then."""
        self._emit = emit
        self._later = later

    def entered(
        self, now: int, caller: SimulatedCaller, *, phone: str | None, name: str | None, customer: int | None
    ) -> None:
        self._emit(events.CallEntered(now, caller.call_id, caller.queue.setting.name, phone, name, customer))

    def rings(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self._emit(events.CallOffered(now, caller.call_id, caller.queue.setting.name, agent.login))

    def serves(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, held_at: int | None) -> None:
        call_id, queue, login, later, emit = (
            caller.call_id, caller.queue.setting.name, agent.login, self._later, self._emit
        )  # fmt: skip
        emit(events.CallOffered(now, call_id, queue, login))
        answered_at = caller.answered_at
        waited_ms = answered_at - caller.entered_at
        later(answered_at, emit, events.CallAnswered(answered_at, call_id, queue, login, waited_ms))
        if held_at is not None:
            resumed_at = held_at + caller.held_ms
            later(held_at, emit, events.CallHeld(held_at, call_id, login))
            later(resumed_at, emit, events.CallResumed(resumed_at, call_id, login))

    def missed(self, now: int, caller: SimulatedCaller, agent: AgentAtWork, ring_ms: int) -> None:
        self._emit(events.CallMissed(now, caller.call_id, caller.queue.setting.name, agent.login, ring_ms))

    def withdrawn(self, now: int, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self._emit(events.OfferWithdrawn(now, caller.call_id, caller.queue.setting.name, agent.login))

    def left(self, now: int, caller: SimulatedCaller, outcome: Outcome, ended_by: str) -> None:
        queue, waited_ms = caller.queue.setting.name, now - caller.entered_at
        self._emit(events.CallEnded(now, caller.call_id, queue, outcome, ended_by, waited_ms=waited_ms))

    def hung_up(
        self, now: int, caller: SimulatedCaller, agent: AgentAtWork, *, ended_by: str, disposition: str, wrap_up_ms: int
    ) -> None:
        answered_at = caller.answered_at
        self._emit(
            events.CallEnded(
                now, caller.call_id, caller.queue.setting.name, Outcome.ANSWERED, ended_by, agent.login,
                answered_at - caller.entered_at, now - answered_at, disposition, wraps_up=wrap_up_ms > 0,
            )
        )  # fmt: skip
        if wrap_up_ms:
            ends_at = now + wrap_up_ms
            self._later(ends_at, self._emit, events.WrapUpEnded(ends_at, agent.login))

    def dialled(self, now: int, agent: AgentAtWork, attempt: DialAttempt, phone: str) -> None:
        call_id, login, later, emit = attempt.call_id, agent.login, self._later, self._emit
        emit(events.CallDialled(now, call_id, login, attempt.campaign, phone, attempt.customer))
        answered_at, ended_at, disposition = attempt.answered_at, attempt.ended_at, attempt.disposition
        if answered_at is None:
            lost = events.CallEnded(
                ended_at, call_id, None, Outcome.ABANDONED, attempt.ended_by, login, disposition=disposition
            )
            later(ended_at, emit, lost)
            return
        talked = events.CallEnded(
            ended_at, call_id, None, Outcome.ANSWERED, attempt.ended_by, login, talked_ms=None,
            disposition=disposition, wraps_up=True, right_party=attempt.right_party,
        )  # fmt: skip
        later(answered_at, emit, events.CallAnswered(answered_at, call_id, None, login))
        later(ended_at, emit, talked)
        later(attempt.wrapped_up_at, emit, events.WrapUpEnded(attempt.wrapped_up_at, login))

    def logged_in(self, now: int, agent: AgentAtWork) -> None:
        for event in log_in_events(now, agent):
            self._emit(event)

    def logged_out(self, now: int, agent: AgentAtWork) -> None:
        self._emit(events.AgentLoggedOut(now, agent.login))

    def paused(self, now: int, agent: AgentAtWork, reason: str) -> None:
        self._emit(events.AgentPaused(now, agent.login, None, reason))

    def unpaused(self, now: int, agent: AgentAtWork) -> None:
        self._emit(events.AgentUnpaused(now, agent.login, None))
