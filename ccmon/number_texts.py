"""Whole numbers, shares and lengths of time as people write them, in cells of tables and in settings."""

from __future__ import annotations

import re

from ccmon import plausibility
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS

MOST = 10**9
"""No count is larger."""
UNITS_MS = {
    "ms": 1,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE_MS),
    **dict.fromkeys(("h", "hour", "hours"), HOUR_MS),
    **dict.fromkeys(("d", "day", "days"), DAY_MS),
}
"""Units of lengths of time. An m is minutes: no length is as long as a month."""

DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
    "TND": 3,
}  # fmt: skip
"""Decimal places of currencies that have other than two (ISO 4217)."""

LENGTHS = "20 s, 4 min, 100 h, 3 d, m:ss or h:mm:ss"
"""Examples and forms of lengths of time."""


class CellError(Exception):
    """A text cannot be understood; the message is the part of a sentence that follows the name of what it is for."""


class ImpossibleError(CellError):
    """A text is understood, but its number or moment is impossible: it is left out (`ccmon.plausibility`)."""


def match(pattern: str, text: str, what: str) -> re.Match[str]:
    """The match of a whole text.

    Raises:
        CellError: it does not match, and must be `what`.
    """
    found = re.fullmatch(pattern, text, re.ASCII)
    if found is None:
        raise CellError(f"is {text!r}, and must be {what}")
    return found


def count(text: str) -> int:
    """A whole number of at least 0, perhaps with commas between thousands, as it is shown.

    Raises:
        ImpossibleError: it is too large, or negative.
        CellError: it is no whole number.
    """
    plain = text.replace(",", "") if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", text, re.ASCII) else text
    found = match(r"([+-]?)0*(\d+)", plain, "a whole number of at least 0")
    if (found[1] == "-" and found[2] != "0") or len(found[2]) > 10 or int(found[2]) > MOST:
        raise ImpossibleError(f"is {plausibility.quoted(text)}, and must be a whole number from 0 to {MOST:,}")
    return int(found[2])


def share(text: str) -> float:
    """A share from 0 to 1: 0.15, 0,15, .15 or 15 %.

    Raises:
        CellError: it is none.
    """
    found = re.fullmatch(r"(\d{1,9}(?:[.,]\d{1,15})?|[.,]\d{1,15})\s*(%?)", text)
    value = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else -1.0
    if found and not found[2] and 2 <= value <= 100:
        raise CellError(f"is {text!r}, and must be a share: {value / 100:.12g} or {value:.12g} %")
    if found and found[2] and value > 1:
        raise CellError(f"is {text!r}, and must be a share of at most 100 %, such as 15 %")
    if not 0 <= value <= 1:
        raise CellError(f"is {text!r}, and must be a share from 0 to 1, such as 0.15 or 15 %")
    return value


def length(text: str, unit_ms: int, unit: str = "") -> int:
    """A length of time in milliseconds: a number of units, m:ss or h:mm:ss.

    Args:
        text: without its unit.
        unit_ms: the unit's length.
        unit: the unit as it was written, for the error.

    Raises:
        ImpossibleError: it is too long, or negative.
        CellError: it is no length of time.
    """
    pattern = r"([+-]?)(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)"
    found = match(pattern, text, f"a length of time: {LENGTHS}")
    hours, minutes, rest = (float((part or "0").replace(",", ".")) for part in found.groups()[1:])
    length_ms = (hours * 3600 + minutes * 60 + rest) * (1000 if found[3] else unit_ms)
    length_ms = -length_ms if found[1] == "-" else length_ms
    error = plausibility.impossible_length(round(max(-1e18, min(length_ms, 1e18))))
    if error is not None:
        raise ImpossibleError(f"is {plausibility.quoted(text + unit)}, {error}")
    return round(length_ms)


def duration(text: str) -> int:
    """A length of time in milliseconds: seconds, m:ss, h:mm:ss, or with its unit: 20 s, 15 min, 1.5 h, 3 d.

    Raises:
        ImpossibleError: it is too long, or negative.
        CellError: it is no length of time.
    """
    found = re.fullmatch(rf"([+-]?[\d.,]+)(\s*)({'|'.join(UNITS_MS)})", text, re.ASCII)
    return length(found[1], UNITS_MS[found[3]], found[2] + found[3]) if found else length(text, 1000)


def refuse_unclear_length(text: str) -> None:
    """Refuse a length of time of a setting that people read in two ways, such as 5. A table's mapping names its unit.

    Raises:
        CellError: it has no unit and is not 0, or more than 59 after a colon.
    """
    if re.fullmatch(r"\d+([.,]\d+)?", text, re.ASCII) and re.search("[1-9]", text):
        raise CellError(f"is {plausibility.quoted(text)} without a unit: write {text} s or {text} min")
    first, *parts = text.split(":")
    if len(parts) in {1, 2} and first.isdecimal() and any(re.fullmatch(r"[6-9]\d|\d{3,}", part) for part in parts):
        raise CellError(f"is {plausibility.quoted(text)}, and after a colon must stand a number from 00 to 59")


def above_zero(value: int, text: str) -> int:
    """The value of a text, unless it is 0.

    Raises:
        ImpossibleError: it is.
    """
    if value == 0:
        raise ImpossibleError(f"is {plausibility.quoted(text)}, and must be more than 0")
    return value
