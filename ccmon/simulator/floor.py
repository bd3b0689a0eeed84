"""The simulated floor of one day: callers wait, agents answer, pause, wrap up and go home.

A `SimulatedFloor` is advanced to a moment; then what has happened is taken from it: floor events in order of time, and
rows of tables.
"""

from __future__ import annotations

from ccmon import events
from ccmon.model.calls import Outcome
from ccmon.simulator.call_outcomes import CallOutcomes
from ccmon.simulator.context import FloorContext
from ccmon.simulator.day_plan import Arrival, DayPlan, Planner
from ccmon.simulator.entities import AgentAtWork, SimulatedCaller, SimulatedQueue
from ccmon.simulator.outbound import Dialler
from ccmon.simulator.random_streams import stream
from ccmon.simulator.shifts import AgentDay, CallBackHabit, Pause
from ccmon.simulator.table_rows import FloorRows
from ccmon.time_units import MINUTE_MS, NEVER

RINGS_OUT_MS = 20_000
"""How long an unanswered telephone rings."""
QUIET_FROM = 0.3
"""It is quiet if nobody waits and at least this share of the queue's agents is ready for the next caller."""
LOOKS_AGAIN_MS = 2 * MINUTE_MS
"""How often an idle agent who waits for a quiet moment to call back checks whether it has come."""
AUTO_PAUSE_SHARE = 0.35
"""Share of missed calls after which the switch pauses the agent."""


