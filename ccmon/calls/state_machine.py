"""The state of the floor that results from floor events: open visits, agents' states, memberships and pauses.

`CallStateMachine` takes events in the order in which a source reports them and collects changes (`take_changes`). Its
result does not depend on when changes are taken. Moments that go back (a clock that was set) never make an interval
negative: an end is at least its start. This module is the calls' half, `ccmon.calls.agent_tracker` the agents'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from ccmon import events
from ccmon.calls.agent import TrackedAgent
from ccmon.calls.agent_tracker import AgentTracker
from ccmon.calls.records import ChangeRecorder, FloorChanges, MissedCall, Visit
from ccmon.metrics.open_calls import is_orphaned, orphaned_at
from ccmon.model.calls import Direction, Outcome
from ccmon.time_units import HOUR_MS, NEVER

REMEMBERED_MS = HOUR_MS
"""How long an ended call is remembered, for a second end, a late disposition, or the number of its next visit."""


class CallStateMachine:
    """Calls and agents, kept up to date event by event. See the module."""

    def __init__(self, *, max_open_ms: int = 14_400_000, wrap_up_reasons: Iterable[str] = ()) -> None:
        """Start without calls or agents.

        Args:
            max_open_ms: a visit open for longer ends as unknown (metrics.md 1.5).
            wrap_up_reasons: pause reasons that count as wrap-up (metrics.md 6.4).
        """
        self.max_open_ms = max_open_ms
        self.now = 0
        """The newest moment of an event."""
        self.ignored = 0
        """Events that fit no visit, such as a second end of the same one."""
        self.calls: dict[str, list[Visit]] = {}
        """By call id: visits that are open or ended recently, in order."""
        self.expires_at = NEVER
        """Before this moment, no visit reaches ``max_open_ms``."""
        self.recorder = ChangeRecorder()
        self.agent_tracker = AgentTracker(self.recorder, wrap_up_reasons)
        self._handlers: dict[type[events.FloorEvent], Callable[[Any], None]] = {
            events.CallEntered: self._call_entered,
            events.CallDialled: self._call_dialled,
            events.CallOffered: self._call_offered,
            events.CallMissed: self._call_missed,
            events.OfferWithdrawn: self._offer_withdrawn,
            events.CallAnswered: self._call_answered,
            events.AnswerUndone: self._answer_undone,
            events.CallHeld: self._hold_changed,
            events.CallResumed: self._hold_changed,
            events.CallEnded: self._call_ended,
            events.DispositionChosen: self._call_disposed,
            events.AgentKnownAs: self._agent_known_as,
            events.SwitchRestarted: self._switch_restarted,
            **self.agent_tracker.handlers,
        }

    def apply(self, call_events: Iterable[events.FloorEvent]) -> None:
        """Apply events in the order in which they were emitted."""
        handlers = self._handlers
        for event in call_events:
            at = event.at
            if at > self.now:
                self.now = at
                if at >= self.expires_at:
                    self._end_orphaned(at)
            handlers[type(event)](event)

    def end_orphaned_by(self, moment: int) -> None:
        """End the visits that by a moment have been open for longer than ``max_open_ms``; `now` stays as it is."""
        if moment >= self.expires_at:
            self._end_orphaned(moment)

    def take_changes(self) -> FloorChanges:
        """What changed since the last call of this method. Forgets calls that ended long ago."""
        changes, self.recorder.changes = self.recorder.changes, FloorChanges()
        horizon = self.now - REMEMBERED_MS
        forgotten = []
        for call_id, visits in self.calls.items():
            for visit in visits:
                if visit.ended_at is None or visit.ended_at >= horizon:
                    break
            else:
                forgotten.append(call_id)
                continue
            break
        for call_id in forgotten:
            del self.calls[call_id]
        return changes

    def _find(self, call_id: str, queue: str | None, *, answered: bool) -> Visit | None:
        """The open visit of this call and queue that is answered (or waits). Outbound attempts have no queue."""
        visits = self.calls.get(call_id)
        if visits is None:
            return None
        for visit in reversed(visits):
            if (
                visit.ended_at is None
                and (visit.answered_at is not None) is answered
                and (queue is None or visit.queue is None or visit.queue == queue)
            ):
                return visit
        return None

    def _talking_with(self, call_id: str, agent: str) -> Visit | None:
        who = self.agent_tracker.agents.get(agent)
        calls = who.calls if who else ()
        return next((visit for visit in reversed(calls) if visit.call_id == call_id), None)

    def _latest(self, call_id: str, queue: str | None) -> Visit | None:
        """The latest visit of this call to this queue, if it is open or not ended too long ago to be remembered."""
        for visit in reversed(self.calls.get(call_id, ())):
            if queue is None or visit.queue is None or visit.queue == queue:
                forgotten = visit.ended_at is not None and visit.ended_at < self.now - REMEMBERED_MS
                return None if forgotten else visit
        return None

    def _is_late(self, call_id: str, queue: str | None, entered_at: int) -> bool:
        """Whether a record is too late: it is about the latest visit of this call to this queue, which is over."""
        visit = self._latest(call_id, queue)
        return visit is not None and visit.ended_at is not None and visit.ended_at >= entered_at

    def _begin_visit(self, call_id: str, queue: str | None, entered_at: int) -> Visit:
        visits = self.calls.get(call_id)
        if visits is None:
            visits = self.calls[call_id] = []
            number = 1
        else:
            number = visits[-1].number + 1
        visit = Visit(call_id, number, entered_at, queue)
        visits.append(visit)
        self.recorder.changes.visits.append(visit)
        expires_at = orphaned_at(entered_at, self.max_open_ms)
        self.expires_at = min(self.expires_at, expires_at)
        return visit

    def _call_entered(self, event: events.CallEntered) -> None:
        waiting = self._find(event.call_id, None, answered=False)
        if waiting is not None:
            self._end(waiting, event.at, Outcome.UNKNOWN, None)
        visit = self._begin_visit(event.call_id, self.agent_tracker.queue(event.queue), event.at)
        visit.caller = event.caller
        visit.customer_id = event.customer_id
        visit.caller_name = event.caller_name

    def _call_dialled(self, event: events.CallDialled) -> None:
        at = event.at
        visit = self._begin_visit(event.call_id, None, at)
        visit.direction = Direction.OUTBOUND.value
        visit.campaign = event.campaign
        visit.caller = event.number
        visit.customer_id = event.customer_id
        if event.agent is not None:
            who = self.agent_tracker.agent(event.agent)
            visit.agent = who.login
            self.agent_tracker.end_wrap_up(who, at)
            who.dialling = visit
            self.agent_tracker.update_state(who, at)

    def _offer_parties(self, event: events.OfferEvent) -> tuple[TrackedAgent, Visit | None]:
        """The agent to whom a call is offered, and the waiting visit, if known."""
        queue = self.agent_tracker.queue(event.queue)
        who = self.agent_tracker.ensure_membership(event.agent, queue, event.at)
        return who, self._find(event.call_id, queue, answered=False)

    def _call_offered(self, event: events.CallOffered) -> None:
        who, visit = self._offer_parties(event)
        if visit is None:
            self.ignored += 1
            return
        if visit.ringing is None:
            visit.ringing = []
        if who.login not in visit.ringing:
            visit.ringing.append(who.login)
            who.ringing.append(visit)
            self.agent_tracker.update_state(who, event.at)

    def _stop_ringing(self, visit: Visit, agent: TrackedAgent, at: int) -> None:
        if visit.ringing and agent.login in visit.ringing:
            visit.ringing.remove(agent.login)
            agent.ringing.remove(visit)
            self.agent_tracker.update_state(agent, at)

    def _stop_all_ringing(self, visit: Visit, at: int) -> None:
        for name in list(visit.ringing or ()):
            self._stop_ringing(visit, self.agent_tracker.agents[name], at)
        visit.ringing = None

    def _call_missed(self, event: events.CallMissed) -> None:
        who, visit = self._offer_parties(event)
        queue = self.agent_tracker.queue(event.queue)
        self.recorder.changes.missed.append(MissedCall(who.login, queue, event.at, max(0, event.ring_ms), visit))
        if visit is not None:
            self._stop_ringing(visit, who, event.at)

    def _offer_withdrawn(self, event: events.OfferWithdrawn) -> None:
        who, visit = self._offer_parties(event)
        if visit is not None:
            self._stop_ringing(visit, who, event.at)

    def _call_answered(self, event: events.CallAnswered) -> None:
        at, call_id = event.at, event.call_id
        queue = None if event.queue is None else self.agent_tracker.queue(event.queue)
        visit = self._find(call_id, queue, answered=False)
        if visit is None:
            entered_at = at - (event.waited_ms or 0)
            if self._find(call_id, queue, answered=True) is not None or self._is_late(call_id, queue, entered_at):
                self.ignored += 1
                return
            visit = self._begin_visit(call_id, queue, entered_at)
        who = self._ensure_agent_of(event.agent, visit, at)
        visit.answered_at = self.recorder.not_before(at, visit.entered_at)
        visit.agent = who.login
        if visit.ringing:
            if who.login in visit.ringing:
                visit.ringing.remove(who.login)
                who.ringing.remove(visit)
            self._stop_all_ringing(visit, at)
        if who.wrapping is not None:
            self.agent_tracker.end_wrap_up(who, at)
        if who.dialling is visit:
            who.dialling = None
        who.calls.append(visit)
        self.recorder.mark_changed(visit)
        self.agent_tracker.update_state(who, at)

    def _answer_undone(self, event: events.AnswerUndone) -> None:
        visit = self._talking_with(event.call_id, event.agent)
        if visit is None:
            self.ignored += 1
            return
        self._hang_up(visit, event.at)
        visit.answered_at = visit.agent = visit.held_since = visit.hold_ms = None
        self.recorder.mark_changed(visit)

    def _hold_changed(self, event: events.CallHeld | events.CallResumed) -> None:
        visit, held = self._talking_with(event.call_id, event.agent), isinstance(event, events.CallHeld)
        if visit is None or (visit.held_since is not None) is held:
            self.ignored += 1
            return
        if held:
            visit.held_since = event.at
        else:
            self._end_hold(visit, event.at)
        if visit.agent is not None:
            self.agent_tracker.update_state(self.agent_tracker.agents[visit.agent], event.at)

    def _end_hold(self, visit: Visit, at: int) -> None:
        if visit.held_since is not None:
            visit.hold_ms = (visit.hold_ms or 0) + self.recorder.not_before(at, visit.held_since) - visit.held_since
            visit.held_since = None
            self.recorder.mark_changed(visit)

    def _call_ended(self, event: events.CallEnded) -> None:
        queue = None if event.queue is None else self.agent_tracker.queue(event.queue)
        visit = self._find(event.call_id, queue, answered=event.outcome is Outcome.ANSWERED)
        if visit is None and event.outcome is Outcome.UNKNOWN:
            visit = self._find(event.call_id, queue, answered=True)
        if visit is None:
            visit = self._rebuilt(event, queue)
            if visit is None:
                self.ignored += 1
                return
        if event.disposition is not None:
            visit.disposition = event.disposition
        if event.right_party is not None:
            visit.right_party = int(event.right_party)
        self._end(visit, event.at, event.outcome, event.ended_by, wraps_up=event.wraps_up)

    def _call_disposed(self, event: events.DispositionChosen) -> None:
        """Set the disposition of the call's latest visit to this queue, which may be over."""
        queue = None if event.queue is None else self.agent_tracker.queue(event.queue)
        visit = self._latest(event.call_id, queue)
        if visit is None:
            self.ignored += 1
            return
        visit.disposition = event.disposition
        self.recorder.mark_changed(visit)

    def _rebuilt(self, event: events.CallEnded, queue: str | None) -> Visit | None:
        """The visit that an end is about, rebuilt when its start was not seen (metrics.md 1.6)."""
        answered = event.outcome is Outcome.ANSWERED
        answered_at = event.at - (event.talked_ms or 0) if answered else event.at
        visit = self._find(event.call_id, queue, answered=not answered)
        if visit is not None and not answered:
            return None
        if visit is None:
            entered_at = answered_at - (event.waited_ms or 0)
            if self._is_late(event.call_id, queue, entered_at):
                return None
            visit = self._begin_visit(event.call_id, queue, entered_at)
        if answered:
            visit.answered_at = max(answered_at, visit.entered_at)
            if event.agent is not None:
                visit.agent = self._ensure_agent_of(event.agent, visit, event.at).login
        return visit

    def _ensure_agent_of(self, name: str, visit: Visit, at: int) -> TrackedAgent:
        return (
            self.agent_tracker.agent(name)
            if visit.queue is None
            else self.agent_tracker.ensure_membership(name, visit.queue, at)
        )

    def _end(self, visit: Visit, at: int, outcome: Outcome, ended_by: str | None, *, wraps_up: bool = False) -> None:
        started_at = visit.entered_at if visit.answered_at is None else visit.answered_at
        visit.ended_at = at = self.recorder.not_before(at, started_at)
        visit.outcome = outcome.value
        visit.ended_by = ended_by
        if visit.held_since is not None:
            self._end_hold(visit, at)
        self.recorder.mark_changed(visit)
        if visit.ringing:
            self._stop_all_ringing(visit, at)
        if visit.agent is None:
            return
        if outcome is not Outcome.UNKNOWN:
            agent = self.agent_tracker.agents[visit.agent]
            by_pause = False
            if visit.answered_at is not None:
                agent.last_visit = visit
                by_pause = self.agent_tracker.pause_counts_as_wrap_up(agent)
            if wraps_up or by_pause:
                self.agent_tracker.begin_wrap_up(agent, visit, at)
        self._hang_up(visit, at)

    def _hang_up(self, visit: Visit, at: int) -> None:
        if visit.agent is None:
            return
        agent = self.agent_tracker.agents[visit.agent]
        if visit in agent.calls:
            agent.calls.remove(visit)
        if agent.dialling is visit:
            agent.dialling = None
        self.agent_tracker.update_state(agent, at)

    def open_visits(self) -> list[Visit]:
        """The visits that have not ended."""
        return [visit for visits in self.calls.values() for visit in visits if visit.ended_at is None]

    def _end_orphaned(self, now: int) -> None:
        """End visits open for longer than any call lasts, at the moment the limit passed (metrics.md 1.5).

        The one that entered first ends first, whichever came to be known first: an agent may be on two.
        """
        self.expires_at = NEVER
        for visit in sorted(self.open_visits(), key=attrgetter("entered_at")):
            expires_at = orphaned_at(visit.entered_at, self.max_open_ms)
            if is_orphaned(visit.entered_at, now, self.max_open_ms):
                self._end(visit, expires_at, Outcome.UNKNOWN, None)
            else:
                self.expires_at = min(self.expires_at, expires_at)

    def _agent_known_as(self, event: events.AgentKnownAs) -> None:
        at, alias = event.at, event.alias
        who = self.agent_tracker.agent(event.agent)
        other = self.agent_tracker.agents.get(alias)
        if other is who:
            return
        # An alias of another agent is taken over, as of a desk that several people use. An agent known only by the
        # alias was this one all along.
        if other is not None and other.login == alias:
            for visit in [*other.calls, *filter(None, [other.dialling])]:
                self._end(visit, at, Outcome.UNKNOWN, None)
            for visit in list(other.ringing):
                self._stop_ringing(visit, other, at)
            self.agent_tracker.end_everything(other, at)
        self.agent_tracker.agents[alias] = who
        self.recorder.changes.aliases.append((alias, who.login))

    def _switch_restarted(self, event: events.SwitchRestarted) -> None:
        for visit in self.open_visits():
            self._end(visit, event.at, Outcome.UNKNOWN, None)
        self.agent_tracker.end_at_restart(event.at)
