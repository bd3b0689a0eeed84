"""The agents' half of the state machine: log-ins, memberships, pauses, wrap-up, and each agent's one state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ccmon import events
from ccmon.calls.agent import TrackedAgent
from ccmon.calls.records import ChangeRecorder, Interval, MembershipInterval, PauseInterval, StateInterval, Visit

_NUMBER = re.compile(r"\d{2,}$")
WRAP_UP_BY_PAUSE_MS = 5_000
"""A pause with a wrap-up reason counts as wrap-up if it starts this soon after the call's end."""


class AgentTracker:
    """Agents by name, with everything that is true of them now."""

    def __init__(self, recorder: ChangeRecorder, wrap_up_reasons: Iterable[str]) -> None:
        self.recorder = recorder
        self.wrap_up_reasons = frozenset(wrap_up_reasons)
        self.agents: dict[str, TrackedAgent] = {}
        """By each name by which an agent is known."""
        self.dynamic: set[tuple[str, str]] = set()
        """(agent, queue) pairs of agents who log in and out of the queue: no call makes them members."""
        self.configured: set[str] = set()
        """Names of the static members, if the switch's configuration was given: everybody else is dynamic."""
        self.desks: dict[tuple[str, str], str] = {}
        """Who works at a desk, by the interface that logged in to a queue, and the queue."""
        self._queues: dict[str, str] = {}
        self.handlers: dict[type[events.FloorEvent], Callable[[Any], None]] = {
            events.WrapUpEnded: self._wrap_up_ended,
            events.MemberJoined: self._member_joined,
            events.MemberLeft: self._member_left,
            events.AgentLoggedIn: self._agent_logged_in,
            events.AgentLoggedOut: self._agent_logged_out,
            events.AgentPaused: self._agent_paused,
            events.AgentUnpaused: self._agent_unpaused,
            events.OtherCallStarted: self._phone_changed,
            events.OtherCallEnded: self._phone_changed,
            events.AgentUnavailable: self._phone_changed,
            events.AgentAvailable: self._phone_changed,
        }

    def agent(self, name: str) -> TrackedAgent:
        """The agent of this name, new if not yet known."""
        agent = self.agents.get(name)
        if agent is None:
            agent = self.agents[name] = TrackedAgent(name)
            self.recorder.changes.agents.append(name)
        return agent

    def agent_from_database(self, name: str) -> TrackedAgent:
        """The agent of this name, who is in the database already."""
        agent = self.agents.get(name)
        if agent is None:
            agent = self.agents[name] = TrackedAgent(name)
        return agent

    def running_intervals(self) -> list[Interval]:
        """All open intervals: each agent's state, memberships and pauses."""
        running: list[Interval] = []
        for agent in dict.fromkeys(self.agents.values()):
            if agent.state is not None:
                running.append(agent.state)
            running += [*agent.memberships.values(), *agent.pauses.values()]
        return running

    def register_queue(self, name: str) -> None:
        """Take over a queue's name in the database's spelling."""
        self._queues[name] = self._queues[name.casefold()] = name

    def queue(self, name: str) -> str:
        """The queue's name as first spelt: names that differ only in case are one queue."""
        known = self._queues.get(name)
        if known is None:
            known = self._queues[name] = self._queues.setdefault(name.casefold(), name)
        return known

    def update_state(self, agent: TrackedAgent, at: int) -> None:
        """Bring the agent's open interval in line with their situation."""
        state, reason, visit = agent.situation()
        states, running = self.recorder.changes.states, agent.state
        if running is not None:
            if running.state == state and running.visit is visit and running.reason == reason:
                return
            at = self.recorder.end(running, at, states)
        if state is None:
            if running is not None:
                agent.state, agent.state_ended_at = None, at
        else:
            at = self.recorder.not_before(at, agent.state_ended_at)
            agent.state = following = StateInterval(agent.login, state, at, reason, visit)
            states.append(following)

    # Memberships

    def ensure_membership(self, name: str, queue: str, at: int) -> TrackedAgent:
        """The agent works in a queue, so they are a member: static if no log-in was seen (metrics.md 6.3)."""
        agent = self.agent(name)
        if queue not in agent.memberships:
            if not self._assign_desk(agent, queue, at) and (agent.login, queue) not in self.dynamic:
                self._join(agent, queue, at, static=True)
            self.update_state(agent, at)
        agent.works = True
        return agent

    def _desk_of(self, agent: TrackedAgent, queue: str) -> TrackedAgent | None:
        """The interface by which an agent has logged in to a queue, where the log names both but does not link them.

        Asterisk logs ADDMEMBER with the interface and CONNECT with the member's name, and no record says that they
        belong together. An interface where nobody has been seen yet is the agent's if both end in the same number
        ("Floater 79" at "agent79"); where the static members are known, any other agent gets the one logged in longest.
        """
        if agent.login in self.configured:
            return None
        waiting = {
            desk.login: (membership.started_at, desk.login, desk)
            for desk in self.agents.values()
            if not desk.works and (membership := desk.memberships.get(queue)) and not membership.static
        }
        if not waiting:
            return None
        number = _number(agent.login)
        same = [desk for login, (_, _, desk) in waiting.items() if number and _number(login) == number]
        if len(same) == 1:
            return same[0]
        return min(waiting.values())[2] if self.configured else None

    def _assign_desk(self, agent: TrackedAgent, queue: str, at: int) -> bool:
        """Give the agent the membership that a desk has held for them; False where there is none."""
        desk = self._desk_of(agent, queue)
        if desk is None:
            return False
        pause = desk.pauses.get(queue)
        self._leave(desk, queue, at)
        self._settle_after_leaving(desk, at)
        self._join(agent, queue, at, static=False)
        if pause is not None:
            self._pause(agent, queue, pause.reason, at)
        self.dynamic.add((agent.login, queue))
        self.desks[desk.login, queue] = agent.login
        return True

    def _release_desk(self, desk: TrackedAgent, queue: str, at: int) -> None:
        """The desk logs out of the queue, or in again: whoever sat there has left."""
        login = self.desks.pop((desk.login, queue), None)
        if login is not None:
            agent = self.agents[login]
            self._leave(agent, queue, at)
            self._settle_after_leaving(agent, at)

    def _join(self, agent: TrackedAgent, queue: str, at: int, *, static: bool) -> None:
        membership = agent.memberships[queue] = MembershipInterval(agent.login, queue, at, static)
        self.recorder.changes.memberships.append(membership)

    def _leave(self, agent: TrackedAgent, queue: str, at: int) -> MembershipInterval | None:
        self._end_pause(agent, queue, at)
        membership = agent.memberships.pop(queue, None)
        if membership is not None:
            self.recorder.end(membership, at, self.recorder.changes.memberships)
        return membership

    def _member_joined(self, event: events.MemberJoined) -> None:
        at, who, queue = event.at, self.agent(event.agent), self.queue(event.queue)
        if event.anew and queue in who.memberships:
            self._leave(who, queue, at)
        self._release_desk(who, queue, at)
        if not event.static:
            self.dynamic.add((who.login, queue))
        if queue not in who.memberships:
            self._join(who, queue, at, static=event.static)
            who.works = False
        if event.paused and queue not in who.pauses:
            self._pause(who, queue, None, at)
        self.update_state(who, at)

    def _member_left(self, event: events.MemberLeft) -> None:
        """An agent whose joining nobody saw gets a membership of no length: they were a member until now."""
        at, who, queue = event.at, self.agent(event.agent), self.queue(event.queue)
        self._release_desk(who, queue, at)
        membership = self._leave(who, queue, at)
        if membership is not None:
            membership.static = False
        elif (who.login, queue) not in self.dynamic:
            self._join(who, queue, at, static=False)
            self._leave(who, queue, at)
        self.dynamic.add((who.login, queue))
        self._settle_after_leaving(who, at)

    def _settle_after_leaving(self, agent: TrackedAgent, at: int) -> None:
        if not agent.memberships and not agent.logged_in:
            agent.logged_in = agent.paused_without_queue = False
            self.end_wrap_up(agent, at)
        self.update_state(agent, at)

    def _agent_logged_in(self, event: events.AgentLoggedIn) -> None:
        who = self.agent(event.agent)
        who.logged_in = True
        self.update_state(who, event.at)

    def _agent_logged_out(self, event: events.AgentLoggedOut) -> None:
        who = self.agent(event.agent)
        who.logged_in = False
        for queue in list(who.memberships):
            self._leave(who, queue, event.at)
        self._settle_after_leaving(who, event.at)

    # Pauses

    def _pause(self, agent: TrackedAgent, queue: str, reason: str | None, at: int) -> None:
        running = agent.pauses.get(queue)
        if running is not None:
            if running.reason == reason:
                return
            at = self.recorder.not_before(at, running.started_at)
            self._end_pause(agent, queue, at)
        pause = agent.pauses[queue] = PauseInterval(agent.login, queue, at, reason)
        self.recorder.changes.pauses.append(pause)

    def _end_pause(self, agent: TrackedAgent, queue: str, at: int) -> None:
        pause = agent.pauses.pop(queue, None)
        if pause is not None:
            self.recorder.end(pause, at, self.recorder.changes.pauses)

    def _agent_paused(self, event: events.AgentPaused) -> None:
        at, who, reason = event.at, self.agent(event.agent), event.reason
        if event.queue is None:
            who.paused_without_queue, who.paused_without_queue_reason = True, reason
            for queue in who.memberships:
                self._pause(who, queue, reason, at)
        else:
            self._pause(who, self._paused_in(who, event.queue, at), reason, at)
        self._apply_pause_to_wrap_up(who, at)
        self.update_state(who, at)

    def _agent_unpaused(self, event: events.AgentUnpaused) -> None:
        at, who = event.at, self.agent(event.agent)
        was = who.pause_reason()
        who.paused_without_queue = False
        queues = list(who.pauses) if event.queue is None else [self._paused_in(who, event.queue, at)]
        for paused_in in queues:
            self._end_pause(who, paused_in, at)
        if was in self.wrap_up_reasons:
            self.end_wrap_up(who, at)
        self.update_state(who, at)

    def _paused_in(self, agent: TrackedAgent, queue: str, at: int) -> str:
        """The queue in which a pause begins or ends. Only members can be paused, so the agent becomes one."""
        queue = self.queue(queue)
        if queue not in agent.memberships and not self._assign_desk(agent, queue, at):
            self._join(agent, queue, at, static=(agent.login, queue) not in self.dynamic)
        return queue

    # Wrap-up

    def begin_wrap_up(self, agent: TrackedAgent, visit: Visit, at: int) -> None:
        """The agent's work after this call begins; the call is not handled until it ends."""
        self.end_wrap_up(agent, at)
        agent.wrapping = visit
        visit.wrapping_up = 1
        self.recorder.mark_changed(visit)

    def end_wrap_up(self, agent: TrackedAgent, at: int) -> None:
        """The agent's work after a call, if any, is done."""
        visit = agent.wrapping
        if visit is not None:
            agent.wrapping = None
            visit.wrapping_up = 0
            visit.wrapped_up_at = at if visit.ended_at is None else self.recorder.not_before(at, visit.ended_at)
            self.recorder.mark_changed(visit)

    def _wrap_up_ended(self, event: events.WrapUpEnded) -> None:
        who = self.agent(event.agent)
        self.end_wrap_up(who, event.at)
        self.update_state(who, event.at)

    def pause_counts_as_wrap_up(self, agent: TrackedAgent) -> bool:
        """Whether the reason of a pause that waited for the call's end makes it a wrap-up."""
        return bool(self.wrap_up_reasons) and agent.pause_reason() in self.wrap_up_reasons

    def _apply_pause_to_wrap_up(self, agent: TrackedAgent, at: int) -> None:
        """A pause right after a call begins a wrap-up if its reason counts as one, else ends it (metrics.md 6.4)."""
        if not self.wrap_up_reasons or agent.calls:
            return
        reason, visit = agent.pause_reason(), agent.last_visit
        if reason not in self.wrap_up_reasons:
            if reason is not None:
                self.end_wrap_up(agent, at)
        elif agent.wrapping is None and visit is not None and visit.wrapped_up_at is None:
            ended_at = visit.ended_at or 0
            if ended_at <= at <= ended_at + WRAP_UP_BY_PAUSE_MS:
                self.begin_wrap_up(agent, visit, ended_at)

    # Telephones

    def _phone_changed(
        self, event: events.OtherCallStarted | events.OtherCallEnded | events.AgentUnavailable | events.AgentAvailable
    ) -> None:
        who = self.agent(event.agent)
        if isinstance(event, events.OtherCallStarted | events.OtherCallEnded):
            who.on_other_call = isinstance(event, events.OtherCallStarted)
        else:
            who.unavailable = isinstance(event, events.AgentUnavailable)
        self.update_state(who, event.at)

    # All agents

    def end_everything(self, agent: TrackedAgent, at: int) -> None:
        """End everything open of an agent who turns out to be another one. Their calls have ended already."""
        for queue in list(agent.memberships):
            self._leave(agent, queue, at)
        self.end_wrap_up(agent, at)
        if agent.state is not None:
            self.recorder.end(agent.state, at, self.recorder.changes.states)
            agent.state = None

    def end_at_restart(self, at: int) -> None:
        """End what a restart of the switch ends: log-ins by a channel, and pauses of static members.

        Dynamic members come back as they were, paused ones too: Asterisk does that by default (``persistentmembers``)
        without writing a record.
        """
        for agent in dict.fromkeys(self.agents.values()):
            if agent.logged_in:
                agent.logged_in = False
            agent.on_other_call = agent.unavailable = agent.paused_without_queue = False
            self.end_wrap_up(agent, at)
            for queue in list(agent.pauses):
                if queue not in agent.memberships or agent.memberships[queue].static:
                    self._end_pause(agent, queue, at)
            self.update_state(agent, at)


def _number(name: str) -> str | None:
    """The number that a name ends with, such as an extension."""
    found = _NUMBER.search(name)
    return found[0] if found else None
