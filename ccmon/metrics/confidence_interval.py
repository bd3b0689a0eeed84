"""How uncertain a share from few observations is (metrics.md 9.4)."""

from math import sqrt
from typing import NamedTuple

from ccmon.number_types import Ratio

Z_95 = 1.959964
"""Standard normal quantile of a 95 % interval."""


class ConfidenceInterval(NamedTuple):
    """The range that holds a true share with 95 % confidence, from few observations."""

    low: Ratio
    """Lower end of the interval."""
    high: Ratio
    """Upper end of the interval."""


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> ConfidenceInterval | None:
    """The Wilson score interval of a share (metrics.md 9.4). None for an empty set or impossible counts."""
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share = successes / trials
    denominator = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / denominator
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / denominator
    return ConfidenceInterval(max(0.0, centre - half), min(1.0, centre + half))
