"""Reads what is too costly for a poll in a thread of its own, so that no poll waits for it.

It is read again when the database has changed, at most every half minute (once sooner, so that monitors that were
started together do not all read at once), and at most so often that it takes one hundredth of the time; when names,
teams or quotas have changed, at once, though in at most a tenth of the time.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import astuple

from ccmon.database.change_log import ALL_PARTS, PARTS_OF_TODAY, TouchedParts, touched_by_now
from ccmon.database.database_file import open_reader
from ccmon.database.driver import Database
from ccmon.database.floor_reader import read_directory
from ccmon.database.moments import read_site_and_day
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.sqlite_errors import translate_errors
from ccmon.errors import CcmonError
from ccmon.freed_memory import give_back_freed_memory
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.input_cache import InputCache
from ccmon.time_units import HOUR_MS

if TYPE_CHECKING:
    from ccmon.snapshot.periodic import PeriodicFigures
    from ccmon.snapshot.periodic_data import PeriodicData

EVERY_S = 30.0
SOONEST_S = 15.0
"""How soon after the first reading the second may be: at different times in monitors that were started together."""
RETRY_S = 5.0
"""How soon a reading that failed is tried again."""
SHARE = 0.01
"""The largest share of the time that reading may take."""
SHARE_OF_EDITS = 0.1
"""The share while somebody edits the directory: the poll's figures already use the new one."""
GIVES_WAY_S = 0.0001
"""The interval for switching threads while it reads: a poll releases the interpreter at each row, and would otherwise
wait 5 ms to get it back, a thousand times."""
SHORT_S = 0.05
"""A reading that takes no more processor time may hold up a poll."""
SHORT_PARTS = PARTS_OF_TODAY - {"calls_of_day", "lost_callers"}
"""Parts that are read quickly."""
GIVES_BACK_EVERY_S = 600.0
"""How often memory is given back after short readings, which free little."""
FIRST_FRAME_S = 0.2
"""How long the first reading waits: a screen about to show its first frame needs the interpreter itself."""
GOLDEN_RATIO = 0.618034
_one_reading = threading.Lock()
"""The switch interval is process-wide: overlapping readings would restore each other's value."""


class _LastReading(NamedTuple):
    """What was read last."""

    at: int | None
    """The moment asked for; None: now."""
    version: int | None
    """The database's version; None: the reading failed, and the figures are those of the one before."""
    figures: PeriodicFigures | None
    """None: they could not be read."""


def _share_of_process() -> float:
    """A number of 0 to 1: of processes that were started one after the other, evenly spread ones."""
    return os.getpid() * GOLDEN_RATIO % 1


def _all_touched() -> TouchedParts:
    return TouchedParts(ALL_PARTS, 0)


