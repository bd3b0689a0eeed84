"""Starts the floor process for a program that shows the floor, and removes what it leaves, however it ends.

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
from json import dumps
from pathlib import Path
from typing import IO, NamedTuple

from ccmon.errors import CcmonError
from ccmon.subprocesses import command

ENDED_EARLY = "The simulated floor ended before the screen did: "
ENDS_WITHIN_S = 3.0
"""The floor process is killed if it has not ended by itself within this."""


class FloorProcess(NamedTuple):
    """A running simulated floor."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    directory: Path | None
    """A directory to be removed after the process ends; None: none."""

    def is_ready(self) -> bool:
        """Whether the floor can be shown already.

        Raises:
            CcmonError: it has ended instead.
        """
        if self.process.stdout is None or not select.select([self.process.stdout], [], [], 0)[0]:
            return False
        if not self.process.stdout.readline():
            raise CcmonError(f"The simulated floor did not start: {self.exit_reason()}")
        return True

    def exit_reason(self) -> str | None:
        """Why the process has ended; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(0.05)
        status = self.process.poll()
        if status is None:
            return None
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return lines[-1] if lines else f"its process ended with {how}"

    def on_forced_exit(self, status: int) -> int:
        """For a program that must exit at once: print why the process has ended, if it has, and clean up for it.

        A running process ends and cleans up by itself. Returns the exit status to end with.
        """
        reason = self.exit_reason()
        if reason is None:
            return status
        sys.stderr.write(f"ccmon: {ENDED_EARLY}{reason}\n")
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)
        return status or 1

    def stop(self) -> None:
        """End the process: by closing its standard input, then by a signal."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.errors.close()


@contextmanager
def running_floor(
    path: Path | None, *, time_zone: str, agents: int, seed: int, speed: float, days: int
) -> Iterator[tuple[Path, FloorProcess]]:
    """A simulated floor that runs within the context, in a database that is removed afterwards if no path is given.

    Raises:
        CcmonError: the database cannot be made, or holds other data.
    """
    directory = Path(tempfile.mkdtemp(prefix="ccmon-demo-")) if path is None else None
    try:
        where = path if path is not None else Path(str(directory)) / "calls.db"
        if path is not None:
            # Imported only here: a floor without a path of its own must not wait for it.
            from ccmon.database import creation
            from ccmon.simulator.history import check_is_no_site, check_may_be_filled

            if path.exists():
                check_may_be_filled(path)
                check_is_no_site(path)
            else:
                creation.create(path, time_zone=time_zone)
        settings = {
            "time_zone": time_zone,
            "agents": agents,
            "seed": seed,
            "speed": speed,
            "days": days,
            "remove": None if directory is None else str(directory),
        }
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the floor ends)
        process = subprocess.Popen(  # noqa: S603 (our own module)
            command("ccmon.simulator", str(where), dumps(settings)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        running = FloorProcess(process, errors, directory)
        try:
            yield where, running
        finally:
            running.stop()
    finally:
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
