"""Customers by what they have bought, counted so that today's buyers can be taken out and added again.

All customers' purchases are looked at once an hour; only today's buyers are counted again each time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import astuple

from ccmon.metrics import retention
from ccmon.metrics.retention import Activity, ChurnLimits, Segment

Purchases = Mapping[int, Sequence[date]]
CHURN_DAYS = 28
"""Churn and win-back are measured over this many days, today included."""


class PurchaseTally(Struct, frozen=True):
    """Counts of customers at the end of a day, which can be added and subtracted."""

    segments: Counter[Segment]
    moves: Counter[tuple[Segment | None, Segment]]
    activity: Counter[Activity]
    churn: Counter[str]
    """``active`` before the 28 days, and of them ``churned`` by now; win-back: ``reached``, ``won``, ``returned``."""
    members: Counter[date]
    """By the first day of the month of the first purchase."""
    repeated: Counter[date]

    def changed(self, out: Self, into: Self) -> Self:
        """The counts after replacing some customers as they were (``out``) by the same as they are now (``into``)."""
        return type(self)(*map(_changed, astuple(self), astuple(out), astuple(into)))


def _changed(counts: Counter[Any], out: Counter[Any], into: Counter[Any]) -> Counter[Any]:
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
    members, repeated = retention.cohort_counts(purchases, on)
    return PurchaseTally(
        segments=retention.segments(purchases, on),
        moves=retention.moves(purchases, on),
        activity=Counter(retention.activity(days[-1], on, limits) for days in purchases.values() if days),
        churn=Counter(
            active=active,
            churned=churned,
            reached=won_back.reached,
            won=won_back.won_back,
            returned=won_back.returned_by_themselves,
        ),
        members=members,
        repeated=repeated,
    )
