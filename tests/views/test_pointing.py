"""Which part, span, key, text, filter and column a cell is in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ccmon.formatting import width_of
from ccmon.snapshot.narrow import Filters
from ccmon.views.chrome import keys_line
from ccmon.views.column_widths import fit_columns
from ccmon.views.columns import GAP
from ccmon.views.keys import KEYS
from ccmon.views.pointing import column_at, filter_at, key_at, part_at, span_at, text_at
from ccmon.views.queues import COLUMNS
from ccmon.views.styled_text import Span, StyledLine


@given(width=st.integers(66, 250), parts=st.integers(1, 9))
def test_parts_begin_where_they_are_drawn(width: int, parts: int) -> None:
    edges = [width * place // parts for place in range(parts + 1)]
    for place, (start, end) in enumerate(pairwise(edges)):
        assert {part_at(x, width, parts) for x in range(start, end)} == {place}


@given(texts=st.lists(st.text("aü中 ", min_size=1, max_size=4), min_size=1, max_size=5))
def test_a_cell_is_in_the_span_that_covers_it(texts: list[str]) -> None:
    line = StyledLine(tuple(map(Span, texts)))
    covers = [place for place, text in enumerate(texts) for _ in range(width_of(text))]
    assert [span_at(line, x) for x in range(len(covers) + 2)] == [*covers, None, None]


def test_a_text_after_wide_letters_is_found_by_its_cells() -> None:
    line = StyledLine((Span("中中 "), Span("queue Ü"), Span(" rest")))
    assert [text_at(line, x, ["queue Ü", "", "gone"]) for x in (4, 5, 11, 12)] == [None, "queue Ü", "queue Ü", None]
    filters = Filters(queue="Ü", team="gone")
    assert [filter_at(line, x, filters) for x in (4, 5, 11, 12)] == [None, "queue", "queue", None]


@given(width=st.integers(60, 220))
def test_each_key_of_the_line_is_found_under_its_letters_alone(width: int) -> None:
    line = keys_line(width, follow_up_chosen=True, undoing=True, tabs=True)
    found = [key_at(line, x, KEYS) for x in range(width)]
    names = [key.id for key in dict.fromkeys(key for key in found if key is not None)]
    assert len(names) == (len(line.spans) - 1) // 2
    for x, key in enumerate(found):
        place = span_at(line, x)
        assert place is not None
        is_filling = place == len(line.spans) - 1
        assert (key is None) is is_filling
        if key is not None:
            assert line.spans[place // 2 * 2 + 1].text == f" {key.short} "


@given(width=st.integers(20, 200))
def test_each_column_is_found_under_its_cells_alone(width: int) -> None:
    fitted = fit_columns(COLUMNS, width)
    expected = [each for column, cells in fitted for each in (*[column.key] * cells, *[None] * GAP)]
    found = [column_at(fitted, x) for x in range(len(expected) + 3)]
    assert [column and column.key for column in found] == [*expected, None, None, None]
    assert column_at(fitted, -1) is None
