"""What the reader brings home of the business: rows that cost too much to read at each poll.

Rows are tuples in the column order of the query that the field names. Moments are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ccmon.metrics.first_contact import Contact, FirstContact
from ccmon.metrics.retention import ChurnLimits
from ccmon.model.business_day import BusinessDay
from ccmon.model.sales import Period
from ccmon.snapshot.live_rows import Directory, Row, Rows, Site
from ccmon.snapshot.purchase_tally import PurchaseTally

Credit = tuple[int | None, int | None]
"""The queue and the agent that something is counted for."""


class PeriodRows(NamedTuple):
    """A week or month that a quota is set for."""

    starts_on: date
    ends_on: date
    sold_by_agent: Mapping[int, Row]
    """Before today: rows of sales_by_agent by agent."""
    sold_by_campaign: Mapping[int, Row]
    called_by_agent: Mapping[int, Row]
    called_by_campaign: Mapping[int, Row]
    planned: Mapping[int, int]
    """Planned time of each agent in the whole period."""
    lent: Rows
    """Before today: rows of sales_for_other_clients."""


class BaselineDay(NamedTuple):
    """A past day of the same weekday, and why customers called by half hours."""

    day: BusinessDay
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class FinishedDays:
    """What the business days before today say. Read once an hour: corrections of old rows are seen then."""

    days: tuple[BusinessDay, ...]
    """The last 63, the latest first."""
    day_totals: Rows
    agent_weekdays: Rows
    campaign_weekdays: Rows
    first_contact: Mapping[Credit, tuple[FirstContact, FirstContact]]
    """Within 7 days, and within 24 hours."""
    recent_contacts: tuple[Contact, ...]
    """Contacts of the last seven days before today."""
    contacts_by: str
    """The query that found them, to be asked for today's as well."""
    one_customer_in: int
    """Contacts are those of one customer in so many, where there are too many to look at all."""
    tally: PurchaseTally
    limits: ChurnLimits
    closing: tuple[tuple[int, date, date], ...]
    """One-time buyers: customer, day of the purchase, day on which the usual time to buy again closes."""
    closing_customers: Mapping[int, Row]
    """Rows of customers_with_first_seller for them."""
    history_since: date | None
    reached: Mapping[int, Sequence[date]]
    """Days of the last 28 on which a call of a retention campaign reached a customer."""
    kept: tuple[int, int]
    """Customers of the window's retention calls who stayed, and the revenue of orders on those calls."""
    baseline: tuple[BaselineDay, ...]
    lent: Mapping[Period, Rows]
    """Rows of sales_for_other_clients of the week and the month before today."""
    window: tuple[date, date, int]
    """First and last of the 28 finished business days that money is counted over, and how many there are."""
    sold: Mapping[int, Row]
    called: Mapping[int, Row]
    contacts: Mapping[int, Row]
    """Rows of sales_calls_by_campaign in the window."""
    handling_by_queue: Mapping[int, Row]
    new_customers: tuple[int, int]
    """In the window, and what they bought."""
    campaigns_sold: Mapping[int, Row]
    """Rows of sales_by_campaign in the window."""
    lent_lately: Rows
    """Rows of sales_for_other_clients of the window."""
    alike: tuple[BusinessDay, ...]
    """Days that today is measured by, the latest first (`ccmon.metrics.pace.days_alike`)."""
    sales_calls: Rows
    """Of those days."""
    one_sales_call_in: int
    """`sales_calls` are one in so many, where there are too many to look at all."""
    planned_work: Rows
    """Of those days."""
    promises: Rows
    """Promised calls of the window."""


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicRows:
    """Everything of one moment that is not read at each poll."""

    at: int
    site: Site
    day: BusinessDay
    directory: Directory
    margin: float | None
    incrementality: float
    finished: FinishedDays | None
    """None while rows of the past are still coming in: then nothing that rests on them is known."""
    periods: Mapping[Period, PeriodRows]
    planned: Mapping[int, Row]
    """Today's shifts: rows of planned_time by agent."""
    planned_work: Rows
    """Today's shifts without their pauses."""
    costs: Mapping[int, int]
    sales: Rows
    funnel: Rows
    kept: int
    surveys: Rows
    invitations: Rows
    low_scores: Rows
    contacts: Sequence[tuple[Contact, Credit]]
    """Today's."""
    histories: Mapping[int, Sequence[date]]
    """Purchases before today of today's buyers and of whom a retention call has reached today."""
    reached_today: frozenset[int]
    reasons: Rows
    """Today's by half hours."""
    concerned: Rows
    contact_reasons: Rows
    not_reached: Rows
    two_problems: Rows
    last_talks: Mapping[int, int]
    investments: Rows
