"""Follow a queue log: what is written into it is in the database a tenth of a second later.

Position and rows are committed together, so that however a follower ends, even by a kill, the next resumes at the last
commit. The log may be rotated in every way that Asterisk and its administrators use: by rename, with the engine still
writing into the moved file until it reloads; by the engine itself to ``queue_log.0``; by copy and truncate.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ccmon.database import sqlite_errors
from ccmon.database.connection import file_identity
from ccmon.database.errors_of_followers import note_error
from ccmon.database.source_records import FaultyRecord, RecordFaultError, is_of_a_record, unexpected_error_reason
from ccmon.database.stored_parts_keeper import StoredPartsKeeper
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError, os_error
from ccmon.real_time import real_now
from ccmon.sources.faulty_record_reporter import FaultyRecordReporter
from ccmon.sources.queue_log import tail
from ccmon.sources.queue_log.import_files import KIND
from ccmon.sources.queue_log.ingester import LogIngester
from ccmon.sources.queue_log.members import ConfiguredMember, write_aliases
from ccmon.sources.queue_log.tail import FollowedLog, LogPosition
from ccmon.sources.stop import Stop
from ccmon.time_units import MINUTE_MS

POLL_S = 0.1
"""Seconds between two looks at the log."""

_HEARTBEAT_S = 5.0
_RETRY_S = 1.0
_BLOCK = 1 << 18
_BULK = 1 << 22
_STEP_LINES = 50_000
_STEP_S = 2.0
"""Lines and seconds after which a follower that catches up commits, so that it has made progress even if killed."""
_LATE_MS = MINUTE_MS
"""A heartbeat advances the log's clock to this long ago: lines may be written late."""

Say = Callable[[str], object]


