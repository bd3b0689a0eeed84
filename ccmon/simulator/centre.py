"""The simulated centre: all numbers that define it, in one place.

Two client companies, and a third party that works for both. Volumes are for a floor of 40 agents and grow with the
floor; times are in seconds, money in cents, hours are local.
"""

from __future__ import annotations

from datetime import date
from math import ceil, sqrt
from typing import NamedTuple

from msgspec import Struct

from ccmon.model.queues import Purpose
from ccmon.simulator.random_streams import Distribution, exponential, log_normal
from ccmon.time_units import MINUTE_MS

FLOOR_OF = 40
"""The number of agents for which the volumes below are given."""
LARGEST_TEAM = 18


class ReasonSetting(NamedTuple):
    """Why customers call a queue."""

    name: str
    product: str | None
    share: float
    is_problem: bool = False


class QueueSetting(Struct, frozen=True):
    """An inbound queue."""

    name: str
    client: str
    purpose: Purpose
    calls_per_hour: float
    """Calls in a busy hour of a usual weekday."""
    talk: Distribution[int]
    wrap_up: Distribution[int]
    handling_target_ms: int
    reasons: tuple[ReasonSetting, ...]
    patience: Distribution[int] = exponential(240)
    ring: Distribution[int] = log_normal(4.5, 0.5)
    hold_share: float = 0.18
    hold: Distribution[int] = log_normal(42, 0.7)
    transfer_to: str | None = None
    transfer_share: float = 0.0
    conversion: float = 0.0
    order_cents: int = 0
    promise_share: float = 0.05
    """Share of handled calls after which the agent promises to call back on the same day."""
    promise: str = "call back"
    exit_key_share: float = 0.12
    """Share of callers who, after waiting 45 s or more, press the key for a call back."""
    retry_share: float = 0.3
    """Share of abandoned callers who try again within minutes."""
    survey_share: float = 0.16
    """Share of handled calls after which the customer answers a survey."""
    invited_share: float = 0.45
    """Share of the other calls after which the customer is asked but does not answer."""
    unknown_share: float = 0.1
    """Share of callers with a number unknown to the centre."""


class CampaignSetting(Struct, frozen=True):
    """An outbound campaign."""

    name: str
    client: str
    purpose: Purpose
    talk: Distribution[int]
    wrap_up: Distribution[int]
    conversion: float
    """Share of right-party contacts that convert."""
    order_cents: int
    contact_share: float = 0.34
    """Share of attempts that a person answers."""
    right_party_share: float = 0.62
    """Share of these in which it is the person sought."""
    leads: int = 2500


class TeamSetting(NamedTuple):
    """A team with its leader, its skills and its quota."""

    name: str
    client: str | None
    share: float
    """Share of all agents."""
    queues: tuple[str, ...]
    second_queues: tuple[tuple[str, float], ...] = ()
    """Queues in which a share of the team helps out when its own queues are empty."""
    campaigns: tuple[str, ...] = ()
    quota_sales_per_hour: float = 0.0
    quota_conversion: float | None = None
    order_cents: int = 0
    hourly_cost_cents: int = 2100


PlannedPause = tuple[int, int, str]
"""Start in minutes after local midnight, length in minutes, and reason."""


