"""Reading by an account that can only read, while nobody has the database open and no file lies beside it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ccmon.cli.run_status import run_status
from ccmon.database import connection as connections
from ccmon.database import database_file, live_reader, reader
from ccmon.database.connection import ChangedError, StateAtRest, settled_state, state_at_rest
from ccmon.database.database_file import open_for_reading, open_reader
from ccmon.database.doctor import Finding, examine
from ccmon.database.driver import Database
from ccmon.database.live_reader import LiveReader
from ccmon.database.opening import Opening
from ccmon.database.sqlite_errors import ChangedWhileReadError
from ccmon.errors import CcmonError
from tests.accounts import with_no_special_rights
from tests.databases import new_database


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = folder / "settings.toml"
        settings.touch(0o644)
        monkeypatch.setenv("CCMON_SETTINGS", str(settings))
        path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam")
        path.chmod(0o644)
        assert beside(path) == []
        yield path


def beside(path: Path) -> list[Path]:
    """The files beside a database that belong to it."""
    return list(path.parent.glob("calls.db-*"))


@contextmanager
def with_all_rights() -> Iterator[None]:
    """As the account that the tests run as, within `with_no_special_rights`."""
    before = os.geteuid()
    os.seteuid(os.getuid())
    try:
        yield
    finally:
        os.seteuid(before)


def add_queue(path: Path, name: str) -> None:
    """As an administrator with a program of SQLite's, which removes the files beside the database at its end."""
    with with_all_rights(), closing(sqlite3.connect(path)) as writer, writer:
        writer.execute("INSERT INTO queues (name) VALUES (?)", (name,))


def queues(connection: sqlite3.Connection) -> list[tuple[str]]:
    return connection.execute("SELECT name FROM queues").fetchall()


