"""The figures of the four goals of a centre: revenue, service, retention, use of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from ccmon.model.calls import Direction
from ccmon.model.costs import ResourceFigures
from ccmon.model.sales import QuotaFigures, SalesFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.stretches import StretchKind
from ccmon.report.figures import Better, Figure, Unit
from ccmon.report.lost_callers import caller_figures
from ccmon.report.parts import Narrowed, ReportPart
from ccmon.report.recorded import as_far_as_recorded, unknowable

Reading = Callable[[ReportPart], float | None]
"""Reads a figure of a part; None where it is not known."""
ON_PLAN = 1.0
"""Of a pace, and of an attained quota."""


class Goal(Struct, frozen=True):
    """A goal of the centre and what shows how far it was reached."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    reason: str | None = None
    """Why some of them are not known for what is shown."""
    unknowable: frozenset[str] = frozenset()
    """The keys of those that nothing recorded can tell: a remark says it of all of them."""

    @property
    def known(self) -> tuple[Figure, ...]:
        """The figures of which anything is known; what is read by people leaves out the others."""
        return tuple(each for each in self.figures if each.is_known)


def goals(narrowed: Narrowed) -> tuple[Goal, ...]:
    """All four."""
    found = (
        Goal("revenue", "Revenue", tuple(_revenue(narrowed)), _absent(narrowed, "sales")),
        Goal("service", "Service", tuple(_service(narrowed))),
        Goal("retention", "Retention", tuple(_retention(narrowed)), _absent(narrowed, "retention")),
        Goal("resources", "Use of resources", tuple(_resources(narrowed)), _absent(narrowed, "resources")),
    )
    unknown = unknowable(narrowed.recorded)
    return tuple(
        replace(goal, figures=as_far_as_recorded(goal.figures, narrowed.recorded), unknowable=unknown) for goal in found
    )


def _absent(narrowed: Narrowed, section: str) -> str | None:
    return dict(narrowed.floor.absent).get(section)


def _figure(
    narrowed: Narrowed,
    key: str,
    label: str,
    unit: Unit,
    value: Reading,
    *,
    better: Better = Better.NEITHER,
    target: float | None = None,
    may_grow: bool = False,
) -> Figure:
    """A figure with the same one of earlier stretches; that of a day on which the site was closed is not judged."""
    before, week_before = narrowed.before, narrowed.week_before
    if narrowed.was_closed:
        better, target = Better.NEITHER, None
    return Figure(
        key=key,
        label=label,
        unit=unit,
        better=better,
        value=value(narrowed.covered),
        target=target,
        may_grow=may_grow and not narrowed.stretch.is_over,
        before=None if before is None else value(before),
        week_before=None if week_before is None else value(week_before),
    )


def _of_sales(value: Callable[[SalesFigures], float | None]) -> Reading:
    """Reads a figure of the sales of a part."""
    return lambda part: None if part.sales is None else value(part.sales)


def _of_resources(value: Callable[[ResourceFigures], float | None]) -> Reading:
    """Reads a figure of the money or time of a part."""
    return lambda part: None if part.resources is None else value(part.resources)


def _of_answers(value: Callable[[SatisfactionFigures], float | None]) -> Reading:
    """Reads a figure of what customers said about the calls of a part."""
    return lambda part: None if part.satisfaction is None else value(part.satisfaction)


def _revenue(narrowed: Narrowed) -> Iterator[Figure]:
    make, quota = partial(_figure, narrowed), narrowed.quota
    yield make(
        "sales",
        "Sales",
        Unit.COUNT,
        _of_sales(lambda line: line.sales),
        better=Better.MORE,
        target=(quota.quota_sales or None) if quota else None,
        may_grow=True,
    )
    if quota is not None and quota.quota_sales:
        yield from _progress(quota, is_over=narrowed.stretch.is_over)
    yield make(
        "revenue_cents",
        "Revenue",
        Unit.MONEY,
        _of_sales(lambda line: line.revenue_cents),
        better=Better.MORE,
        target=(quota.quota_revenue_cents or None) if quota else None,
        may_grow=True,
    )
    if quota is not None and quota.quota_revenue_cents:
        yield _attained(
            "revenue_attainment",
            "Attainment: revenue over quota",
            quota.revenue_attainment,
            is_over=narrowed.stretch.is_over,
        )
    yield from _month_to_date(narrowed)
    yield make("sales_calls", "Sales calls", Unit.COUNT, _of_sales(lambda line: line.sales_calls))
    yield make("converted", "Converted sales calls", Unit.COUNT, _of_sales(lambda line: line.converted))
    yield make(
        "conversion",
        "Conversion",
        Unit.SMALL_SHARE,
        _of_sales(lambda line: line.conversion),
        better=Better.MORE,
        target=quota.quota_conversion if quota else None,
    )
    yield make(
        "average_order_cents",
        "Average order",
        Unit.MONEY,
        _of_sales(lambda line: None if line.detail is None else line.detail.average_order_cents),
        better=Better.MORE,
    )
    yield make("new_customers", "New customers", Unit.COUNT, _new_customers(narrowed), better=Better.MORE)


