"""A report as content, in the order in which it is read, whatever it is written as."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from ccmon.formatting import clock, count, date_and_time, iso_minute, local_time, plain, plural
from ccmon.metrics.durations import coarse
from ccmon.metrics.percentage import percent
from ccmon.model.stretches import ReportFigures, Stretch, StretchKind
from ccmon.report.curve import Curve, curve_of, longest_silence, silence_text
from ccmon.report.figures import Earlier, with_currency
from ccmon.report.goals import Goal, goals
from ccmon.report.insight import Insight
from ccmon.report.insights import insights
from ccmon.report.lost_callers import lost_callers
from ccmon.report.parts import Narrowed, ReportPart, narrowed
from ccmon.report.people import agents, teams
from ccmon.report.promises import late_promises, owners, owners_not_at_work
from ccmon.report.queues import queues
from ccmon.report.reasons import reasons
from ccmon.report.recorded import TABLES_OF_CALLS, what_is_missing
from ccmon.report.service_rules import ON_TIME_BAD, ON_TIME_GOOD
from ccmon.report.tables import Table
from ccmon.snapshot.narrow import Filters
from ccmon.views.contact_reasons import FEW_CODED

A_DAY = timedelta(days=1)
NAMED = 5
"""So many agents are named in a remark."""
NAMELESS = "The call centre"
"""Stands for a site without a name."""


class About(Struct, frozen=True, kw_only=True):
    """What a report is about."""

    site: str
    title: str
    """The stretch of time in words."""
    extent: str
    """Up to when, in words."""
    filters: tuple[tuple[str, str], ...]
    """What is shown alone: each kind with its name; empty: everything."""
    made_at: int
    """When the report was made, by the floor's clock."""
    completeness: str
    """How complete the data is, in sentences."""
    is_complete: bool
    """Whether nothing is known to be missing."""
    earlier: tuple[Earlier, ...]
    """The stretches that it is compared with."""

    @property
    def shown(self) -> str:
        """What is shown, in words."""
        return ", ".join(f"{kind} {name}" for kind, name in self.filters) or "everything"


class Report(Struct, frozen=True, kw_only=True):
    """All of it."""

    narrowed: Narrowed
    about: About
    insights: tuple[Insight, ...]
    goals: tuple[Goal, ...]
    curve: Curve
    queues: Table
    lost_callers: Table | None
    """None where they are not known: of more or less than a day, or without calls."""
    teams: Table
    agents: Table
    problems: Table | None
    """None where no reasons are known."""
    owners: Table
    late_promises: Table
    remarks: tuple[str, ...]

    @property
    def stretch(self) -> Stretch:
        """The stretch of time."""
        return self.narrowed.stretch

    @property
    def currency(self) -> str | None:
        """The site's currency."""
        return self.narrowed.floor.currency

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened in the stretch."""
        return self.narrowed.covered.is_empty

    @property
    def shown_goals(self) -> tuple[Goal, ...]:
        """The goals for people: where the database has no calls at all, those of which anything is known."""
        return tuple(goal for goal in self.goals if goal.known or self.narrowed.recorded.calls)

    @property
    def shown_tables(self) -> tuple[Table, ...]:
        """The tables for people: none of calls without rows where the database has no calls at all."""
        known = self.narrowed.recorded.calls
        return tuple(table for table in self.tables if known or table.rows or table.key not in TABLES_OF_CALLS)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in their order."""
        found = (
            *(self.queues, self.lost_callers, self.teams, self.agents),
            *(self.problems, self.owners, self.late_promises),
        )
        return tuple(table for table in found if table is not None)


def report_of(figures: ReportFigures, filters: Filters, made_at: int) -> Report:
    """The report on some figures.

    Args:
        figures: what was read.
        filters: what is shown alone, with names as they are spelt on the floor.
        made_at: the present, by the floor's clock.
    """
    parts = narrowed(figures, filters)
    return Report(
        narrowed=parts,
        about=_about(parts, made_at),
        insights=insights(parts),
        goals=goals(parts),
        curve=curve_of(parts),
        queues=queues(parts),
        lost_callers=lost_callers(parts),
        teams=teams(parts),
        agents=agents(parts),
        problems=reasons(parts),
        owners=owners(parts),
        late_promises=late_promises(parts),
        remarks=tuple(_remarks(parts)),
    )


def _about(parts: Narrowed, made_at: int) -> About:
    sentences, is_complete = _completeness(parts)
    return About(
        site=parts.floor.site or NAMELESS,
        title=_title(parts.stretch, parts),
        extent=_extent(parts),
        filters=tuple(parts.filters.in_force),
        made_at=made_at,
        completeness=sentences,
        is_complete=is_complete,
        earlier=tuple(
            Earlier(field, _short_name(part), parts.is_comparable(part)) for field, part in parts.earlier.items()
        ),
    )


