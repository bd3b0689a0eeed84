"""The settings that lie in the database, as they are at a moment."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ccmon.configuration import value_texts
from ccmon.configuration.names import Name
from ccmon.configuration.setting import Origin, Setting
from ccmon.configuration.site_columns import ALARMS, SECTIONS, SINGLE_ROWS, TARGETS, own_columns, setting_name
from ccmon.database.driver import Database
from ccmon.database.moments import read_site_and_day
from ccmon.database.reader import floor_now
from ccmon.database.row_checks import Fields
from ccmon.database.table_specs import ColumnSpec
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.model.business_day import BusinessDay
from ccmon.sources.table.cells import CellContext
from ccmon.spelling import nearest
from ccmon.time_units import DAY_MS

_KIND_OF = {"client": "clients", "team": "teams", "agent": "agents", "campaign": "campaigns"}
"""The section of what a column refers to."""
_SEEN_MS = 90 * DAY_MS
"""A reason of a pause that occurred within this time need not be added: it is there."""


class DayTargets(NamedTuple):
    """The targets with which a queue is counted on a day. A row of ``targets_of_day``."""

    queue_id: int
    service_level_threshold_ms: int
    service_level_target: float
    short_abandon_ms: int


class NamedRow(NamedTuple):
    """A row of a section."""

    key: Name
    """What it is known by, as in its name; of a quota with the day it holds from."""
    fields: Fields
    """Its values by column of the database's table."""
    values: dict[str, Any]
    """Its settings by name of the column, with names instead of row numbers."""


