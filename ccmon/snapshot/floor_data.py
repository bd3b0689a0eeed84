"""The rows of one moment, before any figure is computed from them. Moments are Unix milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from ccmon.model.agents import Membership
from ccmon.model.alarm_history import NOTHING_BEFORE, AlarmHistory
from ccmon.model.business_day import BusinessDay
from ccmon.model.due_moments import DueMoments
from ccmon.model.opening_hours import NO_HOURS, OpeningCalendar, OpenStretch
from ccmon.model.site import Site, SiteMove
from ccmon.model.sources import Progress, Source
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_rows import (
    AgentTotals,
    CampaignTotals,
    EarlierCall,
    OpenCallRow,
    OpenFollowUpRow,
    OtherClientsSales,
    PastQuarter,
    PromiseRow,
    QueueTargets,
    QueueTotals,
    StateRow,
    TrackedSubject,
)


class PastDay(Struct, frozen=True, gc=False):
    """A finished business day and each queue's calls in it."""

    day: BusinessDay
    quarters: Mapping[int, Sequence[PastQuarter]]
    """By queue."""


class OpeningHours(Struct, frozen=True):
    """When work is done today: as the site has set, else from the first shift to the last, or as past days show."""

    stretches: tuple[OpenStretch, ...]
    """In order; none: closed."""
    calendar: OpeningCalendar = NO_HOURS
    """What the site has set for other days."""

    @property
    def total_ms(self) -> int:
        """Milliseconds of the whole day."""
        return sum(each.closes_at - each.opens_at for each in self.stretches)

    def left_ms(self, at: int) -> int:
        """Milliseconds left of the opening hours at a moment."""
        return sum(max(0, each.closes_at - max(at, each.opens_at)) for each in self.stretches)

    def set_ms(self, day: date) -> int | None:
        """Milliseconds of any day as the site has set; None: it has not."""
        return self.calendar.open_ms(day)

    def open_ms(self, day: date, *, usually: bool) -> int:
        """Milliseconds of another day: as the site has set, else as today, if its weekday is ``usually`` open."""
        known = self.set_ms(day)
        return known if known is not None else self.total_ms * usually


class PastDays(Struct, frozen=True, eq=False):
    """Days before today with which today is compared."""

    same_weekdays: tuple[PastDay, ...]
    """The last eight days of the same weekday, the latest first."""
    opening: OpeningHours | None
    """None if nothing shows them."""


class FloorData(Struct, frozen=True, eq=False):
    """The rows of one moment: from the totals for the present, from the calls themselves for an earlier moment."""

    site: Site
    day: BusinessDay
    directory: Directory
    past: PastDays
    targets: Mapping[int, QueueTargets]
    """By queue."""
    queue_totals: Mapping[int, QueueTotals]
    """By queue."""
    quarters: Mapping[int, Sequence[QueueTotals]]
    """By queue; the same object as before while nothing in it has changed."""
    longest_waits: Mapping[int, int | None]
    """The longest finished wait of each queue, in seconds."""
    histograms: Mapping[int, Mapping[int, int]]
    """By queue, handled inbound calls by handling time in seconds; the same object as before while nothing in it has
    changed."""
    outbound_histogram: Mapping[int, int]
    agent_days: Sequence[AgentTotals]
    earlier_calls_handled_today: Sequence[EarlierCall]
    campaign_days: Sequence[CampaignTotals]
    other_clients_sales: Sequence[OtherClientsSales]
    """Sales of the business day."""
    states: Sequence[StateRow]
    calls: Sequence[OpenCallRow]
    members: Sequence[Membership]
    """The same object as before while nothing in it has changed."""
    follow_ups: Sequence[OpenFollowUpRow]
    promises: Sequence[PromiseRow]
    follow_ups_done: Mapping[int | None, int]
    """Follow-ups done in the business day, by owner."""
    sources: Sequence[Source]
    tracked: Sequence[TrackedSubject]
    progress: Sequence[Progress]
    """Long work that still adds rows: until it is done, whatever needs all rows is unknown."""
    newest_at: int | None
    """Newest moment of any row; None for an empty database."""
    moved: SiteMove | None = None
    """To which database the site was moved; None: to none."""
    alarm_history: AlarmHistory = NOTHING_BEFORE
    """The same object as before while nothing in it has changed."""

    @property
    def due_moments(self) -> DueMoments:
        """When what falls due counts as due."""
        return DueMoments.of_site(self.directory.calendar, self.site)


def with_rows(data: FloorData, **rows: object) -> FloorData:
    """The data with other rows; equal rows are the same objects as before."""
    for name, value in tuple(rows.items()):
        if value == getattr(data, name):
            del rows[name]
    return replace(data, **rows) if rows else data
