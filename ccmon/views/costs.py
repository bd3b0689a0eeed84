"""Value: what the floor costs and brings, as profit centre and cost centre, and compared with other spending."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import amount, count, joined, percent, plural
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.costs import Spending, ValueFigures
from ccmon.views import column_factories as column
from ccmon.views.columns import Column
from ccmon.views.panel import Detail, Fact, FloorPanel, LazyFacts, PanelSummary, Row
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.tables_below import cost_lines, revenue_lines
from ccmon.views.value_entries import Entry, assumed, assumption, cost_entries, left_style, profit_entries
from ccmon.views.view_context import ViewContext

ENTRY_COLUMNS: tuple[Column[Entry], ...] = (
    Column("value", N_("today"), N_("The figure; amounts in the site's currency."), 7,
           lambda e, v, _: Span(e.value, e.style.or_else(TextStyle.STRONG)), 0, widest=12),
    column.text("name", N_("figure"),
                N_("What the figure is."), lambda e, v: _(e.name), width=20, rank=0, widest=24, sorts=False),
    column.text("estimate", " ", N_("est.: an estimate; what it rests on is printed below."),
                lambda e, v: _("est.") if e.estimate else "", width=4, rank=1, sorts=False, style=TextStyle.AWAY),
    column.text("basis", N_("computed from"), N_("What the figure is computed from."), lambda e, v: e.basis, width=20,
                rank=1, widest=90, sorts=False, style=TextStyle.QUIET),
)  # fmt: skip


def cheaper(value: ValueFigures | None) -> tuple[int, int]:
    """How many investments win or keep a customer for less than the centre, and how many can be compared."""
    if value is None:
        return 0, 0
    centre = {row.goal: row.cost_per_customer_cents for row in value.rows if row.is_centre}
    compared = [
        (row.cost_per_customer_cents, own)
        for row in value.rows
        if not row.is_centre and (own := centre.get(row.goal)) is not None and row.cost_per_customer_cents is not None
    ]
    return sum(other < own for other, own in compared), len(compared)


def _alternatives(context: ViewContext) -> Fact:
    fewer, compared = cheaper(context.snapshot.value)
    words = _("{n} of {all} cheaper").format(n=fewer, all=compared) if compared else context.glyphs.unknown
    return Fact(N_("alternatives"), words, TextStyle.WATCH if fewer else TextStyle.TEXT)


class ValueTabBase(FloorPanel[Row]):
    """What all tabs of costs and value have in common."""

    number = 9
    section = "resources"
    name = N_("Value")
    short = N_("Value")
    fact_meanings = (
        (N_("contribution"), N_("Profit centre: revenue times margin less wages today.")),
        (N_("cost per call"), N_("Cost centre: wages so far over calls handled.")),
        (N_("wages"), N_("Hourly cost of each agent times paid time so far: labour only, no other cost.")),
        (N_("revenue"), N_("Revenue of today, net of cancelled orders.")),
        (N_("cost per sale"), N_("Wages that went into sales over orders, net of cancelled ones.")),
        (N_("cost per new customer"), N_("Wages that went into sales over new customers.")),
        (N_("cost per kept customer"), N_("Wages that went into retention over customers kept.")),
        (N_("calls per agent"), N_("Inbound calls for each agent who took any today.")),
        (N_("alternatives"), N_("How many other investments win or keep customers for less than the centre.")),
    )

    def summary(self, context: ViewContext) -> PanelSummary:
        """The contribution: what is left after wages."""
        figures, unknown = context.snapshot.resources, context.glyphs.unknown
        if figures is None:
            return PanelSummary(Fact(N_("contribution"), unknown, TextStyle.QUIET))
        left = figures.contribution_cents
        alternatives = _alternatives(context)
        facts = LazyFacts(
            lambda: Fact(N_("revenue"), amount(figures.revenue_cents, unknown)),
            lambda: Fact(N_("wages"), amount(figures.labour_cents, unknown)),
            lambda: Fact(N_("cost per sale"), amount(figures.cost_per_sale_cents, unknown)),
            lambda: Fact(N_("cost per new customer"), amount(figures.cost_per_new_customer_cents, unknown)),
            lambda: Fact(N_("cost per kept customer"), amount(figures.cost_per_kept_customer_cents, unknown)),
            lambda: alternatives,
        )
        cost = amount(figures.cost_per_contact_cents, unknown, exact=True)
        per_call = _("{cost} per call").format(cost=cost)
        kpi = Span(f"{context.snapshot.currency or ''} {per_call}".strip())
        return PanelSummary(Fact(N_("contribution"), amount(left, unknown), left_style(left)), facts, kpi)

    def remark(self, context: ViewContext, *, short: bool = False) -> str:
        """The currency, and what the filters do not reach."""
        return joined(context.snapshot.currency, super().remark(context, short=short))


class ProfitPanel(ValueTabBase[Entry]):
    """The floor as a profit centre."""

    tab = N_("profit centre")
    purpose = N_("The floor as a profit centre: what it brings beside what it costs, today so far.")
    empty_message = N_("Nothing was worked or sold today.")
    default_sort_help = N_("as a profit centre counts")
    columns = ENTRY_COLUMNS
    identity_fields = ("name",)

    entries = staticmethod(profit_entries)
    """Makes the tab's figures from the day's."""

    def rows(self, context: ViewContext) -> Sequence[Entry]:
        """The figures as a profit centre or a cost centre counts them."""
        figures = context.snapshot.resources
        return [] if figures is None else self.entries(figures, context.glyphs.unknown)

    def printed_rows(self, context: ViewContext) -> Sequence[Entry]:
        """None where no call was handled."""
        figures = context.snapshot.resources
        return self.rows(context) if figures is not None and figures.handled else ()

    def notes(self, context: ViewContext) -> Sequence[str]:
        """The assumptions that the estimates rest on."""
        figures = context.snapshot.resources
        return () if figures is None else assumed(figures.assumptions)

    lines_below = staticmethod(revenue_lines)
    """Makes a table for the room under the notes."""

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """The assumptions, then where the figures come from."""
        lines = self.printed_below(context, width, height)
        return (*lines, *self.lines_below(context, width, height - len(lines)))

    def printed_below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """The assumptions."""
        return super().below(context, width, height)

    def heading(self, row: Entry) -> str:
        """What the figure is."""
        name = _(row.name)
        return name[:1].upper() + name[1:]

    def details(self, row: Entry, context: ViewContext) -> Sequence[Detail]:
        """What the figure is computed from, and which assumptions it is based on."""
        figures = context.snapshot.resources
        today = f"{row.value} {context.snapshot.currency or ''}" if row.is_amount else row.value
        details = [Detail(N_("Today so far"), today, TextStyle.STRONG), Detail(N_("Computed from"), row.basis)]
        if row.estimate:
            details.append(Detail(N_("Estimate"), _("based on the assumptions below"), TextStyle.AWAY))
        details.append(Detail(N_("Assumptions")))
        return details + [
            Detail("-", assumption(text)) for text in (figures.assumptions if figures is not None else ())
        ]


class CostTab(ProfitPanel):
    """The floor as a cost centre."""

    tab = N_("cost centre")
    purpose = N_("The floor as a cost centre: what a call costs, and how well time is used, today so far.")
    default_sort_help = N_("as a cost centre counts")
    entries = staticmethod(cost_entries)
    lines_below = staticmethod(cost_lines)

    def summary(self, context: ViewContext) -> PanelSummary:
        """What a call costs."""
        figures, unknown = context.snapshot.resources, context.glyphs.unknown
        if figures is None:
            return PanelSummary(Fact(N_("cost per call"), unknown, TextStyle.QUIET))
        inbound = figures.work[0] if figures.work else None
        facts = (
            Fact(N_("wages"), amount(figures.labour_cents, unknown)),
            Fact(N_("calls per agent"), count(inbound.per_agent if inbound is not None else None, unknown, 1)),
            Fact(N_("revenue"), amount(figures.revenue_cents, unknown)),
            _alternatives(context),
        )
        cost = amount(figures.cost_per_contact_cents, unknown, exact=True)
        return PanelSummary(Fact(N_("cost per call"), cost, TextStyle.STRONG), facts)


CUSTOMERS = {"acquisition": N_("customers won"), "retention": N_("customers kept")}
GOALS = {N_("acquisition"): 0, N_("retention"): 1, N_("service"): 2}


def _centre_conversion(row: Spending, value: ValueFigures | None) -> float | None:
    """The share of the centre's own calls that reach the goal of a row; None if the two cannot be compared."""
    if row.is_centre or value is None:
        return None
    return value.won_per_call if row.goal == "acquisition" else value.kept_per_call


