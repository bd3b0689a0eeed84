"""A monitor whose seconds have no length: it polls and draws again and again, each time after one agent's change.

    python -m benchmarks.fast_motion --db FILE --polls N --seconds N --report FILE

Writes how its memory grew, as JSON, when so many polls are made or the seconds are over, and goes on until it is ended.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.polls import change_agent
from benchmarks.usage import proportional_set_size_mib
from ccmon import monitor
from ccmon.database import database_file
from ccmon.database.live_reader import LiveReader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.monitor import app

WARM_POLLS = 300
WARM_S = 40.0
"""After both, what is kept is there: from poll to poll, and of two readings of the periodic figures, 30 s apart."""


@dataclass
class Meter:
    """Counts polls, and notes the memory after the first ones and after the last."""

    report: Path
    polls: int
    seconds: float
    _began: float = field(default_factory=time.monotonic)
    _count: int = 0
    _cold: int = 0
    _warm_mib: float = 0.0
    _warm_s: float = 0.0
    _warm_at: float = 0.0

    def count(self) -> int:
        """Count a poll; return its number."""
        self._count += 1
        if not self._cold:
            if self._count >= WARM_POLLS and time.monotonic() - self._began >= WARM_S:
                self._cold = self._count
                self._warm_mib, self._warm_s, self._warm_at = _memory_mib(), time.process_time(), time.monotonic()
            return self._count
        if self.report.exists():
            return self._count
        made = self._count - self._cold
        if made >= self.polls or time.monotonic() - self._warm_at > self.seconds:
            measured = {
                "polls": made,
                "growth_mib": _memory_mib() - self._warm_mib,
                "processor_ms": (time.process_time() - self._warm_s) * 1000 / made,
            }
            unfinished = self.report.with_suffix(".part")
            unfinished.write_text(json.dumps(measured))
            unfinished.rename(self.report)
        return self._count


def _memory_mib() -> float:
    return proportional_set_size_mib(os.getsid(0))


def main() -> None:
    """Show the monitor until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--polls", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--report", type=Path, required=True)
    arguments = parser.parse_args()
    meter = Meter(arguments.report, arguments.polls, arguments.seconds)
    writer = database_file.open_writer(arguments.db)
    writer.execute("PRAGMA cache_size = -256")  # what it keeps of a growing file is no monitor's memory
    snapshot = LiveReader.snapshot

    async def after_a_change(self: LiveReader, at: int | None = None) -> FloorSnapshot:
        change_agent(writer, meter.count())
        return await snapshot(self, at)

    LiveReader.snapshot = after_a_change  # type: ignore[method-assign]
    app.TICK_OFFSET_S = 0.0
    monitor.run(arguments.db, refresh_s=0.001)


if __name__ == "__main__":
    main()
