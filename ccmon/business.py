"""The nouns of the business as frozen records: quotas, satisfaction, loyal customers, promises, problems and money.

They stand on `ccmon.model.FloorSnapshot` beside those of the floor, under the same rules: moments are Unix
milliseconds, lengths end in ``_ms``, money is integer minor units of the site's currency, ratios run from 0 to 1, dates
are ISO texts of the site's business days, and ``None`` is unknown, never 0 (metrics.md 1.3). Counts and sums are
stored; ratios are properties made by `ccmon.metrics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ccmon.metrics import costs, forecast, net_promoter_score, quotas, sales, sales_funnel, wait_times
from ccmon.metrics.satisfaction import Confidence, Satisfaction, confidence

if TYPE_CHECKING:
    from ccmon.metrics.first_contact import FirstContact, RepeatContacts
    from ccmon.metrics.follow_ups import KeptPromises, LateReason, Risk
    from ccmon.metrics.forecast import Forecast, OrderValue, Rest
    from ccmon.metrics.net_promoter_score import NetPromoterScore
    from ccmon.metrics.retention import ChurnLimits, Cohort, WinBack


AT_RISK_FROM = 0.5
"""A promise that is late with this probability is listed as at risk (metrics.md 10.3)."""


class Period(StrEnum):
    """What a quota is for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class QuotaFigures(NamedTuple):
    """A quota of a day, week or month, and how far it has come (metrics.md 8.3)."""

    period: Period
    starts_on: str
    """First business day of the period; weeks begin on Monday."""
    ends_on: str
    """Last business day of the period."""
    sales_calls: int
    """Of the period so far, as the sales below."""
    converted: int
    sales: int
    revenue_cents: int
    quota_sales: int | None
    quota_revenue_cents: int | None
    quota_conversion: float | None
    share: float | None
    """How much of the period has usually gone by now, from 0 to 1."""
    basis: str | None
    """What the share rests on: "usual day" (in a week or month: usual days), or "linear"."""
    rests_on: str | None
    """The same in words: "5 Fridays", "9 days", "past weeks", "linear"."""
    open_ms_left: int | None
    """Opening time left in the period; None where nothing shows the opening hours."""
    calls_left: float | None
    """Sales calls still to be expected in the period; None with too little history."""
    rest: Rest | None
    """Sales still to come in the period, and how well that is known; None where nothing shows it."""
    spread: bool = False
    """True: the agent's part of the team's quota by scheduled hours, since no other quota was set."""
    new_customers: int | None = None
    """Won in the period so far: customers whose first order ever lies in it. None before it is known."""
    order_value: OrderValue | None = None
    """What a sale is expected to bring; None where no order is known."""
    known_since: str | None = None
    """First business day of which anything is known, where the period began before it: what was sold before is unknown,
    so that nothing is said of the quota but what it has been met by already. None: the whole period is known."""
    quota_of_no_client: int | None = None
    """Of the centre: what the clients' quotas of sales leave of its own; None where no client has one."""

    @property
    def attainment(self) -> float | None:
        """Sales so far over the full quota."""
        return None if self.known_since else sales.attainment(self.sales, self.quota_sales)

    @property
    def expected_by_now(self) -> float | None:
        """Sales that the quota expects by now."""
        return self.quota_sales * self.share if self.quota_sales and self.share is not None else None

    @property
    def pace(self) -> float | None:
        """Sales so far over those expected by now; 1 is on plan."""
        return sales.pace(self.sales, self.expected_by_now)

    @property
    def forecast(self) -> Forecast | None:
        """Sales at the end of the period, and the range that holds them with 90 %; never below those made."""
        return None if self.rest is None else forecast.forecast(self.sales, self.rest)

    @property
    def revenue_forecast(self) -> Forecast | None:
        """Revenue at the end of the period in cents, and its range, of the same sales still to come as `forecast`."""
        if self.rest is None or self.order_value is None:
            return None
        return forecast.revenue_forecast(self.revenue_cents, self.rest, self.order_value)

    @property
    def missing(self) -> int | None:
        """Sales still missing; 0 when the quota is met."""
        missing = quotas.required(self.sales, self.quota_sales)
        return None if self.known_since and missing else missing

    @property
    def required_per_hour(self) -> float | None:
        """Sales an hour that the rest of the opening time must bring."""
        if self.missing is None:
            return None
        return quotas.required_per_hour(self.sales, self.quota_sales, self.open_ms_left or 0)

    @property
    def required_conversion(self) -> float | None:
        """Share of the sales calls still expected that must convert; over 1 the quota is out of reach."""
        if self.missing is None:
            return None
        return quotas.required_per_call(self.sales, self.quota_sales, self.calls_left or 0.0)

    @property
    def chance(self) -> float | None:
        """Probability to reach the quota, of the same distribution as the forecast; 1 where it is met."""
        return forecast.chance(self.sales, self.quota_sales, self.rest)

    @property
    def verdict(self) -> quotas.Verdict | None:
        """Surely behind, cannot tell yet or surely ahead: the quota's conversion against the 95 % interval."""
        return None if self.known_since else quotas.verdict(self.converted, self.sales_calls, self.quota_conversion)

    @property
    def revenue_attainment(self) -> float | None:
        """Revenue so far over the full quota of revenue."""
        return None if self.known_since else sales.attainment(self.revenue_cents, self.quota_revenue_cents)

    @property
    def revenue_pace(self) -> float | None:
        """Revenue so far over the revenue expected by now."""
        expected = self.quota_revenue_cents * self.share if self.quota_revenue_cents and self.share else None
        return sales.pace(self.revenue_cents, expected)


