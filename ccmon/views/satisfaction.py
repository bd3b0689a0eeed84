"""Satisfaction: what customers say after calls, how certain that is, and whom to call back before they leave."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import clock, coarse, count, percent, percent_range, plural
from ccmon.language import N_, ngettext, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.net_promoter_score import SHOWN_FROM
from ccmon.metrics.satisfaction import HIDDEN_BELOW, Confidence, shares_differ
from ccmon.model.alarms import Rule, Severity
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.spelling import folded
from ccmon.views import column_factories as column
from ccmon.views.agents import state_column
from ccmon.views.column_widths import fit_columns, longest_texts
from ccmon.views.columns import Cell, Column, draw_row
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary, Row
from ccmon.views.sparkline import interval_bar
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext, severity_style

KINDS = {N_("centre"): 0, N_("queue"): 1, N_("team"): 2, N_("agent"): 3}


def centre_of(lines: Sequence[SatisfactionFigures] | None) -> SatisfactionFigures | None:
    """The centre's satisfaction."""
    return next((each for each in lines or () if each.kind == "centre"), None)


def lower(row: SatisfactionFigures, context: ViewContext) -> bool:
    """Whether the score is clearly below the rest of the centre's, allowing for the number of comparisons."""
    lines = context.snapshot.satisfaction or ()
    found: frozenset[tuple[str, int | None]] = context.cache.get(
        "surely lower scores", (lines,), lambda: _surely_lower(lines)
    )
    return (row.kind, row.id) in found


def _surely_lower(lines: Sequence[SatisfactionFigures]) -> frozenset[tuple[str, int | None]]:
    centre = centre_of(lines)
    share = centre.top_two_box if centre is not None else None
    if centre is None or share is None:
        return frozenset()
    return frozenset(
        (row.kind, row.id)
        for row in lines
        if row.top_two_box is not None
        and row.top_two_box < share
        and shares_differ(row.satisfied, row.answers, centre.satisfied - row.satisfied, centre.answers - row.answers)
    )


def style_of(row: SatisfactionFigures, context: ViewContext) -> TextStyle:
    """The style of a score: careful below 30 answers, worth watching where it is clearly lower."""
    if row.confidence is Confidence.HIDDEN:
        return TextStyle.QUIET
    if lower(row, context):
        return TextStyle.WATCH
    return TextStyle.QUIET if row.confidence is Confidence.CAREFUL else TextStyle.TEXT


def _score(row: SatisfactionFigures, context: ViewContext, _width: int) -> Span:
    if row.confidence is Confidence.HIDDEN:
        return Span(_("too few"), TextStyle.QUIET)
    return Span(percent(row.top_two_box), style_of(row, context))


def _interval(row: SatisfactionFigures, context: ViewContext, width: int) -> Cell:
    interval, share, centre = row.interval, row.top_two_box, centre_of(context.snapshot.satisfaction)
    if interval is None or share is None:
        return Span("")
    mark, style = centre.top_two_box if centre is not None else None, style_of(row, context).or_else(TextStyle.BUSY)
    return interval_bar(interval, share, width, mark=mark, top=1.0, style=style, glyphs=context.glyphs)


def _nps(row: SatisfactionFigures, unknown: str) -> str:
    if row.nps is None:
        return unknown
    sign = "+" if row.nps >= 0 else ""
    margin = row.promoters.margin
    return f"{sign}{count(row.nps)}" + (f" ±{count(margin)}" if margin is not None else "")


def _mean_of_scale(row: SatisfactionFigures, unknown: str) -> str:
    return (
        unknown
        if row.mean is None
        else _("{part} of {whole}").format(part=count(row.mean, decimals=2), whole=row.scale)
    )