def _title(stretch: Stretch, parts: Narrowed) -> str:
    first, last = stretch.first_date, stretch.last_date
    if stretch.kind is StretchKind.MONTH:
        return f"{first:%B %Y}"
    if stretch.kind is StretchKind.WEEK:
        sunday = first + 6 * A_DAY
        start = f"{first.day}" if first.month == sunday.month else f"{first.day} {first:%B}"
        return f"Week {first.isocalendar().week}: {start} to {sunday.day} {sunday:%B %Y}"
    day = f"{last:%A} {last.day} {last:%B %Y}"
    if stretch.kind is StretchKind.DAY:
        return day
    since = local_time(stretch.starts_at, parts.zone)
    return f"Since {since:%H:%M}, {day}" if first == last else f"Since {since:%A} {since.day} {since:%B %Y %H:%M}"


def _extent(parts: Narrowed) -> str:
    stretch = parts.stretch
    if stretch.is_over:
        return {StretchKind.DAY: "the whole day", StretchKind.WEEK: "the whole week"}.get(
            stretch.kind, "the whole month"
        )
    at = local_time(stretch.at, parts.zone)
    if len(stretch.days) == 1:
        return f"up to {at:%H:%M}" if stretch.kind is StretchKind.SINCE else f"so far, up to {at:%H:%M}"
    return f"so far, up to {at:%a} {at.day} {at:%b %H:%M}"


def _short_name(part: ReportPart) -> str:
    """What an earlier stretch is called at the head of a column."""
    first, last = part.stretch.first_date, part.stretch.last_date
    if part.stretch.kind is StretchKind.MONTH and part.stretch.is_over:
        return f"{first:%b %Y}"
    if first == last:
        return f"{last:%a} {last.day} {last:%b}"
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{start} to {last.day} {last:%b}"


def _completeness(parts: Narrowed) -> tuple[str, bool]:
    """How complete the data is, in sentences, and whether it is."""
    floor, stretch = parts.floor, parts.stretch
    begins, newest = parts.data_begins_at, parts.newest_at
    if begins is None or newest is None:
        return "The database is still empty.", False
    if begins > stretch.at:
        return f"There was nothing on the floor yet: its data begins on {iso_minute(begins, parts.zone)}.", False
    said, is_complete = [], True
    if begins >= stretch.days[0].ends_at:
        said.append(f"What came before {iso_minute(begins, parts.zone)}, when the data begins, is not known.")
        is_complete = False
    if floor.incomplete is not None:
        said.append(floor.incomplete)
        is_complete = False
    if stretch.is_over and newest > stretch.at:
        said.append("As far as is known, the calls of this time are complete.")
    elif floor.data_ends_at is not None:
        ended = date_and_time(floor.data_ends_at, parts.zone)
        said.append(f"The newest data is of {ended}: whether anything came after it is not known.")
        is_complete = False
    elif floor.data_at is not None:
        age_ms = floor.data_age_ms or 0
        said.append(f"The newest data was {coarse(age_ms)} old.")
    return " ".join(said), is_complete


def _remarks(parts: Narrowed) -> Iterator[str]:
    """What a reader must know to judge the figures."""
    total, floor = parts.covered.floor.total, parts.floor
    for reason in dict.fromkeys(dict(floor.absent).values()):
        sections = [_SECTIONS[name] for name, why in floor.absent if why == reason and name in _SECTIONS]
        if sections:
            yield f"{', '.join(sections)}: {reason[0].lower()}{reason[1:]}"
    yield from what_is_missing(parts.recorded)
    silence = longest_silence(parts)
    if silence is not None:
        yield silence_text(*silence, parts)
    if total.unknown:
        yield (
            f"Of {plural(total.unknown, '{n} call', '{n} calls')} the outcome is unknown, as when the switch restarts: "
            "in no rate and in no mean (metrics.md 1.5)."
        )
    if total.cut_off:
        yield f"Of {plural(total.cut_off, '{n} answered call', '{n} answered calls')} nobody saw the end: not in AHT."
    if total.answered_without_wait:
        calls = plural(total.answered_without_wait, "{n} answered call", "{n} answered calls")
        yield f"Of {calls} the wait is not known: neither in the service level nor in ASA."
    yield from _about_earlier(parts)
    yield from _about_sales(parts)
    yield from _about_promises(parts)
    yield from _about_reasons(parts)
    yield from _about_answers(parts)
    rejected = [source for source in floor.sources if source.rejected]
    if rejected:
        names = ", ".join(f"{source.name} ({source.rejected:,})" for source in rejected)
        yield f"Records that could not be understood, of all days: {names}; ccmon sources --rejected shows them."
    if parts.covered.resources is not None and parts.covered.resources.labour_cents is not None:
        yield from parts.covered.resources.assumptions


