"""New, one-time, repeat, loyal and lapsed buyers, and those won back (metrics.md 8.3, 10.1 and 10.2).

A purchase is the business day of an order that stands; a second order on that day is the same purchase. Refunded orders
and exchanges are left out when the orders are read.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from ccmon.metrics.means import nearest_rank
from ccmon.number_types import Count, Ratio

Customer = TypeVar("Customer", bound=Hashable)

LOYAL_PURCHASES = 3
LOYAL_DAYS = 365
REPEAT_WITHIN_DAYS = 90
WON_BACK_WITHIN_DAYS = 30
ENOUGH_GAPS = 100
"""With fewer gaps, their percentiles say nothing, and fixed numbers of days are used (metrics.md 10.2)."""
AT_RISK_DAYS = 60
CHURNED_DAYS = 180


class Segment(StrEnum):
    """What kind of buyer a customer is."""

    ONE_TIME = "one-time"
    REPEAT = "repeat"
    LOYAL = "loyal"
    LAPSED = "lapsed"
    """Once loyal, but without an order for a year."""


def purchase_days(orders: Iterable[date], until: date | None = None) -> list[date]:
    """The distinct days of a customer's orders up to ``until``, in order."""
    days = sorted(set(orders))
    return days if until is None else days[: bisect_right(days, until)]


def segment(days: Sequence[date], on: date) -> Segment | None:
    """A customer's segment at the end of a day, from `purchase_days`; None before the first purchase."""
    past = days[: bisect_right(days, on)]
    if not past:
        return None
    recent = len(past) - bisect_right(past, on - timedelta(days=LOYAL_DAYS))
    if recent >= LOYAL_PURCHASES:
        return Segment.LOYAL
    if recent == 0 and _was_loyal(past):
        return Segment.LAPSED
    return Segment.ONE_TIME if len(past) == 1 else Segment.REPEAT


def _was_loyal(days: Sequence[date]) -> bool:
    first_of_three = zip(days, days[LOYAL_PURCHASES - 1 :], strict=False)
    return any((last - first).days < LOYAL_DAYS for first, last in first_of_three)


def segments(purchases: Mapping[Customer, Sequence[date]], on: date) -> Counter[Segment]:
    """How many customers are in each segment at the end of a day."""
    return Counter(found for days in purchases.values() if (found := segment(days, on)) is not None)


def moves(purchases: Mapping[Customer, Sequence[date]], on: date) -> Counter[tuple[Segment | None, Segment]]:
    """Moves between segments on one day, as (from, to); from None: a first purchase."""
    counted: Counter[tuple[Segment | None, Segment]] = Counter()
    for days in purchases.values():
        before, after = segment(days, on - timedelta(days=1)), segment(days, on)
        if after is not None and before is not after:
            counted[before, after] += 1
    return counted


class Cohort(Struct, frozen=True):
    """Customers who first bought in one month, and how many bought again within the window."""

    month: str
    """Such as 2026-03."""
    customers: Count
    """Customers who first bought in the month."""
    repeated: Count
    """Of these customers, those who bought again on a later day within the window."""
    complete: bool
    """False while some of the customers may still buy again in time: the cohort is maturing."""

    @property
    def rate(self) -> Ratio | None:
        """Share who bought again on a later day within the window; None while maturing and for an empty cohort."""
        return self.repeated / self.customers if self.complete and self.customers else None


def cohort_counts(purchases: Mapping[Customer, Sequence[date]], on: date) -> tuple[Counter[date], Counter[date]]:
    """By first day of the month: customers who first bought in it, and those of them who bought again in time.

    As known at the end of the day ``on``; in time: on a later day within `REPEAT_WITHIN_DAYS`.
    """
    members: Counter[date] = Counter()
    repeated: Counter[date] = Counter()
    for orders in purchases.values():
        days = purchase_days(orders, on)
        if days:
            month = days[0].replace(day=1)
            members[month] += 1
            repeated[month] += len(days) > 1 and (days[1] - days[0]).days <= REPEAT_WITHIN_DAYS
    return members, repeated


def cohorts(members: Mapping[date, int], repeated: Mapping[date, int], on: date) -> list[Cohort]:
    """Repeat-purchase rate by month of the first purchase, the oldest first, from `cohort_counts` of the day ``on``."""
    return [
        Cohort(
            month=f"{month:%Y-%m}",
            customers=members[month],
            repeated=repeated[month],
            complete=_month_end(month) + timedelta(days=REPEAT_WITHIN_DAYS) < on,
        )
        for month in sorted(month for month, number in members.items() if number)
    ]


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def gaps(purchases: Iterable[Sequence[date]]) -> Counter[int]:
    """By number of days: how often successive purchases of a customer lie that far apart."""
    return Counter((later - earlier).days for days in purchases for earlier, later in pairwise(sorted(set(days))))