class ShiftPattern(NamedTuple):
    """A shift in minutes after local midnight."""

    starts: int
    ends: int
    breaks: tuple[PlannedPause, ...]

    def outside_breaks(self, minute: int) -> int:
        """A minute of the day; if it is in a break, the quarter of an hour after the break.

        Nobody promises a call for their own lunch break.
        """
        for begins, length, _ in self.breaks:
            if begins - 15 < minute < begins + length:
                minute = -(-(begins + length) // 15) * 15
        return minute


class PauseReason(NamedTuple):
    """A pause reason and its meaning (metrics.md 6.4), as a row of its table."""

    reason: str
    paid: bool
    productive: bool
    planned: bool
    limit_ms: int


class Investment(NamedTuple):
    """Another use of the same money, over four weeks from the first day of the data, as a row of its table."""

    name: str
    goal: str
    cost_cents: int
    revenue_cents: int | None
    customers_won: int | None
    customers_kept: int | None


AURORA, CASTELLANE = "Aurora Telecom", "Castellane Home"

_QUEUES = (
    QueueSetting(
        "Aurora Sales", AURORA, Purpose.SALES, 32, log_normal(310, 0.75), log_normal(52, 0.6), 390_000,
        (
            ReasonSetting("New fibre line", "Fibre", 0.42), ReasonSetting("Mobile plan", "Mobile", 0.28),
            ReasonSetting("Question about an offer", None, 0.2), ReasonSetting("Moving house", "Fibre", 0.1),
        ),
        conversion=0.25, order_cents=38_900, promise_share=0.07, promise="offer",
    ),
    QueueSetting(
        "Aurora Service", AURORA, Purpose.SERVICE, 70, log_normal(268, 0.85), log_normal(38, 0.7), 320_000,
        (
            ReasonSetting("Invoice question", None, 0.26),
            ReasonSetting("No connection", "Fibre", 0.2, is_problem=True),
            ReasonSetting("Slow connection", "Fibre", 0.15, is_problem=True),
            ReasonSetting("Change of contract", None, 0.15),
            ReasonSetting("Router restarts after update", "HomeBox 4", 0.04, is_problem=True),
            ReasonSetting("SIM card", "Mobile", 0.1), ReasonSetting("Technician's visit", "Fibre", 0.1),
        ),
        transfer_to="Aurora Retention", transfer_share=0.035, promise_share=0.05, promise="call back",
    ),
    QueueSetting(
        "Aurora Retention", AURORA, Purpose.RETENTION, 11, log_normal(405, 0.7), log_normal(70, 0.6), 500_000,
        (
            ReasonSetting("Wants to cancel", None, 0.55), ReasonSetting("Price too high", None, 0.3),
            ReasonSetting("Complaint", None, 0.15, is_problem=True),
        ),
        promise_share=0.1, promise="win back", patience=exponential(200),
    ),
    QueueSetting(
        "Castellane Orders", CASTELLANE, Purpose.SALES, 31, log_normal(205, 0.7), log_normal(30, 0.6), 250_000,
        (
            ReasonSetting("Order", "Catalogue", 0.6), ReasonSetting("Question about a product", "Catalogue", 0.25),
            ReasonSetting("Availability", "Catalogue", 0.15),
        ),
        conversion=0.44, order_cents=8_450, promise_share=0.03, promise="offer",
    ),
    QueueSetting(
        "Castellane Care", CASTELLANE, Purpose.SERVICE, 26, log_normal(225, 0.8), log_normal(34, 0.7), 270_000,
        (
            ReasonSetting("Where is my parcel", None, 0.38), ReasonSetting("Return or exchange", None, 0.27),
            ReasonSetting("Damaged on arrival", "Furniture", 0.12, is_problem=True),
            ReasonSetting("Refund", None, 0.13),
            ReasonSetting("Assembly question", "Furniture", 0.1),
        ),
        transfer_to="Castellane Loyalty", transfer_share=0.02, promise_share=0.06,
    ),
    QueueSetting(
        "Castellane Loyalty", CASTELLANE, Purpose.RETENTION, 5, log_normal(280, 0.7), log_normal(45, 0.6), 350_000,
        (
            ReasonSetting("Card benefits", "Loyalty card", 0.45), ReasonSetting("Wants to leave", "Loyalty card", 0.3),
            ReasonSetting("Complaint", None, 0.25, is_problem=True),
        ),
        promise_share=0.08, promise="win back",
    ),
)  # fmt: skip

_CAMPAIGNS = (
    CampaignSetting(
        "Aurora Fibre Upgrade", AURORA, Purpose.SALES, log_normal(230, 0.8), log_normal(32, 0.6), 0.15, 21_900
    ),
    CampaignSetting(
        "Castellane Win-back", CASTELLANE, Purpose.RETENTION, log_normal(165, 0.8), log_normal(26, 0.6), 0.19, 6_200
    ),
)

_TEAMS = (
    TeamSetting(
        "Aurora Sales", AURORA, 0.2, ("Aurora Sales",), (("Aurora Service", 0.6), ("Aurora Retention", 0.5)),
        quota_sales_per_hour=1.66, quota_conversion=0.28, order_cents=38_900, hourly_cost_cents=2_250,
    ),
    TeamSetting(
        "Aurora Service", AURORA, 0.3, ("Aurora Service",), (("Aurora Sales", 0.4), ("Aurora Retention", 0.2)),
        hourly_cost_cents=2_050,
    ),
    TeamSetting(
        "Aurora Retention", AURORA, 0.1, ("Aurora Retention",), (("Aurora Service", 0.75),), hourly_cost_cents=2_400,
    ),
    TeamSetting(
        "Castellane", CASTELLANE, 0.25, ("Castellane Orders", "Castellane Care", "Castellane Loyalty"), (),
        quota_sales_per_hour=2.1, quota_conversion=0.48, order_cents=8_450, hourly_cost_cents=1_900,
    ),
    TeamSetting(
        "Outbound", None, 0.15, (), (), ("Aurora Fibre Upgrade", "Castellane Win-back"),
        quota_sales_per_hour=1.17, quota_conversion=0.15, order_cents=14_500, hourly_cost_cents=1_950,
    ),
)  # fmt: skip


def _shift(starts: float, ends: float, *breaks: tuple[float, int, str]) -> ShiftPattern:
    """A shift from hours."""
    return ShiftPattern(
        round(starts * 60), round(ends * 60), tuple((round(at * 60), length, reason) for at, length, reason in breaks)
    )


PATTERNS = (
    _shift(9, 17.5, (10.75, 15, "Break"), (12.5, 30, "Lunch"), (15.5, 15, "Break")),
    _shift(8, 16.5, (9.5, 15, "Break"), (11.75, 30, "Lunch"), (14.25, 15, "Break")),
    _shift(11.5, 20, (13.5, 15, "Break"), (15.5, 30, "Lunch"), (17.25, 15, "Break")),
    _shift(9.5, 18, (11.25, 15, "Break"), (13, 30, "Lunch"), (15.75, 15, "Break")),
    _shift(8, 16.5, (10, 15, "Break"), (12.25, 30, "Lunch"), (14.75, 15, "Break")),
    _shift(9, 17.5, (11, 15, "Break"), (13, 30, "Lunch"), (15.25, 15, "Break")),
    _shift(11.5, 20, (13.75, 15, "Break"), (16, 30, "Lunch"), (17.75, 15, "Break")),
    _shift(9, 13.5, (11.25, 15, "Break")),
    _shift(8.5, 17, (10.25, 15, "Break"), (12.75, 30, "Lunch"), (15, 15, "Break")),
    _shift(9.5, 18, (11.5, 15, "Break"), (13.5, 30, "Lunch"), (16.25, 15, "Break")),
)

_PAUSE_REASONS = (
    PauseReason("Break", paid=True, productive=False, planned=True, limit_ms=20 * MINUTE_MS),
    PauseReason("Lunch", paid=False, productive=False, planned=True, limit_ms=35 * MINUTE_MS),
    PauseReason("Coaching", paid=True, productive=True, planned=True, limit_ms=45 * MINUTE_MS),
    PauseReason("Team meeting", paid=True, productive=True, planned=True, limit_ms=45 * MINUTE_MS),
    PauseReason("Training", paid=True, productive=True, planned=True, limit_ms=90 * MINUTE_MS),
    PauseReason("Floor support", paid=True, productive=True, planned=True, limit_ms=90 * MINUTE_MS),
    PauseReason("Personal", paid=True, productive=False, planned=False, limit_ms=10 * MINUTE_MS),
    PauseReason("Back office", paid=True, productive=True, planned=False, limit_ms=30 * MINUTE_MS),
    PauseReason("Auto-Pause", paid=True, productive=False, planned=False, limit_ms=5 * MINUTE_MS),
)

_INVESTMENTS = (
    Investment("Search advertising", "acquisition", 1_850_000, 4_120_000, 142, None),
    Investment("Catalogue mailing", "acquisition", 960_000, 1_540_000, 171, None),
    Investment("Loyalty card", "retention", 640_000, 1_310_000, None, 118),
    Investment("Help pages and chat", "service", 420_000, None, None, None),
)


class Centre(NamedTuple):
    """The whole centre."""

    agents: int
    teams: tuple[TeamSetting, ...]
    queues: tuple[QueueSetting, ...] = _QUEUES
    campaigns: tuple[CampaignSetting, ...] = _CAMPAIGNS
    pause_reasons: tuple[PauseReason, ...] = _PAUSE_REASONS
    investments: tuple[Investment, ...] = _INVESTMENTS
    name: str = "Harbour Contact Centre"
    currency: str = "EUR"
    margin: float = 0.34
    """Earnings as a share of revenue."""
    opening: tuple[tuple[int, int] | None, ...] = (*(((8 * 60, 20 * 60),) * 5), (9 * 60, 14 * 60), None)
    """Opening hours of Monday to Sunday in minutes after local midnight; None is closed."""
    weekdays: tuple[float, ...] = (1.07, 1.02, 1.0, 0.98, 0.95, 0.3, 0.0)
    """How busy a weekday is."""
    hours: tuple[tuple[float, float], ...] = (
        (8.0, 0.15), (8.5, 0.3), (9.0, 0.6), (9.75, 0.88), (10.5, 0.98), (11.25, 0.97), (12.25, 0.9), (13.25, 0.92),
        (14.25, 1.06), (15.25, 1.0), (16.25, 0.82), (17.0, 0.55), (17.75, 0.31), (18.5, 0.18), (20.0, 0.1),
    )  # fmt: skip
    """How busy an hour of the day is: points joined by straight lines."""
    trouble_share: float = 0.2
    """Share of days on which one queue gets more calls than planned for an hour or two."""
    problem: str = "Router restarts after update"
    """The contact reason that rises on the day of the problem."""

    def is_open(self, day: date) -> bool:
        """Whether the centre opens on a day."""
        return self.opening[day.weekday()] is not None

    def queue(self, name: str) -> QueueSetting:
        """The queue of this name."""
        return next(queue for queue in self.queues if queue.name == name)

    @property
    def clients(self) -> tuple[str, ...]:
        """The client companies."""
        return tuple(dict.fromkeys(queue.client for queue in self.queues))

    @property
    def scale(self) -> float:
        """Size relative to the floor that the settings describe."""
        return self.agents / FLOOR_OF

    @property
    def volume(self) -> float:
        """Number of calls relative to the floor that the settings describe: a larger floor handles more per agent."""
        return self.scale * (1 - 1.3 / sqrt(self.agents)) / (1 - 1.3 / sqrt(FLOOR_OF))


def standard_centre(agents: int = FLOOR_OF) -> Centre:
    """The centre of `ccmon demo` and `ccmon seed`; on a large floor, each team becomes several of its kind."""
    teams: list[TeamSetting] = []
    for team in _TEAMS:
        parts = ceil(team.share * agents / LARGEST_TEAM)
        names = [team.name] if parts == 1 else [f"{team.name} {number}" for number in range(1, parts + 1)]
        teams += [team._replace(name=name, share=team.share / parts) for name in names]
    return Centre(agents, tuple(teams))