class PeriodicPoller:
    """Reads the periodic figures of one database when asked to, one reading at a time."""

    def __init__(self, path: Path, own_limits: Mapping[str, int] = NO_LIMITS) -> None:
        """Read beside polls of a person with own limits of alarms (`AlarmLimits.own`)."""
        self._path = path
        self._own_limits = own_limits
        self._cache = ReadingCache()
        self._lend: Callable[[], AbstractContextManager[Database]] | None = None
        self._directory: Directory | None = None
        self._date: str | None = None
        """The date of the directory."""
        self._figures_cache = InputCache()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._stopped = threading.Event()
        self._last: _LastReading | None = None
        self._failure: Exception | None = None
        """An error that ended a reading and is not the database's."""
        self._next_s = self._next_after_edit_s = 0.0
        self._gives_back_next_s = 0.0
        self._spent_s = 0.0
        """The processor time of the last reading."""
        self._directory_of_polls: Directory | None = None
        """The polls' directory when figures were last asked for."""
        self._same_directory: tuple[Directory, Directory] | None = None
        """A directory read by the polls and one used for the figures, which are known to be equal."""

    def latest(
        self,
        at: int | None,
        moment: int,
        version: int,
        *,
        complete: bool = True,
        directory: Directory | None = None,
        take_touched_parts: Callable[[], TouchedParts] = _all_touched,
        lend: Callable[[], AbstractContextManager[Database]] | None = None,
    ) -> PeriodicFigures | None:
        """The last figures read for ``at`` (None: now); starts another reading if it is time for one.

        Args:
            at: the moment looked back to, or None for now.
            moment: the moment that is shown.
            version: the database's version; nothing is read again while it stays the same.
            complete: whether the rows of the past are complete; what was read before that is read again at once.
            directory: the poll's directory; what was read with a different one is read again at once.
            take_touched_parts: gives the parts of the rows touched since they were read.
            lend: lends the polls' database for a short reading, which saves opening another; None: it is not lent.

        Raises:
            Exception: an error of a reading that is not the database's; after those of the database it tries again.
        """
        self._lend, self._directory_of_polls = lend, directory
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        last = self._last if self._last is not None and self._last.at == at else None
        fresh = last is not None and self._is_fresh(last, moment, version, complete=complete, directory=directory)
        if not fresh and not self._stopped.is_set() and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(
                target=self._work, args=(at, moment, version, take_touched_parts()), daemon=True
            )
            self._thread.start()
        return None if last is None else last.figures

    def _is_fresh(
        self, last: _LastReading, moment: int, version: int, *, complete: bool, directory: Directory | None
    ) -> bool:
        """Whether nothing need be read again yet."""
        now_s, figures = time.monotonic(), last.figures
        if now_s >= self._next_s and (figures is None or last.version != version):
            return False
        if figures is None or last.version is None:  # a reading failed: the next one has its time
            return True
        rows = figures.rows
        if not rows.day.starts_at <= moment < rows.day.ends_at or complete is not (rows.finished is not None):
            return False
        return now_s < self._next_after_edit_s or self._is_of(directory, rows.directory)

    def _is_of(self, now: Directory | None, read: Directory) -> bool:
        """Whether the figures use the directory that the polls read."""
        if now is None or now is read:
            return True
        known = self._same_directory
        if known is None or known[0] is not now or known[1] is not read:
            if astuple(now) != astuple(read):
                return False
            self._same_directory = now, read
        return True

    def wait(self) -> None:
        """Wait for the reading under way, if any."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Release the database; a reading under way ends."""
        self._stopped.set()
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.interrupt()

    def _work(self, at: int | None, moment: int, version: int, touched: TouchedParts) -> None:
        if self._last is None and self._stopped.wait(FIRST_FRAME_S):
            return
        began_s = time.thread_time()
        figures: PeriodicFigures | None = None
        soonest_s = EVERY_S
        with _one_reading:
            if self._stopped.is_set():  # while it waited for another reading
                return
            usual_s = sys.getswitchinterval()
            sys.setswitchinterval(GIVES_WAY_S)
            try:
                figures = self._figures(moment, touched, is_latest=at is None)
            except CcmonError:
                soonest_s = min(EVERY_S, RETRY_S)  # an error of the database: the floor's poll reports it
            except Exception as error:  # raised by `latest`, where somebody sees it
                self._failure = error
            finally:
                sys.setswitchinterval(usual_s)
        if time.monotonic() >= self._gives_back_next_s:
            give_back_freed_memory()
            self._gives_back_next_s = time.monotonic() + GIVES_BACK_EVERY_S
        spent_s = time.thread_time() - began_s
        self._spent_s = spent_s
        if figures is None:
            self._cache, self._date = ReadingCache(), None  # what was touched has not been read again
        now_s, last = time.monotonic(), self._last
        if last is None:
            soonest_s = min(soonest_s, SOONEST_S + _share_of_process() * SOONEST_S)
        self._next_s = now_s + max(soonest_s, spent_s / SHARE)
        self._next_after_edit_s = now_s + spent_s / SHARE_OF_EDITS
        if self._stopped.is_set():
            return
        if figures is not None:
            self._last = _LastReading(at, version, figures)
        else:
            self._last = _LastReading(at, None, last.figures if last is not None and last.at == at else None)

    def _figures(self, moment: int, touched: TouchedParts, *, is_latest: bool) -> PeriodicFigures:
        # Not before the first frame, which needs none of these figures.
        from ccmon.snapshot.periodic import periodic_figures  # noqa: PLC0415

        with translate_errors(self._path):
            rows = None
            if self._lend is not None and is_latest and self._may_be_short(moment):
                with self._lend() as database:
                    rows = self._rows(database, moment, touched, is_latest=True, only_if_short=True)
            if rows is None:
                self._gives_back_next_s = 0.0
                with self._open() as database:
                    rows = self._rows(database, moment, touched, is_latest=is_latest)
        assert rows is not None  # noqa: S101 - it has a connection of its own
        return periodic_figures(rows, self._figures_cache)

    def _rows(
        self, database: Database, moment: int, touched: TouchedParts, *, is_latest: bool, only_if_short: bool = False
    ) -> PeriodicData | None:
        """The rows; None, with nothing changed, if they are asked for only if little must be read, and it is much."""
        from ccmon.database.periodic_reader import counts_few_calls, read_periodic_data  # noqa: PLC0415

        self._connection = database.connection
        try:
            if self._stopped.is_set():  # before there was a connection to interrupt
                raise CcmonError("The reading was stopped.")
            with database.read_transaction():
                site, day = read_site_and_day(database, moment)
                touched = touched_by_now(database, touched, day)
                is_short = touched.parts <= SHORT_PARTS and counts_few_calls(self._cache, touched)
                if only_if_short and not is_short:
                    return None
                self._cache.drop(touched)
                return read_periodic_data(
                    database,
                    moment,
                    # What is cached of an hour is as known by now; at an earlier moment of it, less was known.
                    self._cache if is_latest else ReadingCache(is_reused=False),
                    site=site,
                    day=day,
                    directory=self._directory_of(database, day.date, touched),
                    is_latest=is_latest,
                )
        finally:
            self._connection = None

    def _directory_of(self, database: Database, date: str, touched: TouchedParts) -> Directory:
        """Names and quotas of a date; the same object as before, or the polls', while equal: much rests on it."""
        if self._directory is None or self._date != date or touched.parts >= ALL_PARTS:
            directory = read_directory(database, date, self._own_limits)
            known = (each for each in (self._directory, self._directory_of_polls) if each is not None)
            self._directory = next((each for each in known if astuple(each) == astuple(directory)), directory)
            self._date = date
        return self._directory

    def _may_be_short(self, moment: int) -> bool:
        """Whether so little may have to be read again that polls may wait for it: what is touched decides."""
        last = self._last
        return (
            last is not None
            and last.version is not None
            and last.figures is not None
            and last.at is None
            and last.figures.rows.at // HOUR_MS == moment // HOUR_MS
            and self._spent_s <= SHORT_S
        )

    @contextmanager
    def _open(self) -> Iterator[Database]:
        connection = open_reader(self._path)
        try:
            yield Database(connection)
        finally:
            connection.close()