class DatabaseValues:
    """The settings in a database. A connection is read as they are asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read the site and what day it is there.

        Raises:
            CcmonError: the database has no site.
        """
        self.database = Database(connection)
        now = floor_now(connection)
        self.site, self.today = read_site_and_day(self.database, now)
        self.context = CellContext(ZoneInfo(self.site.time_zone), self.site.day_starts_ms, self.site.currency, now)
        self._names: dict[str, dict[int, str]] = {}

    def rows_of(self, section: str, *, in_order: bool = False) -> Iterable[NamedRow]:
        """The rows of a section, as they were added or in the order of their names; weekdays in that of the week.

        Quotas of what no longer exists are left out.
        """
        rows = self._rows_of(section)
        return sorted(rows, key=lambda row: row.key) if in_order and section != "opening_hours" else rows

    def _rows_of(self, section: str) -> Iterator[NamedRow]:
        spec = SECTIONS[section]
        rows = self.database.connection.execute(spec.find(())).fetchall()
        if spec is ALARMS and not rows:
            rows = [tuple(spec.blank.values())]
        found = (dict(zip(spec.fields, row, strict=True)) for row in rows)
        for fields in _each_weekday(found) if section == "opening_hours" else found:
            row = self.named_row(section, fields)
            if row is not None:
                yield row

    def named_row(self, section: str, fields: Fields) -> NamedRow | None:
        """A row with names instead of row numbers; None: it belongs to what no longer exists."""
        key = self.key_of(section, fields)
        if key is None:
            return None
        columns = own_columns(SECTIONS[section])
        return NamedRow(key, fields, {name: self._named(column, fields) for name, column in columns.items()})

    def key_of(self, section: str, fields: Fields) -> Name | None:
        """What a row is known by; None: it belongs to what no longer exists."""
        spec = SECTIONS[section]
        if spec in SINGLE_ROWS:
            return ()
        if section != "quotas":
            return (str(fields[spec.key_fields[0][0]]),)
        scope = str(fields["scope"])
        named = self.name_of(scope, fields["scope_id"]) if scope != "centre" else ""
        if named is None:
            return None
        return tuple(filter(None, (scope, named, fields["period"], fields["starts_on"])))

    def text(self, column: ColumnSpec, value: Any) -> str | None:
        """A value as a person writes it."""
        return None if value is None else value_texts.write(column, value, self.site.currency)

    def has(self, section: str, name: str) -> bool:
        """Whether a row of a section has a name, or is a reason of pauses that has occurred lately."""
        return name in self._row_names(section)

    def row_like(self, section: str, name: str) -> str | None:
        """The row of a section that a name means: itself, else the nearest one; None: there is none like it."""
        names = self._row_names(section)
        return name if name in names else nearest(name, names)

    def _row_names(self, section: str) -> list[str]:
        seen = self.seen_pause_reasons() if section == "pause_reasons" else []
        return [*(row.key[0] for row in self.rows_of(section)), *seen]

    def seen_pause_reasons(self) -> list[str]:
        """The reasons of pauses that have occurred lately: they need not be added."""
        return self.database.values("seen_pause_reasons", {"since": self.context.now - _SEEN_MS})

    def targets_of_today(self) -> dict[int, DayTargets]:
        """The targets with which queues that have had calls are counted today, by number of the queue."""
        found = self.database.rows("targets_of_day", DayTargets, {"day_at": self.today.starts_at})
        return {each.queue_id: each for each in found}

    def tomorrow(self) -> str:
        """The business day after today (ISO); today where the calendar ends with it."""
        day = self.database.row("business_day", BusinessDay, {"at": self.today.ends_at})
        return self.today.date if day is None else day.date

    def name_of(self, what: str, number: int | None) -> str | None:
        """The name of a client, team, agent or campaign with that row number."""
        if what not in self._names:
            section = _KIND_OF[what]
            spec = SECTIONS[section]
            rows = (dict(zip(spec.fields, row, strict=True)) for row in self.database.connection.execute(spec.find(())))
            self._names[what] = {row["id"]: row[spec.key_fields[0][0]] for row in rows}
        return None if number is None else self._names[what].get(number)

    def read_names(self) -> None:
        """Know the names of all that columns refer to, also of what will be removed."""
        for what in _KIND_OF:
            self.name_of(what, None)

    def settings(self, section: str) -> Iterator[Setting]:
        """The settings of a section in force today; of quotas those to come, too."""
        rows = self._current_quotas() if section == "quotas" else self.rows_of(section)
        targets = self.targets_of_today() if section == "queues" else {}
        for row in rows:
            if not own_columns(SECTIONS[section]):
                yield Setting((section, *row.key), None, None, Origin.DATABASE, None, "", "", None)
            key, holds_from = (row.key[:-1], row.key[-1]) if section == "quotas" else (row.key, None)
            for name, column in own_columns(SECTIONS[section]).items():
                value = row.values[name]
                if section == "quotas" and value is None:
                    continue
                setting = self._setting(setting_name(section, key, column), column, value, holds_from)
                today = targets.get(row.fields["id"]) if name in TARGETS else None
                counted = None if today is None else self.text(column, getattr(today, column.field))
                if counted is not None and counted != setting.text:
                    setting = replace(setting, today=counted)
                yield setting

    def _setting(self, name: Name, column: ColumnSpec, value: Any, holds_from: str | None) -> Setting:
        text, default = self.text(column, value), self.text(column, column.default)
        return Setting(
            name=name,
            text=text,
            value=value_texts.for_json(column, value, self.site.currency),
            origin=Origin.DEFAULT if text == default else Origin.DATABASE,
            where=None,
            meaning=column.help,
            allowed=value_texts.allowed(column),
            default=default,
            holds_from=holds_from,
        )

    def _current_quotas(self) -> Iterator[NamedRow]:
        """Of each quota the row in force today, and those to come."""
        by_key: defaultdict[Name, list[NamedRow]] = defaultdict(list)
        for row in sorted(self.rows_of("quotas"), key=lambda row: row.key):
            by_key[row.key[:-1]].append(row)
        for rows in by_key.values():
            begun = sum(row.key[-1] <= self.today.date for row in rows)
            yield from rows[max(0, begun - 1) :]

    def _named(self, column: ColumnSpec, fields: Fields) -> Any:
        value = fields[column.field]
        return self.name_of(column.refers_to, value) if column.refers_to else value


def _each_weekday(rows: Iterable[Fields]) -> Iterator[Fields]:
    """The rows of opening hours in the order of the week, those of a weekday without any left empty."""
    by_weekday = {row["weekday"]: row for row in rows}
    return (by_weekday.get(weekday, {"weekday": weekday, "hours": None}) for weekday in WEEKDAYS)