class OtherCurrency(NamedTuple):
    """Orders in a currency that is not the site's: shown apart, never added."""

    currency: str
    orders: int
    """Orders that stand."""
    gross_cents: int
    net_cents: int


class SalesDetail(NamedTuple):
    """What was sold today in full: both directions apart, gross and net, and who is new.

    Read less often than the totals (`FloorSnapshot.business_at`), so that it can be some seconds behind them.
    """

    inbound_calls: int
    """Answered calls of sales queues."""
    inbound_converted: int
    attempts: int
    """Outbound: numbers dialled."""
    contacts: int
    """Outbound: answered by a person."""
    right_party: int
    """Outbound: the person sought was reached."""
    outbound_converted: int
    orders: int
    """All orders of today in the site's currency, cancelled ones included."""
    gross_cents: int
    cancelled_orders: int
    cancelled_cents: int
    new_customers: int | None
    """Customers whose first order ever, of those that stand, is one of today's (metrics.md 8.3). None while orders of
    the past are still coming in."""
    other_currencies: tuple[OtherCurrency, ...] = ()

    @property
    def net_cents(self) -> int:
        """Revenue of the orders that stand."""
        return self.gross_cents - self.cancelled_cents

    @property
    def inbound_conversion(self) -> float | None:
        """Converted inbound calls over answered sales calls."""
        return sales.conversion(self.inbound_converted, self.inbound_calls)

    @property
    def inbound_interval(self) -> tuple[float, float] | None:
        """Its 95 % Wilson interval."""
        return sales.wilson_interval(self.inbound_converted, self.inbound_calls)

    @property
    def outbound_conversion(self) -> float | None:
        """Converted outbound calls over right-party contacts."""
        return sales.conversion(self.outbound_converted, self.right_party)

    @property
    def outbound_interval(self) -> tuple[float, float] | None:
        """Its 95 % Wilson interval."""
        return sales.wilson_interval(self.outbound_converted, self.right_party)

    @property
    def contact_rate(self) -> float | None:
        """Contacts over attempts."""
        return sales_funnel.share(self.contacts, self.attempts)

    @property
    def right_party_rate(self) -> float | None:
        """Right-party contacts over contacts."""
        return sales_funnel.share(self.right_party, self.contacts)

    @property
    def average_order_cents(self) -> float | None:
        """Net revenue over the orders that stand, both in the site's currency."""
        return sales_funnel.average_order(self.net_cents, self.orders - self.cancelled_orders)

    @property
    def revised(self) -> bool:
        """True when a cancellation has changed the day's net figures."""
        return self.cancelled_orders > 0


