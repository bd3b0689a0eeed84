"""Outbound calls: campaigns with their attempts, and promised calls back."""

from __future__ import annotations

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
NO_ANSWER_MS = round(0.2 * MINUTE_MS)
"""How much longer a telephone rings at which nobody answers."""
NOT_REACHED = weighted({"no answer": 0.62, "answering machine": 0.26, "busy": 0.08, "wrong number": 0.04})
NOT_SOLD = weighted({"not interested": 0.66, "information sent": 0.2, "thinks about it": 0.14})
CALL_BACK = CampaignSetting("", "", Purpose.SERVICE, log_normal(150, 0.7), log_normal(25, 0.6), 0.32, 0, 0.82)
"""Settings of promised calls, as far as they resemble those of a campaign."""


class Dialler:
    """Makes the floor's outbound calls."""

    def __init__(self, floor: FloorContext, call_outcomes: CallOutcomes) -> None:
        self._floor = floor
        self._call_outcomes = call_outcomes
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
        campaign, leads = self._campaigns[agent.profile.campaign]
        place = int(self._rng.random() * leads)
        self._dial(agent, self._floor.customers.lead(campaign.name, place), campaign, None)

    def call_back(self, agent: AgentAtWork, follow_up: DueFollowUp) -> None:
        """Make a promised call."""
        self._dial(agent, follow_up.customer, CALL_BACK, follow_up)

    def _dial(self, agent: AgentAtWork, customer: int, setting: CampaignSetting, follow_up: DueFollowUp | None) -> None:
        floor, rng, now = self._floor, self._rng, self._floor.engine.now
        agent.occupy()
        attempt = DialAttempt(floor.new_call_id(), customer, setting, follow_up)
        phone = floor.meet(customer).phone
        reached = rng.random() < setting.contact_share
        ring = RINGING.draw(rng)
        if not reached:
            floor.record.dialled(now, agent, attempt, phone, None)
            floor.engine.after(ring + NO_ANSWER_MS, self._miss, agent, attempt)
            return
        floor.record.dialled(now, agent, attempt, phone, now + ring)
        right_party = follow_up is not None or rng.random() < setting.right_party_share
        talk = round(setting.talk.draw(rng) * agent.profile.talk_factor) if right_party else GREETING.draw(rng)
        floor.engine.after(ring + talk, self._hang_up, agent, attempt, right_party)

    def _miss(self, agent: AgentAtWork, attempt: DialAttempt) -> None:
        """End an attempt that no person answers."""
        floor = self._floor
        floor.record.not_reached(floor.engine.now, agent, attempt, NOT_REACHED.draw(self._rng))
        follow_up = attempt.follow_up
        if follow_up is not None:
            follow_up.attempts += 1
            if follow_up.attempts < 2:
                floor.engine.after(round(self._rng.uniform(4, 14) * MINUTE_MS), floor.follow_up_due, agent, follow_up)
            else:
                self._call_outcomes.settle(follow_up.id, "voicemail")
        floor.free(agent)

    def _hang_up(self, agent: AgentAtWork, attempt: DialAttempt, right_party: bool) -> None:
        """End a conversation with the person sought, or another."""
        floor, setting, follow_up = self._floor, attempt.setting, attempt.follow_up
        selling = right_party and (follow_up is None or follow_up.kind == "offer")
        sold = selling and self._rng.random() < setting.conversion * agent.profile.sales_factor
        wrap_up = round(setting.wrap_up.draw(self._rng) * agent.profile.wrap_up_factor)
        if sold:
            disposition = "sale"
        elif not right_party:
            disposition = "other person"
        else:
            disposition = "reached" if follow_up is not None else NOT_SOLD.draw(self._rng)
        ended_by = "caller" if self._rng.random() < 0.5 else "agent"
        right = right_party if selling or follow_up is None else None
        floor.record.talked(
            floor.engine.now,
            agent,
            attempt,
            ended_by=ended_by,
            disposition=disposition,
            wrap_up_ms=wrap_up,
            right_party=right,
        )
        if sold:
            self._sell(agent, attempt)
        if follow_up is not None:
            self._call_outcomes.settle(follow_up.id, "sold" if sold else "reached")
        floor.engine.after(wrap_up, floor.end_wrap_up, agent)

    def _sell(self, agent: AgentAtWork, attempt: DialAttempt) -> None:
        floor = self._floor
        typical = attempt.setting.order_cents or floor.queues[agent.profile.queues[0][0]].setting.order_cents
        sale = {
            **attempt.reference,
            "agent": agent.login,
            "campaign": attempt.campaign,
            "customer_id": attempt.customer,
            "sold_at": floor.engine.now,
            "amount_cents": self._call_outcomes.order(typical),
        }
        floor.add_row("sales", sale)
