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
SOLD = "sale"
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
        self._campaigns: dict[str | None, tuple[CampaignSetting, int, int]] = {
            campaign.name: (campaign, floor.customers.lead(campaign.name, 0), max(50, round(campaign.leads * scale)))
            for campaign in floor.centre.campaigns
        }
        """Each campaign with the first customer of its list, and how many it has."""

    def prepare(self, agent: AgentAtWork, free_at: int) -> None:
        """Let an agent of a campaign, who serves no queue, read up on the next customer from a moment on, then dial.

        From then on the agent counts as ready, also while on the call: see `AgentAtWork.busy_until`.
        """
        agent.busy_until = free_at
        self._floor.engine.at(free_at + PREVIEW.draw(self._rng), self._dial_next, agent, agent.activity_number)

    def _dial_next(self, agent: AgentAtWork, activity_number: int) -> None:
        if agent.activity_number != activity_number or agent.doing != "ready":
            return
        campaign, first, leads = self._campaigns[agent.profile.campaign]
        attempt = self._dial(agent, first + int(self._rng.random() * leads), campaign, None)
        if attempt.disposition == SOLD:
            self._floor.engine.at(attempt.ended_at, self._sell, agent, attempt)
        self.prepare(agent, attempt.wrapped_up_at)

    def call_back(self, agent: AgentAtWork, follow_up: DueFollowUp) -> None:
        """Make a promised call."""
        agent.occupy()
        attempt = self._dial(agent, follow_up.customer, CALL_BACK, follow_up)
        self._floor.engine.at(attempt.ended_at, self._called_back, agent, attempt, follow_up)
        self._floor.engine.at(attempt.wrapped_up_at, self._floor.free, agent)

    def _dial(
        self, agent: AgentAtWork, customer: int, setting: CampaignSetting, follow_up: DueFollowUp | None
    ) -> DialAttempt:
        """Dial a number, and decide what comes of it."""
        floor, rng, now, profile = self._floor, self._rng, self._floor.engine.now, agent.profile
        call_id, answered_at = floor.new_call_id(), now + RINGING.draw(rng)
        if rng.random() >= setting.contact_share:
            gives_up_at = answered_at + NO_ANSWER_MS
            attempt = DialAttempt(
                call_id, customer, setting, follow_up, None, gives_up_at, gives_up_at, NOT_REACHED.draw(rng)
            )
        else:
            right_party = follow_up is not None or rng.random() < setting.right_party_share
            selling = right_party and (follow_up is None or follow_up.kind == "offer")
            talk = round(setting.talk.draw(rng) * profile.talk_factor) if right_party else GREETING.draw(rng)
            if selling and rng.random() < setting.conversion * profile.sales_factor:
                disposition = SOLD
            elif not right_party:
                disposition = "other person"
            else:
                disposition = "reached" if follow_up is not None else NOT_SOLD.draw(rng)
            ended_at = answered_at + talk
            attempt = DialAttempt(
                call_id, customer, setting, follow_up, answered_at, ended_at,
                ended_at + round(setting.wrap_up.draw(rng) * profile.wrap_up_factor), disposition,
                "caller" if rng.random() < 0.5 else "agent", right_party if selling or follow_up is None else None,
            )  # fmt: skip
        floor.record.dialled(now, agent, attempt, floor.meet(customer).phone)
        return attempt

    def _called_back(self, agent: AgentAtWork, attempt: DialAttempt, follow_up: DueFollowUp) -> None:
        """Settle a promise with the call that was made, or try again later."""
        floor = self._floor
        if attempt.disposition == SOLD:
            self._sell(agent, attempt)
            self._call_outcomes.settle(follow_up.id, "sold")
        elif attempt.answered_at is not None:
            self._call_outcomes.settle(follow_up.id, "reached")
        elif follow_up.attempts:
            self._call_outcomes.settle(follow_up.id, "voicemail")
        else:
            follow_up.attempts += 1
            floor.engine.after(round(self._rng.uniform(4, 14) * MINUTE_MS), floor.follow_up_due, agent, follow_up)

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
