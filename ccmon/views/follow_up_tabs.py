"""More tabs of the follow-ups: what each owner can still keep, who must not be forgotten, who may buy again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

from ccmon.formatting import clock, coarse, count, dated, local_time, percent, plural
from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.percentage import chance_text
from ccmon.model.alarms import Rule
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
from ccmon.model.retention import SecondPurchase, UnresolvedCustomer, UnresolvedReason
from ccmon.spelling import folded
from ccmon.views import column_factories as column
from ccmon.views.agents import state_column, state_span
from ccmon.views.alarms import does_now, follow_up_load_sentence, why_at_risk
from ccmon.views.columns import Column
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary, Row
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext, severity_style

OVERDUE_STYLE = severity_style(Rule.OVERDUE_FOLLOW_UPS.severity)
"""The style of what is overdue: as loud as the alarm about it."""


def late_style(owner: AgentFollowUps) -> TextStyle:
    """The style of an owner's late follow-ups."""
    if owner.overdue:
        return OVERDUE_STYLE
    return TextStyle.WATCH if owner.certainly_late or owner.at_risk else TextStyle.GOOD


def _late(owner: AgentFollowUps, context: ViewContext, _width: int) -> Span:
    will, glyphs = owner.cannot_be_kept, context.glyphs
    if owner.overdue:
        sign = context.sign(Rule.OVERDUE_FOLLOW_UPS.severity).text
        return Span(f"{sign} {owner.overdue}" + (f" +{will}" if will else ""), OVERDUE_STYLE)
    return (
        Span(f"{glyphs.watch} +{will}", TextStyle.WATCH)
        if will
        else Span(f"{glyphs.fine} {pgettext('overdue promises', 'none')}", TextStyle.GOOD)
    )


def _risk(owner: AgentFollowUps, context: ViewContext, _width: int) -> Span:
    if owner.at_risk is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    return Span(count(owner.at_risk), TextStyle.WATCH if owner.at_risk else TextStyle.TEXT)


def _kept(owner: AgentFollowUps) -> str:
    return _("{part} of {whole}").format(part=owner.kept.on_time, whole=owner.kept.decided)


def late_text(item: FollowUp) -> str:
    """How likely a follow-up will be late, in words; empty where unknown."""
    return "" if item.late_chance is None else _("{chance} likely late").format(chance=chance_text(item.late_chance))


AGENT_FOLLOW_UP_COLUMNS: tuple[Column[AgentFollowUps], ...] = (
    Column("late", N_("overdue"),
           N_("Promises that are overdue, and (+) those that will be, whatever the owner does."), 8,
           _late, 0, right=False, sort=lambda o, v: o.certainly_late),
    Column("risk", N_("at risk"),
           N_("Promises of today that are not late yet and more likely than not will be, by how the "
           "owner has kept such promises and by who is there."), 7, _risk, 1, sort=lambda o, v: o.at_risk),
    column.count("expected", N_("expected late"),
                 N_("Promises to be expected late by the end of the day, those overdue now "
                 "among them."), lambda o, v: o.late_expected, decimals=1, rank=3, short=N_("exp. late")),
    column.text("owner", N_("owner"), N_("The agent who is to make the calls."), lambda o, v: o.name, width=12, rank=0,
                widest=24),
    state_column(N_("What that agent does now."), lambda o: o.agent_id, rank=2),
    column.count("open", N_("open"),
                 N_("Open promises due by the end of the owner's shift (without one, today's), overdue "
                 "ones included."),
                 lambda o, v: o.load.due_in_shift if o.load else o.open_count, rank=1),
    Column("needs", N_("work"), N_("Time that all of them take, at the owner's usual time for such a call."), 10,
           lambda o, v, _: Span(coarse(o.load.needed_ms if o.load else None, v.glyphs.unknown)), 2,
           sort=lambda o, v: o.load.needed_ms if o.load else None),
    Column("has", N_("time left"), N_("Time left in the owner's shift."), 10,
           lambda o, v, _: Span(coarse(o.load.left_ms if o.load else None, v.glyphs.unknown)), 2,
           sort=lambda o, v: o.load.left_ms if o.load else None),
    column.clock("ends", N_("shift ends"), N_("End of the owner's shift."), lambda o, v: o.shift_ends_at,
                 style=TextStyle.QUIET, short=N_("until")),
    column.count("done", N_("done"), N_("Follow-ups the owner has done today."), lambda o, v: o.done_today, rank=4),
    Column("kept", N_("on time"), N_("Of the promises whose time has come today, those kept."), 9,
           lambda o, v, _: Span(_kept(o) if o.kept.decided else v.glyphs.unknown), 4,
           sort=lambda o, v: o.kept.rate),
    column.text("team", N_("team"), N_("The owner's team."), lambda o, v: o.team, width=10, rank=6, widest=26,
                style=TextStyle.QUIET, by_last_word=True),
)  # fmt: skip