def first_gaps(purchases: Iterable[Sequence[date]]) -> Counter[int]:
    """By number of days: how often a customer's first and second purchase lie that far apart."""
    return gaps(sorted(set(days))[:2] for days in purchases)


class ChurnLimits(Struct, frozen=True):
    """After how many days without an order a customer counts as at risk, and as churned."""

    at_risk_days: Count
    """Days without an order from which on a customer is at risk."""
    churned_days: Count
    """Days without an order from which on a customer has churned."""
    from_gaps: Count | None
    """How many gaps the percentiles rest on; None: too few, so that the fixed 60 and 180 days apply."""


def churn_limits(gap_days: Mapping[int, int]) -> ChurnLimits:
    """The 40th and 80th percentile of the days between orders, from at least 100 of them (statlas), from `gaps`."""
    number = sum(gap_days.values())
    if number < ENOUGH_GAPS:
        return ChurnLimits(AT_RISK_DAYS, CHURNED_DAYS, None)
    return ChurnLimits(nearest_rank(gap_days, 0.4) or 0, nearest_rank(gap_days, 0.8) or 0, number)


class Activity(StrEnum):
    """Whether a customer still buys, by the days since the last order."""

    ACTIVE = "active"
    AT_RISK = "at risk"
    CHURNED = "churned"


def activity(last_purchase: date, on: date, limits: ChurnLimits) -> Activity:
    """At risk past the 40th percentile of gaps, churned past the 80th."""
    idle = (on - last_purchase).days
    if idle > limits.churned_days:
        return Activity.CHURNED
    return Activity.AT_RISK if idle > limits.at_risk_days else Activity.ACTIVE


def _activity_on(on: date, orders: Iterable[date], limits: ChurnLimits) -> Activity | None:
    """Activity at the end of a day; None before the first purchase."""
    days = purchase_days(orders, on)
    return activity(days[-1], on, limits) if days else None


def churned_of_active(
    purchases: Mapping[Customer, Sequence[date]], first: date, last: date, limits: ChurnLimits
) -> tuple[int, int]:
    """Customers not churned before the period, and those of them churned at its end.

    New customers of the period count in neither.
    """
    eve = first - timedelta(days=1)
    active = churned = 0
    for orders in purchases.values():
        if _activity_on(eve, orders, limits) not in {None, Activity.CHURNED}:
            active += 1
            churned += _activity_on(last, orders, limits) is Activity.CHURNED
    return active, churned


class WinBack(Struct, frozen=True):
    """Churned customers who were called, and who came back."""

    reached: Count
    """Churned customers reached by a win-back call (right-party)."""
    won_back: Count
    """Of the customers reached, those who bought within 30 days of the call."""
    returned_by_themselves: Count
    """Churned customers who bought without such a call."""

    @property
    def rate(self) -> Ratio | None:
        """Won back over reached; None when nobody was reached."""
        return self.won_back / self.reached if self.reached else None


def win_back(
    purchases: Mapping[Customer, Sequence[date]],
    contacts: Mapping[Customer, Sequence[date]],
    *,
    first: date,
    last: date,
    limits: ChurnLimits,
) -> WinBack:
    """Win-back by calls made in a period. ``contacts``: by customer, the days on which a win-back call reached them."""
    reached = won = by_themselves = 0
    for customer, orders in purchases.items():
        days = purchase_days(orders)
        calls = [
            day
            for day in contacts.get(customer, ())
            if first <= day <= last and _activity_on(day - timedelta(days=1), days, limits) is Activity.CHURNED
        ]
        if calls:
            reached += 1
            won += any(0 <= (bought - call).days <= WON_BACK_WITHIN_DAYS for call in calls for bought in days)
        else:
            returns = [later for earlier, later in pairwise(days) if (later - earlier).days > limits.churned_days]
            by_themselves += any(first <= day <= last for day in returns)
    return WinBack(reached, won, by_themselves)


def usual_days_to_second_purchase(gap_days: Mapping[int, int]) -> int:
    """The 80th percentile of days from the first to the second purchase, from at least 100 of them, else 90 days.

    From `first_gaps`.
    """
    return (nearest_rank(gap_days, 0.8) or 0) if sum(gap_days.values()) >= ENOUGH_GAPS else REPEAT_WITHIN_DAYS


def second_purchase_closing(
    bought_once: Mapping[Customer, date], usual_days: int, first: date, last: date
) -> list[tuple[Customer, date]]:
    """One-time buyers whose usual time to buy again ends in the days from ``first`` to ``last``, the soonest first.

    Args:
        bought_once: the day of the only purchase.
        usual_days: from `usual_days_to_second_purchase`.
        first: the first of the days.
        last: the last of them.
    """
    usual = timedelta(days=usual_days)
    closing = [(customer, day + usual) for customer, day in bought_once.items() if first <= day + usual <= last]
    return sorted(closing, key=lambda item: item[1])
