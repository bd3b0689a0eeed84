"""What the screen and the text say of opening hours."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.model.follow_ups import FollowUp
from ccmon.model.opening_hours import OpeningFigures
from ccmon.report.text import status_lines
from ccmon.snapshot.narrow import Filters
from ccmon.views.chrome import status_line, watched_text
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.glyphs import UNICODE
from ccmon.views.view_context import ViewContext
from tests import floors
from tests.floors import moment

MONDAY = "2026-11-23T14:32:07"


def context_of(opens: str | None, *, at: str = MONDAY, filters: Filters | None = None) -> ViewContext:
    """A closed site that opens at a moment; None: nobody knows when."""
    opens_at = None if opens is None else moment(opens)
    floor = replace(floors.floor(24), opening_hours=OpeningFigures(today=(), open_now=False, next_change_at=opens_at))
    return ViewContext.of(replace(floor, at=moment(at)), filters=filters or Filters())


@pytest.mark.parametrize(
    ("opens", "text"),
    [
        ("2026-11-23T17:00", "closed until 17:00"),
        ("2026-11-24T09:00", "closed until Tue 09:00"),
        ("2026-11-29T14:32:06", "closed until Sun 14:32"),
        ("2026-11-29T14:32:07", "closed until Sun 29 Nov 14:32"),
        ("2027-01-04T09:00", "closed until 4 Jan 2027 09:00"),
        (None, "closed"),
    ],
)
def test_a_closed_site_says_until_when(opens: str | None, text: str) -> None:
    assert watched_text(context_of(opens), "calls.db").split(" · ")[0] == text


def test_an_open_site_and_one_without_hours_say_nothing() -> None:
    floor = floors.floor(24)
    hours = OpeningFigures(today=(), open_now=True, next_change_at=moment("2026-11-23T17:00"), opened_at=0)
    for each in (floor, replace(floor, opening_hours=hours)):
        assert watched_text(ViewContext.of(each), "calls.db") == "Utrecht · everything"


def test_it_stands_before_what_may_be_cut_off() -> None:
    context = context_of("2026-11-24T09:00", filters=Filters(client="Bloem & Blad"))
    line = "".join(span.text for span in status_line(context, 80, UNICODE, watched_text(context, "x"), 400).spans)
    assert "  closed until Tue 09:00" in line
    first = "".join(span.text for span in next(iter(status_lines(context, 80))))
    assert first.startswith("closed until Tue 09:00 · client Bloem & Blad")


def test_a_promise_for_a_closed_time_says_so() -> None:
    floor = floors.floor(24)
    item = floor.follow_ups.items[0]
    promised, due = moment("2026-11-21T11:00"), moment("2026-11-23T09:00")
    kept = replace(item, due_at=due, promised_at=promised, promise_due_at=due)
    context = ViewContext.of(floor)

    def said(row: FollowUp) -> str:
        [text] = [each.value for each in FollowUpsPanel().details(row, context) if each.label == "promised for"]
        return text

    assert said(kept) == "Sat 21 Nov 11:00 (closed then)"
    assert said(replace(kept, due_at=due + 60_000)) == "Sat 21 Nov 11:00 (closed then) (moved since)"
    assert said(replace(kept, promise_due_at=promised, due_at=promised)) == "Sat 21 Nov 11:00"
