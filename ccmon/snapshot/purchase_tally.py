"""Customers by what they have bought, counted so that today's buyers can be taken out and put in again.

The purchases of all customers are looked at once an hour; those who buy today are counted anew each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct

from ccmon.metrics import retention
from ccmon.metrics.retention import Activity, ChurnLimits, Cohort, Segment

Key = TypeVar("Key")

Purchases = Mapping[int, Sequence[date]]
CHURN_DAYS = 28
"""Churn and win-back are looked at over this many days, today included."""


class PurchaseTally(Struct, frozen=True):
    """Counts of customers at the end of a day, which can be added and subtracted."""

    segments: Counter[Segment]
    moves: Counter[tuple[Segment | None, Segment]]
    activity: Counter[Activity]
    churn: Counter[str]
    """``active`` before the 28 days, and of them ``churned`` by now; win-back: ``reached``, ``won``, ``returned``."""
    members: Counter[str]
    """By month of the first purchase."""
    repeated: Counter[str]
    complete: frozenset[str]

    def changed(self, out: PurchaseTally, into: PurchaseTally) -> PurchaseTally:
        """With some customers counted as they are now (``into``) in place of as they were (``out``)."""
        return PurchaseTally(
            segments=_changed(self.segments, out.segments, into.segments),
            moves=_changed(self.moves, out.moves, into.moves),
            activity=_changed(self.activity, out.activity, into.activity),
            churn=_changed(self.churn, out.churn, into.churn),
            members=_changed(self.members, out.members, into.members),
            repeated=_changed(self.repeated, out.repeated, into.repeated),
            complete=self.complete | into.complete,
        )

    def cohorts(self, last: int) -> tuple[Cohort, ...]:
        """The last cohorts, the oldest first."""
        months = sorted(month for month, members in self.members.items() if members)[-last:]
        return tuple(Cohort(m, self.members[m], self.repeated[m], m in self.complete) for m in months)


def _changed(counts: Counter[Key], out: Counter[Key], into: Counter[Key]) -> Counter[Key]:
    changed = Counter(counts)
    changed.subtract(out)
    changed.update(into)
    return changed


def tally_purchases(
    purchases: Purchases, on: date, limits: ChurnLimits, contacts: Mapping[int, Sequence[date]]
) -> PurchaseTally:
    """Count customers by their purchases up to the end of a day.

    Args:
        purchases: days of each customer's orders, in order.
        on: the day.
        limits: from when on a customer is at risk, and churned.
        contacts: days on which a retention call has reached a customer.
    """
    first = on - timedelta(days=CHURN_DAYS - 1)
    won_back = retention.win_back(purchases, contacts, first=first, last=on, limits=limits)
    active, churned = retention.churned_of_active(purchases, first, on, limits)
    cohorts = retention.cohorts(purchases, on)
    counts = {
        "active": active,
        "churned": churned,
        "reached": won_back.reached,
        "won": won_back.won_back,
        "returned": won_back.returned_by_themselves,
    }
    return PurchaseTally(
        segments=retention.segments(purchases, on),
        moves=retention.moves(purchases, on),
        activity=Counter(retention.activity(days[-1], on, limits) for days in purchases.values() if days),
        churn=Counter(counts),
        members=Counter({cohort.month: cohort.customers for cohort in cohorts}),
        repeated=Counter({cohort.month: cohort.repeated for cohort in cohorts}),
        complete=frozenset(cohort.month for cohort in cohorts if cohort.complete),
    )
