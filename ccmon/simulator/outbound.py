"""Outbound calls: campaigns with their attempts, and promised calls back."""

from __future__ import annotations

from ccmon.events import CallAnswered, CallDialled, CallEnded
from ccmon.model.calls import Outcome
from ccmon.model.queues import Purpose
from ccmon.simulator.call_outcomes import CallOutcomes
from ccmon.simulator.centre import CampaignSetting
from ccmon.simulator.context import FloorContext
from ccmon.simulator.entities import AgentAtWork, DialAttempt, DueFollowUp
from ccmon.simulator.random_streams import log_normal, stream, weighted
from ccmon.time_units import MINUTE_MS

PREVIEW = log_normal(17, 0.5)
"""Time to read up on a customer before dialling."""
RINGING = log_normal(13, 0.5)
GREETING = log_normal(14, 0.5)
"""Length of a call that reaches a person, but not the one sought."""
NOT_REACHED = weighted({"no answer": 0.62, "answering machine": 0.26, "busy": 0.08, "wrong number": 0.04})
NOT_SOLD = weighted({"not interested": 0.66, "information sent": 0.2, "thinks about it": 0.14})
CALL_BACK = CampaignSetting("", "", Purpose.SERVICE, log_normal(150, 0.7), log_normal(25, 0.6), 0.32, 0, 0.82)
"""Settings of promised calls, as far as they resemble those of a campaign."""


class Dialler:
    """Makes the floor's outbound calls."""

    def __init__(self, floor: FloorContext, call_outcomes: CallOutcomes) -> None:
        self._floor = floor
        self._consequences = call_outcomes
        self._rng = stream(floor.seed, floor.plan.day, "outbound")
        scale = floor.centre.scale
        self._campaigns: dict[str | None, tuple[CampaignSetting, int]] = {
            campaign.name: (campaign, max(50, round(campaign.leads * scale))) for campaign in floor.centre.campaigns
        }
        """Each campaign with the length of its list."""

    def prepare(self, agent: AgentAtWork) -> None:
        """Let an idle agent of a campaign read up on the next customer, then dial."""
        self._floor.engine.after(PREVIEW.draw(self._rng), self._dial_next, agent, agent.activity_number)

    def _dial_next(self, agent: AgentAtWork, activity_number: int) -> None:
        if agent.activity_number != activity_number or agent.doing != "ready":
            return
        campaign, leads = self._campaigns[agent.plan.agent.campaign]
        place = self._rng.randrange(leads)
        self._dial(agent, self._floor.customers.lead(campaign.name, place), campaign, None)

    def call_back(self, agent: AgentAtWork, follow_up: DueFollowUp) -> None:
        """Make a promised call."""
        self._dial(agent, follow_up.customer, CALL_BACK, follow_up)

    def _dial(self, agent: AgentAtWork, customer: int, setting: CampaignSetting, follow_up: DueFollowUp | None) -> None:
        floor = self._floor
        agent.occupy()
        attempt = DialAttempt(floor.new_call_id(), customer, setting, follow_up)
        phone = floor.meet(customer).phone
        floor.emit(CallDialled(floor.engine.now, attempt.call_id, agent.login, attempt.campaign, phone, customer))
        reached = self._rng.random() < setting.contact_share
        ring = RINGING.draw(self._rng)
        floor.engine.after(
            ring if reached else ring + round(0.2 * MINUTE_MS), self._reach if reached else self._miss, agent, attempt
        )

    def _miss(self, agent: AgentAtWork, attempt: DialAttempt) -> None:
        """End an attempt that no person answers."""
        floor = self._floor
        disposition = NOT_REACHED.draw(self._rng)
        floor.emit(
            CallEnded(
                floor.engine.now,
                attempt.call_id,
                None,
                Outcome.ABANDONED,
                "agent",
                agent.login,
                disposition=disposition,
            )
        )
        follow_up = attempt.follow_up
        if follow_up is not None:
            follow_up.attempts += 1
            if follow_up.attempts < 2:
                floor.engine.after(round(self._rng.uniform(4, 14) * MINUTE_MS), floor.follow_up_due, agent, follow_up)
            else:
                self._consequences.settle(follow_up.id, "voicemail")
        floor.free(agent)

    def _reach(self, agent: AgentAtWork, attempt: DialAttempt) -> None:
        """Go on with an attempt that a person answers: the one sought, or another."""
        floor, rng = self._floor, self._rng
        floor.emit(CallAnswered(floor.engine.now, attempt.call_id, None, agent.login))
        right_party = attempt.follow_up is not None or rng.random() < attempt.setting.right_party_share
        if not right_party:
            talk = GREETING.draw(rng)
        else:
            talk = round(attempt.setting.talk.draw(rng) * agent.plan.agent.talk_factor)
        floor.engine.after(talk, self._hang_up, agent, attempt, right_party)

    def _hang_up(self, agent: AgentAtWork, attempt: DialAttempt, right_party: bool) -> None:
        floor, now, setting, follow_up = self._floor, self._floor.engine.now, attempt.setting, attempt.follow_up
        selling = right_party and (follow_up is None or follow_up.kind == "offer")
        sold = selling and self._rng.random() < setting.conversion * agent.plan.agent.sales_factor
        wrap_up = setting.wrap_up.draw(self._rng)
        if sold:
            disposition = "sale"
        elif not right_party:
            disposition = "other person"
        else:
            disposition = "reached" if follow_up is not None else NOT_SOLD.draw(self._rng)
        floor.emit(
            CallEnded(
                now, attempt.call_id, None, Outcome.ANSWERED, "caller" if self._rng.random() < 0.5 else "agent",
                agent.login, talked_ms=None, disposition=disposition, wraps_up=True,
                right_party=right_party if selling or follow_up is None else None,
            )
        )  # fmt: skip
        if sold:
            self._sell(agent, attempt)
        if follow_up is not None:
            self._consequences.settle(follow_up.id, "sold" if sold else "reached")
        floor.engine.after(round(wrap_up * agent.plan.agent.wrap_up_factor), floor.end_wrap_up, agent)

    def _sell(self, agent: AgentAtWork, attempt: DialAttempt) -> None:
        floor = self._floor
        typical = attempt.setting.order_cents or floor.queues[agent.plan.agent.queues[0][0]].setting.order_cents
        sale = {
            "call": (attempt.call_id, 1),
            "agent": agent.login,
            "campaign": attempt.campaign,
            "customer_id": attempt.customer,
            "sold_at": floor.engine.now,
            "amount_cents": self._consequences.order(typical),
        }
        floor.add_row("sales", sale)
