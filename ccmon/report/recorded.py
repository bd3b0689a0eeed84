"""What cannot be known of a database without any call, or without any order: it is not shown as 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ccmon.model.stretches import Recorded
from ccmon.report.figures import Figure

_OF_CALLS = frozenset(
    {
        *("offered", "answered", "lost", "short_abandoned", "diverted", "unknown", "open"),
        *("service_level_live", "abandonment_rate", "asa_ms", "longest_wait_today_ms", "first_contact"),
        *("sales_calls", "converted", "conversion", "kept_customers", "not_given_up"),
        *("handled", "aht_inbound_ms", "aht_outbound_ms", "calls_per_hour"),
        *("cost_per_contact_cents", "cost_per_sale_cents"),
    }
)
"""Figures of calls."""
_OF_BUYERS = frozenset(["new_customers", "loyal", "churn"])
"""Figures of customers who have bought."""
_OF_ORDERS = frozenset(["sales", "revenue_cents", "month_sales", "month_revenue_cents", "average_order_cents"])
"""Figures of orders."""
TABLES_OF_CALLS = frozenset(["queues", "teams", "agents"])
"""Tables that say nothing without calls, as long as they have no rows."""


def unknowable(recorded: Recorded) -> frozenset[str]:
    """The keys of figures that nothing recorded can tell."""
    keys: frozenset[str] = frozenset()
    if not recorded.calls:
        keys |= _OF_CALLS
        if not recorded.orders:
            keys |= _OF_ORDERS
        if not recorded.buyers:
            keys |= _OF_BUYERS
    return keys


def as_far_as_recorded(figures: Sequence[Figure], recorded: Recorded) -> tuple[Figure, ...]:
    """Figures, without the values of those that nothing recorded can tell."""
    unknown = unknowable(recorded)
    return tuple(
        replace(each, value=None, target=None, before=None, week_before=None) if each.key in unknown else each
        for each in figures
    )


def what_is_missing(recorded: Recorded) -> Iterator[str]:
    """Remarks on what the database has nothing of, and what is therefore left out."""
    if recorded.calls:
        return
    if not recorded.orders:
        yield "The database has no calls and no orders: what would be counted from them is left out."
        return
    yield "The database has no calls: what would be counted from them is left out."
    if not recorded.buyers:
        yield "No order names its customer: how many are new, loyal or lost is not known."