def _beats(row: Spending, value: ValueFigures | None) -> Span:
    """Whether the centre wins or keeps customers for less than this investment."""
    own = _centre_conversion(row, value)
    if own is None or row.break_even_conversion is None:
        return Span("")
    is_cheaper = own > row.break_even_conversion
    return Span(_("centre cheaper"), TextStyle.GOOD) if is_cheaper else Span(_("cheaper"), TextStyle.WATCH)


THE_CENTRE = N_("The centre")
"""The name that a snapshot gives the centre's own lines."""


def _name(row: Spending) -> str:
    """The centre is called so by us unless the site has a name, an investment by those who made it."""
    return _(THE_CENTRE) if row.is_centre and row.name == THE_CENTRE else row.name


def _payback(row: Spending, unknown: str) -> str:
    if row.payback_months is None:
        return _("not yet") if row.roi is not None and row.roi < 0 else unknown
    return _("{n} months").format(n=count(row.payback_months, decimals=1))


def _own(value: ValueFigures, unknown: str) -> str:
    """What the centre's own calls brought."""
    return _(
        "The centre from {start} to {end}: {won} of {sales_calls} won a new customer, {kept} of {retention_calls} "
        "kept one."
    ).format(
        start=value.starts_on,
        end=value.ends_on,
        won=percent(value.won_per_call, 1, unknown),
        sales_calls=plural(value.sales_calls, "{n} sales call", "{n} sales calls"),
        kept=percent(value.kept_per_call, 1, unknown),
        retention_calls=plural(value.retention_calls, "{n} retention call", "{n} retention calls"),
    )


