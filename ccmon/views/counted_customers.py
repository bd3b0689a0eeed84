"""What the figures of customers and of contact reasons are counted from, by the keys and labels on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ccmon.formatting import count
from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.retention import REPEAT_WITHIN_DAYS, Cohort, Segment
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.retention import RetentionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.counting import COUNT, NUMBER, SHARE, Addend, Amount, Counted, Counting, Measure, one
from ccmon.views.retention import Group
from ccmon.views.view_context import ViewContext

TIMES = Measure("number", lambda ratio: _("{n} x").format(n=count(ratio, decimals=1)))
EVER = N_("all known orders")
OVER_28_DAYS = N_("the last 28 days")

# Customers


def _number(group: Group, context: ViewContext) -> Counting:
    others = Addend(group.of, _("who ever bought")), Addend(group.customers - group.of, _("in the other groups"))
    return Counting(Amount(others, _("customers"))) if group.of else Counting(one(0, _("customers")))


def _share(group: Group, _context: ViewContext) -> Counting:
    return Counting(
        one(group.customers, _("customers, {group}").format(group=_(group.name))),
        one(group.of, _("who ever bought")),
        SHARE,
    )


def _moved(*, into: bool) -> Callable[[Group, ViewContext], Counting | None]:
    """The moves into a group today, or out of it, by where from, or where to."""

    def counting(group: Group, context: ViewContext) -> Counting | None:
        number, figures = group.joined if into else group.left, context.snapshot.retention
        if number is None or figures is None:
            return None
        moves = [move for move in figures.moves if (move.after if into else move.before) == group.name]
        parts = [Addend(move.customers, _words(move.before if into else move.after, into=into)) for move in moves]
        words = _("joined") if into else _("left")
        if sum(part.value for part in parts) != number:
            parts = [Addend(number, _("won back today"))]
        return Counting(Amount(parts or [Addend(0, words)], words))

    return counting


def _words(segment: Segment | None, *, into: bool) -> str:
    if segment is None:
        return _("who had never bought")
    return (_("from {segment}") if into else _("to {segment}")).format(segment=_(segment))


GROUPS: Mapping[str, Counted[Group]] = {
    "number": Counted("customers", _number, over=EVER),
    "share": Counted("share", _share, over=EVER),
    "joined": Counted("joined", _moved(into=True)),
    "left": Counted("left", _moved(into=False)),
}
"""By the keys of the columns of groups."""


def _first_buyers(cohort: Cohort, _context: ViewContext) -> Counting:
    again = (
        Addend(cohort.repeated, _("who bought again")),
        Addend(cohort.customers - cohort.repeated, _("who have not")),
    )
    return Counting(Amount(again, _("first buyers")))


def _again(cohort: Cohort, _context: ViewContext) -> Counting:
    words = _("bought again within {n} days").format(n=REPEAT_WITHIN_DAYS)
    return Counting(one(cohort.repeated, words))


def _repeat_rate(cohort: Cohort, _context: ViewContext) -> Counting:
    unknown = "" if cohort.complete else _("too early: the last of them may still buy in time")
    return Counting(
        one(cohort.repeated, _("who bought again")), one(cohort.customers, _("first buyers")), SHARE, unknown=unknown
    )


COHORTS: Mapping[str, Counted[Cohort]] = {
    "customers": Counted("first_buyers", _first_buyers, over=N_("the month")),
    "again": Counted("bought_again", _again, over=N_("the month and 90 days")),
    "rate": Counted("repeat_rate_of_month", _repeat_rate, over=N_("the month and 90 days")),
}
"""By the keys of the columns of months."""


def _retention(
    name: str, counting: Callable[[RetentionFigures], Counting | None], over: str = EVER
) -> Counted[FloorSnapshot]:
    def of_floor(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
        return None if floor.retention is None else counting(floor.retention)

    return Counted(name, of_floor, over=over)


def _segment(segment: Segment, figures: RetentionFigures) -> Counting:
    number: int = getattr(figures, segment.name.lower())
    everybody = Addend(figures.customers, _("who ever bought"))
    return Counting(Amount((everybody, Addend(number - figures.customers, _("in the other groups"))), _(segment.value)))


def _won_back(figures: RetentionFigures) -> Counting | None:
    won = figures.won_back
    if not won.reached:
        return None
    parts = (
        Addend(won.reached, _("reached")),
        Addend(won.won_back - won.reached, _("who have not bought within 30 days")),
    )
    return Counting(Amount(parts, _("won back")))


def _churn(figures: RetentionFigures) -> Counting | None:
    if figures.churn is None:
        return None
    return Counting(one(figures.churn, _("of those who had not churned 28 days ago"), SHARE), measure=SHARE)


def _newest(figures: RetentionFigures) -> Counting | None:
    newest = next((cohort for cohort in reversed(figures.cohorts) if cohort.rate is not None), None)
    if newest is None:
        return None
    top = one(newest.repeated, _("who bought again"))
    return Counting(top, one(newest.customers, _("first buyers of {month}").format(month=newest.month)), SHARE)


CUSTOMER_FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "loyal": _retention("loyal", partial(_segment, Segment.LOYAL)),
    "repeat": _retention("repeat", partial(_segment, Segment.REPEAT)),
    "one-time": _retention("one_time", partial(_segment, Segment.ONE_TIME)),
    "lapsed": _retention("lapsed", partial(_segment, Segment.LAPSED)),
    "won back today": _retention(
        "won_back_today",
        lambda figures: Counting(one(figures.won_back_today, _("who had churned and bought today"))),
        "",
    ),
    "churn, 28 days": _retention("churn", _churn, OVER_28_DAYS),
    "won back": _retention("won_back", _won_back, OVER_28_DAYS),
    "repeat rate": _retention("repeat_purchase_rate", _newest, N_("the newest month that is old enough")),
}
"""By the labels of the facts in the head."""

# Contact reasons


def _calls(reason: ReasonFigures, _context: ViewContext) -> Counting:
    return Counting(one(reason.calls, _("answered calls with this reason")))


def _per_100(reason: ReasonFigures, context: ViewContext) -> Counting | None:
    problems = context.snapshot.problems
    if problems is None or reason.per_100_calls is None:
        return None
    return Counting(one(reason.calls, _("with this reason")), one(problems.answered, _("answered")), NUMBER, factor=100)


def _vs_usual(reason: ReasonFigures, _context: ViewContext) -> Counting | None:
    if reason.ratio is None or reason.is_new:
        return None
    usual = _("At today's volume {n} calls are usual.")
    notes = () if reason.usual is None else (usual.format(n=count(reason.usual, decimals=1)),)
    return Counting(
        one(reason.ratio, _("the rate of the same weekdays, when last tested"), TIMES), measure=TIMES, notes=notes
    )


def _concerned(reason: ReasonFigures, _context: ViewContext) -> Counting:
    return Counting(one(reason.customers, _("different customers")))


def _listed(context: ViewContext) -> Amount:
    problems = context.snapshot.problems
    return one(sum(each.calls for each in problems.reasons) if problems is not None else 0, _("calls listed"))


def _share_of_calls(reason: ReasonFigures, context: ViewContext) -> Counting:
    return Counting(one(reason.calls, _("with this reason")), _listed(context), SHARE)


def _cumulative(reason: ReasonFigures, context: ViewContext) -> Counting:
    problems = context.snapshot.problems
    parts = []
    for each in problems.reasons if problems is not None else ():
        parts.append(Addend(each.calls, each.name))
        if each.id == reason.id:
            break
    return Counting(
        Amount(parts or [Addend(reason.calls, reason.name)], pgettext("counted", "calls")), _listed(context), SHARE
    )


def _usual(reason: ReasonFigures, _context: ViewContext) -> Counting | None:
    if reason.usual is None:
        return None
    return Counting(one(reason.usual, _("calls usual on this weekday by the last test"), NUMBER), measure=NUMBER)


REASONS: Mapping[str, Counted[ReasonFigures]] = {
    "calls": Counted("reason_calls", _calls),
    "usual": Counted("reason_ratio", _vs_usual),
    "customers": Counted("reason_customers", _concerned),
    "per_100": Counted("per_100_calls", _per_100),
    "cumulative": Counted("cumulative", _cumulative),
    "share": Counted("reason_share", _share_of_calls),
    "usual_calls": Counted("reason_usual", _usual),
}
"""By the keys of the columns of contact reasons."""


def _flagged(name: str, words: str, is_counted: Callable[[ReasonFigures], bool | None]) -> Counted[FloorSnapshot]:
    def counting(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
        problems = floor.problems
        if problems is None or problems.baseline_days is None:
            return None
        parts = [Addend(1, each.name) for each in problems.reasons if is_counted(each)]
        return Counting(Amount(parts or [Addend(0, _(words))], _(words), COUNT))

    return Counted(name, counting)


def _coded(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    problems = floor.problems
    if problems is None:
        return None
    return Counting(one(problems.coded, _("with a reason")), one(problems.answered, _("answered")), SHARE)


def _answered(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    problems = floor.problems
    if problems is None:
        return None
    parts = Addend(problems.coded, _("with a reason")), Addend(problems.answered - problems.coded, _("without"))
    return Counting(Amount(parts, _("answered")))


REASON_FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "rising": _flagged("rising", N_("rising"), lambda reason: reason.rising),
    "new": _flagged("new_reasons", N_("new"), lambda reason: reason.is_new),
    "calls": Counted("answered_calls", _answered),
    "with a reason": Counted("coded_share", _coded),
}
"""By the labels of the facts in the head."""
