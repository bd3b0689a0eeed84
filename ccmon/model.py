"""The nouns of a call centre as frozen records, and the one record that a frame of the screen is drawn from.

Moments are integer Unix milliseconds, UTC, and end in ``_at``; lengths of time are integer milliseconds and end in
``_ms``; money is integer minor units and ends in ``_cents``; ratios run from 0 to 1. ``None`` means unknown or not yet,
never 0 (metrics.md 1.3). Texts are plain, as a source wrote them: whoever shows them makes them safe.

Counts and sums are stored; ratios and means are properties made from them by `ccmon.metrics`, so that no two places can
disagree about one.

Records of which a frame has thousands are named tuples: a frozen dataclass of 28 fields takes twenty times as long to
make.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ccmon.business import (
    AgentFollowUps,
    LowScore,
    Period,
    ProblemFigures,
    QuotaFigures,
    ResourceFigures,
    RetentionFigures,
    SalesDetail,
    SatisfactionFigures,
    SecondPurchase,
    UnresolvedCustomer,
    ValueFigures,
)
from ccmon.metrics import agents, handling, sales, sales_funnel, service_level, wait_times
from ccmon.metrics.follow_ups import LateReason
from ccmon.metrics.quotas import Verdict, verdict


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Purpose(StrEnum):
    """What a queue or campaign is for."""

    SALES = "sales"
    SERVICE = "service"
    RETENTION = "retention"


class Outcome(StrEnum):
    """How a visit to a queue ended (metrics.md 2). A visit that has not ended has none."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    NO_AGENTS = "no_agents"
    INCOMPATIBLE = "incompatible"
    EXIT_KEY = "exit_key"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class AgentState(StrEnum):
    """What an agent is doing (metrics.md 6.1). An agent has one state, however many queues they serve."""

    TALKING = "talking"
    HOLD = "hold"
    WRAP_UP = "wrap_up"
    DIALLING = "dialling"
    RINGING = "ringing"
    PAUSED = "paused"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    LOGGED_OUT = "logged_out"
    UNKNOWN = "unknown"
    """No source tells this agent's states."""


ON_THE_PHONES = frozenset(
    {
        AgentState.READY,
        AgentState.RINGING,
        AgentState.DIALLING,
        AgentState.TALKING,
        AgentState.HOLD,
        AgentState.WRAP_UP,
    }
)
"""States of an agent who is at work on calls or ready for one (metrics.md 11.8)."""


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """``[starts_at, ends_at)`` of one local date; 23, 24 or 25 hours long (metrics.md 1.7)."""

    date: str
    """ISO date in the site's time zone."""
    starts_at: int
    ends_at: int


