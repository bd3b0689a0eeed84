"""Problems: why customers call today, which reasons rise, and which customers they concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ccmon.formatting import clock, count, joined, percent, plural
from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.model.alarms import Rule, Severity
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.views import column_factories as column
from ccmon.views.columns import Cell, Column
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary
from ccmon.views.sparkline import merged
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext, severity_style

FEW_CODED = 0.7
"""If a smaller share of calls has a reason, the picture is skewed."""


def _severity(reason: ReasonFigures) -> Severity:
    """Rising ones are as severe as the alarm about them; new problems are worth watching."""
    if reason.rising:
        return Rule.RISING_PROBLEM.severity
    return Severity.WATCH if reason.is_new and reason.is_problem else Severity.NONE


def style_of(reason: ReasonFigures) -> TextStyle:
    """The style of a reason."""
    return severity_style(_severity(reason))


def _sign(reason: ReasonFigures, context: ViewContext, _width: int) -> Span:
    return context.sign(_severity(reason))


def usual_text(reason: ReasonFigures, unknown: str) -> str:
    """Today's calls compared with the usual number."""
    if reason.is_new:
        return _("new")
    return unknown if reason.ratio is None else _("{n} x").format(n=count(reason.ratio, decimals=1))


def _bar(reason: ReasonFigures, context: ViewContext, width: int) -> Cell:
    """The share of a reason, and behind it the share of all reasons at least as frequent."""
    glyphs = context.glyphs
    own, all_so_far = round(reason.share * width), round(reason.cumulative * width)
    start = min(width - 1, max(0, all_so_far - max(1, own)))
    cells = [(glyphs.rest, TextStyle.QUIET)] * start
    cells += [(glyphs.bar, style_of(reason).or_else(TextStyle.BUSY))] * max(1, all_so_far - start)
    return merged((cells + [(" ", TextStyle.TEXT)] * width)[:width])


COLUMNS: tuple[Column[ReasonFigures], ...] = (
    column.sign(N_("△ a reason that rises, or a new problem."), _sign, sort=lambda r, v: -_severity(r)),
    column.count("calls", N_("calls"), N_("Answered calls of today with this reason."), lambda r, v: r.calls, rank=0),
    Column("usual", N_("vs usual"), N_("Today's rate over that of the same weekdays; new: never on those days."), 8,
           lambda r, v, _: Span(usual_text(r, v.glyphs.unknown), style_of(r)), 0, sort=lambda r, v: r.ratio,
           sign_beside=True),
    column.text("reason", N_("reason"), N_("Why customers call, as the agent noted it; the most frequent first."),
                lambda r, v: r.name, width=16, rank=0, widest=40, usual=30,
                style=lambda r, v: style_of(r) if r.id is not None else TextStyle.QUIET),
    column.count("customers", N_("customers"), N_("Different customers among them; the details list them."),
                 lambda r, v: r.customers, rank=2),
    column.count("per_100", N_("per 100 calls"), N_("Calls with this reason per 100 answered calls."),
                 lambda r, v: r.per_100_calls, decimals=1, rank=4, short=N_("per 100")),
    column.text("product", N_("product"), N_("The product it is about."), lambda r, v: r.product, width=10, widest=18,
                style=TextStyle.QUIET),
    Column("kind", N_("kind"), N_("A problem, or a plain reason."), 7,
           lambda r, v, width: Span(_("problem") if r.is_problem else "", TextStyle.AWAY), 6, right=False,
           sort=lambda r, v: r.is_problem),
    column.percentage("cumulative", N_("cumulative"),
                      N_("Share of this and all more frequent reasons together; grey beyond "
                      "the first 80 %."), lambda r, v: r.cumulative, short=N_("cum. %"),
                      style=lambda r, v: TextStyle.TEXT if r.vital else TextStyle.QUIET),
    column.drawn("bar", N_("share (Pareto)"), N_("Pareto: each bar begins where the more frequent reasons end."), _bar,
                 width=16, widest=50, rank=3),
)  # fmt: skip
PRINTED_COLUMNS: tuple[Column[ReasonFigures], ...] = (
    column.count("usual_calls", N_("usual"), N_("Calls that would be usual by now."), lambda r, v: r.usual, rank=3),
    column.percentage("share", N_("share"), N_("Of all reasons."), lambda r, v: r.share, rank=4),
)