def test_the_database_is_read(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_queue(database, "sales")
    with with_no_special_rights():
        with open_for_reading(database) as connection:
            assert queues(connection) == [("sales",)]
        with Opening(database) as opened:
            first, second = opened.connections()
            assert first is not second
            assert queues(second) == [("sales",)]
        assert [queue.name for queue in reader.snapshot(database).queues] == ["sales"]
        run_status(database)
    assert "sales" in capsys.readouterr().out
    assert beside(database) == []


def test_the_doctor_finds_nothing_wrong_with_it(database: Path) -> None:
    with with_no_special_rights(), open_for_reading(database) as connection:
        assert connection.is_immutable
        findings = {each.subject: each for each in examine(database, connection, 0)}
    assert findings["WAL"] == Finding("ok", "WAL", "on, 0 KiB")


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_it_is_not_where_a_file_beside_it_may_belong_to_it(database: Path, suffix: str) -> None:
    database.with_name(f"calls.db{suffix}").touch(0o600)
    with with_no_special_rights(), pytest.raises(CcmonError, match="cannot be"), open_for_reading(database):
        pass


def test_what_is_read_while_somebody_writes_is_thrown_away(database: Path) -> None:
    with with_no_special_rights():
        with pytest.raises(ChangedWhileReadError, match="written by another program"), open_for_reading(database):
            add_queue(database, "written at once")
        with pytest.raises(ChangedWhileReadError), open_for_reading(database):
            with with_all_rights():
                writer = open_reader(database)
            raise ValueError("rows that do not fit together")
    writer.close()


@pytest.mark.parametrize("fails", [False, True])
def test_so_it_is_in_a_transaction(database: Path, *, fails: bool) -> None:
    with with_no_special_rights(), closing(open_reader(database)) as connection:
        with pytest.raises(ChangedError), Database(connection).read_transaction():
            add_queue(database, "sales")
            if fails:
                raise ValueError("rows that do not fit together")
        with pytest.raises(ChangedError):
            connection.check()


def test_status_reads_again(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, names = reader.read, iter(["first", "second", "third"])

    def read_before_somebody_writes(*arguments: object) -> object:
        found = read(*arguments)  # type: ignore[arg-type]
        add_queue(database, next(names))
        if names_written() == often:
            monkeypatch.setattr(reader, "read", read)
        return found

    def names_written() -> int:
        with with_all_rights(), closing(sqlite3.connect(database)) as connection:
            return len(queues(connection))

    monkeypatch.setattr(reader, "read", read_before_somebody_writes)
    often = 1
    with with_no_special_rights():
        run_status(database)
    assert "first" in capsys.readouterr().out
    monkeypatch.setattr(reader, "read", read_before_somebody_writes)
    often = 3
    with with_no_special_rights(), pytest.raises(ChangedWhileReadError):
        run_status(database)
    assert not capsys.readouterr().out


async def test_a_screen_shows_what_is_written_and_by_whom_it_is_kept_open(database: Path) -> None:
    live = LiveReader(database)
    await live.snapshot()
    await live.wait_for_periodic()  # imports what other accounts may not be able to import here
    await live.close()
    add_queue(database, "first")
    assert beside(database) == []
    with with_no_special_rights():
        assert [queue.name for queue in (await live.snapshot()).queues] == ["first"]
        await live.wait_for_periodic()
        assert (await live.snapshot()).sales is not None
        add_queue(database, "next")
        assert [queue.name for queue in (await live.snapshot()).queues] == ["first", "next"]
        with with_all_rights():
            writer = sqlite3.connect(database, isolation_level=None)
            writer.execute("INSERT INTO queues (name) VALUES ('second')")
        assert [queue.name for queue in (await live.snapshot()).queues] == ["first", "next", "second"]
        with with_all_rights():
            writer.execute("INSERT INTO queues (name) VALUES ('third')")
        assert len((await live.snapshot()).queues) == 4
        with with_all_rights():
            writer.close()
        assert len((await live.snapshot()).queues) == 4
        await live.close()


@pytest.mark.parametrize(("times", "works"), [(1, True), (2, True), (3, False)])
async def test_a_poll_reads_again_what_is_written_meanwhile(
    database: Path, monkeypatch: pytest.MonkeyPatch, *, times: int, works: bool
) -> None:
    poll, written = live_reader._poll, iter(range(times))

    def poll_while_somebody_writes(*arguments: object) -> object:
        found = poll(*arguments)  # type: ignore[arg-type]
        for number in written:
            add_queue(database, f"queue {number}")
            arguments[-1].connection.check()  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(live_reader, "_poll", poll_while_somebody_writes)
    live = LiveReader(database)
    with with_no_special_rights():
        if works:
            assert len((await live.snapshot()).queues) == times
        else:
            with pytest.raises(ChangedWhileReadError):
                await live.snapshot()
            assert len((await live.snapshot()).queues) == times
        await live.close()


def test_no_figures_are_taken_from_a_database_written_within_a_tick_of_the_clock(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change within the same tick would leave the file's times as they are."""
    now_ns = database.stat().st_ctime_ns + 1
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now_ns
        slept.append(seconds)
        now_ns += round(seconds * 1e9)

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "time_ns", lambda: now_ns)
    assert settled_state(database) == state_at_rest(database)
    assert settled_state(database) == state_at_rest(database)
    assert slept == [0.05]
    monkeypatch.setattr(time, "time_ns", lambda: database.stat().st_ctime_ns)  # it is written again and again
    assert settled_state(database) is None
    database.with_name("calls.db-wal").touch()
    assert settled_state(database) is None
    assert slept == [0.05] * 5


def test_who_comes_as_somebody_begins_to_write_reads_with_them(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writers: list[sqlite3.Connection] = []

    def written_meanwhile(path: Path) -> StateAtRest | None:
        with with_all_rights():
            writers.append(sqlite3.connect(path, isolation_level=None))
            writers[0].execute("INSERT INTO queues (name) VALUES ('sales')")
        return settled_state(path)

    monkeypatch.setattr(database_file, "settled_state", written_meanwhile)
    with with_no_special_rights(), open_for_reading(database) as connection:
        assert queues(connection) == [("sales",)]
        assert not connection.is_immutable
    writers[0].close()


def test_what_another_connection_holds_stays_locked(database: Path) -> None:
    """Closing a file would release all locks of this process; SQLite closes it later."""
    with closing(open_reader(database)) as ordinary, closing(sqlite3.connect(database)) as other:
        with ordinary, closing(sqlite3.connect(connections.sqlite_address(database, immutable=True), uri=True)) as read:
            assert queues(read) == []
        other.close()
        assert held(database) > 0
    assert held(database) == 0


def held(database: Path) -> int:
    """How many locks there are on a database."""
    inode = database.stat().st_ino
    locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return sum(line.split()[5].endswith(f":{inode}") for line in locks)
