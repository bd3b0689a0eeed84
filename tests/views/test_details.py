"""Edges of what the views of details mark: low scores, promises that are due, levels below the target, the present."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.model.details import ListedPromise, PastQuarterOffered, QueueSubject, ReadDetails
from ccmon.model.queues import Quarter
from ccmon.time_units import QUARTER_MS
from ccmon.views.call_lists import promise_state, score_span
from ccmon.views.queue_details import queue_tabs
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.floors import floor


@pytest.mark.parametrize(
    ("score", "scale", "span"),
    [
        (None, None, Span("")),
        (3, 10, Span("3 of 10", TextStyle.BAD)),
        (4, 10, Span("4 of 10")),
        (3, 9, Span("3 of 9", TextStyle.BAD)),
        (1, 1, Span("yes")),
        (0, 1, Span("no", TextStyle.WATCH)),
    ],
)
def test_the_lowest_third_of_a_scale_is_a_low_score(score: int | None, scale: int | None, span: Span) -> None:
    assert score_span(score, scale) == span


def test_a_promise_is_due_from_its_moment_on_until_it_is_settled() -> None:
    context = ViewContext.of(floor())
    open_one = ListedPromise(None, "call back", 0, 0, context.rows_at, None, None, None, None)
    assert promise_state(open_one, context) == Span("open, due", TextStyle.WATCH)
    assert promise_state(replace(open_one, due_at=context.rows_at + 1), context) == Span("open")
    assert promise_state(replace(open_one, done_at=1), context).text == "done"
    assert promise_state(replace(open_one, done_at=1, outcome="reached"), context).text == "reached"
    assert promise_state(replace(open_one, outcome="cancelled"), context).text == "cancelled"


def test_a_queues_day_marks_levels_below_the_target_and_begins_with_the_present_quarter() -> None:
    snapshot = floor()
    now = snapshot.at - snapshot.at % QUARTER_MS
    # Four of five are just the target, three of four are below it.
    quarters = tuple(
        Quarter(now + step * QUARTER_MS, offered, offered, within, 0)
        for step, offered, within in ((-2, 5, 4), (-1, 4, 3))
    )
    queue = replace(snapshot.queues[0], quarters=quarters, service_level_target=0.8)
    snapshot = replace(snapshot, at=now, queues=(queue, *snapshot.queues[1:]))
    context = ViewContext.of(snapshot, now)
    week, day = 7 * 86_400_000, snapshot.day
    past = [
        PastQuarterOffered(day.starts_at - week, day.ends_at - week, now - week + step * QUARTER_MS, 2)
        for step in (0, 1)
    ]
    [view] = [tab for tab in queue_tabs(QueueSubject(queue.id or 0, queue.name)) if tab.name == "day"]
    head, *lines = view.draw(ReadDetails(now, past), context, 100)
    assert len(lines) == 4
    levels = [[span for span in line.spans if "%" in span.text] for line in lines[:2]]
    assert [(span.text.strip(), span.style) for [span] in levels] == [
        ("80 %", TextStyle.TEXT),
        ("△75 %", TextStyle.WATCH),
    ]
    assert [line.is_now for line in (head, *lines)] == [False, False, False, True, False]
    assert {line.under for line in lines} == {head.spans}
