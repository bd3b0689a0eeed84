"""The columns of a panel as they were fitted to its width."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ccmon.time_units import MINUTE_MS
from ccmon.views.column_choice import wanted_columns
from ccmon.views.column_widths import cut_texts, fit_columns, text_lengths
from ccmon.views.columns import Fitted
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_state import PanelState
from ccmon.views.view_context import ViewContext


class ColumnFitting:
    """Fits the columns of one tab. None gets narrower: what a filter leaves in stands where it did before."""

    def __init__(self) -> None:
        self.fitted: Fitted[Any] = ()
        """The columns as fitted last, with their widths; empty before."""
        self._fitted_for: tuple[object, ...] = ()
        self._longest: dict[str, int] = {}
        """The longest text so far of each column, by key."""
        self._lengths: dict[str, set[int]] = {}
        """The lengths of all texts so far of each column, by key."""
        self._rows = 0
        """How many rows there were the last time."""

    def fit(
        self, panel: FloorPanel[Any], rows: Any, state: PanelState, width: int, context: ViewContext
    ) -> Fitted[Any]:
        """The columns for a width; texts are measured when rows come, and once a minute.

        The result is the same object while nothing is different: for others rows are drawn again.
        """
        fitted_for = width, context.now // MINUTE_MS, state.always, state.hidden
        if fitted_for != self._fitted_for or len(rows) > self._rows:
            columns = wanted_columns(panel.columns, state.always, state.hidden)
            measured = panel.measured(rows)
            columns = [each for each in columns if each.key in state.always or not each.says_nothing(measured, context)]
            shown = [column for column, _ in fit_columns(columns, width, {})]
            self._measure(text_lengths(shown, measured, context, figures=False))
            fitted = fit_columns(columns, width, self._longest)
            if cut_texts(fitted, self._longest):
                self._measure(text_lengths(shown, measured, context))
                fitted = fit_columns(columns, width, self._longest, lengths=self._lengths)
            self._fitted_for = fitted_for
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
            self._fitted_for = ()
        return bool(longer)
