"""Removing a row that nothing refers to, such as a queue, a team or a reason of pauses whose name was mistyped."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ccmon.configuration.database_values import DatabaseValues, NamedRow
from ccmon.configuration.names import Name, without_aliases, written
from ccmon.configuration.row_writer import SettingRowWriter
from ccmon.configuration.setting import RequestedChange, SettingChange
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.database.row_checks import Fields
from ccmon.database.sql_files import sql, statements
from ccmon.errors import UsageError
from ccmon.formatting import plural, regular

_MOST_NAMED = 3
"""Settings of each section that a sentence names."""
_SETTINGS = {"team", "queue", "campaign", "agent", "quota"}
"""What refers to a row by a setting, as `_REMOVABLE` counts it: a person can unset that."""


class _Statements(NamedTuple):
    """The names of the statements about the rows of a section."""

    references: str
    """Counts what refers to a row."""
    delete: str
    """Deletes a row that nothing refers to."""


_REMOVABLE = {
    "clients": _Statements("references_to_client", "delete_client"),
    "teams": _Statements("references_to_team", "delete_team"),
    "queues": _Statements("references_to_queue", "delete_queue"),
    "campaigns": _Statements("references_to_campaign", "delete_campaign"),
    "agents": _Statements("references_to_agent", "delete_agent"),
    "pause_reasons": _Statements("references_to_pause_reason", "delete_pause_reason"),
    "contact_reasons": _Statements("references_to_contact_reason", "delete_contact_reason"),
}


def removes_row(change: RequestedChange) -> bool:
    """Whether a person wants a whole row taken away, such as a queue."""
    is_row = len(change.name) == 2 and without_aliases(change.name)[0] in _REMOVABLE
    return is_row and change.text is None and not change.is_row


class RowRemover:
    """Removes rows in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def remove(self, section: str, name: str, *, is_typed: bool) -> None:
        """Remove a row, and note what it was.

        Args:
            section: its section.
            name: what it is known by.
            is_typed: whether a person typed the name. A file may say again what has been removed already.

        Raises:
            UsageError: there is none, or the database holds something that refers to it.
        """
        rows, spec = self._rows, SECTIONS[section]
        row = rows.existing(section, name, by_any_name=is_typed)
        if row is None:
            if is_typed:
                raise rows.missing(section, name)
            return
        key = str(row[spec.key_fields[0][0]])
        known_by, of_section = {"id": row.get("id", key)}, _REMOVABLE[section]
        quotas = _quotas_of(rows.values, section, row)
        held = {
            what: count for what, count in rows.values.database.pairs(of_section.references, known_by).items() if count
        }
        if held:
            said = " and ".join(plural(count, *regular(what)) for what, count in held.items())
            verb = "refers" if list(held.values()) == [1] else "refer"
            hint = ""
            if held.keys() <= _SETTINGS:
                hint = _to_unset_before(settings_referring_to(rows.values, section, row))
                if is_typed:
                    command = shlex.join(["ccmon", "config", "unset", written((section, key)), "--with-references"])
                    hint += f", or all together: {command}"
            raise UsageError(f"{written((section, key))} cannot be removed: {said} {verb} to it{hint}.")
        self._remove_ends(quotas)
        columns = own_columns(spec).values()
        usual = {column.field: column.default for column in columns}
        rows.note(
            (section, key),
            {column: column.default for column in columns if row[column.field] != column.default},
            row,
            {**row, **usual},
        )
        for statement in statements(of_section.delete):
            rows.connection.execute(statement, known_by)
        rows.differences.append(SettingChange("removed", written((section, key))))

    def _remove_ends(self, quotas: Sequence[NamedRow]) -> None:
        """Remove quotas that ask for nothing, which only say from which day on there is none."""
        for quota in quotas:
            self._rows.connection.execute(sql("delete_quota"), quota.fields)
            *name, day = quota.key
            self._rows.differences.append(SettingChange("removed", written(("quotas", *name)), holds_from=day))


def settings_referring_to(values: DatabaseValues, section: str, row: Fields) -> dict[str, list[Name]]:
    """The names of the settings that refer to a row, by section."""
    name = str(row[SECTIONS[section].key_fields[0][0]])
    what = SECTIONS[section].singular
    named: dict[str, list[Name]] = {
        other: [
            (other, *each.key, column.name)
            for column in own_columns(spec).values()
            if column.refers_to == what
            for each in values.rows_of(other, in_order=True)
            if each.values[column.name] == name
        ]
        for other, spec in SECTIONS.items()
    }
    named["quotas"] = [
        ("quotas", *quota.key, column)
        for quota in _quotas_of(values, section, row)
        for column, value in quota.values.items()
        if value is not None
    ]
    return named


def _quotas_of(values: DatabaseValues, section: str, row: Fields) -> list[NamedRow]:
    """The quotas of a client, team, campaign or agent, whatever their day."""
    known_by = SECTIONS[section].singular, row.get("id")
    quotas = values.rows_of("quotas", in_order=True)
    return [each for each in quotas if (each.fields["scope"], each.fields["scope_id"]) == known_by]


def _to_unset_before(named: Mapping[str, Sequence[Name]]) -> str:
    """The end of a sentence about settings that refer to a row, as they are named to unset them."""
    *others, last = (each for section, names in named.items() for each in _first_of(section, names))
    return f"; first unset {', '.join(others)} and {last}" if others else f"; first unset {last}"


def _first_of(section: str, names: Sequence[Name]) -> list[str]:
    """The names of some settings of a section, and how many there are besides."""
    more = len(names) - _MOST_NAMED
    return [*map(written, names[:_MOST_NAMED]), *([f"{more} more of {section}"] if more > 0 else [])]
