"""The simulated floor of one day: callers wait, agents answer, pause, wrap up and go home.

`SimulatedFloor.run` yields call events and rows of tables in the order of their moments. It is lazy: the live floor
takes no more of it than has fallen due.
"""

from __future__ import annotations

from collections.abc import Iterator

from ccmon import events
from ccmon.model.calls import Outcome
from ccmon.simulator.call_outcomes import Consequences
from ccmon.simulator.context import FloorContext
from ccmon.simulator.day_plan import Arrival, DayPlan, Planner
from ccmon.simulator.entities import Desk, SimulatedCaller, SimulatedQueue
from ccmon.simulator.outbound import Dialler
from ccmon.simulator.random_streams import stream
from ccmon.simulator.shifts import CallBackHabit, DeskPlan, Pause
from ccmon.simulator.table_rows import FloorRow
from ccmon.time_units import MINUTE_MS

RINGS_OUT_MS = 20_000
"""A telephone that nobody takes rings for so long."""
QUIET_FROM = 0.3
"""It is quiet where nobody waits and such a share of the queue's agents is ready for the next caller."""
LOOKS_AGAIN_MS = 2 * MINUTE_MS
"""Who waits for a quiet moment to call back, and is idle, looks again after so long."""
AUTO_PAUSE_SHARE = 0.35
"""Missed calls after which the switch pauses the agent."""


