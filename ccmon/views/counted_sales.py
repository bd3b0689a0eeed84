"""What sales, conversion and quotas are counted from, by the keys of their columns and the labels of their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccmon.formatting import count, money
from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.forecast import Rate
from ccmon.metrics.percentage import chance_text
from ccmon.model.sales import Period, QuotaFigures
from ccmon.time_units import HOUR_MS
from ccmon.views.counting import LENGTH, MONEY, NUMBER, SHARE, Addend, Amount, Behind, Counted, Counting, Measure, one
from ccmon.views.sales_lines import SalesLine, basis_text, day_and_month, no_data_before
from ccmon.views.view_context import ViewContext

CHANCE = Measure("ratio", chance_text)
WHOLE_UNITS = Measure("cents", lambda cents: money(round(cents)))
MORE_CONVERTED = N_("more calls converted than sales calls are known")
EVERYBODY = 0
"""The id that stands for all agents, and for orders and calls of nobody."""


def _of_agents(query: str) -> Callable[[SalesLine, ViewContext], Behind | None]:
    """Today's rows of the agents of a line; none on a screen narrowed to a client: they may work for others, too."""

    def behind(line: SalesLine, context: ViewContext) -> Behind | None:
        scope = line.sales
        if not line.is_of_today or context.filters.client:
            return None
        if scope.kind == "agent" and scope.id is not None:
            return Behind(query, (scope.id,))
        team = scope.name if scope.kind == "team" else context.filters.team if scope.kind == "centre" else None
        if team is not None:
            return Behind(query, [agent.id for agent in context.snapshot.agents if agent.team == team])
        return Behind(query, (EVERYBODY,)) if scope.kind == "centre" and not context.filters else None

    return behind


def _sold(line: SalesLine) -> Addend:
    return Addend(line.counts.sales, _("sold so far"))


def _unknown_before(line: SalesLine) -> str:
    return "" if line.first_known_day is None else no_data_before(line.first_known_day)


def _sales(line: SalesLine, _context: ViewContext) -> Counting:
    detail, sales = line.sales.detail, line.counts.sales
    notes = []
    if line.measured_by.quota_sales is not None:
        notes.append(_("The quota is {n}.").format(n=count(line.measured_by.quota_sales)))
    if line.first_known_day is not None:
        text = _("There is no data before {day}: what was sold until then is not known.")
        notes.append(text.format(day=day_and_month(line.first_known_day)))
    if line.is_of_today and detail is not None and detail.orders - detail.cancelled_orders == sales:
        parts = Addend(detail.orders, _("orders")), Addend(-detail.cancelled_orders, _("cancelled"))
        return Counting(Amount(parts, _("sales")), notes=notes)
    return Counting(one(sales, _("sales that stand")), notes=notes)


def _pace(line: SalesLine, context: ViewContext) -> Counting | None:
    expected = line.measured_by.expected_by_now
    if not expected:
        return None
    quota = line.quota
    notes = (
        () if quota is None else (_("Expected by {basis}.").format(basis=basis_text(quota, context.glyphs.unknown)),)
    )
    return Counting(Amount((_sold(line),)), one(expected, _("expected by now"), NUMBER), SHARE, notes=notes)


def _conversion(line: SalesLine, _context: ViewContext) -> Counting:
    counts = line.counts
    unknown = _(MORE_CONVERTED) if counts.converted > counts.sales_calls > 0 else ""
    return Counting(
        one(counts.converted, _("converted")),
        one(counts.sales_calls, pgettext("counted", "sales calls")),
        SHARE,
        unknown=unknown,
    )


REST_AS_USUAL = N_("The rest is expected to come in as usual.")
REST_AS_SO_FAR = {
    Period.DAY: N_("The rest is expected to come in as this day so far."),
    Period.WEEK: N_("The rest is expected to come in as this week so far."),
    Period.MONTH: N_("The rest is expected to come in as this month so far."),
}


def _chance(line: SalesLine, _context: ViewContext) -> Counting | None:
    quota, chance = line.quota, line.chance
    if quota is None or chance is None:
        return None
    if quota.missing == 0 or quota.remaining is None:
        return Counting(one(chance, _("as the quota is met"), CHANCE), measure=CHANCE)
    note = REST_AS_USUAL if quota.remaining.rate is Rate.USUAL else REST_AS_SO_FAR[quota.period]
    words = _("that {n} or more are still sold, of {mean} expected").format(
        n=count(quota.missing), mean=count(quota.remaining.mean, decimals=1)
    )
    return Counting(one(chance, words, CHANCE), measure=CHANCE, notes=(_(note),))


def _required(line: SalesLine, _context: ViewContext) -> Counting | None:
    quota = line.quota
    if quota is None or quota.missing is None:
        return None
    if quota.missing == 0:
        return Counting(one(0, _("missing")))
    if not quota.open_ms_left:
        return None
    return Counting(
        one(quota.missing, _("missing")),
        one(quota.open_ms_left, _("of opening time left"), LENGTH),
        NUMBER,
        factor=HOUR_MS,
    )


def _forecast(line: SalesLine, _context: ViewContext) -> Counting | None:
    forecast = line.forecast
    if forecast is None:
        total = line.sales.forecast_sales if line.is_of_today else None
        if total is None:
            return None
        parts = _sold(line), Addend(total - line.counts.sales, _("still expected"))
        return Counting(Amount(parts, measure=NUMBER), measure=NUMBER)
    parts = _sold(line), Addend(forecast.expected - line.counts.sales, _("still expected"))
    notes = (_("With 90 % it will be {low} to {high}.").format(low=count(forecast.low), high=count(forecast.high)),)
    return Counting(Amount(parts, measure=NUMBER), measure=NUMBER, notes=notes)


