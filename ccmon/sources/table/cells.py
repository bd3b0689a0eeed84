"""What a cell of a table means: texts, numbers, money, dates and moments.

A parser takes the trimmed, non-empty text of a cell and what it must know about the site. It raises `CellError` with
the part of a sentence that follows the column's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ccmon import number_texts, plausibility, time_of_day
from ccmon.database.site import zone_or_city
from ccmon.database.table_specs import CellType, ColumnSpec
from ccmon.errors import CcmonError
from ccmon.metrics import likely_hours, opening_hours
from ccmon.model.business_day import day_start
from ccmon.number_texts import DIGITS, CellError, ImpossibleError
from ccmon.plausibility import NO_SUCH_DAY, names_no_day

MOST_CENTS = 10**13
"""No amount is larger, in minor units: the sum of a million of them still fits into the database."""


@dataclass(frozen=True, slots=True)
class CellContext:
    """What the meaning of a cell depends on."""

    time_zone: ZoneInfo
    day_starts_ms: int = 0
    currency: str | None = None
    now: int = 0
    """The reader's clock, which decides how far ahead a moment may be."""


_MOST_DIGITS = 17
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""A control character of Unicode: NUL, a tab, the end of a line."""

Parser = Callable[[str, CellContext], Any]


def text(cell: str, _: CellContext) -> str:
    """A text of one line, such as a name: a control character in it is no part of what anybody has written."""
    found = None if cell.isprintable() else _CONTROL.search(cell)
    if found is not None:
        raise CellError(f"is {plausibility.quoted(cell)}, which has the control character {found[0]!r}; take it out")
    return cell


def note(cell: str, _: CellContext) -> str:
    """Any text."""
    return cell


def phone(cell: str, _: CellContext) -> str:
    """A telephone number."""
    return phone_number(cell)


def phone_number(cell: str) -> str:
    """A telephone number: digits, perhaps after a plus; a trunk zero in brackets is removed.

    Raises:
        CellError: it is none.
    """
    number = re.sub(r"[\s./()-]", "", cell.replace("(0)", ""))
    if not re.fullmatch(r"\+?[\d*#]{2,20}", number):
        raise CellError(f"is {cell!r}, and must be a telephone number such as +31 20 123 4567")
    return number


def count(cell: str, _: CellContext) -> int:
    """A whole number of at least 0."""
    return number_texts.count(cell)


def ratio(cell: str, _: CellContext) -> float:
    """A share from 0 to 1: 0.15, 0,15, .15 or 15 %."""
    return number_texts.share(cell)


def yes_no(cell: str, _: CellContext) -> int:
    """1 or 0."""
    if cell.lower() in {"1", "yes", "y", "true", "ja", "oui", "si", "sí"}:
        return 1
    if cell.lower() in {"0", "no", "n", "false", "nein", "nee", "non"}:
        return 0
    raise CellError(f"is {cell!r}, and must be yes or no")


def choice(words: Sequence[str], cell: str) -> str:
    """One of the given words; capitals and the kind of hyphen do not matter."""
    word = re.sub(r"[\s-]+", "_", cell.lower()).replace("center", "centre")
    if word not in words:
        raise CellError(f"is {cell!r}, and must be one of: {', '.join(words)}")
    return word


def money(cell: str, context: CellContext) -> int:
    """An amount in minor units from one in major units, with point or comma as long as it is unambiguous."""
    digits = DIGITS.get(context.currency or "", 2)
    plain = re.sub(r"[\s'\u2019]", "", cell)
    separators = re.sub(r"[^.,]", "", plain)
    if len(set(separators)) == 2:
        # 1,234.50 or 1.234,50: the last one is the decimal one, the other groups thousands.
        grouping = "," if separators[-1] == "." else "."
        if separators.count(separators[-1]) == 1 and re.fullmatch(
            rf"-?\d{{1,3}}({re.escape(grouping)}\d{{3}})+[.,]\d+", plain
        ):
            plain = plain.replace(grouping, "")
    elif len(separators) > 1 and re.fullmatch(rf"-?\d{{1,3}}({re.escape(separators[0])}\d{{3}})+", plain):
        plain = plain.replace(separators[0], "")
    match = re.fullmatch(r"(-?\d+)(?:[.,](\d+))?", plain, re.ASCII)
    if match is None:
        raise CellError(f"is {cell!r}, and must be an amount such as 1234.50")
    decimals = match[2] or ""
    if len(decimals.rstrip("0")) > digits or (len(decimals) == 3 and digits != 3):
        raise CellError(f"is {cell!r}: that may be thousands or decimals; write it as 1234.50")
    return _minor_units(match[1], decimals[:digits].ljust(digits, "0"), cell)


def cents(cell: str, _: CellContext) -> int:
    """An amount given in minor units."""
    number_texts.match(r"-?\d+", cell, "a whole number of minor units (cents)")
    return _minor_units(cell, "", cell)


def _minor_units(whole: str, decimals: str, cell: str) -> int:
    """An amount in minor units, at most `MOST_CENTS`."""
    if len(whole) > _MOST_DIGITS or abs(int(whole + decimals)) > MOST_CENTS:
        raise ImpossibleError(f"is {plausibility.quoted(cell)}: no amount is so large; at most {MOST_CENTS:,} cents")
    return int(whole + decimals)


def cost(cell: str, context: CellContext) -> int:
    """As `money`, and not below 0."""
    amount = money(cell, context)
    if amount < 0:
        raise ImpossibleError(f"is {plausibility.quoted(cell)}, and cannot be below 0")
    return amount


def of_a_sale(parse: Parser) -> Parser:
    """An amount not below 0: a refund is not another sale, it cancels one (metrics.md 8.2)."""

    def parse_amount(cell: str, context: CellContext) -> int:
        try:
            amount: int = parse(cell, context)
        except ImpossibleError:
            if not cell.startswith("-"):
                raise
            amount = -1
        if amount < 0:
            raise CellError(
                f"is {plausibility.quoted(cell)}, and no sale is below 0: for a refund give cancelled_at on the row of "
                "its sale, for a refund of a part the row of its sale again with the amount that is left"
            )
        return amount

    return parse_amount


def currency(cell: str, _: CellContext) -> str:
    """An ISO 4217 code."""
    return number_texts.match(r"[A-Za-z]{3}", cell, "a code of three letters such as EUR")[0].upper()


def day(cell: str, _: CellContext) -> str:
    """An ISO date."""
    found = _date(cell)
    if found is None:
        wrong = NO_SUCH_DAY if names_no_day(cell) else "and must be a date such as 2026-11-23"
        raise CellError(f"is {cell!r}, {wrong}")
    return found.isoformat()


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def moment(cell: str, context: CellContext) -> int:
    """An ISO time in Unix milliseconds; without an offset in the site's zone.

    A date alone: the start of its business day.
    """
    try:
        if (found := _date(cell)) is not None:
            return day_start(found, context.time_zone, context.day_starts_ms)
        parsed = datetime.fromisoformat(cell)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=context.time_zone)
        return round(parsed.timestamp() * 1000)
    except OverflowError:
        raise ImpossibleError(f"is {cell!r}, an end of the calendar") from None
    except ValueError:
        wrong = NO_SUCH_DAY if names_no_day(cell) else "and must be a time such as 2026-11-23T14:30 or a date"
        raise CellError(f"is {cell!r}, {wrong}") from None


def by_end_of_day(cell: str, context: CellContext) -> int:
    """As `moment`, but a date alone is the end of its business day: what is promised for a day is promised by then."""
    found = _date(cell)
    if found is None:
        return moment(cell, context)
    try:
        return day_start(found + timedelta(days=1), context.time_zone, context.day_starts_ms) - 1
    except (ValueError, OverflowError):
        raise ImpossibleError(f"is {cell!r}, an end of the calendar") from None


def in_a_table(at: int, now: int) -> str | None:
    """Why a row of a table cannot have this moment; None if it can."""
    return plausibility.impossible_moment(at, now, plausibility.EARLIEST_IN_TABLES_MS)


def _within(parse: Parser, fault_of: Callable[[int, int], str | None]) -> Parser:
    """A parser of possible moments, for past or planned events."""

    def parse_within(cell: str, context: CellContext) -> int:
        at: int = parse(cell, context)
        error = fault_of(at, context.now)
        if error is not None:
            raise ImpossibleError(f"is {cell!r}: it {error}")
        return at

    return parse_within


def planned_day(cell: str, context: CellContext) -> str:
    """An ISO date from 1990 on, at most ten years ahead."""
    found = day(cell, context)
    PARSERS[CellType.PLANNED](found, context)
    return found


def hours(cell: str, _: CellContext) -> str:
    """The opening hours of a day, as they are kept: in order, with two digits for each hour and minute."""
    try:
        return opening_hours.written(opening_hours.read(cell))
    except ValueError as error:
        raise CellError(f"is {cell!r}, which {error}; {likely_hours.hint(cell)}") from None


def quarter_of_a_day(cell: str, _: CellContext) -> int:
    """A time of day in whole quarters of an hour, in milliseconds since midnight."""
    without_seconds = cell.removesuffix(":00") if cell.count(":") == 2 else cell  # of a TOML file
    try:
        return time_of_day.parse_quarter(without_seconds)
    except ValueError:
        raise CellError(f"is {cell!r}, and must be a time in quarters of an hour, such as 04:00 or 22:30") from None


def time_zone(cell: str, _: CellContext) -> str:
    """An IANA time zone, or the city after which only one is called."""
    try:
        return zone_or_city(cell).key
    except CcmonError as error:
        raise CellError(f"is {cell!r}: {error}") from None


def duration(cell: str, _: CellContext) -> int:
    """A length of time in milliseconds: seconds, m:ss, h:mm:ss, or with its unit: 20 s, 15 min, 1.5 h, 3 d."""
    return number_texts.duration(cell)


PARSERS: Mapping[CellType, Parser] = {
    CellType.TEXT: text,
    CellType.NOTE: note,
    CellType.PHONE: phone,
    CellType.COUNT: count,
    CellType.SHARE: ratio,
    CellType.FLAG: yes_no,
    CellType.SALE_AMOUNT: of_a_sale(money),
    CellType.SALE_CENTS: of_a_sale(cents),
    CellType.COST: cost,
    CellType.CURRENCY: currency,
    CellType.LENGTH: duration,
    CellType.TIME_OF_DAY: quarter_of_a_day,
    CellType.TIME_ZONE: time_zone,
    CellType.PLANNED_DAY: planned_day,
    CellType.OPENING_HOURS: hours,
    CellType.HAPPENED: _within(moment, in_a_table),
    CellType.HAPPENED_DAY_END: _within(by_end_of_day, in_a_table),
    CellType.PLANNED: _within(moment, plausibility.impossible_plan),
    CellType.PLANNED_DAY_END: _within(by_end_of_day, plausibility.impossible_plan),
}
"""The parser of each type of cell except WORD, which depends on the column's words."""


def parser_of(column: ColumnSpec) -> Parser:
    """The parser of a column's cells."""
    if column.words:
        return lambda cell, _: choice(column.words, cell)
    return _above_zero(PARSERS[column.type]) if column.above_zero else PARSERS[column.type]


def _above_zero(parse: Parser) -> Parser:
    def parse_above_zero(cell: str, context: CellContext) -> Any:
        return number_texts.above_zero(parse(cell, context), cell)

    return parse_above_zero
