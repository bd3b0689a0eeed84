"""A folder for one run: its databases, made once and copied, and a busy floor that writes into one of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import databases
from benchmarks.terminal import WATCHDOG_S, Terminal, terminal_environment

CCMON = Path(sys.executable).with_name("ccmon")
BARE = (sys.executable, "-m", "benchmarks.bare")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Floor:
    """How large a measured floor is."""

    agents: int = 200
    history: int = 10_000
    today: int = 4_000


@dataclass
class Workplace:
    """Where one run keeps its files, and how long it measures."""

    folder: Path
    quick: bool
    seconds: float
    _templates: dict[Floor, Path] = field(default_factory=dict)
    _copies: int = 0

    def database(self, floor: Floor | None = None) -> Path:
        """Return a database of its own for a case."""
        floor = floor or Floor()
        if floor not in self._templates:
            template = self.folder / f"floor-{floor.agents}-{floor.history}-{floor.today}.db"
            databases.build(template, agents=floor.agents, history=floor.history, today=floor.today)
            self._templates[floor] = template
        self._copies += 1
        copy = self.folder / f"copy-{self._copies}.db"
        copy.write_bytes(self._templates[floor].read_bytes())
        return copy

    @contextmanager
    def busy(self, database: Path, *, agents: int = 200, per_second: float = 5) -> Iterator[Path]:
        """A floor that goes on: a switch that writes a queue log and `ccmon follow` that reads it; yields the log."""
        log = database.with_suffix(".queue_log")
        log.touch()
        switch: list[str | Path] = [sys.executable, "-m", "benchmarks.traffic", "--log", log]
        switch += ["--agents", str(agents), "--per-second", str(per_second)]
        follow: list[str | Path] = [CCMON, "follow", "queue-log", log, "--db", database]
        with log.with_suffix(".follow.txt").open("w") as told:
            env = terminal_environment()
            follower = subprocess.Popen(follow, stdout=told, stderr=told, stdin=subprocess.DEVNULL, env=env)  # noqa: S603
            writer = subprocess.Popen(switch, stdin=subprocess.PIPE, cwd=ROOT, env=env)  # noqa: S603
            try:
                wait_until(lambda: log.stat().st_size > 0 or follower.poll() is not None)
                if follower.poll() is not None:
                    raise RuntimeError(Path(told.name).read_text())
                yield log
            finally:
                for process in (writer, follower):
                    process.terminate()
                    process.wait()
                if writer.stdin:
                    writer.stdin.close()

    def monitor(self, database: Path, *, size: tuple[int, int] = (120, 40)) -> Terminal:
        """Start a monitor in a terminal."""
        return Terminal([CCMON, "monitor", "--db", database], size=size)

    def bare(self) -> Terminal:
        """Start the bare Textual program in a terminal of the same size."""
        return Terminal(BARE, cwd=ROOT)


def wait_until(condition: Callable[[], bool], *, seconds: float = WATCHDOG_S) -> None:
    """Wait for a condition of another process.

    Raises:
        TimeoutError: it did not come about in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come about")
        time.sleep(0.01)
