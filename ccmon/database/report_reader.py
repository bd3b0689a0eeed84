"""Reads what a report is made from: the floor at its moment, and the totals of stretches of days.

A report of a day is the snapshot of that moment. Of more than a day, finished days count as their totals say, and the
last one as it was at the moment: as for the week and the month of a quota (metrics.md 1.11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import asdict, replace

from ccmon.database import floor_reader, reader
from ccmon.database.as_of import AuditRow, FollowUpRow, follow_up_rows, totals
from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.database.moments import newest_at
from ccmon.database.opening import Opening
from ccmon.database.single_reading import SingleReading, single_reading
from ccmon.database.surveys import read_surveys
from ccmon.model.business_day import BusinessDay
from ccmon.model.costs import ResourceFigures
from ccmon.model.lost_callers import LostCallers
from ccmon.model.site import Site
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.stretches import (
    ReasonName,
    Recorded,
    ReportFigures,
    SiteCalendar,
    Stretch,
    StretchFigures,
    StretchKind,
    calls_of,
    is_comparable,
    orders_of,
)
from ccmon.snapshot import assemble
from ccmon.snapshot.agent_totals import NO_TOTALS as NO_AGENT_TOTALS
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, CampaignTotals, DayEdges
from ccmon.snapshot.periodic import FollowUpInputs, periodic_figures
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.periodic_rows import (
    AgentSales,
    CampaignSales,
    ContactReasonRow,
    CustomerSums,
    DaySale,
    FunnelCount,
    ReasonCount,
    SiteMargins,
)
from ccmon.snapshot.satisfaction import satisfaction_with_calls
from ccmon.snapshot.stretches import NO_TOTALS, TotalsOfPart, added_up

NO_ROWS: Mapping[str, Any] = {
    "periods": {}, "planned": {}, "planned_work": (), "low_scores": (),
    "lost_callers": LostCallers(()), "repeats": {}, "histories": {},
    "reached_today": frozenset(), "reasons": (), "concerned": (), "contact_reasons": (), "not_reached": (),
    "repeated_problems": (), "last_talks": {}, "investments": (),
}  # fmt: skip
"""What a stretch of days is not asked for."""


class ReportReader:
    """A database as of one moment."""

    def __init__(self, reading: SingleReading, own_limits: Mapping[str, int]) -> None:
        self._reading = reading
        self._database = reading.database
        self._own_limits = own_limits
        site = reading.database.row("site", Site)
        assert site is not None  # noqa: S101 - the reading has read it
        self._site = site
        self._owners: FollowUpInputs
        self._recorded = self._database.one_row("recorded", Recorded)

    def figures(self, stretch: Stretch) -> ReportFigures:
        """Everything about a stretch that ends at the moment of the reading, and about those before it."""
        rows, found = reader.read_rows(self._reading, self._own_limits)
        periodic = periodic_figures(found)
        floor = assemble(rows, self._reading.at, periodic=periodic)
        # A stretch shows who kept what was promised, not what may still be late.
        self._owners = replace(periodic.follow_up_inputs, promises=None, planned={})
        begins_at = self._database.value("oldest_moment")
        covered = self._covered(stretch, floor, found)
        before, week_before = self._compared(_as_far_as_known(stretch, floor.data_ends_at))
        return ReportFigures(
            floor=floor,
            covered=covered,
            before=self._before(before, covered, begins_at),
            week_before=self._known(week_before, begins_at),
            reason_names={
                row.id: ReasonName(row.name, row.product, bool(row.is_problem))
                for row in self._database.rows("contact_reasons", ContactReasonRow)
            },
            data_begins_at=begins_at,
            recorded=self._recorded,
            newest_at=newest_at(self._database) or None,
        )

    def _covered(self, stretch: Stretch, floor: FloorSnapshot, found: PeriodicData) -> StretchFigures:
        """What the report is about: of a day, the floor at its end, which also knows what is usual and what rises."""
        if stretch.kind is not StretchKind.DAY:
            return self._read(stretch, is_latest=self._reading.is_latest)
        return StretchFigures(
            stretch=stretch,
            floor=replace(floor, satisfaction=satisfaction_with_calls(found)),
            reasons=_by_reason(found.reasons),
            new_customers=None if floor.resources is None else floor.resources.new_customers,
        )

    def _compared(self, stretch: Stretch) -> tuple[Sequence[Stretch], Stretch | None]:
        """The stretch before or, for one within a day, those of the days before, and that of the week before."""
        calendar = SiteCalendar(ZoneInfo(self._site.time_zone), self._site.day_starts_ms)
        if stretch.kind is StretchKind.MONTH:
            return [calendar.month_before(stretch)], None
        a_week_before = calendar.days_before(stretch, 7)
        if stretch.kind is StretchKind.WEEK or len(stretch.days) > 1:
            return [a_week_before], None
        return [calendar.days_before(stretch, number) for number in range(1, 7)], a_week_before

    def _before(
        self, stretches: Sequence[Stretch], covered: StretchFigures, begins_at: int | None
    ) -> StretchFigures | None:
        """The latest of these stretches with enough calls to compare; if none has enough, the latest with calls."""
        latest = None
        for stretch in stretches:
            if len(stretches) > 1 and not self._has_calls(stretch.days[0]):
                continue
            found = self._known(stretch, begins_at)
            if found is not None and is_comparable(covered.floor, found.floor):
                return found
            latest = latest or found
        return latest

    def _has_calls(self, day: BusinessDay) -> bool:
        """Whether a day has calls; without any in the database, it may be compared by its orders."""
        if not self._recorded.calls:
            return True
        edges = {"starts_at": day.starts_at, "ends_at": day.ends_at}
        if self._database.row("past_day_edges", DayEdges, edges) is not None:
            return True
        agents = self._database.rows("agent_totals", AgentTotals, {"day_starts_at": day.starts_at})
        return any(agent.outbound for agent in agents)

    def _known(self, stretch: Stretch | None, begins_at: int | None) -> StretchFigures | None:
        """What is known of an earlier stretch; None where its data begins within it, or nothing happened in it."""
        if stretch is None or begins_at is None or begins_at >= stretch.days[0].ends_at:
            return None
        found = self._read(stretch, is_latest=False)
        return found if calls_of(found.floor) or (not self._recorded.calls and orders_of(found.floor)) else None

    def _read(self, stretch: Stretch, *, is_latest: bool) -> StretchFigures:
        data = self._floor_data(stretch, is_latest=is_latest)
        rows = self._periodic_data(stretch, data)
        periodic = replace(periodic_figures(rows), follow_up_inputs=self._owners)
        floor = assemble(data, stretch.at, periodic=periodic)
        new_customers = None if data.progress else sum(row.is_first for row in rows.sales)
        resources = _with_new_customers(floor.resources, new_customers)
        return StretchFigures(
            stretch=stretch,
            floor=replace(floor, resources=resources, satisfaction=satisfaction_with_calls(rows)),
            reasons=self._reasons(stretch),
            new_customers=new_customers,
        )

    def _floor_data(self, stretch: Stretch, *, is_latest: bool) -> FloorData:
        """The rows of a stretch, as if it were one long day."""
        last = floor_reader.read_floor_data(
            self._database, stretch.at, is_latest=is_latest, own_limits=self._own_limits
        )
        if stretch.starts_at == last.day.starts_at:
            return last
        database, day = self._database, stretch.as_one_day
        *earlier_days, last_day = stretch.days
        queues = dumps(list(last.directory.queues))
        parts = [self._part(each, stretch, queues) for each in earlier_days]
        if whole := [day for day in earlier_days if day.starts_at >= stretch.starts_at]:
            parts.append(self._orders(whole, stretch))
        # A stretch may begin within its last day, too.
        parts.append(
            _fields(last) if stretch.starts_at <= last_day.starts_at else self._part(last_day, stretch, queues)
        )
        parameters = floor_reader.parameters_of(self._site, day, stretch.at)
        if is_latest:
            follow_ups = floor_reader.follow_ups(database, parameters, day, last.due_moments)
        else:
            follow_ups = _follow_ups_at(database, parameters, last)
        handled_before = floor_reader.earlier_calls_handled_today(database, self._site, day)
        return replace(
            last,
            day=day,
            earlier_calls_handled_today=floor_reader.handled_by(handled_before, stretch.at),
            other_clients_sales=floor_reader.other_clients_sales(database, day, stretch.at),
            **added_up(parts, stretch.starts_at),
            **follow_ups,
        )

    def _part(self, day: BusinessDay, stretch: Stretch, queues: str) -> TotalsOfPart:
        """The totals of a day, or of that part of it which belongs to a stretch."""
        parameters = floor_reader.parameters_of(self._site, day, stretch.at)
        if stretch.starts_at > day.starts_at:
            edges = {**parameters, "day_starts_at": stretch.starts_at, "target_day_at": day.starts_at}
            found = totals(self._database.pairs("as_of_totals_since", edges), edges)
        else:
            found = floor_reader.day_totals(self._database, {**parameters, "queues": queues})
            return _without_sales(TotalsOfPart(**found))
        return TotalsOfPart(**found)

    def _orders(self, days: Sequence[BusinessDay], stretch: Stretch) -> TotalsOfPart:
        """The orders of whole days that stood at the end of the stretch: quotas of weeks and months count them so."""
        window = {"at": stretch.at, "since": days[0].starts_at, "day_starts_at": days[-1].ends_at}
        by_agent = self._database.rows("sales_by_agent", AgentSales, window)
        by_campaign = self._database.rows("sales_by_campaign", CampaignSales, window)
        return replace(
            NO_TOTALS,
            agent_days=[
                replace(
                    NO_AGENT_TOTALS,
                    agent_id=row.id,
                    converted=row.converted,
                    sales=row.sales,
                    revenue_cents=row.revenue_cents,
                )
                for row in by_agent
            ],
            campaign_days=[
                CampaignTotals(row.id, 0, 0, 0, row.converted, row.sales, row.revenue_cents) for row in by_campaign
            ],
        )

    def _periodic_data(self, stretch: Stretch, data: FloorData) -> PeriodicData:
        """What is read of a stretch beside its totals: orders, answers, what calls were for."""
        database, day = self._database, data.day
        parameters = {"at": stretch.at, "day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
        window = {**parameters, "since": day.starts_at, "until": day.ends_at}
        funnel = database.rows("sales_funnel", FunnelCount, parameters)
        return PeriodicData(
            at=stretch.at,
            site=self._site,
            day=day,
            directory=data.directory,
            finished=None,
            **asdict(database.one_row("site_margins", SiteMargins)),
            hourly_costs=database.pairs("hourly_costs"),
            sales=database.rows("day_sales", DaySale, parameters),
            funnel={(row.agent_id, row.campaign_id, row.direction, row.purpose): row for row in funnel},
            kept_customers=database.one_row("kept_customers", CustomerSums, window).customers,
            **read_surveys(database, window, is_latest=False),
            **NO_ROWS,
        )

    def _reasons(self, stretch: Stretch) -> Mapping[int | None, int]:
        day = stretch.as_one_day
        window = {"at": stretch.at, "since": day.starts_at, "until": day.ends_at}
        return _by_reason(self._database.rows("reason_counts", ReasonCount, window))


def read_report(path: Path, stretch: Stretch, own_limits: Mapping[str, int]) -> ReportFigures:
    """Everything that a report of a stretch is made from, in one look at the database.

    Args:
        path: the database.
        stretch: what it is about; if that is not over, it goes on to the present.
        own_limits: a person's own limits of alarms (`AlarmLimits.own`).

    Raises:
        CcmonError: the database cannot be read.
    """
    with Opening(path) as opening:
        moment = None if not stretch.is_over else lambda *_: stretch.at
        with single_reading(opening, moment) as reading:
            if reading.is_now:
                stretch = replace(stretch, at=min(max(stretch.at, reading.at), stretch.days[-1].ends_at - 1))
            return ReportReader(reading, own_limits).figures(stretch)


def _as_far_as_known(stretch: Stretch, data_ends_at: int | None) -> Stretch:
    """A stretch up to the end of its data: with more of an earlier one, it would not compare."""
    if stretch.is_over or data_ends_at is None or data_ends_at < max(stretch.starts_at, stretch.days[-1].starts_at):
        return stretch
    return replace(stretch, at=min(stretch.at, data_ends_at))


def _fields(data: FloorData) -> TotalsOfPart:
    """The totals among the rows of a day."""
    return TotalsOfPart(**{name: getattr(data, name) for name in TotalsOfPart.__struct_fields__})


def _follow_ups_at(database: Database, parameters: Mapping[str, Any], data: FloorData) -> dict[str, Any]:
    """The follow-ups of a stretch as they were at an earlier moment."""
    due_moments, starts_at = data.due_moments, parameters["day_starts_at"]
    own = {**parameters, "due_since": due_moments.since(starts_at)}
    rows = database.rows("as_of_follow_ups", FollowUpRow, own)
    return follow_up_rows(rows, database.rows("as_of_audit", AuditRow, own), own, due_moments.counts_as)


def _with_new_customers(figures: ResourceFigures | None, number: int | None) -> ResourceFigures | None:
    return None if figures is None else replace(figures, new_customers=number)


def _by_reason(rows: Iterable[ReasonCount]) -> Mapping[int | None, int]:
    counts: Counter[int | None] = Counter()
    for row in rows:
        counts[row.reason_id] += row.calls
    return counts


def _without_sales(part: TotalsOfPart) -> TotalsOfPart:
    """Kept totals without the orders in them, which also leave out those that were cancelled later."""
    return replace(
        part,
        agent_days=[replace(row, converted=0, sales=0, revenue_cents=0) for row in part.agent_days],
        campaign_days=[replace(row, converted=0, sales=0, revenue_cents=0) for row in part.campaign_days],
    )
