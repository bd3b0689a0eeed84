"""Dates and moments by the format that a mapping gives, with names of months in five languages.

The dates of a spreadsheet's cells are ISO 8601, whatever the format of those that are texts.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.number_texts import CellError
from ccmon.spelling import folded

EPOCH = frozenset({"epoch", "epoch_ms"})
"""Formats that count from 1970."""
_COUNTED = (("epoch", "seconds", re.compile(r"1\d{9}(\.\d+)?", re.ASCII)),
            ("epoch_ms", "milliseconds", re.compile(r"1\d{12}", re.ASCII)))  # fmt: skip
"""These formats, what they count, and how cells look that hold such a number of this century."""
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
"""How a moment begins that needs no format."""
FIRST_ROWS = 100
"""After so many rows without one that fits, a format is taken to be wrong."""
_MONTHS = {
    name: english
    for english, names in {
        "Jan": "jan january januari januar janner jänner janvier janv enero ene",
        "Feb": "feb february februari februar fevrier fevr fev febrero",
        "Mar": "mar march maart mrt marz maerz mrz mars marzo",
        "Apr": "apr april avril avr abril abr",
        "May": "may mei mai mayo",
        "Jun": "jun june juni juin junio",
        "Jul": "jul july juli juillet juil julio",
        "Aug": "aug august augustus aout aoû agosto ago",
        "Sep": "sep sept september septembre septiembre set",
        "Oct": "oct october oktober okt octobre octubre",
        "Nov": "nov november novembre noviembre",
        "Dec": "dec december dezember dez decembre diciembre dic",
    }.items()
    for name in map(folded, names.split())
}
"""Months in English, Dutch, German, French and Spanish, by the abbreviations that strptime knows."""
_CLOCK_LETTERS = frozenset("HIpMSfzZcXs")
_TIME_AFTER_DATE = re.compile(r"(.*\d\D*?)(?:[ T]|,\s*)\s*(\d{1,2}[:.h]\d{2}.*)", re.DOTALL)
_GAP_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)", re.ASCII)
_REMEMBERED = 10_000


@dataclass(slots=True)
class FormatTally:
    """Which of a file's formats fit any of its cells."""

    fitting: set[str] = field(default_factory=set)
    failing: dict[str, str] = field(default_factory=dict)
    """By format, the first cell that is not written so."""
    failures: Counter[str] = field(default_factory=Counter)
    """By format, how many cells are not written so."""

    def fail(self, form: str, cell: str) -> None:
        """Count a cell that is not written in a format."""
        self.failing.setdefault(form, cell)
        self.failures[form] += 1

    def require_fit(self, mapping: str, least: int) -> None:
        """Raise an error if a format has fitted none of the cells so far, and failed for many: it would do so for all.

        Args:
            mapping: its name.
            least: the number of cells from which on they are many.

        Raises:
            CcmonError: there is such a format; the sentence names it.
        """
        for form, cell in self.failing.items():
            if form not in self.fitting and self.failures[form] >= least:
                raise CcmonError(
                    f"Nothing was imported: of the first {FIRST_ROWS} rows none is written as {form}, such as "
                    f"{plain(repr(cell))}; correct the format in {mapping}."
                )


def counted_from_1970(cell: str) -> str | None:
    """The format of `EPOCH` in which a cell may be written; None: it is not such a number."""
    return next((form for form, _, pattern in _COUNTED if pattern.fullmatch(cell)), None)


def hint_of_1970(cell: str) -> str:
    """The end of a sentence about a cell that is no moment: how a mapping says that it counts from 1970; else empty."""
    found = counted_from_1970(cell)
    unit = next((unit for form, unit, _ in _COUNTED if form == found), None)
    return "" if unit is None else f'; if it is {unit} since 1970, say format = "{found}" in a mapping'


def has_clock_time(form: str) -> bool:
    """Whether a format names a time of day."""
    return form in EPOCH or not _CLOCK_LETTERS.isdisjoint(re.findall(r"%(.)", form))


def written_as(form: str) -> str:
    """The part of a sentence that names a format."""
    return f"and must be written as {form}"


@lru_cache(_REMEMBERED)
def by_format(cell: str, form: str) -> datetime | None:
    """What a cell means by a format, perhaps without a zone; None if it is not written so."""
    try:
        if form in EPOCH:
            return datetime.fromtimestamp(float(cell) / (1000 if form == "epoch_ms" else 1), UTC)
        if "%b" in form or "%B" in form:
            cell = re.sub(r"[^\W\d_]+\.?", lambda word: _english_month(word[0], form), cell)
        return datetime.strptime(cell, form)
    except (ValueError, OverflowError, OSError):
        return None


def _english_month(word: str, form: str) -> str:
    english = _MONTHS.get(folded(word.removesuffix(".")))
    if english is None:
        return word
    dot = "." if word.endswith(".") and re.search(r"%[bB]\.", form) else ""
    return (datetime.strptime(english, "%b").strftime("%B") if "%B" in form else english) + dot


def read(cell: str, form: str | None, date_form: str | None, time_form: str | None) -> date | datetime | None:
    """A day or a moment: by the format of the rule, else by those of the file's dates and times; None if it is neither.

    A cell in ISO 8601 is understood whatever the formats are. A time may follow a date in a format that has none.
    """
    day_form = form or date_form
    if day_form is None:
        return iso(cell)
    found = by_format(cell, day_form)
    if found is not None:
        return found if has_clock_time(day_form) else found.date()
    if not has_clock_time(day_form) and (parts := _TIME_AFTER_DATE.fullmatch(cell)):
        day, time = by_format(parts[1].rstrip(), day_form), clock_time(parts[2], time_form)
        if day is not None and time is not None:
            return datetime.combine(day.date(), time.time())
    return None if form in EPOCH else iso(cell)


def iso(cell: str) -> date | datetime | None:
    """A day or a moment in ISO 8601 that begins with its date; None if it is neither."""
    if not ISO_DATE.match(cell):
        return None
    try:
        if len(cell) == len("2026-11-23"):
            return date.fromisoformat(cell)
        without_name = re.sub(r"\s*UTC$", "+00:00", cell)
        return datetime.fromisoformat(_GAP_BEFORE_OFFSET.sub("", without_name))
    except ValueError:
        return None


_TIME = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.m](\d{2})s?(?:[.,](\d{1,6}))?)?"
    r"(?:\s*([AaPp])\.?\s?[Mm]\.?|\s*(?:Uhr|uur|h))?"
)


def clock_time(cell: str, form: str | None) -> datetime | None:
    """The time of day in a cell, on any day; None if there is none."""
    if form is not None:
        return by_format(cell, form)
    found = _TIME.fullmatch(cell)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    micro = int((found[4] or "").ljust(6, "0"))
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(2000, 1, 1, hour, minute, second, micro)


def required(value: date | datetime | None, cell: str, form: str, tally: FormatTally) -> date | datetime:
    """What a cell means by a format, counted in the tally.

    Raises:
        CellError: it is not written so.
    """
    if value is None:
        tally.fail(form, cell)
        raise CellError(f"is {cell!r}, {written_as(form)}{hint_of_1970(cell)}")
    if not ISO_DATE.match(cell) or form.startswith("%Y-%m-%d"):
        tally.fitting.add(form)
    return value
