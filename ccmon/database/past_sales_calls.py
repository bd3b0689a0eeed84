"""What to ask for of the days that today is measured by: the same way of asking as `ccmon.database.live_queries`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date
from json import dumps

from ccmon.database.live_queries import Answer, Question
from ccmon.metrics.pace import days_alike
from ccmon.model.business_day import BusinessDay
from ccmon.snapshot.live_rows import Rows

SHAPED_BY_CALLS = 200_000
"""Of more calls a part shows how they spread over the day."""

Found = tuple[tuple[BusinessDay, ...], int, list[Answer]]


def past_sales_calls(
    today: date, days: Sequence[BusinessDay], totals: Rows
) -> Generator[tuple[Question, ...], list[Answer], Found]:
    """The days that today is measured by, their sales calls and when agents were to work.

    Args:
        today: the business day.
        days: those before it, the latest first.
        totals: rows of day_totals.

    Returns:
        The days, in how many sales calls one is looked at, and the rows of past_sales_calls and
        planned_work.
    """
    chosen = set(days_alike({date.fromisoformat(row[0]): row[1] for row in totals}, today.weekday()))
    alike = tuple(day for day in days if date.fromisoformat(day.date) in chosen)
    calls = sum(row[3] + row[6] for row in totals if date.fromisoformat(row[0]) in chosen)
    one_in = max(1, -(-calls // SHAPED_BY_CALLS))
    window = {"days": dumps([day.starts_at for day in alike]), "one_in": one_in}
    answers = yield ("past_sales_calls", window), ("planned_work", window)
    return alike, one_in, answers