class SatisfactionFigures(NamedTuple):
    """What customers say of the centre, a queue, a team or an agent, over the last 28 business days (metrics.md 9).

    An answer belongs to the day of its call. Calls that several agents talked on count for the queue and the centre,
    and for no agent and no team (9.4).
    """

    scope: str
    """centre, queue, team or agent"""
    id: int | None
    name: str
    client: str | None
    answers: int
    """Answers on satisfaction, of whatever scale."""
    satisfied: int
    """Of them, those in the two top boxes of their scale."""
    scales: tuple[Satisfaction, ...]
    """The same apart by scale, the one with most answers first: means are never mixed over scales."""
    promoters: NetPromoterScore
    """Answers to "would you recommend us"."""
    invited: int
    """Invitations delivered."""
    responded: int
    """Of the invited calls, those with an answer."""
    said_resolved: int
    said_resolved_of: int
    """Answers to "has it been resolved"; ``said_resolved`` of them yes."""
    first_contact: FirstContact
    """Contacts that needed no other within 7 days: over 28 days, of which the last ended 7 days ago (9.5)."""
    first_contact_day: FirstContact
    """The quick one: no other within 24 hours, over the last 28 finished days."""
    repeats: RepeatContacts
    """Of today's contacts, those that follow an answered one within 7 days. Not 1 less the first. Of the centre and
    the queues alone."""
    one_customer_in: int = 1
    """Contacts are those of one customer in so many, on a floor that has too many to look at all."""

    @property
    def top_two_box(self) -> float | None:
        """Share in the two top boxes; None below 10 answers."""
        return sales.share_of_enough(self.satisfied, self.answers, at_least=10)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the share; None without answers."""
        return sales.wilson_interval(self.satisfied, self.answers)

    @property
    def confidence(self) -> Confidence:
        """Whether to hide the score (below 10 answers), to show it with its interval (below 30), or plainly."""
        return confidence(self.answers)

    @property
    def mean(self) -> float | None:
        """Mean score on the scale most answers were given on (`scale`); None below 10 answers on it."""
        first = self.scales[0] if self.scales else None
        return first.mean if first and first.confidence is not Confidence.HIDDEN else None

    @property
    def scale(self) -> int | None:
        """Top of the scale that `mean` is on."""
        return self.scales[0].scale if self.scales else None

    @property
    def nps(self) -> float | None:
        """Net promoter score in points from -100 to 100; None below 30 answers. Its margin: ``promoters.margin``."""
        return self.promoters.score_of_enough

    @property
    def response_rate(self) -> float | None:
        """Calls with an answer over invitations delivered."""
        return net_promoter_score.response_rate(self.responded, self.invited)

    @property
    def few_responses(self) -> bool:
        """True when so few of those asked answered that they may not stand for all (below 10 %)."""
        return net_promoter_score.may_be_biased(self.response_rate)


class LowScore(NamedTuple):
    """A customer who is very unhappy, while a call back can still mend it: no call and no follow-up since."""

    customer_id: int | None
    customer: str | None
    phone: str | None
    queue: str | None
    agent: str | None
    client: str | None
    score: int
    scale: int
    comment: str | None
    answered_at: int

    @property
    def who(self) -> str:
        """The customer, as far as anything is known of them."""
        return self.customer or self.phone or "A customer"


class Move(NamedTuple):
    """Customers who went from one segment to another today."""

    before: str | None
    """one-time, repeat, loyal, lapsed; None: had never bought."""
    after: str
    customers: int


@dataclass(frozen=True, slots=True)
class RetentionFigures:
    """Who buys again (metrics.md 10.1 and 10.2). A purchase is a day with an order that stands."""

    one_time: int
    repeat: int
    """Two purchases or more, and not loyal."""
    loyal: int
    """Three purchases or more within 365 days."""
    lapsed: int
    """Once loyal, without an order for 365 days."""
    moves: tuple[Move, ...]
    """Today's, the most frequent first."""
    active: int
    at_risk: int
    churned: int
    """Customers by the days since their last order, against `limits`."""
    limits: ChurnLimits
    churn: float | None
    """Not churned 28 days ago and churned now, over those not churned 28 days ago."""
    won_back: WinBack
    """Of the last 28 days: churned customers reached by a retention call, and who came back."""
    won_back_today: int
    """Churned customers who bought today, called or not."""
    cohorts: tuple[Cohort, ...]
    """By month of the first purchase, the oldest first: who bought again within 90 days. The last 13 months."""
    history_since: str | None
    """First order known: whoever was new in the months after it may be old."""

    @property
    def customers(self) -> int:
        """Everybody who ever bought."""
        return self.one_time + self.repeat + self.loyal + self.lapsed


class AgentFollowUps(NamedTuple):
    """An agent's promised calls of the business day, and whether they can still be kept (metrics.md 10.3)."""

    agent_id: int | None
    """None: nobody has taken them."""
    name: str
    team: str | None
    client: str | None
    due_today: int
    """Open and due today."""
    overdue: int
    done_today: int
    kept: KeptPromises
    """Promises whose time has come today, and those kept."""
    shift_ends_at: int | None
    handling_ms: int | None
    """Usual time for one call of this kind; None where nothing shows it."""
    handling_is_own: bool
    """False: the agent has made too few, so that it is the whole centre's."""
    risk: Risk | None
    """What is due before the end of the shift against the time left; None without a shift or a usual time."""
    late_chances: tuple[float, ...] | None = None
    """Of each promise of today that is not late yet: how likely it will be. None before that has been read."""
    late_reason: LateReason | None = None
    """Why most of those at risk are, beside those that cannot be kept; None where there are none."""
    owed: int = 0
    """Open and due by the end of today, those of earlier days among them."""

    @property
    def at_risk(self) -> int | None:
        """Promises that are not late yet and more likely than not will be."""
        return None if self.late_chances is None else sum(chance >= AT_RISK_FROM for chance in self.late_chances)

    @property
    def late_expected(self) -> float | None:
        """Promises to be expected late by the end of the day, those that are late already among them."""
        return None if self.late_chances is None else self.overdue + sum(self.late_chances)

    @property
    def cannot_be_kept(self) -> int:
        """Promises that are not late yet and will be whatever the owner does: a certain lower bound."""
        return max(0, len(self.risk.late) - self.overdue) if self.risk is not None else 0

    @property
    def late(self) -> int:
        """Promises that are late, and those that will be whatever the owner does: a certain lower bound."""
        return len(self.risk.late) if self.risk else self.overdue


