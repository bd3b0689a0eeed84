"""A screen of widgets that show lines, each in a box."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual.geometry import Size
from textual.layout import Layout
from textual.screen import Screen
from textual.widget import Widget

from ccmon.monitor.widgets.lines_compositor import LinesCompositor
from ccmon.monitor.widgets.lines_widget import BoxLayout, LineChange, LinesWidget
from ccmon.views.layout import Box


class LinesScreen(Screen[None], inherit_css=False, inherit_bindings=False):
    """Places its widgets, and sends the terminal what looks different."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = BoxLayout(self.boxes)
        self._cells = self._compositor = LinesCompositor()
        self._laid_out_anew: object = None
        """The widgets' places that a new layout is about to replace."""

    @abstractmethod
    def boxes(self, size: Size) -> dict[Widget, Box]:
        """The box of each widget in a terminal of this size."""

    @property
    def layout(self) -> Layout:
        """Our own layout, whatever a style sheet defines."""
        return self._layout

    def send(self, changes: Sequence[tuple[LinesWidget, Sequence[LineChange] | None]]) -> None:
        """Send the terminal what looks different: at once, where only cells of lines changed and nothing else is due.

        Textual would do so a sixtieth of a second later, which means waking up two more times.
        """
        cells = [(widget, changed) for widget, changed in changes if changed]
        update = None
        if self._has_nothing_due() and None not in [changed for _, changed in changes]:
            update = self._cells.update_of(cells)
        if update is None:
            for widget, changed in changes:
                widget.draw_again(changed)
        elif cells:
            for widget, _ in cells:
                widget.forget_drawn()
            self.app._display(self, update)  # type: ignore[arg-type]

    def _has_nothing_due(self) -> bool:
        """Whether Textual has drawn everything that is on the screen."""
        return not (
            not self.is_current
            or self.app._batch_count
            or self._layout_required
            or self._scroll_required
            or self._repaint_required
            or self._recompose_required
            or self._dirty_widgets
            or self._compositor.size != self.size
            or self._compositor.visible_widgets is self._laid_out_anew
        )

    def lay_out_anew(self, child: Widget) -> None:
        """Give the widgets the boxes that they are to have now; `child` is any of them."""
        self._laid_out_anew = self._compositor.visible_widgets
        # A widget forgets the layouts of its parents, not its own.
        child.refresh(layout=True)
