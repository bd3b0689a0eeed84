"""What is drawn in a colour that warns has a sign or a word beside it, too."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from ccmon.views.all_panels import panels
from ccmon.views.chrome import kpi_strip_lines, secondary_line
from ccmon.views.glyphs import ASCII, UNICODE, GlyphSet
from ccmon.views.layout import MAIN_PANELS, SECONDARY
from ccmon.views.modal_content import detail_lines
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.styled_text import StyledLine, TextStyle
from ccmon.views.view_context import ViewContext
from tests.views.test_cut_texts import FLOORS, floor_named

WARNING = {TextStyle.BAD, TextStyle.WATCH}
BARE_FIGURE = re.compile(r"\s*\d[\d.,:]*( %)?\s*")


def bare(lines: Sequence[StyledLine]) -> list[str]:
    """Figures in a colour that warns, with no sign in the cell nor in one of the same style beside it."""
    found = []
    for line in lines:
        spans = [span for span in line.spans if span.text.strip()]
        for place, span in enumerate(spans):
            if span.style not in WARNING or not BARE_FIGURE.fullmatch(span.text):
                continue
            beside = spans[max(0, place - 1) : place + 2]
            if not any(each.style in WARNING and not BARE_FIGURE.fullmatch(each.text) for each in beside):
                found.append(f"{span.text}: {line.text}")
    return found


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", FLOORS)
def test_no_figure_warns_by_its_colour_alone(name: str, glyphs: GlyphSet) -> None:
    context = ViewContext.of(floor_named(name), glyphs=glyphs)
    every = panels()
    for panel in every:
        for tab in panel.tabs:
            drawing = PanelDrawing(tab, PanelState())
            assert not bare(drawing.draw(context, 200, 60, active=True, stale=False))
            for row in tab.rows(context)[:20]:
                assert not bare(detail_lines(tab.details(row, context), glyphs, 100))
    main = [panel for panel in every if panel.number in MAIN_PANELS]
    others = [panel for panel in every if panel.number in SECONDARY]
    assert not bare(kpi_strip_lines(context, main, 1, 120, glyphs, stale=False))
    assert not bare([secondary_line(context, others, None, 200, glyphs, stale=False)])


def test_the_sign_is_that_of_the_style_and_stands_at_figures_alone() -> None:
    assert UNICODE.signed("74 %", TextStyle.WATCH) == "△74 %"
    assert UNICODE.signed("2:51", TextStyle.BAD) == "▲2:51"
    assert ASCII.signed("74 %", TextStyle.WATCH) == "*74 %"
    assert UNICODE.signed("↓ 93 %", TextStyle.WATCH) == "↓ 93 %"
    assert UNICODE.signed("too few", TextStyle.WATCH) == "too few"
    assert UNICODE.signed("81 %", TextStyle.GOOD) == "81 %"