class Quarter(NamedTuple):
    """A queue's calls that entered in one quarter of an hour, for curves."""

    starts_at: int
    offered: int
    answered: int
    answered_in_threshold: int
    lost: int
    """Abandoned, less short abandons, plus callers the system gave up on."""
    service_level: float | None
    answered_without_wait: int = 0
    """Of the answered: see `QueueFigures`."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue today, or the total over several queues (``id`` is None)."""

    id: int | None
    name: str
    purpose: str | None
    client: str | None
    service_level_threshold_ms: int | None
    """None in a total over queues with different thresholds."""
    service_level_target: float | None
    handling_target_ms: int | None

    waiting: int
    longest_wait_since: int | None
    """Entry of the caller who waits longest; None when nobody waits."""
    talking: int
    agents_ready: int
    agents_on_phones: int
    agents_needed: int | None

    offered: int
    answered: int
    answered_in_threshold: int
    abandoned: int
    short_abandoned: int
    timed_out: int
    no_agents: int
    """Removed because nobody could serve, incompatible channels included."""
    diverted: int
    unknown: int
    cut_off: int
    """Of the answered: nobody saw their end, so that their length is unknown (metrics.md 1.5)."""
    answered_without_wait: int
    """Of the answered: nobody knows when, so that they are in neither part of the service level and of ASA."""
    open: int
    """Visits still waiting, of those offered today."""
    waiting_past_threshold: int
    """Of the open ones, those already past the threshold: misses in the live service level."""
    answered_wait_ms: int
    abandoned_wait_ms: int
    """Waits of those who abandoned, short abandons left out."""
    longest_wait_today_ms: int | None
    """Over finished and waiting visits."""
    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    quarters: tuple[Quarter, ...] = ()
    agents_allotted: int | None = None
    """Of those on the phones, the queue's part: whoever serves several queues is counted in one (metrics.md 11.8).
    In a total that is short, those of them who are needed. None where no members or no needs
    are known."""

    agents_known: bool = True
    """Whether any source tells who serves the queue; if not, how many agents are there is not known, and not 0."""

    @property
    def agents_gap(self) -> int | None:
        """Agents allotted less agents needed: negative where the queue is short; None where either is unknown."""
        if self.agents_allotted is None or self.agents_needed is None:
            return None
        return self.agents_allotted - self.agents_needed

    @property
    def short_of_agents(self) -> bool:
        """Whether more agents are needed than are allotted."""
        return (self.agents_gap or 0) < 0

    @property
    def answered_after_wait(self) -> int:
        """Answered visits whose wait is known: what the service level and ASA are made of (metrics.md 1.5)."""
        return self.answered - self.answered_without_wait

    @property
    def service_level(self) -> float | None:
        """Share answered within the threshold, ccmon's default formula (metrics.md 4)."""
        return service_level.service_level(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            abandoned=self.abandoned,
            gave_up=self.timed_out + self.no_agents,
            short_abandoned=self.short_abandoned,
        )

    @property
    def service_level_live(self) -> float | None:
        """The same with callers now waiting past the threshold counted as misses (metrics.md 4, live form)."""
        return service_level.service_level_live(
            answered_in_threshold=self.answered_in_threshold,
            answered=self.answered_after_wait,
            abandoned=self.abandoned,
            gave_up=self.timed_out + self.no_agents,
            short_abandoned=self.short_abandoned,
            waiting_past_threshold=self.waiting_past_threshold,
        )

    @property
    def asa_ms(self) -> float | None:
        """Average speed of answer (metrics.md 5)."""
        return wait_times.average(self.answered_wait_ms, self.answered_after_wait)

    @property
    def average_abandon_ms(self) -> float | None:
        """Mean wait of those who abandoned, short abandons left out (metrics.md 5)."""
        return wait_times.average(self.abandoned_wait_ms, self.abandoned - self.short_abandoned)

    @property
    def abandonment_rate(self) -> float | None:
        """Share of finished visits abandoned, short abandons left out (metrics.md 3)."""
        return service_level.abandonment_rate(
            abandoned=self.abandoned,
            short_abandoned=self.short_abandoned,
            finished=self.finished,
        )

    @property
    def lost(self) -> int:
        """Callers who were not served: abandoned, short abandons left out, and given up on (metrics.md 3)."""
        return service_level.lost(
            abandoned=self.abandoned, short_abandoned=self.short_abandoned, gave_up=self.timed_out + self.no_agents
        )

    @property
    def finished(self) -> int:
        """Visits whose wait has ended in a known way: answered, abandoned, given up on or diverted."""
        return self.answered + self.abandoned + self.timed_out + self.no_agents + self.diverted

    @property
    def aht_ms(self) -> float | None:
        """Average handling time: talk, hold and wrap-up over handled calls (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)


class WaitingCall(NamedTuple):
    """A caller who waits now."""

    queue_id: int
    queue: str
    position: int
    """From 1, by time of entry within the queue."""
    caller: str | None
    customer: str | None
    entered_at: int


class Membership(NamedTuple):
    """An agent's place in a queue: able to take its calls unless paused there."""

    queue_id: int
    queue: str
    agent_id: int
    agent: str
    """The agent's login."""
    paused: bool
    reason: str | None
    paused_since: int | None


