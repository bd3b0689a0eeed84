"""Reads what customers bought before today from counts that triggers keep, without going through all customers.

The counts are of the present and include today's purchases. Few customers had a different history at the end of
yesterday, as known at the moment asked for: they are taken out of the counts and added again as they were then. If many
bought on later days, because the moment is long ago, all customers are counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.json_text import dumps, loads
from ccmon.database.purchase_histories import Histories, histories_of
from ccmon.database.query_context import BusinessDates, QueryContext
from ccmon.metrics import retention
from ccmon.metrics.retention import Activity, ChurnLimits, Segment
from ccmon.snapshot.periodic_rows import (
    BuyerCounts,
    ChurnCounts,
    CohortCounts,
    CustomerMoment,
    CustomerPurchases,
    PurchaseGap,
    ReturnedCustomers,
)
from ccmon.snapshot.purchase_tally import CHURN_DAYS, PurchaseTally, tally_purchases
from ccmon.time_units import DAY_MS, MINUTE_MS

CLOSING_WITHIN_DAYS = 7
CUSTOMERS_A_PAGE = 20_000
LATER_BUYERS_AT_MOST = 2_000
"""With more, going through all customers is not much slower."""


class PastPurchases(Struct, frozen=True):
    """What all customers bought before today."""

    tally: PurchaseTally
    limits: ChurnLimits
    closing: tuple[tuple[int, date, date], ...]
    """One-time buyers: customer, day of the purchase, day on which the usual time to buy again closes."""


def read_past_purchases(database: Database, context: QueryContext, reached: Mapping[int, list[date]]) -> PastPurchases:
    """What customers bought before today.

    Args:
        database: the database.
        context: the moment.
        reached: days of the last 28 before today on which a retention call reached a customer.
    """
    later_buyers = database.values("later_buyers", {**context.parameters, "most": LATER_BUYERS_AT_MOST + 1})
    if len(later_buyers) > LATER_BUYERS_AT_MOST:
        return _counted_anew(database, context, reached)
    return _CountsAtMoment(database, context, reached, set(later_buyers)).purchases()


def _counted_anew(database: Database, context: QueryContext, reached: Mapping[int, list[date]]) -> PastPurchases:
    """Count by going through the orders of all customers, page by page."""
    dates, today = BusinessDates(context.site), context.today
    histories: Histories = {}
    page: dict[str, object] = {**context.parameters, "after": -1, "page": CUSTOMERS_A_PAGE}
    while True:
        rows = database.rows("purchases_page", CustomerPurchases, page)
        for row in rows:
            histories[row.customer_id] = sorted({dates.of(int(minute)) for minute in row.minutes.split(",")})
        if len(rows) < CUSTOMERS_A_PAGE:
            break
        page["after"] = rows[-1].customer_id
    limits = retention.churn_limits(retention.gaps(histories.values()))
    usual = retention.usual_days_to_second_purchase(retention.first_gaps(histories.values()))
    once = {customer: days[0] for customer, days in histories.items() if len(days) == 1}
    return PastPurchases(tally_purchases(histories, today, limits, reached), limits, _closing(once, usual, today))


def _closing(once: Mapping[int, date], usual: int, today: date) -> tuple[tuple[int, date, date], ...]:
    closing = retention.second_purchase_closing(once, usual, today, today + timedelta(days=CLOSING_WITHIN_DAYS - 1))
    return tuple((customer, once[customer], closes) for customer, closes in closing)


class _CountsAtMoment:
    """The counts at a moment, from those that triggers keep."""

    def __init__(
        self, database: Database, context: QueryContext, reached: Mapping[int, list[date]], later_buyers: set[int]
    ) -> None:
        self._database, self._reached = database, reached
        self._dates, self._today = BusinessDates(context.site), context.today
        self._day = {"day_ends_at": context.day.ends_at}
        later = database.values("customers_with_later_sales", context.parameters)
        self._now = self._histories(later)
        self._counted = {customer: days for customer, days in self._now.items() if customer not in later_buyers}
        of_later = {**context.parameters, "customers": dumps(later)}
        self._then = histories_of(database.rows("past_purchases", CustomerMoment, of_later), self._dates)
        self._later = set(later)

    def purchases(self) -> PastPurchases:
        """What customers bought before today."""
        rows = self._database.rows("purchase_gap_counts", PurchaseGap)
        now, then = self._now.values(), self._then.values()
        gaps = Counter({row.gap_days: row.gaps for row in rows})
        gaps.subtract(retention.gaps(now))
        limits = retention.churn_limits(+(gaps + retention.gaps(then)))
        first_gaps = Counter({row.gap_days: row.first_gaps for row in rows})
        first_gaps.subtract(retention.first_gaps(now))
        usual = retention.usual_days_to_second_purchase(+(first_gaps + retention.first_gaps(then)))
        tally = self._tally(limits).changed(
            tally_purchases(self._counted, self._today, limits, self._reached),
            tally_purchases(self._then, self._today, limits, self._reached),
        )
        return PastPurchases(tally, limits, _closing(self._once(usual), usual, self._today))

    def _tally(self, limits: ChurnLimits) -> PurchaseTally:
        """The counts of all customers, from what triggers keep."""
        at_risk_before = self._start_days_ago(limits.at_risk_days)
        churned_before = self._start_days_ago(limits.churned_days)
        counts = self._database.one_row(
            "buyer_counts",
            BuyerCounts,
            {
                **self._day,
                "year_ago_at": self._start_days_ago(retention.LOYAL_DAYS),
                "at_risk_before": at_risk_before,
                "churned_before": churned_before,
            },
        )
        churn = self._database.one_row(
            "churn_counts",
            ChurnCounts,
            {
                **self._day,
                "eve_at": self._start_days_ago(CHURN_DAYS),
                "eve_churned_before": self._start_days_ago(CHURN_DAYS + limits.churned_days),
                "churned_before": churned_before,
            },
        )
        won_back = self._won_back(limits, churned_before)
        cohorts = self._database.rows("cohort_counts", CohortCounts, self._day)
        return PurchaseTally(
            segments=Counter(
                {
                    Segment.ONE_TIME: counts.one_time,
                    Segment.REPEAT: counts.buyers - counts.one_time - counts.loyal - counts.lapsed,
                    Segment.LOYAL: counts.loyal,
                    Segment.LAPSED: counts.lapsed,
                }
            ),
            moves=self._moves(),
            activity=Counter(
                {
                    Activity.ACTIVE: counts.active,
                    Activity.AT_RISK: counts.at_risk,
                    Activity.CHURNED: counts.buyers - counts.active - counts.at_risk,
                }
            ),
            churn=Counter({"active": churn.active, "churned": churn.churned} | won_back),
            members=Counter({date.fromisoformat(row.month): row.members for row in cohorts}),
            repeated=Counter({date.fromisoformat(row.month): row.repeated for row in cohorts}),
        )

    def _moves(self) -> Counter[tuple[Segment | None, Segment]]:
        """Moves of customers who bought today, or exactly a year ago: nobody else moves."""
        year_ago = {"day_at": self._start_days_ago(retention.LOYAL_DAYS)}
        customers = self._database.values("buyers_of_day", year_ago)
        others = self._histories(set(customers) - self._later)
        return retention.moves({**self._counted, **others}, self._today)

    def _won_back(self, limits: ChurnLimits, churned_before: int) -> dict[str, int]:
        """Win-back counts of customers who were churned when a call reached them, or returned: nobody else counts."""
        first = self._today - timedelta(days=CHURN_DAYS - 1)
        reached = {"customers": dumps(list(self._reached))}
        window = {
            **self._day,
            "since": self._dates.start(first),
            "day_starts_at": self._dates.start(self._today),
            "gap_ms": limits.churned_days * DAY_MS + DAY_MS // 2,
        }
        returned = self._database.one_row("returned_customers", ReturnedCustomers, {**window, **reached})
        among = set(loads(returned.among))
        churned = self._database.values("churned_among", {**reached, "churned_before": churned_before})
        called = self._histories(among.union(churned))
        found = retention.win_back(called, self._reached, first=first, last=self._today, limits=limits)
        by_themselves = found.returned_by_themselves + returned.customers - len(among)
        return {"reached": found.reached, "won": found.won_back, "returned": by_themselves}

    def _once(self, usual: int) -> dict[int, date]:
        """One-time buyers whose usual time to buy again closes soon."""
        window = {
            "since": self._start_days_ago(usual),
            "until": self._start_days_ago(usual - CLOSING_WITHIN_DAYS),
        }
        rows = self._database.rows("one_time_buyers", CustomerMoment, window)
        once = {
            row.customer_id: self._dates.of(row.at // MINUTE_MS) for row in rows if row.customer_id not in self._later
        }
        once |= {customer: days[0] for customer, days in self._then.items() if len(days) == 1}
        return dict(sorted(once.items()))

    def _start_days_ago(self, days: int) -> int:
        return self._dates.start(self._today - timedelta(days=days))

    def _histories(self, customers: Collection[int]) -> Histories:
        """Histories of some customers, as triggers keep them."""
        among = {"customers": dumps(list(customers))}
        return histories_of(self._database.rows("purchase_days_of_customers", CustomerMoment, among), self._dates)