COLUMNS: tuple[Column[SatisfactionFigures], ...] = (
    column.sign(N_("△ clearly below the rest of the centre."),
                lambda s, v, _: v.sign(Severity.WATCH if lower(s, v) else Severity.NONE)),
    column.text("name", N_("queue, team, agent"),
                N_("Queues, teams, then agents; in each those clearly below the rest first."),
                lambda s, v: s.name, width=14, rank=0, widest=24, short=N_("queue, agent"),
                style=lambda s, v: TextStyle.STRONG if s.kind == "queue" else TextStyle.TEXT),
    column.kind(N_("kind"), N_("A queue, a team or an agent."), lambda s: s.kind, KINDS, width=5, rank=2,
                style=TextStyle.QUIET),
    Column("score", N_("satisfied"),
           N_("Answers in the two top boxes of 28 days (CSAT top-2); grey below 30 answers, not "
           "shown below 10."), 9, _score, 0, sort=lambda s, v: s.top_two_box),
    column.count("answers", N_("answers"), N_("Answers on satisfaction in 28 days."), lambda s, v: s.answers, rank=1),
    column.drawn("interval", N_("satisfied, 95 %"),
                 N_("The score, its 95 % (Wilson) interval, and a tick at the centre's; "
                 "full width is 100 %."), _interval, width=15, widest=34, rank=3),
    Column("mean", N_("mean score"), N_("Mean score on the scale that most answers were given on."), 10,
           lambda s, v, _: Span(_mean_of_scale(s, v.glyphs.unknown)), 4,
           sort=lambda s, v: s.mean),
    state_column(N_("What the agent does now."), lambda s: s.id if s.kind == "agent" else None, rank=5),
    Column("nps", N_("NPS"), N_("Net promoter score in points with its 95 % margin; unknown below 30 answers."), 8,
           lambda s, v, _: Span(_nps(s, v.glyphs.unknown)), 5, sort=lambda s, v: s.nps),
    column.percentage("response", N_("response rate"), N_("Calls with an answer, of those invited to a survey."),
                      lambda s, v: s.response_rate, rank=6, short=N_("resp. %"),
                      style=lambda s, v: TextStyle.WATCH if s.few_responses else TextStyle.TEXT),
    column.percentage("first", N_("FCR"),
                      N_("First contact resolution: contacts that needed no other within 7 days; the "
                      "newest week is not in it yet."), lambda s, v: s.first_contact.rate, rank=6),
    column.percentage("first_day", N_("FCR 24 h"), N_("The same within 24 hours instead of 7 days."),
                      lambda s, v: s.first_contact_day.rate, rank=8),
    column.percentage("again", N_("repeats today"),
                      N_("Repeat rate today: of today's contacts, those that follow an answered "
                      "one within 7 days."), lambda s, v: s.repeats.rate, rank=7, short=N_("repeats")),
    Column("resolved", N_("resolved"), N_("Customers who said that it has been resolved; unknown below 10 answers."), 8,
           lambda s, v, _: Span(_resolved(s, v.glyphs.unknown)), 9, sort=lambda s, v: s.said_resolved),
)  # fmt: skip
PRINTED_COLUMNS: tuple[Column[SatisfactionFigures], ...] = (
    Column("range", N_("95 %"), N_("The 95 % (Wilson) interval of the score."), 12,
           lambda s, v, _: Span(_range(s, v.glyphs.unknown)), 3),
)  # fmt: skip


def _range(row: SatisfactionFigures, unknown: str) -> str:
    return percent_range(None if row.confidence is Confidence.HIDDEN else row.interval, unknown=unknown)


def _resolved(row: SatisfactionFigures, unknown: str) -> str:
    enough = row.said_resolved_of >= HIDDEN_BELOW
    return percent(row.said_resolved / row.said_resolved_of) if enough else unknown


def _in_need(lines: Sequence[SatisfactionFigures]) -> Sequence[SatisfactionFigures]:
    low = _surely_lower(lines)

    def need(row: SatisfactionFigures) -> tuple[int, bool, bool, float, str]:
        high = row.interval.high if row.interval is not None else 1.0
        hidden = row.confidence is Confidence.HIDDEN
        return KINDS.get(row.kind, 9), hidden, (row.kind, row.id) not in low, high, folded(row.name)

    return sorted((row for row in lines if row.kind != "centre"), key=need)


class SatisfactionTabBase(FloorPanel[Row]):
    """What both tabs of satisfaction have in common."""

    number = 6
    name = N_("Satisfaction")
    short = N_("Satisf.")
    fact_meanings = (
        (N_("satisfied"), N_("Answers in the two top boxes, of all answers of the last 28 days (CSAT top-2).")),
        (N_("low scores"), N_("Very unhappy customers of today whom nobody has called since.")),
        (N_("answers"), N_("Answers to the question on satisfaction in the last 28 days.")),
        (N_("mean score"), N_("Mean score on the scale that most answers were given on (CSAT mean).")),
        (N_("NPS"),
         N_("Net promoter score in points: those who would recommend us less those who would not; from 30 answers "
         "on.")),
        (N_("response rate"), N_("Calls with an answer, of those whose customers were invited to a survey.")),
        (N_("FCR"),
         N_("First contact resolution: contacts that needed no other within 7 days; of the 28 days that ended 7 "
         "days ago.")),
        (N_("repeats today"), N_("Of today's contacts, those that follow an answered one within 7 days.")),
    )  # fmt: skip

    def summary(self, context: ViewContext) -> PanelSummary:
        """The centre's score, and how many low scores are to be followed up."""
        floor, unknown = context.snapshot, context.glyphs.unknown
        centre, low = centre_of(floor.satisfaction), len(floor.low_scores or ())
        style = TextStyle.WATCH if low else TextStyle.TEXT
        low_scores = Fact(N_("low scores"), unknown if floor.low_scores is None else count(low), style)
        in_short = Span(plural(low, "{n} low score", "{n} low scores") if low else "", style)
        if centre is None:
            return PanelSummary(Fact(N_("satisfied"), unknown, TextStyle.QUIET), (low_scores,), in_short)
        response = percent(centre.response_rate, unknown=unknown)
        facts = (
            low_scores,
            Fact(N_("answers"), count(centre.answers)),
            Fact(N_("mean score"), _mean_of_scale(centre, unknown)),
            Fact(N_("FCR"), percent(centre.first_contact.rate, unknown=unknown)),
            Fact(N_("repeats today"), percent(centre.repeats.rate, unknown=unknown)),
            Fact(N_("response rate"), response, TextStyle.WATCH if centre.few_responses else TextStyle.TEXT),
            Fact(N_("NPS"), _nps(centre, unknown)),
        )
        score = Fact(N_("satisfied"), _score(centre, context, 0).text, TextStyle.STRONG)
        if centre.confidence is Confidence.HIDDEN:  # "too few satisfied" would be bad news
            score = Fact(N_("satisfied"), unknown, TextStyle.QUIET)
        return PanelSummary(score, facts, in_short)