INVESTMENT_COLUMNS: tuple[Column[Spending], ...] = (
    Column("goal", N_("goal"), N_("What the money is spent for: only the same goal is compared."), 11,
           lambda s, v, width: Span(_(s.goal), TextStyle.STRONG if s.is_centre else TextStyle.QUIET), 1, right=False,
           sort=lambda s, v: GOALS.get(s.goal, 9)),
    column.text("name", N_("channel"), N_("The centre itself over 28 days, or another investment."),
                lambda s, v: _name(s), width=14, rank=0, widest=26,
                style=lambda s, v: TextStyle.STRONG if s.is_centre else TextStyle.TEXT),
    column.amount("per_customer", N_("cost per customer"), N_("Cost of each customer won or kept."),
                  lambda s, v: s.cost_per_customer_cents, rank=0, style=TextStyle.STRONG, short=N_("per cust.")),
    Column("verdict", N_("verdict"),
           N_("Whether the centre wins or keeps a customer for less than this investment."), 14,
           lambda s, v, _: _beats(s, v.snapshot.value), 2, right=False),
    Column("break_even", N_("break-even conversion"),
           N_("The share of the centre's sales calls (retention: of retention "
           "calls) that must win a customer for the centre to be as cheap; over 100 % it cannot be."), 11,
           lambda s, v, _: Span("" if s.is_centre else percent(s.break_even_conversion, 1, v.glyphs.unknown)), 2,
           sort=lambda s, v: s.break_even_conversion, short=N_("break-even")),
    column.percentage("roi", N_("ROI"),
                      N_("Return on investment: revenue times margin less cost, over cost; unknown without "
                      "revenue."), lambda s, v: s.roi, width=7, rank=3),
    Column("payback", N_("payback"), N_("Cost over monthly revenue times margin; not yet: it brought less than "
           "it cost."), 12, lambda s, v, _: Span(_payback(s, v.glyphs.unknown)), 5, sort=lambda s, v: s.payback_months),
    column.count("customers", N_("customers"), N_("Customers won, or kept."), lambda s, v: s.customers, rank=4),
    column.amount("cost", N_("cost"), N_("What it costs in all."), lambda s, v: s.cost_cents, rank=4),
    column.amount("revenue", N_("revenue"), N_("What it brings in all."), lambda s, v: s.revenue_cents, rank=6),
    Column("since", N_("since"), N_("When it began; the centre: the first of its 28 days."), 10,
           lambda s, v, _: Span(s.starts_on, TextStyle.QUIET), 7, sort=lambda s, v: s.starts_on),
)  # fmt: skip


