"""Writes an export as CSV: UTF-8, commas, a header line, in memory that does not grow with the rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from typing import TextIO
from zoneinfo import ZoneInfo

from ccmon.database.exports import ExportedRows
from ccmon.report.csv_cells import row_writer

_SHOWN_EVERY = 1_000
_IN_QUOTES = re.compile(r"[;|\t\r]")
"""What csv does not put in quotes by itself: separators by which an import would split a table of one column, and a
carriage return before Python 3.13."""


def write_csv(
    exported: ExportedRows,
    output: TextIO,
    *,
    for_terminal: bool = False,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the header and all rows; return how many rows there were.

    Args:
        exported: the rows.
        output: opened without a translation of line ends.
        for_terminal: whether the output is a terminal, which control characters in texts would move.
        progress: called with the number of rows written so far.
    """
    writer = csv.writer(output, lineterminator="\n")
    quoting = csv.writer(output, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow([column.name for column in exported.columns])
    cells_of = row_writer(
        exported.columns, ZoneInfo(exported.site.time_zone), exported.site.currency, for_terminal=for_terminal
    )
    count = 0
    for count, row in enumerate(exported.rows, 1):
        cells = cells_of(row)
        (quoting if _IN_QUOTES.search("".join(cells)) else writer).writerow(cells)
        if progress is not None and count % _SHOWN_EVERY == 0:
            progress(count)
    return count
