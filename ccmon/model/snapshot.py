"""The one record from which a frame of the screen is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ccmon.model.agents import AgentFigures, Membership
from ccmon.model.alarm_history import NOTHING_BEFORE, AlarmHistory
from ccmon.model.alarm_limits import USUAL_LIMITS, AlarmLimits
from ccmon.model.alarms import Alarm
from ccmon.model.business_day import BusinessDay
from ccmon.model.contact_reasons import ProblemFigures
from ccmon.model.costs import ResourceFigures, ValueFigures
from ccmon.model.due_moments import DueMoments
from ccmon.model.follow_ups import FollowUpFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.lost_callers import LostCallers
from ccmon.model.opening_hours import OpeningFigures
from ccmon.model.queues import QueueFigures, QueueWindow, WaitingCall
from ccmon.model.retention import RetentionFigures, SecondPurchase, UnresolvedCustomer
from ccmon.model.sales import SalesFigures
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.model.site import SiteMove
from ccmon.model.sources import Progress, Source


class FloorSnapshot(Struct, frozen=True, kw_only=True):
    """Everything that a frame of the screen, a JSON object or a report shows: the floor at one moment."""

    at: int
    """The moment for which all figures hold."""
    data_at: int | None
    """The newest moment for which the database is known to be complete; None for an empty database."""
    time_zone: str
    """IANA name of the site's zone."""
    site: str | None
    """Name of the site; None: not set."""
    currency: str | None
    """ISO code of the site's currency; None: not set."""
    day: BusinessDay
    """The business day over which figures are counted."""
    queues: tuple[QueueFigures, ...]
    """One record per queue."""
    total: QueueFigures
    """All queues together."""
    waiting: tuple[WaitingCall, ...]
    """Callers waiting now, by queue and time of entry."""
    agents: Sequence[AgentFigures]
    """One record per agent."""
    memberships: Sequence[Membership]
    """Which agent serves which queue now."""
    sales: Sequence[SalesFigures]
    """The centre first, then clients, teams, campaigns and agents."""
    handling: tuple[HandlingFigures, ...]
    """Handling time of the centre, the queues and the teams."""
    follow_ups: FollowUpFigures
    """Follow-up calls due."""
    alarms: Sequence[Alarm]
    """What needs a person, the worst first."""
    sources: tuple[Source, ...]
    """Where calls come from."""
    progress: tuple[Progress, ...]
    """Long work under way in the background."""
    speed: float = 1.0
    """Seconds on the floor per real second: other than 1 only where a floor is simulated faster."""
    periodic_at: int | None = None
    """The moment up to which the periodic figures were read: on a watched floor usually at most half a minute before
    ``at``, more where reading them takes long; None before the first reading, for which the first frame does not
    wait."""
    data_ends_at: int | None = None
    """When the data ends, if that is too long ago for it to show the present; else None."""
    incomplete: str | None = None
    """Why some figures are not known yet, for a person: they have not been read, or rows of the past are still coming
    in. None when all are known."""
    satisfaction: tuple[SatisfactionFigures, ...] | None = None
    """The centre first, then queues, teams and agents; each has an answer, an invitation or a contact. Like the lists
    after it, None while not known yet (`incomplete`)."""
    low_scores: tuple[LowScore, ...] | None = None
    """Today's very low scores, the latest first."""
    lost_callers: LostCallers | None = None
    """Callers of today who gave up, and whether anybody has talked with them since."""
    retention: RetentionFigures | None = None
    """Who buys again; None before the first order, and while not known yet."""
    unresolved_customers: tuple[UnresolvedCustomer, ...] | None = None
    """Customers who must not be forgotten: the longest silence first, then those with the latest last call."""
    second_purchases: tuple[SecondPurchase, ...] | None = None
    """One-time buyers whose usual time to buy again ends within the next seven days, the soonest first."""
    problems: ProblemFigures | None = None
    """Why customers call; None where no contact reasons are kept, and while not known yet."""
    resources: ResourceFigures | None = None
    """What today costs and brings in; None while not known yet."""
    value: ValueFigures | None = None
    """The same money elsewhere; None without investments, and while not known yet."""
    alarm_limits: AlarmLimits = USUAL_LIMITS
    """From when on something is worth an alarm."""
    alarm_history: AlarmHistory = NOTHING_BEFORE
    """What alarms need to know of the time before."""
    opening_hours: OpeningFigures | None = None
    """When the site is open; None where its hours of today are not set."""
    shift_ends: Mapping[int, int] = {}
    """When today's shift of an agent ends, by agent id, of those who have one."""
    due_moments: DueMoments | None = None
    """When what is promised counts as due, by the opening hours of all days."""
    queue_window: QueueWindow | None = None
    """The part of the day over which calls of queues are counted; None: all of it."""
    moved: SiteMove | None = None
    """To which database the site has been moved; None: to none, this one is in force."""
    absent: tuple[tuple[str, str], ...] = ()
    """Parts that cannot be computed for the narrowed floor, each with the reason, for a person."""

    @property
    def known_until(self) -> int:
        """The moment up to which the floor is known, and up to which times in a state and waits run."""
        return self.at if self.data_ends_at is None else self.data_ends_at

    @property
    def data_age_ms(self) -> int | None:
        """Age of the newest data at the snapshot's moment; None for an empty database."""
        return None if self.data_at is None else max(0, self.at - self.data_at)
