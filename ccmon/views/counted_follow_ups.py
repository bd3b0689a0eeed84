"""What the figures of follow-ups are counted from, by the keys of their columns and the labels of their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccmon.formatting import coarse
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.follow_ups import AT_RISK_FROM, AgentFollowUps, FollowUp
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.counting import NUMBER, SHARE, Addend, Amount, Counted, Counting, Measure, one
from ccmon.views.view_context import ViewContext

COARSE = Measure("s", coarse, 1000)


def _risk(item: FollowUp, context: ViewContext) -> Counting | None:
    if item.late_chance is None:
        return None
    unknown = _("overdue already") if item.is_overdue(context.when("rows_at")) else ""
    counted = one(item.late_chance, _("likely not to be done by its time and grace"), SHARE)
    return Counting(counted, measure=SHARE, unknown=unknown)


FOLLOW_UPS: Mapping[str, Counted[FollowUp]] = {"risk": Counted("late_chance", _risk)}
"""By the keys of the columns."""


def _late(owner: AgentFollowUps, _context: ViewContext) -> Counting:
    if owner.overdue:
        return Counting(one(owner.overdue, _("overdue")), notes=_will_be(owner))
    return Counting(one(owner.cannot_be_kept, _("that will be overdue, whatever the owner does")))


def _will_be(owner: AgentFollowUps) -> tuple[str, ...]:
    more = owner.cannot_be_kept
    return (_("{n} more will be, whatever the owner does.").format(n=more),) if more else ()


def _at_risk(owner: AgentFollowUps, _context: ViewContext) -> Counting | None:
    chances = owner.late_chances
    if chances is None:
        return None
    safe = sum(chance < AT_RISK_FROM for chance in chances)
    return Counting(
        Amount((Addend(len(chances), _("not overdue yet")), Addend(-safe, _("likely on time"))), _("at risk"))
    )


def _expected(owner: AgentFollowUps, _context: ViewContext) -> Counting | None:
    if owner.late_chances is None:
        return None
    parts = Addend(owner.overdue, _("overdue")), Addend(sum(owner.late_chances), _("of the others, by their chances"))
    return Counting(Amount(parts, measure=NUMBER), measure=NUMBER)


def _open(owner: AgentFollowUps, _context: ViewContext) -> Counting:
    if owner.load is not None:
        return Counting(one(owner.load.due_in_shift, _("due by the end of the shift")))
    return Counting(one(owner.open_count, _("due by the end of today")))


def _work(owner: AgentFollowUps, _context: ViewContext) -> Counting | None:
    load = owner.load
    if load is None:
        return None
    notes = () if owner.handling_ms is None else (_usual(owner.handling_ms),)
    words = _("for {n} promises").format(n=load.due_in_shift)
    return Counting(one(load.needed_ms, words, COARSE), measure=COARSE, notes=notes)


def _usual(length_ms: int) -> str:
    return _("Usually a call takes {length}.").format(length=coarse(length_ms))


def _left(owner: AgentFollowUps, _context: ViewContext) -> Counting | None:
    if owner.load is None:
        return None
    return Counting(one(owner.load.left_ms, _("until the end of the shift"), COARSE), measure=COARSE)


def _done(owner: AgentFollowUps, _context: ViewContext) -> Counting:
    return Counting(one(owner.done_today, _("done today")))


def _kept(owner: AgentFollowUps, _context: ViewContext) -> Counting | None:
    kept = owner.kept
    if not kept.decided:
        return None
    parts = Addend(kept.decided, _("whose time has come")), Addend(kept.on_time - kept.decided, _("late"))
    return Counting(Amount(parts, _("kept")))


OWNERS: Mapping[str, Counted[AgentFollowUps]] = {
    "late": Counted("overdue", _late),
    "risk": Counted("at_risk", _at_risk),
    "expected": Counted("late_expected", _expected),
    "open": Counted("promises", _open),
    "needs": Counted("work", _work),
    "has": Counted("time_left", _left),
    "done": Counted("done_today", _done),
    "kept": Counted("on_time", _kept),
}
"""By the keys of the columns of owners."""


def _by_owner(
    name: str, words: str, total: Callable[[FloorSnapshot], int | None], of: Callable[[AgentFollowUps], int | None]
) -> Counted[FloorSnapshot]:
    """A count by owner, where those are known and make it; else as it is."""

    def counting(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
        number = total(floor)
        if number is None:
            return None
        parts = [Addend(of(each) or 0, each.name) for each in floor.follow_ups.owners or ()]
        if parts and sum(part.value for part in parts) == number:
            return Counting(Amount(parts, _(words)))
        return Counting(one(number, _(words)))

    return Counted(name, counting)


def _on_time(floor: FloorSnapshot, _context: ViewContext) -> Counting:
    figures = floor.follow_ups
    return Counting(
        one(figures.on_time, _("done on time")), one(figures.on_time_of, _("promised for today and decided")), SHARE
    )


def _unresolved(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    found = floor.unresolved_customers
    if found is None:
        return None
    reasons = list(dict.fromkeys(each.why for each in found))
    parts = [Addend(sum(each.why is why for each in found), _(REASONS[why.name])) for why in reasons]
    return Counting(Amount(parts or [Addend(0, _("unresolved"))], _("unresolved")))


REASONS = {
    "SILENT": N_("with a promise missed"),
    "NOT_REACHED": N_("never reached"),
    "PROBLEMS": N_("with two problems"),
}


def _second(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    found = floor.second_purchases
    return None if found is None else Counting(one(len(found), _("one-time buyers whose time to buy again ends")))


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "overdue": _by_owner("overdue", N_("overdue"), lambda f: f.follow_ups.overdue, lambda o: o.overdue),
    "at risk": _by_owner("at_risk", N_("at risk"), lambda f: f.follow_ups.at_risk, lambda o: o.at_risk),
    "due today": _by_owner("due_today", N_("due today"), lambda f: f.follow_ups.due_today, lambda o: o.due_today),
    "done": _by_owner("done_today", N_("done"), lambda f: f.follow_ups.done_today, lambda o: o.done_today),
    "on time": Counted("on_time_rate", _on_time),
    "unresolved": Counted("unresolved_customers", _unresolved, over=N_("the last 14 days")),
    "second purchase": Counted("second_purchases", _second, over=N_("the next 7 days")),
}
"""By the labels of the facts in the head."""
