"""Conversion: sales against the quotas of day, week and month, how certain a conversion is, and what is required."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from operator import attrgetter, is_not

from ccmon.formatting import count, joined, money, percent, percent_range
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.metrics.pace import is_ahead
from ccmon.metrics.percentage import chance_text
from ccmon.metrics.quotas import Verdict
from ccmon.model.sales import Period, SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.lazy_sales import LazySales
from ccmon.spelling import folded
from ccmon.views import column_factories as column
from ccmon.views.columns import Cell, Column
from ccmon.views.incremental_sort import NOTHING, IncrementalSort
from ccmon.views.lazy_lines import LazyLines
from ccmon.views.panel import Detail, Fact, FloorPanel, LazyFacts, PanelSummary
from ccmon.views.sales_lines import (
    CONVERSION_OF,
    STYLES,
    UNLIKELY,
    SalesLine,
    basis_text,
    conversion_quota_span,
    no_data_before,
    pace_style,
    part_of_whole,
    projection_text,
    quota_details,
    quota_of_no_client,
    required_span,
    revenue_range,
    revenue_text,
    sales_of_day,
    verdict_span,
    whole_units,
)
from ccmon.views.sold_today import sold_facts, sold_in_full
from ccmon.views.sparkline import interval_bar, quota_bar
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.tables_below import average_order
from ccmon.views.view_context import ViewContext

KINDS = {N_("centre"): 0, N_("client"): 1, N_("team"): 2, N_("campaign"): 3, N_("agent"): 4}


def _pace(line: SalesLine, context: ViewContext, _width: int) -> Span:
    if line.measured_by.pace is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    sign = {True: context.glyphs.ahead, False: context.glyphs.behind, None: " "}[
        is_ahead(line.measured_by.pace, line.chance)
    ]
    return Span(f"{sign} {percent(line.measured_by.pace)}", pace_style(line))


def _bar(line: SalesLine, context: ViewContext, width: int) -> Cell:
    style = pace_style(line).or_else(TextStyle.BUSY)
    expected, quota = line.measured_by.expected_by_now, line.measured_by.quota_sales
    by_now = expected / quota if expected is not None and quota else None
    return quota_bar(line.measured_by.attainment, by_now, width, style, context.glyphs)


def _top(context: ViewContext) -> float:
    """The end of the scale that all intervals of a tick share."""
    first = context.snapshot.sales[:40]
    return context.cache.get("end of the conversion scale", (first,), lambda: _end_of_scale(first))


def _end_of_scale(lines: Sequence[SalesFigures]) -> float:
    highs = [each.conversion_interval.high for each in lines if each.conversion_interval is not None]
    quotas = [each.quota_conversion for each in lines if each.quota_conversion is not None]
    return max([0.1, *(min(high, 0.6) for high in highs), *quotas])


def _interval(line: SalesLine, context: ViewContext, width: int) -> Cell:
    interval, value = line.interval, line.conversion
    if interval is None or value is None:
        return Span("")
    style = STYLES.get(line.measured_by.verdict or Verdict.UNSURE, TextStyle.TEXT)
    style, mark = TextStyle.TEXT if style is TextStyle.QUIET else style, line.measured_by.quota_conversion
    return interval_bar(interval, value, width, mark=mark, top=_top(context), style=style, glyphs=context.glyphs)


def _chance(line: SalesLine, context: ViewContext, _width: int) -> Span:
    if line.chance is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    style = TextStyle.GOOD if line.chance >= 1 - UNLIKELY else TextStyle.TEXT
    return Span(chance_text(line.chance), TextStyle.WATCH if line.chance < UNLIKELY else style)


def _revenue_range(line: SalesLine, context: ViewContext, _width: int) -> Span:
    forecast = line.revenue_forecast
    return Span(context.glyphs.unknown if forecast is None else revenue_range(forecast))


COLUMNS: tuple[Column[SalesLine], ...] = (
    column.text("name", N_("team, agent"), N_("Clients, teams, campaigns, then agents."),
                lambda s, v: s.sales.name, width=12, rank=0, widest=40, usual=13, by_last_word=True,
                style=lambda s, v: TextStyle.STRONG if s.sales.kind in {"client", "team"} else TextStyle.TEXT),
    Column("sales", N_("sales"), N_("Sales, net of cancelled ones, over the quota. A plus: the period began before the "
           "first data, so that more may have been sold, and nothing is said of the quota."), 9,
           lambda s, v, _: Span(f"{s.sold_text}/{count(s.measured_by.quota_sales, v.glyphs.unknown)}"), 1, widest=15,
           sort=lambda s, v: s.counts.sales),
    Column("pace", N_("pace"),
           N_("Sales so far over the sales that the quota expects by now; the details of a row say by "
           "what."), 7, _pace, 1, sort=lambda s, v: s.measured_by.pace),
    column.percentage("conversion", N_("conversion"),
                      N_("Sales calls that led to a sale, over sales calls. Inbound: answered "
                      "calls of sales queues; outbound: the right party reached."), lambda s, v: s.conversion,
                      decimals=1, width=6, rank=2, short=N_("conv.")),
    Column("verdict", N_("conversion quota"),
           N_("The quota of the conversion, not of the sales, and what the 95 % interval "
           "of the conversion says about it: clearly below it, clearly above it, or (≈) too few calls to tell."), 11,
           conversion_quota_span, 4, sort=lambda s, v: s.measured_by.verdict, short=N_("conv. quota"), optional=True),
    Column("chance", N_("chance"),
           N_("How likely the quota of sales is reached, by the forecast that also says where it ends;"
           " the details of a row say what it rests on."), 6, _chance, 3, sort=lambda s, v: s.chance),
    Column("required", N_("required/h"),
           N_("Sales an hour that the rest of the opening time must bring for the quota."), 6,
           required_span, 6, sort=lambda s, v: s.quota and s.quota.required_per_hour, short=N_("req./h")),
    column.kind(N_("kind"),
                N_("A client, a team, a campaign or an agent."), lambda s: s.sales.kind, KINDS, width=8, rank=7,
                style=TextStyle.QUIET),
    column.drawn("bar", N_("sales vs quota"),
                 N_("Sales over the quota as a bar; the tick stands where it should be by now."),
                 _bar, width=10, widest=26, rank=8, short=N_("vs quota")),
    Column("forecast", N_("forecast"), N_("Sales so far and those still to be expected, and the range that holds them "
           "with 90 %."), 21, lambda s, v, _: Span(projection_text(s, v.glyphs.unknown)), 5,
           sort=lambda s, v: s.forecast and s.forecast.expected),
    column.drawn("interval", N_("conversion, 95 %"),
                 N_("The conversion, its 95 % (Wilson) interval, and a tick at the quota."),
                 _interval, width=16, widest=30, rank=8),
    Column("revenue", N_("revenue"), N_("Revenue in the site's currency, whole units, net of cancelled orders."), 9,
           lambda s, v, _: Span(money(s.counts.revenue_cents)), 9, sort=lambda s, v: s.counts.revenue_cents),
    column.count("calls", N_("sales calls"), N_("Answered sales calls, and right parties reached."),
                 lambda s, v: s.counts.sales_calls, rank=10),
    column.count("new", N_("new customers"), N_("New customers won in the day, week or month: their first order ever."),
                 lambda s, v: s.new_customers, width=5, rank=11, short=N_("new")),
    Column("order", N_("average order"), N_("Average order of today, whole units."), 9,
           lambda s, v, _: Span(whole_units(average_order(s.sales), v.glyphs.unknown)), 12,
           sort=lambda s, v: average_order(s.sales), short=N_("avg order")),
    column.count("per_hour", N_("sales/h"), N_("Sales for each hour worked today; unknown below half an hour."),
                 lambda s, v: s.sales.sales_per_hour, decimals=1, rank=13),
)  # fmt: skip
PRINTED_COLUMNS: tuple[Column[SalesLine], ...] = (
    column.percentage("attained", N_("attainment"),
                      N_("Sales over the quota."), lambda s, v: s.measured_by.attainment, rank=3,
                      short=N_("attained")),
    Column("range", N_("conv., 95 %"), N_("The 95 % (Wilson) interval of the conversion."), 11,
           lambda s, v, _: Span(percent_range(s.interval, unknown=v.glyphs.unknown)), 9),
    column.count("missing", N_("missing"), N_("Sales still missing for the quota."),
                 lambda s, v: s.quota.missing if s.quota else None, rank=6),
    Column("revenue_forecast", N_("revenue forecast"),
           N_("The range that holds it with 90 %."), 18, _revenue_range, 10),
)  # fmt: skip


def _furthest_behind(line: SalesLine) -> tuple[int, float, str]:
    pace = line.measured_by.pace
    return KINDS.get(line.sales.kind, 9), float("inf") if pace is None else pace, folded(line.sales.name)


def _by_name(line: SalesLine, _: object) -> tuple[int, str]:
    return KINDS.get(line.sales.kind, 9), folded(line.sales.name)


def _agent_by_name(agent: NamedScope, _: object) -> tuple[str]:
    return (folded(agent.name),)


def _fact(label: str, value: Span) -> Fact:
    return Fact(label, value.text, value.style)


class SalesPanel(FloorPanel[SalesLine]):
    """Conversion against the quota of the day."""

    number = 3
    section = "sales"
    name = N_("Conversion")
    tab = N_("day")
    period = Period.DAY
    purpose = N_("Sales calls that become sales, compared with the quota of the day.")
    empty_message = N_("No team or agent has sold or has a quota today.")
    default_sort_help = N_("clients, teams, campaigns, agents; each by name")
    fact_meanings = (
        (N_("conversion"), N_("Sales calls that led to a sale, over sales calls, of all that is shown.")),
        (N_("sales"), N_("Sales, net of cancelled ones, and the quota.")),
        (N_("pace"), N_("Sales so far over the sales expected by now.")),
        (N_("chance"), N_("How likely the quota of sales is reached.")),
        (N_("conv. vs quota"),
         N_("What the 95 % interval of the conversion says about its quota; pace and chance are of "
         "sales.")),
        (N_("required/h"), N_("Sales an hour that the rest of the opening time must bring for the quota.")),
        (N_("revenue"), N_("Revenue, net of cancelled orders.")),
        (N_("forecast"), N_("Sales so far and those still to be expected, and the range that holds them with 90 %.")),
        (N_("expected by now"), N_("Sales that the quota expects by now.")),
        (N_("new customers"), N_("New customers won in the day, week or month: their first order ever.")),
        (N_("revenue forecast"),
         N_("Revenue so far and that of the sales still to be expected, and the range that holds it "
         "with 90 %.")),
    )  # fmt: skip
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS
    printed_limit = 100
    identity_fields = ("sales.kind", "sales.id")

    def __init__(self, *others: FloorPanel[SalesLine]) -> None:
        super().__init__(*others)
        self._sales: Sequence[SalesFigures] = ()
        self._lines: Sequence[SalesLine] = ()
        self._order: IncrementalSort[SalesLine] = IncrementalSort(_by_name, attrgetter(*self.identity_fields))
        self._order_of_agents: IncrementalSort[NamedScope] = IncrementalSort(_agent_by_name)
        self._taken: Sequence[SalesFigures] | None = None
        """The sales from which all lines were made; None: they were made from a part."""

    def _line(self, sales: SalesFigures) -> SalesLine:
        return SalesLine(
            sales, next((quota for quota in sales.quotas if quota.period is self.period), None), self.period
        )

    def _all_lines(self, context: ViewContext) -> Sequence[SalesLine]:
        """The lines of all sales, or of groups and agents with a quota; cached while the sales are the same objects."""
        sales = context.snapshot.sales
        if sales is not self._taken:
            self._take(sales.with_quota() if isinstance(sales, LazySales) else sales)
            self._taken = sales
        return self._lines

    def _take(self, sales: Sequence[SalesFigures]) -> None:
        before, self._taken = self._sales, None
        if sales is not before:
            if len(sales) == len(before):
                lines = list(self._lines)
                for place in compress(range(len(sales)), map(is_not, sales, before)):
                    lines[place] = self._line(sales[place])
            else:
                known = {id(line.sales): line for line in self._lines}
                lines = [known.get(id(each)) or self._line(each) for each in sales]
            self._sales, self._lines = sales, lines

    def _total(self, context: ViewContext) -> SalesLine | None:
        first = context.snapshot.sales[:1]
        return self._line(first[0]) if first and first[0].kind == "centre" else None

    def summary(self, context: ViewContext) -> PanelSummary:
        """Conversion, sales of quota and pace of the whole."""
        unknown = context.glyphs.unknown
        total = self._total(context)
        if total is None:
            return PanelSummary(Fact(N_("conversion"), unknown, TextStyle.QUIET))
        pace, verdict = _pace(total, context, 0), verdict_span(total, context, 0)
        currency = f" {total.sales.currency}" if total.sales.currency else ""
        facts = LazyFacts(
            lambda: Fact(
                N_("sales"),
                part_of_whole(total.sold_text, count(total.measured_by.quota_sales, unknown)),
                TextStyle.STRONG,
            ),
            lambda: Fact(N_("pace"), pace.text, pace.style),
            lambda: _fact(N_("chance"), _chance(total, context, 0)),
            lambda: Fact(N_("conv. vs quota"), verdict.text or unknown, verdict.style),
            lambda: _fact(N_("required/h"), required_span(total, context, 0)),
            lambda: Fact(N_("forecast"), projection_text(total, unknown)),
            lambda: Fact(N_("revenue"), money(total.counts.revenue_cents) + currency),
            lambda: Fact(N_("expected by now"), count(total.measured_by.expected_by_now, unknown)),
            lambda: Fact(N_("new customers"), count(total.new_customers, unknown)),
            lambda: Fact(N_("revenue forecast"), revenue_text(total, unknown, short=True)),
        )
        style = STYLES.get(total.measured_by.verdict or Verdict.UNSURE, TextStyle.QUIET)
        style = TextStyle.STRONG if style is TextStyle.QUIET else style
        figure = Fact(N_("conversion"), percent(total.conversion, 1, unknown), style)
        return PanelSummary(figure, facts, pace, short_label=N_("conv."))

    def heading(self, row: SalesLine) -> str:
        """Whose sales they are."""
        return f"{row.sales.name} ({_(row.sales.kind)})"

    def head_row(self, context: ViewContext) -> SalesLine | None:
        """The line of all that is shown."""
        return self._total(context)

    def remark(self, context: ViewContext, *, short: bool = False) -> str:
        """Why pace and chance are unknown if the first data lies within the period."""
        lines = () if self.period is Period.DAY else self._all_lines(context)
        since = next(filter(None, (line.first_known_day for line in lines)), None)
        return joined(super().remark(context, short=short), "" if since is None else no_data_before(since))

    def notes(self, context: ViewContext) -> Sequence[str]:
        """A note if the clients' quotas do not add up to the centre's."""
        centre = self._total(context)
        quota = None if centre is None else centre.quota
        text = "" if quota is None else quota_of_no_client(quota.quota_of_no_client, quota.quota_sales)
        return (text,) if text else ()

    def rows(self, context: ViewContext) -> Sequence[SalesLine]:
        """Within each kind of scope by name, so that each line keeps its place."""
        sales = context.snapshot.sales
        if isinstance(sales, LazySales) and self.period is Period.DAY:
            return self._lazy(sales)
        lines = self._all_lines(context)
        if lines and lines[0].sales.kind == "centre":
            lines = lines[1:]
        if self.period is not Period.DAY:
            lines = [line for line in lines if line.quota is not None]
        return self._order.sort(lines, NOTHING, None)

    def _lazy(self, sales: LazySales) -> Sequence[SalesLine]:
        """The same for lines that are only made when they are read."""
        self._take(sales.groups)
        groups = self._order.sort(self._lines[1:], NOTHING, None)
        agents = self._order_of_agents.sort(sales.lines_or_names(), NOTHING, None)
        return LazyLines(groups, agents, sales.of_agent, self._line)

    def identities(self, rows: Sequence[SalesLine]) -> Iterator[str]:
        """What identifies each row."""
        if isinstance(rows, LazyLines):
            return (str((each.kind, each.id)) for each in rows.scopes)
        return super().identities(rows)

    def measured(self, rows: Sequence[SalesLine]) -> Sequence[SalesLine]:
        """The rows whose texts decide how wide columns are."""
        return rows.measured() if isinstance(rows, LazyLines) else super().measured(rows)

    def printed_rows(self, context: ViewContext) -> Sequence[SalesLine]:
        """All but the agents' lines, those furthest behind first; none where nothing was sold, tried or asked for."""
        if not self.head_alone(context):
            return ()
        return sorted((line for line in self.rows(context) if line.sales.kind != "agent"), key=_furthest_behind)

    def head_alone(self, context: ViewContext) -> bool:
        """Whether anything was sold, tried or asked for: where all rows are agents', the head says it."""
        return any(each.sales_calls or each.sales or each.quota_sales for each in context.snapshot.sales)

    def totals(self, context: ViewContext) -> Sequence[SalesLine]:
        """The whole; for a single team or client it is one of the rows."""
        total = None if context.filters else self._total(context)
        return () if total is None or (total.quota is None and not total.is_of_today) else (total,)

    def printed_facts(self, context: ViewContext) -> Sequence[Fact]:
        """What the quota's expectation is based on, and what was sold today, inbound and outbound separately."""
        total = self._total(context)
        if total is None or total.sales.detail is None or not total.is_of_today:
            return ()
        basis = [Fact(N_("basis"), basis_text(total.quota, context.glyphs.unknown))] if total.quota is not None else []
        return [*basis, *sold_facts(total.sales, total.sales.detail, context.glyphs.unknown)]

    def details(self, row: SalesLine, context: ViewContext) -> Sequence[Detail]:
        """Numerators and denominators of every figure, then each quota, then what was sold today in full."""
        unknown = context.glyphs.unknown
        verdict = verdict_span(row, context, 0)
        details = [
            Detail(N_("Client"), row.sales.client or unknown),
            Detail(_(CONVERSION_OF[row.period])),
            Detail(N_("sales calls"), count(row.counts.sales_calls)),
            Detail(N_("of these converted"), count(row.counts.converted)),
            Detail(N_("conversion"), percent(row.conversion, 1, unknown), TextStyle.STRONG),
            Detail(N_("95 % interval"), percent_range(row.interval, 1, unknown)),
            Detail(N_("quota of conversion"), percent(row.measured_by.quota_conversion, 1, unknown)),
            Detail(N_("compared with the quota"), verdict.text or unknown, verdict.style),
        ]
        if not any(quota.period is Period.DAY for quota in row.sales.quotas):
            details += sales_of_day(SalesLine(row.sales, None, Period.DAY), context)
        for quota in row.sales.quotas:
            details += quota_details(SalesLine(row.sales, quota, quota.period), quota, context)
        if row.sales.kind == "client":
            details += map(Detail, self.notes(context))
        if row.sales.detail is not None:
            details += sold_in_full(row.sales, row.sales.detail, unknown)
        return details


OF_TODAY = ("order", "per_hour")
"""Columns that are known for today only."""


class WeekTab(SalesPanel):
    """Conversion against the quota of the week."""

    columns = tuple(each for each in COLUMNS if each.key not in OF_TODAY)
    tab = N_("week")
    period = Period.WEEK
    purpose = N_("The same compared with the quotas of this week.")
    empty_message = N_("No team or agent has a quota for this week.")


class MonthTab(WeekTab):
    """Conversion against the quota of the month."""

    tab = N_("month")
    period = Period.MONTH
    purpose = N_("The same compared with the quotas of this month.")
    empty_message = N_("No team or agent has a quota for this month.")
