"""The upper edge of a panel's frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ccmon.formatting import joined, width_of
from ccmon.views.columns import ATTENTION, Column
from ccmon.views.panel import FloorPanel
from ccmon.views.styled_text import Span, StyledLine, TextStyle
from ccmon.views.view_context import ViewContext, severity_style


def top_edge(
    panel: FloorPanel[Any],
    tabs: Sequence[FloorPanel[Any]],
    column: Column[Any] | None,
    context: ViewContext,
    *,
    width: int,
    frame: TextStyle,
) -> StyledLine:
    """The upper edge of a panel: its name and tabs, how many rows alarms are about, remark and order."""
    glyphs = context.glyphs
    order = f"by {column.title.strip() or ATTENTION}" if column is not None else ""
    name = f" {panel.number} {panel.name} "
    short_remark = panel.remark(context, short=True)
    named = _tab_names(
        panel, tabs, width - 4 - width_of(name), width_of(short_remark) + 2 if short_remark else 0, more=glyphs.more
    )
    used = width_of(name) + sum(width_of(tab.text) for tab in named)
    room = width - 4 - used - 2
    remark = panel.remark(context)
    remark = short_remark if width_of(remark) > room else remark
    marked = [
        Span(f" {context.sign(severity).text} {number}", severity_style(severity))
        for severity, number in sorted(panel.marked(context).items(), reverse=True)
        if severity and number
    ]
    if sum(width_of(span.text) for span in marked) > room:
        marked = []
    room -= sum(width_of(span.text) for span in marked)
    note = joined(remark, order)
    note = f" {glyphs.fit(note, min(width_of(note), room))} " if note and room > 8 else " " if marked else ""
    return glyphs.edge(width, frame, [Span(name, TextStyle.TITLE), *named], [*marked, Span(note, TextStyle.QUIET)])


def _tab_names(
    panel: FloorPanel[Any], tabs: Sequence[FloorPanel[Any]], room: int, remark: int, *, more: str
) -> list[Span]:
    """The names of the tabs, as many as there is room for; only that of the shown tab beside a remark."""
    if len(tabs) == 1:
        return []
    every = sum(len(tab.tab) + 2 for tab in tabs)
    makes_room = remark > 0 and room < every + remark and room >= len(panel.tab) + 2 + remark
    shown = [panel] if makes_room else list(tabs)
    rest = Span(f" {more} ", TextStyle.QUIET)

    def needed() -> int:
        left_out = len(rest.text) if 1 < len(shown) < len(tabs) else 0
        return sum(len(tab.tab) + 2 for tab in shown) + left_out

    while len(shown) > 1 and needed() > room:
        shown.remove(next(tab for tab in reversed(shown) if tab is not panel))
    if needed() > room:
        return []
    names = [Span(f" {tab.tab} ", TextStyle.STRONG if tab is panel else TextStyle.QUIET) for tab in shown]
    return [*names, rest] if 1 < len(shown) < len(tabs) else names
