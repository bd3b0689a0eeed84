"""Sends the terminal only the cells of a line that changed.

Textual's compositor makes whole lines of each changed widget, cuts them where widgets meet, and sends each line from
the widget's left edge on. On a screen of adjoining line widgets, the changed cells can be taken from the lines
themselves. Everything else (a new layout, a dialog on top) is left to Textual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.geometry import Offset, Region
from textual.strip import Strip

from ccmon.monitor.widgets.lines_widget import LinesWidget

Stretch = tuple[int, int, Sequence[tuple[str, Style | None]]]
"""Column and row of its first cell, and its texts, each with its style."""


class CellsUpdate(CompositorUpdate):
    """Stretches of cells, each with the position of its first cell."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = stretches

    def render_segments(self, console: Console) -> str:
        """Render the update as text for the terminal."""
        render, colours = Strip.render_style, console._color_system or ColorSystem.TRUECOLOR
        pieces = []
        for x, y, runs in self._stretches:
            pieces.append(f"\x1b[{y + 1};{x + 1}H")
            pieces += [text if style is None else render(style, text, colours) for text, style in runs]
        return "".join(pieces)


class LinesCompositor(Compositor):
    """The compositor of a screen of adjoining line widgets."""

    def __init__(self) -> None:
        super().__init__()
        self._rows_of: object = None
        self._rows: dict[int, list[tuple[Region, LinesWidget]]] = {}
        self._places: dict[LinesWidget, Offset] = {}

    def render_partial_update(self) -> ChopsUpdate | CellsUpdate | None:  # type: ignore[override]
        """Render what has changed since the last update."""
        stretches = self._changed_cells()
        if stretches is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        return CellsUpdate(stretches) if stretches else None

    def update_of(self, changes: Sequence[tuple[LinesWidget, Sequence[Region]]]) -> CellsUpdate | None:
        """The cells of stretches of widgets if nothing else is to be drawn and nothing covers them; else None."""
        if self._dirty_regions:
            return None
        self._widgets_by_row()
        stretches: list[Stretch] = []
        for widget, regions in changes:
            place = self._places.get(widget)
            if place is None or widget.is_due:
                return None
            x, y = place
            cells = widget.cells_of()
            stretches += [(x + left, y + row, cells(row, left, left + width)) for left, row, width, _ in regions]
        return CellsUpdate(stretches)

    def _changed_cells(self) -> Sequence[Stretch] | None:
        """The changed cells of each line; None where something other than lines has changed."""
        rows = self._widgets_by_row()
        stretches = []
        for y, start, end in self._regions_to_spans(self._dirty_regions):
            sent = 0
            for region, widget in rows.get(y, ()):
                x = region.x
                first, last = max(start, x), min(end, x + region.width)
                if first < last:
                    stretches.append((first, y, widget.cells(y - region.y, first - x, last - x)))
                    sent += last - first
            if sent != end - start:
                return None
        return stretches

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
