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
from ccmon.database.cell_types import CellType
from ccmon.database.site import zone_or_city
from ccmon.database.table_specs import ColumnSpec
from ccmon.errors import CcmonError
from ccmon.metrics import likely_hours, opening_hours
from ccmon.model.business_day import day_start
from ccmon.number_texts import DIGITS, CellError, ImpossibleError
from ccmon.plausibility import NO_SUCH_DAY, names_no_day
from ccmon.sources.table import written_moments, written_numbers
from ccmon.sources.table.cell_form import AS_KNOWN, AmbiguousError, CellForm
from ccmon.sources.table.written_numbers import AmbiguousNumberError, PlainNumber

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
    form: CellForm = AS_KNOWN
    earlier: int | None = None
    """The moment of the same row that the cell's moment follows (`ColumnSpec.follows`)."""


_MOST_DIGITS = 17
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""A control character of Unicode: NUL, a tab, the end of a line."""
YES = frozenset({"1", "yes", "y", "true", "ja", "j", "oui", "o", "si", "sí", "s", "waar", "wahr", "vrai", "verdadero"})
NO = frozenset({"0", "no", "n", "false", "nein", "nee", "non", "onwaar", "falsch", "faux", "falso"})

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


def count(cell: str, context: CellContext) -> int:
    """A whole number of at least 0."""
    if context.form.decimal is not None:
        return number_texts.count(_whole(cell, context.form.decimal))
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", cell, re.ASCII):
        raise AmbiguousError(f"is {cell!r}, and must be a whole number of at least 0: write {cell.replace('.', '')}")
    return number_texts.count(cell)


def _whole(cell: str, decimal: str) -> str:
    """A whole number without what groups its digits; a cell that is none as it is."""
    number = written_numbers.plain_number(cell.lstrip("+-"), decimal)
    if number is None or number.decimals.strip("0"):
        return cell
    return f"-{number.whole}" if cell.startswith("-") else number.whole


def ratio(cell: str, context: CellContext) -> float:
    """A share from 0 to 1: 0.15, 0,15, .15 or 15 %."""
    is_percentage = context.form.per_cent and not cell.endswith("%")
    return number_texts.share(f"{cell} %" if is_percentage else cell)


def yes_no(cell: str, _: CellContext) -> int:
    """1 or 0."""
    if cell.lower() in YES:
        return 1
    if cell.lower() in NO:
        return 0
    raise CellError(f"is {cell!r}, and must be yes or no")


def choice(words: Sequence[str], cell: str) -> str:
    """One of the given words; capitals and the kind of hyphen do not matter."""
    word = re.sub(r"[\s-]+", "_", cell.lower()).replace("center", "centre")
    if word not in words:
        raise CellError(f"is {cell!r}, and must be one of: {', '.join(words)}")
    return word


def money(cell: str, context: CellContext) -> int:
    """An amount in minor units from one in major units, as long as its point or comma is unambiguous.

    It may have the sign or the code of the site's currency.
    """
    digits = DIGITS.get(context.currency or "", 2)
    amount = written_numbers.amount_parts(cell)
    if amount is None:
        raise CellError(f"is {cell!r}, and must be an amount such as 1234.50")
    if amount.sign:
        _check_sign(cell, amount.sign, context.currency)
    form = context.form.decimal
    try:
        number = written_numbers.plain_number(amount.number, form, may_have_three=digits == 3)
    except AmbiguousNumberError:
        raise AmbiguousError(f"is {cell!r}: that may be thousands or decimals; write it as 1234.50") from None
    if number is None:
        how = f"1234.50, with the decimal sign {form!r} of the mapping" if form else "1234.50"
        raise CellError(f"is {cell!r}, and must be an amount such as {how}")
    if len(number.decimals.rstrip("0")) > digits:
        raise CellError(f"is {cell!r}, and has more than {digits} decimals; write it as {_example(digits)}")
    return _minor_units(amount.is_negative, number, digits, cell)


def _example(digits: int) -> str:
    return f"{1234.5:.{digits}f}" if digits else "1234"


def _check_sign(cell: str, sign: str, currency: str | None) -> None:
    """Check that the currency in a cell is the one that is counted in."""
    meant = written_numbers.currencies(sign)
    if not meant:
        raise CellError(f"is {cell!r}, and must be an amount such as 1234.50: {sign} is no currency")
    if currency is None:
        raise CellError(
            f"is {cell!r}, and it is not known what this site counts in: ccmon config set site.currency {meant[0]}"
        )
    if currency not in meant:
        said = meant[0] if len(meant) == 1 else sign
        raise CellError(f"is {cell!r}, in {said}, and not in {currency}: amounts in two currencies have no sum")


def cents(cell: str, _: CellContext) -> int:
    """An amount given in minor units."""
    number_texts.match(r"-?\d+", cell, "a whole number of minor units (cents)")
    return _minor_units(cell.startswith("-"), PlainNumber(cell.lstrip("-"), ""), 0, cell)


def _minor_units(is_negative: bool, number: PlainNumber, digits: int, cell: str) -> int:
    """An amount in minor units, at most `MOST_CENTS`."""
    amount = number.whole + number.decimals[:digits].ljust(digits, "0")
    if len(number.whole) > _MOST_DIGITS or int(amount) > MOST_CENTS:
        raise ImpossibleError(f"is {plausibility.quoted(cell)}: no amount is so large; at most {MOST_CENTS:,} cents")
    return -int(amount) if is_negative else int(amount)


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
            found = written_numbers.amount_parts(cell)
            if found is None or not found.is_negative:
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


def day(cell: str, context: CellContext) -> str:
    """An ISO date."""
    found = _read_moment(cell, context.form)
    if isinstance(found, datetime):
        if (found.hour, found.minute, found.second) != (0, 0, 0):
            raise CellError(f"is {cell!r}, and must be a date without a time")
        found = found.date()
    if found is None:
        wrong = NO_SUCH_DAY if names_no_day(cell) else "and must be a date such as 2026-11-23"
        raise _moment_error(cell, wrong)
    return found.isoformat()


def _read_moment(cell: str, form: CellForm) -> date | datetime | None:
    """The day or the moment of a cell; None if it is in no known form.

    Raises:
        CellError: it is not written as its mapping says.
    """
    written = form.moment or form.date
    if written is not None:
        found = written_moments.read(cell, form.moment, form.date, form.time)
        return written_moments.required(found, cell, written, form.tally)
    try:
        return date.fromisoformat(cell)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return written_moments.iso(cell)


def _moment_error(cell: str, wrong: str) -> CellError:
    sort = AmbiguousError if re.match(r"\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b", cell) else CellError
    return sort(f"is {cell!r}, {wrong}{written_moments.hint_of_1970(cell)}")


def moment(cell: str, context: CellContext) -> int:
    """A time in Unix milliseconds; without an offset in the mapping's zone, else the site's.

    A date alone: the start of its business day.
    """
    found = _read_moment(cell, context.form)
    if found is None:
        wrong = NO_SUCH_DAY if names_no_day(cell) else "and must be a time such as 2026-11-23T14:30 or a date"
        raise _moment_error(cell, wrong)
    try:
        if not isinstance(found, datetime):
            return day_start(found, context.time_zone, context.day_starts_ms)
        if found.tzinfo is None:
            found = found.replace(tzinfo=context.form.time_zone or context.time_zone)
        return round(found.timestamp() * 1000)
    except (OverflowError, ValueError):
        raise ImpossibleError(f"is {cell!r}, an end of the calendar") from None


def by_end_of_day(cell: str, context: CellContext) -> int:
    """As `moment`, but a date alone is the end of its business day: what is promised for a day is promised by then."""
    found = _read_moment(cell, context.form)
    if found is None or isinstance(found, datetime):
        return moment(cell, context)
    try:
        return day_start(found + timedelta(days=1), context.time_zone, context.day_starts_ms) - 1
    except (ValueError, OverflowError):
        raise ImpossibleError(f"is {cell!r}, an end of the calendar") from None


def later(cell: str, context: CellContext) -> int:
    """As `moment`, of what follows an earlier moment of the row: a date alone is that moment on its day, else midnight.

    So it is never before what it follows because of a missing time, and of today never in the future. That day is
    the calendar's, or the business day.
    """
    found = _read_moment(cell, context.form)
    if found is None or isinstance(found, datetime):
        return moment(cell, context)
    try:
        midnight = day_start(found, context.time_zone, 0)
        following = day_start(found + timedelta(days=1), context.time_zone, context.day_starts_ms)
    except (ValueError, OverflowError):
        raise ImpossibleError(f"is {cell!r}, an end of the calendar") from None
    earlier = context.earlier
    return earlier if earlier is not None and midnight <= earlier < following else midnight


def in_a_table(at: int, now: int) -> str | None:
    """Why a row of a table cannot have this moment; None if it can."""
    return plausibility.impossible_moment(at, now, plausibility.EARLIEST_IN_TABLES_MS)


def _within(parse: Parser, fault_of: Callable[[int, int], str | None]) -> Parser:
    """A parser of possible moments, for past or planned events."""

    def parse_within(cell: str, context: CellContext) -> int:
        at: int = parse(cell, context)
        error = fault_of(at, context.now)
        if error is not None:
            raise ImpossibleError(f"is {cell!r}: it {error}{written_moments.hint_of_1970(cell)}")
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
    CellType.HAPPENED_LATER: _within(later, in_a_table),
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