class FollowUpTabBase(FloorPanel[Row]):
    """What all tabs of follow-ups have in common."""

    number = 5
    section = "follow_ups"
    name = N_("Follow-ups")
    fact_meanings = (
        (N_("overdue"), N_("Open follow-ups past their due moment and its grace.")),
        (N_("at risk"),
         N_("Follow-ups of today that are not overdue yet and more likely than not will be late: by how their "
         "owners have kept such promises, and by who is there.")),
        (N_("due today"), N_("Open follow-ups due within today.")),
        (N_("done"), N_("Follow-ups done today.")),
        (N_("on time"), N_("Done on time, of those promised for today so far; moving a promise does not change it.")),
        (N_("next due"), N_("When the next one falls due.")),
        (N_("unresolved"),
         N_("Customers at risk of being forgotten: a promise missed without contact since, never reached, "
         "or two problems and no follow-up.")),
        (N_("second purchase"), N_("One-time buyers whose usual time to buy again ends within a week.")),
    )  # fmt: skip
    printed_limit = 10

    def summary(self, context: ViewContext) -> PanelSummary:
        """How many follow-ups are overdue, and how many are at risk."""
        floor, unknown = context.snapshot, context.glyphs.unknown
        figures = floor.follow_ups
        due_at = context.cache.get("due moments", (figures,), lambda: sorted(item.due_at for item in figures.items))
        when = context.when("rows_at")
        coming = due_at[bisect_left(due_at, when.at) :][:1]
        for moment in coming:
            when.note(moment + 1)
        risk = context.cache.get("promises at risk", (figures,), lambda: figures.at_risk)
        risk_style = TextStyle.WATCH if risk else TextStyle.TEXT
        unresolved, buyers = floor.unresolved_customers, floor.second_purchases
        facts = (
            Fact(N_("at risk"), count(risk, unknown), risk_style),
            Fact(N_("due today"), count(figures.due_today, unknown)),
            Fact(N_("on time"), percent(figures.on_time_rate, unknown=unknown)),
            Fact(N_("done"), count(figures.done_today, unknown)),
            Fact(N_("next due"), clock(next(iter(coming), None), context.zone, unknown=unknown)),
            Fact(N_("unresolved"), count(None if unresolved is None else len(unresolved), unknown)),
            Fact(N_("second purchase"), count(None if buyers is None else len(buyers), unknown)),
        )
        style = TextStyle.QUIET if figures.overdue is None else OVERDUE_STYLE if figures.overdue else TextStyle.GOOD
        today = _("{n} due").format(n=count(figures.due_today, unknown))
        in_short = _("{n} at risk").format(n=count(risk)) if risk else ""
        second = Span(f"{in_short}, {today}" if in_short else today, risk_style)
        return PanelSummary(Fact(N_("overdue"), count(figures.overdue, unknown), style), facts, second, in_short)