class SimulatedFloor(FloorContext):
    """One day of the floor."""

    def __init__(self, planner: Planner, plan: DayPlan) -> None:
        super().__init__(planner, plan)
        self._rng = stream(self.seed, plan.day, "floor")
        self._patience = stream(self.seed, plan.day, "patience")
        self._service = stream(self.seed, plan.day, "service")
        self._pick_up = stream(self.seed, plan.day, "pick up")
        self.call_outcomes = CallOutcomes(self)
        self._dialler = Dialler(self, self.call_outcomes)

        self._set_up()

    def advance(self, until: int, at_most: int = NEVER) -> bool:
        """Simulate up to a moment, at most so many actions; return whether more of it is left."""
        return self.engine.run(until, at_most)

    def look_ahead(self) -> bool:
        """Advance ``engine.now`` to the next moment at which something happens; False if nothing will any more."""
        while not self.events and self.rows.is_empty:
            if self.engine.is_done:
                return False
            self.engine.run(NEVER, 1)
        return True

    def take_events(self) -> list[events.FloorEvent]:
        """The events since the last call of this method."""
        happened = self.events.copy()
        self.events.clear()
        return happened

    def take_rows(self) -> FloorRows:
        """The rows since the last call of this method."""
        rows, self.rows = self.rows, FloorRows()
        return rows

    def _set_up(self) -> None:
        for kind, rows in self.plan.rows.items():
            self.rows.new[kind] = rows
        for agent_day in self.plan.agent_days:
            self.engine.at(agent_day.logs_in_at, self._log_in, agent_day)
        self._arrivals = iter(self.plan.arrivals)
        self._expect_next()
        self.call_outcomes.set_up()

    # Callers

    def _expect_next(self) -> None:
        arrival = next(self._arrivals, None)
        if arrival is not None:
            self.engine.at(arrival.at, self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        self._expect_next()
        queue = self.queues[arrival.queue]
        caller = SimulatedCaller(self.new_call_id(), 1, queue, arrival.contact, arrival.reason, self.engine.now)
        self._enter(caller)

    def _enter(self, caller: SimulatedCaller) -> None:
        """Let a caller enter a queue, by telephone or transferred by an agent."""
        queue, now = caller.queue, self.engine.now
        customer = phone = name = None
        if caller.contact is not None:
            customer, _, name, phone = self.meet(caller.contact.customer)
        elif self._rng.random() < 0.5:
            phone = self.call_outcomes.stranger()
        self.emit(events.CallEntered(now, caller.call_id, queue.setting.name, phone, name, customer))
        patience = queue.setting.patience.draw(self._patience)
        if queue.setting.exit_key_share and self._rng.random() < queue.setting.exit_key_share:
            self.engine.after(round((0.75 + self._rng.random()) * MINUTE_MS), self._give_up, caller, Outcome.EXIT_KEY)
        self.engine.after(patience, self._give_up, caller, Outcome.ABANDONED)
        queue.waiting[caller] = None
        self._serve(queue)

    def _serve(self, queue: SimulatedQueue) -> None:
        """Connect the first waiting caller with the agent idle longest."""
        for ready in queue.ready:
            if ready and queue.waiting:
                caller, _ = queue.waiting.popitem(last=False)
                self._offer(caller, next(iter(ready)))
                return

    def _give_up(self, caller: SimulatedCaller, outcome: Outcome) -> None:
        """Let the caller leave, unless the wait is over."""
        if caller.over:
            return
        caller.over = True
        now, queue, agent = self.engine.now, caller.queue, caller.rings_at
        if agent is None:
            queue.waiting.pop(caller, None)
        else:
            self.emit(events.OfferWithdrawn(now, caller.call_id, queue.setting.name, agent.login))
        by = "system" if outcome is Outcome.NO_AGENTS else "caller"
        self.emit(
            events.CallEnded(now, caller.call_id, queue.setting.name, outcome, by, waited_ms=now - caller.entered_at)
        )
        self.call_outcomes.lost(caller, outcome)
        if agent is not None:
            self.free(agent)

    def call_again(self, caller: SimulatedCaller) -> None:
        """Let a caller who abandoned try again."""
        now, tries = self.engine.now, caller.tries + 1
        again = SimulatedCaller(self.new_call_id(), 1, caller.queue, caller.contact, caller.reason, now, tries)
        if now < self.plan.closes_at:
            self._enter(again)

    # Calls

    def _offer(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        agent.occupy()
        now, setting = self.engine.now, caller.queue.setting
        caller.rings_at = agent
        self.emit(events.CallOffered(now, caller.call_id, setting.name, agent.login))
        if self._pick_up.random() < agent.plan.agent.miss_share:
            self.engine.after(RINGS_OUT_MS, self._miss, caller, agent)
        else:
            self.engine.after(setting.ring.draw(self._pick_up), self._answer, caller)

    def _miss(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        if caller.over:
            return
        caller.rings_at = None
        queue = caller.queue
        self.emit(events.CallMissed(self.engine.now, caller.call_id, queue.setting.name, agent.login, RINGS_OUT_MS))
        queue.waiting[caller] = None
        queue.waiting.move_to_end(caller, last=False)
        if self._rng.random() < AUTO_PAUSE_SHARE:
            agent.pauses.appendleft(Pause(self.engine.now, round(self._rng.uniform(0.6, 4) * MINUTE_MS), "Auto-Pause"))
        self._serve(queue)
        self.free(agent)

    def _answer(self, caller: SimulatedCaller) -> None:
        agent = caller.rings_at
        if caller.over or agent is None:
            return
        caller.over = True
        now, setting = self.engine.now, caller.queue.setting
        caller.answered_at = now
        self.emit(events.CallAnswered(now, caller.call_id, setting.name, agent.login, now - caller.entered_at))
        talk = setting.talk.draw(self._service)
        if agent.plan.agent.talk_factor != 1:
            talk = round(talk * agent.plan.agent.talk_factor)
        if self._service.random() < setting.hold_share:
            caller.held_ms = setting.hold.draw(self._service)
            starts = round(talk * self._service.uniform(0.2, 0.8))
            self.engine.after(starts, self._hold, caller, agent)
        self.engine.after(talk + caller.held_ms, self._hang_up, caller, agent)

    def _hold(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.emit(events.CallHeld(self.engine.now, caller.call_id, agent.login))
        self.engine.after(caller.held_ms, self._resume, caller, agent)

    def _resume(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        self.emit(events.CallResumed(self.engine.now, caller.call_id, agent.login))

    def _hang_up(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        now, setting = self.engine.now, caller.queue.setting
        transferred = bool(setting.transfer_to) and self._service.random() < setting.transfer_share
        wrap_up = round(setting.wrap_up.draw(self._service) * agent.plan.agent.wrap_up_factor)
        by = "transfer" if transferred else "caller" if self._service.random() < 0.6 else "agent"
        disposition = "transferred" if transferred else self.call_outcomes.disposition(caller, agent)
        self.emit(
            events.CallEnded(
                now, caller.call_id, setting.name, Outcome.ANSWERED, by, agent.login,
                caller.answered_at - caller.entered_at, now - caller.answered_at, disposition, wraps_up=wrap_up > 0,
            )
        )  # fmt: skip
        self.call_outcomes.handled(caller, agent, disposition)
        if transferred and setting.transfer_to is not None:
            queue = self.queues[setting.transfer_to]
            self._enter(SimulatedCaller(caller.call_id, caller.visit + 1, queue, caller.contact, None, now))
        if wrap_up:
            self.engine.after(wrap_up, self.end_wrap_up, agent)
        else:
            self.free(agent)

    # Desks

    def _log_in(self, plan: AgentDay) -> None:
        profile, now = plan.agent, self.engine.now
        queues = [(self.queues[name], level) for name, level in profile.queues]
        agent = self.agents[profile.login] = AgentAtWork(plan, queues, profile.login)
        if not agent.queues:
            self.emit(events.AgentLoggedIn(now, agent.login))
        for queue, _ in agent.queues:
            queue.agents += 1
            self.emit(events.MemberJoined(now, queue.setting.name, agent.login))
        for pause in plan.pauses:
            self.engine.at(pause.at, self._pause_due, agent, pause)
        self.engine.at(plan.logs_out_at, self._leave_due, agent)
        self.free(agent)

    def free(self, agent: AgentAtWork) -> None:
        """After the agent has finished something: go home, pause, call back, take the next caller, or wait for one."""
        agent.activity_number += 1
        agent.doing = "ready"
        if agent.leaving and self._may_leave(agent):
            self._log_out(agent)
        elif agent.follow_ups and agent.plan.agent.call_back_habit is CallBackHabit.WHEN_DUE:
            self._dialler.call_back(agent, agent.follow_ups.popleft())  # the pause can wait
        elif agent.pauses:
            self._pause(agent, agent.pauses.popleft())
        elif agent.follow_ups and _calls_back_now(agent):
            self._dialler.call_back(agent, agent.follow_ups.popleft())
        else:
            if agent.follow_ups:
                self.engine.after(LOOKS_AGAIN_MS, self._look_again, agent, agent.activity_number)
            self._wait_for_work(agent)

    def _look_again(self, agent: AgentAtWork, activity_number: int) -> None:
        """Check whether an agent who has been waiting for a caller ever since can call back now."""
        if agent.activity_number == activity_number and agent.doing == "ready":
            agent.occupy()
            self.free(agent)

    def _wait_for_work(self, agent: AgentAtWork) -> None:
        for queue, level in agent.queues:
            queue.ready[level][agent] = None
        for queue, _ in agent.queues:
            if queue.waiting:
                self._serve(queue)
                if agent.doing != "ready":
                    return
        if agent.plan.agent.campaign is not None:
            self._dialler.prepare(agent)

    def _pause_due(self, agent: AgentAtWork, pause: Pause) -> None:
        if agent.doing == "ready":
            self._pause(agent, pause)
        elif agent.doing != "away":
            agent.pauses.append(pause)

    def _pause(self, agent: AgentAtWork, pause: Pause) -> None:
        agent.occupy()
        agent.doing = "paused"
        self.emit(events.AgentPaused(self.engine.now, agent.login, None, pause.reason))
        self.engine.after(pause.length_ms, self._unpause, agent)

    def _unpause(self, agent: AgentAtWork) -> None:
        if agent.doing == "paused":
            self.emit(events.AgentUnpaused(self.engine.now, agent.login, None))
            self.free(agent)

    def _leave_due(self, agent: AgentAtWork) -> None:
        agent.leaving = True
        agent.pauses.clear()
        if agent.doing in ("ready", "paused"):
            agent.occupy()
            self.free(agent)

    def _may_leave(self, agent: AgentAtWork) -> bool:
        """Whether the agent may leave: the last of a queue stays until nobody waits in it, but not for ever."""
        if self.engine.now > agent.plan.logs_out_at + 15 * MINUTE_MS:
            return True
        return not any(queue.agents == 1 and queue.waiting for queue, _ in agent.queues)

    def _log_out(self, agent: AgentAtWork) -> None:
        agent.occupy()
        agent.doing = "away"
        now = self.engine.now
        self.emit(events.AgentLoggedOut(now, agent.login))
        for queue, _ in agent.queues:
            queue.agents -= 1
            if not queue.agents and now >= self.plan.closes_at:
                for caller in list(queue.waiting):
                    self._give_up(caller, Outcome.NO_AGENTS)


def _calls_back_now(agent: AgentAtWork) -> bool:
    """Whether an agent makes a due call before anything else."""
    if agent.plan.agent.call_back_habit is not CallBackHabit.WHEN_QUIET or not agent.queues:
        return True
    queue, _ = agent.queues[0]
    others = sum(other is not agent for ready in queue.ready for other in ready)
    return not queue.waiting and others >= max(1, QUIET_FROM * queue.agents)
