"""What `ccmon doctor` checks in a call database, and how it repairs what it can."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from ccmon import time_of_day
from ccmon.database import business_days, totals
from ccmon.database.alarm_limits import read_site_limits
from ccmon.database.connection import Connection, transaction
from ccmon.database.copies import restore_command
from ccmon.database.database_file import schema_version
from ccmon.database.disk_space import disk_space
from ccmon.database.driver import Database
from ccmon.database.impossible_moments import impossible_moments, impossible_rows
from ccmon.database.moments import NewestMoment
from ccmon.database.site import named_zone, read_site, site_zone
from ccmon.database.source_lock import lock_files
from ccmon.database.source_status import (
    ASK_DOCTOR,
    CLOCKS_APART_MS,
    FindService,
    FollowState,
    SourceRow,
    opening_at,
    restored_at,
    source_statuses,
)
from ccmon.database.sql_files import statements
from ccmon.formatting import iso_minute, plural, size_in_words
from ccmon.metrics.durations import coarse
from ccmon.model.business_day import BusinessDay
from ccmon.model.opening_hours import quiet_since
from ccmon.time_units import DAY_MS, NEVER

_LITTLE_ROOM = 64 << 20
_LARGE_WAL = 256 << 20

CheckResult = Literal["ok", "note", "wrong"]
SIGNS: dict[CheckResult, str] = {"ok": "+", "note": "?", "wrong": "!"}
"""What stands before a finding."""
NO_DATA = "none yet: ccmon setup or ccmon import brings in your own calls, ccmon demo shows a simulated floor"
"""The finding about the data of a database that has none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    verdict: CheckResult
    subject: str
    text: str
    """One sentence, which for a fault also says how to repair it."""


def examine(
    path: Path, connection: sqlite3.Connection, at: int, find_service: FindService = lambda _, __: None
) -> Iterator[Finding]:
    """All findings about the database at ``path``, through a reading connection, at the floor's moment ``at``."""
    yield _file(path)
    yield Finding("ok", "schema", f"version {schema_version()}, SQLite {sqlite3.sqlite_version}")
    yield from _disk(path)
    yield _write_ahead_log(path, connection)
    yield _integrity(path, connection)
    yield _foreign_keys(connection)
    yield _business_days(connection, at)
    yield from _totals(connection)
    yield from _age(connection, at)
    yield from _sources(path, connection, at, find_service)
    yield from _rejected_lines(connection)
    yield from (Finding("wrong", "moments", text) for text in impossible_moments(connection, at))
    yield from (Finding("wrong", "rows", text) for text in impossible_rows(connection, at))


def summary(findings: Sequence[Finding]) -> str:
    """How many things are wrong and how many worth a look, in one sentence."""
    wrong, notes = (sum(finding.verdict == verdict for finding in findings) for verdict in ("wrong", "note"))
    if not wrong:
        return f"Nothing is wrong, {plural(notes, '{n} thing', '{n} things')} to look at." if notes else "All is well."
    are, also = "is" if wrong == 1 else "are", f", {notes} to look at" if notes else ""
    return f"{plural(wrong, '{n} thing', '{n} things')} {are} wrong{also}."


def repair(connection: sqlite3.Connection, *, recompute_targets: bool) -> None:
    """Fill in the business days and recount all totals, in one transaction.

    Args:
        connection: one that writes, outside a transaction.
        recompute_targets: give all past days the queues' present targets (metrics.md 1.9).
    """
    with transaction(connection):
        repair_in_transaction(connection, recompute_targets=recompute_targets)


def repair_in_transaction(connection: sqlite3.Connection, *, recompute_targets: bool = False) -> None:
    """As `repair`, in the caller's transaction."""
    if _first_wrong_day(connection) is not None:
        for statement in statements("delete_business_days"):
            connection.execute(statement)
        business_days.fill(connection)
    totals.rebuild(connection, recompute_targets=recompute_targets)


def _file(path: Path) -> Finding:
    size = f"{path} ({size_in_words(path.stat().st_size)})"
    if os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK):
        closed = next(
            (lock for lock in lock_files(path) if not os.access(lock, os.R_OK | os.W_OK, effective_ids=True)), None
        )
        if closed is not None:
            text = f"{size}; this user may write it, and yet not import or restore, since {closed} is closed"
            return Finding("wrong", "file", f"{text}: sudo ccmon doctor names the commands that open it")
        return Finding("ok", "file", size)
    return Finding("ok", "file", f"{size}, which this user may only read")


def _disk(path: Path) -> Iterator[Finding]:
    space = disk_space(path)
    if space is None:
        return
    free = f"{size_in_words(space.free)} ({space.free_share:.0%}) are free where the database lies"
    if not space.has_inodes:
        yield Finding("wrong", "disk", "no more files can be made where the database lies (inodes): remove some")
    elif space.is_full:
        yield Finding("wrong", "disk", "it is full, and nothing more can be written to the database: make room on it")
    elif space.free < _LITTLE_ROOM:
        yield Finding("note", "disk", f"only {free}: make room on that disk")
    else:
        yield Finding("ok", "disk", free)


def _write_ahead_log(path: Path, connection: sqlite3.Connection) -> Finding:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    is_immutable = isinstance(connection, Connection) and connection.is_immutable
    if mode != "wal" and not is_immutable:  # only a database in WAL mode is read so, and without its log
        return Finding(
            "wrong", "WAL", f"journal mode is {mode}: readers hold up the writer; ccmon init --db {path} sets it right"
        )
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > _LARGE_WAL:
        return Finding("note", "WAL", f"{size_in_words(size)}: some program holds a read transaction open; end it")
    return Finding("ok", "WAL", f"on, {size_in_words(size)}")


