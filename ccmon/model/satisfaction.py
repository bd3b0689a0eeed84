"""What customers say after calls (metrics.md 9)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ccmon.metrics import confidence_interval, net_promoter_score, ratios
from ccmon.metrics.first_contact import FirstContact, RepeatContacts
from ccmon.metrics.net_promoter_score import NetPromoterScore
from ccmon.metrics.satisfaction import Confidence, Satisfaction, confidence
from ccmon.model.scopes import NamedScope
from ccmon.number_types import Count, Quantity, Ratio, one_of


class SatisfactionFigures(NamedScope, frozen=True, kw_only=True, gc=False):
    """What customers say about the centre, a queue, a team or an agent, in the last 28 business days (metrics.md 9).

    An answer belongs to the day of its call. Calls on which several agents talked count for the queue and the centre,
    but for no agent and no team (9.4).
    """

    kind: Annotated[str, one_of("centre", "queue", "team", "agent")]
    """What the row is about: the centre, a queue, a team or an agent."""
    scales: tuple[Satisfaction, ...]
    """Answers on satisfaction by scale, the one with most answers first: means never mix scales."""
    promoters: NetPromoterScore
    """Answers to "would you recommend us"."""
    invited: Count
    """Invitations delivered."""
    responded: Count
    """Invited calls with an answer."""
    said_resolved: Count
    """Of ``said_resolved_of``, the answers "yes"."""
    said_resolved_of: Count
    """Answers to "has it been resolved"."""
    first_contact: FirstContact
    """Contacts that needed no other within 7 days, over the 28 days that ended 7 days ago (9.5)."""
    first_contact_day: FirstContact
    """The quick variant: no other contact within 24 hours, over the last 28 finished days."""
    repeats: RepeatContacts
    """Of today's contacts, those that follow an answered one within 7 days: not 1 minus ``first_contact``. For the
    centre and the queues only."""
    one_customer_in: int = 1
    """Contacts are sampled from one customer in this number, on a floor with too many to read them all."""

    @property
    def answers(self) -> Count:
        """Answers on satisfaction, on any scale."""
        return sum([scale.answers for scale in self.scales])

    @property
    def satisfied(self) -> Count:
        """Of these answers, those in the two top boxes of their scale."""
        return sum([scale.satisfied for scale in self.scales])

    @property
    def top_two_box(self) -> Ratio | None:
        """Share in the two top boxes; None below 10 answers."""
        return ratios.share_of_enough(self.satisfied, self.answers, at_least=10)

    @property
    def interval(self) -> confidence_interval.ConfidenceInterval | None:
        """The 95 % Wilson interval of the share; None without answers."""
        return confidence_interval.wilson_interval(self.satisfied, self.answers)

    @property
    def confidence(self) -> Confidence:
        """Whether to hide the score (below 10 answers), to show it with its interval (below 30), or without."""
        return confidence(self.answers)

    @property
    def mean(self) -> float | None:
        """Mean score on the scale with most answers (`scale`); None below 10 answers on it."""
        first = self.scales[0] if self.scales else None
        return first.mean if first and first.confidence is not Confidence.HIDDEN else None

    @property
    def scale(self) -> Count | None:
        """Top of the scale of `mean`."""
        return self.scales[0].scale if self.scales else None

    @property
    def nps(self) -> Annotated[float, Meta(ge=-100, le=100)] | None:
        """Net promoter score in points from -100 to 100; None below 30 answers. Its margin: `nps_margin`."""
        return self.promoters.score_of_enough

    @property
    def nps_margin(self) -> Quantity | None:
        """Half-width of the net promoter score's 95 % interval, in points; None where the score is None."""
        return None if self.nps is None else self.promoters.margin

    @property
    def response_rate(self) -> Ratio | None:
        """Calls with an answer over invitations delivered."""
        return ratios.share(self.responded, self.invited)

    @property
    def few_responses(self) -> bool:
        """Whether so few of those asked answered that they may not represent all (below 10 %)."""
        return net_promoter_score.may_be_biased(self.response_rate)


class LowScore(Struct, frozen=True):
    """A very unhappy customer without a call or a follow-up since: calling back may still win them."""

    customer_id: int | None
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The customer's number."""
    queue: str | None
    """Queue of the call."""
    agent_id: int | None
    agent: str | None
    """The agent who talked with them."""
    client: str | None
    """The client company of the queue, or else of the agent's team."""
    score: int
    """The score that they gave."""
    scale: int
    """Top of its scale."""
    comment: str | None
    """What the customer wrote with it."""
    answered_at: int
    """When the answer came."""

    @property
    def who(self) -> str:
        """The customer's name, or else number, or else "A customer"."""
        return self.customer or self.phone or "A customer"