_SECTIONS = {
    "sales": "Sales",
    "retention": "Loyal customers and churn",
    "problems": "Contact reasons",
    "resources": "Cost and contribution",
    "handling": "AHT",
    "satisfaction": "Satisfaction",
}


def _about_earlier(parts: Narrowed) -> Iterator[str]:
    kind, had = parts.stretch.kind, "calls" if parts.recorded.calls else "sales"
    if parts.data_begins_at is None or not (parts.recorded.calls or parts.recorded.orders):
        return
    if kind in {StretchKind.WEEK, StretchKind.MONTH} and parts.before is None:
        yield f"The {kind} before cannot be compared: its data is not complete, or it had no {had}."
    if kind is StretchKind.DAY and parts.week_before is None:
        yield f"The same weekday a week before cannot be compared: it had no {had}, or its data is not known."
    if (
        parts.before is not None
        and kind is StretchKind.DAY
        and parts.before.stretch.last_date != parts.stretch.last_date - A_DAY
    ):
        calls = f"enough {had} to compare" if parts.is_comparable(parts.before) else had
        yield f"The last day before it with {calls} was {parts.before.stretch.last_date:%A}."
    for part in parts.earlier.values():
        if parts.covered.calls and not parts.is_comparable(part):
            yield f"{_short_name(part)} had too few calls to compare with: {count(part.calls)}."
    if parts.earlier and not parts.stretch.is_over:
        at = next(iter(parts.earlier.values())).stretch.at
        yield f"Earlier figures are those up to {clock(at, parts.zone)}."


def _about_sales(parts: Narrowed) -> Iterator[str]:
    quota, sales = parts.quota, parts.covered.sales
    if not (parts.recorded.calls or parts.recorded.orders):
        return
    if quota is not None and quota.first_known_day is not None:
        yield f"Sales are known from {quota.first_known_day} on: the quota cannot be judged."
    month = parts.month_quota
    if month is not None and month.first_known_day is not None:
        yield f"Of the month, sales are known from {month.first_known_day} on: its quota cannot be judged."
    detail = None if sales is None else sales.detail
    if detail is not None:
        if detail.cancelled_orders:
            cancelled = plural(detail.cancelled_orders, "{n} cancelled order", "{n} cancelled orders")
            yield f"Left out: {cancelled}, {with_currency(detail.cancelled_cents, parts.floor.currency)}."
        for other in detail.other_currencies:
            orders = plural(other.orders, "{n} order", "{n} orders")
            yield f"Counted, but not in the revenue: {orders} in {other.currency}."
    if sales is not None and parts.filters.client is not None:
        for line in parts.floor.sales:
            own = parts.quota_of(line)
            if line.kind == "campaign" and own is not None:
                asked = f" of {count(own.quota_sales)}" if own.quota_sales else ""
                yield f"In campaign {plain(line.name)}, also sold by other teams: {count(own.sales)}{asked} sales."


def _about_promises(parts: Narrowed) -> Iterator[str]:
    if parts.covered.floor.follow_ups.on_time_of:
        what = "Promises have" if parts.covered.satisfaction is None else "Promises and satisfaction have"
        yield (
            f"{what} no target; the sentences call less than {percent(ON_TIME_BAD)} of the promises on time bad, "
            f"{percent(ON_TIME_GOOD)} or more good."
        )
    names = sorted(owner.name for owner in owners_not_at_work(parts))
    if names:
        more = f" and {count(len(names) - NAMED)} others" if names[NAMED:] else ""
        yield f"Owners of promises who were not at work: {', '.join(map(plain, names[:NAMED]))}{more}."


def _about_reasons(parts: Narrowed) -> Iterator[str]:
    counts = parts.covered.reasons
    if not counts or not parts.reason_names:
        return
    share = 1 - counts.get(None, 0) / sum(counts.values())
    if 0 < share < FEW_CODED:
        yield f"A reason was noted for {percent(share)} of the calls alone: the picture may be skewed."


def _about_answers(parts: Narrowed) -> Iterator[str]:
    said = parts.covered.satisfaction
    if said is not None and said.few_responses:
        yield f"Only {percent(said.response_rate)} of the customers asked have answered: they may not stand for all."
