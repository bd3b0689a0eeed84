"""The business at one moment: what is made of its facts once, and then stands on every snapshot until they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ccmon.model.contact_reasons import ProblemFigures
from ccmon.model.costs import ValueFigures
from ccmon.model.retention import RetentionFigures, SecondPurchase
from ccmon.model.sales import SalesDetail
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.snapshot.baseline import Scope, WeekdayBaseline
from ccmon.snapshot.contact_reasons import problem_figures
from ccmon.snapshot.costs import handling_shares, value_figures
from ccmon.snapshot.day_shapes import PlannedWork
from ccmon.snapshot.follow_up_lateness import PromiseRecords
from ccmon.snapshot.periodic_rows import PeriodicRows
from ccmon.snapshot.retention import retention_figures, second_purchases
from ccmon.snapshot.sales import sales_details
from ccmon.snapshot.satisfaction import by_agent, low_scores, satisfaction_figures


class PeriodicFigures(Struct, frozen=True, eq=False):
    """What the facts say by themselves; the rest is made with the floor's of each moment."""

    facts: PeriodicRows
    usual: WeekdayBaseline | None
    """None, as what else rests on past days, while rows of the past are still coming in."""
    details: Mapping[Scope, SalesDetail]
    handling_shares: Mapping[str | None, float]
    """Share of today's handling time that went into calls of each purpose."""
    satisfaction: tuple[SatisfactionFigures, ...] | None
    answers: Counter[tuple[int, str]]
    """``satisfied`` and ``answers`` of each agent."""
    low_scores: tuple[LowScore, ...]
    retention: RetentionFigures | None
    second_purchases: tuple[SecondPurchase, ...] | None
    problems: ProblemFigures | None
    value: ValueFigures | None
    promises: PromiseRecords | None
    """None while past weeks are not complete."""
    work: PlannedWork
    """Today's."""


def _usual(facts: PeriodicRows) -> WeekdayBaseline | None:
    weekday = date.fromisoformat(facts.day.date).weekday()
    return WeekdayBaseline(facts.finished, facts.directory, weekday) if facts.finished else None


def business(facts: PeriodicRows) -> PeriodicFigures:
    """The business by its facts. Pure."""
    satisfaction = satisfaction_figures(facts)
    return PeriodicFigures(
        facts=facts,
        usual=_usual(facts),
        details=sales_details(facts),
        handling_shares=handling_shares(facts),
        satisfaction=satisfaction,
        answers=by_agent(satisfaction or ()),
        low_scores=low_scores(facts),
        retention=retention_figures(facts),
        second_purchases=second_purchases(facts),
        problems=problem_figures(facts),
        value=value_figures(facts),
        promises=PromiseRecords(facts.finished.promises, facts.directory) if facts.finished else None,
        work=PlannedWork(facts.planned_work, facts.directory),
    )
