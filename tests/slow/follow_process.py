"""`ccmon follow …` as a process, with its output in a file."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.terminal import terminal_environment
from tests.commands import done
from tests.processes import CCMON, wait_until


class FollowProcess:
    """Use it as a context manager: leaving ends the process."""

    def __init__(self, folder: Path, *arguments: object, **environment: str) -> None:
        self._told = folder / f"said-{len(list(folder.glob('said-*')))}.txt"
        with self._told.open("wb") as file:
            self.process = subprocess.Popen(
                [CCMON, "follow", *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=terminal_environment(**environment),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end(signal.SIGKILL)

    @property
    def said(self) -> str:
        return self._told.read_text()

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.said or self.process.poll() is not None, what=words)
        assert words in self.said

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait()


def sources(database: Path) -> list[dict[str, Any]]:
    """What `ccmon sources` tells."""
    found: list[dict[str, Any]] = json.loads(done("sources", "--json", "--db", database))["sources"]
    return found


def records(database: Path) -> int:
    """How many records of its sources are in."""
    return sum(source["records"] or 0 for source in sources(database))


def wait_for_records(database: Path, number: int) -> None:
    wait_until(lambda: records(database) >= number, what=f"{number} records")