class SatisfactionPanel(SatisfactionTabBase[SatisfactionFigures]):
    """Scores of queues, teams and agents."""

    section = "satisfaction"
    tab = N_("scores")
    purpose = N_("What customers say after calls, over 28 days, and how sure that is.")
    empty_message = N_("No answer to a survey in 28 days.")
    default_sort_help = N_("queues, teams, agents; clearly below the rest first, then lowest possible")
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS
    printed_limit = 100
    previews_next = True
    identity_fields = ("kind", "id")

    def heading(self, row: SatisfactionFigures) -> str:
        """Whose scores they are."""
        return f"{row.name} ({_(row.kind)})"

    def rows(self, context: ViewContext) -> Sequence[SatisfactionFigures]:
        """Those clearly below the rest first; those with too few answers last."""
        lines = context.snapshot.satisfaction or ()
        rows: Sequence[SatisfactionFigures] = context.cache.get("scores in need", (lines,), lambda: _in_need(lines))
        return rows

    def printed_rows(self, context: ViewContext) -> Sequence[SatisfactionFigures]:
        """All rows but the agents'."""
        return [row for row in self.rows(context) if row.kind != "agent"]

    def head_alone(self, context: ViewContext) -> bool:
        """Also where answers are of nobody but agents: the head says what customers think of all."""
        centre = centre_of(context.snapshot.satisfaction)
        return centre is not None and centre.answers > 0

    def totals(self, context: ViewContext) -> Sequence[SatisfactionFigures]:
        """The whole."""
        centre = centre_of(context.snapshot.satisfaction)
        return () if centre is None else (centre,)

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """Today's low scores."""
        low = (context.snapshot.low_scores or ())[: max(0, height - 2)]
        if not low:
            return ()
        title = plural(
            len(context.snapshot.low_scores or ()),
            "{n} low score today and no call since:",
            "{n} low scores today and no call since:",
        )
        fitted = fit_columns(LOW_SCORE_COLUMNS, width, longest_texts(LOW_SCORE_COLUMNS, low, context))
        return (
            (blank(width),),
            (Span(context.glyphs.fit(title, width), TextStyle.WATCH),),
            *(draw_row(fitted, score, width, context) for score in low),
        )

    def details(self, row: SatisfactionFigures, context: ViewContext) -> Sequence[Detail]:
        """Every count behind the scores."""
        unknown = context.glyphs.unknown
        shown = {
            Confidence.HIDDEN: N_("{answers}, below {least} answers: no score is shown"),
            Confidence.CAREFUL: N_("{answers}, below 30 answers: read it with its interval"),
            Confidence.NORMAL: N_("{answers}, enough answers"),
        }[row.confidence]
        details = [
            Detail(N_("Client"), row.client or unknown),
            Detail(N_("Satisfaction, 28 days")),
            Detail(N_("answers"), _(shown).format(answers=count(row.answers), least=HIDDEN_BELOW)),
            Detail(N_("in the two top boxes"), count(row.satisfied)),
            Detail(N_("satisfied (CSAT top-2)"), _score(row, context, 0).text, style_of(row, context)),
            Detail(N_("95 % interval"), percent_range(row.interval, 1, unknown)),
            Detail(
                N_("compared with the others"), _("clearly below") if lower(row, context) else _("not clearly below")
            ),
        ]
        details += [
            Detail(
                _("mean on the scale to {top}").format(top=scale.scale),
                ngettext("{mean} of {n} answer", "{mean} of {n} answers", scale.answers).format(
                    mean=count(scale.mean or 0, decimals=2), n=count(scale.answers)
                ),
            )
            for scale in row.scales
            if scale.confidence is not Confidence.HIDDEN
        ]
        promoters = row.promoters
        details += [
            Detail(N_("Recommendation")),
            Detail(N_("promoters, passives, detractors"),
                   f"{promoters.promoters}, {promoters.passives}, {promoters.detractors}"),
            Detail(N_("NPS"), _nps(row, unknown) if row.nps is not None
                   else _("{unknown} (from {n} answers on)").format(unknown=unknown, n=SHOWN_FROM)),
            Detail(N_("Response")),
            Detail(N_("invited"), count(row.invited)),
            Detail(N_("answered"), f"{count(row.responded)}: {percent(row.response_rate, unknown=unknown)}"),
        ]  # fmt: skip
        if row.few_responses:
            details.append(Detail(N_("note"), _("so few answer that they may not stand for all"), TextStyle.WATCH))
        first, day, again = row.first_contact, row.first_contact_day, row.repeats
        details += [
            Detail(N_("First contact resolution (FCR)")),
            Detail(N_("no other contact in 7 days"), _("{part} of {whole}: {share}").format(
                part=count(first.resolved), whole=count(first.resolved + first.repeated),
                share=percent(first.rate, unknown=unknown))),
            Detail(N_("too early to tell"), count(first.pending)),
            Detail(N_("FCR 24 h: none in 24 hours"), percent(day.rate, unknown=unknown)),
            Detail(N_("repeats today"), percent(again.rate, unknown=unknown)),
            Detail(N_("customers who said resolved"), _("{part} of {whole}").format(
                part=count(row.said_resolved), whole=count(row.said_resolved_of))),
        ]  # fmt: skip
        return details


