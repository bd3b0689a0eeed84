"""Sales beside the quotas of day, week and month (metrics.md 8)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from ccmon.metrics import confidence_interval, forecast, means, pace, quotas, ratios, sales
from ccmon.metrics.confidence_interval import ConfidenceInterval
from ccmon.metrics.forecast import Forecast, OrderValue, RemainingSales, RevenueForecast
from ccmon.metrics.pace import Basis, expected
from ccmon.metrics.quotas import Verdict, verdict
from ccmon.model.scopes import NamedScope
from ccmon.number_types import Count, Date, Quantity, Ratio, one_of
from ccmon.time_units import HOUR_MS


class Period(StrEnum):
    """The length of time that a quota covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LONGER_PERIODS = (Period.WEEK, Period.MONTH)
"""The periods with days before today."""


def period_edges(period: Period, today: date) -> tuple[date, date]:
    """First and last day of the period that contains a day; a week begins on Monday."""
    if period is Period.DAY:
        return today, today
    if period is Period.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


class QuotaFigures(Struct, frozen=True, kw_only=True):
    """A quota for a day, week or month, and its progress (metrics.md 8.3).

    The centre has one for the week and the month in any case; where none is set, it asks for nothing.
    """

    period: Period
    """Day, week or month."""
    starts_on: Date
    """First business day of the period; weeks begin on Monday."""
    ends_on: Date
    """Last business day of the period."""
    sales_calls: Count
    """Sales calls of the period so far."""
    converted: Count
    """Calls with at least one order that stands, plus orders without a call. May exceed ``sales_calls``; the conversion
    is then unknown."""
    sales: Count
    """Orders that stand of the period so far."""
    revenue_cents: int
    """Their revenue, in the site's currency."""
    quota_sales: Count | None
    """Orders that the quota asks for."""
    quota_revenue_cents: Count | None
    """Revenue that the quota asks for."""
    quota_conversion: Ratio | None
    """Conversion that the quota asks for."""
    share: Ratio | None
    """How far the period usually is by now, from 0 to 1."""
    basis: Basis | None
    """What ``share`` rests on: "usual day" (in a week or month: usual days), or "linear"."""
    rests_on: str | None
    """The same in words: "5 Fridays", "9 days", "past weeks", "linear"."""
    open_ms_left: int | None
    """Opening time left in the period; None where nothing shows the opening hours."""
    calls_left: Quantity | None
    """Sales calls still expected in the period; None with too little history."""
    remaining: RemainingSales | None
    """Sales still expected in the period, and how uncertain that is; None where nothing shows it."""
    is_spread: bool = False
    """True: the agent's part of the team's quota by scheduled hours, as the agent has no quota of their own."""
    new_customers: Count | None = None
    """Customers whose first order ever is in the period so far. None before it is known."""
    order_value: OrderValue | None = None
    """What a sale is expected to bring; None where no order is known."""
    first_known_day: Date | None = None
    """First business day with data, where the period began before it: earlier sales are unknown, so that the quota's
    figures are None unless the known sales meet it already. None: the whole period is known."""
    quota_of_no_client: int | None = None
    """For the centre: its quota of sales minus the clients' quotas; None where no client has one."""

    @property
    def attainment(self) -> Quantity | None:
        """Sales so far over the full quota."""
        return None if self.first_known_day else sales.attainment(self.sales, self.quota_sales)

    @property
    def expected_by_now(self) -> Quantity | None:
        """Sales that the quota expects by now."""
        return expected(self.quota_sales, self.share)

    @property
    def pace(self) -> Quantity | None:
        """Sales so far over those expected by now; 1 is on plan."""
        return pace.pace(self.sales, self.expected_by_now)

    @property
    def forecast(self) -> Forecast | None:
        """Sales at the end of the period, and the range that holds them with 90 %; never below those made."""
        return None if self.remaining is None else forecast.forecast(self.sales, self.remaining)

    @property
    def revenue_forecast(self) -> RevenueForecast | None:
        """Revenue at the end of the period in cents, and its range, from the same expected sales as `forecast`."""
        if self.remaining is None or self.order_value is None:
            return None
        return forecast.revenue_forecast(self.revenue_cents, self.remaining, self.order_value)

    @property
    def missing(self) -> Count | None:
        """Sales still missing; 0 when the quota is met."""
        missing = quotas.required(self.sales, self.quota_sales)
        return None if self.first_known_day and missing else missing

    @property
    def required_per_hour(self) -> Quantity | None:
        """Sales per hour that the rest of the opening time must bring."""
        return quotas.required_per(self.missing, self.open_ms_left or 0, HOUR_MS)

    @property
    def required_conversion(self) -> Quantity | None:
        """Share of the sales calls still expected that must convert; over 1 the quota is out of reach."""
        return quotas.required_per(self.missing, self.calls_left or 0.0)

    @property
    def chance(self) -> Ratio | None:
        """Probability of reaching the quota, from the same distribution as the forecast; 1 where it is met."""
        return forecast.chance(self.sales, self.quota_sales, self.remaining)

    @property
    def verdict(self) -> quotas.Verdict | None:
        """Surely behind, cannot tell yet or surely ahead: the quota's conversion compared with the 95 % interval."""
        return None if self.first_known_day else quotas.verdict(self.converted, self.sales_calls, self.quota_conversion)

    @property
    def revenue_attainment(self) -> float | None:
        """Revenue so far over the full revenue quota."""
        return None if self.first_known_day else sales.attainment(self.revenue_cents, self.quota_revenue_cents)

    @property
    def revenue_pace(self) -> float | None:
        """Revenue so far over the revenue expected by now."""
        return pace.pace(self.revenue_cents, expected(self.quota_revenue_cents, self.share))


