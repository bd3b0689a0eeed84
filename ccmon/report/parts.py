"""What a report is made from, narrowed to what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.formatting import clock
from ccmon.metrics import agents, ratios
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.costs import ResourceFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.sales import Period, QuotaFigures, SalesFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.stretches import (
    ReasonName,
    Recorded,
    ReportFigures,
    Stretch,
    StretchFigures,
    StretchKind,
    calls_of,
    is_comparable,
)
from ccmon.snapshot.narrow import Filters, narrow


class ReportPart(Struct, frozen=True):
    """A stretch of time, narrowed; every figure of it is read here."""

    stretch: Stretch
    floor: FloorSnapshot
    reasons: Mapping[int | None, int] | None
    """None: not known for what is shown."""
    new_customers: int | None

    @property
    def sales(self) -> SalesFigures | None:
        """The sales of all that is shown; None where they are not known for it."""
        return next((line for line in self.floor.sales[:1] if line.kind == "centre"), None)

    @property
    def resources(self) -> ResourceFigures | None:
        """Money and time; None where they are not known for what is shown."""
        return self.floor.resources

    @property
    def satisfaction(self) -> SatisfactionFigures | None:
        """What customers say of all that is shown; None where nobody was asked."""
        return next((line for line in (self.floor.satisfaction or ())[:1] if line.kind == "centre"), None)

    def handling(self, direction: Direction) -> HandlingFigures | None:
        """The handling time of all calls in a direction; None without any."""
        of_all = (line for line in self.floor.handling if line.kind == "centre" and line.direction is direction)
        return next((line for line in of_all if line.handled), None)

    @property
    def occupancy(self) -> float | None:
        """Occupancy of all agents together (metrics.md 6.6): of their times added up."""
        return occupancy_of(self.floor.agents, self.floor.known_until)

    @property
    def logged_in_ms(self) -> int | None:
        """Time logged in of all agents, pauses included; None where no agent's states are known."""
        return sum(agent.times(self.floor.known_until).logged_in_ms for agent in self.floor.agents) or None

    @property
    def handled(self) -> int | None:
        """Calls handled by the agents shown, in both directions; None where no call says which agent it was."""
        handled = sum(agent.handled for agent in self.floor.agents)
        return None if not handled and self.floor.total.handled else handled

    @property
    def calls(self) -> int:
        """Calls that came in, and the outbound ones."""
        return calls_of(self.floor)

    @property
    def answers(self) -> int:
        """Answers to surveys."""
        return 0 if self.satisfaction is None else self.satisfaction.answers

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened: no call, no order and no answer."""
        return not self.calls and not (self.sales is not None and self.sales.sales) and not self.answers

    @property
    def on_time_rate(self) -> float | None:
        """Share of the promised calls of the stretch that were made on time."""
        return ratios.share(self.floor.follow_ups.on_time, self.floor.follow_ups.on_time_of)


def occupancy_of(people: Iterable[AgentFigures], at: int) -> float | None:
    """Occupancy of some agents together at a moment: of their times added up."""
    known = [times for agent in people if (times := agent.times(at)).logged_in_ms]
    return agents.occupancy(
        sum(each.talk_ms for each in known),
        sum(each.hold_ms for each in known),
        sum(each.wrap_up_ms for each in known),
        sum(each.ready_ms for each in known),
    )


class Narrowed(Struct, frozen=True, kw_only=True):
    """All parts of a report, narrowed."""

    filters: Filters
    floor: FloorSnapshot
    """The floor at the moment of the report."""
    covered: ReportPart
    before: ReportPart | None
    week_before: ReportPart | None
    reason_names: Mapping[int | None, ReasonName]
    data_begins_at: int | None
    newest_at: int | None
    recorded: Recorded

    @property
    def stretch(self) -> Stretch:
        """What the report is about."""
        return self.covered.stretch

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.floor.time_zone)

    @property
    def as_of(self) -> str:
        """The moment for which the report holds, in words: at the end of the day, at 14:32."""
        if not self.stretch.is_over:
            return f"at {clock(self.stretch.at, self.zone)}"
        return f"at the end of the {self.stretch.kind}"

    @property
    def earlier(self) -> Mapping[str, ReportPart]:
        """The known earlier stretches, by the names that they have here and in figures."""
        found = {"before": self.before, "week_before": self.week_before}
        return {name: part for name, part in found.items() if part is not None}

    def is_comparable(self, part: ReportPart) -> bool:
        """Whether an earlier stretch has enough calls for differences to say something."""
        return is_comparable(self.covered.floor, part.floor)

    @property
    def at_work(self) -> Sequence[AgentFigures]:
        """The agents who were there, or have calls or orders."""
        floor = self.covered.floor
        return [
            agent
            for agent in floor.agents
            if agent.handled or agent.sales or agent.missed or agent.times(floor.known_until).logged_in_ms
        ]

    @property
    def compared(self) -> ReportPart | None:
        """What the sentences compare with: the same weekday a week before, else what came before, if comparable."""
        return next((part for part in (self.week_before, self.before) if part and self.is_comparable(part)), None)

    @property
    def at_end(self) -> ReportPart:
        """The floor at the moment of the report, which looks back 28 days where a stretch does not."""
        return ReportPart(self.stretch, self.floor, None, None)

    def quota_of(self, line: SalesFigures | None) -> QuotaFigures | None:
        """The quota of a line of sales for what the report is about."""
        if line is None or self.stretch.kind is StretchKind.SINCE:
            return None
        period = Period(self.stretch.kind.value)
        return next((each for each in line.quotas if each.period is period), None)

    @property
    def quota(self) -> QuotaFigures | None:
        """The quota of all that is shown; None of a day on which the site was closed."""
        return None if self.was_closed else self.quota_of(self.at_end.sales)

    @property
    def month_quota(self) -> QuotaFigures | None:
        """Beside a day or a week: the quota of its month, up to the same moment; None without one."""
        line = self.at_end.sales
        if line is None or self.stretch.kind not in {StretchKind.DAY, StretchKind.WEEK}:
            return None
        return next((each for each in line.quotas if each.period is Period.MONTH), None)

    @property
    def was_closed(self) -> bool:
        """Whether this is about a day on which the site was closed, and on which nothing happened."""
        opening = self.floor.opening_hours
        is_closed_day = self.stretch.kind is StretchKind.DAY and opening is not None and not opening.today
        return is_closed_day and self.covered.is_empty


def narrowed(figures: ReportFigures, filters: Filters) -> Narrowed:
    """The parts that the filters let through, whose names must be those on the floor."""

    def part(known: StretchFigures | None) -> ReportPart | None:
        if known is None:
            return None
        return ReportPart(
            known.stretch,
            narrow(known.floor, filters),
            None if filters else known.reasons,
            None if filters else known.new_customers,
        )

    covered = part(figures.covered)
    assert covered is not None  # noqa: S101 - what a report is about is always there
    return Narrowed(
        filters=filters,
        floor=narrow(figures.floor, filters),
        covered=covered,
        before=part(figures.before),
        week_before=part(figures.week_before),
        reason_names=figures.reason_names,
        data_begins_at=figures.data_begins_at,
        newest_at=figures.newest_at,
        recorded=figures.recorded,
    )
