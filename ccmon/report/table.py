"""Tables of a text report: the columns that fit, and the texts of their cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ccmon.formatting import fit

NAME_CELLS = 22


class TextColumn(NamedTuple):
    """A column of a table."""

    title: str
    right: bool = True
    from_width: int = 0
    """Cells that a terminal must have for the column to be shown."""


def table(title: str, columns: tuple[TextColumn, ...], rows: Iterable[tuple[str | Text, ...]], *, width: int) -> Group:
    """A titled table with the columns for which there is room."""
    shown = [number for number, column in enumerate(columns) if column.from_width <= width]
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", expand=False)
    for number in shown:
        column = columns[number]
        drawn.add_column(column.title, justify="right" if column.right else "left", no_wrap=True, overflow="crop")
    for row in rows:
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in (row[number] for number in shown)))
    return Group(Text(f"\n{title}", style="bold"), drawn)


def name_cell(text: str) -> str:
    """A name, cut to its column."""
    return fit(text, NAME_CELLS).rstrip()
