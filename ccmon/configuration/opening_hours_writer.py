"""Changes of opening hours and holidays: days that are there only while they have a main value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from ccmon.configuration.names import parse, without_aliases, written
from ccmon.configuration.row_writer import Parsed, SettingRowWriter
from ccmon.configuration.setting import RequestedChange, SettingChange
from ccmon.configuration.site_columns import DAYS_TOGETHER, SECTIONS, own_columns
from ccmon.database.driver import Database
from ccmon.database.opening_calendar import read_opening_calendar
from ccmon.errors import UsageError, sentence
from ccmon.metrics import likely_hours, opening_hours, opening_week
from ccmon.metrics.opening_hours import WEEKDAYS

USUAL_NAME = "holiday"
"""Of a holiday of which hours alone are said, or whose name is taken away."""


def of_each_weekday(change: RequestedChange) -> Iterator[RequestedChange]:
    """The changes that a change of several weekdays, or of the whole week, stands for; else the change itself.

    Raises:
        UsageError: the hours of a week cannot be understood.
    """
    section, *parts = without_aliases(change.name)
    word = parts[0].lower() if parts else ""
    if section == "opening_hours" and not parts and not change.is_row:
        yield from _of_week(change)
    elif section != "opening_hours" or word not in DAYS_TOGETHER:
        yield change
    else:
        for weekday in DAYS_TOGETHER[word]:
            yield replace(change, name=(section, weekday, *parts[1:]))


def _of_week(change: RequestedChange) -> Iterator[RequestedChange]:
    """The changes of the weekdays that a line such as ``mon-fri 9-17`` stands for, or that take all hours away."""
    try:
        week = {} if change.text is None else opening_week.read(change.text)
    except ValueError as error:
        raise UsageError(f"opening_hours: {opening_week.sentence_about(error)}") from None
    for number, weekday in enumerate(WEEKDAYS):
        hours = opening_hours.written(week[number]) if number in week else None
        yield replace(change, name=("opening_hours", weekday), text=hours)


def of_holiday(change: RequestedChange, day: str, *, is_there: bool) -> Iterator[RequestedChange]:
    """The changes that hours given to a holiday itself stand for, as in ``holidays.2026-12-25 closed``.

    Args:
        change: of the holiday. Any other text than hours is its name.
        day: the day as the database has it.
        is_there: whether it is a holiday already.

    Raises:
        UsageError: the text is rather hours with a slip than a name.
    """
    if change.text is None and len(change.name) > 2:
        yield replace(change, text=USUAL_NAME) if is_there and _is_name(change.name[-1]) else change
        return
    if change.text is None or len(change.name) != 2:
        yield change
        return
    try:
        opening_hours.read(change.text)
    except ValueError as error:
        if likely_hours.is_like_hours(change.text):
            holiday, name = (written((*change.name, *column)) for column in ((), ("name",)))
            wrong = sentence(f"{holiday} is {change.text!r}, which {error}; {likely_hours.hint(change.text)}")
            raise UsageError(f"{wrong} A name is set by {name}.") from None
        yield change
        return
    yield replace(change, name=("holidays", day, "hours"))


def overlap(connection: sqlite3.Connection, days: Iterable[str]) -> tuple[str, str, str] | None:
    """The first of some weekdays whose hours overlap with those of a neighbour, as they are in a database.

    Returns:
        The weekday whose hours go on, the next one, and why, in a sentence; None: none do.
    """
    week = read_opening_calendar(Database(connection)).weekdays
    for day in ((WEEKDAYS.index(name) - before) % len(WEEKDAYS) for name in days for before in (0, 1)):
        following = (day + 1) % len(WEEKDAYS)
        wrong = opening_week.overlap({each: week[each] for each in (day, following) if each in week})
        if wrong is not None:
            return WEEKDAYS[day], WEEKDAYS[following], wrong[1]
    return None


def _is_name(word: str) -> bool:
    """Whether the last part of a setting's name means the name of a holiday."""
    return word.lower() == "name"


def meanings(differences: Iterable[SettingChange]) -> list[str]:
    """What new hours mean that go on over midnight or around the clock, which may be a slip; each a sentence."""
    days: dict[str, list[str]] = {}
    for difference in differences:
        section, day, *rest = (*parse(difference.name), "")
        if difference.after is None or (section, *rest) not in {("opening_hours", ""), ("holidays", "hours", "")}:
            continue
        for meaning in opening_hours.unusual(opening_hours.read(difference.after)):
            days.setdefault(meaning, []).append(day)
    return [f"Open {meaning}: {', '.join(named)}." for meaning, named in days.items()]


class OpeningHoursWriter:
    """Writes hours of weekdays and holidays in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def write(self, section: str, name: str, parsed: Parsed, *, is_set: bool) -> None:
        """Write a day; without its main value (hours of a weekday, name of a holiday) it is taken away.

        Args:
            section: opening hours or holidays.
            name: the day.
            parsed: its values. A new holiday without a name gets the usual one.
            is_set: whether any of them is set, and not taken away.

        Raises:
            UsageError: of a day that is no holiday something is taken away.
        """
        rows, spec = self._rows, SECTIONS[section]
        columns = own_columns(spec).values()
        (main,) = (column for column in columns if column.required)
        before = rows.existing(section, name)
        if main in parsed and parsed[main] is None:
            if before is not None:
                rows.connection.execute(spec.delete, {spec.key_fields[0][0]: name})
            rows.note((section, name), dict.fromkeys(parsed if before is None else columns), before or {}, {})
            return
        if before is None:
            if main not in parsed and not is_set:
                raise rows.missing(section, name)
            parsed = {main: USUAL_NAME, **{each: each.default for each in columns if each is not main}, **parsed}
        rows.write_row(section, name, parsed, before)