class UnresolvedReason(StrEnum):
    """Why a customer may be given up on."""

    SILENT = "promised and silent"
    """A follow-up is overdue by more than a business day and nobody has talked with the customer since it was due."""
    NOT_REACHED = "fruitless attempts"
    """Called twice or more in 14 days, never reached, and no open follow-up."""
    PROBLEMS = "two problems, no follow-up"
    """Called about problems twice or more in 14 days, and there is no follow-up since the first."""


class UnresolvedCustomer(NamedTuple):
    """A customer who must not be given up."""

    customer_id: int
    customer: str | None
    phone: str | None
    why: UnresolvedReason
    times: int
    """Attempts, problems, or business days of silence."""
    last_at: int
    """The last attempt or problem; the due moment of the promise."""
    owner: str | None
    """The agent who owes the call, or talked last."""
    client: str | None
    """The client company of that agent's team."""


class SecondPurchase(NamedTuple):
    """Somebody who bought once and whose usual time to buy again closes soon."""

    customer_id: int
    customer: str | None
    phone: str | None
    bought_on: str
    closes_on: str
    agent: str | None
    """Who sold to them."""
    client: str | None


class ConcernedCustomer(NamedTuple):
    """A customer who called for a reason today."""

    customer_id: int
    customer: str | None
    phone: str | None
    calls: int
    last_at: int
    agent: str | None
    """Who talked with them last."""


class ReasonFigures(NamedTuple):
    """One reason why customers called today (metrics.md 10.4 and 10.5)."""

    id: int | None
    """None: no reason was noted; never hidden."""
    name: str
    product: str | None
    is_problem: bool
    calls: int
    per_100_calls: float | None
    share: float
    cumulative: float
    vital: bool
    """Among the reasons that make up the first 80 %."""
    customers: int
    """Distinct ones."""
    usual: float | None
    """Calls that the same weekdays would have brought by the last test, at today's volume; None without a baseline."""
    ratio: float | None
    """Rate at the last test over the baseline's rate; None for a new reason."""
    is_new: bool
    """It never occurred in the baseline."""
    rising: bool
    """Flagged: 5 or more, at least 1.5 times as usual, significant over all reasons looked at."""
    concerned: tuple[ConcernedCustomer, ...]
    """The customers, the latest first; at most 50."""


@dataclass(frozen=True, slots=True)
class ProblemFigures:
    """The problem radar: reasons of today's answered calls, the most frequent first."""

    answered: int
    """Answered inbound calls of today, with or without a reason."""
    coded: int
    """Of them, those with a reason."""
    reasons: tuple[ReasonFigures, ...]
    tested_at: int | None
    """The last fixed time at which rising was tested; None before the first of the day."""
    baseline_days: int | None
    """Same weekdays that the baseline holds; None while their rows are still coming in: what rises is then unknown."""

    @property
    def coded_share(self) -> float | None:
        """Share of answered calls with a reason; every figure here is biased where it is low."""
        return sales_funnel.share(self.coded, self.answered)


class WorkFigures(NamedTuple):
    """Calls for each agent and working day, in one direction, beside the same weekday of past weeks (6.9)."""

    direction: str
    handled: int
    agents: int
    """Agents who handled such calls today."""
    aht_ms: float | None
    usual_aht_ms: float | None
    """Mean of all such calls of the same weekdays, up to eight."""
    usual_per_agent_day: float | None
    """Calls handled for each agent on those days."""

    @property
    def per_agent(self) -> float | None:
        """Calls handled for each agent who handled any, so far today."""
        return wait_times.average(self.handled, self.agents)


