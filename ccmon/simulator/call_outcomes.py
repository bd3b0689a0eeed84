"""What calls lead to: sales, reasons, promises, surveys, and callers who try again."""

from __future__ import annotations

from itertools import count

from ccmon.model.calls import Outcome
from ccmon.model.queues import Purpose
from ccmon.simulator.context import FloorContext
from ccmon.simulator.entities import AgentAtWork, DueFollowUp, SimulatedCaller
from ccmon.simulator.names import telephone_of
from ccmon.simulator.promises import NOTES, SimulatedPromise
from ccmon.simulator.random_streams import log_normal_number, stream, weighted
from ccmon.simulator.shifts import CallBackHabit
from ccmon.simulator.table_rows import Change, FollowUpMoved, RowChange, Values
from ccmon.time_units import HOUR_MS, MINUTE_MS, QUARTER_MS

FIRST_OF_TODAY = 5000
"""Follow-ups promised and due on the same day are numbered from here on; those promised earlier have lower numbers."""
CALLS_BEFORE_LEAVING = 55 * MINUTE_MS
"""How long before leaving agents begin who make all their calls back together."""
KEEPS_TO_HABIT = 0.85
"""Share of promises for which these agents keep to that habit."""
CANCEL_SHARE = 0.03
DELIVERED = 0.96
"""Share of unanswered survey invitations that were delivered."""
UNSOLVED = frozenset({"unresolved", "ticket opened", "cancelled"})
"""Dispositions of calls in which the customer did not get what was wanted."""
DISPOSITIONS = {
    Purpose.SALES: weighted({"no sale": 0.5, "information sent": 0.3, "not eligible": 0.2}),
    Purpose.SERVICE: weighted({"resolved": 0.78, "ticket opened": 0.16, "unresolved": 0.06}),
    Purpose.RETENTION: weighted({"kept": 0.56, "cancelled": 0.29, "thinks about it": 0.15}),
}
COMMENTS = {
    1: ("Waited far too long.", "Third call about the same thing!", "Nobody could tell me when it works again."),
    2: ("Had to repeat everything.", "Friendly, but not solved."),
    4: ("Quick and clear.",),
    5: ("Very helpful, thank you!", "Solved in two minutes.", "Merci beaucoup, parfait.", "Sehr freundlich."),
}