class OtherCurrency(Struct, frozen=True):
    """Orders in a currency other than the site's: shown separately, never added."""

    currency: str
    """ISO code."""
    orders: Count
    """Orders that stand."""
    gross_cents: int
    """All orders, cancelled ones included."""
    net_cents: int
    """Orders that stand."""


class SalesDetail(Struct, frozen=True, kw_only=True):
    """Today's sales in detail: by direction, gross and net, and new customers.

    Read less often than the totals (`FloorSnapshot.periodic_at`), so that they may be some seconds behind.
    """

    inbound_calls: Count
    """Answered calls of sales queues."""
    inbound_converted: Count
    """Calls of sales queues with at least one order that stands."""
    attempts: Count
    """Outbound: numbers dialled."""
    contacts: Count
    """Outbound: answered by a person."""
    right_party: Count
    """Outbound: the person sought was reached."""
    outbound_converted: Count
    """Dialled calls with at least one order that stands."""
    orders: Count
    """All of today's orders in the site's currency, cancelled ones included."""
    gross_cents: int
    """Their revenue."""
    cancelled_orders: Count
    """Of the orders, those cancelled since."""
    cancelled_cents: int
    """Revenue of the cancelled ones."""
    new_customers: Count | None
    """Customers whose first order ever that stands is one of today's (metrics.md 8.3). None while past orders are still
    coming in."""
    other_currencies: tuple[OtherCurrency, ...] = ()
    """Orders in currencies other than the site's."""

    @property
    def net_cents(self) -> int:
        """Revenue of the orders that stand."""
        return self.gross_cents - self.cancelled_cents

    @property
    def inbound_conversion(self) -> Ratio | None:
        """Converted inbound calls over answered sales calls."""
        return sales.conversion(self.inbound_converted, self.inbound_calls)

    @property
    def inbound_interval(self) -> ConfidenceInterval | None:
        """The 95 % Wilson interval of the inbound conversion."""
        return confidence_interval.wilson_interval(self.inbound_converted, self.inbound_calls)

    @property
    def outbound_conversion(self) -> Ratio | None:
        """Converted outbound calls over right-party contacts."""
        return sales.conversion(self.outbound_converted, self.right_party)

    @property
    def outbound_interval(self) -> ConfidenceInterval | None:
        """The 95 % Wilson interval of the outbound conversion."""
        return confidence_interval.wilson_interval(self.outbound_converted, self.right_party)

    @property
    def contact_rate(self) -> Ratio | None:
        """Contacts over attempts."""
        return ratios.share(self.contacts, self.attempts)

    @property
    def right_party_rate(self) -> Ratio | None:
        """Right-party contacts over contacts."""
        return ratios.share(self.right_party, self.contacts)

    @property
    def average_order_cents(self) -> float | None:
        """Net revenue over the orders that stand, both in the site's currency."""
        return means.average(self.net_cents, self.orders - self.cancelled_orders)

    @property
    def revised(self) -> bool:
        """Whether a cancellation has changed the day's net figures."""
        return self.cancelled_orders > 0


