"""The history of the configuration, the table ``configuration_changes``: who, when, what, from which day on.

Whatever changes it through ccmon does so within `recorded`, which compares the settings in the database before and
after, and writes what differs in the same transaction. Entries are only ever added: made one after the other, they lead
from the settings before the first to those in force. What files of a machine or of a person say is not in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct, convert
from msgspec.structs import asdict

from ccmon import accounts
from ccmon.configuration.setting import SettingChange
from ccmon.configuration.setting_changes import StoredSettings, changes_between
from ccmon.configuration.site_columns import SECTIONS
from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.database.driver import Database
from ccmon.database.reader import floor_now
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError


class HistoryEntry(Struct, frozen=True):
    """An entry of the history. A row of ``configuration_changes``."""

    changed_at: int
    who: str
    """The person's account."""
    act: str
    """What the person did, such as ``config set``."""
    kind: str
    name: str
    before: str | None
    after: str | None
    holds_from: str | None

    @property
    def change(self) -> SettingChange:
        """What was changed."""
        return convert(asdict(self), SettingChange)


class Recording:
    """What is known of an act while it goes on."""

    targets_from: str | None = None
    """The first day that is counted with changed targets (ISO); None: the first without a call."""
    changes: Sequence[SettingChange] = ()
    """What has been changed, once it is over."""


@contextmanager
def recorded(connection: sqlite3.Connection, act: str, sections: Iterable[str] = SECTIONS) -> Iterator[Recording]:
    """Note what the body changes of the settings in the database, in the caller's transaction.

    Args:
        connection: in a transaction that writes.
        act: what the person does, such as ``config set``.
        sections: those that the body may change.
    """
    sections = tuple(sections)
    recording = Recording()
    before = StoredSettings(connection, sections)
    yield recording
    after = StoredSettings(connection, sections)
    recording.changes = list(changes_between(before, after, targets_from=recording.targets_from))
    _add(connection, act, recording.changes)


def record_new(connection: sqlite3.Connection, act: str) -> None:
    """Note the settings of a database that is being made."""
    _add(connection, act, changes_between(None, StoredSettings(connection)))


def record_restored(copy: Path, ready: Path, database: Path) -> None:
    """Note in a copy that is about to be put in the place of a database what that changes.

    What the history of that database says of the time after the copy is kept: it happened.

    Args:
        copy: the file that a person named.
        ready: what will be put in the place.
        database: the place; there need not be a database, nor one that can be read.
    """
    changes = [SettingChange("restored", copy.name)]
    with open_for_writing(ready) as connection, transaction(connection):
        with suppress(CcmonError, sqlite3.Error), open_for_reading(database) as former:
            changes += changes_between(StoredSettings(former), StoredSettings(connection), same_file=False)
            _write(connection, _entries_after(entries(connection), entries(former)))
        _add(connection, "restore", changes)


def entries(connection: sqlite3.Connection, since: int = 0) -> list[HistoryEntry]:
    """The history from a moment on (Unix milliseconds), the oldest entry first."""
    return Database(connection).rows("configuration_changes", HistoryEntry, {"since": since})


def _entries_after(entries_of_copy: list[HistoryEntry], former: list[HistoryEntry]) -> list[HistoryEntry]:
    """What a history says that goes on where the copy's ends; nothing if it is another database's."""
    size = len(entries_of_copy)
    return former[size:] if former[:size] == entries_of_copy else []


def _add(connection: sqlite3.Connection, act: str, changes: Iterable[SettingChange]) -> None:
    now, who = floor_now(connection), accounts.acting_person()
    _write(
        connection,
        (
            HistoryEntry(now, who, act, each.kind, each.name, each.before, each.after, each.holds_from)
            for each in changes
        ),
    )


def _write(connection: sqlite3.Connection, new: Iterable[HistoryEntry]) -> None:
    connection.executemany(sql("insert_configuration_change"), map(asdict, new))
