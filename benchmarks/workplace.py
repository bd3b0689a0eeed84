"""A folder for one run: its databases, made once and copied, and a busy floor that writes into one of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks import databases, postgres
from benchmarks.terminal import Terminal, terminal_environment, wait_until

CCMON = Path(sys.executable).with_name("ccmon")
BARE_TEXTUAL = (sys.executable, "-m", "benchmarks.bare")
BARE_TYPER = (sys.executable, "-m", "benchmarks.bare_typer")
ROOT = Path(__file__).parent.parent


T = TypeVar("T")


class Floor(NamedTuple):
    """How large a measured floor is."""

    agents: int = 200
    history: int = 10_000
    today: int = 4_000


class BusyFloor(NamedTuple):
    """A floor that goes on."""

    log: Path
    follower: int
    """The process of `ccmon follow`."""


@dataclass
class Workplace:
    """Where one run keeps its files, and how much it measures."""

    folder: Path
    quick: bool = False
    everything: bool = False
    """Whether to measure what takes an hour."""
    seconds: float = 20
    """Length of a steady window."""
    keep: Path | None = None
    """Where databases stay for a later run of the same day."""
    resources: ExitStack = field(default_factory=ExitStack)
    """What is to be ended with the run."""
    _postgres: Path | str | None = None
    """The socket's folder, or why there is none; None: not asked for yet."""
    _copies: int = 0

    def amount(self, quick: T, usual: T, everything: T | None = None) -> T:
        """Return how much to measure in this run."""
        if self.quick:
            return quick
        return everything if self.everything and everything is not None else usual

    def new_path(self, suffix: str = ".db") -> Path:
        """Return a path of this run that nothing has."""
        self._copies += 1
        return self.folder / f"copy-{self._copies}{suffix}"

    def database(self, floor: Floor | None = None) -> Path:
        """Return a database of its own for a case."""
        copy = self.new_path()
        shutil.copyfile(self.template(floor or Floor()), copy)
        return copy

    def template(self, floor: Floor) -> Path:
        """Return the database that the others of its size are copied from."""
        folder = self.keep or self.folder
        template = folder / f"floor-{floor.agents}-{floor.history}-{floor.today}.db"
        if template.exists() and not databases.is_current(template):
            template.unlink()
        if not template.exists():
            unfinished = template.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            databases.build(unfinished, agents=floor.agents, history=floor.history, today=floor.today)
            unfinished.rename(template)
        return template

    @contextmanager
    def busy(self, database: Path, *, agents: int = 200, per_second: float = 5) -> Iterator[BusyFloor]:
        """A floor that goes on: a switch that writes a queue log, and `ccmon follow` that reads it."""
        log = database.with_suffix(".queue_log")
        log.touch()
        switch: list[str | Path] = [sys.executable, "-m", "benchmarks.traffic", "--log", log]
        switch += ["--agents", str(agents), "--per-second", str(per_second)]
        with self.followed(database, log) as follower:
            writer = subprocess.Popen(switch, stdin=subprocess.PIPE, cwd=ROOT, env=terminal_environment())  # noqa: S603
            try:
                wait_until(lambda: log.stat().st_size > 0)
                yield BusyFloor(log, follower)
            finally:
                writer.terminate()
                writer.wait()
                if writer.stdin:
                    writer.stdin.close()

    @contextmanager
    def followed(self, database: Path, log: Path) -> Iterator[int]:
        """A follower of a queue log; yields its process."""
        command: list[str | Path] = [CCMON, "follow", "queue-log", log, "--db", database]
        output = log.with_suffix(".follow.txt")
        with output.open("w") as file:
            follower = subprocess.Popen(  # noqa: S603
                command,
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                env=terminal_environment(),
                start_new_session=True,
            )
            try:
                yield follower.pid
                if follower.poll() is not None:
                    raise RuntimeError(output.read_text())
            finally:
                follower.terminate()
                follower.wait()

    def monitor(self, database: Path, *, size: tuple[int, int] = (120, 40)) -> Terminal:
        """Start a monitor in a terminal."""
        return Terminal([CCMON, "monitor", "--db", database], size=size)

    def bare(self) -> Terminal:
        """Start the bare Textual program in a terminal of the same size."""
        return Terminal(BARE_TEXTUAL, cwd=ROOT)

    @property
    def without_pg_activity(self) -> str:
        """Why pg_activity cannot be run; empty where it can."""
        if self._postgres is None:
            try:
                postgres.find_pg_activity()
                self._postgres = self.resources.enter_context(postgres.server())
            except (postgres.MissingError, OSError) as error:
                self._postgres = f"without pg_activity: {error}"
        return self._postgres if isinstance(self._postgres, str) else ""

    def pg_activity(self) -> Terminal | None:
        """Start pg_activity in a terminal of the same size; None where it is not there."""
        if self.without_pg_activity:
            return None
        assert isinstance(self._postgres, Path)  # noqa: S101 - no word of what is missing
        return postgres.terminal(self._postgres)
