"""Numbers and amounts as people and programs write them.

Points, commas, spaces or apostrophes group the digits, a currency stands before or after, a minus on either side or
brackets mean that the amount is below 0.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD", "JMD", "BSD", "BBD", "NAD")
_SIGNS = {
    "€": ("EUR",), "euro": ("EUR",), "euros": ("EUR",), "£": ("GBP",), "$": _DOLLARS, "us$": ("USD",), "u$s": ("USD",),
    "a$": ("AUD",), "au$": ("AUD",), "c$": ("CAD",), "ca$": ("CAD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",),
    "mx$": ("MXN",), "nt$": ("TWD",), "r$": ("BRL",), "¥": ("JPY", "CNY"), "₹": ("INR",), "₺": ("TRY",), "tl": ("TRY",),
    "₽": ("RUB",), "₴": ("UAH",), "₪": ("ILS",), "₩": ("KRW",), "₫": ("VND",), "฿": ("THB",), "₦": ("NGN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"), "fr": ("CHF", "XOF", "XAF", "XPF"), "sfr": ("CHF",), "zł": ("PLN",),
    "kč": ("CZK",), "ft": ("HUF",), "lei": ("RON", "MDL"), "leu": ("RON", "MDL"), "лв": ("BGN",), "rm": ("MYR",),
    "rs": ("INR", "PKR", "LKR", "NPR"), "r": ("ZAR",),
}  # fmt: skip
"""The currencies for which a sign stands."""
_CURRENCY = r"[^\W\d_]{0,3}[$€£¥₹₺₽₴₪₩₫฿₦]|[^\W\d_]{1,5}\.?"
_MINUS = "\u2212-"
_NO_CENTS = r"-{1,2}|\u2013|\u2014"
"""Written in place of the decimals of a whole amount: 12,-"""
_AMOUNT = re.compile(
    rf"(?P<open>\()?\s*(?P<first>[+{_MINUS}])?\s*(?P<before>{_CURRENCY})?\s*(?P<second>[+{_MINUS}])?\s*"
    rf"(?P<number>\d[\d\s.,'\u2019]*?(?:(?<=[.,])(?:{_NO_CENTS}))?)\s*(?P<last>[{_MINUS}])?\s*(?P<after>{_CURRENCY})?"
    rf"\s*(?P<end>[{_MINUS}])?\s*(?P<close>\))?"
)
_NUMBER = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?:(?P<group>[.,'\u2019]|\s)[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*)|[0-9]+)"
    rf"(?:(?P<point>[.,])(?P<decimals>[0-9]+|{_NO_CENTS})?)?"
)
_NOTHING = re.compile(rf"(?:{_CURRENCY})?\s*[\u2013\u2014{_MINUS}]{{1,2}}\s*(?:{_CURRENCY})?")
_THOUSANDS = 3


class WrittenAmount(NamedTuple):
    """The parts of an amount's text."""

    sign: str
    """The currency as it is written; "" for none."""
    is_negative: bool
    number: str
    """The digits with what groups them."""


class PlainNumber(NamedTuple):
    """A number without what groups its digits."""

    whole: str
    decimals: str


class AmbiguousNumberError(ValueError):
    """A number whose point or comma may be a decimal one or group thousands."""


def amount_parts(text: str) -> WrittenAmount | None:
    """The parts of an amount's text; None if it is none."""
    found = _AMOUNT.fullmatch(text)
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    minus = [sign for sign in found.group("first", "second", "last", "end") if sign]
    if len(minus) > 1 or (minus and found["open"]) or (found["before"] and found["after"]):
        return None
    sign = found["before"] or found["after"] or ""
    return WrittenAmount(sign, bool(found["open"]) or bool(minus and minus[0] != "+"), found["number"])


def is_nothing(text: str) -> bool:
    """Whether a cell says by a dash that there is no number: ``-``, ``€ -``."""
    return _NOTHING.fullmatch(text) is not None


def currencies(sign: str) -> tuple[str, ...]:
    """The currencies that a sign or an ISO 4217 code may mean."""
    known = sign.casefold().removesuffix(".")
    if known in _SIGNS:
        return _SIGNS[known]
    return (known.upper(),) if re.fullmatch(r"[A-Za-z]{3}", known) else ()


def currency_in(text: str) -> str | None:
    """The only currency that a cell's sign or code can mean; None: it has none, or one of several countries."""
    parts = amount_parts(text)
    found = currencies(parts.sign) if parts is not None and parts.sign else ()
    return found[0] if len(found) == 1 else None


def plain_number(text: str, decimal: str | None = None, *, may_have_three: bool = False) -> PlainNumber | None:
    """A number without sign, as its digits; None if it is none.

    Args:
        text: the digits with what groups them.
        decimal: the decimal sign of the file; None: unknown, and a number is understood as far as it has only one
            meaning.
        may_have_three: without a known decimal sign, three digits after the only point are decimals.

    Raises:
        AmbiguousNumberError: its only point or comma may group thousands.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    group, point = found["group"], found["point"]
    decimals = "" if (found["decimals"] or "")[:1] in {"", "-", "\u2013", "\u2014"} else found["decimals"]
    whole = re.sub(r"\D", "", found["whole"])
    if group is not None and group == point:
        return None
    is_single = group in {".", ","} and point is None and len(whole) <= 2 * _THOUSANDS
    if is_single and (group == decimal or (decimal is None and may_have_three)):
        return PlainNumber(whole[:-_THOUSANDS], whole[-_THOUSANDS:])
    if decimal is None:
        # 1.234 may be a thousand, and so may 1234.567, if somebody forgot a point.
        if (is_single or (point is not None and len(decimals) == _THOUSANDS and group is None)) and not may_have_three:
            raise AmbiguousNumberError(text)
        return PlainNumber(whole, decimals)
    if group == decimal or (point not in {None, decimal} and (group is not None or len(decimals) == _THOUSANDS)):
        return None
    # 1234.5 in a file with decimal commas has only one meaning, and so do the numbers of a spreadsheet's cells.
    return PlainNumber(whole, decimals)
