"""A table of a report, whatever it is written as."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from ccmon.report.figures import Mark, Unit, Value


class ReportColumn(Struct, frozen=True):
    """A column of a table."""

    key: str
    """Its stable name, in CSV and JSON."""
    title: str
    unit: Unit
    meaning: str = ""
    """One sentence, where the title does not say it all."""
    rank: int = 0
    """Where there is no room for all, those with the highest rank are left out; 0: never."""


class Cell(Struct, frozen=True):
    """A value in a table."""

    value: Value
    mark: Mark = Mark.NONE


class ReportRow(Struct, frozen=True):
    """A line of a table."""

    name: str
    """What it is about."""
    cells: tuple[Cell, ...]
    """In the order of the columns, the first of which holds the name."""
    is_total: bool = False
    is_rest: bool = False
    """Whether it holds what the rows above lack of the total."""


class Table(Struct, frozen=True, kw_only=True):
    """Rows about things of one kind, the most important first."""

    key: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    order: str = ""
    """In which order the rows are, in words."""
    empty: str = ""
    """What is said where there are no rows."""


def row(name: str, *cells: Value | tuple[Value, Mark], is_total: bool = False, is_rest: bool = False) -> ReportRow:
    """A row; a cell may be a value, or a value with its mark."""
    made = (Cell(*each) if isinstance(each, tuple) else Cell(each) for each in cells)
    return ReportRow(name, (Cell(name), *made), is_total=is_total, is_rest=is_rest)


def number_in(line: ReportRow, columns: Sequence[ReportColumn], key: str) -> float:
    """The number in a row's cell of a column, to sort by; what is not known comes last."""
    [value] = [cell.value for cell, column in zip(line.cells, columns, strict=True) if column.key == key]
    return value if isinstance(value, (int, float)) else inf


def without_unknown(table: Table) -> Table:
    """A table without columns in which nothing stands, such as quotas where none is set."""
    known = [
        place
        for place, column in enumerate(table.columns)
        if not place or any(each.cells[place].value is not None for each in table.rows)
    ]
    return Table(
        key=table.key,
        title=table.title,
        columns=_chosen(table.columns, known),
        rows=tuple(replace(each, cells=_chosen(each.cells, known)) for each in table.rows),
        order=table.order,
        empty=table.empty,
    )


def _chosen(values: Sequence, places: Sequence[int]) -> tuple:  # type: ignore[type-arg]
    return tuple(values[place] for place in places)
