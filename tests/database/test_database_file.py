"""What may lie at the path of a database; what is not a call database is left untouched."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import creation, database_file, sqlite_errors, totals
from ccmon.errors import CcmonError
from tests.accounts import with_no_special_rights
from tests.commands import ccmon
from tests.databases import new_database, with_schema_of

CONTENT = bytes(range(256)) * 40


def fingerprint(directory: Path) -> dict[str, tuple[int, str]]:
    """Every file below a directory with its modification time and checksum."""
    return {
        str(file.relative_to(directory)): (
            file.lstat().st_mtime_ns,
            hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "directory",
        )
        for file in sorted(directory.rglob("*"))
    }


def other_database(path: Path, application_id: int = 0) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE calls (id INTEGER)")
        connection.commit()


def newer_database(path: Path) -> None:
    new_database(path, time_zone="UTC")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {database_file.schema_version() + 1}")
        connection.commit()


def truncated_header(path: Path) -> None:
    new_database(path, time_zone="UTC")
    path.write_bytes(path.read_bytes()[:60])


def truncated_database(path: Path) -> None:
    new_database(path, time_zone="UTC")
    path.write_bytes(path.read_bytes()[:20_000])


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "There is no database"),
    "directory": (Path.mkdir, "is a directory"),
    "empty": (Path.touch, "is empty"),
    "text": (lambda path: path.write_text("id,caller\n1,anna\n" * 20), "not even an SQLite file"),
    "binary": (lambda path: path.write_bytes(CONTENT), "not even an SQLite file"),
    "another SQLite database": (other_database, "not a call database of ccmon"),
    "newer": (newer_database, "written by a newer ccmon"),
    "cut in its header": (truncated_header, "damaged or cut short"),
    "dangling link": (lambda path: path.symlink_to(path.parent / "nothing"), "There is no database"),
    "no plain file": (os.mkfifo, "is no plain file"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("opener", [database_file.open_reader, database_file.open_writer])
def test_what_is_no_call_database_gets_one_sentence_and_stays_untouched(
    tmp_path: Path, case: str, opener: Callable[[Path], sqlite3.Connection]
) -> None:
    make, sentence = BAD[case]
    path = tmp_path / "calls.db"
    make(path)
    before = {} if case == "no plain file" else fingerprint(tmp_path)
    with pytest.raises(CcmonError, match=sentence) as told:
        opener(path)
    assert "\n" not in str(told.value)
    assert str(path) in str(told.value)
    assert case == "no plain file" or fingerprint(tmp_path) == before


def test_a_database_cut_short_is_told_from_a_sound_one(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    truncated_database(path)
    before = path.read_bytes()
    with (
        pytest.raises(CcmonError, match="damaged or cut short"),
        closing(database_file.open_reader(path)) as connection,
        sqlite_errors.translate_errors(path),
    ):
        connection.execute("SELECT count(*) FROM business_days").fetchone()
    assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system")
def test_a_file_system_that_is_read_only_is_named_also_to_root(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    script = (
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && '
        '"$2" -m ccmon config set alarms.talk "9 min" --db "$1/calls.db"'
    )
    words = ["unshare", "--mount", "sh", "-c", script, "sh", path.parent, sys.executable]
    run = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    if "unshare" in run.stderr or "mount:" in run.stderr:
        pytest.skip(f"no namespaces here: {run.stderr}")
    assert run.returncode == 1
    assert f"{path} cannot be written: its file system is mounted read-only; mount it so that " in run.stderr


def test_an_unreadable_file_gets_a_sentence() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = new_database(Path(folder) / "calls.db", time_zone="UTC")
        path.chmod(0)
        sentence = "cannot be read: this user has no right to it"
        with with_no_special_rights(), pytest.raises(CcmonError, match=sentence):
            database_file.open_reader(path)


def test_what_the_file_system_refuses_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the tests run as a user who may read everything."""
    path = new_database(tmp_path / "calls.db", time_zone="UTC")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CcmonError, match="cannot be read: this user has no right to it"):
        database_file.open_reader(path)


