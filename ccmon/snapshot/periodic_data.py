"""What the database reader reads about one moment apart from its polls. Moments are Unix milliseconds."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from ccmon.metrics.first_contact import Contact, FirstContact, RepeatContacts
from ccmon.metrics.retention import ChurnLimits
from ccmon.model.business_day import BusinessDay
from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.model.lost_callers import LostCallers
from ccmon.model.retention import UnresolvedCustomer
from ccmon.model.sales import Period
from ccmon.model.satisfaction import LowScore
from ccmon.model.site import Site
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_rows import OtherClientsSales
from ccmon.snapshot.periodic_rows import (
    AgentSales,
    AgentWeekday,
    AnswerCount,
    CampaignSales,
    CampaignWeekday,
    ContactReasonRow,
    CustomerSeller,
    CustomerSums,
    DaySale,
    DayTotals,
    FruitlessAttempts,
    FunnelCount,
    InvestmentRow,
    InvitationCount,
    PastSalesCalls,
    PlannedTime,
    PlannedWorkRow,
    PromiseOutcome,
    QueueHandling,
    ReasonCount,
    RepeatedProblems,
)
from ccmon.snapshot.purchase_tally import PurchaseTally

QueueAndAgent = tuple[int | None, int | None]
"""The queue and the agent for which something is counted."""


class SalesRows(Struct, frozen=True, array_like=True):
    """What agents and campaigns sold in a window, and in how many sales calls."""

    by_agent: Mapping[int, AgentSales]
    by_campaign: Mapping[int, CampaignSales]
    other_clients_sales: Sequence[OtherClientsSales]


class PeriodRows(Struct, frozen=True):
    """A week or month for which a quota is set."""

    starts_on: date
    ends_on: date
    sales: SalesRows
    """Sales of the period before today."""
    planned: Mapping[int, int]
    """Planned time of each agent in the whole period."""


class DayOfReasons(Struct, frozen=True, array_like=True):
    """A past day of the same weekday, and why customers called, by half hours."""

    day: BusinessDay
    reasons: Sequence[ReasonCount]


class DayRange(Struct, frozen=True, array_like=True):
    """Finished business days that follow each other."""

    starts_on: date
    ends_on: date
    """The last day."""
    days: int
    """How many days."""


class FinishedDays(Struct, frozen=True, eq=False):
    """Data of the business days before today, read once an hour; what a correction affects, at the next reading."""

    days: tuple[BusinessDay, ...]
    """The last 63 days, the latest first."""
    day_totals: Sequence[DayTotals]
    agent_weekdays: Sequence[AgentWeekday]
    campaign_weekdays: Sequence[CampaignWeekday]
    first_contact: Mapping[QueueAndAgent, tuple[FirstContact, FirstContact]]
    """First-contact resolution within 7 days, and within 24 hours."""
    recent_contacts: Mapping[int | str, tuple[Contact, ...]]
    """By customer or number, the answered contacts that ended in the last seven days before today."""
    contacts_of_customers: bool
    """Whether only contacts of known customers are looked at, not those of mere phone numbers."""
    one_customer_in: int
    """Contacts are those of one in this many customers, if there are too many to look at all."""
    tally: PurchaseTally
    limits: ChurnLimits
    closing: tuple[tuple[int, date, date], ...]
    """One-time buyers: customer, day of the purchase, day on which the usual time to buy again closes."""
    closing_customers: Mapping[int, CustomerSeller]
    first_order_day: date | None
    reached: Mapping[int, Sequence[date]]
    """By customer, days of the last 28 on which a call of a retention campaign reached them."""
    kept_customers: CustomerSums
    """Customers of the window's retention calls who stayed, and the revenue of orders on those calls."""
    days_of_reasons: tuple[DayOfReasons, ...]
    other_clients_sales: Mapping[Period, Sequence[OtherClientsSales]]
    """Sales of the week and the month before today."""
    window: DayRange
    """The last 28 days, over which money is counted."""
    sales: SalesRows
    """Sales in the window."""
    handling_by_queue: Mapping[int, QueueHandling]
    new_customers: CustomerSums
    """New customers in the window."""
    alike: tuple[BusinessDay, ...]
    """Days with which today is compared, the latest first (`ccmon.metrics.pace.days_alike`)."""
    sales_calls: Sequence[PastSalesCalls]
    """Sales calls of those days."""
    one_sales_call_in: int
    """`sales_calls` hold one in this many calls, if there are too many to look at all."""
    planned_work: Sequence[PlannedWorkRow]
    """Planned work of those days."""
    promises: Sequence[PromiseOutcome]
    """Promised calls of the window."""
    period_sales: Mapping[Period, SalesRows]
    """Sales before today in the week and month, if quotas are set for them."""
    period_planned: Mapping[Period, Mapping[int, int]]
    """Planned time of each agent in the whole of these periods."""
    fruitless_attempts: Sequence[FruitlessAttempts]
    """Attempts of the last two weeks."""
    repeated_problems: Sequence[RepeatedProblems]
    """Problems of the last two weeks, of customers who reported one in the last days."""
    surveys: Sequence[AnswerCount]
    """Answers of the window."""
    invitations: Sequence[InvitationCount]
    """Invitations of the window."""


class PeriodicData(Struct, frozen=True, eq=False):
    """Everything about one moment that is not read at each poll."""

    at: int
    site: Site
    day: BusinessDay
    directory: Directory
    margin: float | None
    incrementality: float
    finished: FinishedDays | None
    """None while rows of the past are still coming in: nothing based on them is known then."""
    periods: Mapping[Period, PeriodRows]
    planned: Mapping[int, PlannedTime]
    """Today's shifts, by agent."""
    planned_work: Sequence[PlannedWorkRow]
    """Today's shifts without their pauses."""
    hourly_costs: Mapping[int, int]
    sales: Sequence[DaySale]
    funnel: Mapping[tuple[Any, ...], FunnelCount]
    """By agent, campaign, direction and purpose."""
    kept_customers: int
    surveys: Sequence[AnswerCount]
    """Answers for today's calls."""
    invitations: Sequence[InvitationCount]
    """Invitations for today's calls."""
    low_scores: Sequence[LowScore]
    lost_callers: LostCallers | None
    """Callers of today who gave up."""
    repeats: Mapping[int | None, RepeatContacts]
    """Today's contacts by queue, and how many repeat an earlier one; empty while past days are not complete."""
    histories: Mapping[int, Sequence[date]]
    """Purchases before today of today's buyers and of customers reached by a retention call today."""
    reached_today: frozenset[int]
    reasons: Sequence[ReasonCount]
    """Today's by half hours."""
    concerned: Sequence[ConcernedCustomer]
    contact_reasons: Sequence[ContactReasonRow]
    not_reached: Sequence[UnresolvedCustomer]
    repeated_problems: Sequence[UnresolvedCustomer]
    last_talks: Mapping[int, int]
    """By customer."""
    investments: Sequence[InvestmentRow]
