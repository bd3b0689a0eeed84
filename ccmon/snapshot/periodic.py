"""Figures computed once from the rows that are not read at each poll; part of every snapshot until these change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ccmon.model.contact_reasons import ProblemFigures
from ccmon.model.costs import ValueFigures
from ccmon.model.retention import RetentionFigures, SecondPurchase
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.contact_reasons import problem_figures
from ccmon.snapshot.costs import handling_shares, value_figures
from ccmon.snapshot.follow_up_lateness import PromiseRecords
from ccmon.snapshot.funnel_sums import FunnelSums
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.intraday_profiles import PlannedWork
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.periodic_rows import PlannedTime
from ccmon.snapshot.retention import retention_figures, second_purchases
from ccmon.snapshot.sales_details import SalesDetails
from ccmon.snapshot.satisfaction import SurveyAnswers, by_agent, low_scores, satisfaction_figures


class FollowUpInputs(Struct, frozen=True, eq=False):
    """What is known of the owners of follow-ups, apart from the polls."""

    baseline: WeekdayBaseline | None
    promises: PromiseRecords | None
    """None, like the baseline, while rows of the past are still coming in."""
    planned: Mapping[int, PlannedTime]
    """Today's shifts, by agent."""
    work: PlannedWork
    """Today's shifts without their pauses."""


class PeriodicFigures(Struct, frozen=True, eq=False):
    """What these rows alone determine; the rest is computed with the rows of each poll."""

    rows: PeriodicData
    baseline: WeekdayBaseline | None
    """None, like everything based on past days, while rows of the past are still coming in."""
    details: SalesDetails
    handling_shares: Mapping[str | None, float]
    """Share of today's handling time that went into calls of each purpose."""
    satisfaction: tuple[SatisfactionFigures, ...] | None
    answers: Mapping[int | None, SurveyAnswers]
    """By agent."""
    low_scores: tuple[LowScore, ...]
    retention: RetentionFigures | None
    second_purchases: tuple[SecondPurchase, ...] | None
    problems: ProblemFigures | None
    value: ValueFigures | None
    follow_up_inputs: FollowUpInputs
    """What follow-ups depend on."""


def _baseline(rows: PeriodicData, cache: InputCache) -> WeekdayBaseline | None:
    finished, directory, weekday = rows.finished, rows.directory, date.fromisoformat(rows.day.date).weekday()
    if finished is None:
        return None
    made_of = finished, directory, weekday
    return cache.get("baseline", made_of, lambda: WeekdayBaseline(finished, directory, weekday))


def _follow_up_inputs(rows: PeriodicData, cache: InputCache) -> FollowUpInputs:
    finished, directory, shifts = rows.finished, rows.directory, rows.planned_work
    promises = None
    if finished is not None:
        promises = cache.get("promises", (finished, directory), lambda: PromiseRecords(finished.promises, directory))
    work = cache.get("work", (shifts, directory), lambda: PlannedWork(shifts, directory))
    made_of = _baseline(rows, cache), promises, rows.planned, work
    return cache.get("owners", made_of, lambda: FollowUpInputs(*made_of))


def periodic_figures(rows: PeriodicData, cache: InputCache | None = None) -> PeriodicFigures:
    """The figures of some rows.

    Args:
        rows: what was read.
        cache: what was made from an earlier reading; this one adds to it. None: there was none.
    """
    cache = InputCache() if cache is None else cache
    satisfaction = satisfaction_figures(rows, cache)
    funnel = cache.get("funnel", (rows.directory,), FunnelSums, rows.directory)
    funnel.update(rows.funnel)
    asked = rows.surveys, rows.invitations, rows.finished, rows.directory
    bought = rows.day, rows.finished, rows.sales, rows.histories, rows.reached_today
    sold = rows.day, rows.finished, rows.sales, rows.directory
    spent = (
        rows.day,
        rows.finished,
        rows.directory,
        rows.investments,
        rows.hourly_costs,
        rows.margin,
        rows.incrementality,
    )
    return PeriodicFigures(
        rows=rows,
        baseline=_baseline(rows, cache),
        details=SalesDetails(rows, funnel, cache),
        handling_shares=handling_shares(funnel),
        satisfaction=satisfaction,
        answers=cache.get("answers on agents", asked, lambda: by_agent(satisfaction or ())),
        low_scores=cache.reuse_if_equal("low scores", low_scores(rows)),
        retention=cache.get("retention", bought, lambda: retention_figures(rows)),
        second_purchases=cache.get("second purchases", sold, lambda: second_purchases(rows)),
        problems=cache.reuse_if_equal("problems", problem_figures(rows)),
        value=cache.get("value", spent, lambda: value_figures(rows)),
        follow_up_inputs=_follow_up_inputs(rows, cache),
    )
