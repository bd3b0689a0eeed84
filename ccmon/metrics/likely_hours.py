"""What hours of a day with a slip in them were probably to be: "clsoed", "9 to 17h30x"."""

from __future__ import annotations

import re

from ccmon.metrics import opening_hours
from ccmon.metrics.opening_hours import ALL_DAY, CLOSED, EXAMPLE

_ALIKE = 0.8
"""How much alike a word must be to "closed"; "closure", which may be a name, is less so."""
_TIME = r"(\d{1,2})(?:[.:h]?(\d{2}))?\s*([ap](?=\.?m))?[a-z.']{0,4}"
_SPANS = re.compile(rf"(?:from|open|opens)?\s*{_TIME}\s*-\s*{_TIME}(?:\s*(?:[,;&]|and)\s*{_TIME}\s*-\s*{_TIME})?\W*")
_GROUPS = (1, 4), (7, 10)
"""Where the times of each span begin in it: each is an hour, a minute and a half of the day."""


def is_like_hours(text: str) -> bool:
    """Whether a text is rather hours with a slip than a name: it has digits alone, or `likely` finds some."""
    is_number = any(map(str.isdecimal, text)) and not any(map(str.isalpha, text))
    return is_number or likely(text) is not None


def likely(text: str) -> str | None:
    """The hours that a text which is none is nearest to, as they are kept; None: it is like none."""
    from difflib import SequenceMatcher  # noqa: PLC0415 (few write wrong hours)

    said = opening_hours.with_hyphens(text.strip().lower())
    word = said.rstrip(".!")
    if said.startswith(f"{CLOSED} ") or SequenceMatcher(None, word, CLOSED).ratio() >= _ALIKE:
        return CLOSED
    if re.match(r"(all day|24\s*h|24\s*/)", said):
        return ALL_DAY
    found = _SPANS.fullmatch(said)
    spans = [f"{_clock(found, opens)}-{_clock(found, closes)}" for opens, closes in _GROUPS if found and found[opens]]
    try:
        return opening_hours.written(opening_hours.read(", ".join(spans)))
    except ValueError:
        return None


def _clock(spans: re.Match[str], place: int) -> str:
    hour, minute, half = spans.group(place, place + 1, place + 2)
    return f"{hour}:{minute or '00'}{f'{half}m' if half else ''}"


def hint(text: str) -> str:
    """What to write instead of hours with a slip, as the end of a sentence."""
    near = likely(text)
    return f"did you mean {near}?" if near else f"give hours such as {EXAMPLE}, or {CLOSED}, or {ALL_DAY}"
