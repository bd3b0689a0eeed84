"""Explains what is on the screen: the help, the palette, and how a figure comes about."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ccmon.formatting import plain
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.monitor.screens.modal import Modal, Picker
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import Key, key_of
from ccmon.views.modal_content import detail_lines, help_lines, palette_choices
from ccmon.views.panel import Detail, FloorPanel
from ccmon.views.styled_text import StyledLine, TextStyle
from ccmon.views.view_context import ViewContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ccmon.views.proofs import ShownFigure


class ExplainedApp(Protocol):
    """What is needed of the program that shows the floor."""

    colours: RichStyles
    glyphs: GlyphSet
    panels: tuple[FloorPanel[Any], ...]
    keys: tuple[Key, ...]
    all_keys: tuple[Key, ...]
    floor_screen: FloorScreen
    database: Path

    def push_screen(self, screen: Any, callback: Any = None) -> Any:
        """Show a dialog."""

    async def run_action(self, action: str) -> Any:
        """Do what a key does."""

    def show_message(self, sentence: str, style: TextStyle, seconds: float = 6.0) -> None:
        """Show a sentence for a while."""

    def view_context(self) -> ViewContext | None:
        """What is drawn now."""


class Explanations:
    """Opens the dialogs."""

    def __init__(self, app: ExplainedApp) -> None:
        self.app = app
        self._last: dict[str, str] = {}
        """By panel, the figure that was explained last."""

    def show_help(self) -> None:
        """Show the help: keys and figures."""
        from ccmon.monitor.screens.help import HelpModal  # noqa: PLC0415 - not before the first frame

        app, front = self.app, self.app.floor_screen.worked_on

        @functools.cache  # called several times per key
        def lines(width: int) -> Sequence[StyledLine]:
            return help_lines(app.panels, app.keys, app.glyphs, width, front)

        closes = key_of(app.all_keys, "help").keys
        app.push_screen(HelpModal(app.colours, app.glyphs, "Help", lines, width=96, closes=closes))

    def show_palette(self) -> None:
        """Find anything."""
        choices = palette_choices(self.app.panels, self.app.keys)
        picker = Picker(self.app.colours, self.app.glyphs, "Find anything", choices, width=100)
        self.app.push_screen(picker, self._palette_chosen)

    async def _palette_chosen(self, result: str | None) -> None:
        kind, _, rest = (result or "").partition(":")
        if kind == "key":
            await self.app.run_action(key_of(self.app.keys, rest).action)
        elif kind in {"panel", "fact", "figure"}:
            number, place, key = [*rest.split(":", 2), ""][:3]
            self.app.floor_screen.show_tab(int(number), int(place))
            panel = self.app.floor_screen.drawing.panel
            if kind == "fact":
                self._explain_fact(panel, key)
            elif kind == "figure":
                self._explain_column(panel, key)

    # Figures

    def show_proof(self) -> None:
        """How a figure of the chosen row comes about, without one a figure of the head."""
        drawing, context = self.app.floor_screen.drawing, self.app.view_context()
        if context is None:
            return
        panel, chosen = drawing.panel, drawing.cursor_index()
        figures = _of_head(panel) if chosen is None else _of_row(panel, drawing.rows[chosen])
        found = figures(context)
        if not found:
            self.app.show_message("No figure here is counted from anything that can be shown.", TextStyle.BADGE_WATCH)
            return
        keys = {figure.key for figure in found}
        wanted = self._last.get(_kept_as(panel, chosen)), drawing.state.sort_key if chosen is not None else None
        first = next((figure.key for figure in found if _is_quotient(figure, context)), found[0].key)
        self._show(figures, next((key for key in reversed(wanted) if key in keys), first), _kept_as(panel, chosen))

    def _explain_fact(self, panel: FloorPanel[Any], label: str) -> None:
        context, figures = self.app.view_context(), _of_head(panel)
        if context is not None and label in {figure.key for figure in figures(context)}:
            self._show(figures, label, _kept_as(panel, None))
        else:
            self._define(label, panel.name, dict(panel.fact_meanings).get(label, ""))

    def _explain_column(self, panel: FloorPanel[Any], key: str) -> None:
        """Of the chosen row, else of the totals, else of the first row; where there is none, what the figure is."""
        drawing, context = self.app.floor_screen.drawing, self.app.view_context()
        if context is None:
            return
        chosen = drawing.cursor_index()
        rows = [drawing.rows[chosen]] if chosen is not None else [*panel.totals(context), *panel.rows(context)[:1]]
        for row in rows:
            figures = _of_row(panel, row)
            if key in {figure.key for figure in figures(context)}:
                self._show(figures, key, _kept_as(panel, 0))
                return
        column = next(each for each in panel.columns if each.key == key)
        self._define(column.title, panel.name, column.meaning)

    def _show(self, figures: Callable[[ViewContext], Sequence[ShownFigure]], key: str, kept_as: str) -> None:
        from ccmon.monitor.screens.proof import ProofModal  # noqa: PLC0415 - not before the first frame

        app, last = self.app, [self.app.view_context()]

        def context() -> ViewContext:
            last[0] = app.floor_screen.context or last[0]
            assert last[0] is not None  # noqa: S101 - something is drawn
            return last[0]

        modal = ProofModal(
            app.colours,
            app.glyphs,
            figures,
            context,
            key=key,
            database=app.database,
            closes=key_of(app.all_keys, "proof").keys,
        )
        app.push_screen(modal, lambda _: self._last.update({kept_as: modal.key}))

    def _define(self, title: str, subject: str, meaning: str) -> None:
        def lines(width: int) -> Sequence[StyledLine]:
            return detail_lines([Detail(title, meaning)], self.app.glyphs, width)

        self.app.push_screen(Modal(self.app.colours, self.app.glyphs, plain(subject), lines))


def _kept_as(panel: FloorPanel[Any], chosen: int | None) -> str:
    return f"{panel.key}{'' if chosen is None else ' row'}"


def _is_quotient(figure: ShownFigure, context: ViewContext) -> bool:
    counting = figure.counted.counting(figure.row, context)
    return counting is not None and counting.of is not None


def _of_head(panel: FloorPanel[Any]) -> Callable[[ViewContext], Sequence[ShownFigure]]:
    from ccmon.views.proofs import figures_of_head  # noqa: PLC0415 - not before the first frame

    return functools.partial(figures_of_head, panel)


def _of_row(panel: FloorPanel[Any], row: Any) -> Callable[[ViewContext], Sequence[ShownFigure]]:
    """The figures of a row as it is at each context; of one that is gone, as it was last."""
    from ccmon.views.proofs import figures_of_row  # noqa: PLC0415 - not before the first frame

    last = [row]

    def figures(context: ViewContext) -> Sequence[ShownFigure]:
        identity = panel.identity(last[0])
        rows = (*panel.totals(context), *panel.rows(context))
        last[0] = next((each for each in rows if panel.identity(each) == identity), last[0])
        return figures_of_row(panel, last[0], context)

    return figures
