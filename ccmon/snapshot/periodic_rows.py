"""Rows that cost too much to read at each poll, as the database reader returns them.

Each record is a row of the query that its docstring names: its fields are the query's columns, in their order. Moments
are Unix milliseconds.
"""

from msgspec import Struct


class SiteMargins(Struct, frozen=True, gc=False, array_like=True):
    """The site's margin and incrementality. The row of ``site_margins``."""

    margin: float | None
    incrementality: float


class PastRecords(Struct, frozen=True, gc=False, array_like=True):
    """What the database holds of the past. The row of ``past_records``."""

    has_reasons: int
    """Whether reasons of calls are recorded."""
    first_sale_at: int | None


class DayTotals(Struct, frozen=True, gc=False, array_like=True):
    """A finished business day. A row of ``day_totals``."""

    date: str
    sales_calls: int
    sales: int
    inbound: int
    """Handled calls."""
    inbound_ms: int
    inbound_agents: int
    """Agents who handled any."""
    outbound: int
    outbound_ms: int
    outbound_agents: int


class AgentWeekday(Struct, frozen=True, gc=False, array_like=True):
    """An agent's finished days of one weekday. A row of ``agent_weekday_totals``."""

    sunday_first: int
    """The weekday; 0 is Sunday."""
    agent_id: int
    days: int
    sales_calls: int
    sales: int
    inbound: int
    inbound_ms: int
    outbound: int
    outbound_ms: int


class CampaignWeekday(Struct, frozen=True, gc=False, array_like=True):
    """A campaign's finished days of one weekday. A row of ``campaign_weekday_totals``."""

    sunday_first: int
    campaign_id: int
    days: int
    sales_calls: int
    sales: int


class DaySale(Struct, frozen=True, gc=False, array_like=True):
    """An order of the business day. A row of ``day_sales``."""

    agent_id: int | None
    campaign_id: int | None
    call_id: int | None
    direction: str | None
    """The direction of the call."""
    converts: int
    """Whether it makes its call converted (metrics.md 8.2), or would if the call were known."""
    customer_id: int | None
    amount_cents: int
    other_currency: str | None
    """None: the site's own currency."""
    cancelled: int
    is_first: int
    """Whether it is the customer's first order ever."""


class FunnelCount(Struct, frozen=True, gc=False, array_like=True):
    """Calls of the business day. A row of ``sales_funnel``."""

    agent_id: int | None
    campaign_id: int | None
    direction: str
    purpose: str | None
    visits: int
    answered: int
    sales_calls: int
    handled: int
    handling_ms: int


class SoldSums(Struct, frozen=True, gc=False, array_like=True):
    """What an agent or a campaign sold in a window, and in how many sales calls."""

    id: int
    """The id of the agent (0: nobody) or the campaign."""
    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int
    new_customers: int
    squared_cents: float
    """The sum of the squares of the amounts."""


class AgentSales(SoldSums, frozen=True, gc=False, array_like=True):
    """What an agent sold. A row of ``sales_by_agent``."""

    logged_in_ms: int


class CampaignSales(SoldSums, frozen=True, gc=False, array_like=True):
    """What a campaign sold. A row of ``sales_by_campaign``."""

    contacts: int


class PastSalesCalls(Struct, frozen=True, gc=False, array_like=True):
    """Sales calls in a quarter of an hour of a past day. A row of ``past_sales_calls``."""

    day_at: int
    agent_id: int | None
    campaign_id: int | None
    quarter: int
    """The quarter of an hour, by the wall clock since the day's start."""
    calls: int


class QueueHandling(Struct, frozen=True, gc=False, array_like=True):
    """A queue's calls in a window. A row of ``handling_by_queue``."""

    queue_id: int
    answered: int
    handled: int
    handling_ms: int


class PlannedTime(Struct, frozen=True, gc=False, array_like=True):
    """An agent's shifts in a window. A row of ``planned_time``."""

    agent_id: int
    planned_ms: int
    starts_at: int
    ends_at: int


class PlannedWorkRow(Struct, frozen=True, gc=False, array_like=True):
    """When an agent is scheduled to work, by the wall clock since the day's start. A row of ``planned_work``."""

    agent_id: int
    starts_ms: int
    ends_ms: int
    days: int
    """On how many of the days."""


class PromiseOutcome(Struct, frozen=True, gc=False, array_like=True):
    """How many promised calls were kept or late. A row of ``promise_outcomes``."""

    agent_id: int | None
    kind: str
    hour: int
    planned: int
    """Whether the owner was scheduled to work (1), to pause (0) or to be away (-1)."""
    late: int
    promised: int


class FruitlessAttempts(Struct, frozen=True, gc=False, array_like=True):
    """A customer called in finished days and never reached. A row of ``fruitless_attempts``."""

    customer_id: int
    attempts: int
    first_at: int
    last_at: int
    agent_id: int | None
    """The agent of the last attempt."""


