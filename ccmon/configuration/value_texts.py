"""Values of the database's settings as people read and write them: 20 s, 15 min, 0.85, 32.50.

What is written here is read again as the same value by `parse`, which leaves that to the cells of imported tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ccmon import time_of_day
from ccmon.configuration.site_columns import column_named
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.formatting import UNKNOWN
from ccmon.metrics.opening_hours import ALL_DAY, CLOSED, EXAMPLE
from ccmon.number_texts import DIGITS, CellError, refuse_unclear_length
from ccmon.sources.table.cells import CellContext, parser_of
from ccmon.spelling import either, nearest
from ccmon.time_units import HOUR_MS, MINUTE_MS

_MOST_DECIMALS = 15
"""Decimals of a share that are told apart, as in a cell of a table."""
_ALLOWED = {
    CellType.COUNT: "whole number",
    CellType.SHARE: "0.85 or 85 %",
    CellType.FLAG: "yes or no",
    CellType.CURRENCY: "code such as EUR",
    CellType.LENGTH: "20 s, 15 min or 1:30",
    CellType.TIME_OF_DAY: "time in quarters of an hour, such as 04:00",
    CellType.TIME_ZONE: "name such as Europe/Amsterdam",
    CellType.PLANNED_DAY: "day such as 2026-11-23",
    CellType.OPENING_HOURS: f"{EXAMPLE}; {CLOSED}; {ALL_DAY}",
}


def parse(column: ColumnSpec, text: str, context: CellContext) -> Any:
    """The value of a text.

    Raises:
        CellError: it has none; the message is the part of a sentence that follows the setting's name.
    """
    if column.type is not CellType.TEXT:
        text = text.strip()
    if column.type is CellType.COST:
        text = _without_currency(text, context.currency)
    try:
        if column.type is CellType.LENGTH:
            refuse_unclear_length(text)
        return parser_of(column)(text, context)
    except CellError as error:
        near = nearest(text, column.words)
        raise type(error)(f"{error}; did you mean {near}?" if near else str(error)) from None


def write(column: ColumnSpec, value: Any, currency: str | None) -> str:
    """A value as a text that `parse` reads again."""
    match column.type:
        case CellType.TIME_OF_DAY:
            return time_of_day.written(value)
        case CellType.LENGTH:
            return _length(value, in_seconds=column.in_seconds)
        case CellType.SHARE:
            return _decimal(value)
        case CellType.FLAG:
            return "yes" if value else "no"
        case CellType.COST:
            return _amount(value, currency)
    return str(value)


def shown(name: Sequence[str], text: str | None) -> str:
    """The text of a setting's value in a listing for people: a share in percent, as everywhere else on the screen.

    Args:
        name: of the setting.
        text: as `write` gives it; None: there is no value.
    """
    if text is None:
        return UNKNOWN
    column = column_named(name)
    if column is None or column.type is not CellType.SHARE:
        return text
    from decimal import Decimal  # noqa: PLC0415 (few settings are shares)

    return f"{(Decimal(text) * 100).normalize():f} %"


def for_json(column: ColumnSpec, value: Any, currency: str | None) -> Any:
    """A value in JSON: lengths in seconds, amounts in whole units of the currency."""
    if value is None:
        return None
    match column.type:
        case CellType.TIME_OF_DAY:
            return time_of_day.written(value)
        case CellType.LENGTH:
            return value / 1000
        case CellType.FLAG:
            return bool(value)
        case CellType.COST:
            return float(_amount(value, currency))
    return value


def allowed(column: ColumnSpec) -> str:
    """What the value of a column may be."""
    if column.words:
        return either(column.words)
    if column.type is CellType.COST:
        return "amount such as 32.50"
    return f"name of a {column.refers_to}" if column.refers_to else _ALLOWED.get(column.type, "text")


_MOST_SECONDS = 300
"""A longer time is not named in seconds."""


def _length(length_ms: int, *, in_seconds: bool) -> str:
    if length_ms % 1000:
        return f"{length_ms // 1000}.{length_ms % 1000:03}".rstrip("0") + " s"
    if in_seconds and length_ms <= _MOST_SECONDS * 1000:
        return f"{length_ms // 1000} s"
    for unit_ms, unit in ((HOUR_MS, "h"), (MINUTE_MS, "min")):
        if length_ms % unit_ms == 0 and length_ms:
            return f"{length_ms // unit_ms} {unit}"
    seconds = length_ms // 1000
    if seconds <= 90:
        return f"{seconds} s"
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _decimal(share: float) -> str:
    return f"{share:.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")


def _amount(minor_units: int, currency: str | None) -> str:
    digits = DIGITS.get(currency or "", 2)
    whole, rest = divmod(minor_units, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)


def _without_currency(text: str, currency: str | None) -> str:
    match = re.fullmatch(r"([A-Z]{3}\s*)?(.*?)(\s*[A-Z]{3})?", text)
    for code in filter(None, match.group(1, 3) if match else ()):
        if code.strip() != currency:
            counts = f"the site counts in {currency}" if currency else "the site has no currency yet: set site.currency"
            raise CellError(f"is {text!r}, and {counts}")
    return match[2] if match else text