class ContactReasonsPanel(FloorPanel[ReasonFigures]):
    """Why customers call, and what rises."""

    number = 8
    section = "problems"
    name = N_("Problems")
    short = N_("Probl.")
    purpose = N_("Why customers call today, compared with the same weekdays; the details list the customers concerned.")
    has_customers = rows_have_several = True
    empty_message = N_("No call with a reason today.")
    default_sort_help = N_("the most frequent first")
    fact_meanings = (
        (N_("rising"),
         N_("Reasons that come clearly more often than on the same weekdays: 5 calls or more, 1.5 times as "
         "usual, and no chance find among all reasons looked at (exact binomial test, Benjamini-Hochberg).")),
        (N_("top"), N_("The reason that rises most, with its calls today and what would be usual.")),
        (N_("new"), N_("Reasons that never came on the same weekdays.")),
        (N_("calls"), N_("Answered inbound calls of today.")),
        (N_("with a reason"),
         N_("Of them, those for which the agent noted a reason; where few have one, all is skewed.")),
        (N_("tested at"), N_("Rising is tested each half hour, not with each poll: that would cry wolf.")),
    )  # fmt: skip
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS

    def summary(self, context: ViewContext) -> PanelSummary:
        """How many reasons rise, and which rises most."""
        figures, unknown = context.snapshot.problems, context.glyphs.unknown
        if figures is None:
            return PanelSummary(Fact(N_("rising"), unknown, TextStyle.QUIET))
        rising = sorted((each for each in figures.reasons if each.rising), key=lambda each: -_severity(each))
        first = rising[0] if rising else None
        tested = figures.baseline_days is not None
        coded = percent(figures.coded_share, unknown=unknown)
        most = pgettext("reason", "none") if tested else unknown
        if first is not None:
            most = _("{reason} {n}, usual {usual}").format(
                reason=first.name, n=first.calls, usual=count(first.usual, unknown)
            )
        facts = (
            Fact(N_("top"), most, style_of(first) if first else TextStyle.TEXT),
            Fact(N_("calls"), count(figures.answered)),
            Fact(N_("with a reason"), coded,
                 TextStyle.WATCH if (figures.coded_share or 1) < FEW_CODED else TextStyle.TEXT),
            Fact(N_("new"), count(sum(bool(reason.is_new) for reason in figures.reasons) if tested else None, unknown)),
            Fact(N_("tested at"), clock(figures.tested_at, context.zone, unknown=unknown)),
        )  # fmt: skip
        style = style_of(first) if first is not None else TextStyle.GOOD if tested else TextStyle.QUIET
        figure = Fact(N_("rising"), count(len(rising) if tested else None, unknown), style)
        return PanelSummary(figure, facts, Span(first.name if first else "", style))

    def rows(self, context: ViewContext) -> Sequence[ReasonFigures]:
        """The most frequent first, so that each cumulative share goes on where the one above ends."""
        return () if context.snapshot.problems is None else context.snapshot.problems.reasons

    def marked(self, context: ViewContext) -> Counter[Severity]:
        """How many reasons rise or are new problems."""
        marked = Counter(map(_severity, self.rows(context)))
        del marked[Severity.NONE]
        return marked

    def notes(self, context: ViewContext) -> Sequence[str]:
        """What the comparison rests on."""
        figures = context.snapshot.problems
        if figures is None or figures.baseline_days is None:
            return ()
        if not figures.baseline_days:
            return (_("No past day of this weekday is known: nothing can be called rising."),)
        usual = plural(
            figures.baseline_days,
            "Usual: compared with {n} past day of this weekday, at today's volume.",
            "Usual: compared with {n} past days of this weekday, at today's volume.",
        )
        return (usual,)

    def details(self, row: ReasonFigures, context: ViewContext) -> Sequence[Detail]:
        """The comparison with the usual number, then the customers concerned."""
        unknown, figures = context.glyphs.unknown, context.snapshot.problems
        word = N_("rising") if row.rising else N_("new") if row.is_new else N_("as usual")
        if figures is None or figures.baseline_days is None:
            word = N_("unknown yet")
        in_short = _("{state}: {calls} of {customers} today, usual {usual}").format(
            state=_(word),
            calls=plural(row.calls, "{n} call", "{n} calls"),
            customers=plural(row.customers, "{n} customer", "{n} customers"),
            usual=count(row.usual, unknown, 1),
        )
        details = [
            Detail(N_("In short"), in_short, style_of(row)),
            Detail(N_("Product"), row.product or unknown),
            Detail(N_("Kind"), _("problem") if row.is_problem else _("plain reason")),
            Detail(N_("Compared with other reasons")),
            Detail(N_("per 100 answered calls"), count(row.per_100_calls, unknown, 1)),
            Detail(N_("share of all reasons"), percent(row.share)),
            Detail(N_("cumulative share"), percent(row.cumulative)),
            Detail(N_("Compared with the same weekdays")),
            Detail(N_("rate today over theirs"), usual_text(row, unknown)),
            Detail(N_("past days"), count(figures.baseline_days if figures is not None else None, unknown)),
            Detail(N_("tested at"),
                   clock(figures.tested_at if figures is not None else None, context.zone, unknown=unknown)),
            Detail(_("Customers concerned: {n}").format(n=row.customers)),
        ]  # fmt: skip
        for each in row.concerned:
            calls = plural(each.calls, "{n} call", "{n} calls") if each.calls > 1 else None
            agent = _("talked with {agent}").format(agent=each.agent) if each.agent else None
            who = f"{clock(each.last_at, context.zone)} {each.customer or _('unknown customer')}"
            details.append(Detail(who, joined(each.phone, calls, agent) or unknown))
        if not row.concerned:
            details.append(Detail(N_("None of them is known by name or number.")))
        return details
