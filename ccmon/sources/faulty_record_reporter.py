"""Reports which records were set aside, without flooding the reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ccmon.database.source_records import FaultyRecord

QUIET_S: Final = 60.0
"""Least time between two reports; records in between are counted in the next one."""


class FaultyRecordReporter:
    """Says in a sentence what was set aside. The table ``rejected_lines`` holds all of it."""

    def __init__(self, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._said_at: float | None = None
        self._unsaid = 0

    def __call__(self, record: FaultyRecord) -> None:
        """Report a record that was set aside, or that went in without one of its numbers."""
        now = self._clock()
        if self._said_at is not None and now - self._said_at < QUIET_S:
            self._unsaid += 1
            return
        where = record.file or "a record"
        number = f", line {record.line}" if record.line is not None else ""
        became = "went in without a number" if record.taken_in else "was set aside"
        before = f" {self._unsaid:,} more came before it." if self._unsaid else ""
        self._say(f"{where}{number} {became}: {record.reason}.{before} ccmon sources --rejected shows it.")
        self._said_at, self._unsaid = now, 0
