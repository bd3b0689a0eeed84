"""What a person does to a follow-up: add it, settle it, move it, hand it over, undo that. ``audit`` records each act.

Every function opens the database at ``path`` for one transaction, which may wait for another writer: so the screen does
not call it, but runs the command ``ccmon follow-up``. ``name`` is the number of the follow-up or the site's own
reference, ``who`` the person acting. Moments are Unix milliseconds on the floor's clock.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from msgspec import Struct

from ccmon.database.connection import transaction
from ccmon.database.customers import find_or_add
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.database.driver import Database
from ccmon.database.opening_calendar import read_opening_calendar
from ccmon.database.reader import floor_now
from ccmon.database.reference_names import ReferenceNames
from ccmon.database.row_checks import RejectedRowError
from ccmon.database.site import read_site, site_zone
from ccmon.database.sql_files import sql
from ccmon.database.sqlite_errors import check_writable
from ccmon.errors import CcmonError
from ccmon.formatting import iso_minute
from ccmon.metrics.follow_ups import CANCELLED, USUAL_OUTCOMES
from ccmon.model.due_moments import DueMoments
from ccmon.model.follow_ups import Act
from ccmon.spelling import spelt

DEFAULT_KIND = "call back"
"""What is to be done, if nothing else is said; as the column ``kind`` has it."""
MovedBy = Literal["customer", "agent"]
"""Who wished to move a follow-up."""


@dataclass(frozen=True, slots=True)
class StoredFollowUp:
    """A follow-up. A row of ``follow_up``, ``all_open_follow_ups`` or ``changed_follow_ups``."""

    id: int
    agent_id: int | None
    owner: str | None
    """Name of the agent who owes it."""
    customer: str | None
    kind: str
    created_at: int
    due_at: int
    promised_at: int
    done_at: int | None
    outcome: str | None
    note: str | None
    reference: str | None
    """The site's own number."""
    customer_reference: str | None
    phone: str | None
    """The customer's number."""


class AuditEntry(Struct, frozen=True, gc=False):
    """Something done to a follow-up. A row of ``audit_entries``."""

    id: int
    acted_at: int
    who: str
    act: str
    """An `Act`."""
    before_json: str
    after_json: str
    reason: str | None

    @property
    def before(self) -> dict[str, Any]:
        """The changed columns with their earlier values."""
        return cast("dict[str, Any]", json.loads(self.before_json))

    @property
    def after(self) -> dict[str, Any]:
        """The changed columns with their new values."""
        return cast("dict[str, Any]", json.loads(self.after_json))


def read_due_moments(path: Path) -> DueMoments:
    """When a site's follow-ups count as due, by its opening hours.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(path) as connection:
        return DueMoments.of_site(read_opening_calendar(Database(connection)), read_site(connection))


def read_now_and_grace(path: Path) -> tuple[int, int]:
    """Now on the floor's clock, and how long after its due moment a follow-up is overdue.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(path) as connection:
        return floor_now(connection), read_site(connection).follow_up_grace_ms


def list_open_follow_ups(path: Path, agent: str | None = None) -> list[StoredFollowUp]:
    """Open follow-ups, the soonest due first; only one agent's (login, alias or name) if given.

    Raises:
        CcmonError: the database cannot be read, or there is no such agent.
    """
    with open_for_reading(path) as connection:
        agent_id = None if agent is None else _agent(connection, agent)
        return Database(connection).rows("all_open_follow_ups", StoredFollowUp, {"agent_id": agent_id})


