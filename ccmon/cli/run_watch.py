"""Runs ``ccmon status --watch``: a line of JSON for each change, or each so many seconds."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon import settings
from ccmon.cli.line_output import LineOutput
from ccmon.cli.live_readings import LiveReadings
from ccmon.cli.run_status import refuse_unknown
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.report.changes import ChangeDetector
from ccmon.report.json_writer import as_line
from ccmon.snapshot.narrow import Filters
from ccmon.sources.stop import Stop

POLL_S = 1.0
"""How often a change is looked for."""


def run_watch(
    db: Path | None, *, every_s: float | None = None, only: Collection[str] | None = None, filters: Filters
) -> None:
    """Write lines until a signal comes, or nobody reads them any more.

    Args:
        db: the database; None: as the settings say.
        every_s: seconds between two lines; None: a line for each change.
        only: the keys that are written, and compared; None: all.
        filters: what is shown.

    Raises:
        CcmonError: the database cannot be read at the beginning, or a given name does not exist.
    """
    gc.enable()  # unlike the other forms of the command, this one stays
    path, stop = database_path(db), Stop()
    with stop.on_signals(), LiveReadings(path, settings.load(db).alarms, filters) as floor:
        refuse_unknown(path, floor.read_all(whole=True), filters)
        # Who asks seldom would get what was begun to be read when he asked before.
        read = partial(floor.read, whole=every_s is not None)
        _Watch(read, LineOutput(sys.stdout.fileno(), stop), every_s=every_s, only=only).run()


class _Watch:
    """Writes lines about what is read."""

    def __init__(
        self,
        read: Callable[[], FloorSnapshot],
        output: LineOutput,
        *,
        every_s: float | None = None,
        only: Collection[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._output = output
        self._every_s = every_s
        self._only = only
        self._changes = ChangeDetector(only)
        self._zone: ZoneInfo | None = None
        """The site's, once it is known."""
        self._error: str | None = None
        """Why the last reading failed; None: it did not."""

    def run(self) -> None:
        """Write them until the output has ended. What takes too long leaves out a line, and is not caught up with."""
        period_s = POLL_S if self._every_s is None else self._every_s
        due_s = self._clock()
        while not self._output.ended:
            line = self._line()
            if line is not None:
                self._output.write(line)
            now_s = self._clock()
            due_s = max(due_s + period_s, now_s)
            self._output.wait(due_s - now_s)

    def _line(self) -> str | None:
        """The next line; None: nothing has changed."""
        try:
            snapshot = self._read()
        except CcmonError as error:
            return self._line_of_error(str(error))
        had_failed, self._error = self._error is not None, None
        self._zone = ZoneInfo(snapshot.time_zone)
        if self._every_s is None and not self._changes.has_changed(snapshot) and not had_failed:
            return None
        return as_line(snapshot, self._only)

    def _line_of_error(self, sentence: str) -> str | None:
        before, self._error = self._error, sentence
        if self._every_s is None and sentence == before:
            return None
        at = datetime.fromtimestamp(real_now() // 1000, self._zone or UTC)
        return json.dumps({"at": at.isoformat(), "error": sentence})