class AgentFigures(NamedTuple):
    """One agent: the state now and the business day so far.

    Times are those spent in each state, the running one included, cut at the edges of the day: with dialling, ringing
    and a dead telephone (`other_ms`) they add up to the time logged in. Of an agent whose states no source tells they
    are those of the handled calls, cut likewise, and nothing is known of the rest.
    """

    id: int
    login: str
    name: str
    team: str | None
    client: str | None
    """The client company of the agent's team."""
    state: AgentState
    reason: str | None
    since: int | None
    """Start of the present state; None when no state is known."""
    queue: str | None
    """Queue or campaign of the present call."""
    queues: tuple[str, ...]
    """Names of the queues the agent is a member of now."""
    handled: int
    inbound: int
    outbound: int
    handled_talk_ms: int
    """Of the handled calls, whole, by the day of their entry: what the average handling time is made of."""
    handled_hold_ms: int
    handled_wrap_up_ms: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    ready_ms: int
    paused_ms: int
    logged_in_ms: int
    """0 where no source tells the agent's states."""
    missed: int
    sales_calls: int
    converted: int
    """Sales calls that led to at least one sale."""
    sales: int
    revenue_cents: int
    satisfied: int
    surveys: int
    """Answers of the last 28 business days (metrics.md 9.1); ``satisfied`` of them are in the top two boxes."""

    @property
    def other_ms(self) -> int | None:
        """What is left of the time logged in: dialling, ringing, the telephone dead. None where no state is known."""
        known = self.talk_ms + self.hold_ms + self.wrap_up_ms + self.ready_ms + self.paused_ms
        return self.logged_in_ms - known if self.logged_in_ms else None

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(
            self.handled_talk_ms, self.handled_hold_ms, self.handled_wrap_up_ms, self.handled
        )

    @property
    def occupancy(self) -> float | None:
        """Share of handling in handling plus ready time; None below 15 minutes and where no state is known."""
        if not self.logged_in_ms:
            return None
        return agents.occupancy(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.ready_ms)

    @property
    def conversion(self) -> float | None:
        """Sales calls that led to a sale over sales calls (metrics.md 8.2)."""
        return sales.conversion(self.converted, self.sales_calls)

    @property
    def satisfaction(self) -> float | None:
        """Top-2-box share; None below 10 answers (metrics.md 9.4)."""
        return sales.share_of_enough(self.satisfied, self.surveys, at_least=10)


