"""Opening hours as people write them: "09:00-12:30, 13:30-18:00", "22:00-06:00", "closed", "24 h".

Times are milliseconds of the wall clock since midnight of the day on which a span begins; one that goes on over
midnight ends above 24 hours.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ccmon import time_of_day
from ccmon.time_units import DAY_MS, HOUR_MS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED, ALL_DAY = "closed", "24 h"
EXAMPLE = "09:00-12:30, 13:30-18:00"

_TO = {"to", "until"}
_DASHES = "\N{EN DASH}\N{EM DASH}"
_ALL_DAY = {"24h", "24hours", "24/7"}


class OpenSpan(NamedTuple):
    """A stretch of a day in which the site is open, its end excluded."""

    opens_ms: int
    closes_ms: int


def read(text: str) -> tuple[OpenSpan, ...]:
    """The spans of a day in order; none for a day on which the site is closed.

    The last may go on into the next day: whether that is open then is seen in a whole week (`opening_week.overlap`).

    Raises:
        ValueError: the text cannot be understood; the message is the part of a sentence that says why.
    """
    text = with_hyphens(text.strip().lower())
    if text == CLOSED:
        return ()
    if text.replace(" ", "") in _ALL_DAY:
        return (OpenSpan(0, DAY_MS),)
    spans = tuple(sorted(map(_span, text.replace(";", ",").split(","))))
    for former, latter in pairwise(spans):
        if latter.opens_ms < former.closes_ms:
            raise ValueError("has spans that overlap")
    return spans


def with_hyphens(text: str) -> str:
    """A text in which each range is written with a hyphen: "9 to 17", or with a dash."""
    # Without regular expressions: ccmon status need not import their module.
    for dash in _DASHES:
        text = text.replace(dash, "-")
    words = ("-" if word in _TO else word for word in text.split())
    return "-".join(part.strip() for part in " ".join(words).split("-"))


def written(spans: Sequence[OpenSpan]) -> str:
    """The spans of a day as a text, which `read` reads again.

    Spans without a break between them become one, unless that would close as it opens.
    """
    joined: list[OpenSpan] = []
    for span in spans:
        is_next = joined and joined[-1].closes_ms == span.opens_ms
        if is_next and not (joined[-1].opens_ms and span.closes_ms == joined[-1].opens_ms + DAY_MS):
            joined[-1] = OpenSpan(joined[-1].opens_ms, span.closes_ms)
        else:
            joined.append(span)
    if joined == [(0, DAY_MS)]:
        return ALL_DAY
    return ", ".join(f"{_clock(span.opens_ms)}-{_clock(span.closes_ms)}" for span in joined) or CLOSED


def unusual(spans: Sequence[OpenSpan]) -> list[str]:
    """Of spans that may be a slip, such as "17:30-9", what they mean: how long the site is open, and until when."""
    found = []
    for opens_ms, closes_ms in spans:
        length = f"{(closes_ms - opens_ms) / HOUR_MS:.4g} h"
        if closes_ms - opens_ms == DAY_MS:
            found.append(f"around the clock, {length}")
        elif closes_ms > DAY_MS:
            found.append(f"from {_clock(opens_ms)} to {_clock(closes_ms)} of the next day, {length}")
    return found


def _span(text: str) -> OpenSpan:
    opens, _, closes = text.partition("-")
    opens_ms, closes_ms = time_of_day.parse(opens), time_of_day.parse(closes)
    if opens_ms == DAY_MS:
        raise ValueError("opens at 24:00, which is 00:00 of the next day")
    if closes_ms == opens_ms:
        raise ValueError("has a span that closes as it opens")
    return OpenSpan(opens_ms, closes_ms if closes_ms > opens_ms else closes_ms + DAY_MS)


def _clock(time_ms: int) -> str:
    return time_of_day.written(time_ms if time_ms == DAY_MS else time_ms % DAY_MS)
