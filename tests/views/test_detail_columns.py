"""The sections of a row's details stand side by side where there is room, and nothing of them is lost."""

from __future__ import annotations

import pytest

from ccmon.formatting import width_of
from ccmon.views.all_panels import panels
from ccmon.views.glyphs import UNICODE
from ccmon.views.modal_content import detail_columns, detail_lines
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

ROWS = [
    (tab, row)
    for panel in panels()
    for tab in panel.tabs
    for row in tab.rows(ViewContext.of(busy_floor(24)))[:2]
]  # fmt: skip


@pytest.mark.parametrize("width", [62, 72, 110, 172])
def test_all_words_are_there_and_each_line_has_its_width(width: int) -> None:
    context = ViewContext.of(busy_floor(24))
    for tab, row in ROWS:
        details = tab.details(row, context)
        lines = detail_columns(details, UNICODE, width)
        assert {width_of(line.text) for line in lines} == {width}
        words = sorted(word for line in lines for word in line.text.split())
        alone = sorted(word for line in detail_lines(details, UNICODE, 200) for word in line.text.split())
        assert words == alone, "cut nowhere"


def test_a_wide_dialog_is_lower_than_a_narrow_one() -> None:
    context = ViewContext.of(busy_floor(24))
    for tab, row in ((tab, row) for tab, row in ROWS if tab.name in {"Queue", "Agents"}):
        details = tab.details(row, context)
        if not any(not detail.value for detail in details):
            continue
        narrow, wide, widest = (len(detail_columns(details, UNICODE, width)) for width in (72, 110, 172))
        assert wide < narrow * 0.7
        assert widest < wide
        assert narrow == len(detail_lines(details, UNICODE, 72)), "one column has no room for two"
