"""Of a line that changes, the cells that look different are sent, and few others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.formatting import fit, width_of
from ccmon.monitor.widgets.changed_cells import NEAR, changed_cells, ends_of
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle

WIDTH = 24
BEFORE = StyledLine((Span("1:22 "), Span("talking "), Span("Ana      "), Span("12")))


def stretches(before: StyledLine, after: StyledLine) -> list[tuple[int, int]]:
    found, have_same_ends = changed_cells(before, after, ends_of(before))
    assert not have_same_ends or ends_of(before) == ends_of(after)
    for start, end, runs in found:
        sent = StyledLine(tuple(Span(text, style) for text, style in runs))
        if after.state is LineState.STALE:
            assert sent == StyledLine((Span(after.text[start:end]),)), "in one style"
        else:
            assert cells(sent) == cells(after)[start:end]
    return [(start, end) for start, end, _ in found]


def with_spans(*texts: str) -> StyledLine:
    return StyledLine(tuple(map(Span, texts)))


def test_only_what_has_changed_is_sent() -> None:
    assert stretches(BEFORE, BEFORE) == []
    assert stretches(BEFORE, with_spans("1:23 ", "talking ", "Ana      ", "12")) == [(3, 4)]
    assert stretches(BEFORE, with_spans("1:22 ", "paused  ", "Ana      ", "12")) == [(5, 12)]
    assert stretches(BEFORE, with_spans("1:22 ", "talking ", "Bob      ", "12")) == [(13, 16)]


def test_what_lies_far_apart_is_sent_apart_and_what_is_near_together() -> None:
    assert stretches(BEFORE, with_spans("1:23 ", "talking ", "Ana      ", "13")) == [(3, 4), (23, 24)]
    assert stretches(BEFORE, with_spans("1:22 ", "paused  ", "Bob      ", "12")) == [(5, 16)]
    assert NEAR >= 16 - 12


def test_a_line_that_becomes_old_is_sent_whole() -> None:
    assert stretches(BEFORE, replace(BEFORE, state=LineState.STALE)) == [(0, WIDTH)]


def test_what_has_no_width_is_not_sent() -> None:
    before = StyledLine((Span(""), Span("talking")))
    assert stretches(before, StyledLine((Span("", TextStyle.BAD), Span("talking")))) == []


letters = st.sampled_from("ab é漢│0123 ")
styles = st.sampled_from([TextStyle.TEXT, TextStyle.BAD])
columns = st.lists(st.tuples(st.text(letters, max_size=6), styles), min_size=4, max_size=4)


def of_columns(made_of: list[tuple[str, TextStyle]]) -> StyledLine:
    return StyledLine(tuple(Span(fit(text, 6), style) for text, style in made_of))


def of_any_width(made_of: list[tuple[str, TextStyle]]) -> StyledLine:
    spans = [Span(text, style) for text, style in made_of]
    return StyledLine((*spans, Span(" " * (WIDTH * 2 - sum(width_of(span.text) for span in spans)))))


def cells(line: StyledLine) -> list[tuple[str, TextStyle]]:
    """Each cell's letter with its style; the second cell of a wide letter holds nothing."""
    found = []
    for span in line.spans:
        for letter in span.text:
            found += [(letter, span.style)] + [("", span.style)] * (width_of(letter) - 1)
    return found


@given(st.sampled_from([of_columns, of_any_width]), columns, columns)
def test_all_other_cells_look_the_same(
    make: type, one: list[tuple[str, TextStyle]], other: list[tuple[str, TextStyle]]
) -> None:
    before, after = make(one), make(other)
    old, new = cells(before), cells(after)
    for start, end in stretches(before, after):
        assert 0 <= start < end <= len(new)
        assert new[start][0], "no wide letter is cut"
        assert end == len(new) or new[end][0]
        old[start:end] = new[start:end]
    assert old == new
