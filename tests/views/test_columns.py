"""Which columns have room, and how wide they are: by the width of the table alone, whatever names there are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.views import column_factories as column
from ccmon.views.agents import COLUMNS as AGENT_COLUMNS
from ccmon.views.all_panels import panels
from ccmon.views.column_widths import fit_columns, fit_printed, longest_texts
from ccmon.views.columns import GAP, Column, by_last_word, draw_titles
from ccmon.views.glyphs import ASCII, UNICODE, GlyphSet
from ccmon.views.queues import COLUMNS as QUEUE_COLUMNS
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

TABS = [tab for panel in panels() for tab in panel.tabs]
TEXTS = {column.key for tab in TABS for column in tab.columns if column.widest and not column.drawn}


@given(
    place=st.integers(0, len(TABS) - 1),
    width=st.integers(30, 240),
    longest=st.dictionaries(st.sampled_from(sorted(TEXTS)), st.integers(0, 60)),
)
def test_no_column_comes_or_goes_with_a_text_and_all_fit(place: int, width: int, longest: dict[str, int]) -> None:
    columns = TABS[place].columns
    fitted = fit_columns(columns, width, longest)
    assert [each.key for each, _ in fitted] == [each.key for each, _ in fit_columns(columns, width, {})]
    assert sum(cells + GAP for _, cells in fitted) - GAP <= width
    spare = width + GAP - sum(cells + GAP for _, cells in fitted)
    texts = [(each, cells) for each, cells in fitted if each.widest and not each.drawn]
    cut = [each for each, cells in texts if cells < min(longest.get(each.key, each.widest), each.widest)]
    assert not cut or not spare, "nothing is empty beside a text that is cut"
    heads = {each.key: len(each.short or each.title) for each, _ in texts}
    idle = [each.key for each, cells in texts if cells > max(heads[each.key], longest.get(each.key, each.widest))]
    assert not (cut and idle), "nor within a column beside it"


def keys(columns: tuple[Column[object], ...], width: int) -> list[str]:
    return [each.key for each, _ in fit_columns(columns, width, {})]


def test_at_120_cells_the_panels_say_who_and_what_now() -> None:
    assert {"target", "allotted", "required", "lost"} <= set(keys(QUEUE_COLUMNS, 67))  # type: ignore[arg-type]
    agents = keys(AGENT_COLUMNS, 67)  # type: ignore[arg-type]
    assert agents == ["sign", "time", "limit", "state", "agent", "work", "aht"]
    assert "chance" in keys(panels()[2].columns, 45)  # type: ignore[arg-type]


def test_queue_and_team_share_a_column_until_each_has_room_for_one_of_its_own() -> None:
    for width in range(61, 200):
        shown = set(keys(AGENT_COLUMNS, width))  # type: ignore[arg-type]
        apart = {"team", "queue"} & shown
        assert len(apart) == (0 if "work" in shown else 2), width
    assert {"team", "queue"} <= set(keys(AGENT_COLUMNS, 116))  # type: ignore[arg-type]


def test_in_a_printed_text_they_are_one_only_where_neither_is_empty() -> None:
    context = ViewContext.of(busy_floor(24))
    rows = context.snapshot.agents
    no_team = [agent for agent in rows if agent.team is None]
    assert not no_team
    fitted = [each.key for each, _ in fit_printed(AGENT_COLUMNS, 80, rows, context)]
    assert "work" in fitted


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("Aurora Retention", 16, "Aurora Retention"),
        ("Aurora Retention", 15, "A. Retention"),
        ("Aurora Fibre Upgrade", 19, "A. Fibre Upgrade"),
        ("Aurora Fibre Upgrade", 13, "A. F. Upgrade"),
        ("Aurora Fibre Upgrade", 5, "A. F. Upgrade"),
        ("Retention", 5, "Retention"),
        ("", 0, ""),
    ],
)
def test_first_words_become_initials_only_as_far_as_needed(text: str, cells: int, shown: str) -> None:
    assert by_last_word(text, cells) == shown


def test_a_figure_is_never_cut_while_a_name_has_cells_to_spare() -> None:
    name: Column[object] = column.text("name", "name", "Who.", lambda _row, _: "", width=8, widest=30, rank=0)
    figure: Column[object] = Column("figure", "sales", "What.", 5, lambda _row, _view, _width: (), 1, widest=12)
    widths = [cells for _, cells in fit_columns((name, figure), 24, {"name": 30, "figure": 12})]
    assert widths == [11, 12]


def test_the_longest_text_is_measured_in_cells() -> None:
    context = ViewContext.of(busy_floor(24))
    found = longest_texts(QUEUE_COLUMNS, context.snapshot.queues, context)
    assert found["queue"] == max(len(queue.name) for queue in context.snapshot.queues)
    assert "level_curve" not in found


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [56, 67, 76, 116, 196])
def test_titles_are_told_apart_from_their_neighbours(width: int, glyphs: GlyphSet) -> None:
    context = ViewContext.of(busy_floor(24), glyphs=glyphs)
    for tab in TABS:
        fitted = fit_columns(tab.columns, width, longest_texts(tab.columns, tab.rows(context), context))
        titles = draw_titles(fitted, width, context, None, descending=False)
        text = "".join(span.text for span in titles)
        words = [each.strip() for each in re.split(rf"  +|{re.escape(glyphs.vertical)}", text) if each.strip()]
        heads = [glyphs.fit(each.head(cells), cells).strip() for each, cells in fitted if each.head(cells).strip()]
        assert words == [" ".join(head.split()) for head in heads], (tab.name, text)


def test_a_name_that_is_cut_anyway_keeps_no_cell_that_makes_another_text_whole() -> None:
    name: Column[object] = column.text("name", "name", "Who.", lambda _row, _: "", width=8, widest=40, rank=0)
    state: Column[object] = column.text("state", "state", "What.", lambda _row, _: "", width=10, widest=20, rank=2)
    longest = {"name": 30, "state": 14}
    assert [cells for _, cells in fit_columns((name, state), 32, longest)] == [21, 10]
    lengths = {"name": {12, 17, 30}, "state": {6, 14}}
    assert [cells for _, cells in fit_columns((name, state), 32, longest, lengths=lengths)] == [17, 14]
    lengths = {"name": {12, 20, 30}, "state": {6, 14}}
    assert [cells for _, cells in fit_columns((name, state), 32, longest, lengths=lengths)] == [21, 10]
