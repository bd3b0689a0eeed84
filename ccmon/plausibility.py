"""What a record of any source can say: moments that can be, and lengths of time that can be.

A record whose own moment cannot be is set aside. A number inside a record that cannot be counts as not said, and is
noted; the record is ingested without it, unless nothing can be made of it then. Every source asks here.

Moments are Unix milliseconds, UTC; ``now`` is the reader's clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from ccmon.time_units import DAY_MS, WEEK_MS

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01: no switch that is followed is older. A clock that stood before was not set."""

EARLIEST_IN_TABLES_MS: Final = 631_152_000_000
"""1990-01-01: a table may hold a past that is older than the switch, but not what an unset clock says (1970, 1980)."""

AHEAD_MS: Final = DAY_MS
"""How far a record's clock may be ahead of the reader's: a day, as of a wrong time zone."""

PLANNED_AHEAD_MS: Final = 3_653 * DAY_MS
"""How far ahead a plan, a promise or a quota may lie: ten years."""

LONGEST_MS: Final = WEEK_MS
"""No wait, talk, hold or wrap-up lasts longer than a week."""

_WHOLE: Final = re.compile(r"([+-]?)0*([0-9]+)", re.ASCII)
_MOST_DIGITS: Final = 18
_SHOWN: Final = 40


def impossible_moment(at: int, now: int, earliest: int = EARLIEST_MS) -> str | None:
    """Why no record can be of this moment; None where one can. ``earliest`` is the beginning of a year."""
    if at < earliest:
        return f"has a time before {datetime.fromtimestamp(earliest / 1000, UTC).year}"
    if at > now + AHEAD_MS:
        return "has a time more than a day ahead of this machine's clock"
    return None


def impossible_plan(at: int, now: int) -> str | None:
    """Why nothing is promised or planned for this moment; None where something can be: years ahead as well."""
    if at < EARLIEST_IN_TABLES_MS:
        return "has a time before 1990"
    if at > now + PLANNED_AHEAD_MS:
        return "has a time more than 10 years ahead"
    return None


def impossible_length(length_ms: int) -> str | None:
    """Why nothing can last so long; None where something can."""
    if length_ms < 0:
        return "a length of time below 0"
    if length_ms > LONGEST_MS:
        return "a length of time over 7 days"
    return None


def length_ms(text: str, unit_ms: int) -> tuple[int | None, str | None]:
    """The milliseconds that a text says, None for nothing; and what is wrong with it, None where nothing is.

    An empty text says nothing, and nothing is wrong with that.

    Args:
        text: a whole number, as a switch writes it.
        unit_ms: milliseconds of its unit: 1000 for seconds.
    """
    text = text.strip()
    if not text:
        return None, None
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return None, f"{quoted(text)} is no whole number"
    length = int(whole[1] + whole[2][: _MOST_DIGITS + 1]) * unit_ms
    error = impossible_length(length)
    return (length, None) if error is None else (None, f"{quoted(text)} is {error}")


def impossible_epoch(text: str, now: int) -> str | None:
    """Why a text cannot be a moment in whole Unix seconds; None where it can, or says nothing (empty; 0 for never)."""
    text = text.strip()
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return f"is {quoted(text)}, no whole number" if text else None
    seconds = int(whole[1] + whole[2][: _MOST_DIGITS + 1])
    error = impossible_moment(seconds * 1000, now) if seconds else None
    return None if error is None else f"is {quoted(text)}, which {error}"


def quoted(text: str) -> str:
    """A text that says a number, as a reason quotes it: no number is endless."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
