"""What a record of any source can say: which moments and lengths of time are possible.

A record with an impossible moment is set aside. An impossible number inside a record counts as missing and is noted;
the record is ingested without it, unless it is useless then. All sources use these checks.

Moments are Unix milliseconds, UTC; ``now`` is the reader's clock.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from ccmon.time_units import DAY_MS, WEEK_MS

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01: no switch that is followed is older. A clock that shows an earlier time was never set."""

EARLIEST_IN_TABLES_MS: Final = 631_152_000_000
"""1990-01-01: a table may hold calls older than the switch, but not the time of an unset clock (1970, 1980)."""

AHEAD_MS: Final = DAY_MS
"""How far a record's clock may be ahead of the reader's: a day, to allow for a wrong time zone."""

PLANNED_AHEAD_MS: Final = 3_653 * DAY_MS
"""How far ahead a plan, a promise or a quota may lie: ten years."""

LONGEST_MS: Final = WEEK_MS
"""No wait, talk, hold or wrap-up lasts longer than a week."""

_WHOLE: Final = re.compile(r"([+-]?)0*([0-9]+)", re.ASCII)
_MOST_DIGITS: Final = 18
_SHOWN: Final = 40


def impossible_moment(at: int, now: int, earliest: int = EARLIEST_MS) -> str | None:
    """Why no record can have this moment; None where one can. ``earliest`` is the beginning of a year."""
    if at < earliest:
        return f"has a time before {datetime.fromtimestamp(earliest / 1000, UTC).year}"
    if at > now + AHEAD_MS:
        return "has a time more than a day ahead of this machine's clock"
    return None


def impossible_plan(at: int, now: int) -> str | None:
    """Why nothing can be promised or planned for this moment; None where it can, also years ahead."""
    if at < EARLIEST_IN_TABLES_MS:
        return "has a time before 1990"
    if at > now + PLANNED_AHEAD_MS:
        return "has a time more than 10 years ahead"
    return None


def impossible_length(length_ms: int) -> str | None:
    """Why no wait, talk, hold or wrap-up can last so long; None where one can."""
    if length_ms < 0:
        return "a length of time below 0"
    if length_ms > LONGEST_MS:
        return "a length of time over 7 days"
    return None


def length_ms(text: str, unit_ms: int) -> tuple[int | None, str | None]:
    """A text's length of time in milliseconds, and what is wrong with the text; each None where there is none.

    An empty text has no length and is not wrong.

    Args:
        text: a whole number, as a switch writes it.
        unit_ms: milliseconds of its unit: 1000 for seconds.
    """
    text = text.strip()
    if not text:
        return None, None
    match = _WHOLE.fullmatch(text)
    if match is None:
        return None, f"{quoted(text)} is not a whole number"
    length = int(match[1] + match[2][: _MOST_DIGITS + 1]) * unit_ms
    error = impossible_length(length)
    return (length, None) if error is None else (None, f"{quoted(text)} is {error}")


def impossible_epoch(text: str, now: int) -> str | None:
    """Why a text is no moment in whole Unix seconds; None where it is one, is empty, or is 0 for never."""
    text = text.strip()
    match = _WHOLE.fullmatch(text)
    if match is None:
        return f"is {quoted(text)}, not a whole number" if text else None
    seconds = int(match[1] + match[2][: _MOST_DIGITS + 1])
    error = impossible_moment(seconds * 1000, now) if seconds else None
    return None if error is None else f"is {quoted(text)}, which {error}"


def quoted(text: str) -> str:
    """A number's text as a reason quotes it, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


NO_SUCH_DAY = "and there is no such day (year-month-day)"


def names_no_day(text: str) -> bool:
    """Whether a text begins with a date in the form of ISO 8601 that no calendar has, such as 2026-02-30."""
    if not re.match(r"\d{4}-\d\d-\d\d(?!\d)", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return True
    return False
