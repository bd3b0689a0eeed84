"""The days on which customers bought, from rows of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from ccmon.database.query_context import BusinessDates
from ccmon.snapshot.periodic_rows import CustomerMoment
from ccmon.time_units import MINUTE_MS

Histories = dict[int, list[date]]
"""Days of customers' purchases, in order."""


def histories_of(orders: Iterable[CustomerMoment], dates: BusinessDates) -> Histories:
    """The days on which customers bought, from the moments of their orders."""
    bought: defaultdict[int, set[date]] = defaultdict(set)
    for order in orders:
        bought[order.customer_id].add(dates.of(order.at // MINUTE_MS))
    return {customer: sorted(days) for customer, days in bought.items()}
