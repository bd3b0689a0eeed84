"""Changes of settings in the database, inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from ccmon.configuration import value_texts
from ccmon.configuration.alarm_limits_writer import AlarmLimitsWriter
from ccmon.configuration.history import recorded
from ccmon.configuration.names import Name, written
from ccmon.configuration.opening_hours_writer import OpeningHoursWriter, meanings, of_each_weekday, of_holiday, overlap
from ccmon.configuration.quota_writer import QuotaWriter
from ccmon.configuration.references import RowReference, find
from ccmon.configuration.row_remover import RowRemover, removes_row
from ccmon.configuration.row_writer import Parsed, SettingRowWriter
from ccmon.configuration.setting import RequestedChange, SettingChange
from ccmon.configuration.site_columns import SECTIONS, TARGETS
from ccmon.configuration.site_writer import SiteWriter
from ccmon.configuration.target_days import TargetDaysWriter
from ccmon.configuration.value_limits import refusal
from ccmon.database.row_checks import Fields, RejectedRowError
from ccmon.database.table_specs import ColumnSpec
from ccmon.errors import UsageError, sentence
from ccmon.number_texts import CellError
from ccmon.plausibility import NO_SUCH_DAY, names_no_day
from ccmon.sources.table.cells import CellContext, planned_day

_MADE_AS_SET = {"site", "alarms", "quotas", "opening_hours", "holidays"}
"""Sections whose rows need no `add_new`: a day or the site exists, whether or not it has a row."""


class _RowChange(NamedTuple):
    """A change of one setting of a row."""

    number: int
    """Its place among all changes."""
    change: RequestedChange
    reference: RowReference


class DatabaseWriter:
    """Makes changes in the caller's transaction, and says what they do."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        from_day: str | None = None,
        add_new: bool = False,
        act: str = "config set",
    ) -> None:
        """The connection is in a transaction that writes.

        Args:
            connection: to the database.
            from_day: the first day for which quotas and targets are to hold: today, tomorrow or an ISO date.
            add_new: whether what a name names is added if it is not there.
            act: what a person does, as the history names it.

        Raises:
            UsageError: the day is none.
        """
        self._act = act
        self._rows = SettingRowWriter(connection, add_new=add_new)
        values = self._rows.values
        self._from_day = None if from_day is None else day_of(from_day, values.today.date, values.context)
        self._errors: list[tuple[int, str]] = []

    @property
    def differences(self) -> list[SettingChange]:
        """What the changes do."""
        return self._rows.differences

    @property
    def notes(self) -> list[str]:
        """What else a person should know."""
        return self._rows.notes

    @property
    def unchanged(self) -> list[str]:
        """Sentences about what was as it was to be."""
        return self._rows.unchanged

    @property
    def errors(self) -> list[str]:
        """What is wrong with the changes, each with its place: if there is any, the caller must roll back."""
        return [sentence for _, sentence in sorted(self._errors, key=itemgetter(0))]

    def write(self, changes: Iterable[RequestedChange]) -> None:
        """Make changes, as far as they make sense, and note them in the history."""
        with recorded(self._rows.connection, self._act) as recording:
            recording.targets_from = self._from_day
            self._write(changes)

    def _write(self, changes: Iterable[RequestedChange]) -> None:
        rows: dict[tuple[str, Name, str | None], list[_RowChange]] = {}
        for number, wanted in enumerate(changes):
            try:
                for change, reference in self._references(wanted):
                    row = reference.section, reference.key, reference.from_day
                    rows.setdefault(row, []).append(_RowChange(number, change, reference))
            except UsageError as error:
                self._errors.append((number, f"{wanted.place}{error}"))
        removed = {row: given for row, given in rows.items() if any(removes_row(each.change) for each in given)}
        for section in SECTIONS:
            for (_, key, day), given in [each for each in rows.items() if each[0][0] == section]:
                if (section, key, day) not in removed:
                    self._attempt(given, partial(self._write_row, section, key, day, given))
            if section == "opening_hours":
                self._check_week({key[0]: given for (name, key, _), given in rows.items() if name == section})
            self._rows.refresh()  # other sections may name what was added
        for section in reversed(SECTIONS):  # rows go after those that refer to them
            for (_, (name,), _), given in [each for each in removed.items() if each[0][0] == section]:
                is_typed = not given[0].change.place
                self._attempt(given, partial(RowRemover(self._rows).remove, section, name, is_typed=is_typed))
        self._rows.notes += meanings(self.differences)

    def _check_week(self, given: Mapping[str, Sequence[_RowChange]]) -> None:
        """Refuse hours of a weekday that go on into those of the next, where either was changed."""
        wrong = overlap(self._rows.connection, given)
        if wrong is not None:
            day, following, why = wrong
            change = (given.get(day) or given[following])[0]
            self._errors.append((change.number, f"{change.change.place}opening_hours: {why}"))

    def _references(self, wanted: RequestedChange) -> Iterator[tuple[RequestedChange, RowReference]]:
        """The changes of single settings that a change stands for, each with what its name means.

        Raises:
            UsageError: there is no such setting.
        """
        values = self._rows.values
        for change in of_each_weekday(wanted):
            is_row = change.is_row or removes_row(change)
            reference = find(change.name, values.context, is_row=is_row, row_like=values.row_like)
            if reference.section != "holidays":
                yield change, reference
                continue
            (day,) = reference.key
            for each in of_holiday(change, day, is_there=values.has("holidays", day)):
                yield each, find(each.name, values.context, is_row=is_row)

    def _attempt(self, given: Sequence[_RowChange], write: Callable[[], None]) -> None:
        """Write the changes of one row; why they are refused is noted as an error."""
        try:
            write()
        except (UsageError, RejectedRowError) as error:
            self._errors.append((given[0].number, f"{given[0].change.place}{error}"))

    def _write_row(self, section: str, key: Name, day: str | None, given: Sequence[_RowChange]) -> None:
        """Write the changes of one row, unless one of them makes no sense."""
        is_typed = not given[0].change.place
        if section not in _MADE_AS_SET and self._existing(section, key[0], is_typed=is_typed) is None:
            is_set = any(each.change.is_row or each.change.text is not None for each in given)
            # A wrong name is said before a wrong value.
            self._check_new(section, key[0], is_set=is_set, is_typed=is_typed)
        parsed = self._parsed(given)
        if len(parsed) < len({each.reference.column for each in given} - {None}):
            return
        if section == "site":
            SiteWriter(self._rows).write(parsed)
        elif section == "alarms":
            AlarmLimitsWriter(self._rows).write(parsed)
        elif section == "quotas":
            starts_on = day or self._from_day or self._rows.values.today.date
            QuotaWriter(self._rows).write(key, starts_on, parsed, is_dated=day is not None)
        elif section in {"opening_hours", "holidays"}:
            is_set = any(each.change.text is not None for each in given)
            OpeningHoursWriter(self._rows).write(section, key[0], parsed, is_set=is_set)
        else:
            self._write_named(section, key[0], parsed, is_typed=is_typed)

    def _parsed(self, given: Sequence[_RowChange]) -> Parsed:
        """The values by column; those that make no sense are noted as errors."""
        parsed: dict[ColumnSpec, Any] = {}
        for number, change, reference in given:
            column = reference.column
            if column is None:
                continue
            try:
                parsed[column] = self._value(column, change.text)
            except CellError as error:
                why = refusal(column, change.text or "", error, self._rows.values.context)
                self._errors.append((number, sentence(f"{change.place}{written(change.name)} {why}")))
            except UsageError as error:
                self._errors.append((number, f"{change.place}{written(change.name)}: {error}"))
        return parsed

    def _value(self, column: ColumnSpec, text: str | None) -> Any:
        if text is None:
            return column.default
        value = value_texts.parse(column, text, self._rows.values.context)
        return self._rows.referred(column.refers_to, value) if column.refers_to else value

    def _write_named(self, section: str, name: str, parsed: Parsed, *, is_typed: bool) -> None:
        """Write a row that is known by one name.

        Args:
            section: its section.
            name: what it is known by.
            parsed: its values.
            is_typed: whether a person typed the name, who may call agents otherwise than by their login. A file is
                exact: there the login of one agent may be the name of another.
        """
        rows, key = self._rows, SECTIONS[section].keys[0][0]
        before = self._existing(section, name, is_typed=is_typed)
        if before is not None:
            name = str(before[key])
        targets = {column.name for column in parsed if column.name in TARGETS} if section == "queues" else set()
        days = TargetDaysWriter(rows.values, self._from_day) if targets and before is not None else None
        if days is not None and before is not None:
            days.prepare(before["id"])
        rows.write_row(section, name, parsed, before)
        if days is not None and before is not None:
            days.settle(before["id"], name, targets)
            rows.notes += days.notes

    def _existing(self, section: str, name: str, *, is_typed: bool) -> Fields | None:
        return self._rows.existing(section, name, by_any_name=is_typed and not self._rows.adds_new)

    def _check_new(self, section: str, name: str, *, is_set: bool, is_typed: bool) -> None:
        """Refuse a row that is not there, unless it is to be added, or is a reason of pauses that occur.

        Args:
            section: where it is not.
            name: what is not there.
            is_set: whether it is to have a value. Of what only loses one, it is not said how it is added.
            is_typed: whether a person typed the name: then it is none of an agent who is there. In a file it may be.

        Raises:
            UsageError: it is refused; the sentence says which name is nearest.
        """
        seen: list[str] = []
        if section == "pause_reasons" and not self._rows.adds_new:
            seen = self._rows.values.seen_pause_reasons()
        if name in seen:
            return
        if section == "agents" and is_typed:
            self._refuse_known(name)
        if not is_set and not self._rows.adds_new:
            raise self._rows.missing(section, name, seen)
        self._rows.refuse_unless_new(section, name, seen)

    def _refuse_known(self, name: str) -> None:
        """Refuse to add an agent by a name or an alias of one who is there."""
        same = self._rows.existing("agents", name)
        known = self._rows.select("agents", {"name": name}) if same is None else [same]
        if known:
            names = " or ".join(written(("agents", str(agent["login"]))) for agent in known)
            raise UsageError(
                f"{written(('agents', name))} cannot be added: an agent is called so already; name {names}."
            )


def day_of(text: str, today: str, context: CellContext) -> str:
    """The ISO date of today, tomorrow or a date.

    Raises:
        UsageError: it is none of them.
    """
    if text.lower() == "today":
        return today
    if text.lower() == "tomorrow":
        return (date.fromisoformat(today) + timedelta(days=1)).isoformat()
    try:
        return planned_day(text, context)
    except CellError:
        wrong = NO_SUCH_DAY if names_no_day(text) else "and must be today, tomorrow or a date such as 2026-11-23"
        raise UsageError(f"--from is {text!r}, {wrong}.") from None
