"""What a cell of a table means: texts, numbers, money, dates and moments.

A parser takes the trimmed, non-empty text of a cell and what it must know of the site. It raises `CellError` with the
part of a sentence that follows the column's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
    "XOF",
                     "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip
"""Decimal places of currencies that have other than two (ISO 4217)."""


class CellError(Exception):
    """A cell cannot be understood."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the meaning of a cell depends on."""

    time_zone: ZoneInfo
    day_starts_ms: int = 0
    currency: str | None = None

    def day_edge(self, day: date) -> int:
        """Start of the business day of a date."""
        wall_clock = datetime.combine(day, time()) + timedelta(milliseconds=self.day_starts_ms)
        return round(wall_clock.replace(tzinfo=self.time_zone).timestamp() * 1000)


Parser = Callable[[str, Site], Any]


def text(cell: str, _: Site) -> str:
    """Any text."""
    return cell


def phone(cell: str, _: Site) -> str:
    """A telephone number: digits, perhaps with a plus before them; a trunk zero in brackets goes."""
    number = re.sub(r"[\s./()-]", "", cell.replace("(0)", ""))
    if not re.fullmatch(r"\+?[\d*#]{2,20}", number):
        raise CellError(f"is {cell!r}, and must be a telephone number such as +31 20 123 4567")
    return number


def count(cell: str, _: Site) -> int:
    """A whole number of at least 0."""
    if not re.fullmatch(r"\d{1,15}", cell):
        raise CellError(f"is {cell!r}, and must be a whole number of at least 0")
    return int(cell)


def ratio(cell: str, _: Site) -> float:
    """A share from 0 to 1: 0.15, 0,15 or 15 %."""
    match = re.fullmatch(r"(\d{1,9}(?:[.,]\d{1,15})?)\s*(%?)", cell)
    share = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= share <= 1:
        raise CellError(f"is {cell!r}, and must be a share such as 0.15 or 15 %")
    return share


def yes_no(cell: str, _: Site) -> int:
    """1 or 0."""
    if cell.lower() in {"1", "yes", "y", "true", "ja", "oui", "si", "sí"}:
        return 1
    if cell.lower() in {"0", "no", "n", "false", "nein", "nee", "non"}:
        return 0
    raise CellError(f"is {cell!r}, and must be yes or no")


def choice(*words: str) -> Parser:
    """One of some words; capitals and the kind of hyphen do not matter."""

    def parse(cell: str, _: Site) -> str:
        word = re.sub(r"[\s-]+", "_", cell.lower()).replace("center", "centre")
        if word not in words:
            raise CellError(f"is {cell!r}, and must be one of: {', '.join(words)}")
        return word

    return parse


def money(cell: str, site: Site) -> int:
    """An amount in minor units from one in major units. Point or comma as long as it is clear which one it is."""
    digits = DIGITS.get(site.currency or "", 2)
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
    match = re.fullmatch(r"(-?\d{1,13})(?:[.,](\d+))?", plain)
    if match is None:
        raise CellError(f"is {cell!r}, and must be an amount such as 1234.50")
    decimals = match[2] or ""
    if len(decimals.rstrip("0")) > digits or (len(decimals) == 3 and digits != 3):
        raise CellError(f"is {cell!r}: that may be thousands or decimals; write it as 1234.50")
    return int(Decimal(f"{match[1]}.{decimals or 0}").scaleb(digits))


def cents(cell: str, _: Site) -> int:
    """An amount in minor units as it stands."""
    if not re.fullmatch(r"-?\d{1,15}", cell):
        raise CellError(f"is {cell!r}, and must be a whole number of minor units (cents)")
    return int(cell)


def currency(cell: str, _: Site) -> str:
    """An ISO 4217 code."""
    if not re.fullmatch(r"[A-Za-z]{3}", cell):
        raise CellError(f"is {cell!r}, and must be a code of three letters such as EUR")
    return cell.upper()


def day(cell: str, _: Site) -> str:
    """An ISO date."""
    try:
        return date.fromisoformat(cell).isoformat()
    except ValueError:
        raise CellError(f"is {cell!r}, and must be a date such as 2026-11-23") from None


def moment(cell: str, site: Site) -> int:
    """An ISO time in Unix milliseconds; without an offset in the site's zone.

    A date alone: the start of its business day.
    """
    if _is_date(cell):
        return site.day_edge(date.fromisoformat(cell))
    try:
        parsed = datetime.fromisoformat(cell)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=site.time_zone)
        return round(parsed.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise CellError(f"is {cell!r}, and must be a time such as 2026-11-23T14:30 or a date") from None


def by_end_of_day(cell: str, site: Site) -> int:
    """As `moment`, but a date alone is the end of its business day: what is promised for a day is promised by then."""
    if _is_date(cell):
        return site.day_edge(date.fromisoformat(cell) + timedelta(days=1)) - 1
    return moment(cell, site)


def duration(cell: str, _: Site) -> int:
    """A length of time in milliseconds: seconds, m:ss or h:mm:ss."""
    match = re.fullmatch(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:[.,]\d+)?)", cell)
    if match is None:
        raise CellError(f"is {cell!r}, and must be a length of time: seconds, m:ss or h:mm:ss")
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return round((hours * 3600 + minutes * 60 + seconds) * 1000)


def _is_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True