def _integrity(path: Path, connection: sqlite3.Connection) -> Finding:
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if first == "ok":
        return Finding("ok", "integrity", "the file is sound")
    command = restore_command(path)
    copy = "a copy of it" if command is None else f"the newest copy: {command}"
    return Finding("wrong", "integrity", f"the file is damaged ({first}); put back {copy}")


def _foreign_keys(connection: sqlite3.Connection) -> Finding:
    rows = connection.execute("PRAGMA foreign_key_check")
    broken = Counter((table, parent) for table, _, parent, _ in rows)
    if not broken:
        return Finding("ok", "references", "every row that is named exists")
    found = "; ".join(f"{count} of {table} name missing rows of {parent}" for (table, parent), count in broken.items())
    return Finding("wrong", "references", f"{found}: add those rows, and let writers say PRAGMA foreign_keys = ON")


def _business_days(connection: sqlite3.Connection, at: int) -> Finding:
    if (date := _first_wrong_day(connection)) is not None:
        return Finding(
            "wrong", "business days", f"from {date} they are not those of the site's time zone; ccmon doctor --rebuild"
        )
    last = Database(connection).value("business_days_end")
    if last - at < 366 * DAY_MS:
        return Finding("wrong", "business days", "they end within a year; upgrade ccmon, then ccmon doctor --rebuild")
    site = read_site(connection)
    reset = time_of_day.written(site.day_starts_ms)
    return Finding(
        "ok",
        "business days",
        f"filled to {iso_minute(last, named_zone(site.time_zone))}, from {reset} in {site.time_zone}",
    )


def _first_wrong_day(connection: sqlite3.Connection) -> str | None:
    filled = Database(connection).rows("business_days", BusinessDay)
    for have, want in zip_longest(filled, business_days.expected(connection)):
        if have != want:
            return str((have or want).date)
    return None


def _totals(connection: sqlite3.Connection) -> Iterator[Finding]:
    by_table: dict[str, list[totals.Difference]] = {table: [] for table in totals.checked_tables()}
    for difference in totals.check(connection):
        by_table[difference.table].append(difference)
    for table, differences in by_table.items():
        if not differences:
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            yield Finding("ok", table, f"agrees with a full recount ({plural(rows, '{n} row', '{n} rows')})")
        else:
            first = differences[0]
            yield Finding(
                "wrong",
                table,
                f"differs in {plural(len(differences), '{n} figure', '{n} figures')}, first at {_key(first.key)}: "
                f"{first.column} is {first.stored}, recounted {first.recounted}; ccmon doctor --rebuild",
            )


def _key(key: tuple[object, ...]) -> str:
    return " ".join(iso_minute(part, UTC) if isinstance(part, int) and part > DAY_MS else str(part) for part in key)


def _age(connection: sqlite3.Connection, at: int) -> Iterator[Finding]:
    database = Database(connection)
    newest = database.one_row("newest_moment", NewestMoment, {"until": at})
    ahead = database.one_row("newest_moment", NewestMoment, {"until": NEVER}).anything_at
    here = site_zone(connection)
    newest_at = newest.reported_at or newest.anything_at
    if newest_at:
        text = f"the newest is of {iso_minute(newest_at, here)}, {coarse(at - newest_at)} ago"
        restored = restored_at(database)
        if restored is not None and newest_at < restored:
            text += f", from the copy that was restored on {iso_minute(restored, here)}"
        if _is_old_import(database, newest_at, at):
            yield Finding("note", "data", f"{text}, and no switch is followed (alarms.import_age): import newer data")
        else:
            yield Finding("ok", "data", text)
    else:
        yield Finding("note", "data", NO_DATA)
    if ahead > at + CLOCKS_APART_MS:
        text = f"some is dated in the future, up to {iso_minute(ahead, here)}: a wrong clock, or a wrong date imported"
        yield Finding("note", "data", text)


def _is_old_import(database: Database, newest_at: int, at: int) -> bool:
    """Whether the alarm about the age of imported data stands."""
    if any(source.following for source in database.rows("sources", SourceRow)):
        return False
    since = quiet_since(opening_at(database, at), newest_at)
    return since is not None and at - since > read_site_limits(database).import_age_ms


def _sources(path: Path, connection: sqlite3.Connection, at: int, find_service: FindService) -> Iterator[Finding]:
    verdicts: dict[FollowState, CheckResult] = {FollowState.SILENT: "wrong", FollowState.QUIET: "note"}
    for feed in source_statuses(path, connection, at, find_service):
        counts = f", {plural(feed.records, '{n} record', '{n} records')}" if feed.records is not None else ""
        rejected = f", {feed.rejected} rejected" if feed.rejected else ""
        incomplete = f", {feed.incomplete_records} incomplete" if feed.incomplete_records else ""
        text = f"{feed.kind}{counts}{rejected}{incomplete}, {feed.text.removesuffix(ASK_DOCTOR)}"
        if feed.state == FollowState.SILENT and not feed.running and find_service(path, feed.name) is None:
            text += f". If it is to be followed no more: ccmon sources --retire {shlex.quote(feed.name)}"
        yield Finding(verdicts.get(feed.state, "ok"), f"source {feed.name}", text)


def _rejected_lines(connection: sqlite3.Connection) -> Iterator[Finding]:
    lines = Database(connection).pairs("count_rejected_lines")
    rejected, incomplete = lines.get(False, 0), lines.get(True, 0)
    if rejected:
        yield Finding(
            "note",
            "rejected lines",
            f"{plural(rejected, '{n} line', '{n} lines')} could not be understood; ccmon sources --rejected says why",
        )
    if incomplete:
        said = "record says a number" if incomplete == 1 else "records say a number"
        text = f"{incomplete} {said} that cannot be, and that number is not used; ccmon sources --rejected shows it"
        yield Finding("note", "incomplete records", text)
