"""What satisfaction is counted from, by the keys of its columns and the labels of its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.first_contact import FirstContact
from ccmon.metrics.net_promoter_score import SHOWN_FROM
from ccmon.metrics.satisfaction import HIDDEN_BELOW, Confidence
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.counting import POINTS, SCORE, SHARE, Addend, Amount, Behind, Counted, Counting, of_floor, one
from ccmon.views.satisfaction import centre_of
from ccmon.views.view_context import ViewContext

OVER_28_DAYS = N_("the last 28 business days")
TODAY_AND_BEFORE = N_("today, with the contacts of 7 days before")
SCOPES = {"queue": "queues", "team": "teams", "agent": "agents"}


def _answers_of(figure: str) -> Callable[[SatisfactionFigures, ViewContext], Behind | None]:
    """The answers about a queue, a team, an agent or all; on a screen narrowed to a client, about queues alone."""

    def behind(row: SatisfactionFigures, context: ViewContext) -> Behind | None:
        query = f"proof_of_{figure}"
        if row.kind == "queue":
            return Behind(f"{query}_of_queues", (row.id or 0,))
        if context.filters.client:
            return None
        if row.kind in SCOPES:
            return Behind(f"{query}_of_{SCOPES[row.kind]}", (row.id or 0,))
        return None if context.filters else Behind(f"{query}_of_all")

    return behind


def _fewer(answers: int, least: int = HIDDEN_BELOW) -> str:
    return _("below {n} answers").format(n=least) if answers < least else ""


def _score(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    return Counting(one(row.satisfied, _("satisfied")), _answers(row), SHARE, unknown=_fewer(row.answers))


def _answers(row: SatisfactionFigures) -> Amount:
    parts = [Addend(each.answers, _("on the scale to {top}").format(top=each.scale)) for each in row.scales]
    return Amount(parts or [Addend(0, pgettext("counted", "answers"))], pgettext("counted", "answers"))


def _number(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    return Counting(_answers(row))


def _mean(row: SatisfactionFigures, _context: ViewContext) -> Counting | None:
    if not row.scales:
        return None
    first = row.scales[0]
    unknown = _fewer(first.answers) if first.confidence is Confidence.HIDDEN else ""
    of = one(first.answers, _("answers on the scale to {top}").format(top=first.scale))
    return Counting(one(first.score_sum, _("points")), of, SCORE, unknown=unknown)


def _nps(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    found = row.promoters
    top = Amount((Addend(found.promoters, _("promoters")), Addend(-found.detractors, _("detractors"))))
    of = Amount(
        (
            Addend(found.promoters, _("promoters")),
            Addend(found.passives, _("passives")),
            Addend(found.detractors, _("detractors")),
        )
    )
    return Counting(top, of, POINTS, factor=100, unknown=_fewer(found.answers, SHOWN_FROM))


def _response(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    unknown = _("more answers than invitations are known") if row.responded > row.invited > 0 else ""
    return Counting(
        one(row.responded, _("calls with an answer")), one(row.invited, _("invited")), SHARE, unknown=unknown
    )


def _resolved_at_once(contacts: FirstContact, within: str) -> Counting:
    of = Amount((Addend(contacts.resolved, _("resolved")), Addend(contacts.repeated, _(within))))
    return Counting(
        one(contacts.resolved, _("resolved")), of, SHARE, left_out=(Addend(contacts.pending, _("too early to tell")),)
    )


def _first(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    return _resolved_at_once(row.first_contact, N_("with another contact in 7 days"))


def _first_day(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    return _resolved_at_once(row.first_contact_day, N_("with another contact in 24 hours"))


def _again(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    return Counting(
        one(row.repeats.repeats, _("that follow an answered one")), one(row.repeats.contacts, _("contacts")), SHARE
    )


def _said_resolved(row: SatisfactionFigures, _context: ViewContext) -> Counting:
    of = one(row.said_resolved_of, _("who were asked and answered"))
    return Counting(one(row.said_resolved, _("said yes")), of, SHARE, unknown=_fewer(row.said_resolved_of))


SATISFACTION: Mapping[str, Counted[SatisfactionFigures]] = {
    "score": Counted("satisfied", _score, _answers_of("satisfaction"), OVER_28_DAYS),
    "answers": Counted("answers", _number, _answers_of("satisfaction"), OVER_28_DAYS),
    "mean": Counted("mean_score", _mean, _answers_of("satisfaction"), OVER_28_DAYS),
    "nps": Counted("nps", _nps, _answers_of("nps"), OVER_28_DAYS),
    "response": Counted("response_rate", _response, over=OVER_28_DAYS),
    "first": Counted("first_contact", _first, over=N_("the 28 days that ended 7 days ago")),
    "first_day": Counted("first_contact_day", _first_day, over=N_("the last 28 finished days")),
    "again": Counted("repeat_rate", _again, over=TODAY_AND_BEFORE),
    "resolved": Counted("said_resolved", _said_resolved, over=OVER_28_DAYS),
}
"""By the keys of the columns."""


def _of_centre(key: str) -> Counted[FloorSnapshot]:
    return of_floor(SATISFACTION[key], lambda floor: centre_of(floor.satisfaction))


def _low_scores(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    if floor.low_scores is None:
        return None
    return Counting(one(len(floor.low_scores), _("very low scores without a call since")))


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "satisfied": _of_centre("score"),
    "low scores": Counted("low_scores", _low_scores),
    "answers": _of_centre("answers"),
    "mean score": _of_centre("mean"),
    "NPS": _of_centre("nps"),
    "response rate": _of_centre("response"),
    "FCR": _of_centre("first"),
    "repeats today": _of_centre("again"),
}
"""By the labels of the facts in the head."""