def _progress(quota: QuotaFigures, *, is_over: bool) -> Iterator[Figure]:
    """How far the quota of sales is attained and, before its end, where it will end."""
    more = Better.MORE
    yield _attained("attainment", "Attainment: sales over quota", quota.attainment, is_over=is_over)
    if is_over:
        return
    yield Figure(
        key="pace", label="Pace: sales over expected", unit=Unit.SHARE, value=quota.pace, better=more, target=ON_PLAN
    )
    yield Figure(
        key="projection",
        label="Sales forecast",
        unit=Unit.COUNT,
        value=None if quota.forecast is None else quota.forecast.expected,
        better=more,
        target=quota.quota_sales,
    )
    yield Figure(key="chance", label="Chance of reaching the quota", unit=Unit.CHANCE, value=quota.chance)


def _attained(key: str, label: str, attained: float | None, *, is_over: bool) -> Figure:
    """How far a quota is attained; it is judged once nothing more can come."""
    target = ON_PLAN if is_over else None
    return Figure(key=key, label=label, unit=Unit.SHARE, value=attained, better=Better.MORE, target=target)


def _month_to_date(narrowed: Narrowed) -> Iterator[Figure]:
    """Beside a day or a week: sales and revenue of its month up to the same moment, with the quota of the month."""
    stretch, quota = narrowed.stretch, narrowed.month_quota
    if quota is None:
        return
    is_known, named = True, "month to date"
    if quota.first_known_day is not None:
        first = date.fromisoformat(quota.first_known_day)
        is_known, named = False, f"since {first.day} {first:%b}"
    may_grow = not (stretch.is_over and stretch.last_date.isoformat() == quota.ends_on)
    for key, label, unit, value, target in (
        ("month_sales", "Sales", Unit.COUNT, quota.sales, quota.quota_sales),
        ("month_revenue_cents", "Revenue", Unit.MONEY, quota.revenue_cents, quota.quota_revenue_cents),
    ):
        yield Figure(
            key=key,
            label=f"{label}, {named}",
            unit=unit,
            value=value,
            better=Better.MORE,
            target=(target or None) if is_known else None,
            may_grow=may_grow,
        )
    if quota.quota_sales and is_known:
        label = "Pace, month to date"
        yield Figure(
            key="month_pace", label=label, unit=Unit.SHARE, value=quota.pace, better=Better.MORE, target=ON_PLAN
        )


def _new_customers(narrowed: Narrowed) -> Reading:
    """New customers of a part; for a part of the floor, only those of the report's own day, week or month."""

    def of(part: ReportPart) -> float | None:
        if part is not narrowed.covered or part.new_customers is not None:
            return part.new_customers
        if narrowed.stretch.kind is StretchKind.DAY:
            return None if part.sales is None or part.sales.detail is None else part.sales.detail.new_customers
        return None if narrowed.quota is None else narrowed.quota.new_customers

    return of


def _service(narrowed: Narrowed) -> Iterator[Figure]:
    make, total = partial(_figure, narrowed), narrowed.covered.floor.total
    more, less = Better.MORE, Better.LESS
    yield make("offered", "Offered", Unit.COUNT, lambda part: part.floor.total.offered)
    yield make("answered", "Answered", Unit.COUNT, lambda part: part.floor.total.answered)
    yield make("lost", "Lost", Unit.COUNT, lambda part: part.floor.total.lost, better=less)
    for key, label, number in _NEITHER:
        if any(number(part) for part in (narrowed.covered, *narrowed.earlier.values())):
            yield make(key, label, Unit.COUNT, number)
    yield from caller_figures(narrowed)
    yield make(
        "service_level_live",
        "Service level",
        Unit.SHARE,
        lambda part: part.floor.total.service_level_live(part.floor.known_until),
        better=more,
        target=total.service_level_target,
    )
    yield make(
        "abandonment_rate",
        "Abandonment rate",
        Unit.SMALL_SHARE,
        lambda part: part.floor.total.abandonment_rate,
        better=less,
    )
    yield make(
        "asa_ms", "Average speed of answer (ASA)", Unit.LENGTH, lambda part: part.floor.total.asa_ms, better=less
    )
    yield make(
        "longest_wait_today_ms",
        "Longest wait",
        Unit.LENGTH,
        lambda part: part.floor.total.longest_wait_today_ms(part.floor.known_until),
        better=less,
    )
    yield make(
        "satisfied",
        "Satisfied, of these calls" if narrowed.recorded.calls else "Satisfied, of this time",
        Unit.SHARE,
        _of_answers(lambda line: line.top_two_box),
        better=more,
    )
    yield make("answers", "Survey answers", Unit.COUNT, _of_answers(lambda line: line.answers))
    lately = narrowed.at_end.satisfaction
    if lately is None:
        return
    yield Figure(key="top_two_box", label="Satisfied, 28 days", unit=Unit.SHARE, value=lately.top_two_box, better=more)
    yield Figure(key="nps", label="Net promoter score (NPS), 28 days", unit=Unit.POINTS, value=lately.nps, better=more)
    yield Figure(
        key="first_contact",
        label="First contact resolution, 28 days",
        unit=Unit.SHARE,
        value=lately.first_contact.rate,
        better=more,
    )


