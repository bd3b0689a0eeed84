"""One row of a table, whatever kind of file it comes from."""

from __future__ import annotations

import re
from typing import NamedTuple

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet would take for a formula, or that apostrophes keep from that."""
_KEPT_FROM_FORMULAS = re.compile(r"'+[=+\-@\t\r]")


class Row(NamedTuple):
    """One row and the line on which it starts, counted from 1."""

    line: int
    cells: list[str]
    error: str | None = None
    """What is wrong with the row, if it could not be split into cells."""


def without_apostrophes(cells: list[str]) -> list[str]:
    """Cells without the apostrophe that keeps a spreadsheet from taking them for formulas: ``'+31 20`` is +31 20."""
    if "'" not in "".join(cells):
        return cells
    return [cell[1:] if _KEPT_FROM_FORMULAS.match(cell) else cell for cell in cells]
