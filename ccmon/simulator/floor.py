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
from ccmon.simulator.record import FloorRecord
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

    def __init__(self, planner: Planner, plan: DayPlan, record: FloorRecord | None = None) -> None:
        super().__init__(planner, plan, record)
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

    def break_cycles(self) -> None:
        """To be called when nothing more is wanted of the floor: frees it without a search for reference cycles."""
        del self.call_outcomes, self._dialler

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
            person = self.meet(caller.contact.customer)
            customer, name, phone = person.id, person.name, person.phone
        elif self._rng.random() < 0.5:
            phone = self.call_outcomes.stranger()
        self.record.entered(now, caller, phone=phone, name=name, customer=customer)
        setting = queue.setting
        caller.gives_up_at = now + setting.patience.draw(self._patience)
        if setting.exit_key_share and self._rng.random() < setting.exit_key_share:
            presses_at = now + round((0.75 + self._rng.random()) * MINUTE_MS)
            if presses_at <= caller.gives_up_at:
                caller.gives_up_at, caller.gives_up_as = presses_at, Outcome.EXIT_KEY
        agent = None if queue.waiting else queue.longest_idle()
        if agent is not None:
            self._offer(caller, agent)
        else:
            queue.waiting[caller] = None
            self._expect_to_give_up(caller)

    def _expect_to_give_up(self, caller: SimulatedCaller) -> None:
        if not caller.will_give_up:
            caller.will_give_up = True
            self.engine.at(caller.gives_up_at, self._give_up, caller, caller.gives_up_as)

    def _serve(self, queue: SimulatedQueue) -> None:
        """Connect the first waiting caller with the agent idle longest."""
        agent = queue.longest_idle()
        if agent is not None and queue.waiting:
            caller, _ = queue.waiting.popitem(last=False)
            self._offer(caller, agent)

    def _give_up(self, caller: SimulatedCaller, outcome: Outcome) -> None:
        """Let the caller leave, unless the wait is over."""
        if caller.over:
            return
        caller.over = True
        now, queue, agent = self.engine.now, caller.queue, caller.rings_at
        if agent is None:
            queue.waiting.pop(caller, None)
        else:
            self.record.withdrawn(now, caller, agent)
        self.record.left(now, caller, outcome, "system" if outcome is Outcome.NO_AGENTS else "caller")
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
        """Let an agent's telephone ring: what comes of it is decided here, unless the caller gives up before."""
        agent.occupy()
        now = self.engine.now
        caller.rings_at = agent
        misses = self._pick_up.random() < agent.profile.miss_share
        stops_at = now + (RINGS_OUT_MS if misses else caller.queue.setting.ring.draw(self._pick_up))
        if caller.gives_up_at <= stops_at:
            self.record.rings(now, caller, agent)
            self._expect_to_give_up(caller)
        elif misses:
            self.record.rings(now, caller, agent)
            self.engine.at(stops_at, self._miss, caller, agent)
        else:
            self._talk(caller, agent, stops_at)

    def _miss(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        caller.rings_at = None
        queue = caller.queue
        self.record.missed(self.engine.now, caller, agent, RINGS_OUT_MS)
        queue.waiting[caller] = None
        queue.waiting.move_to_end(caller, last=False)
        if self._rng.random() < AUTO_PAUSE_SHARE:
            agent.pauses.appendleft(Pause(self.engine.now, round(self._rng.uniform(0.6, 4) * MINUTE_MS), "Auto-Pause"))
        self._serve(queue)
        self.free(agent)
        if caller.rings_at is None:
            self._expect_to_give_up(caller)

    def _talk(self, caller: SimulatedCaller, agent: AgentAtWork, answered_at: int) -> None:
        """Decide on the conversation that begins when the agent answers."""
        caller.over = True
        setting, service = caller.queue.setting, self._service
        caller.answered_at = answered_at
        held_at = None
        talk = setting.talk.draw(service)
        if agent.profile.talk_factor != 1:
            talk = round(talk * agent.profile.talk_factor)
        if service.random() < setting.hold_share:
            caller.held_ms = setting.hold.draw(service)
            held_at = answered_at + round(talk * service.uniform(0.2, 0.8))
        self.record.serves(self.engine.now, caller, agent, held_at)
        self.engine.at(answered_at + talk + caller.held_ms, self._hang_up, caller, agent)

    def _hang_up(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        now, setting = self.engine.now, caller.queue.setting
        transferred = bool(setting.transfer_to) and self._service.random() < setting.transfer_share
        wrap_up = round(setting.wrap_up.draw(self._service) * agent.profile.wrap_up_factor)
        by = "transfer" if transferred else "caller" if self._service.random() < 0.6 else "agent"
        disposition = "transferred" if transferred else self.call_outcomes.disposition(caller, agent)
        self.record.hung_up(now, caller, agent, ended_by=by, disposition=disposition, wrap_up_ms=wrap_up)
        self.call_outcomes.handled(caller, agent, disposition)
        if transferred and setting.transfer_to is not None:
            queue = self.queues[setting.transfer_to]
            self._enter(SimulatedCaller(caller.call_id, caller.visit + 1, queue, caller.contact, None, now))
        if wrap_up:
            self.engine.after(wrap_up, self.free, agent)
        else:
            self.free(agent)

    # Desks

    def _log_in(self, plan: AgentDay) -> None:
        profile, now = plan.agent, self.engine.now
        queues = [(self.queues[name], level) for name, level in profile.queues]
        agent = self.agents[profile.login] = AgentAtWork(plan, profile, profile.login, queues)
        for queue, _ in agent.queues:
            queue.agents += 1
        self.record.logged_in(now, agent)
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
        elif agent.follow_ups and agent.profile.call_back_habit is CallBackHabit.WHEN_DUE:
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
        if agent.profile.campaign is not None:
            self._dialler.prepare(agent, self.engine.now)

    def _pause_due(self, agent: AgentAtWork, pause: Pause) -> None:
        if agent.busy_until > self.engine.now:
            self.engine.at(agent.busy_until, self._pause_due, agent, pause)
        elif agent.doing == "ready" and not agent.leaving:
            self._pause(agent, pause)
        elif agent.doing != "away":
            agent.pauses.append(pause)

    def _pause(self, agent: AgentAtWork, pause: Pause) -> None:
        agent.occupy()
        agent.doing = "paused"
        self.record.paused(self.engine.now, agent, pause.reason)
        self.engine.after(pause.length_ms, self._unpause, agent)

    def _unpause(self, agent: AgentAtWork) -> None:
        if agent.doing == "paused":
            self.record.unpaused(self.engine.now, agent)
            self.free(agent)

    def _leave_due(self, agent: AgentAtWork) -> None:
        agent.leaving = True
        agent.pauses.clear()
        if agent.busy_until > self.engine.now:
            self.engine.at(agent.busy_until, self._leave_due, agent)
        elif agent.doing in ("ready", "paused"):
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
        self.record.logged_out(now, agent)
        for queue, _ in agent.queues:
            queue.agents -= 1
            if not queue.agents and now >= self.plan.closes_at:
                for caller in list(queue.waiting):
                    self._give_up(caller, Outcome.NO_AGENTS)


def _calls_back_now(agent: AgentAtWork) -> bool:
    """Whether an agent makes a due call before anything else."""
    if agent.profile.call_back_habit is not CallBackHabit.WHEN_QUIET or not agent.queues:
        return True
    queue, _ = agent.queues[0]
    others = sum(other is not agent for ready in queue.ready for other in ready)
    return not queue.waiting and others >= max(1, QUIET_FROM * queue.agents)
