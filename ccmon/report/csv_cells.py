"""Values as cells of a CSV file, in the form that `ccmon.sources.table.cells` reads.

A spreadsheet takes a cell for a formula that begins with =, +, - or @, and what a caller's telephone company or a
customer has written may be one. Such a text gets an apostrophe before it, which `ccmon.sources.table.row_reader` takes
away again. A number gets none, nor a telephone number with its spaces, +31 20 123 4567: there is nothing to compute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.cell_types import MOMENT_TYPES, CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.formatting import plain
from ccmon.number_texts import DIGITS
from ccmon.sources.table.row import FORMULA
from ccmon.time_units import MINUTE_MS

_NUMBER = re.compile(r"[+-]?\d[\d ]*([.,]\d+)?", re.ASCII)
_REMEMBERED_MINUTES = 10_000
Write = Callable[[Any], str]


def written_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _harmless_text(text: str) -> str:
    """The same for a terminal, which control characters would move."""
    return "".join(plain(letter) or "\N{REPLACEMENT CHARACTER}" for letter in written_text(text))


def written_length(length_ms: float) -> str:
    """A length of time in seconds, to the millisecond."""
    return _decimal(round(length_ms), 3).rstrip("0").removesuffix(".")


def written_share(share: float) -> str:
    """A share with up to 15 decimals, which is how exactly it is read."""
    return f"{share:.15f}".rstrip("0").removesuffix(".")


def written_amount(cents: int, currency: str | None) -> str:
    """An amount in major units, with the decimal places of its currency."""
    return _decimal(cents, DIGITS.get(currency or "", 2))


def _decimal(number: int, places: int) -> str:
    """A number of the last decimal place, written with a point before its decimal places."""
    if not places:
        return str(number)
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{places}}"


def moment_writer(zone: ZoneInfo) -> Write:
    """A function that writes a moment as ISO 8601 with the offset of the zone, milliseconds only where it has some."""

    @lru_cache(_REMEMBERED_MINUTES)
    def of_minute(minute: int) -> tuple[str, str]:
        text = datetime.fromtimestamp(minute * MINUTE_MS // 1000, zone).isoformat()
        return text[:17], text[19:]

    def written(at: int) -> str:
        minute, rest_ms = divmod(at, MINUTE_MS)
        try:
            before, offset = of_minute(minute)
        except (ValueError, OverflowError, OSError):
            return str(at)  # outside the calendar: a foreign program's, which ccmon doctor names
        seconds, thousandths = divmod(rest_ms, 1000)
        return f"{before}{seconds:02}{f'.{thousandths:03}' if thousandths else ''}{offset}"

    return written


def row_writer(
    columns: Sequence[ColumnSpec], zone: ZoneInfo, currency: str | None, *, for_terminal: bool
) -> Callable[[Sequence[Any]], list[str]]:
    """A function that writes a row of these columns as cells; unknown is an empty cell.

    Args:
        columns: the columns.
        zone: in which moments are written.
        currency: that of amounts whose row names none.
        for_terminal: whether the cells go to a terminal.
    """
    text = _harmless_text if for_terminal else written_text
    moment = moment_writer(zone)
    writers: Mapping[CellType, Write] = {
        CellType.COUNT: str,
        CellType.SHARE: written_share,
        CellType.FLAG: lambda value: "yes" if value else "no",
        CellType.COST: lambda cents: written_amount(cents, currency),
        CellType.LENGTH: written_length,
        **dict.fromkeys(MOMENT_TYPES, moment),
    }
    write_of = [writers.get(column.type, text) for column in columns]
    places = {column.type: place for place, column in enumerate(columns)}
    amount_at = places.get(CellType.SALE_AMOUNT)
    currency_at = places.get(CellType.CURRENCY)
    if amount_at is not None:
        write_of[amount_at] = str

    def written(row: Sequence[Any]) -> list[str]:
        cells = ["" if value is None else write(value) for value, write in zip(row, write_of, strict=True)]
        if amount_at is not None and row[amount_at] is not None:
            own = None if currency_at is None else row[currency_at]
            cells[amount_at] = written_amount(row[amount_at], own or currency)
        return cells

    return written
