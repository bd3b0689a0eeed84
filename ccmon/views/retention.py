"""Customers: who buys once, again or regularly, who drifts away and who comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccmon.formatting import count, percent, plural
from ccmon.language import N_, ngettext
from ccmon.language import gettext as _
from ccmon.metrics.retention import REPEAT_WITHIN_DAYS, Cohort, Segment
from ccmon.model.retention import RetentionFigures
from ccmon.views import column_factories as column
from ccmon.views.columns import Cell, Column
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary, Row
from ccmon.views.sparkline import quota_bar
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.tables_below import table_below
from ccmon.views.view_context import ViewContext

SEGMENTS = {
    Segment.ONE_TIME: N_("one-time"),
    Segment.REPEAT: N_("repeat"),
    Segment.LOYAL: N_("loyal"),
    Segment.LAPSED: N_("lapsed"),
}
"""The names of segments, to be looked up."""


class Group(NamedTuple):
    """A group of customers."""

    name: str
    """In English: it is looked up where it is shown."""
    customers: int
    of: int
    """All customers in the same division into groups."""
    help: str
    style: TextStyle = TextStyle.TEXT
    joined: int | None = None
    """Customers who moved into it today; None where that is not counted."""
    left: int | None = None


def groups(figures: RetentionFigures) -> list[Group]:
    """The segments, then the same customers by the time since they last bought."""
    all_of, limits = figures.customers, figures.limits
    joined = {segment: sum(move.customers for move in figures.moves if move.after == segment) for segment in Segment}
    left = {segment: sum(move.customers for move in figures.moves if move.before == segment) for segment in Segment}

    def segment(kind: Segment, customers: int, who: str, style: TextStyle = TextStyle.TEXT) -> Group:
        return Group(kind, customers, all_of, who, style, joined[kind], left[kind])

    gaps = limits.from_gaps
    basis = (
        plural(gaps, "from {n} gap between orders", "from {n} gaps between orders")
        if gaps
        else _("fixed: too few gaps known")
    )

    def within(days: int) -> str:
        return plural(days, "last order within {n} day", "last order within {n} days")

    def without(days: int) -> str:
        text = ngettext("no order for {n} day ({basis})", "no order for {n} days ({basis})", days)
        return text.format(n=count(days), basis=basis)

    bought = figures.active + figures.at_risk + figures.churned
    return [
        segment(Segment.ONE_TIME, figures.one_time, _("one purchase ever")),
        segment(Segment.REPEAT, figures.repeat, _("two purchases or more")),
        segment(Segment.LOYAL, figures.loyal, _("three or more within 365 days"), TextStyle.GOOD),
        segment(Segment.LAPSED, figures.lapsed, _("once loyal, no order for 365 days"), TextStyle.WATCH),
        Group(N_("active"), figures.active, bought, within(limits.at_risk_days)),
        Group(N_("at risk"), figures.at_risk, bought, without(limits.at_risk_days),
              TextStyle.WATCH),
        Group(N_("churned"), figures.churned, bought, without(limits.churned_days),
              TextStyle.WATCH, left=figures.won_back_today),
    ]  # fmt: skip


def _move(number: int | None, sign: str, unknown: str) -> str:
    return unknown if number is None else f"{sign}{number}" if number else "0"


def _bar(group: Group, context: ViewContext, width: int) -> Cell:
    return quota_bar(_share(group), None, width, group.style.or_else(TextStyle.BUSY), context.glyphs)


def _share(group: Group) -> float | None:
    return group.customers / group.of if group.of else None


GROUP_COLUMNS: tuple[Column[Group], ...] = (
    column.text("group", N_("group"), N_("The first four are everybody by purchases; the last three the same by days "
                "since the last order."), lambda g, v: _(g.name), width=10, rank=0, sorts=False,
                style=lambda g, v: g.style.or_else(TextStyle.STRONG)),
    column.count("number", N_("customers"), N_("Customers in the group."), lambda g, v: g.customers, rank=0),
    column.percentage("share", N_("share"), N_("Of all who ever bought."), lambda g, v: _share(g), rank=1),
    Column("joined", N_("joined"), N_("Moved into the group today."), 6,
           lambda g, v, _: Span(_move(g.joined, "+", v.glyphs.unknown)), 1, sort=lambda g, v: g.joined),
    Column("left", N_("left"), N_("Moved out of the group today; of the churned: won back today."), 5,
           lambda g, v, _: Span(_move(g.left, "-", v.glyphs.unknown)), 1, sort=lambda g, v: g.left),
    column.drawn("bar", N_("0 to 100 %"), N_("The same share as a bar."), _bar, width=12, widest=40, rank=4),
    column.text("help", N_("who"), N_("Who belongs to the group."), lambda g, v: g.help, width=18, rank=3, widest=56,
                sorts=False, style=TextStyle.QUIET),
)  # fmt: skip


def move_text(before: str | None, after: str, customers: int) -> str:
    """A move between segments in words."""
    if before is None:
        text = ngettext("{n} new customer, now {after}", "{n} new customers, now {after}", customers)
        return text.format(n=customers, after=_(after))
    return _("{n} {before} to {after}").format(n=customers, before=_(before), after=_(after))


class CustomersTabBase(FloorPanel[Row]):
    """What both tabs of customers have in common."""

    number = 7
    section = "retention"
    name = N_("Customers")
    short = N_("Loyal")
    empty_message = N_("No customer has bought anything yet.")
    fact_meanings = (
        (N_("loyal"), N_("Customers with three purchases or more within 365 days.")),
        (N_("won back today"), N_("Customers who had churned and bought today, called or not.")),
        (N_("repeat"), N_("Customers with two purchases or more who are not loyal.")),
        (N_("one-time"), N_("Customers with one purchase ever.")),
        (N_("lapsed"), N_("Customers who were loyal and have not bought for 365 days.")),
        (N_("churn, 28 days"), N_("Customers who had not churned 28 days ago and have now.")),
        (N_("won back"),
         N_("Of the churned customers reached by a retention call in 28 days, those who bought within 30 "
         "days.")),
        (N_("repeat rate"),
         N_("Repeat purchase rate of the newest month that is old enough: first buyers who bought again "
         "within 90 days.")),
    )  # fmt: skip

    def summary(self, context: ViewContext) -> PanelSummary:
        """Loyal customers, and today's moves."""
        figures, unknown = context.snapshot.retention, context.glyphs.unknown
        if figures is None:
            return PanelSummary(Fact(N_("loyal"), unknown, TextStyle.QUIET))
        won, back = figures.won_back, figures.won_back_today
        newest = next((cohort for cohort in reversed(figures.cohorts) if cohort.rate is not None), None)
        facts = (
            Fact(N_("won back today"), count(back), TextStyle.GOOD if back else TextStyle.TEXT),
            Fact(N_("repeat"), count(figures.repeat)),
            Fact(N_("one-time"), count(figures.one_time)),
            Fact(N_("churn, 28 days"), percent(figures.churn, 1, unknown)),
            Fact(
                N_("won back"),
                _("{part} of {whole}").format(part=won.won_back, whole=won.reached) if won.reached else unknown,
            ),
            Fact(N_("repeat rate"), percent(newest.rate if newest is not None else None, unknown=unknown)),
            Fact(N_("lapsed"), count(figures.lapsed)),
        )
        new_loyal = sum(move.customers for move in figures.moves if move.after == Segment.LOYAL)
        moved = Span(_("+{n} today").format(n=new_loyal), TextStyle.GOOD) if new_loyal else Span("")
        return PanelSummary(Fact(N_("loyal"), count(figures.loyal), TextStyle.STRONG), facts, moved)


