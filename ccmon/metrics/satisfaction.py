"""Satisfaction from surveys after calls: top-2-box share and mean score (metrics.md 9.1 and 9.4).

Scores of different scales are never mixed in a mean; a top-2-box share may cover several, since each answer is judged
on its own scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from math import sqrt

from msgspec import Struct

from ccmon.metrics.confidence_interval import wilson_interval

HIDDEN_BELOW = 10
"""With fewer answers, the score is hidden and only their number shown (metrics.md 9.4)."""
CAREFUL_BELOW = 30
"""With fewer answers, the score is shown greyed, with its interval."""
BONFERRONI_Z_20 = 3.02
"""The normal quantile for comparing each of 20 agents with the group (metrics.md 9.4)."""


class Confidence(StrEnum):
    """How a score is shown, depending on the number of answers."""

    HIDDEN = "hidden"
    CAREFUL = "careful"
    NORMAL = "normal"


def confidence(answers: int) -> Confidence:
    """Whether a score is hidden, shown with its interval, or shown plainly."""
    if answers < HIDDEN_BELOW:
        return Confidence.HIDDEN
    return Confidence.CAREFUL if answers < CAREFUL_BELOW else Confidence.NORMAL


def satisfied_from(scale: int) -> int:
    """The lowest score that counts as satisfied on a scale that ends at ``scale``.

    The two top boxes: 4 of 5, 6 of 7, 9 of 10. On a scale of up to three answers only the top one counts.

    Raises:
        ValueError: the scale has fewer than two answers.
    """
    if scale < 1:
        raise ValueError(f"a scale needs at least two answers, so a top of at least 1, not {scale}")
    return scale if scale <= 3 else scale - 1


def very_low(score: int, scale: int) -> bool:
    """Whether a score is so low that the customer should be called back: the lowest fifth of its scale.

    1 of 5, 1 of 7, 2 of 10; on a scale of up to three answers the lowest (0 of 1, 0 of 2, 1 of 3).
    """
    return score <= (scale // 5 if scale >= 5 else scale // 3)


class Satisfaction(Struct, frozen=True):
    """Answers of one scale."""

    scale: int
    answers: int
    satisfied: int
    score_sum: int

    @property
    def mean(self) -> float | None:
        """Mean score ("CSAT mean"). None without answers."""
        return self.score_sum / self.answers if self.answers else None

    @property
    def confidence(self) -> Confidence:
        """How the score is shown."""
        return confidence(self.answers)


def by_scale(parts: Iterable[Satisfaction]) -> tuple[Satisfaction, ...]:
    """Answers added up by scale, the one with most answers first."""
    found: dict[int, Satisfaction] = {}
    for part in parts:
        before = found.get(part.scale, Satisfaction(part.scale, 0, 0, 0))
        found[part.scale] = Satisfaction(
            scale=part.scale,
            answers=before.answers + part.answers,
            satisfied=before.satisfied + part.satisfied,
            score_sum=before.score_sum + part.score_sum,
        )
    return tuple(sorted(found.values(), key=lambda each: (-each.answers, each.scale)))


def shares_differ(
    satisfied: int, answers: int, other_satisfied: int, other_answers: int, z: float = BONFERRONI_Z_20
) -> bool | None:
    """Whether two top-2-box shares differ: the interval of their difference excludes 0 (Newcombe, of Wilson intervals).

    None where either set is empty. The default ``z`` is Bonferroni's for 20 comparisons.
    """
    mine, other = wilson_interval(satisfied, answers, z), wilson_interval(other_satisfied, other_answers, z)
    if mine is None or other is None:
        return None
    share, other_share = satisfied / answers, other_satisfied / other_answers
    difference = share - other_share
    down = sqrt((share - mine.low) ** 2 + (other.high - other_share) ** 2)
    up = sqrt((mine.high - share) ** 2 + (other_share - other.low) ** 2)
    return difference - down > 0 or difference + up < 0
