"""Exact tails of the Poisson, negative binomial and binomial distributions, summed outwards from the mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from math import exp, fsum, lgamma, log, log1p

POISSON_BELOW = 1e-9
"""A variance beyond that of a Poisson count is ignored below this share of the mean."""


def poisson_at_least(count: int, mean: float) -> float:
    """Probability that a Poisson count of the given mean, at least 0, is ``count`` or more."""
    if count <= 0:
        return 1.0
    if mean == 0:
        return 0.0
    if count > mean:
        return min(1.0, fsum(_poisson_terms(count, mean, step=1)))
    return max(0.0, 1.0 - fsum(_poisson_terms(count - 1, mean, step=-1)))


def _poisson_terms(start: int, mean: float, *, step: int) -> Iterator[float]:
    """Probabilities from ``start`` away from the mean until they no longer matter."""
    term = exp(start * log(mean) - mean - lgamma(start + 1))
    least = max(1e-320, term * 1e-18)
    value = start
    while term > least and value >= 0:
        yield term
        term *= mean / (value + 1) if step > 0 else value / mean
        value += step


def negative_binomial_at_least(count: int, mean: float, relative_variance: float) -> float:
    """Probability of ``count`` or more for a Poisson count whose mean is itself uncertain (gamma distributed).

    Args:
        count: how many.
        mean: the count's mean.
        relative_variance: variance of the Poisson's mean over ``mean`` squared; the variance of the count is
            ``mean + relative_variance * mean**2``.

    Raises:
        ValueError: the mean or the relative variance is negative.
    """
    if mean < 0 or relative_variance < 0:
        raise ValueError("a count's mean and its relative variance cannot be negative")
    if relative_variance * mean < POISSON_BELOW:
        return poisson_at_least(count, mean)
    if count <= 0:
        return 1.0
    if count > mean:
        return min(1.0, fsum(_negative_binomial_terms(count, mean, relative_variance, step=1)))
    return max(0.0, 1.0 - fsum(_negative_binomial_terms(count - 1, mean, relative_variance, step=-1)))


def _negative_binomial_terms(start: int, mean: float, relative_variance: float, *, step: int) -> Iterator[float]:
    """Probabilities from ``start`` away from the mean until they no longer matter."""
    shape = 1 / relative_variance
    odds = mean / (mean + shape)
    log_ways = lgamma(start + shape) - lgamma(shape) - lgamma(start + 1)
    term = exp(log_ways + start * log(odds) - shape * log1p(mean / shape))
    least = max(1e-320, term * 1e-18)
    value = start
    if step > 0:
        while term > least:
            yield term
            term *= (value + shape) / (value + 1) * odds
            value += 1
        return
    while term > least and value > 0:
        yield term
        term *= value / (value - 1 + shape) / odds
        value -= 1
    if term > least and value == 0:
        yield term


@lru_cache(1)
def _up_to_the_mean(mean: float, relative_variance: float) -> tuple[list[float], float]:
    """Probabilities from the rounded mean down to 0, and their sum, for several quantiles of one distribution."""
    terms = list(_terms(mean, relative_variance)(round(mean), step=-1))
    return terms, fsum(terms)


def _terms(mean: float, relative_variance: float) -> Callable[..., Iterator[float]]:
    """The function that yields the probabilities of a Poisson or negative binomial distribution."""
    if relative_variance * mean < POISSON_BELOW:
        return partial(_poisson_terms, mean=mean)
    return partial(_negative_binomial_terms, mean=mean, relative_variance=relative_variance)


@lru_cache(32)
def negative_binomial_quantile(probability: float, mean: float, relative_variance: float) -> int:
    """A quantile of the negative binomial distribution: the least count not exceeded with this probability."""
    if mean == 0:
        return 0
    middle = round(mean)
    below, not_exceeded = _up_to_the_mean(mean, relative_variance)
    if not_exceeded >= probability:
        for count, term in zip(range(middle, 0, -1), below, strict=False):
            not_exceeded -= term
            if not_exceeded < probability:
                return count
        return 0
    count = middle
    for term in _terms(mean, relative_variance)(middle + 1, step=1):
        count += 1
        not_exceeded += term
        if not_exceeded >= probability:
            break
    return count


@lru_cache(256)
def binomial_at_least(successes: int, trials: int, probability: float) -> float:
    """Probability of ``successes`` or more in independent trials of the given probability.

    Raises:
        ValueError: the probability is not from 0 to 1, or the number of trials is negative.
    """
    if not 0 <= probability <= 1 or trials < 0:
        raise ValueError("a binomial needs trials of at least 0 and a probability from 0 to 1")
    if successes <= 0:
        return 1.0
    if successes > trials or probability == 0:
        return 0.0
    if probability == 1:
        return 1.0
    if successes > trials * probability:
        return min(1.0, fsum(_binomial_terms(successes, trials, probability, step=1)))
    return max(0.0, 1.0 - fsum(_binomial_terms(successes - 1, trials, probability, step=-1)))


def _binomial_terms(start: int, trials: int, probability: float, *, step: int) -> Iterator[float]:
    """Probabilities from ``start`` away from the mean until they no longer matter."""
    log_ways = lgamma(trials + 1) - lgamma(start + 1) - lgamma(trials - start + 1)
    term = exp(log_ways + start * log(probability) + (trials - start) * log1p(-probability))
    odds = probability / (1 - probability)
    least = max(1e-320, term * 1e-18)
    value = start
    while term > least and 0 <= value <= trials:
        yield term
        term *= (trials - value) / (value + 1) * odds if step > 0 else value / (trials - value + 1) / odds
        value += step
