"""The first rows of a file as they would be stored, for a person to look at before they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from ccmon import formatting
from ccmon.database.call_table import TableCalls
from ccmon.database.cell_types import MOMENT_TYPES, CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.formatting import fit, width_of
from ccmon.metrics.percentage import percent
from ccmon.number_texts import DIGITS
from ccmon.sources.table.cells import CellContext

ROWS = 5
_WIDEST = 32
"""Cells of a column; what is longer is cut."""
_GAP = "  "
_MONEY = {CellType.SALE_AMOUNT, CellType.SALE_CENTS, CellType.COST}
_CALLS = {
    "entered_at": CellType.HAPPENED,
    "answered_at": CellType.HAPPENED,
    "ended_at": CellType.HAPPENED,
    "wrapped_up_at": CellType.HAPPENED,
    "hold_ms": CellType.LENGTH,
    "right_party": CellType.FLAG,
}
"""Fields of a call that are no texts and no counts."""


@dataclass(slots=True)
class RowPreview:
    """The first rows, as texts."""

    columns: Sequence[tuple[str, str, CellType]]
    """Each column's name, the key of its value, and its type."""
    context: CellContext
    rows: list[list[str]] = field(default_factory=list)

    @classmethod
    def of_kind(cls, columns: Sequence[ColumnSpec], context: CellContext) -> Self:
        """Of rows with the columns of a kind."""
        by_key = {each.key: each for each in reversed(columns)}
        return cls([(each.name, each.key, each.type) for each in columns if by_key[each.key] is each], context)

    @classmethod
    def of_calls(cls, context: CellContext) -> Self:
        """Of calls."""
        names = TableCalls._fields
        return cls([(name.removesuffix("_ms"), name, _CALLS.get(name, CellType.TEXT)) for name in names], context)

    @property
    def is_full(self) -> bool:
        """Whether no more rows are shown."""
        return len(self.rows) >= ROWS

    def add(self, line: int, values: Mapping[str, Any]) -> None:
        """Add a row of the file, unless there are enough."""
        if not self.is_full:
            currency = values.get("currency") or self.context.currency
            self.rows.append(
                [f"{line:,}", *(self._text(values.get(key), kind, currency) for _, key, kind in self.columns)]
            )

    def add_calls(self, lines: Sequence[int], calls: TableCalls) -> None:
        """Add calls, each with its line of the file."""
        for line, *values in zip(lines[:ROWS], *calls, strict=False):
            self.add(line, dict(zip(calls._fields, values, strict=True)))

    def _text(self, value: Any, kind: CellType, currency: str | None) -> str:
        if value is None:
            return ""
        if kind in _MONEY:
            digits = DIGITS.get(currency or "", 2)
            return f"{value / 10**digits:,.{digits}f}"
        if kind in MOMENT_TYPES:
            moment = formatting.local_time(value, self.context.time_zone).replace(tzinfo=None)
            return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")
        if kind is CellType.SHARE:
            return percent(value, 1)
        if kind is CellType.FLAG:
            return "yes" if value else "no"
        return formatting.duration(value) if kind is CellType.LENGTH else str(value)

    def lines(self, width: int) -> list[str]:
        """A table of the columns that have a value, in as many parts as the width takes."""
        if not self.rows:
            return []
        names = ["line", *(name for name, _, _ in self.columns)]
        right = [True, *(kind in _MONEY or kind is CellType.COUNT for _, _, kind in self.columns)]
        places = [place for place in range(1, len(names)) if any(row[place] for row in self.rows)]
        widths = {
            place: min(
                _WIDEST, max(map(width_of, map(formatting.plain, [names[place], *(r[place] for r in self.rows)])))
            )
            for place in (0, *places)
        }
        parts: list[list[int]] = [[0]]
        for place in places:
            used = sum(widths[each] + len(_GAP) for each in parts[-1])
            if used + widths[place] > width and len(parts[-1]) > 1:
                parts.append([0])
            parts[-1].append(place)
        lines: list[str] = []
        for part in parts:
            for row in [names, *self.rows]:
                cells = (fit(row[place], widths[place], right=right[place]) for place in part)
                lines.append(_GAP.join(cells).rstrip())
            lines.append("")
        return lines[:-1]