class InvestmentComparisonTab(ValueTabBase[Spending]):
    """What it costs to reach the same goals by other investments."""

    section = "value"
    tab = N_("alternatives")
    purpose = N_("The centre compared with other investments for the same goal.")
    empty_message = N_("No other investment is known: ccmon import table investments.")
    default_sort_help = N_("by goal; the centre first, then the cheapest customer")
    columns = INVESTMENT_COLUMNS
    identity_fields = ("goal", "name")

    def heading(self, row: Spending) -> str:
        """The channel and what it is for."""
        return f"{_name(row)} ({_(row.goal)})"

    def rows(self, context: ViewContext) -> Sequence[Spending]:
        """By goal, the centre first."""
        value = context.snapshot.value
        return [] if value is None else sorted(value.rows, key=lambda row: GOALS.get(row.goal, 9))

    def printed_rows(self, context: ViewContext) -> Sequence[Spending]:
        """None where there is nothing to compare."""
        rows = self.rows(context)
        return rows if any(not row.is_centre for row in rows) else ()

    def notes(self, context: ViewContext) -> Sequence[str]:
        """What the comparison rests on."""
        value = context.snapshot.value
        return () if value is None else [_own(value, context.glyphs.unknown), *assumed(value.assumptions)]

    def details(self, row: Spending, context: ViewContext) -> Sequence[Detail]:
        """Cost, result, and what the centre would need."""
        unknown, value = context.glyphs.unknown, context.snapshot.value
        verdict = _beats(row, value)
        details = [
            Detail(N_("Goal"), _(row.goal)),
            Detail(N_("From"), _("{start} to {end}").format(start=row.starts_on, end=row.ends_on or _("now"))),
            Detail(N_("Money")),
            Detail(N_("cost"), amount(row.cost_cents, unknown)),
            Detail(N_("revenue"), amount(row.revenue_cents, unknown)),
            Detail(N_("ROI: return on investment"), percent(row.roi, 0, unknown)),
            Detail(N_("payback"), _payback(row, unknown)),
            Detail(CUSTOMERS.get(row.goal, N_("customers helped")), count(row.customers, unknown)),
            Detail(N_("cost per customer"), amount(row.cost_per_customer_cents, unknown), TextStyle.STRONG),
        ]
        if not row.is_centre and value is not None:
            details += [
                Detail(N_("Compared with the centre")),
                Detail(N_("break-even conversion"), percent(row.break_even_conversion, 1, unknown)),
                Detail(N_("the centre's conversion"), percent(_centre_conversion(row, value), 1, unknown)),
                Detail(N_("verdict"), verdict.text or unknown, verdict.style),
            ]
        if value is not None:
            details.append(Detail(N_("Assumptions")))
            details += [Detail("-", text) for text in (_own(value, unknown), *map(assumption, value.assumptions))]
        return details
