"""Starts the floor process, for whoever shows the floor, and clears up after it on every way out.

The floor process ends when the pipe to its standard input closes, which the system does however this process ends, and
it takes the temporary directory with it.
"""

from __future__ import annotations

import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ccmon.errors import CcmonError
from ccmon.subprocesses import command

ENDED_EARLY = "The simulated floor ended before the screen did: "
ENDS_WITHIN_S = 3.0
"""The floor process ends by itself within this, or is ended."""


class FloorProcess:
    """A running simulated floor."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes], directory: Path | None) -> None:
        self._process = process
        self._complaints = complaints
        self._directory = directory

    def is_living(self) -> bool:
        """Whether the floor can be looked at by now.

        Raises:
            CcmonError: it has ended instead.
        """
        if self._process.stdout is None or not select.select([self._process.stdout], [], [], 0)[0]:
            return False
        if not self._process.stdout.readline():
            raise CcmonError(f"The simulated floor did not start: {self.why_ended()}")
        return True

    def why_ended(self) -> str | None:
        """Why the floor is not living any more; None while it is."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.05)
        status = self._process.poll()
        if status is None:
            return None
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return lines[-1] if lines else f"its process ended with {how}"

    def left(self, status: int) -> int:
        """For whoever must be gone at once: say why the floor has ended, if it has, and clear up in its place.

        A living floor ends and clears up by itself. Returns the exit status to end with.
        """
        reason = self.why_ended()
        if reason is None:
            return status
        sys.stderr.write(f"ccmon: {ENDED_EARLY}{reason}\n")
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
        return status or 1

    def end(self) -> None:
        """End the floor: kindly, then not."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._complaints.close()


def _check_or_create(path: Path, time_zone: str) -> None:
    # Imported only here: a floor without a path of its own must not wait for it.
    from ccmon.database import database_file  # noqa: PLC0415
    from ccmon.simulator.history import check_may_be_filled  # noqa: PLC0415

    if path.exists():
        check_may_be_filled(path)
    else:
        database_file.create(path, time_zone=time_zone)


@contextmanager
def floor(
    path: Path | None, *, time_zone: str, agents: int, seed: int, speed: float, days: int
) -> Iterator[tuple[Path, FloorProcess]]:
    """A simulated floor that lives inside the context, in a database that goes with it if no path is given.

    Raises:
        CcmonError: the database cannot be made, or holds other data.
    """
    directory = Path(tempfile.mkdtemp(prefix="ccmon-demo-")) if path is None else None
    try:
        where = path if path is not None else Path(str(directory)) / "calls.db"
        if path is not None:
            _check_or_create(path, time_zone)
        options = {"--agents": agents, "--seed": seed, "--speed": speed, "--days": days, "--time-zone": time_zone}
        words = [text for name, value in options.items() for text in (name, str(value))]
        words += ["--remove", str(directory)] if directory is not None else []
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the floor ends)
        process = subprocess.Popen(  # noqa: S603 (our own module)
            command("ccmon.simulator", str(where), *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )
        running = FloorProcess(process, complaints, directory)
        try:
            yield where, running
        finally:
            running.end()
    finally:
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
