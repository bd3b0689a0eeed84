"""The list of alarms in lines, and which row is chosen while rows come and go."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.model.alarms import Rule, Severity
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.alarm_list import (
    WITH_SINCE,
    alarm_rows,
    end_of_shift,
    identity_of,
    target_of,
    target_of_logged,
    with_identity,
)
from ccmon.views.list_rows import ListRow, RowLines, choosable, place_of
from ccmon.views.styled_text import LineState, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.examples import examples

HOUR = 3_600_000
FLOOR = busy_floor()


def texts(floor: object = FLOOR, width: int = 114) -> list[str]:
    context = ViewContext.of(floor)  # type: ignore[arg-type]
    return [row.make(False).text for row in alarm_rows(context, width)]


def test_what_nobody_sees_to_stands_first_and_what_is_quiet_last() -> None:
    first, second, third, *rest = FLOOR.alarms
    assert second.severity is third.severity is Severity.ACT
    taken = replace(second, taken_by="eva")
    quiet = replace(third, taken_by="bob", quiet_until=FLOOR.at + HOUR)
    lines = texts(replace(FLOOR, alarms=(first, *rest, taken, quiet)))
    assert [line.strip() for line in lines if ": " in line and not line.startswith(("▲", "△"))] == [
        "Act now: 1", f"Watch: {len(rest)}", "Somebody has it: 1", "Quiet: 1",
    ]  # fmt: skip
    assert f"{second.subject}  " in lines[-3]
    assert "eva has it · longest wait" in lines[-3]
    assert "bob has it, quiet until 15:32 · nobody staffed" in lines[-1]


def test_a_line_says_for_how_long_about_what_and_what_is_wrong() -> None:
    narrow, wide = texts(width=WITH_SINCE - 1)[3], texts(width=WITH_SINCE)[3]
    assert narrow.startswith("▲    2 min  Bloem service ")
    assert wide.startswith("▲    2 min  14:30      Bloem service ")
    for line in (narrow, wide):
        assert "  nobody staffed, longest wait 2 min 18 s" in line
        assert line.count("Bloem service") == 1
    assert {len(line) for line in texts(width=74)} == {74}


def test_the_chosen_alarm_is_told_in_full_with_its_parts() -> None:
    context = ViewContext.of(FLOOR)
    alarm = FLOOR.alarms[2]
    row = next(each for each in alarm_rows(context, 74) if each.identity == identity_of(alarm))
    first, *parts = row.told()
    assert first.text == "Bloem service: nobody staffed, longest wait 2 min 18 s, 2 callers waiting. Since 14:30."
    assert len(parts) == len(alarm.parts) > 0
    assert row.make(True).state is LineState.CURSOR
    assert row.make(False).state is LineState.PLAIN


def test_two_customers_with_one_name_are_two_rows() -> None:
    low = FLOOR.low_scores or ()
    floor = replace(FLOOR, low_scores=(low[0], replace(low[0], customer_id=99)))
    floor = replace(floor, alarms=find_alarms(floor))
    found = [identity_of(alarm) for alarm in floor.alarms if alarm.rule is Rule.LOW_SCORE]
    assert len(set(found)) == len(found) == 2
    assert [with_identity(floor.alarms, each) for each in found] == [
        alarm for alarm in floor.alarms if alarm.rule is Rule.LOW_SCORE
    ]
    assert with_identity(floor.alarms, "pause\nnobody\n") is None


def test_the_row_of_one_that_has_cleared() -> None:
    queue, agent = FLOOR.queues[2], FLOOR.agents[3]
    found = target_of_logged("longest_wait", queue.name, FLOOR)
    assert found is not None
    assert (found.panel, found.row) == (1, queue)
    found = target_of_logged("pause", agent.name, FLOOR)
    assert found is not None
    assert (found.panel, found.row) == (2, agent)
    for rule, subject in (("pause", queue.name), ("longest_wait", agent.name), ("low_score", agent.name)):
        assert target_of_logged(rule, subject, FLOOR) is None


def test_an_alarm_about_the_data_is_about_no_row() -> None:
    old = replace(FLOOR, data_at=FLOOR.at - HOUR)
    alarm = next(each for each in find_alarms(old) if each.rule is Rule.DATA_AGE)
    assert target_of(alarm, old) is None
    ended = replace(old, data_ends_at=old.data_at, alarms=(alarm,))
    assert texts(ended)[1].startswith("▲   1 h  13:32 ")


def test_the_shift_ends_when_the_site_closes_for_the_last_time() -> None:
    at, ends_at = FLOOR.at, FLOOR.day.ends_at
    today = (
        OpenStretch(at - 5 * HOUR, at - HOUR),
        OpenStretch(at - HOUR, at + HOUR),
        OpenStretch(at + HOUR, at + 2 * HOUR),
    )
    hours = OpeningFigures(today, open_now=True, next_change_at=None)
    assert end_of_shift(replace(FLOOR, opening_hours=hours)) == at + 2 * HOUR
    closed = OpeningFigures(today[:1], open_now=False, next_change_at=None)
    assert end_of_shift(replace(FLOOR, opening_hours=closed)) == ends_at
    assert end_of_shift(replace(FLOOR, opening_hours=None)) == ends_at


def row(identity: str) -> ListRow:
    return ListRow(lambda chosen: StyledLine((blank(1 + chosen),)), identity)


rows = st.lists(st.sampled_from(["", *"abcdef"]), max_size=8, unique_by=lambda each: each or object())


@settings(max_examples=examples(200, 5_000))
@given(rows, st.none() | st.sampled_from("abcdefg"), st.integers(0, 9))
def test_the_chosen_row_is_found_again_or_the_next_takes_its_place(
    names: list[str], identity: str | None, before: int
) -> None:
    found = place_of([row(name) for name in names], identity, before)
    places = [place for place, name in enumerate(names) if name]
    assert places == choosable([row(name) for name in names])
    if identity in names:
        assert found == names.index(identity or "")
    elif not places:
        assert found is None
    else:
        later = [place for place in places if place >= before]
        assert found == (later[0] if later else places[-1])


def test_lines_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def of(place: int) -> ListRow:
        def make(chosen: bool) -> StyledLine:
            made.append(place)
            return StyledLine((blank(2 if chosen else 1),))

        return ListRow(make, str(place))

    lines = RowLines([of(place) for place in range(9)], 4)
    assert len(lines) == 9
    assert [line.text for line in lines[3:6]] == [" ", "  ", " "]
    assert lines[4].text == "  "
    assert made == [3, 4, 5, 4]


def test_the_steps_have_their_styles() -> None:
    context = ViewContext.of(FLOOR)
    heads = [each.make(False).spans[0].style for each in alarm_rows(context, 74) if not each.identity]
    assert heads == [TextStyle.BAD, TextStyle.WATCH]
