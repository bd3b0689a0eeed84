"""What costs and value are counted from, by the keys of their columns and the labels of their facts and entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccmon.formatting import percent
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.metrics.costs import earned_cents
from ccmon.model.costs import ResourceFigures, Spending, WorkFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.time_units import HOUR_MS
from ccmon.views.costs import CUSTOMERS, cheaper
from ccmon.views.counting import COUNT, LENGTH, MEAN, MONEY, NUMBER, SHARE, Addend, Amount, Counted, Counting, one
from ccmon.views.value_entries import Entry, assumption
from ccmon.views.view_context import ViewContext

NO_COST = N_("no agent's hourly cost is known")
OfResources = Callable[[ResourceFigures], Counting | None]


def _contribution(figures: ResourceFigures) -> Counting | None:
    if figures.labour_cents is None:
        return None
    earned = earned_cents(figures.revenue_cents, figures.margin)
    words = (
        _("revenue")
        if figures.margin is None
        else _("earned, {share} of the revenue").format(share=percent(figures.margin))
    )
    parts = Addend(earned, words), Addend(-figures.labour_cents, _("wages"))
    return Counting(
        Amount(parts, measure=MONEY), measure=MONEY, notes=[assumption(text) for text in figures.assumptions]
    )


def _revenue(figures: ResourceFigures) -> Counting:
    return Counting(
        one(figures.revenue_cents, _("of {n} orders that stand").format(n=figures.orders), MONEY), measure=MONEY
    )


def _wages(figures: ResourceFigures) -> Counting | None:
    if figures.labour_cents is None:
        return None
    words = _("for {hours} h at each agent's hourly cost").format(hours=NUMBER.write(figures.costed_ms / HOUR_MS))
    left_out = (Addend(figures.agents_without_cost, _("agents without a known cost")),)
    return Counting(one(figures.labour_cents, words, MONEY), measure=MONEY, left_out=left_out)


def _per_hour_worked(figures: ResourceFigures) -> Counting | None:
    of = one(figures.logged_in_ms, _("worked"), LENGTH)
    return Counting(one(figures.revenue_cents, _("of revenue"), MONEY), of, MONEY, factor=HOUR_MS)


def _over(cost_cents: float | None, words: str, number: int | None, of: str) -> Counting | None:
    if cost_cents is None or number is None:
        return None
    return Counting(one(round(cost_cents), words, MONEY), one(number, of), MONEY)


def _per_sale(figures: ResourceFigures) -> Counting | None:
    return _over(figures.sales_cost_cents, _("of wages for sales"), figures.orders, _("orders that stand"))


def _per_new_customer(figures: ResourceFigures) -> Counting | None:
    return _over(figures.sales_cost_cents, _("of wages for sales"), figures.new_customers, _("new customers"))


def _per_kept_customer(figures: ResourceFigures) -> Counting | None:
    return _over(figures.retention_cost_cents, _("of wages for retention"), figures.kept_customers, _("customers kept"))


def _per_call(figures: ResourceFigures) -> Counting | None:
    return _over(figures.labour_cents, _("of wages"), figures.handled, _("calls handled"))


def _calls_per_hour(figures: ResourceFigures) -> Counting:
    unknown = _("below half an hour") if figures.logged_in_ms < HOUR_MS // 2 else ""
    of = one(figures.logged_in_ms, _("worked"), LENGTH)
    return Counting(one(figures.handled, _("calls handled")), of, NUMBER, factor=HOUR_MS, unknown=unknown)


def _work(figures: ResourceFigures, direction: str) -> WorkFigures | None:
    return next((each for each in figures.work if each.direction == direction), None)


CALLS_HANDLED = {"inbound": N_("calls handled inbound"), "outbound": N_("calls handled outbound")}
OVER_CALLS = {"inbound": N_("over {n} calls handled inbound"), "outbound": N_("over {n} calls handled outbound")}


def _per_agent(work: WorkFigures | None) -> Counting | None:
    if work is None:
        return None
    return Counting(one(work.handled, _(CALLS_HANDLED[work.direction])), one(work.agents, _("agents")), NUMBER)


def _aht(work: WorkFigures | None) -> Counting | None:
    if work is None or work.aht_ms is None:
        return None
    return Counting(one(work.aht_ms, _(OVER_CALLS[work.direction]).format(n=work.handled), MEAN), measure=MEAN)


OF_RESOURCES: Mapping[str, OfResources] = {
    "contribution": _contribution,
    "revenue": _revenue,
    "revenue per hour worked": _per_hour_worked,
    "wages": _wages,
    "cost per sale": _per_sale,
    "cost per new customer": _per_new_customer,
    "cost per kept customer": _per_kept_customer,
    "cost per call": _per_call,
    "calls per hour worked": _calls_per_hour,
    "inbound calls per agent": lambda figures: _per_agent(_work(figures, "inbound")),
    "outbound calls per agent": lambda figures: _per_agent(_work(figures, "outbound")),
    "AHT inbound": lambda figures: _aht(_work(figures, "inbound")),
    "AHT outbound": lambda figures: _aht(_work(figures, "outbound")),
}
"""By the names of the entries of the profit centre and of the cost centre."""


def _entry(entry: Entry, context: ViewContext) -> Counting | None:
    figures, counting = context.snapshot.resources, OF_RESOURCES.get(entry.name)
    return None if figures is None or counting is None else counting(figures)


ENTRIES: Mapping[str, Counted[Entry]] = {"value": Counted("value", _entry)}
"""By the keys of the columns of entries."""


def _per_customer(row: Spending, _context: ViewContext) -> Counting | None:
    if row.cost_cents is None or row.customers is None:
        return None
    return Counting(one(row.cost_cents, _("of cost"), MONEY), one(row.customers, _("customers")), MONEY)


def _break_even(row: Spending, context: ViewContext) -> Counting | None:
    if row.is_centre or row.break_even_conversion is None:
        return None
    words = _("of the centre's calls must reach the goal for it to be as cheap")
    return Counting(one(row.break_even_conversion, words, SHARE), measure=SHARE)


def _roi(row: Spending, _context: ViewContext) -> Counting | None:
    if row.roi is None or row.earned_cents is None or row.cost_cents is None:
        return None
    top = Amount((Addend(row.earned_cents, _("earned")), Addend(-row.cost_cents, _("of cost"))), measure=MONEY)
    return Counting(top, one(row.cost_cents, _("of cost"), MONEY), SHARE)


def _payback(row: Spending, _context: ViewContext) -> Counting | None:
    if row.payback_months is None or row.cost_cents is None or row.earned_cents is None:
        return None
    of = one(row.earned_cents, _("earned in {n} months").format(n=NUMBER.write(row.months)), MONEY)
    return Counting(one(row.cost_cents, _("of cost"), MONEY), of, NUMBER, factor=row.months)


def _money(words: str, cents: Callable[[Spending], int | None]) -> Callable[[Spending, ViewContext], Counting | None]:
    def counting(row: Spending, _context: ViewContext) -> Counting | None:
        amount = cents(row)
        return None if amount is None else Counting(one(amount, _(words), MONEY), measure=MONEY)

    return counting


def _customers(row: Spending, _context: ViewContext) -> Counting | None:
    words = _(CUSTOMERS.get(row.goal, N_("customers helped")))
    return None if row.customers is None else Counting(one(row.customers, words))


OF_ITS_DAYS = N_("its days, or 28 days of the centre")
SPENDING: Mapping[str, Counted[Spending]] = {
    "per_customer": Counted("cost_per_customer", _per_customer, over=OF_ITS_DAYS),
    "break_even": Counted("break_even_conversion", _break_even, over=OF_ITS_DAYS),
    "roi": Counted("roi", _roi, over=OF_ITS_DAYS),
    "payback": Counted("payback_months", _payback, over=OF_ITS_DAYS),
    "customers": Counted("customers_reached", _customers, over=OF_ITS_DAYS),
    "cost": Counted("cost", _money(N_("spent"), lambda row: row.cost_cents), over=OF_ITS_DAYS),
    "revenue": Counted("revenue_of_spending", _money(N_("brought"), lambda row: row.revenue_cents), over=OF_ITS_DAYS),
}
"""By the keys of the columns of alternatives."""


def _alternatives(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
    fewer, compared = cheaper(floor.value)
    if not compared:
        return None
    parts = Addend(compared, _("compared")), Addend(fewer - compared, _("not cheaper than the centre"))
    return Counting(Amount(parts, _("cheaper"), COUNT))


def _of_resources(name: str, entry: str) -> Counted[FloorSnapshot]:
    def counting(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
        return None if floor.resources is None else OF_RESOURCES[entry](floor.resources)

    return Counted(name, counting)


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "contribution": _of_resources("contribution", "contribution"),
    "cost per call": _of_resources("cost_per_call", "cost per call"),
    "wages": _of_resources("wages", "wages"),
    "revenue": _of_resources("revenue_today", "revenue"),
    "cost per sale": _of_resources("cost_per_sale", "cost per sale"),
    "cost per new customer": _of_resources("cost_per_new_customer", "cost per new customer"),
    "cost per kept customer": _of_resources("cost_per_kept_customer", "cost per kept customer"),
    "calls per agent": _of_resources("calls_per_agent", "inbound calls per agent"),
    "alternatives": Counted("alternatives", _alternatives, over=OF_ITS_DAYS),
}
"""By the labels of the facts in the head."""