class Follower:
    """Follows one log until told to stop."""

    _kind = KIND

    def __init__(
        self,
        database_path: Path,
        log: Path,
        *,
        source: str,
        say: Say,
        encoding: str = "utf-8",
        members: list[ConfiguredMember] | None = None,
    ) -> None:
        """Open the database. The log need not be there yet; ``say`` is called with a sentence for a person.

        Raises:
            CcmonError: the database cannot be opened, or this source has a writer already, or the log is a directory.
        """
        if log.is_dir():
            raise CcmonError(f"{log} is a directory; name the queue log in it.")
        self._database = database_path
        self._path = log.absolute()
        self._source = source
        self._say = say
        self._on_rejected = FaultyRecordReporter(say)
        self._savepoint_per_record = False
        self._encoding = encoding
        self._members = members or []
        self.stopping = Stop()
        self._log: FollowedLog | None = None
        self._siblings: set[tuple[int, int] | None] = set()
        self._heartbeat_at = 0.0
        self._last_news_at = time.monotonic()
        """When the log last had anything new."""
        self._open()

    def run(self) -> None:
        """Follow until asked to stop (`stopping`).

        Raises:
            CcmonError: the database is gone, or cannot be written any more for a reason other than a lock.
        """
        try:
            self._with_retries(self._resume)
            with StoredPartsKeeper(self._database):
                while not self.stopping.asked:
                    if not self._with_retries(self._poll):
                        self.stopping.wait(POLL_S)
            if not self._broken:
                self._with_retries(self._finish)
        finally:
            self._writer.close()
            if self._log is not None:
                self._log.close()

    def _complete_until(self) -> int:
        """The moment up to which everything of the source is known; for a file just looked at, now."""
        return real_now()

    def _open(self) -> None:
        self._writer = Writer(
            self._database,
            source=self._source,
            kind=self._kind,
            origin=str(self._path),
            following=True,
            on_rejected=self._on_rejected,
        )
        self._ingester = LogIngester(self._writer, encoding=self._encoding, any_file=True)
        self._writer.savepoint_per_record = self._savepoint_per_record
        self._broken = False
        self._is_partial = False
        """Whether the last step ended where the rest of the file may be known already."""
        self._partial_state: dict[str, Any] | None = None
        """What the ingester needs to resume, if the very last commit was within such a file."""

    def _with_retries(self, step: Callable[[], bool]) -> bool:
        """Do a step; after an error of the database wait, go back to the last commit and do it again."""
        said = False
        while True:
            try:
                if self._broken:
                    self._reopen()
                return step()
            except _StoppedError:
                return False
            except RecordFaultError:
                self._broken = self._savepoint_per_record = True
                continue
            except sqlite3.Error as error:
                reason = sqlite_errors.explain(self._database, error)
            except _UnavailableError as error:
                reason = str(error)
            except OSError as error:
                reason = os_error(f"{error.filename or self._path} cannot be read", error)
            except Exception as error:
                if not is_of_a_record(error):
                    raise
                reason = f"what {self._path} tells {unexpected_error_reason(error)}."
            self._broken = True
            if not said:
                self._say(f"{reason} Trying again until it works.")
                note_error(self._database, self._source, reason.removesuffix("."))
                said = True
            if self.stopping.wait(_RETRY_S):
                return False

    def _reopen(self) -> None:
        self._writer.close()
        try:
            self._open()
        except CcmonError as error:
            raise _UnavailableError(str(error)) from error
        self._resume()

    # Resuming

    def _resume(self) -> bool:
        """Go to the position of the last commit, in whatever file it is now."""
        write_aliases(self._writer, self._members)
        stored = self._writer.position or {}
        position = LogPosition.from_json(stored) or LogPosition()
        # Only after this follower's own last commit is everything surely new: there may have been an import since.
        known = self._ingester.ranges_digest()
        trusted = stored.get("known") == known
        partial = stored.get("partial")
        self._partial_state = None
        if partial is not None and partial["known"] == known:
            position, self._partial_state = LogPosition.from_json(partial) or position, partial["ingester"]
        if self._writer.position is None:
            self._ingest_rotated_since_import()
        current = tail.open_log(self._path)
        if current is None and not position.offset:
            self._say(f"{self._path} is not there yet; waiting for it.")
        elif current is None or not current.holds(position):
            followed = stored.get("file", str(self._path))
            if self._ingest_rotated(position, trusted=trusted):
                pass
            elif followed != str(self._path):
                self._say(
                    f'The source "{self._source}" was {followed} until now; {self._path} is read from its beginning. '
                    "If that is another switch's, give it a name of its own with --source."
                )
            else:
                self._say(
                    f"{self._path} was rotated while nobody followed it, and the part before was not found beside it: "
                    f"take it in with `ccmon import queue-log` while no follower runs."
                )
            position, trusted, self._partial_state = LogPosition(), False, None
        self._change_to(current)
        if current is not None:
            self._resume_at(current, position)
            self._ingest(trusted=trusted and position.offset > 0)
        return True

    def _ingest_rotated_since_import(self) -> None:
        """Ingest what was written between an import and the first follower, if it has been rotated away since."""
        last_known_at = self._ingester.last_known_at
        if last_known_at is None:
            return
        for path in tail.rotated(self._path):
            try:
                written_at, log = path.stat().st_mtime * 1000, FollowedLog(path)
            except OSError:
                continue
            if written_at >= last_known_at + 1000:
                self._change_to(log)
                self._ingest(trusted=False)
                self._reject_unfinished_line()
            else:
                log.close()

    def _ingest_rotated(self, position: LogPosition, *, trusted: bool) -> bool:
        """Read on in the rotated file with the position, and in later ones. Returns whether there was such a file."""
        found = False
        for path in tail.rotated(self._path):
            try:
                log = FollowedLog(path)
            except OSError:
                continue
            if file_identity(self._path) == log.identity or not (found or log.holds(position)):
                log.close()
                continue
            self._change_to(log)
            if not found:
                self._resume_at(log, position)
            self._ingest(trusted=trusted and not found)
            self._reject_unfinished_line()
            found = True
        return found

    def _resume_at(self, log: FollowedLog, position: LogPosition) -> None:
        log.position = position
        if self._partial_state is not None:
            self._ingester.begin(str(self._path), line=position.line)
            self._ingester.resume(self._partial_state)
            self._is_partial, self._partial_state = True, None

    # Live

    def _poll(self) -> bool:
        """Ingest what is new; return whether there was anything."""
        self._writer.connection.check()
        log = self._log
        if log is None:
            self._change_to(tail.open_log(self._path))
            return self._log is not None and self._ingest(trusted=False)
        found = file_identity(self._path)
        if found in {None, log.identity} and not log.has_news():
            self._heartbeat()
            return False
        if not log.position.offset:
            self._ingest_new_siblings(log)
        if not log.holds(log.position):
            self._ingest_rotated(log.position, trusted=True)
            return self._ingest_new_file()
        rotated = found not in {None, log.identity} and not tail.is_empty(self._path)
        if log.has_news() and self._ingest(trusted=True):
            return True
        if rotated:
            self._reject_unfinished_line()
            self._ingest_new_siblings(log)
            return self._ingest_new_file()
        self._heartbeat()
        return False

    def _ingest_new_siblings(self, log: FollowedLog) -> None:
        """Ingest files that have appeared beside a log since it was opened.

        If it was truncated before anything of it was read, that is its copy; if rotated twice, the part in between.
        """
        for path in tail.rotated(self._path):
            if file_identity(path) not in {*self._siblings, log.identity}:
                self._log = FollowedLog(path)
                self._ingest(trusted=False)
                self._log.close()
        self._log = log
        self._note_siblings()

    def _note_siblings(self) -> None:
        self._siblings = {file_identity(path) for path in tail.rotated(self._path)}

    def _ingest_new_file(self) -> bool:
        """Read the file of our name, which is a new one now, from its beginning. It may repeat what is known."""
        self._change_to(tail.open_log(self._path))
        return self._log is not None and self._ingest(trusted=False)

    def _ingest(self, *, trusted: bool) -> bool:
        """Ingest what is after the position, step by step; return whether there was anything. ``trusted``: all is new.

        Raises:
            _StoppedError: asked to stop before the end was reached.
        """
        log = self._log
        if log is None or not self._ingest_step(log, trusted=trusted):
            return False
        while self._ingest_step(log, trusted=True):
            pass
        return True

    def _ingest_step(self, log: FollowedLog, *, trusted: bool) -> bool:
        """Ingest a part of what is after the position, in one transaction; return whether there was anything.

        Once past all that is known, the rest of the file is new. Before that, the rest may be known. A follower killed
        there resumes within the file; if an import ran since, the file is read again from the earlier position, and
        what is known by then is skipped.
        """
        began, before, records = time.monotonic(), log.position, self._ingester.counts.records
        lines = log.read(_BLOCK)
        if not lines:
            return False
        try:
            with self._writer.transaction(bulk=log.size - before.offset > _BULK):
                if not self._is_partial:
                    self._ingester.begin(str(self._path), line=before.line, trusted=trusted)
                is_long = is_news = False
                while lines:
                    self._ingester.ingest(lines)
                    self._writer.flush()
                    is_news = self._ingester.is_after_known
                    # Known records are skipped in one go: a commit would gain nothing.
                    new = self._ingester.counts.records - records
                    is_long = new >= _STEP_LINES or (new > 0 and time.monotonic() - began >= _STEP_S)
                    is_long = is_long or self.stopping.asked
                    lines = [] if is_long else log.read(_BLOCK)
                self._is_partial = is_long and not is_news
                self._commit(log.position)
            self._savepoint_per_record = self._writer.savepoint_per_record = False
        except BaseException:
            self._broken = True
            raise
        if self.stopping.asked and log.has_more():
            raise _StoppedError
        return True

    def _commit(self, position: LogPosition) -> None:
        """End a transaction by writing what is known now, and the position reached."""
        self._ingester.finish()
        self._writer.flush()
        stored = {**position.as_json(), "known": self._ingester.ranges_digest(), "file": str(self._path)}
        if self._is_partial:
            partial = {**stored, "ingester": self._ingester.carried_state()}
            stored = {**(self._writer.position or {}), "partial": partial}
        self._writer.write_source(position=stored, checked_at=self._complete_until())
        self._ingester.write()
        self._heartbeat_at = self._last_news_at = time.monotonic()

    def _reject_unfinished_line(self) -> None:
        """Reject the last line of a finished log if it has no end: it will never get one."""
        rest = self._log.unfinished() if self._log is not None else b""
        if rest and self._log is not None:
            content = rest.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
            self._writer.report_faulty(
                FaultyRecord(str(self._path), self._log.position.line + 1, "has no end", content)
            )

    def _change_to(self, log: FollowedLog | None) -> None:
        if self._log is not None and self._log is not log:
            self._log.close()
            self._log = None
        self._log = log
        self._is_partial = False
        self._note_siblings()

    def _heartbeat(self) -> None:
        """Record from time to time that there is nothing new, so that the age of the data is known."""
        if self._log is not None and time.monotonic() - self._heartbeat_at >= _HEARTBEAT_S:
            with suppress(FileNotFoundError):
                self._path.stat()  # who may not look does not see a rotation either
            # The log's own clock: a log delayed by hours reports on that time, and its calls have not ended since.
            quiet_ms = round((time.monotonic() - self._last_news_at) * 1000)
            self._writer.state_machine.end_orphaned_by(self._writer.state_machine.now + quiet_ms - _LATE_MS)
            self._writer.commit(checked_at=self._complete_until())
            self._heartbeat_at = time.monotonic()

    def _finish(self) -> bool:
        self._writer.commit()
        return True


class _UnavailableError(Exception):
    """The database cannot be opened just now."""


class _StoppedError(Exception):
    """Asked to stop in the middle of a file."""