@dataclass(frozen=True, slots=True)
class ResourceFigures:
    """What today costs and brings so far; "labour only": wages, no other costs (metrics.md 6.9 and 10.6)."""

    work: tuple[WorkFigures, ...]
    """Inbound, then outbound."""
    worked_ms: int
    """Time logged in, all agents, less unpaid pauses."""
    paid_ms: int
    """Of it, that of agents whose hourly cost is known."""
    labour_cents: int | None
    """None where no agent's hourly cost is known."""
    agents_without_cost: int
    """Agents at work today whose hourly cost is not known: the cost is too low by theirs."""
    handled: int
    """Calls handled, both directions."""
    orders: int
    """That stand, in the site's currency."""
    revenue_cents: int
    """Net, in the site's currency."""
    new_customers: int | None
    """None while orders of the past are still coming in."""
    kept_customers: int
    """Customers of retention calls who stayed: disposition "kept", or an order on the call."""
    sales_cost_cents: float | None
    """Part of the labour cost that went into calls of sales queues and campaigns, by handling time: an estimate."""
    retention_cost_cents: float | None
    margin: float | None
    """Share of the revenue that is earned (``site.margin``); None: not set, the whole revenue is counted."""
    assumptions: tuple[str, ...]
    """What the figures rest on, in sentences for a person."""

    @property
    def per_agent_hour(self) -> float | None:
        """Calls handled for each hour worked; None below half an hour."""
        return sales_funnel.per_hour(self.handled, self.worked_ms) if self.worked_ms >= costs.HOUR_MS // 2 else None

    @property
    def cost_per_contact_cents(self) -> float | None:
        """Labour over calls handled."""
        return None if self.labour_cents is None else costs.cost_per_contact(self.labour_cents, self.handled)

    @property
    def cost_per_sale_cents(self) -> float | None:
        """Labour that went into sales over orders."""
        return (
            wait_times.average(round(self.sales_cost_cents), self.orders) if self.sales_cost_cents is not None else None
        )

    @property
    def cost_per_new_customer_cents(self) -> float | None:
        """Labour that went into sales over new customers."""
        if self.sales_cost_cents is None or self.new_customers is None:
            return None
        return costs.cost_per_acquisition(round(self.sales_cost_cents), 0, self.new_customers)

    @property
    def cost_per_kept_customer_cents(self) -> float | None:
        """Labour that went into retention over customers kept."""
        if self.retention_cost_cents is None:
            return None
        return costs.cost_per_kept(round(self.retention_cost_cents), self.kept_customers)

    @property
    def contribution_cents(self) -> float | None:
        """Revenue times margin less labour: the profit-centre view. An estimate where the margin is not set."""
        if self.labour_cents is None:
            return None
        return costs.contribution_cents(
            self.revenue_cents, 1.0 if self.margin is None else self.margin, self.labour_cents
        )

    @property
    def revenue_per_hour_cents(self) -> float | None:
        """Revenue for each hour worked."""
        return costs.revenue_per_agent_hour(self.revenue_cents, self.worked_ms)


class Spending(NamedTuple):
    """Money spent on a goal and what came of it: the centre's over the last 28 days, or another way's (10.6)."""

    name: str
    goal: str
    """acquisition, retention or service"""
    is_centre: bool
    starts_on: str
    ends_on: str | None
    """None: it goes on."""
    cost_cents: int | None
    """None: no agent's hourly cost is known."""
    customers: int | None
    """Won (acquisition), kept (retention); None where the source does not say."""
    revenue_cents: int | None
    cost_per_customer_cents: float | None
    roi: float | None
    """(revenue times margin - cost) / cost; None without revenue."""
    payback_months: float | None
    """Cost over monthly revenue times margin; None without revenue, and where it has not been paid back (`roi` < 0)."""
    break_even_conversion: float | None
    """Another way's: the conversion of sales calls (retention: of retention calls) from which on the centre wins a
    customer for less. Over 1: the centre cannot. None for the centre itself."""


@dataclass(frozen=True, slots=True)
class ValueFigures:
    """The same money elsewhere: the centre beside every investment with the same goal (metrics.md 10.6)."""

    starts_on: str
    """The finished business days that the centre's figures are about."""
    ends_on: str
    days: int
    sales_calls: int
    conversion: float | None
    """New customers over sales calls would be another: this is converted sales calls over sales calls."""
    retention_calls: int
    won_per_call: float | None
    """New customers over sales calls: what `Spent.break_even_conversion` of acquisition is to be compared with."""
    kept_per_call: float | None
    """Customers kept over retention calls: for the break-even of retention."""
    margin: float | None
    incrementality: float
    """Share of the revenue that would not have come anyway."""
    rows: tuple[Spending, ...]
    """By goal: the centre first, then the others, the cheapest customer first."""
    assumptions: tuple[str, ...]