class RepeatedProblems(Struct, frozen=True, gc=False, array_like=True):
    """A customer who reported problems twice or more in finished days. A row of ``repeated_problems``."""

    customer_id: int
    problems: int
    first_at: int
    last_at: int
    agent_id: int | None
    """The agent who last talked with them."""


class ContactVisit(Struct, frozen=True, gc=False, array_like=True):
    """An inbound visit. A row of ``contacts`` or ``sampled_contacts``."""

    lone_caller: int | str | None
    """The customer, else the phone number; None if the call has other visits."""
    source: str
    call_id: str
    customer_id: int | None
    caller: str | None
    entered_at: int
    ended_at: int | None
    answered: int
    reason_id: int | None
    queue_id: int | None
    agent_id: int | None


class NumberedContactVisit(ContactVisit, frozen=True, gc=False, array_like=True):
    """A visit that is counted again, or another of the same caller, with its id. A row of ``contacts_of_calls``."""

    id: int


class VisitCaller(Struct, frozen=True, gc=False, array_like=True):
    """Who made a visit. A row of ``callers_of_day`` or ``callers_of_calls``."""

    id: int
    customer_id: int | None
    caller: str | None


class DayVisitOrSingles(ContactVisit, frozen=True, gc=False, array_like=True):
    """A visit of a day, or visits of several customers. A row of ``contacts_of_day`` or ``sampled_contacts_of_day``."""

    visit: int
    """1 for the first queue that the call entered. It only orders the rows."""
    single: str | None
    """For a queue's customers with one call of one visit: customer or phone number, start and reason, as JSON."""


class ContactReasonRow(Struct, frozen=True, gc=False, array_like=True):
    """Why customers call. A row of ``contact_reasons``."""

    id: int | None
    name: str
    product: str | None
    is_problem: int


class ReasonCount(Struct, frozen=True, gc=False, array_like=True):
    """Answered calls of a half hour. A row of ``reason_counts``."""

    half_hour: int
    reason_id: int | None
    calls: int


class AnswerCount(Struct, frozen=True, gc=False, array_like=True):
    """Answers to surveys. A row of ``survey_answers``."""

    queue_id: int | None
    agent_id: int | None
    question: str
    scale: int
    score: int
    answers: int


class InvitationCount(Struct, frozen=True, gc=False, array_like=True):
    """Invitations to surveys. A row of ``survey_invitations``."""

    queue_id: int | None
    agent_id: int | None
    invited: int
    answered: int


class CustomerSeller(Struct, frozen=True, gc=False, array_like=True):
    """A customer, and the agent who sold to them first. A row of ``customers_with_first_seller``."""

    id: int
    name: str | None
    phone: str | None
    agent_id: int | None


class CustomerSums(Struct, frozen=True, gc=False, array_like=True):
    """Customers and what they bought. The row of ``new_customers`` or ``kept_customers``."""

    customers: int
    revenue_cents: int


class CustomerPurchases(Struct, frozen=True, gc=False, array_like=True):
    """A customer's orders before the business day. A row of ``purchases_page``."""

    customer_id: int
    minutes: str
    """Moments in minutes, separated by commas."""


class CustomerMoment(Struct, frozen=True, gc=False, array_like=True):
    """An order before the business day, or a retention call that reached the customer.

    A row of ``past_purchases`` or ``retention_customers_reached``; or of ``purchase_days_of_customers`` or
    ``one_time_buyers``, whose moment is the start of the business day.
    """

    customer_id: int
    at: int


class BuyerCounts(Struct, frozen=True, gc=False, array_like=True):
    """Customers by what they have bought. The row of ``buyer_counts``."""

    buyers: int
    one_time: int
    loyal: int
    lapsed: int
    active: int
    at_risk: int


class ChurnCounts(Struct, frozen=True, gc=False, array_like=True):
    """Customers not churned at the start, and how many of them were at the end. The row of ``churn_counts``."""

    active: int
    churned: int


class CohortCounts(Struct, frozen=True, gc=False, array_like=True):
    """Customers whose first purchase was in a month. A row of ``cohort_counts``."""

    month: str
    """The month's first day."""
    members: int
    repeated: int
    """How many of them bought again in time."""


class PurchaseGap(Struct, frozen=True, gc=False, array_like=True):
    """How often two purchases are a number of days apart. A row of ``purchase_gap_counts``."""

    gap_days: int
    gaps: int
    first_gaps: int
    """How many of these are between the first and the second purchase."""


class ReturnedCustomers(Struct, frozen=True, gc=False, array_like=True):
    """Customers who bought after a long gap. The row of ``returned_customers``."""

    customers: int
    among: str
    """Those of the customers asked for, as a JSON list; one may be in it several times."""


class InvestmentRow(Struct, frozen=True, gc=False, array_like=True):
    """What else the same money buys. A row of ``investments``."""

    name: str
    goal: str
    starts_on: str | None
    ends_on: str | None
    cost_cents: int
    revenue_cents: int | None
    customers_won: int | None
    customers_kept: int | None