def test_a_directory_in_the_place_of_a_database_that_was_open_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system gives the number of a file that is gone to the next."""
    found = tmp_path.stat()
    monkeypatch.setattr(database_file, "_connected", {(found.st_dev, found.st_ino)})
    with pytest.raises(CcmonError, match="is a directory; name the database file in it"):
        database_file.open_reader(tmp_path)


def test_looking_leaves_a_sound_database_as_it_is(tmp_path: Path) -> None:
    """SQLite keeps -wal and -shm beside a WAL database while it is read, and may leave them; they hold nothing."""
    path = tmp_path / "calls.db"
    creation.create(path, time_zone="UTC")
    assert [file.name for file in tmp_path.iterdir()] == ["calls.db"]
    before = fingerprint(tmp_path)["calls.db"]
    with closing(database_file.open_reader(path)) as connection:
        assert connection.execute("SELECT count(*) FROM site").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM site")
    after = fingerprint(tmp_path)
    assert after.pop("calls.db") == before
    assert set(after) <= {"calls.db-wal", "calls.db-shm"}
    assert not (tmp_path / "calls.db-wal").exists() or (tmp_path / "calls.db-wal").stat().st_size == 0


def test_a_path_with_strange_letters_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "50% #1?mode=memory&é\udcff.db"
    creation.create(path, time_zone="UTC")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clients (name) VALUES ('Acme')")
    with closing(database_file.open_reader(path)) as connection:
        assert connection.execute("SELECT name FROM clients").fetchone() == ("Acme",)


def test_creating_takes_nobodys_place(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    for make in (Path.touch, lambda path: path.symlink_to("nothing")):
        make(path)
        before = fingerprint(tmp_path)
        with pytest.raises(CcmonError, match="exists already"):
            creation.create(path, time_zone="UTC")
        assert fingerprint(tmp_path) == before
        path.unlink()
    with pytest.raises(CcmonError, match="There is no directory"):
        creation.create(tmp_path / "no" / "calls.db", time_zone="UTC")
    with pytest.raises(CcmonError, match="There is no time zone"):
        creation.create(path, time_zone="Mars/Olympus")
    assert list(tmp_path.iterdir()) == []


def in_use(path: Path, folder: Path) -> Path:
    """Copy a database, as it is while somebody uses it, into a folder; what was written last is in the log alone."""
    folder.mkdir()
    with closing(database_file.open_writer(path)) as writer:
        writer.execute("INSERT INTO clients (name) VALUES ('Acme')")
        for suffix in ("", "-wal", "-shm"):
            shutil.copyfile(f"{path}{suffix}", folder / f"{path.name}{suffix}")
    return folder / path.name


def test_nothing_is_made_beside_the_log_of_a_database_that_was_moved_while_in_use(tmp_path: Path) -> None:
    whole = new_database(tmp_path / "calls.db", time_zone="UTC")
    path = in_use(whole, tmp_path / "place")
    path.rename(tmp_path / "moved.db")
    before = fingerprint(path.parent)
    for command in ("init", "seed", "restore", "setup", "status", "doctor", "sources"):
        more = {"restore": str(whole), "setup": "--yes --source none --user"}.get(command, "")
        run = ccmon(command, *more.split(), "--db", path)
        assert run.returncode == 1, command
        said = " ".join((run.stdout + run.stderr).split())
        assert f"There is no database {path}, but {path}-wal and {path}-shm are left of one" in said
        assert f"ut it back: mv WHERE_IT_IS {path}; only if it is lost: rm {path}-wal {path}-shm and then" in said
        assert "make one with" not in said
    assert fingerprint(path.parent) == before
    (tmp_path / "moved.db").rename(path)
    with database_file.open_for_reading(path) as connection:
        assert connection.execute("SELECT name FROM clients").fetchall() == [("Acme",)]


def test_an_older_schema_is_named_to_readers_and_brought_up_to_date_by_writers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calls.db"
    first = database_file.migrations()[:1]
    with monkeypatch.context() as before_the_totals:
        with_schema_of(first, before_the_totals)
        creation.create(path, time_zone="UTC")
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
            connection.execute(
                "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('s', 'a', 1, 1790000000000)"
            )
    before = path.read_bytes()
    with pytest.raises(CcmonError, match=rf"has schema 1, .*: ccmon init --db {path}"):
        database_file.open_reader(path)
    assert path.read_bytes() == before
    assert database_file.upgrade(path) == database_file.schema_version()
    with closing(database_file.open_reader(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (database_file.schema_version(),)
        assert connection.execute("SELECT offered FROM queue_quarters").fetchall() == [(1,)]
        assert totals.check(connection) == []


def test_a_writer_is_ready_to_write(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    creation.create(path, time_zone="UTC")
    with closing(database_file.open_writer(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert not connection.in_transaction
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO missed_calls (agent_id, missed_at, ring_ms) VALUES (7, 1, 1)")


def test_a_locked_database_gets_a_sentence(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    with closing(database_file.open_writer(path)) as first, closing(database_file.open_writer(path)) as second:
        first.execute("BEGIN IMMEDIATE")
        second.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(CcmonError, match="is locked by another program"), sqlite_errors.translate_errors(path):
            second.execute("BEGIN IMMEDIATE")


HOLDS_ON = """
import sys
from pathlib import Path
from ccmon.database import database_file

path = Path(sys.argv[1])
reader = database_file.open_reader(path)
assert reader.execute("SELECT count(*) FROM teams").fetchone() == (0,)
database_file.open_reader(path).close()
print("open", flush=True)
for line in sys.stdin:
    print(reader.execute("SELECT count(*) FROM teams").fetchone()[0], flush=True)
"""


def test_a_reader_of_two_connections_keeps_the_wal_file(tmp_path: Path) -> None:
    """When the last writer leaves, SQLite takes the wal file away, unless it sees the locks of somebody who reads."""
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ON, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        for teams in (1, 2):
            writer = database_file.open_writer(path)
            writer.execute("INSERT INTO teams (name) VALUES (?)", (f"team {teams}",))
            writer.close()
            process.stdin.write("?\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"{teams}\n"
        assert path.with_name("calls.db-wal").exists()
        process.stdin.close()


def test_each_migration_has_a_number_of_its_own() -> None:
    """Of two with the same number the second would never be applied."""
    numbers = [number for number, _ in database_file.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
