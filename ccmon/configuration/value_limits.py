"""What a person is told of a value that is out of its limits: what is allowed, and which allowed value is nearest."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from ccmon import time_of_day
from ccmon.configuration import value_texts
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.number_texts import MOST, CellError, ImpossibleError
from ccmon.plausibility import EARLIEST_IN_TABLES_MS, LONGEST_MS, PLANNED_AHEAD_MS, quoted
from ccmon.sources.table.cells import MOST_CENTS, CellContext
from ccmon.time_units import DAY_MS, QUARTER_MS

_NUMBERS = (CellType.COUNT, CellType.COST)


def refusal(column: ColumnSpec, text: str, error: CellError, context: CellContext) -> str:
    """The part of a sentence that follows a setting's name, about a text that it cannot have."""
    if isinstance(error, ImpossibleError) and (found := limits(column, context)) is not None:
        least, most = (_shown(column, each, context) for each in found)
        is_low = _is_low(column, text, least)
        allowed = f"from {least} to {most}; {least if is_low else most} is nearest"
        if column.type is CellType.LENGTH and column.above_zero:
            allowed = f"more than 0 s and at most {most}" + ("" if is_low else f"; {most} is nearest")
        return f"is {quoted(text)}, and must be {allowed}"
    near = None
    if column.type is CellType.SHARE:
        near = _nearest_share(text)
    elif column.type is CellType.TIME_OF_DAY:
        near = _nearest_quarter(text)
    return str(error) if near is None else f"{error}; did you mean {near}?"


def _is_low(column: ColumnSpec, text: str, least: str) -> bool:
    """Whether a text that is out of the limits is below them."""
    if column.type is CellType.PLANNED_DAY:
        return text < least
    return text.startswith("-") or re.search("[1-9]", text) is None


def _shown(column: ColumnSpec, value: Any, context: CellContext) -> str:
    """A limit as a person writes it, large numbers with commas between thousands."""
    written = value_texts.write(column, value, context.currency)
    return re.sub(r"\B(?=(?:\d{3})+(?!\d))", ",", written) if column.type in _NUMBERS else written


def limits(column: ColumnSpec, context: CellContext) -> tuple[Any, Any] | None:
    """The least and the greatest value of a column; None: it has no such limits, or its errors name them."""
    match column.type:
        case CellType.COUNT:
            return int(column.above_zero), MOST
        case CellType.LENGTH:
            return int(column.above_zero), LONGEST_MS
        case CellType.COST:
            return 0, MOST_CENTS
        case CellType.PLANNED_DAY:
            first = _days_around(EARLIEST_IN_TABLES_MS, column, context)[0]
            return first, _days_around(context.now + PLANNED_AHEAD_MS, column, context)[-1]
    return None


def _days_around(at: int, column: ColumnSpec, context: CellContext) -> list[str]:
    """The days around a moment that a column takes: zone and start of the day decide which of them is the outermost."""
    middle, found = datetime.fromtimestamp(at / 1000, UTC).date(), []
    for day in (middle + timedelta(days=number) for number in range(-3, 4)):
        with suppress(ImpossibleError):
            found.append(value_texts.parse(column, day.isoformat(), context))
    return found


def _nearest_share(text: str) -> str | None:
    """The share that one above 100 % may be meant for, by a digit or a point: 85 % for 850 %."""
    found = re.fullmatch(r"(\d{3,9})\s*%?", text, re.ASCII)
    if found is None or int(found[1]) <= 100:
        return None
    share = int(found[1]) / 10 ** (len(found[1]) - 2)
    return f"{share:g} %"


def _nearest_quarter(text: str) -> str | None:
    try:
        found = time_of_day.parse(text)
    except ValueError:
        return None
    return time_of_day.written(min(round(found / QUARTER_MS) * QUARTER_MS, DAY_MS - QUARTER_MS))