class SalesFigures(NamedTuple):
    """Sales of the business day for the centre, a client, team, campaign or agent, beside the quotas."""

    scope: str
    """centre, client, team, campaign or agent; a client's are those of its campaigns, else of the teams that work for
    it; the client with the id None holds what is no client's"""
    id: int | None
    name: str
    client: str | None
    sales_calls: int
    """Inbound: answered calls of sales queues. Outbound: right-party contacts (metrics.md 8.2)."""
    converted: int
    sales: int
    """Orders, cancelled ones taken out."""
    revenue_cents: int
    currency: str | None
    quota_sales: int | None
    quota_conversion: float | None
    expected_by_now: float | None
    """Sales that the quota expects by this moment (metrics.md 8.3)."""
    expected_basis: str | None
    """"usual day" (weighted by at least four same weekdays) or "linear"."""
    projection: float | None
    quotas: tuple[QuotaFigures, ...] = ()
    """Each quota that is set: of the day, the week, the month. An agent's may be a part of the team's."""
    detail: SalesDetail | None = None
    """None before it has been read (`FloorSnapshot.business_at`)."""
    worked_ms: int | None = None
    """Time logged in less pauses today; None for a campaign."""
    revenue_projection_cents: float | None = None
    """Revenue at the end of the day, of the sales still to come of ``projection``; None where no order is known."""

    @property
    def day_quota(self) -> QuotaFigures | None:
        """The quota of the day, if there is one."""
        return next((quota for quota in self.quotas if quota.period is Period.DAY), None)

    @property
    def verdict(self) -> Verdict | None:
        """Surely behind, cannot tell yet, surely ahead: the conversion's interval against the quota's conversion."""
        return verdict(self.converted, self.sales_calls, self.quota_conversion)

    @property
    def revenue_per_call_cents(self) -> float | None:
        """Net revenue over sales calls."""
        return sales_funnel.revenue_per_call(self.revenue_cents, self.sales_calls)

    @property
    def sales_per_hour(self) -> float | None:
        """Orders that stand for each hour worked; None below half an hour of work."""
        enough = self.worked_ms is not None and self.worked_ms >= sales_funnel.HOUR_MS // 2
        return sales_funnel.per_hour(self.sales, self.worked_ms or 0) if enough else None

    @property
    def conversion(self) -> float | None:
        """Converted sales calls over sales calls."""
        return sales.conversion(self.converted, self.sales_calls)

    @property
    def conversion_interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the conversion (metrics.md 9.4)."""
        return sales.wilson_interval(self.converted, self.sales_calls)

    @property
    def attainment(self) -> float | None:
        """Sales so far over the full quota."""
        return sales.attainment(self.sales, self.quota_sales)

    @property
    def pace(self) -> float | None:
        """Sales so far over the sales expected by now."""
        return sales.pace(self.sales, self.expected_by_now)


@dataclass(frozen=True, slots=True)
class HandlingFigures:
    """Handling time of the business day for the centre, a queue or a team, inbound and outbound apart."""

    scope: str
    """centre, queue or team"""
    id: int | None
    name: str
    client: str | None
    direction: Direction
    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    median_ms: int | None
    """Nearest rank, whole seconds; None for a team (no histogram is kept) and for an empty set."""
    p90_ms: int | None
    """As the median; None below 10 handled calls."""
    target_ms: int | None
    usual_aht_ms: float | None = None
    """Mean over the same weekdays of past weeks, up to eight; None without any."""

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)


class FollowUp(NamedTuple):
    """A call promised to a customer and not yet made."""

    id: int
    customer: str | None
    owner: str | None
    """Name of the agent who owes it."""
    team: str | None
    client: str | None
    kind: str
    due_at: int
    promised_at: int
    """The first due moment: what an agent moves does not move this."""
    overdue_since: int
    """From here on it counts as overdue: the due moment plus the grace (metrics.md 10.3)."""
    note: str | None
    phone: str | None = None
    """The customer's."""
    owner_id: int | None = None
    late_chance: float | None = None
    """How likely it is not done by the first due moment and its grace (metrics.md 10.3); 1 once that has passed."""
    late_reason: LateReason | None = None
    """What makes it as likely as that; None where that is not known, and once it is late."""


@dataclass(frozen=True, slots=True)
class FollowUpFigures:
    """Follow-up calls of the business day. ``items`` are open and due today or before, the oldest first."""

    due_today: int | None
    """Open and due within today's business day. None, as the next two, while rows are still coming in."""
    overdue: int | None
    done_today: int | None
    on_time: int
    """Of the follow-ups promised for today or done today, those done by their promised moment plus grace."""
    on_time_of: int
    items: tuple[FollowUp, ...]
    owners: tuple[AgentFollowUps, ...] | None = None
    """By owner, those with most promises that will be late first; None before shifts and usual times are known."""

    @property
    def at_risk(self) -> int | None:
        """Promises that are not late yet and more likely than not will be; None before that has been read."""
        found = None if self.owners is None else _sum_of(owner.at_risk for owner in self.owners)
        return None if found is None else int(found)

    @property
    def late_expected(self) -> float | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.owners is None else _sum_of(owner.late_expected for owner in self.owners)

    @property
    def on_time_rate(self) -> float | None:
        """Done on time over those whose original due moment lies in the day so far (metrics.md 10.3)."""
        return sales.share_of_enough(self.on_time, self.on_time_of, at_least=1)