class SimulatedFloor(FloorContext):
    """One day of the floor."""

    def __init__(self, planner: Planner, plan: DayPlan) -> None:
        super().__init__(planner, plan)
        self._chance = stream(self.seed, plan.day, "floor")
        self._patience = stream(self.seed, plan.day, "patience")
        self._service = stream(self.seed, plan.day, "service")
        self._pick_up = stream(self.seed, plan.day, "pick up")
        self.consequences = Consequences(self)
        self._dialler = Dialler(self, self.consequences)

    def run(self) -> Iterator[events.CallEvent | FloorRow]:
        """Everything that happens on this day, in the order of its moments."""
        self._set_up()
        while self.engine.step():
            if self._out:
                yield from self._out
                self._out.clear()

    def _set_up(self) -> None:
        for row in self.plan.rows:
            self.emit_at(row)
        for desk_plan in self.plan.desks:
            self.engine.at(desk_plan.logs_in_at, self._log_in, desk_plan)
        self._arrivals = iter(self.plan.arrivals)
        self._expect_next()
        self.consequences.set_up()

    # Callers

    def _expect_next(self) -> None:
        arrival = next(self._arrivals, None)
        if arrival is not None:
            self.engine.at(arrival.at, self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        self._expect_next()
        line = self.lines[arrival.queue]
        caller = SimulatedCaller(self.new_call_id(), 1, line, arrival.contact, arrival.reason, self.engine.now)
        self._enter(caller)

    def _enter(self, caller: SimulatedCaller) -> None:
        """A caller enters a queue, by telephone or handed on by an agent."""
        line, now = caller.line, self.engine.now
        phone = name = None
        person = None
        if caller.contact is not None:
            person = self.customers.person(caller.contact.customer)
            phone, name = person.phone, person.name
        elif self._chance.random() < 0.5:
            phone = self.consequences.stranger()
        self.emit(events.CallEntered(now, caller.call_id, line.setting.name, phone, name))
        if person is not None:
            self.emit_customer(person, caller.call_id, caller.visit)
        patience = line.setting.patience.draw(self._patience)
        if line.setting.exit_key_share and self._chance.random() < line.setting.exit_key_share:
            self.engine.after(
                round((0.75 + self._chance.random()) * MINUTE_MS), self._give_up, caller, Outcome.EXIT_KEY
            )
        self.engine.after(patience, self._give_up, caller, Outcome.ABANDONED)
        line.waiting[caller] = None
        self._serve(line)

    def _serve(self, line: SimulatedQueue) -> None:
        """Bring the first who waits and the desk that has been idle longest together."""
        for ready in line.ready:
            if ready and line.waiting:
                caller, _ = line.waiting.popitem(last=False)
                self._offer(caller, next(iter(ready)))
                return

    def _give_up(self, caller: SimulatedCaller, outcome: Outcome) -> None:
        """The caller leaves, unless the wait is over."""
        if caller.over:
            return
        caller.over = True
        now, line, desk = self.engine.now, caller.line, caller.rings_at
        if desk is None:
            line.waiting.pop(caller, None)
        else:
            self.emit(events.OfferWithdrawn(now, caller.call_id, line.setting.name, desk.login))
        by = "system" if outcome is Outcome.NO_AGENTS else "caller"
        self.emit(
            events.CallEnded(now, caller.call_id, line.setting.name, outcome, by, waited_ms=now - caller.entered_at)
        )
        self.consequences.lost(caller, outcome)
        if desk is not None:
            self.free(desk)

    def call_again(self, caller: SimulatedCaller) -> None:
        """A caller who gave up tries again."""
        now, tries = self.engine.now, caller.tries + 1
        again = SimulatedCaller(self.new_call_id(), 1, caller.line, caller.contact, caller.reason, now, tries)
        if now < self.plan.closes_at:
            self._enter(again)

    # Calls

    def _offer(self, caller: SimulatedCaller, desk: Desk) -> None:
        desk.occupy()
        now, setting = self.engine.now, caller.line.setting
        caller.rings_at = desk
        self.emit(events.CallOffered(now, caller.call_id, setting.name, desk.login))
        if self._pick_up.random() < desk.plan.agent.miss_share:
            self.engine.after(RINGS_OUT_MS, self._miss, caller, desk)
        else:
            self.engine.after(setting.ring.draw(self._pick_up), self._answer, caller)

    def _miss(self, caller: SimulatedCaller, desk: Desk) -> None:
        if caller.over:
            return
        caller.rings_at = None
        line = caller.line
        self.emit(events.CallMissed(self.engine.now, caller.call_id, line.setting.name, desk.login, RINGS_OUT_MS))
        line.waiting[caller] = None
        line.waiting.move_to_end(caller, last=False)
        if self._chance.random() < AUTO_PAUSE_SHARE:
            desk.pauses.appendleft(
                Pause(self.engine.now, round(self._chance.uniform(0.6, 4) * MINUTE_MS), "Auto-Pause")
            )
        self._serve(line)
        self.free(desk)

    def _answer(self, caller: SimulatedCaller) -> None:
        desk = caller.rings_at
        if caller.over or desk is None:
            return
        caller.over = True
        now, setting = self.engine.now, caller.line.setting
        caller.answered_at = now
        self.emit(events.CallAnswered(now, caller.call_id, setting.name, desk.login, now - caller.entered_at))
        talk = setting.talk.draw(self._service)
        if desk.plan.agent.talk_factor != 1:
            talk = round(talk * desk.plan.agent.talk_factor)
        if self._service.random() < setting.hold_share:
            caller.held_ms = setting.hold.draw(self._service)
            starts = round(talk * self._service.uniform(0.2, 0.8))
            self.engine.after(starts, self._hold, caller, desk)
        self.engine.after(talk + caller.held_ms, self._hang_up, caller, desk)

    def _hold(self, caller: SimulatedCaller, desk: Desk) -> None:
        self.emit(events.CallHeld(self.engine.now, caller.call_id, desk.login))
        self.engine.after(caller.held_ms, self._resume, caller, desk)

    def _resume(self, caller: SimulatedCaller, desk: Desk) -> None:
        self.emit(events.CallResumed(self.engine.now, caller.call_id, desk.login))

    def _hang_up(self, caller: SimulatedCaller, desk: Desk) -> None:
        now, setting = self.engine.now, caller.line.setting
        transferred = bool(setting.transfer_to) and self._service.random() < setting.transfer_share
        wrap_up = round(setting.wrap_up.draw(self._service) * desk.plan.agent.wrap_up_factor)
        by = "transfer" if transferred else "caller" if self._service.random() < 0.6 else "agent"
        disposition = "transferred" if transferred else self.consequences.disposition(caller, desk)
        self.emit(
            events.CallEnded(
                now, caller.call_id, setting.name, Outcome.ANSWERED, by, desk.login,
                caller.answered_at - caller.entered_at, now - caller.answered_at, disposition, wraps_up=wrap_up > 0,
            )
        )  # fmt: skip
        self.consequences.handled(caller, desk, disposition)
        if transferred and setting.transfer_to is not None:
            line = self.lines[setting.transfer_to]
            self._enter(SimulatedCaller(caller.call_id, caller.visit + 1, line, caller.contact, None, now))
        if wrap_up:
            self.engine.after(wrap_up, self.end_wrap_up, desk)
        else:
            self.free(desk)

    # Desks

    def _log_in(self, plan: DeskPlan) -> None:
        agent, now = plan.agent, self.engine.now
        desk = self.desks[agent.login] = Desk(plan, [(self.lines[name], level) for name, level in agent.queues])
        if not desk.lines:
            self.emit(events.AgentLoggedIn(now, desk.login))
        for line, _ in desk.lines:
            line.desks += 1
            self.emit(events.MemberJoined(now, line.setting.name, desk.login))
        for pause in plan.pauses:
            self.engine.at(pause.at, self._pause_due, desk, pause)
        self.engine.at(plan.logs_out_at, self._leave_due, desk)
        self.free(desk)

    def free(self, desk: Desk) -> None:
        """The desk has finished something: go home, pause, call back, take the next caller, or wait for one."""
        desk.turn += 1
        desk.doing = "ready"
        if desk.leaving and self._may_leave(desk):
            self._log_out(desk)
        elif desk.tasks and desk.plan.agent.call_back_habit is CallBackHabit.WHEN_DUE:
            self._dialler.call_back(desk, desk.tasks.popleft())  # the pause can wait for it
        elif desk.pauses:
            self._pause(desk, desk.pauses.popleft())
        elif desk.tasks and _calls_back_now(desk):
            self._dialler.call_back(desk, desk.tasks.popleft())
        else:
            if desk.tasks:
                self.engine.after(LOOKS_AGAIN_MS, self._look_again, desk, desk.turn)
            self._wait_for_work(desk)

    def _look_again(self, desk: Desk, turn: int) -> None:
        """A desk that has waited for a caller all the while sees whether it can call back now."""
        if desk.turn == turn and desk.doing == "ready":
            desk.occupy()
            self.free(desk)

    def _wait_for_work(self, desk: Desk) -> None:
        for line, level in desk.lines:
            line.ready[level][desk] = None
        for line, _ in desk.lines:
            if line.waiting:
                self._serve(line)
                if desk.doing != "ready":
                    return
        if desk.plan.agent.campaign is not None:
            self._dialler.prepare(desk)

    def _pause_due(self, desk: Desk, pause: Pause) -> None:
        if desk.doing == "ready":
            self._pause(desk, pause)
        elif desk.doing != "away":
            desk.pauses.append(pause)

    def _pause(self, desk: Desk, pause: Pause) -> None:
        desk.occupy()
        desk.doing = "paused"
        self.emit(events.AgentPaused(self.engine.now, desk.login, None, pause.reason))
        self.engine.after(pause.length_ms, self._unpause, desk)

    def _unpause(self, desk: Desk) -> None:
        if desk.doing == "paused":
            self.emit(events.AgentUnpaused(self.engine.now, desk.login, None))
            self.free(desk)

    def _leave_due(self, desk: Desk) -> None:
        desk.leaving = True
        desk.pauses.clear()
        if desk.doing in ("ready", "paused"):
            desk.occupy()
            self.free(desk)

    def _may_leave(self, desk: Desk) -> bool:
        """The last of a queue stays until nobody waits in it, but not for ever."""
        if self.engine.now > desk.plan.logs_out_at + 15 * MINUTE_MS:
            return True
        return not any(line.desks == 1 and line.waiting for line, _ in desk.lines)

    def _log_out(self, desk: Desk) -> None:
        desk.occupy()
        desk.doing = "away"
        now = self.engine.now
        self.emit(events.AgentLoggedOut(now, desk.login))
        for line, _ in desk.lines:
            line.desks -= 1
            if not line.desks and now >= self.plan.closes_at:
                for caller in list(line.waiting):
                    self._give_up(caller, Outcome.NO_AGENTS)


def _calls_back_now(desk: Desk) -> bool:
    """Whether an agent makes a call that is due before anything else."""
    if desk.plan.agent.call_back_habit is not CallBackHabit.WHEN_QUIET or not desk.lines:
        return True
    line, _ = desk.lines[0]
    others = sum(other is not desk for ready in line.ready for other in ready)
    return not line.waiting and others >= max(1, QUIET_FROM * line.desks)