class SalesFigures(NamedScope, frozen=True, kw_only=True):
    """Sales of the business day for the centre, a client, team, campaign or agent, beside the quotas."""

    kind: Annotated[str, one_of("centre", "client", "team", "campaign", "agent")]
    """What the row is about: the centre, a client, a team, a campaign or an agent. A client's sales are those of its
    campaigns, or else of the teams that work for it; the client with the id None holds the sales of no client."""
    sales_calls: Count
    """Inbound: answered calls of sales queues. Outbound: right-party contacts (metrics.md 8.2)."""
    converted: Count
    """Calls with at least one order that stands, plus orders without a call. May exceed ``sales_calls``; the conversion
    is then unknown."""
    sales: Count
    """Orders, without cancelled ones."""
    revenue_cents: int
    """Their revenue, in the site's currency."""
    currency: str | None
    """ISO code of the site's currency; None: not set."""
    quota_sales: Count | None
    """Orders that the quota of the day asks for; None without one."""
    quota_conversion: Ratio | None
    """Conversion that the quota of the day asks for; None without one."""
    expected_by_now: Quantity | None
    """Sales that the quota expects by this moment (metrics.md 8.3)."""
    forecast_sales: Quantity | None
    """Orders at the end of the day, made and still expected; None where nothing shows them."""
    quotas: tuple[QuotaFigures, ...] = ()
    """Every quota that is set, for the day, week and month. An agent's may be a part of the team's."""
    detail: SalesDetail | None = None
    """Sales by direction, gross and net, and new customers. None before they have been read."""
    worked_ms: int | None = None
    """Time logged in today, without pauses; None for a campaign."""
    forecast_revenue_cents: float | None = None
    """Revenue at the end of the day, with that of sales still expected; None where no order is known."""

    @property
    def verdict(self) -> Verdict | None:
        """Surely behind, cannot tell yet, surely ahead: the quota's conversion compared with the 95 % interval."""
        return verdict(self.converted, self.sales_calls, self.quota_conversion)

    @property
    def revenue_per_call_cents(self) -> float | None:
        """Net revenue over sales calls."""
        return means.average(self.revenue_cents, self.sales_calls)

    @property
    def sales_per_hour(self) -> Quantity | None:
        """Orders that stand per hour worked; None below half an hour of work."""
        enough = self.worked_ms is not None and self.worked_ms >= HOUR_MS // 2
        return sales.per_hour(self.sales, self.worked_ms or 0) if enough else None

    @property
    def conversion(self) -> Ratio | None:
        """Converted sales calls over sales calls."""
        return sales.conversion(self.converted, self.sales_calls)

    @property
    def conversion_interval(self) -> ConfidenceInterval | None:
        """The 95 % Wilson interval of the conversion (metrics.md 9.4)."""
        return confidence_interval.wilson_interval(self.converted, self.sales_calls)

    @property
    def attainment(self) -> Quantity | None:
        """Sales so far over the full quota."""
        return sales.attainment(self.sales, self.quota_sales)

    @property
    def pace(self) -> Quantity | None:
        """Sales so far over the sales expected by now."""
        return pace.pace(self.sales, self.expected_by_now)