class AgentFollowUpsTab(FollowUpTabBase[AgentFollowUps]):
    """Promises by owner, and what can still be kept."""

    tab = N_("by owner")
    purpose = N_(
        "Each owner's promises, how long they take, and whether the time until the end of the shift is enough."
    )
    empty_message = N_("Nobody has a promise that is due today.")
    default_sort_help = N_("most that are or will be overdue first")
    columns = AGENT_FOLLOW_UP_COLUMNS
    identity_fields = ("agent_id",)
    heading_format = N_("Promises of {row.name}")

    def rows(self, context: ViewContext) -> Sequence[AgentFollowUps]:
        """Owners in the snapshot's order: first those whose follow-ups are overdue or will be."""
        return context.snapshot.follow_ups.owners or ()

    def details(self, row: AgentFollowUps, context: ViewContext) -> Sequence[Detail]:
        """The owner's sentence, what it rests on, and each promise."""
        unknown = context.glyphs.unknown
        state = state_span(context.agent(row.agent_id), context)
        usual = coarse(row.handling_ms, unknown)
        if not row.handling_is_own and row.handling_ms is not None:
            usual = _("{length}, the whole centre's: too few of their own").format(length=usual)
        details = [
            Detail(
                N_("In short"),
                f"{follow_up_load_sentence(row, does_now(context.agent(row.agent_id)))}.",
                late_style(row),
            ),
            Detail(N_("Team"), row.team or unknown),
            Detail(N_("State"), state.text or unknown, state.style),
            Detail(N_("Time")),
            Detail(N_("end of the shift"), clock(row.shift_ends_at, context.zone, unknown=unknown)),
            Detail(N_("left of it"), coarse(row.load.left_ms if row.load else None, unknown)),
            Detail(N_("usual time for a call"), usual),
            Detail(N_("work in all"), coarse(row.load.needed_ms if row.load else None, unknown)),
            Detail(N_("Today")),
            Detail(N_("at risk"), count(row.at_risk, unknown)),
            Detail(N_("expected late"), count(row.late_expected, unknown, 1)),
            Detail(N_("done"), count(row.done_today)),
            Detail(
                N_("kept"),
                _("{part} of {whole} whose time has come").format(part=row.kept.on_time, whole=row.kept.decided),
            ),
            Detail(N_("Promises")),
        ]
        owed = [item for item in context.snapshot.follow_ups.items if item.owner_id == row.agent_id]
        late = set(row.load.certainly_late) if row.load else set()
        for item in owed:
            now = context.rows_at
            when = context.when("rows_at")
            is_overdue = item.is_overdue(when)
            word = N_("overdue") if is_overdue else N_("cannot be kept") if item.id in late else N_("can be kept")
            likely = "" if is_overdue else late_text(item)
            what = f"{item.customer or unknown}  {item.kind}  {likely}".rstrip()
            if item.late_reason is not None and item.is_at_risk(when):
                what += f": {why_at_risk(item.late_reason)}"
            details.append(Detail(f"{dated(item.due_at, context.zone, now)} {_(word)}", what))
        return details


REASON_STYLES = {
    UnresolvedReason.SILENT: OVERDUE_STYLE,
    UnresolvedReason.PROBLEMS: TextStyle.WATCH,
    UnresolvedReason.NOT_REACHED: TextStyle.TEXT,
}
REASON_WORDS = {
    UnresolvedReason.SILENT: N_("promise missed, no contact"),
    UnresolvedReason.PROBLEMS: N_("two problems, no follow-up"),
    UnresolvedReason.NOT_REACHED: N_("never reached"),
}


def times_text(customer: UnresolvedCustomer) -> str:
    """How often, or how long, what a customer is listed for has been so."""
    if customer.why is UnresolvedReason.SILENT:
        return plural(customer.times, "{n} day", "{n} days")
    if customer.why is UnresolvedReason.PROBLEMS:
        return plural(customer.times, "{n} problem", "{n} problems")
    return plural(customer.times, "{n} attempt", "{n} attempts")


def _sign(customer: UnresolvedCustomer, context: ViewContext, _width: int) -> Span:
    style = REASON_STYLES[customer.why]
    return Span(context.glyphs.watch if style is TextStyle.WATCH else " ", style)


UNRESOLVED_COLUMNS: tuple[Column[UnresolvedCustomer], ...] = (
    column.sign(N_("△ a promise was missed, or two problems and no follow-up."), _sign),
    Column("why", N_("reason"), N_("Why the customer is at risk of being forgotten."), 17,
           lambda s, v, width: Span(_(REASON_WORDS[s.why]), REASON_STYLES[s.why]), 0, widest=26, right=False,
           sort=lambda s, v: REASON_WORDS[s.why], ascending=True),
    Column("times", N_("times"), N_("Business days of silence, problems, or attempts in 14 days."), 10,
           lambda s, v, _: Span(times_text(s)), 1, sort=lambda s, v: s.times),
    column.text("customer", N_("customer"), N_("Who it is."), lambda s, v: s.customer, missing=True, width=12, rank=0,
                widest=24),
    column.text("phone", N_("number"), N_("The customer's number."), lambda s, v: s.phone, width=14, rank=3, widest=18,
                sorts=False, style=TextStyle.QUIET),
    Column("last", N_("last"), N_("The last attempt or problem; the due moment of the missed promise."), 11,
           lambda s, v, _: Span(day_and_time(s.last_at, context=v), TextStyle.QUIET), 3, right=False,
           sort=lambda s, v: s.last_at),
    Column("owner", N_("agent"), N_("The owner of the follow-up, or who talked with the customer last."), 12,
           lambda s, v, width: Span(s.owner or _("nobody")), 2, widest=22, right=False,
           sort=lambda s, v: folded(s.owner or "") or None, ascending=True),
)  # fmt: skip


def day_and_time(at: int, context: ViewContext) -> str:
    """A moment as local day and time."""
    moment, now = local_time(at, context.zone), local_time(context.rows_at, context.zone)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%a %d %b}"