COHORT_COLUMNS: tuple[Column[Cohort], ...] = (
    column.text("month", N_("first bought"), N_("The month of the first purchase."), lambda c, v: c.month, rank=0),
    column.count("customers", N_("customers"), N_("First buyers of the month."), lambda c, v: c.customers, rank=0),
    column.count("again", N_("bought again"), N_("Of them, those who bought on a later day within 90 days."),
                 lambda c, v: c.repeated, rank=1, short=N_("again")),
    Column("rate", N_("repeat rate"), N_("Their share; known only when the last of the month has had 90 days."), 11,
           lambda c, v, width: Span(percent(c.rate) if c.rate is not None else _("too early"),
                                TextStyle.STRONG if c.rate is not None else TextStyle.QUIET), 0,
           sort=lambda c, v: c.rate),
    column.drawn("bar", N_("0 to 100 %"), N_("The same share as a bar; full width is 100 %."),
                 lambda c, v, width: quota_bar(c.rate, None, width, TextStyle.BUSY, v.glyphs), width=12, widest=40,
                 rank=3),
)  # fmt: skip


class RetentionPanel(CustomersTabBase[Group]):
    """Customers by purchases, and today's moves."""

    tab = N_("groups")
    purpose = N_("Who buys once, again and for good, and who drifts away.")
    default_sort_help = N_("by purchases, then by days since the last order")
    columns = GROUP_COLUMNS
    identity_fields = ("name",)

    def heading(self, row: Group) -> str:
        """Which customers they are."""
        return _("Customers: {group}").format(group=_(row.name))

    def rows(self, context: ViewContext) -> Sequence[Group]:
        """Always in the same order: together they are a picture of all customers."""
        figures = context.snapshot.retention
        return [] if figures is None or not figures.customers else groups(figures)

    def notes(self, context: ViewContext) -> Sequence[str]:
        """Today's moves, and what became of those who were called to win them back."""
        figures = context.snapshot.retention
        if figures is None:
            return ()
        won = figures.won_back
        moves = ", ".join(move_text(move.before, move.after, move.customers) for move in figures.moves)
        texts = [_("Today: {moves}.").format(moves=moves or _("nobody yet"))]
        if won.reached:
            texts.append(
                ngettext(
                    "Win-back, 28 days: {back} of {n} customer reached came back ({share}); {others} came back by "
                    "themselves.",
                    "Win-back, 28 days: {back} of {n} customers reached came back ({share}); {others} came back by "
                    "themselves.",
                    won.reached,
                ).format(
                    back=won.won_back,
                    n=count(won.reached),
                    share=percent(won.rate),
                    others=won.returned_by_themselves,
                )
            )
        if figures.first_order_day:
            since = _("Orders are known since {day}: whoever was new soon after may be old.")
            texts.append(since.format(day=figures.first_order_day))
        return texts

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """The notes, then who bought again by the month of the first purchase, as the next tab has it."""
        lines = self.printed_below(context, width, height)
        cohorts = context.snapshot.retention.cohorts[::-1] if context.snapshot.retention is not None else ()
        title = _("Bought again within {n} days, by the month of the first purchase").format(n=REPEAT_WITHIN_DAYS)
        return (*lines, *table_below(title, COHORT_COLUMNS, cohorts, context, width, height=height - len(lines)))

    def printed_below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """The notes."""
        return super().below(context, width, height)

    def details(self, row: Group, context: ViewContext) -> Sequence[Detail]:
        """Who belongs to the group, today's moves, win-back."""
        figures, unknown = context.snapshot.retention, context.glyphs.unknown
        details = [
            Detail(N_("Who"), row.help),
            Detail(
                N_("Customers"),
                _("{part} of {whole}").format(part=count(row.customers), whole=count(row.of)),
                TextStyle.STRONG,
            ),
        ]
        if figures is None:
            return details
        moves = [move for move in figures.moves if row.name in {move.before, move.after}]
        if moves:
            details.append(Detail(N_("Today")))
        details += [
            Detail(
                _("{before}, now {after}").format(before=_(move.before or N_("had never bought")), after=_(move.after)),
                count(move.customers),
            )
            for move in moves
        ]
        won, gaps = figures.won_back, figures.limits.from_gaps
        basis = _("fixed, since fewer than 100 gaps between orders are known")
        if gaps:
            basis = plural(
                gaps,
                "the 40th and 80th percentile of {n} gap between orders",
                "the 40th and 80th percentile of {n} gaps between orders",
            )
        details += [
            Detail(N_("Won back, 28 days")),
            Detail(N_("churned and reached by a call"), count(won.reached)),
            Detail(
                N_("of these bought within 30 days"), f"{count(won.won_back)}: {percent(won.rate, unknown=unknown)}"
            ),
            Detail(N_("came back by themselves"), count(won.returned_by_themselves)),
            Detail(N_("won back today"), count(figures.won_back_today)),
            Detail(N_("Churn by gap")),
            Detail(N_("at risk after"), plural(figures.limits.at_risk_days, "{n} day", "{n} days")),
            Detail(N_("churned after"), plural(figures.limits.churned_days, "{n} day", "{n} days")),
            Detail(N_("which are"), basis),
            Detail(N_("churned in the last 28 days"), percent(figures.churn, 1, unknown)),
            Detail(N_("Orders known since"), figures.first_order_day or unknown),
            Detail(N_("In words")),
            *(Detail("-", text) for text in self.notes(context)),
        ]
        return details


class CohortsTab(CustomersTabBase[Cohort]):
    """Who bought again, by the month of the first purchase."""

    tab = N_("months")
    purpose = N_("Of the customers who first bought in a month, those who bought again within 90 days.")
    default_sort_help = N_("newest first")
    columns = COHORT_COLUMNS
    printed_limit = 12
    identity_fields = ("month",)
    heading_format = N_("First buyers of {row.month}")

    def rows(self, context: ViewContext) -> Sequence[Cohort]:
        """The newest month first."""
        return context.snapshot.retention.cohorts[::-1] if context.snapshot.retention is not None else ()

    def details(self, row: Cohort, context: ViewContext) -> Sequence[Detail]:
        """What the rate is made of."""
        rate = percent(row.rate, 1) if row.rate is not None else _("too early: the last of them may still buy in time")
        return [
            Detail(N_("First bought in"), row.month),
            Detail(N_("Customers"), count(row.customers)),
            Detail(_("Bought again within {n} days").format(n=REPEAT_WITHIN_DAYS), count(row.repeated)),
            Detail(N_("Repeat rate"), rate, TextStyle.STRONG),
        ]
