"""The log of changes applied to a state of the configuration has to give the state that the tables hold."""

from __future__ import annotations

from ccmon.configuration import value_texts
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.history import HistoryEntry
from ccmon.configuration.names import Name, parse
from ccmon.configuration.site_columns import SECTIONS, main_column, own_columns, setting_name
from ccmon.database.connection import Connection

State = dict[tuple[Name, str | None], str | None]
"""Values by name and first day; a row itself has the value None."""


def in_force(connection: Connection) -> State:
    """What the tables hold."""
    values, state = DatabaseValues(connection), State()
    for section in SECTIONS:
        columns = own_columns(SECTIONS[section])
        for row in values.rows_of(section):
            key, day = (row.key[:-1], row.key[-1]) if section == "quotas" else (row.key, None)
            if section == "quotas" or main_column(SECTIONS[section]) is None:
                state[(section, *key), day] = None
            for name, column in columns.items():
                state[setting_name(section, key, column), day] = values.text(column, row.values[name])
    return state


def replayed(state: State, log: list[HistoryEntry]) -> State:
    """The state to which the entries of a log lead, as docs/database.md says."""
    state = dict(state)
    for entry in log:
        if entry.kind == "restored":
            continue
        name = parse(entry.name)
        is_quota = name[0] == "quotas"
        day = entry.holds_from if is_quota else None
        columns = {
            setting_name(name[0], name[1:], column): column for column in own_columns(SECTIONS[name[0]]).values()
        }
        match entry.kind:
            case "added":
                earlier = max(
                    (at for row, at in state if row == name and at is not None and at < (day or "")), default=""
                )
                state[name, day] = None
                for each, column in columns.items():
                    state[each, day] = state.get((each, earlier)) if is_quota else USUAL[name[0]][column.name]
            case "removed":
                for each in [name, *columns]:
                    del state[each, day]
            case "value":
                assert state.get((name, day)) == entry.before, entry
                state[name, day] = entry.after
    return state


USUAL = {
    section: {
        name: None if column.default is None else value_texts.write(column, column.default, "EUR")
        for name, column in own_columns(spec).items()
    }
    for section, spec in SECTIONS.items()
}


def without_days_that_are_none(state: State) -> State:
    """A holiday or a weekday of which nothing is said is the same as one that is not there."""
    return {key: value for key, value in state.items() if key[0][0] not in {"opening_hours", "holidays"} or value}


def nothing() -> State:
    """The state before there is a database: the site and its limits of alarms as they usually are."""
    state = State()
    for section in ("site", "alarms"):
        state[(section,), None] = None
        for name, text in USUAL[section].items():
            state[(section, name), None] = text
    return state
