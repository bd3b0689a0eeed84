"""The business of a snapshot as text: satisfaction, customers, promises, problems and money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.text import Text

from ccmon.alarms import promise_sentence
from ccmon.formatting import (
    at_least,
    clock,
    count,
    fit,
    mean,
    money,
    no_data_before,
    percent,
    plain,
    plural,
    quota_of_no_client,
)
from ccmon.metrics.forecast import Forecast
from ccmon.metrics.percentage import said_chance
from ccmon.metrics.satisfaction import Confidence
from ccmon.model.costs import ResourceFigures, Spending
from ccmon.model.retention import RetentionFigures, UnresolvedCustomer
from ccmon.model.sales import QuotaFigures, SalesFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.business_json import LISTED
from ccmon.report.table import TextColumn, name_cell, table

SHOWN = 6
"""Lines of a list; the rest is counted."""
SMALL_CENTS = 10_000
UNKNOWN = percent(None)


def business_parts(snapshot: FloorSnapshot, *, width: int) -> Iterable[RenderableType]:
    """The parts from top to bottom; a part that has nothing to say is left out."""
    quotas = [(line, quota) for line in snapshot.sales if line.scope != "agent" for quota in line.quotas]
    if quotas:
        yield _quotas(quotas, width=width)
    centre = snapshot.sales[0] if snapshot.sales else None
    if centre is not None and centre.detail is not None and (centre.detail.orders or centre.sales_calls):
        yield _sold(centre)
    if any(owner.risk is not None and owner.risk.owned for owner in snapshot.follow_ups.owners or ()):
        yield _promises(snapshot)
    if snapshot.satisfaction:
        yield _satisfaction(snapshot, width=width)
    if snapshot.retention is not None:
        yield _customers(snapshot.retention)
    if snapshot.stuck or snapshot.second_purchases:
        yield _not_given_up(snapshot)
    if snapshot.problems is not None and snapshot.problems.answered:
        yield _problems(snapshot, width=width)
    if snapshot.resources is not None and snapshot.resources.handled:
        yield _resources(snapshot.resources, snapshot.currency)
    if snapshot.value is not None and any(not row.is_centre for row in snapshot.value.rows):
        yield _value(snapshot, width=width)


QUOTA_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("for", right=False),
    TextColumn("sales"),
    TextColumn("attained"),
    TextColumn("pace"),
    TextColumn("projected"),
    TextColumn("missing", from_width=86),
    TextColumn("per hour", from_width=95),
    TextColumn("chance", from_width=102),
    TextColumn("conversion says", right=False, from_width=113),
    TextColumn("revenue projected", from_width=140),
)


def _quotas(quotas: Iterable[tuple[SalesFigures, QuotaFigures]], *, width: int) -> Group:
    shown = list(quotas)
    rows = [
        (
            name_cell(line.name),
            quota.period.value,
            f"{at_least(quota.sales, more=quota.known_since is not None)}/{count(quota.quota_sales)}",
            percent(quota.attainment),
            percent(quota.pace),
            _range(quota.forecast),
            count(quota.missing),
            UNKNOWN if quota.required_per_hour is None else f"{quota.required_per_hour:.1f}",
            said_chance(quota.chance),
            quota.verdict or UNKNOWN,
            _money_range(quota.revenue_forecast),
        )
        for line, quota in shown
    ]
    since = next(filter(None, (quota.known_since for _, quota in shown)), None)
    remarks = [] if since is None else [f"+ {no_data_before(since)}: what was sold until then is not known"]
    for line, quota in shown:
        said = quota_of_no_client(quota.quota_of_no_client, quota.quota_sales) if line.scope == "centre" else ""
        remarks += [f"{quota.period}: {said}"] if said else []
    return Group(table("Quotas", QUOTA_COLUMNS, rows, width=width), *(Text(remark, style="dim") for remark in remarks))


def _range(forecast: Forecast | None) -> str:
    return UNKNOWN if forecast is None else f"{forecast.low:,.0f} to {forecast.high:,.0f}"


def _money_range(forecast: Forecast | None) -> str:
    return UNKNOWN if forecast is None else f"{money(round(forecast.low))} to {money(round(forecast.high))}"


def _sold(centre: SalesFigures) -> Text:
    detail = centre.detail
    if detail is None:
        return Text()
    currency = plain(centre.currency or "")
    said = [
        f"in {percent(detail.inbound_conversion, 1)} of {count(detail.inbound_calls)} calls",
        f"out {percent(detail.outbound_conversion, 1)} of {count(detail.right_party)} right-party contacts"
        f" ({count(detail.attempts)} attempts)",
        UNKNOWN + " new customers" if detail.new_customers is None else plural(detail.new_customers, "new customer"),
        f"average order {_money(detail.average_order_cents, currency)}",
        f"per call {_money(centre.revenue_per_call_cents, currency)}",
    ]
    if detail.revised:
        said.append(
            f"gross {_money(detail.gross_cents, currency)}, {plural(detail.cancelled_orders, 'order')} cancelled"
        )
    said += [f"and {_money(each.net_cents, each.currency)} not added" for each in detail.other_currencies]
    return _block("Sold today", [", ".join(said)])


def _promises(snapshot: FloorSnapshot) -> Text:
    owners = [owner for owner in snapshot.follow_ups.owners or () if owner.risk is not None and owner.risk.owned]
    return _block("Promises", _some([promise_sentence(owner) for owner in owners]))


SATISFACTION_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("answers"),
    TextColumn("CSAT top-2"),
    TextColumn("95 % range", from_width=86),
    TextColumn("mean"),
    TextColumn("NPS"),
    TextColumn("response", from_width=95),
    TextColumn("first contact"),
    TextColumn("again today", from_width=100),
)


def _satisfaction(snapshot: FloorSnapshot, *, width: int) -> Group:
    rows = [
        _satisfaction_row(figures) for figures in snapshot.satisfaction or () if figures.scope in {"centre", "queue"}
    ]
    whole = table("Satisfaction, 28 days", SATISFACTION_COLUMNS, rows, width=width)
    low = [
        f"{low.customer or low.phone or 'somebody'} gave {low.score} of {low.scale}"
        + (f" after talking with {low.agent}" if low.agent else "")
        for low in snapshot.low_scores or ()
    ]
    return Group(whole, *([_block("Call back", _some(low))] if low else []))


def _satisfaction_row(figures: SatisfactionFigures) -> tuple[str | Text, ...]:
    careful = figures.confidence is Confidence.CAREFUL
    share = Text(percent(figures.top_two_box), style="dim" if careful else "")
    low, high = figures.interval or (None, None)
    shown = figures.confidence is not Confidence.HIDDEN and low is not None
    return (
        name_cell(figures.name),
        count(figures.answers),
        share,
        f"{percent(low)} to {percent(high)}" if shown else UNKNOWN,
        UNKNOWN if figures.mean is None else f"{figures.mean:.2f}/{figures.scale}",
        UNKNOWN if figures.nps is None else f"{round(figures.nps):+d}",
        percent(figures.response_rate),
        percent(figures.first_contact.rate),
        percent(figures.repeats.rate),
    )


def _customers(figures: RetentionFigures) -> Text:
    moves = [
        f"{move.customers} {move.before} to {move.after}" if move.before else f"{move.customers} new"
        for move in figures.moves
    ]
    lines = [
        f"{figures.one_time:,} one-time, {figures.repeat:,} repeat, {figures.loyal:,} loyal, {figures.lapsed:,} lapsed",
        f"{figures.active:,} active, {figures.at_risk:,} at risk (no order for {figures.limits.at_risk_days} days),"
        f" {figures.churned:,} gone ({figures.limits.churned_days} days); {percent(figures.churn, 1)} went in 28 days",
    ]
    if moves or figures.won_back_today:
        won = [f"{figures.won_back_today} came back"] if figures.won_back_today else []
        lines.insert(1, "today: " + ", ".join([*moves, *won]))
    known = [cohort for cohort in figures.cohorts if cohort.rate is not None]
    if known:
        lines.append("bought again within 90 days: " + ", ".join(f"{c.month} {percent(c.rate)}" for c in known[-6:]))
    return _block("Customers", lines)


def _not_given_up(snapshot: FloorSnapshot) -> Text:
    zone = ZoneInfo(snapshot.time_zone)
    lines = _some([_stuck(stuck, zone) for stuck in snapshot.stuck or ()])
    if snapshot.second_purchases:
        names = ", ".join(plain(buyer.customer or buyer.phone or "?") for buyer in snapshot.second_purchases[:SHOWN])
        more = len(snapshot.second_purchases) - SHOWN
        rest = f" and {more:,} more" if more > 0 else ""
        lines.append(f"time for a second purchase: {names}{rest}")
    return _block("Not given up", lines)


def _stuck(stuck: UnresolvedCustomer, zone: ZoneInfo) -> str:
    name = stuck.customer or stuck.phone or "?"
    owner = f", {stuck.owner}" if stuck.owner else ""
    return f"{name}: {stuck.why} ({stuck.times}, last {clock(stuck.last_at, zone)}{owner})"


REASON_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("calls"),
    TextColumn("per 100"),
    TextColumn("share"),
    TextColumn("so far"),
    TextColumn("usual"),
    TextColumn("", right=False),
    TextColumn("customers", from_width=86),
)


def _problems(snapshot: FloorSnapshot, *, width: int) -> Group:
    problems = snapshot.problems
    reasons = problems.reasons if problems is not None else ()
    shown = [reason for place, reason in enumerate(reasons) if reason.rising or place < SHOWN]
    rows = [
        (
            fit(reason.name, 30).rstrip(),
            count(reason.calls),
            UNKNOWN if reason.per_100_calls is None else f"{reason.per_100_calls:.1f}",
            percent(reason.share),
            percent(reason.cumulative),
            count(reason.usual),
            Text("▲ rising", style="bold red") if reason.rising else Text("new" if reason.is_new else ""),
            count(reason.customers),
        )
        for reason in shown
    ]
    return table("Why they call", REASON_COLUMNS, rows, width=width)


def _resources(figures: ResourceFigures, currency: str | None) -> Text:
    money_of = plain(currency or "")
    lines = [
        f"{work.direction}: {count(work.handled)} calls by {plural(work.agents, 'agent')}, {_each(work.per_agent)} each"
        f" (a whole day {_each(work.usual_per_agent_day)}), AHT {mean(work.aht_ms)} (usually {mean(work.usual_aht_ms)})"
        for work in figures.work
        if work.handled
    ]
    if figures.labour_cents is not None:
        lines.append(
            f"wages {_money(figures.labour_cents, money_of)}:"
            f" {_money(figures.cost_per_contact_cents, money_of)} a call,"
            f" {_money(figures.cost_per_sale_cents, money_of)} a sale,"
            f" {_money(figures.cost_per_new_customer_cents, money_of)} a new customer,"
            f" {_money(figures.cost_per_kept_customer_cents, money_of)} a kept one"
        )
        lines.append(f"revenue less wages {_money(figures.contribution_cents, money_of)} (estimate)")
        lines += figures.assumptions
    return _block("Resources", lines)


VALUE_COLUMNS = (
    TextColumn("", right=False),
    TextColumn("goal", right=False),
    TextColumn("cost"),
    TextColumn("customers"),
    TextColumn("each"),
    TextColumn("return"),
    TextColumn("paid back", from_width=86),
    TextColumn("centre beats it from", from_width=102),
)


def _value(snapshot: FloorSnapshot, *, width: int) -> Group:
    figures = snapshot.value
    rows = [_spent(row) for row in figures.rows] if figures is not None else []
    days = figures.days if figures is not None else 0
    return table(f"The same money elsewhere (the centre: last {days} days)", VALUE_COLUMNS, rows, width=width)


def _spent(row: Spending) -> tuple[str | Text, ...]:
    return (
        Text(name_cell(row.name), style="bold" if row.is_centre else ""),
        row.goal,
        money(row.cost_cents),
        count(row.customers),
        _money(row.cost_per_customer_cents, ""),
        percent(row.roi),
        UNKNOWN if row.payback_months is None else f"{row.payback_months:.1f} months",
        UNKNOWN if row.break_even_conversion is None else f"{percent(row.break_even_conversion, 1)} of calls",
    )


def _money(cents: float | None, currency: str) -> str:
    """Money; below a hundred with its cents."""
    if cents is not None and abs(cents) < SMALL_CENTS:
        return f"{cents / 100:.2f} {currency}".rstrip()
    return f"{money(None if cents is None else round(cents))} {currency}".rstrip()


def _each(number: float | None) -> str:
    return UNKNOWN if number is None else f"{number:.1f}"


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    where = "has them all" if len(lines) <= LISTED else f"has the first {LISTED} of {len(lines):,}"
    return [*lines[:SHOWN], f"and {more:,} more; --json {where}"] if more > 0 else lines


def _block(title: str, lines: Iterable[str]) -> Text:
    return Text.assemble((f"\n{title}\n", "bold"), "\n".join(_indented(lines)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"  {plain(line)}" for line in lines)
