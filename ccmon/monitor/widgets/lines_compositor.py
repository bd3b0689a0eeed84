"""Sends the terminal only the cells of a line that changed.

Textual's compositor makes whole lines of each changed widget, cuts them where widgets meet, and sends each line from
the widget's left edge on. On a screen of adjoining line widgets, the changed cells can be taken from the lines
themselves. Everything else (a new layout, a dialog on top) is left to Textual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.geometry import Offset, Region

from ccmon.monitor.widgets.lines_widget import LineChange, LinesWidget


class CellsUpdate(CompositorUpdate):
    """Stretches of cells, as text for the terminal: each begins with a move of the cursor."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "".join(texts)

    def render_segments(self, console: Console) -> str:
        """Return the text for the terminal."""
        return self.text


class LinesCompositor(Compositor):
    """The compositor of a screen of adjoining line widgets."""

    def __init__(self) -> None:
        super().__init__()
        self._rows_of: object = None
        self._rows: dict[int, list[tuple[Region, LinesWidget]]] = {}
        self._places: dict[LinesWidget, Offset] = {}

    def render_partial_update(self) -> ChopsUpdate | CellsUpdate | None:  # type: ignore[override]
        """Render what has changed since the last update."""
        texts = self._changed_cells()
        if texts is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        return CellsUpdate(texts) if texts else None

    def update_of(self, changes: Sequence[tuple[LinesWidget, Sequence[LineChange]]]) -> CellsUpdate | None:
        """The stretches of widgets if nothing else is to be drawn and nothing covers them; else None."""
        if self._dirty_regions:
            return None
        self._widgets_by_row()
        texts: list[str] = []
        for widget, lines in changes:
            place = self._places.get(widget)
            if place is None or widget.is_due:
                return None
            if not texts:
                filtered, colours = bool(widget.get_line_filters()), _color_system(widget)
                looks = widget.colours.looks(colours)
            left, top = place.x + 1, place.y + 1
            for y, stretches in lines:
                look_of = looks[widget.lines[y].state]
                for start, end, runs in stretches:
                    texts.append(f"\x1b[{top + y};{left + start}H")
                    if filtered:
                        texts.append(widget.cells(y, start, end, colours))
                        continue
                    for text, style in runs:
                        before, after = look_of[style]
                        texts.append(f"{before}{text}{after}")
        return CellsUpdate(texts)

    def _changed_cells(self) -> Sequence[str] | None:
        """The changed cells of each line; None where something other than lines has changed."""
        rows = self._widgets_by_row()
        texts = []
        for y, start, end in self._regions_to_spans(self._dirty_regions):
            sent = 0
            for region, widget in rows.get(y, ()):
                x = region.x
                first, last = max(start, x), min(end, x + region.width)
                if first < last:
                    cells = widget.cells(y - region.y, first - x, last - x, _color_system(widget))
                    texts.append(f"\x1b[{y + 1};{first + 1}H{cells}")
                    sent += last - first
            if sent != end - start:
                return None
        return texts

    def _widgets_by_row(self) -> Mapping[int, Sequence[tuple[Region, LinesWidget]]]:
        """The line widgets on each row of the screen, each with its place; computed once per layout."""
        visible = self.visible_widgets
        if visible is not self._rows_of:
            self._rows_of, self._rows, self._places = visible, {}, {}
            for widget, (region, clip) in visible.items():
                if isinstance(widget, LinesWidget) and clip.contains_region(region):
                    self._places[widget] = region.offset
                    for y in region.line_range:
                        self._rows.setdefault(y, []).append((region, widget))
        return self._rows


def _color_system(widget: LinesWidget) -> ColorSystem:
    return widget.app.console._color_system or ColorSystem.TRUECOLOR