def _sum_of(values: Iterable[float | None]) -> float | None:
    """The sum; None where one of them is unknown."""
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should look at, worst first in a snapshot."""

    rule: str
    """Stable name of the rule, such as ``longest_wait``."""
    severity: int
    """2 act now, 1 watch."""
    subject: str
    """The queue, agent or customer it is about."""
    since: int | None
    value: float | None
    limit: float | None
    text: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """Where calls come from and when it last gave a sign of life."""

    name: str
    kind: str
    following: bool
    """True while a `follow` process or a simulated floor keeps this source up to date."""
    last_record_at: int | None
    checked_at: int | None
    """The last moment at which the writer knew that it had everything."""
    records: int
    rejected: int
    heartbeat: bool = True
    """Whether the switch can be told dead while nothing happens; a queue log cannot."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work that goes on behind the screen, such as filling in past weeks."""

    task: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is done, in whole percent: 100 only when it is over."""
        return 100 * self.done // max(1, self.total)

    def __str__(self) -> str:
        return f"{self.task} {self.percent} %"


@dataclass(frozen=True, slots=True)
class FloorSnapshot:
    """Everything that one frame of the screen, one JSON object or one report shows: the floor at one moment."""

    at: int
    data_at: int | None
    """The newest moment for which the database is known to be complete; None for an empty database."""
    time_zone: str
    """IANA name of the site's zone."""
    site: str | None
    currency: str | None
    day: BusinessDay
    queues: tuple[QueueFigures, ...]
    total: QueueFigures
    waiting: tuple[WaitingCall, ...]
    agents: tuple[AgentFigures, ...]
    memberships: tuple[Membership, ...]
    sales: tuple[SalesFigures, ...]
    """The centre first, then teams, campaigns and agents."""
    handling: tuple[HandlingFigures, ...]
    follow_ups: FollowUpFigures
    alerts: tuple[Alert, ...]
    sources: tuple[SourceHealth, ...]
    progress: tuple[Progress, ...]
    speed: float = 1.0
    """Seconds of the floor that go by in a real one: another number only where a floor is simulated faster."""
    business_at: int | None = None
    """The moment up to which what stands below was read: up to half a minute before ``at`` on a watched floor, and
    None before the first reading (the first frame does not wait for it)."""
    known_at: int | None = None
    """The moment up to which it is known what goes on; None: ``at``. Time in a state and waits run up to it, and stand
    still where the data has ended."""
    incomplete: str | None = None
    """Why figures are unknown that will be known soon, for a person: they have not been read yet, or rows of the past
    are still coming in."""
    satisfaction: tuple[SatisfactionFigures, ...] | None = None
    """The centre first, then queues, teams and agents; each with an answer, an invitation or a contact. None, as the
    lists below: not known yet (`incomplete`)."""
    low_scores: tuple[LowScore, ...] | None = None
    """Today's, the latest first."""
    retention: RetentionFigures | None = None
    stuck: tuple[UnresolvedCustomer, ...] | None = None
    """Not given up: the longest silence first, then those whose last call was latest."""
    second_purchases: tuple[SecondPurchase, ...] | None = None
    """One-time buyers whose usual time to buy again closes within the next seven days, the soonest first."""
    problems: ProblemFigures | None = None
    resources: ResourceFigures | None = None
    value: ValueFigures | None = None
    pause_limits: Mapping[str, int | None] = field(default_factory=dict)
    """Milliseconds by pause reason, from which on a pause is worth an alert."""
    absent: tuple[tuple[str, str], ...] = ()
    """Parts that cannot be computed for what the floor was narrowed to, each with the reason for a person."""

    @property
    def runs_until(self) -> int:
        """The moment up to which times run: ``at``, or where the data ends if it is too old."""
        return self.at if self.known_at is None else self.known_at

    @property
    def data_age_ms(self) -> int | None:
        """How old the newest data is at the snapshot's moment; None for an empty database."""
        return None if self.data_at is None else max(0, self.at - self.data_at)