def _revenue(line: SalesLine, _context: ViewContext) -> Counting:
    detail, revenue = line.sales.detail, line.counts.revenue_cents
    if line.is_of_today and detail is not None and detail.net_cents == revenue:
        parts = Addend(detail.gross_cents, _("ordered")), Addend(-detail.cancelled_cents, _("cancelled"))
        return Counting(Amount(parts, measure=WHOLE_UNITS), measure=WHOLE_UNITS)
    return Counting(one(revenue, _("of orders that stand"), WHOLE_UNITS), measure=WHOLE_UNITS)


def _calls(line: SalesLine, _context: ViewContext) -> Counting:
    detail, calls = line.sales.detail, line.counts.sales_calls
    if line.is_of_today and detail is not None and detail.inbound_calls + detail.right_party == calls:
        parts = (
            Addend(detail.inbound_calls, _("answered in sales queues")),
            Addend(detail.right_party, _("right parties reached")),
        )
        return Counting(Amount(parts, pgettext("counted", "sales calls")))
    return Counting(one(calls, pgettext("counted", "sales calls")))


def _new(line: SalesLine, _context: ViewContext) -> Counting | None:
    new = line.new_customers
    return None if new is None else Counting(one(new, _("customers with their first order ever")))


def _order(line: SalesLine, _context: ViewContext) -> Counting | None:
    detail = line.sales.detail
    if detail is None:
        return None
    top = Amount(
        (Addend(detail.gross_cents, _("ordered")), Addend(-detail.cancelled_cents, _("cancelled"))), measure=MONEY
    )
    of = Amount((Addend(detail.orders, _("orders")), Addend(-detail.cancelled_orders, _("cancelled"))))
    return Counting(top, of, WHOLE_UNITS)


def _per_hour(line: SalesLine, _context: ViewContext) -> Counting | None:
    worked_ms = line.sales.worked_ms
    if worked_ms is None:
        return None
    unknown = _("below half an hour") if worked_ms < HOUR_MS // 2 else ""
    return Counting(
        one(line.sales.sales, _("sold")), one(worked_ms, _("worked"), LENGTH), NUMBER, factor=HOUR_MS, unknown=unknown
    )


def _attained(line: SalesLine, _context: ViewContext) -> Counting | None:
    quota = line.measured_by.quota_sales
    if not quota:
        return None
    return Counting(Amount((_sold(line),)), one(quota, _("in the quota")), SHARE, unknown=_unknown_before(line))


def _missing(line: SalesLine, _context: ViewContext) -> Counting | None:
    quota = line.quota
    if quota is None or quota.missing is None:
        return None
    if quota.missing == 0:
        return Counting(one(0, _("missing: the quota is met")))
    return Counting(
        Amount((Addend(quota.quota_sales or 0, _("in the quota")), Addend(-quota.sales, _("sold"))), _("missing"))
    )


def _expected(line: SalesLine, context: ViewContext) -> Counting | None:
    expected, quota = line.measured_by.expected_by_now, line.quota
    if expected is None:
        return None
    notes = () if quota is None else (_("By {basis}.").format(basis=basis_text(quota, context.glyphs.unknown)),)
    words = _("of a quota of {n}").format(n=count(line.measured_by.quota_sales))
    return Counting(one(expected, words, NUMBER), measure=NUMBER, notes=notes)


SALES: Mapping[str, Counted[SalesLine]] = {
    "sales": Counted("sales", _sales, _of_agents("proof_of_sales")),
    "pace": Counted("pace", _pace, _of_agents("proof_of_sales")),
    "conversion": Counted("conversion", _conversion, _of_agents("proof_of_conversion")),
    "chance": Counted("chance", _chance),
    "required": Counted("required_per_hour", _required),
    "forecast": Counted("forecast_sales", _forecast),
    "revenue": Counted("revenue", _revenue, _of_agents("proof_of_sales")),
    "calls": Counted("sales_calls", _calls, _of_agents("proof_of_conversion")),
    "new": Counted("new_customers", _new),
    "order": Counted("average_order", _order, _of_agents("proof_of_sales")),
    "per_hour": Counted("sales_per_hour", _per_hour, _of_agents("proof_of_sales")),
    "attained": Counted("attainment", _attained, _of_agents("proof_of_sales")),
    "missing": Counted("missing", _missing),
}
"""By the keys of the columns."""
FACTS: Mapping[str, Counted[SalesLine]] = {
    "conversion": SALES["conversion"],
    "sales": SALES["sales"],
    "pace": SALES["pace"],
    "chance": SALES["chance"],
    "required/h": SALES["required"],
    "revenue": SALES["revenue"],
    "forecast": SALES["forecast"],
    "expected by now": Counted("expected_by_now", _expected),
    "new customers": SALES["new"],
}
"""By the labels of the facts in the head, of which each is one of the line of all that is shown."""
OF_PERIODS = {Period.WEEK: N_("the week from {day}"), Period.MONTH: N_("the month from {day}")}


def period_text(line: SalesLine) -> str:
    """The days over which a line counts; empty for the business day."""
    quota: QuotaFigures | None = line.quota
    if line.is_of_today or quota is None:
        return ""
    return _(OF_PERIODS[line.period]).format(day=quota.starts_on)