class UnresolvedTab(FollowUpTabBase[UnresolvedCustomer]):
    """Customers who must not be forgotten."""

    section = "unresolved_customers"
    tab = N_("unresolved")
    purpose = N_(
        "Customers at risk of being forgotten: a promise to them was missed and nobody has talked with them since, "
        "they were called and never reached, or they have two problems and no follow-up."
    )
    empty_message = N_("No customer is at risk of being forgotten.")
    has_customers = True
    default_sort_help = N_("longest silence first, then the latest calls")
    columns = UNRESOLVED_COLUMNS
    heading_format = N_("Unresolved: {customer}")
    identity_fields = ("why", "customer_id")

    def details(self, row: UnresolvedCustomer, context: ViewContext) -> Sequence[Detail]:
        """Why a customer is listed, since when, and who knows the customer."""
        unknown = context.glyphs.unknown
        return [
            Detail(N_("Reason"), _(REASON_WORDS[row.why]), REASON_STYLES[row.why]),
            Detail(N_("Times"), times_text(row)),
            Detail(N_("Last"), day_and_time(row.last_at, context)),
            Detail(N_("Customer"), row.customer or unknown),
            Detail(N_("Number"), row.phone or unknown),
            Detail(N_("Agent"), row.owner or _("nobody")),
            Detail(N_("Client"), row.client or unknown),
            Detail(N_("What to do")),
            Detail(ADVICE[row.why]),
        ]


ADVICE = {
    UnresolvedReason.SILENT: N_("Call today, or hand the promise to somebody who can."),
    UnresolvedReason.NOT_REACHED: N_("Try at another hour, or write; then decide."),
    UnresolvedReason.PROBLEMS: N_("Have one agent own both problems, and promise a call."),
}


def _closes(buyer: SecondPurchase, context: ViewContext, _width: int) -> Span:
    days = (date.fromisoformat(buyer.closes_on) - date.fromisoformat(context.snapshot.day.date)).days
    words = _("today") if days <= 0 else _("tomorrow") if days == 1 else _("in {n} days").format(n=days)
    return Span(words, TextStyle.WATCH if days <= 1 else TextStyle.TEXT)


SECOND_PURCHASE_COLUMNS: tuple[Column[SecondPurchase], ...] = (
    Column("closes", N_("window ends"), N_("When the usual time to buy again is over."), 9, _closes, 0, right=False,
           sort=lambda s, v: s.closes_on, short=N_("ends")),
    column.text("customer", N_("customer"),
                N_("Who bought once."), lambda s, v: s.customer, missing=True, width=12, rank=0,
                widest=24),
    column.text("phone", N_("number"), N_("The customer's number."), lambda s, v: s.phone, width=14, rank=2, widest=18,
                sorts=False, style=TextStyle.QUIET),
    Column("bought", N_("bought on"),
           N_("The day of the first and only purchase."), 10, lambda s, v, _: Span(s.bought_on), 2,
           sort=lambda s, v: s.bought_on),
    column.text("agent", N_("sold by"), N_("Who sold to them."), lambda s, v: s.agent, missing=True, width=12, rank=1,
                widest=22),
    column.text("client", N_("client"),
                N_("The client company of that agent's team."), lambda s, v: s.client, width=12, rank=4,
                widest=20, style=TextStyle.QUIET),
)  # fmt: skip


class SecondPurchaseTab(FollowUpTabBase[SecondPurchase]):
    """One-time buyers who may buy again now."""

    section = "second_purchases"
    tab = N_("second purchase")
    purpose = N_("One-time buyers whose usual time to buy again ends within a week: call them now.")
    empty_message = N_("No one-time buyer's usual time to buy again ends this week.")
    has_customers = True
    default_sort_help = N_("soonest to end first")
    columns = SECOND_PURCHASE_COLUMNS
    heading_format = N_("Second purchase: {customer}")
    identity_fields = ("customer_id",)

    def details(self, row: SecondPurchase, context: ViewContext) -> Sequence[Detail]:
        """The first purchase and who knows the customer."""
        unknown = context.glyphs.unknown
        closes = _closes(row, context, 0)
        return [
            Detail(N_("Customer"), row.customer or unknown),
            Detail(N_("Number"), row.phone or unknown),
            Detail(N_("Bought on"), row.bought_on),
            Detail(N_("Sold by"), row.agent or unknown),
            Detail(N_("Client"), row.client or unknown),
            Detail(N_("Window ends"), f"{row.closes_on}, {closes.text}", closes.style),
            Detail(N_("Based on")),
            Detail(
                N_("Four of five customers who buy a second time have done so by then (90 days below 100 of them).")
            ),
        ]
