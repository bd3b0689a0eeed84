"""Net promoter score: would you recommend us, from 0 to 10 (metrics.md 9.2), and response rate (9.3)."""

from __future__ import annotations

from math import sqrt

from msgspec.structs import replace

from ccmon.metrics.confidence_interval import Z_95
from ccmon.metrics.counts import Counts
from ccmon.number_types import Count, Quantity

SHOWN_FROM = 30
"""Below this many answers the score is hidden (metrics.md 9.2)."""
BIAS_BELOW = 0.10
"""With a lower response rate, the few who answered may be biased (metrics.md 9.3)."""


class NetPromoterScore(Counts, frozen=True):
    """Answers to "would you recommend us" from 0 to 10: promoters gave 9 or 10, detractors 0 to 6."""

    promoters: int
    passives: int
    detractors: int

    def plus(self, score: int, answers: int = 1) -> NetPromoterScore:
        """This record with further answers of one score from 0 to 10."""
        if score >= 9:
            return replace(self, promoters=self.promoters + answers)
        if score >= 7:
            return replace(self, passives=self.passives + answers)
        return replace(self, detractors=self.detractors + answers)

    @property
    def answers(self) -> Count:
        """How many answered."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        """Points from -100 to +100: the percentage of promoters minus that of detractors. None without answers."""
        return 100 * (self.promoters - self.detractors) / self.answers if self.answers else None

    @property
    def standard_error(self) -> float | None:
        """In points: ``100 sqrt((p + d - (p - d)^2) / n)``. None without answers."""
        if not self.answers:
            return None
        promoting, detracting = self.promoters / self.answers, self.detractors / self.answers
        return 100 * sqrt(max(0.0, promoting + detracting - (promoting - detracting) ** 2) / self.answers)

    @property
    def margin(self) -> Quantity | None:
        """Half-width of the 95 % interval, in points."""
        error = self.standard_error
        return None if error is None else Z_95 * error

    @property
    def score_of_enough(self) -> float | None:
        """The score, hidden below 30 answers."""
        return self.score if self.answers >= SHOWN_FROM else None


def may_be_biased(rate: float | None) -> bool:
    """Whether so few answered that they may not represent all."""
    return rate is not None and rate < BIAS_BELOW