def list_changed_follow_ups(path: Path, *, but_for: Act | None = None) -> list[StoredFollowUp]:
    """Follow-ups to which something has been done, the one changed last first.

    Args:
        path: the database.
        but_for: those whose last act is of this kind are left out; None: none.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(path) as connection:
        return Database(connection).rows("changed_follow_ups", StoredFollowUp, {"but_for": but_for})


def list_others_open(path: Path, number: int) -> list[StoredFollowUp]:
    """Other open follow-ups for the customer of a follow-up, the soonest due first; a `CcmonError` as above."""
    with open_for_reading(path) as connection:
        return Database(connection).rows("other_open_follow_ups", StoredFollowUp, {"id": number})


def history(path: Path, name: str) -> list[AuditEntry]:
    """What was done to a follow-up, the oldest first.

    Raises:
        CcmonError: the database cannot be read, or there is no such follow-up.
    """
    with open_for_reading(path) as connection:
        return _entries(connection, _find(connection, name))


def add(
    path: Path,
    customer: str,
    due_at: int,
    *,
    who: str,
    phone: str | None = None,
    new_name: str | None = None,
    agent: str | None = None,
    kind: str = DEFAULT_KIND,
    note: str | None = None,
) -> StoredFollowUp:
    """Add a follow-up that is promised now.

    Args:
        path: the database.
        customer: the customer's reference, row number (#17) or telephone number.
        due_at: when it is due.
        who: the person who adds it.
        phone: the same as a telephone number without spaces; None: it is none.
        new_name: name of a customer who is not known yet, and becomes so by the telephone number.
        agent: login, alias or name of who owes it; None: nobody yet.
        kind: what is to be done.
        note: what about.

    Raises:
        CcmonError: there is no such customer or agent, several customers have that number, or the moment has passed.
    """
    with _write_transaction(path) as (connection, now):
        if due_at <= now:
            raise CcmonError("A follow-up cannot be due in the past; give a later moment.")
        row = {
            "customer_id": find_or_add(connection, customer, phone, new_name),
            "agent_id": None if agent is None else _agent(connection, agent),
            "kind": " ".join(kind.split()) or DEFAULT_KIND,
            "created_at": now,
            "due_at": due_at,
            "promised_at": due_at,
            "note": (note or "").strip() or None,
        }
        number = Database(connection).value("insert_follow_up", row)
        after = {name: value for name, value in row.items() if name != "customer_id" and value is not None}
        before: dict[str, Any] = dict.fromkeys(after)
        _record(connection, number, before, after, act=Act.ADDED, who=who, at=now)
        return _find_number(connection, number)


def settle(path: Path, name: str, *, who: str, outcome: str = "done", note: str | None = None) -> StoredFollowUp:
    """Settle a follow-up now. The outcome "cancelled" means that the customer called it off: it was not done.

    ``outcome`` is how it ended; ``note`` is appended to the existing note, with date and person.

    Raises:
        CcmonError: there is no such follow-up, or it is done already.
    """
    if not outcome.strip():
        raise CcmonError("Say how it ended: --outcome reached.")
    ended = spelt(outcome.strip(), USUAL_OUTCOMES) or outcome.strip()
    with _write_transaction(path) as (connection, now):
        before = _find_open(connection, name)
        noted = _appended(connection, before.note, note, who, now)
        after = replace(before, done_at=now, outcome=ended, note=noted)
        return _change(connection, before, after, act=Act.SETTLED, who=who, at=now, reason=None)


def move(path: Path, name: str, to: int, *, by: MovedBy, who: str, reason: str | None = None) -> StoredFollowUp:
    """Move a follow-up. Only the customer's wish makes a new promise (metrics.md 10.3).

    ``to`` is the new due moment, ``by`` says who wished it, ``reason`` why, for the log.

    Raises:
        CcmonError: there is no such follow-up, it is done already, the moment has passed, or nothing would change.
    """
    with _write_transaction(path) as (connection, now):
        before = _find_open(connection, name)
        if to <= now:
            raise CcmonError(f"Follow-up {before.id} cannot be moved into the past; give a later moment.")
        after = replace(before, due_at=to, promised_at=to if by == "customer" else before.promised_at)
        if after == before:
            due = iso_minute(to, site_zone(connection))
            raise CcmonError(f"Follow-up {before.id} is due on {due} already.")
        why = f"by the {by}" if reason is None else f"by the {by}: {reason}"
        return _change(connection, before, after, act=Act.MOVED, who=who, at=now, reason=why)


def hand_over(path: Path, name: str, agent: str, *, who: str, reason: str | None = None) -> StoredFollowUp:
    """Give a follow-up to another agent.

    ``agent`` is login, alias or name of the new owner, ``reason`` why, for the log.

    Raises:
        CcmonError: there is no such follow-up or agent, it is done already, or that agent owes it.
    """
    with _write_transaction(path) as (connection, now):
        before = _find_open(connection, name)
        agent_id = _agent(connection, agent)
        if agent_id == before.agent_id:
            raise CcmonError(f"Follow-up {before.id} is {before.owner}'s already.")
        after = replace(before, agent_id=agent_id)
        return _change(connection, before, after, act=Act.HANDED_OVER, who=who, at=now, reason=reason)


def undo(path: Path, name: str, *, who: str, whose: str | None = None, act: str | None = None) -> StoredFollowUp | None:
    """Undo the last act on a follow-up: restore what it changed. Undoing is an act as well.

    Returns None if the act was that it was added: it is gone again.

    ``whose`` is the person who did the act to be undone, if not ``who``; ``act``, an `Act`, is the act expected to be
    the last; None: any.

    Raises:
        CcmonError: there is no such follow-up, nothing was done to it, the last act is a different one or somebody
            else's, or what it changed has been changed since.
    """
    with _write_transaction(path) as (connection, now):
        found = _find(connection, name)
        entries = _entries(connection, found)
        if not entries:
            raise CcmonError(f"Nothing has been done to follow-up {found.id} that could be undone.")
        last = entries[-1]
        what_was_done = f"{Act(last.act).words} by {last.who} on {iso_minute(last.acted_at, site_zone(connection))}"
        if last.act == Act.UNDONE:
            raise CcmonError(f"The last act on follow-up {found.id} was undone already ({what_was_done}).")
        if last.who != (whose or who) or (act is not None and act != last.act):
            raise CcmonError(
                f"Follow-up {found.id} has been {what_was_done}: only that can be undone, with: "
                f"ccmon follow-up undo {found.id} --of {shlex.quote(last.who)}"
            )
        if any(getattr(found, column) != value for column, value in last.after.items()):
            raise CcmonError(
                f"Follow-up {found.id} has been changed since it was {what_was_done}, by an import or another program: "
                "that cannot be undone any more."
            )
        if last.act == Act.ADDED:
            connection.execute(sql("delete_follow_up"), {"id": found.id})
            _record(connection, found.id, last.after, last.before, act=Act.UNDONE, who=who, at=now, undoes=last.id)
            return None
        restored = replace(found, **last.before)
        return _change(connection, found, restored, act=Act.UNDONE, who=who, at=now, reason=None, undoes=last.id)


_CHANGED = ("agent_id", "due_at", "promised_at", "done_at", "outcome", "note")


def _change(
    connection: sqlite3.Connection,
    before: StoredFollowUp,
    after: StoredFollowUp,
    *,
    act: Act,
    who: str,
    at: int,
    reason: str | None,
    undoes: int | None = None,
) -> StoredFollowUp:
    row = {name: getattr(after, name) for name in _CHANGED}
    connection.execute(sql("update_follow_up"), {"id": before.id, **row})
    different = [name for name in _CHANGED if getattr(before, name) != getattr(after, name)]
    were, are = ({name: getattr(each, name) for name in different} for each in (before, after))
    _record(connection, before.id, were, are, act=act, who=who, at=at, reason=reason, undoes=undoes)
    return _find_number(connection, before.id)


def _record(
    connection: sqlite3.Connection,
    number: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    act: Act,
    who: str,
    at: int,
    reason: str | None = None,
    undoes: int | None = None,
) -> None:
    """Record an act on the follow-up of a number: its columns that have changed, before and after."""
    entry = {
        "acted_at": at,
        "who": who,
        "act": act,
        "subject": "follow_up",
        "subject_id": number,
        "before": json.dumps(before, ensure_ascii=False),
        "after": json.dumps(after, ensure_ascii=False),
        "reason": reason,
        "undoes": undoes,
    }
    connection.execute(sql("insert_audit_entry"), entry)


def _appended(connection: sqlite3.Connection, noted: str | None, note: str | None, who: str, at: int) -> str | None:
    """The existing note, with a line for a new one: when, who, what."""
    words = " ".join((note or "").split())
    if not words:
        return noted
    line = f"{iso_minute(at, site_zone(connection))} {' '.join(who.split())}: {words}"
    return f"{noted}\n{line}" if noted else line


def _find(connection: sqlite3.Connection, name: str) -> StoredFollowUp:
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else None
    found = Database(connection).row("follow_up", StoredFollowUp, {"number": number, "name": name})
    if found is None:
        raise CcmonError(f"There is no follow-up {name}; ccmon follow-up list shows those that are open.")
    return found


def _find_number(connection: sqlite3.Connection, number: int) -> StoredFollowUp:
    return Database(connection).one_row("follow_up", StoredFollowUp, {"number": number, "name": str(number)})


def _entries(connection: sqlite3.Connection, follow_up: StoredFollowUp) -> list[AuditEntry]:
    """What was done to a follow-up, the oldest first."""
    key = {"subject": "follow_up", "subject_id": follow_up.id}
    return Database(connection).rows("audit_entries", AuditEntry, key)


def _find_open(connection: sqlite3.Connection, name: str) -> StoredFollowUp:
    found = _find(connection, name)
    if found.outcome == CANCELLED:
        raise CcmonError(f"Follow-up {found.id} was cancelled already.")
    if found.done_at is not None or found.outcome is not None:
        how = "" if found.outcome in {None, "done"} else f" ({found.outcome})"
        raise CcmonError(f"Follow-up {found.id} is done already{how}.")
    return found


def _agent(connection: sqlite3.Connection, name: str) -> int:
    names = ReferenceNames(connection)
    try:
        return names.find("agent", names.spelt("agent", name))
    except RejectedRowError as error:
        sentence = str(error)
        end = "" if sentence.endswith("?") else "."
        raise CcmonError(f"{sentence[0].upper()}{sentence[1:]}{end}") from None


@contextmanager
def _write_transaction(path: Path) -> Iterator[tuple[sqlite3.Connection, int]]:
    """A transaction, and the moment on the floor's clock.

    Raises:
        NoRightError: this user may not write: that comes before anything else that is wrong, since no other number and
            no other moment would help.
    """
    check_writable(path)
    with open_for_writing(path) as connection, transaction(connection):
        yield connection, floor_now(connection)
