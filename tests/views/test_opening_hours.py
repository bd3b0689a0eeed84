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
from ccmon.views.queues import QueuesPanel
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


def open_site(closes: str | None, site: str = "Utrecht") -> ViewContext:
    closes_at = None if closes is None else moment(closes)
    hours = OpeningFigures(today=(), open_now=True, next_change_at=closes_at, opened_at=0)
    return ViewContext.of(replace(floors.floor(24), site=site, opening_hours=hours))


def top_line(context: ViewContext, width: int, *, read_only: bool = False) -> str:
    watched = watched_text(context, "x", read_only=read_only)
    return "".join(span.text for span in status_line(context, width, UNICODE, watched, 400).spans)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_an_open_site_says_until_when_if_there_is_room(width: int) -> None:
    for closes, text in (("2026-11-23T17:00", "open until 17:00"), ("2026-11-24T02:00", "open until Tue 02:00")):
        context = open_site(closes)
        assert (f"Utrecht · everything · {text}  " in top_line(context, width)) is (width > 80)
        assert width > 80 or "everything   " in top_line(context, width), "whole or not at all"
        assert text in "".join(span.text for span in next(iter(status_lines(context, width))))
        assert "open" not in top_line(open_site(closes, "A site with a name of many letters" * 5), width)
    for context in (open_site(None), ViewContext.of(floors.floor(24))):
        assert watched_text(context, "calls.db") == "Utrecht · everything"
        assert "open" not in top_line(context, width)


def test_the_details_of_a_queue_say_so_however_narrow_the_screen() -> None:
    for context, text in (
        (open_site("2026-11-23T17:00"), ["open until 17:00"]),
        (context_of("2026-11-24T09:00"), ["closed until Tue 09:00"]),
        (ViewContext.of(floors.floor(24)), []),
    ):
        panel = QueuesPanel()
        details = panel.details(panel.rows(context)[0], context)
        assert [each.value for each in details if each.label == "The centre is"] == text


def test_that_it_may_only_be_read_is_never_cut_off() -> None:
    for site in ("Utrecht", "Customer contact centre of the town of Utrecht"):
        assert f"  read-only · {site[:5]}" in top_line(open_site(None, site), 80, read_only=True)
    closed = context_of("2026-11-24T09:00", filters=Filters(client="Bloem & Blad"))
    assert "  read-only · closed until" in top_line(closed, 80, read_only=True)


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
