"""The columns of a panel as they were fitted to its width."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ccmon.time_units import MINUTE_MS
from ccmon.views.column_choice import wanted_columns
from ccmon.views.column_widths import cut_texts, fit_columns, text_lengths
from ccmon.views.columns import Fitted
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_state import PanelState
from ccmon.views.view_context import ViewContext

NOT_FITTED = (-1, -1)
"""Instead of a minute and a place: columns are to be fitted again."""


class ColumnFitting:
    """Fits the columns of one tab. None gets narrower: what a filter leaves in stands where it did before."""

    def __init__(self) -> None:
        self.fitted: Fitted[Any] = ()
        """The columns as fitted last, with their widths; empty before."""
        self._look: tuple[object, ...] = ()
        """The width and the choice of columns that they were fitted for."""
        self._place = NOT_FITTED
        """In which minute, and which row was the first in sight."""
        self._rows_measured = 0
        """How many rows there were when all were measured."""
        self._longest: dict[str, int] = {}
        """The longest text so far of each column, by key."""
        self._lengths: dict[str, set[int]] = {}
        """The lengths of all texts so far of each column, by key."""
        self._rows = 0
        """How many rows there were the last time."""

    def fit(
        self,
        panel: FloorPanel[Any],
        rows: Any,
        state: PanelState,
        width: int,
        context: ViewContext,
        *,
        in_sight: Sequence[Any],
    ) -> Fitted[Any]:
        """The columns for a width, by the texts of all rows, and later of those in sight.

        Rows in sight are measured when rows come, when others come into sight, and once a minute; all of them, where
        they have become twice as many. The result is the same object while nothing is different: for others rows are
        drawn again.
        """
        look, place = (width, state.always, state.hidden), (context.now // MINUTE_MS, state.top)
        is_whole = look != self._look or len(rows) >= 2 * self._rows_measured
        if is_whole or place != self._place or len(rows) > self._rows:
            columns = wanted_columns(panel.columns, state.always, state.hidden)
            all_measured = panel.measured(rows)
            columns = [
                each for each in columns if each.key in state.always or not each.says_nothing(all_measured, context)
            ]
            measured = all_measured if is_whole else in_sight
            shown = [column for column, _ in fit_columns(columns, width, {})]
            self._measure(text_lengths(shown, measured, context, figures=False))
            fitted = fit_columns(columns, width, self._longest)
            if cut_texts(fitted, self._longest):
                self._measure(text_lengths(shown, measured, context))
                fitted = fit_columns(columns, width, self._longest, lengths=self._lengths)
            self._look, self._place = look, place
            if is_whole:
                self._rows_measured = len(rows)
            if fitted != self.fitted:
                self.fitted = fitted
        self._rows = len(rows)
        return self.fitted

    def _measure(self, lengths: Mapping[str, Collection[int]]) -> None:
        for key, found in lengths.items():
            self._lengths.setdefault(key, set()).update(found)
        self.note({key: max(found) for key, found in lengths.items()})

    def note(self, longest: Mapping[str, int]) -> bool:
        """Take notice of texts, by the key of their column; whether one is longer than any before, so that others fit.

        Then the columns are fitted anew the next time that they are asked for.
        """
        longer = {key: cells for key, cells in longest.items() if cells > self._longest.get(key, -1)}
        self._longest.update(longer)
        if longer:
            self._place = NOT_FITTED
        return bool(longer)
