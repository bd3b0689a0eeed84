"""What a typed time is read by on the screen, and when a promise for a moment counts as due."""

from __future__ import annotations

from datetime import date, datetime

from ccmon.formatting import local_time
from ccmon.views.moments import Present
from ccmon.views.view_context import ViewContext


def present_of(context: ViewContext) -> Present:
    """By what a typed time is read."""
    snapshot = context.snapshot
    day_starts_ms = 0 if snapshot.due_moments is None else snapshot.due_moments.day_starts_ms
    return Present(context.now, context.zone, date.fromisoformat(snapshot.day.date), day_starts_ms)


def counts_at(at: datetime, context: ViewContext) -> datetime:
    """When what is promised for a moment counts as due: at the next opening, where the site is closed then."""
    due_moments = context.snapshot.due_moments
    if due_moments is None:
        return at
    moment_ms = round(at.timestamp() * 1000)
    counts_at = due_moments.counts_as(moment_ms)
    return at if counts_at == moment_ms else local_time(counts_at, context.zone)
