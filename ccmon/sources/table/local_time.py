"""Dates and clock times of a table as Unix milliseconds, cached, since the same ones come again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ccmon.number_texts import CellError
from ccmon.sources.table import written_moments
from ccmon.sources.table.written_moments import FormatTally
from ccmon.time_units import DAY_MS, MINUTE_MS, QUARTER_MS

REMEMBERED = 200_000
"""How many cells are cached: a file of millions of rows must not fill the memory."""
REMEMBERED_MINUTES = 10_000
"""How many minutes are cached: a file is mostly in order, so most moments are in the same few."""
_SECONDS = {f":{second:02}": second * 1000 for second in range(60)}
_PLAIN = len("2026-11-23 14:30:00")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,6})?))?(?:\s*([AaPp])\.?[Mm]\.?)?")


class LocalClock:
    """A time zone and a way of writing dates and times. Local milliseconds count from 1970 by the wall clock.

    All methods raise `CellError` for anything that is no date, time or moment in this form, or outside the calendar.
    """

    def __init__(self, zone: ZoneInfo, date_format: str | None = None, time_format: str | None = None) -> None:
        self._zone = zone
        self._date_format = date_format
        self._time_format = time_format
        self.tally = FormatTally()
        """Which formats fit any cell."""
        self._offset = lru_cache(maxsize=None)(self._find_offset)
        self.date = lru_cache(REMEMBERED)(self._parse_date)
        self.time = lru_cache(REMEMBERED)(self._parse_time)
        self._minute = lru_cache(REMEMBERED_MINUTES)(self._parse_minute)

    def utc(self, local_ms: int) -> int:
        """Unix milliseconds of a wall-clock time; in a repeated hour, the first."""
        return local_ms - self._offset(local_ms // QUARTER_MS)

    def _find_offset(self, quarter: int) -> int:
        """The offset from UTC in a quarter of an hour: rules change at whole quarters."""
        try:
            naive = datetime(1970, 1, 1) + timedelta(milliseconds=quarter * QUARTER_MS)
            gap = naive.replace(tzinfo=self._zone).utcoffset() or timedelta()
        except OverflowError:
            raise CellError("lies beyond the calendar") from None
        return round(gap.total_seconds() * 1000)

    def _parse_date(self, cell: str) -> int:
        """Local milliseconds of a date's midnight."""
        form = self._date_format
        try:
            day = self._required(cell, form).date() if form else date.fromisoformat(cell)
        except ValueError:
            raise CellError(f"is {cell!r}, no date{_written(form, ' such as 2026-11-23')}") from None
        return (day - date(1970, 1, 1)).days * DAY_MS

    def _parse_time(self, cell: str) -> int:
        """Milliseconds after midnight of a time of day."""
        if self._time_format:
            parsed = self._by_format(cell, self._time_format)
            if parsed is None:
                raise CellError(f"is {cell!r}, no time{_written(self._time_format, '')}")
            return ((parsed.hour * 60 + parsed.minute) * 60 + parsed.second) * 1000 + parsed.microsecond // 1000
        match = _TIME.fullmatch(cell)
        if match is None:
            raise CellError(f"is {cell!r}, no time such as 14:30:00 or 2:30:00 PM")
        hours, minutes, seconds, half = match.groups()
        hour = int(hours)
        if half:
            if not 1 <= hour <= 12:
                raise CellError(f"is {cell!r}, no time such as 2:30:00 PM")
            hour = hour % 12 + (12 if half in "Pp" else 0)
        minute, second = int(minutes), float((seconds or "0").replace(",", "."))
        if hour > 23 or minute > 59 or second >= 60:
            raise CellError(f"is {cell!r}, no time of day: it ends at 23:59:59")
        return (hour * 60 + minute) * MINUTE_MS + round(second * 1000)

    def _parse_minute(self, text: str) -> int:
        """Unix milliseconds of an ISO date, hour and minute without an offset, in 16 letters."""
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            parsed = None
        if parsed is None or parsed.tzinfo is not None or text[13] != ":":
            raise CellError(f"is {text!r}, no minute")
        return self.utc(round(parsed.replace(tzinfo=UTC).timestamp() * 1000))

    def moments(self, cells: Sequence[str | None]) -> list[int | None] | None:
        """Unix milliseconds of ISO 8601 moments to the second without an offset; None for None.

        Returns None if any of them has another form: `moment` handles each.
        """
        minute_of = self._minute
        try:
            return [None if cell is None else _SECONDS[cell[16:]] + minute_of(cell[:16]) for cell in cells]
        except (KeyError, CellError):
            return None

    def moment(self, cell: str, form: str | None) -> int:
        """Unix milliseconds of a moment in one cell, in the ``format`` of a mapping."""
        plain = self.moments([cell]) if form is None and len(cell) == _PLAIN else None
        if plain is not None and plain[0] is not None:
            return plain[0]
        try:
            if form in {"epoch", "epoch_ms"} or (form is None and re.fullmatch(r"\d{9,11}(\.\d+)?", cell)):
                return round(float(cell) * (1 if form == "epoch_ms" else 1000))
            if form is None and written_moments.counted_from_1970(cell):
                raise ValueError(cell)  # before it is read as a day of 1712
            parsed = self._required(cell, form) if form else datetime.fromisoformat(cell)
            if parsed.tzinfo is not None:
                return round(parsed.timestamp() * 1000)
        except (ValueError, OverflowError):
            wrong = f"is {cell!r}, no moment{_written(form, ' such as 2026-11-23 14:30:00')}"
            raise CellError(f"{wrong}{written_moments.hint_of_1970(cell)}") from None
        return self.utc(round(parsed.replace(tzinfo=UTC).timestamp() * 1000))

    def _required(self, cell: str, form: str) -> datetime:
        found = self._by_format(cell, form)
        if found is None:
            raise ValueError(cell)
        return found

    def _by_format(self, cell: str, form: str) -> datetime | None:
        """What a cell means by a format; a cell of a spreadsheet is ISO 8601 whatever the format is."""
        found = written_moments.by_format(cell, form)
        if found is not None:
            self.tally.fitting.add(form)
            return found
        self.tally.fail(form, cell)
        day = written_moments.iso(cell)
        return datetime(day.year, day.month, day.day) if day is not None and not isinstance(day, datetime) else day


def _written(form: str | None, otherwise: str) -> str:
    return f" written as {form}" if form else otherwise
