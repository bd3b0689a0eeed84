"""What a person does about an alarm: take it on, ask for quiet, take that back. ``alarm_acts`` records each act.

Every function opens the database at ``path`` for one transaction, which may wait for another writer: so the screen does
not call it, but runs the command ``ccmon alarms``. ``who`` is the person acting. Moments are Unix milliseconds on the
floor's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_writing
from ccmon.database.reader import floor_now
from ccmon.database.sql_files import sql
from ccmon.database.sqlite_errors import check_writable
from ccmon.errors import CcmonError
from ccmon.model.alarm_history import AlarmActKind
from ccmon.model.alarms import Alarm
from ccmon.spelling import folded


def find_standing(alarms: Iterable[Alarm], rule: str, subject: str | None) -> Alarm:
    """The one alarm of a rule, and about a subject if one is named; case and accents are ignored.

    Raises:
        CcmonError: no such alarm stands, or several do.
    """
    standing = [part for alarm in alarms for part in (alarm, *alarm.parts)]
    wanted = None if subject is None else folded(subject)
    found = {
        (alarm.rule, alarm.subject): alarm
        for alarm in standing
        if folded(alarm.rule) == folded(rule).replace("-", "_") and wanted in {None, folded(alarm.subject)}
    }
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        subjects = ", ".join(sorted(subject for _, subject in found))
        raise CcmonError(f"Several alarms {rule} stand; say about whom: {subjects}.")
    said = f"{rule} about {subject}" if subject else rule
    known = "; ".join(f"{alarm.rule} {alarm.subject}" for alarm in standing) or "none"
    raise CcmonError(f"No alarm {said} stands. Those that do: {known}.")


def act_on(path: Path, alarm: Alarm, act: AlarmActKind, *, who: str, until: int | None = None) -> None:
    """Record an act of now.

    Args:
        path: the database.
        alarm: one that stands.
        act: what is done; quiet needs a moment.
        who: the person.
        until: until when it is to be quiet.

    Raises:
        CcmonError: the database cannot be written.
    """
    check_writable(path)
    with open_for_writing(path) as connection, transaction(connection):
        row = {
            "acted_at": floor_now(connection),
            "rule": alarm.rule.value,
            "subject": alarm.subject,
            "since": alarm.since,
            "act": act.value,
            "who": who,
            "until": until,
        }
        connection.execute(sql("insert_alarm_act"), row)