_NEITHER: Sequence[tuple[str, str, Callable[[ReportPart], int]]] = (
    ("short_abandoned", "Short abandons", lambda part: part.floor.total.short_abandoned),
    ("diverted", "Diverted", lambda part: part.floor.total.diverted),
    ("unknown", "Outcome unknown", lambda part: part.floor.total.unknown),
    ("open", "Still waiting", lambda part: part.floor.total.open),
)
"""The offered calls that are neither answered nor lost: with these, all of them are counted."""


def _retention(narrowed: Narrowed) -> Iterator[Figure]:
    make, floor = partial(_figure, narrowed), narrowed.floor
    more, less = Better.MORE, Better.LESS
    yield make("on_time_of", "Promises due", Unit.COUNT, lambda part: part.floor.follow_ups.on_time_of)
    yield make("on_time_rate", "Promises kept on time", Unit.SHARE, lambda part: part.on_time_rate, better=more)
    yield make("done", "Follow-ups done", Unit.COUNT, lambda part: part.floor.follow_ups.done_today)
    yield make(
        "overdue",
        f"Overdue {narrowed.as_of}",
        Unit.COUNT,
        lambda part: part.floor.follow_ups.overdue,
        better=less,
    )
    yield make(
        "kept_customers",
        "Customers kept by retention calls",
        Unit.COUNT,
        _of_resources(lambda each: each.kept_customers),
        better=more,
    )
    unresolved = floor.unresolved_customers
    yield Figure(
        key="not_given_up",
        label="Unresolved customers",
        unit=Unit.COUNT,
        value=None if unresolved is None else len(unresolved),
        better=less,
    )
    retention = floor.retention
    if retention is None:
        return
    yield Figure(key="loyal", label="Loyal customers", unit=Unit.COUNT, value=retention.loyal, better=more)
    yield Figure(key="churn", label="Churn, 28 days", unit=Unit.SMALL_SHARE, value=retention.churn, better=less)


def _resources(narrowed: Narrowed) -> Iterator[Figure]:
    make = partial(_figure, narrowed)
    more, less = Better.MORE, Better.LESS
    yield make("handled", "Handled calls", Unit.COUNT, lambda part: part.handled)
    for direction, key, label in (
        (Direction.INBOUND, "aht_inbound_ms", "Average handling time (AHT), inbound"),
        (Direction.OUTBOUND, "aht_outbound_ms", "Average handling time (AHT), outbound"),
    ):
        yield make(key, label, Unit.LENGTH, _aht_in(direction), better=less)
    yield make("occupancy", "Occupancy", Unit.SHARE, lambda part: part.occupancy)
    yield make("logged_in_ms", "Time logged in", Unit.HOURS, lambda part: part.logged_in_ms)
    yield make(
        "calls_per_hour",
        "Calls per hour worked",
        Unit.NUMBER,
        _of_resources(lambda each: each.per_agent_hour),
        better=more,
    )
    yield make("labour_cents", "Wages", Unit.MONEY, _of_resources(lambda each: each.labour_cents))
    yield make(
        "cost_per_contact_cents",
        "Cost per call (wages)",
        Unit.MONEY,
        _of_resources(lambda each: each.cost_per_contact_cents),
        better=less,
    )
    yield make(
        "cost_per_sale_cents",
        "Cost per sale (wages)",
        Unit.MONEY,
        _of_resources(lambda each: each.cost_per_sale_cents),
        better=less,
    )
    yield make(
        "contribution_cents",
        "Contribution, after wages",
        Unit.MONEY,
        _of_resources(lambda each: each.contribution_cents),
        better=more,
    )


def _aht_in(direction: Direction) -> Reading:
    def of(part: ReportPart) -> float | None:
        handling = part.handling(direction)
        return None if handling is None else handling.aht_ms

    return of
