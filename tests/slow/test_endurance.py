"""A follower and a monitor side by side, through spoilt input, kills, and deleted and replaced files.

Nobody helps: the follower is started again when it was killed, as a service manager does it. In the end the database
holds what an undisturbed import of the same log holds. `CCMON_ENDURANCE_S=600` makes it ten minutes.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.terminal import Terminal, terminal_environment
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database
from tests.processes import CCMON, Follower, wait_until
from tests.sources.queue_log.database_contents import contents
from tests.sources.queue_log.test_recording import log

SECONDS = float(os.environ.get("CCMON_ENDURANCE_S", "12"))
LINES_A_SECOND = 60
CALL_ID = re.compile(rb"^(\d+)\|(\d+\.\d+)\|")
SPOILT: list[Callable[[bytes, random.Random], bytes]] = [
    lambda line, chance: line[: chance.randrange(len(line))],
    lambda line, chance: line + b"|" + str(10 ** chance.randrange(1, 30)).encode(),
    lambda line, chance: line.replace(b"|", b"\xff\x00", 1),
    lambda line, chance: b"%d" % chance.choice([0, 9_999_999_999, 10**20, -5]) + line[line.find(b"|") :],
    lambda line, chance: b"T|9.1|sales|NONE|ABANDON|1|1|99999999999999999999",
    lambda line, chance: (
        line[: line.find(b"|")] + b"|9.%d|sales|NONE|ABANDON|1|1|%d" % (chance.getrandbits(30), 10**19)
    ),
    lambda line, chance: line[: line.find(b"|")] + b"|9.2|q|NONE|WHATEVER|\x1b]0;x\x07" + b"x" * 5000,
]


def lines_to_write(amount: int, chance: random.Random) -> list[bytes]:
    """The recorded log again and again, two hours later each time, with spoilt lines among the good ones."""
    found: list[bytes] = []
    recorded = log().splitlines()
    for turn in range(amount // len(recorded) + 1):
        for line in recorded:
            stamp, _, rest = line.partition(b"|")
            moved = CALL_ID.sub(rb"\g<1>|\g<2>%d|" % turn, b"%d|%s" % (int(stamp) + 7200 * turn, rest))
            found.append(moved)
            if chance.random() < 0.15:
                found.append(chance.choice(SPOILT)(moved, chance).replace(b"\n", b""))
    return found[:amount]


def comparable(path: Path) -> dict[str, Any]:
    """What a database holds; of the lines set aside, each once.

    A line without a moment that stands in two files may be one or two: an import takes it for one.
    """
    found: dict[str, Any] = dict(contents(path))
    found["rejected_lines"] = set(found["rejected_lines"])
    found["sources"] = [source[:-1] for source in found["sources"]]
    return found


class Site:
    """A queue log, a database, a follower that is kept alive, and what befalls them."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self.log = folder / "queue_log"
        self.database = Path(shutil.copy(empty, folder / "calls.db"))
        self.kept = folder / "kept.db"
        self.log.touch()
        self.rotated: list[Path] = []
        self.deaths = 0
        self.follower = Follower(self.log, self.database)

    def start_again(self) -> None:
        """What a service manager does."""
        if self.follower.process.poll() is not None:
            self.deaths += 1
            self.follower = Follower(self.log, self.database)

    def kill(self) -> None:
        self.follower.end(signal.SIGKILL)
        self.follower = Follower(self.log, self.database)

    def stop_and_start(self) -> None:
        self.follower.end(signal.SIGTERM)
        self.follower = Follower(self.log, self.database)

    def rotate(self) -> None:
        self.rotated.append(self.log.rename(self.log.with_name(f"queue_log.{len(self.rotated) + 1:03}")))
        self.log.touch()
        self.kept.unlink(missing_ok=True)

    def delete_wal(self) -> None:
        for ending in ("-wal", "-shm"):
            self.database.with_name(self.database.name + ending).unlink(missing_ok=True)

    def keep_a_copy(self) -> None:
        self.kept.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.database, timeout=60)) as source, closing(sqlite3.connect(self.kept)) as copy:
            source.backup(copy)

    def put_the_copy_back(self) -> None:
        """As the documents say: without the files beside the one that is replaced, which belong to that one."""
        if self.kept.exists():
            self.delete_wal()
            self.kept.replace(self.database)

    def lock_for_a_while(self) -> None:
        with closing(sqlite3.connect(self.database, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(0.5)  # the lock itself is what befalls them
            connection.execute("ROLLBACK")


def test_nothing_needs_a_persons_help(tmp_path: Path) -> None:
    chance = random.Random(9)
    empty = new_database(tmp_path / "empty.db", time_zone="Europe/Amsterdam")
    written = lines_to_write(int(SECONDS * LINES_A_SECOND), chance)
    site = Site(tmp_path, empty)
    command = [str(CCMON), "monitor", "--db", str(site.database)]
    what_befalls = cycle(
        [
            site.kill,
            site.keep_a_copy,
            site.delete_wal,
            site.put_the_copy_back,
            site.rotate,
            site.stop_and_start,
            site.lock_for_a_while,
        ]
    )
    try:
        with Terminal(command, size=(120, 40), env=terminal_environment()) as terminal:
            started = time.monotonic()
            for number, line in enumerate(written):
                with site.log.open("ab") as file:
                    file.write(line + b"\n")
                site.start_again()
                due = started + number / LINES_A_SECOND
                if number % (3 * LINES_A_SECOND) == 2 * LINES_A_SECOND:
                    next(what_befalls)()
                terminal.watch_for(max(0.0, due - time.monotonic()))
                assert terminal.process.poll() is None, terminal.text()
            with site.log.open("ab") as file:
                file.write(b"%d|last|the last queue|NONE|ENTERQUEUE||0612|1\n" % time.time())
            terminal.wait_for("the last queue")
            expected = tmp_path / "expected.db"
            shutil.copy(empty, expected)
            import_logs(expected, [str(file) for file in [*site.rotated, site.log]], source="queue-log")
            wanted = comparable(expected)
            wait_until(lambda: comparable(site.database) == wanted, what="the database of an undisturbed import")
            assert "Traceback" not in terminal.text()
            terminal.send("q")
            assert terminal.wait_for_exit() == 0
    finally:
        site.follower.end(signal.SIGKILL)
    assert site.deaths == 0