LOW_SCORE_STYLE = severity_style(Rule.LOW_SCORE.severity)
"""The style of a low score: as loud as the alarm about it."""


def _of_scale(score: LowScore) -> str:
    return _("{part} of {whole}").format(part=score.score, whole=score.scale)


LOW_SCORE_COLUMNS: tuple[Column[LowScore], ...] = (
    Column("score", N_("score"), N_("What the customer gave, of what could be given."), 6,
           lambda s, v, _: Span(_of_scale(s), LOW_SCORE_STYLE), 0, right=False, sort=lambda s, v: s.score),
    column.text("customer", N_("customer"),
                N_("Who is unhappy."), lambda s, v: s.customer, missing=True, width=12, rank=0,
                widest=24),
    column.text("phone", N_("number"), N_("The customer's number."), lambda s, v: s.phone, width=14, rank=2, widest=18,
                sorts=False, style=TextStyle.QUIET),
    column.clock("at", N_("at"),
                 N_("When the answer came."), lambda s, v: s.answered_at, rank=1, style=TextStyle.QUIET),
    column.text("agent", N_("agent"),
                N_("Who talked with the customer."), lambda s, v: s.agent, missing=True, width=12, rank=3,
                widest=22),
    column.text("queue", N_("queue"), N_("The queue of the call."), lambda s, v: s.queue, width=12, rank=4, widest=22,
                style=TextStyle.QUIET),
    column.text("comment", N_("comment"),
                N_("What the customer wrote."), lambda s, v: s.comment, width=14, rank=1, widest=60,
                sorts=False),
)  # fmt: skip


class LowScoresTab(SatisfactionTabBase[LowScore]):
    """Very unhappy customers of today."""

    section = "low_scores"
    tab = N_("low scores")
    purpose = N_("Very unhappy customers of today whom nobody has called since: a call may still win them back.")
    empty_message = N_("No low score of today waits for a call.")
    has_customers = True
    default_sort_help = N_("latest first")
    columns = LOW_SCORE_COLUMNS
    heading_format = N_("Low score: {customer}")
    printed_limit = 10
    identity_fields = ("customer_id", "answered_at")

    def why_empty(self, context: ViewContext) -> str:
        """As usual, but today's scores do not wait for past days."""
        return super().why_empty(context) if context.snapshot.low_scores is None else _(self.empty_message)

    def details(self, row: LowScore, context: ViewContext) -> Sequence[Detail]:
        """The score, the comment, and whom they are about."""
        unknown = context.glyphs.unknown
        return [
            Detail(N_("Score"), _of_scale(row), LOW_SCORE_STYLE),
            Detail(N_("Comment"), row.comment or pgettext("comment", "none")),
            Detail(
                N_("At"),
                _("{time}, {length} ago").format(
                    time=clock(row.answered_at, context.zone), length=coarse(context.elapsed_ms(row.answered_at))
                ),
            ),
            Detail(N_("Customer"), row.customer or unknown),
            Detail(N_("Number"), row.phone or unknown),
            Detail(N_("Queue"), row.queue or unknown),
            Detail(N_("Agent"), row.agent or unknown),
            Detail(N_("Client"), row.client or unknown),
        ]
