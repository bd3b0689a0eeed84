"""Each kind of column writes, aligns, sizes and sorts what it holds in one way."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from ccmon.formatting import UNKNOWN
from ccmon.views import column_factories as column
from ccmon.views.column_widths import fit_columns
from ccmon.views.columns import Column, sorted_rows
from ccmon.views.glyphs import ASCII, UNICODE
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.floors import floor, moment


class Line(NamedTuple):
    number: float | None = None
    name: str | None = None


VIEW, ASCII_VIEW = ViewContext.of(floor(1), glyphs=UNICODE), ViewContext.of(floor(1), glyphs=ASCII)
WORDS = ("key", "title", "What it is.")


def column_of(kind: str) -> Column[Line]:
    columns: dict[str, Column[Line]] = {
        "count": column.count(*WORDS, lambda line, _: line.number),
        "count, decimals": column.count(*WORDS, lambda line, _: line.number, decimals=1),
        "percentage": column.percentage(*WORDS, lambda line, _: line.number),
        "percentage, decimals": column.percentage(*WORDS, lambda line, _: line.number, decimals=1),
        "duration": column.duration(*WORDS, lambda line, _: line.number),
        "time in a state": column.time_in_state(*WORDS, lambda line, _: line.number),
        "mean": column.mean(*WORDS, lambda line, _: line.number),
        "amount": column.amount(*WORDS, lambda line, _: line.number),
        "clock": column.clock(*WORDS, lambda line, _: None if line.number is None else round(line.number)),
    }
    return columns[kind]


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        ("count", 1234.0, "1,234"),
        ("count, decimals", 12.34, "12.3"),
        ("percentage", 0.256, "26 %"),
        ("percentage, decimals", 0.2564, "25.6 %"),
        ("duration", 61_999.0, "1:01"),
        ("time in a state", 35_999_999.0, "9:59:59"),
        ("time in a state", 36_000_000.0, "10 h"),
        ("time in a state", 72_400_000.0, "20 h"),
        ("time in a state", 90_000_000_000.0, "1,041 d"),
        ("mean", 61_999.0, "1:02"),
        ("amount", 123_456.0, "1,235"),
        ("amount", 1_234.0, "12.34"),
        ("clock", float(moment()), "14:32"),
    ],
)
def test_figures(kind: str, number: float, text: str) -> None:
    column = column_of(kind)
    assert column.cell(Line(number), VIEW, column.width) == Span(text)
    assert column.cell(Line(), VIEW, column.width) == Span(UNKNOWN)
    assert column.cell(Line(), ASCII_VIEW, column.width) == Span("-")
    assert column.right
    assert column.width >= max(len(text), len("title"))
    rows = [Line(2.0), Line(), Line(1.0)]
    assert sorted_rows(rows, column, False, VIEW) == [Line(1.0), Line(2.0), Line()]
    assert sorted_rows(rows, column, True, VIEW) == [Line(2.0), Line(1.0), Line()]


def test_texts() -> None:
    shown: Column[Line] = column.text(*WORDS, lambda line, _: line.name, widest=20, rank=1)
    assert (shown.width, shown.widest, shown.rank, shown.right) == (5, 20, 1, False)
    assert shown.cell(Line(name="Anna"), VIEW, 20) == Span("Anna")
    assert shown.cell(Line(), VIEW, 20) == Span("")
    missing: Column[Line] = column.text(*WORDS, lambda line, _: line.name, missing=True)
    assert missing.cell(Line(), VIEW, 20) == Span(UNKNOWN)
    rows = [Line(name="b"), Line(), Line(name="A")]
    assert sorted_rows(rows, shown, False, VIEW) == [Line(name="A"), Line(name="b"), Line()]
    unsorted: Column[Line] = column.text(*WORDS, lambda line, _: line.name, sorts=False)
    assert unsorted.sort is None


def test_kinds_are_sorted_in_their_order() -> None:
    order = {"queue": 0, "agent": 1}
    shown: Column[Line] = column.kind("kind", "What it is.", lambda line: line.name or "", order, width=9)
    rows = [Line(name="other"), Line(name="agent"), Line(name="queue")]
    assert sorted_rows(rows, shown, False, VIEW) == rows[::-1]
    assert (shown.key, shown.width) == ("kind", 9)


def test_a_style_may_be_each_rows_own() -> None:
    fixed: Column[Line] = column.count(*WORDS, lambda line, _: line.number, style=TextStyle.QUIET)
    assert fixed.cell(Line(1.0), VIEW, 5) == Span("1", TextStyle.QUIET)
    own: Column[Line] = column.count(
        *WORDS, lambda line, _: line.number, style=lambda line, _: TextStyle.BAD if line.number else TextStyle.GOOD
    )
    assert own.cell(Line(1.0), VIEW, 5) == Span("1", TextStyle.BAD)
    assert own.cell(Line(0.0), VIEW, 5) == Span("0", TextStyle.GOOD)


def test_signs_and_bars_are_no_figures() -> None:
    sign: Column[Line] = column.sign("What it is.", lambda _line, _context, _width: Span("!"))
    assert (sign.width, sign.rank, sign.sort) == (1, 0, None)
    bar: Column[Line] = column.drawn(
        *WORDS, lambda _line, _context, width: Span("=" * width), width=9, widest=20, rank=3
    )
    assert (bar.drawn, bar.right, bar.sort) == (True, False, None)


def test_a_short_head_gives_way_to_the_title_where_cells_are_left_for_all_of_it() -> None:
    name: Column[Line] = column.text("name", "name", "Who.", lambda line, _: line.name, width=4, widest=10, rank=0)
    figure: Column[Line] = column.count("key", "offered today", "What.", lambda line, _: line.number, short="off.")
    assert figure.width == 4

    def widths(width: int) -> list[int]:
        return [cells for _, cells in fit_columns((name, figure), width)]

    assert widths(10 + 1 + 13) == [10, 13]
    assert widths(9 + 1 + 13) == [10, 4], "after names that would be cut, and never a part of it"
    assert [figure.head(cells) for cells in (12, 13)] == ["off.", "offered today"]
