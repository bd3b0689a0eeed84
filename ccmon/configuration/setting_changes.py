"""What differs between the settings that lie in a database at two moments."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, written
from ccmon.configuration.setting import SettingChange
from ccmon.configuration.site_columns import SECTIONS, SINGLE_ROWS, TARGETS, main_column, own_columns, setting_name
from ccmon.configuration.target_days import TargetStart
from ccmon.metrics.opening_hours import WEEKDAYS

Texts = Mapping[str, str | None]
"""The settings of a row as a person writes them, by name of the column."""
Rows = frozenset[tuple[Any, ...]]


class StoredSettings:
    """The settings in a database at a moment; the connection must stay open until they have been compared."""

    def __init__(self, connection: sqlite3.Connection, sections: Iterable[str] = SECTIONS) -> None:
        self.values = DatabaseValues(connection)
        self.values.read_names()
        self.rows: dict[str, Rows] = {
            section: frozenset(connection.execute(SECTIONS[section].find(()))) for section in sections
        }

    def texts(self, section: str, rows: Rows) -> dict[Name, Texts]:
        """Rows of a section by what they are known by."""
        spec = SECTIONS[section]
        found = (self.values.named_row(section, dict(zip(spec.fields, row, strict=True))) for row in rows)
        columns = own_columns(spec)
        return {
            row.key: {name: self.values.text(columns[name], row.values[name]) for name in columns}
            for row in found
            if row is not None
        }

    def usual(self, section: str) -> Texts:
        """The settings of a row of which nothing has been said."""
        columns = own_columns(SECTIONS[section])
        if section == "quotas" or main_column(SECTIONS[section]) is not None:
            return dict.fromkeys(columns)
        return {name: self.values.text(column, column.default) for name, column in columns.items()}


def changes_between(
    before: StoredSettings | None, after: StoredSettings, *, same_file: bool = True, targets_from: str | None = None
) -> Iterator[SettingChange]:
    """What differs, section by section.

    Args:
        before: None: there was no database.
        after: the settings since then, of the same sections.
        same_file: whether both are of the same database, where equal rows mean the same.
        targets_from: the first day that is counted with changed targets (ISO); None: the first without a call.
    """
    for section, rows in after.rows.items():
        former = before.rows[section] if before is not None else frozenset()
        gone, come = former, rows
        # Amounts are written otherwise in another currency.
        if before is not None and same_file and before.values.site.currency == after.values.site.currency:
            gone, come = former - rows, rows - former
        if section == "quotas":
            gone, come = _of_quotas(former, gone | come), _of_quotas(rows, gone | come)
        was = before.texts(section, gone) if before is not None else {}
        now = after.texts(section, come)
        usual = after.usual(section)
        if section == "quotas":
            yield from _quota_changes(was, now, usual)
            continue
        start = TargetStart(after.values, targets_from) if section == "queues" and was else None
        for key in sorted(was.keys() | now.keys(), key=_in_order):
            for column, change in _row_changes(section, key, was.get(key), now.get(key), usual):
                if start is not None and column in TARGETS and key in was and key in now:
                    yield replace(change, holds_from=start.first_day(key[0], column))
                else:
                    yield change


def _in_order(key: Name) -> tuple[object, ...]:
    return (WEEKDAYS.index(key[0]),) if key and key[0] in WEEKDAYS else key


def _row_changes(
    section: str, key: Name, was: Texts | None, now: Texts | None, usual: Texts
) -> Iterator[tuple[str, SettingChange]]:
    """The changes of a row, each with the name of its column; None: there was, or is, none."""
    spec, row = SECTIONS[section], written((section, *key))
    is_always_there = spec in SINGLE_ROWS or main_column(spec) is not None
    if was is None and not is_always_there:
        yield "", SettingChange("added", row)
    before, after = (usual if texts is None else texts for texts in (was, now))
    for name, column in own_columns(spec).items():
        if before[name] != after[name]:
            dotted = written(setting_name(section, key, column))
            yield name, SettingChange("value", dotted, before[name], after[name], is_new=was is None)
    if now is None and not is_always_there:
        yield "", SettingChange("removed", row)


def _of_quotas(rows: Rows, changed: Rows) -> Rows:
    """The rows of the same quotas as other rows, whatever their day."""
    spec = SECTIONS["quotas"]
    places = [spec.fields.index(name) for name in ("scope", "scope_id", "period")]
    quotas = {tuple(row[place] for place in places) for row in changed}
    return frozenset(row for row in rows if tuple(row[place] for place in places) in quotas)


def _quota_changes(was: Mapping[Name, Texts], now: Mapping[Name, Texts], nothing: Texts) -> Iterator[SettingChange]:
    """The changes of quotas, whose rows hold from a day on: compared with what held on that day before."""
    columns = own_columns(SECTIONS["quotas"])
    for quota in sorted({key[:-1] for key in was.keys() | now.keys()}):
        rows = {key[-1]: texts for key, texts in was.items() if key[:-1] == quota}
        after = {key[-1]: texts for key, texts in now.items() if key[:-1] == quota}
        for day in sorted(rows.keys() | after.keys()):
            if day not in rows:
                yield SettingChange("added", written(("quotas", *quota)), holds_from=day)
                rows[day] = rows[max(earlier)] if (earlier := [each for each in rows if each < day]) else nothing
            wanted = after.get(day, nothing)
            for name, column in columns.items():
                if rows[day][name] != wanted[name]:
                    dotted = written(setting_name("quotas", quota, column))
                    is_new = rows[day] is nothing
                    yield SettingChange("value", dotted, rows[day][name], wanted[name], day, is_new=is_new)
            rows[day] = wanted
            if day not in after:
                yield SettingChange("removed", written(("quotas", *quota)), holds_from=day)
                del rows[day]