class CallOutcomes:
    """What the calls of one day lead to."""

    def __init__(self, floor: FloorContext) -> None:
        self._floor = floor
        seed, day = floor.seed, floor.plan.day
        self._sales = stream(seed, day, "sales")
        self._surveys = stream(seed, day, "surveys")
        self._invitations = stream(seed, day, "invitations")
        self._promises = stream(seed, day, "today's promises")
        self._rng = stream(seed, day, "outcomes")
        self._habits = stream(seed, day, "call back habits")
        self._open: dict[int, tuple[int | None, str]] = {}
        """Follow-ups due today and not done: when and how they are settled later."""
        self._later: list[Change] = []
        self._numbers = count(day.year % 100 * 10**8 + day.month * 10**6 + day.day * 10**4 + FIRST_OF_TODAY)

    def set_up(self) -> None:
        """Set up what earlier days have left to do."""
        floor, plan = self._floor, self._floor.plan
        for promise in (*plan.left_over, *plan.due):
            floor.meet(promise.customer)
            floor.add_row("follow-ups", self._follow_up(promise, promise.promised_at))
        for promise in plan.left_over:
            if promise.settled_at is not None and promise.settled_at < plan.closes_at:
                done = _follow_up_done(promise.settled_at, promise.id, promise.settled_as)
                floor.engine.at(done.at, floor.change_row, done)
        for promise in plan.due:
            if promise.moved_to is not None:
                moved = FollowUpMoved(promise.due_at - 20 * MINUTE_MS, promise.id, promise.moved_to)
                floor.engine.at(moved.at, floor.change_row, moved)
            self._open[promise.id] = promise.settled_at, promise.settled_as
            if promise.acts_at is not None:
                follow_up = DueFollowUp(promise.id, promise.customer, promise.kind)
                floor.engine.at(promise.acts_at, self._act, promise.agent.login, follow_up)

    def settle(self, number: int, outcome: str) -> None:
        """Settle a follow-up: its call back has been made."""
        self._open.pop(number, None)
        self._floor.change_row(_follow_up_done(self._floor.engine.now, number, outcome))

    def later_outcomes(self) -> list[Change]:
        """Later consequences of this day: unkept promises that somebody settles, cancelled orders."""
        settled = (_follow_up_done(at, number, how) for number, (at, how) in self._open.items() if at is not None)
        return sorted((*settled, *self._later), key=lambda row: row.at)

    def _follow_up(self, promise: SimulatedPromise, created_at: int) -> Values:
        return {
            "id": promise.id,
            "agent": promise.agent.login,
            "customer_id": promise.customer,
            "kind": promise.kind,
            "created_at": created_at,
            "due_at": promise.due_at,
            "promised_at": promise.due_at,
            "note": promise.note,
        }

    def _act(self, login: str, follow_up: DueFollowUp) -> None:
        floor = self._floor
        agent = floor.agents.get(login)
        if agent is None or agent.doing == "away":
            return
        begins = agent.plan.logs_out_at - CALLS_BEFORE_LEAVING
        waits = agent.profile.call_back_habit is CallBackHabit.BEFORE_LEAVING and floor.engine.now < begins
        if waits and self._habits.random() < KEEPS_TO_HABIT:
            floor.engine.at(begins + round(self._habits.uniform(0, 15) * MINUTE_MS), self._act, login, follow_up)
        else:
            floor.follow_up_due(agent, follow_up)

    def stranger(self) -> str:
        """The number of a caller unknown to the centre."""
        return telephone_of(self._rng.getrandbits(40))

    def disposition(self, caller: SimulatedCaller, agent: AgentAtWork) -> str:
        """The disposition that the agent chooses for a call."""
        setting = caller.queue.setting
        buys = caller.contact.buys if caller.contact is not None else 0.7
        if setting.conversion and self._sales.random() < setting.conversion * buys * agent.profile.sales_factor:
            return "sale"
        if self._promises.random() < setting.promise_share:
            return "call back"
        return DISPOSITIONS[setting.purpose].draw(self._rng)

    def handled(self, caller: SimulatedCaller, agent: AgentAtWork, disposition: str) -> None:
        """Add what a handled call leads to."""
        setting = caller.queue.setting
        if caller.reason is not None:
            self._floor.add_row("call-reasons", caller.reference | {"reason": caller.reason})
        if disposition == "sale":
            self._sell(caller, agent)
        elif disposition == "call back" and caller.customer is not None:
            self._promise(agent, caller.customer, caller, setting.promise)
        self._promise_for_later(caller)
        if disposition != "transferred":
            answers = self._surveys.random() < setting.survey_share
            if answers or self._invitations.random() < setting.invited_share:
                self._invite(caller, agent, answers=answers)
            if answers:
                self._survey(caller, agent, disposition)

    def lost(self, caller: SimulatedCaller, outcome: Outcome) -> None:
        """Add what follows when a caller has left without being served."""
        floor = self._floor
        if outcome is Outcome.EXIT_KEY and caller.customer is not None:
            agents = [
                agent for agent in floor.agents.values() if (caller.queue, 0) in agent.queues and agent.doing != "away"
            ]
            if agents:
                self._promise(self._promises.choice(agents), caller.customer, caller, "call back")
        elif (
            outcome is Outcome.ABANDONED and caller.tries < 3 and self._rng.random() < caller.queue.setting.retry_share
        ):
            floor.engine.after(round(self._rng.uniform(0.5, 9) * MINUTE_MS), floor.call_again, caller)

    def order(self, typical_cents: int) -> int:
        """The amount of an order, to ten cents."""
        return max(990, round(typical_cents * log_normal_number(self._sales, -0.08, 0.4) / 10) * 10)

    def _sell(self, caller: SimulatedCaller, agent: AgentAtWork) -> None:
        floor, now = self._floor, self._floor.engine.now
        amount = self.order(caller.queue.setting.order_cents)
        if self._sales.random() < CANCEL_SHARE:
            at = now + round(self._sales.lognormvariate(2.5, 1.2) * HOUR_MS)
            cancelled = RowChange(at, "sales", caller.reference, {"cancelled_at": at}, earliest="cancelled_at")
            if at < floor.plan.closes_at:
                floor.engine.at(at, floor.change_row, cancelled)
            else:
                self._later.append(cancelled)
        sale = {**self._by_agent(caller, agent), "sold_at": now}
        floor.add_row("sales", {**sale, "amount_cents": amount})
        if self._sales.random() < 0.05:
            amount = self.order(caller.queue.setting.order_cents // 4)
            floor.add_row("sales", {**sale, "amount_cents": amount})

    def _by_agent(self, caller: SimulatedCaller, agent: AgentAtWork) -> Values:
        """Call, agent and customer for a row."""
        return caller.reference | {"agent": agent.login, "customer_id": caller.customer}

    def _promise(self, agent: AgentAtWork, customer: int, caller: SimulatedCaller, kind: str) -> None:
        """Promise a call back on the same day, while the agent is there."""
        floor, now, rng = self._floor, self._floor.engine.now, self._promises
        due_at = (now + round(rng.uniform(35, 200) * MINUTE_MS)) // QUARTER_MS * QUARTER_MS
        minute = (due_at - floor.plan.starts_at) // MINUTE_MS
        due_at += (agent.profile.pattern.outside_breaks(minute) - minute) * MINUTE_MS
        if due_at > agent.plan.logs_out_at - 20 * MINUTE_MS:
            return
        number = next(self._numbers)
        times = {"created_at": now, "due_at": due_at, "promised_at": due_at}
        row = {"id": number, **self._by_agent(caller, agent), "kind": kind, **times, "note": rng.choice(NOTES[kind])}
        floor.add_row("follow-ups", row)
        self._open[number] = now + 24 * HOUR_MS, "reached"
        random_number = rng.random()
        delay = rng.gauss(-9, 6) if random_number < agent.profile.diligence else rng.uniform(20, 120)
        if random_number < 0.985:
            floor.engine.at(
                due_at + round(delay * MINUTE_MS), self._act, agent.login, DueFollowUp(number, customer, kind)
            )

    def _promise_for_later(self, caller: SimulatedCaller) -> None:
        """Add a call's promise for a later day."""
        promise = self._floor.plan.made.pop(caller.customer, None)
        if promise is None:
            return
        floor, now = self._floor, self._floor.engine.now
        follow_up = self._follow_up(promise, now) | caller.reference
        floor.add_row("follow-ups", follow_up)
        # The day on which it is due may have been written before this day, without the call.
        made = caller.reference | {name: follow_up[name] for name in ("agent", "customer_id", "created_at")}
        floor.change_row(RowChange(now, "follow-ups", {"id": promise.id}, made))

    def _invite(self, caller: SimulatedCaller, agent: AgentAtWork, *, answers: bool) -> None:
        """Send a message with a question right after the call; some are not delivered."""
        sent_at, delivered = self._floor.engine.now, answers or self._invitations.random() < DELIVERED
        call = self._by_agent(caller, agent)
        self._floor.add_row("survey-invitations", {**call, "sent_at": sent_at, "delivered": delivered})

    def _survey(self, caller: SimulatedCaller, agent: AgentAtWork, disposition: str) -> None:
        floor, rng = self._floor, self._surveys
        waited_min = (caller.answered_at - caller.entered_at) / MINUTE_MS
        mood = rng.gauss(4.25 + agent.profile.kindness - 0.25 * waited_min, 1.05)
        if disposition in UNSOLVED:
            mood -= 0.9
        if caller.reason == floor.centre.problem:
            mood -= 0.6
        score = min(5, max(1, round(mood)))
        comment = rng.choice(COMMENTS[score]) if score in COMMENTS and rng.random() < 0.2 else None
        at = floor.engine.now + round((0.4 + rng.expovariate(1 / 6)) * MINUTE_MS)
        answers = [{"question": "satisfaction", "score": score, "scale": 5, "comment": comment}]
        # Most go on to the second question, fewer to the third.
        rng = self._invitations
        if rng.random() < 0.7:
            recommends = min(10, max(0, round(2.1 * mood + rng.gauss(-0.4, 1.5))))
            answers.append({"question": "recommend", "score": recommends, "scale": 10})
        if rng.random() < 0.5:
            solved = rng.random() < (0.92 if disposition not in UNSOLVED else 0.25)
            answers.append({"question": "resolved", "score": int(solved), "scale": 1})
        given = {**self._by_agent(caller, agent), "answered_at": at}
        floor.engine.at(at, floor.add_rows, "surveys", [given | answer for answer in answers])


def _follow_up_done(at: int, number: int, outcome: str) -> RowChange:
    return RowChange(at, "follow-ups", {"id": number}, {"done_at": at, "outcome": outcome}, earliest="done_at")
