"""A follower in a thread of its own, and waiting for what it writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from ccmon.database import reader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.sources.connection import Session
from ccmon.sources.stop import Stop
from tests.databases import new_database
from tests.processes import join


def call_database(folder: Path) -> Path:
    """Of a site where it is noon: what happens in a test happens on one business day, whenever the test runs."""
    return new_database(folder / "calls.db", time_zone=f"Etc/GMT{datetime.now(UTC).hour - 12:+}")


class Follower:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.error: BaseException | None = None
        self.stop = Stop()

    def snapshot(self) -> FloorSnapshot:
        return reader.snapshot(self.path, None)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Until the condition holds; a follower that ended will not make it true."""
        looked_at = time.monotonic()
        patience = looked_at + 300
        while not condition():
            now = time.monotonic()
            assert self.error is None, self.error
            assert now < patience, f"{what} did not come about; said: {self.said}"
            self.stop.wait(max(0.03, now - looked_at))  # the follower shares the processor
            looked_at = time.monotonic()

    def wait_for_records(self, records: int) -> None:
        """By one connection: to open one takes ten times as long as to look."""
        with closing(sqlite3.connect(self.path)) as connection:
            self.wait_for(lambda: _records(connection) >= records, f"{records} records")

    def records(self) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            return _records(connection)


def _records(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(sum(records), 0) FROM sources").fetchone()[0])


@contextmanager
def following(path: Path, session_with: Callable[[Callable[[str], None]], Session], kind: str) -> Iterator[Follower]:
    """Follow a switch, looking and writing more often than a site does."""
    follower = Follower(path)
    session = session_with(follower.said.append)

    def run() -> None:
        try:
            session.follow(path, source=kind, stop=follower.stop)
        except BaseException as error:
            follower.error = error

    thread = threading.Thread(target=run, daemon=True)
    with (
        patch("ccmon.sources.connection.FIRST_WAIT_S", 0.05),
        patch("ccmon.sources.connection.PATIENCE_S", 0.05),
        patch("ccmon.sources.ami.connection._PING_S", 0.1),
        patch("ccmon.sources.ami.follow.BEAT_S", 0.1),
        patch("ccmon.sources.freeswitch.follow.BEAT_S", 0.1),
        patch("ccmon.sources.freeswitch.follow.LOOK_S", 0.1),
    ):
        thread.start()
        try:
            yield follower
        finally:
            follower.stop.ask()
            join(thread)
