"""A copy of a database in use holds what was committed at one moment, and takes the place of another whole or not."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from ccmon.cli import questions
from ccmon.database import access_list, backup, creation, database_file, site_moves
from ccmon.database.copies import backups
from ccmon.database.owners import with_copies
from ccmon.database.restore import programs_with, restore
from ccmon.database.restore_losses import lost_by_restoring
from ccmon.database.source_lock import SourceLock
from ccmon.errors import CcmonError
from ccmon.formatting import UNKNOWN
from ccmon.model.sources import FOLLOWED_KINDS
from tests.accounts import give_list, open_folder
from tests.commands import ccmon, done, one_line
from tests.databases import new_database, published_migrations, with_schema_of


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def add_teams(database: Path, *names: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT INTO teams (name) VALUES (?)", [(name,) for name in names])


def teams(database: Path) -> list[str]:
    with database_file.open_for_reading(database) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM teams ORDER BY name")]


def test_a_copy_holds_what_lies_in_the_log_beside_a_database_too(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("INSERT INTO teams (name) VALUES ('committed')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO teams (name) VALUES ('never committed')")
        made = backup.back_up(database, tmp_path / "copies")
        writer.execute("ROLLBACK")
    assert teams(made.path) == ["committed"]
    assert list(made.path.parent.iterdir()) == [made.path]


def test_a_copy_is_of_one_moment_though_others_write_meanwhile(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 5)
    steps: list[tuple[int, int]] = []

    def told(copied: int, total: int) -> None:
        steps.append((copied, total))
        add_teams(database, f"{len(steps):05}")

    add_teams(database, "before")
    made = backup.back_up(database, tmp_path / "copies", progress=told)
    assert len(steps) > 10
    assert steps[-1][0] == steps[-1][1]
    assert teams(made.path) == ["before"]
    assert len(teams(database)) == 1 + len(steps)


def test_a_copy_has_the_permissions_of_the_database(database: Path, tmp_path: Path) -> None:
    database.chmod(0o640)
    made = backup.back_up(database, tmp_path / "copies")
    assert made.path.stat().st_mode & 0o777 == 0o640
    assert made.path.stat().st_gid == database.stat().st_gid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
def test_who_may_read_the_copies_may_look_into_their_directory(database: Path, tmp_path: Path) -> None:
    """Made by root, as cron may, the directory was root's alone, and its owner could put nothing back."""
    os.chown(database, 61_001, 61_003)
    database.chmod(0o640)
    before = os.umask(0o077)
    try:
        made = backup.back_up(database, tmp_path / "var" / "copies")
    finally:
        os.umask(before)
    for path, mode in ((made.path, 0o640), (made.path.parent, 0o750)):
        found = path.stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (61_001, 61_003, mode)
    made.path.parent.chmod(0o700)
    os.chown(made.path.parent, 0, 0)
    backup.back_up(database, made.path.parent)
    assert (made.path.parent.stat().st_uid, made.path.parent.stat().st_mode & 0o777) == (0, 0o700), "not made here"


def test_the_oldest_copies_are_deleted_and_nothing_else(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    days = [f"calls-2026-11-{day:02}T021500Z.db" for day in range(1, 7)]
    others = [
        "calls.db",
        "other-2026-11-01T021500Z.db",
        "calls-2026-11-01T021500Z.db.gz",
        "calls-2026-13-01T021500Z.db",
    ]
    for name in [*days, *others]:
        (folder / name).touch()
    assert [each.made_at for each in backups(database, folder)] == [
        datetime(2026, 11, day, 2, 15, tzinfo=UTC) for day in range(6, 0, -1)
    ]
    assert backup.prune(database, folder, 4) == [folder / days[1], folder / days[0]]
    assert backup.prune(database, folder, 0) == [folder / name for name in reversed(days[2:5])]
    assert sorted(path.name for path in folder.iterdir()) == sorted([days[5], *others])


def test_two_backups_into_one_directory_do_not_meet(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    lock = os.open(tmp_path / "copies", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CcmonError, match=r"Another backup is being made into .*copies; wait until it has ended"):
            backup.back_up(database, tmp_path / "copies")
    finally:
        os.close(lock)
    assert backups(database, tmp_path / "copies") == [made]


def test_copies_of_the_same_second_do_not_replace_each_other(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Now:
            return cls(2026, 11, 30, 2, 15, 0, 500_000, tz)

    monkeypatch.setattr(backup, "datetime", Now)
    made = []
    for name in ("first", "second", "third"):
        add_teams(database, name)
        made.append(backup.back_up(database, tmp_path / "copies"))
    assert [each.path.name for each in made] == [f"calls-2026-11-30T02150{second}Z.db" for second in range(3)]
    assert [len(teams(each.path)) for each in made] == [1, 2, 3]
    assert backups(database, tmp_path / "copies") == made[::-1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_a_copy_of_another_group_is_for_its_owner_alone(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its group may be one that only looks at the database."""

    def refused(path: Path, *numbers: int) -> None:
        raise PermissionError

    os.chown(database, -1, 61_003)
    database.chmod(0o660)
    monkeypatch.setattr(os, "chown", refused)
    assert backup.back_up(database, tmp_path / "copies").path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_copy_does_not_count(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damage(path: Path, kind: int) -> None:
        with path.open("r+b") as file:
            file.seek(kind)
            file.write(b"\xff" * 4096 * 3)

    whole = backup.copy_at_one_moment

    def damaged(database: Path, copy: Path, progress: backup.Progress | None = None) -> None:
        whole(database, copy, progress)
        damage(copy, 4096)

    monkeypatch.setattr(backup, "copy_at_one_moment", damaged)
    with pytest.raises(CcmonError, match="damaged"):
        backup.back_up(database, tmp_path / "copies")
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_is_put_back_is_the_copy_and_what_was_there_is_kept(database: Path, tmp_path: Path) -> None:
    add_teams(database, "first")
    made = backup.back_up(database, tmp_path / "copies")
    add_teams(database, "second")
    reader = sqlite3.connect(database)  # keeps the log beside the database; it is in this process
    reader.execute("SELECT * FROM teams").fetchall()
    restored = restore(made.path, database)
    reader.close()
    assert teams(database) == ["first"]
    (before,) = restored.before
    assert teams(before) == ["first", "second"]
    assert restored.schema == database_file.schema_version()
    with closing(database_file.open_writer(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert teams(made.path) == ["first"]


@pytest.mark.parametrize("is_former", [False, True])
def test_whether_a_place_is_a_former_one_is_not_a_matter_of_the_copy(
    database: Path, tmp_path: Path, is_former: bool
) -> None:
    if not is_former:
        site_moves.note_site_move(database, tmp_path / "other.db")
    copied = backup.back_up(database, tmp_path / "copies").path
    if is_former:
        site_moves.note_site_move(database, tmp_path / "other.db")
    else:
        site_moves.put_in_force(database)
    before = site_moves.read_site_move(database)
    assert (before is not None) is is_former
    restore(copied, database)
    assert site_moves.read_site_move(database) == before
    assert site_moves.read_site_move(copied) != before


def test_a_copy_is_put_back_where_nothing_is_left(database: Path, tmp_path: Path) -> None:
    add_teams(database, "first")
    made = backup.back_up(database, tmp_path / "copies")
    for path in database.parent.glob("calls.db*"):
        path.unlink()
    for suffix, content in (("-wal", b""), ("-shm", b"of another database"), ("-journal", b"")):
        database.with_name(f"calls.db{suffix}").write_bytes(content)
    assert restore(made.path, database).before == ()
    assert not list(database.parent.glob("calls.db-*"))
    assert teams(database) == ["first"]


@pytest.mark.parametrize("mode", [0o644, 0o664, 0o640, 0o600])
def test_who_could_read_a_database_can_read_the_copy_in_its_place(database: Path, tmp_path: Path, mode: int) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    database.chmod(mode)
    restore(made.path, database)
    assert database.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(("directory", "put_back"), [(0o2770, 0o660), (0o2750, 0o640)])
def test_who_may_act_can_write_what_is_put_back_in_the_place_of_what_they_could_not(
    database: Path, tmp_path: Path, directory: int, put_back: int
) -> None:
    database.chmod(0o660)
    made = backup.back_up(database, tmp_path / "copies")
    database.chmod(0o640)
    database.parent.chmod(directory)
    restore(made.path, database)
    assert database.stat().st_mode & 0o777 == put_back


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_has_put_there_gets_the_group_of_those_who_act_again() -> None:
    with open_folder() as folder:
        path = new_database(folder / "calls.db", time_zone="UTC")
        for each in (folder, path):
            os.chown(each, 61_001, 61_003)
            each.chmod(0o2770 if each == folder else 0o660)
        made = backup.back_up(path, folder / "copies")
        os.chown(path, 0, 0)
        path.chmod(0o600)
        restore(made.path, path)
        found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (61_001, 61_003, 0o660)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    ("of_folder", "mode", "before", "after"),
    [
        (1, 0o2770, 61_001, 1),
        (999, 0o2770, 1000, 999),
        (1000, 0o2770, 61_001, 61_001),
        (1, 0o2770, 999, 999),
        (1, 0o2750, 61_001, 61_001),
        (1, 0o770, 61_001, 61_001),
        (0, 0o2770, 61_001, 61_001),
    ],
)
def test_what_a_person_has_put_back_is_the_accounts_again_when_root_puts_one_back(
    of_folder: int, mode: int, before: int, after: int
) -> None:
    """In a shared directory of an account of the system; elsewhere the owner stays, whoever it is."""
    with open_folder() as folder:
        path = new_database(folder / "calls.db", time_zone="UTC")
        os.chown(folder, of_folder, 61_003)
        folder.chmod(mode)
        os.chown(path, before, 61_003)
        path.chmod(0o660)
        made = backup.back_up(path, folder / "backups")
        (kept,) = restore(made.path, path).before
        found = [each.stat() for each in (path, kept, made.path, made.path.parent)]
        assert {(each.st_uid, each.st_gid) for each in found} == {(after, 61_003)}
        assert with_copies(path) == [path, made.path, kept]


def test_the_access_list_of_a_database_is_kept(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    named = (access_list.NAMED_GROUP, 4, 61_004)
    give_list(database, named, mask=6, group=6)
    restore(made.path, database)
    assert named in access_list.entries(database)
    assert database.stat().st_mode & 0o777 == 0o660


def test_a_damaged_database_is_kept_as_it_is(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    damaged = database.read_bytes()[:5000]
    database.write_bytes(damaged)
    database.with_name(f"{database.name}-wal").write_bytes(b"its log")
    database.chmod(0o640)
    restored = restore(made.path, database)
    before, log = restored.before
    assert (before.read_bytes(), log.read_bytes()) == (damaged, b"its log")
    assert log == before.with_name(f"{before.name}-wal")
    assert {each.stat().st_mode & 0o777 for each in restored.before} == {0o640}
    assert teams(database) == []


def test_an_older_database_is_copied_as_it_is_and_brought_up_to_date_when_put_back(
    database: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    with pytest.MonkeyPatch.context() as before:
        with_schema_of(published_migrations(database_file.schema_version() - 1), before)
        creation.create(old, time_zone="UTC")
    add_teams(old, "of old")
    made = backup.back_up(old, tmp_path / "copies")
    with pytest.raises(CcmonError, match="bring it up to date"):
        teams(made.path)
    assert restore(made.path, database).schema == database_file.schema_version()
    assert teams(database) == ["of old"]


def test_a_copy_that_cannot_be_brought_up_to_date_takes_nobodys_place(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    add_teams(database, "kept")
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("PRAGMA user_version = 1")  # its migrations meet tables that are there
    with pytest.raises(CcmonError, match="already exists"):
        restore(made.path, database)
    assert teams(database) == ["kept"]
    assert not list(database.parent.glob(".calls.db.restored*"))


def test_nothing_is_put_back_while_a_source_is_written(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    add_teams(database, "since")
    lock = SourceLock(database, "queue-log")
    try:
        line = one_line(ccmon("restore", made.path, "--db", database))
    finally:
        lock.release()
    assert 'is writing the source "queue-log"' in line
    assert "systemctl stop ccmon-follow" in line
    assert teams(database) == ["since"]
    assert [path.name for path in database.parent.glob("*before*")] == []


def test_nothing_is_put_back_while_another_program_may_write(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM teams').fetchall();"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert [each.process for each in programs_with(database)] == [other.pid]
        line = one_line(ccmon("restore", made.path, "--db", database))
        other.communicate()
    assert f"(process {other.pid}) has {database} open and may write into it" in line
    assert programs_with(database) == []
    assert f"{database} now has what {made.path} has" in done("restore", made.path, "--yes", "--db", database)


def add_source(database: Path, kind: str, origin: str, last_at: int) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO sources (name, kind, path, last_record_at, following) VALUES (?1, ?1, ?2, ?3, ?4) "
            "ON CONFLICT (name) DO UPDATE SET last_record_at = ?3",
            (kind, origin, last_at, kind in FOLLOWED_KINDS),
        )


@pytest.mark.parametrize(
    ("kind", "origin", "told"),
    [
        ("queue-log", "/var/log/asterisk/queue_log", None),
        ("ami", "/var/log/asterisk/queue_log", None),
        ("ami", "127.0.0.1:5038", "are not in the switch any more; {stay}. Asterisk's queue log, where it writes one"),
        ("freeswitch", "127.0.0.1:8021", "are not in the switch any more; {stay}."),
        ("freeswitch", "/var/lib/x.db", "cannot be read from FreeSWITCH again, except those of the last minute"),
        ("table", "calls.csv", "come back only if their files are imported again; {stay}."),
        ("dialler", "", "have to be written again by the program that wrote them; {stay}."),
    ],
)
def test_before_a_copy_is_put_back_is_said_what_the_source_cannot_report_again(
    database: Path, tmp_path: Path, kind: str, origin: str, told: str | None
) -> None:
    at = 1_795_422_000_000
    add_source(database, kind, origin, at)
    made = backup.back_up(database, tmp_path / "copies")
    assert lost_by_restoring(made.path, database) == []
    add_source(database, kind, origin, at + 60_000)
    said = done("restore", made.path, "--yes", "--db", database).partition("shows it then.\n")[2]
    stay = "they stay only in calls-before-restore-….db"
    if told is None:
        assert said.startswith(f"{database} now has what")
        assert said.endswith("it continues where the copy ends.\n")
    else:
        assert said.startswith(f"{kind}: calls since 2026-11-23 09:20 {told.format(stay=stay)}")
        assert said.endswith("it continues from now on.\n") == (kind in FOLLOWED_KINDS)


def test_what_a_database_that_is_gone_held_may_be_lost(database: Path, tmp_path: Path) -> None:
    add_source(database, "freeswitch", "127.0.0.1:8021", 1_795_422_000_000)
    made = backup.back_up(database, tmp_path / "copies")
    database.unlink()
    (sentence,) = lost_by_restoring(made.path, database)
    assert sentence == "freeswitch: calls since 2026-11-23 09:20, if there were any, are not in the switch any more."
    new_database(database, time_zone="UTC")
    add_source(made.path, "freeswitch", "127.0.0.1:8021", 0)
    add_source(database, "ami", "127.0.0.1:5038", 1_795_422_000_000)
    (sentence,) = lost_by_restoring(made.path, database)
    assert sentence.startswith("ami: all its calls are not in the switch any more; they stay")


def test_nothing_is_lost_where_a_copy_is_put_beside_its_original(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(database, "table", "calls.csv", 1_795_422_000_000)
    made = backup.back_up(database, tmp_path / "copies")
    second = tmp_path / "second.db"
    assert lost_by_restoring(made.path, second, database) == []
    add_source(database, "table", "calls.csv", 1_795_422_060_000)
    assert lost_by_restoring(made.path, second, database) == []
    monkeypatch.setenv("CCMON_DB", str(database))
    said = done("restore", made.path, "--db", second, "--yes")
    assert "imported again" not in said
    assert "continues" not in said, "nothing is followed"
    for other in (new_database(tmp_path / "other.db", time_zone="UTC"), tmp_path / "none.db"):
        (sentence,) = lost_by_restoring(made.path, second.with_name("third.db"), other)
        assert sentence.startswith("table: calls since 2026-11-23 09:20, if there were any, come back only")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "There is no copy .*; name a file that ccmon backup has made"),
        (lambda path: path.mkdir(), "is a directory; name one of the copies in it"),
        (lambda path: path.write_text("no database, but long enough to be taken for one" * 4), "is no call database"),
    ],
)
def test_what_is_no_copy_is_not_put_back(database: Path, tmp_path: Path, make: object, sentence: str) -> None:
    add_teams(database, "kept")
    copy = tmp_path / "copy.db"
    assert callable(make)
    make(copy)
    with pytest.raises(CcmonError, match=sentence):
        restore(copy, database)
    assert teams(database) == ["kept"]


def test_a_copy_that_cannot_be_written_is_told_and_changes_nothing(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    before = database.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    line = one_line(ccmon("restore", made.path, "--yes", "--db", database))
    assert line.startswith(f"ccmon: The copy cannot be put in the place of {database}: No space left on device;")
    assert database.read_bytes() == before


def test_a_database_in_use_is_no_copy(database: Path, tmp_path: Path) -> None:
    other = new_database(tmp_path / "other.db", time_zone="UTC")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("SELECT * FROM teams").fetchall()
        with pytest.raises(CcmonError, match="is in use as a database itself"):
            restore(other, database)
    other.with_name("other.db-journal").write_bytes(b"what was before a killed seed")
    with pytest.raises(CcmonError, match="is in use as a database itself"):
        restore(other, database)


@pytest.mark.parametrize(
    ("since_ms", "shown"),
    [
        (59_999, ["2026-11-23", "09:20:59", "2026-11-23", "09:20:00"]),
        (60_000, ["2026-11-23", "09:21", "2026-11-23", "09:20"]),
        (0, ["2026-11-23", "09:20", "2026-11-23", "09:20"]),
    ],
)
def test_seconds_tell_two_newest_records_of_the_same_minute_apart(
    database: Path, tmp_path: Path, since_ms: int, shown: list[str]
) -> None:
    at = 1795422000000
    for moment in (at, at + since_ms):
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("INSERT INTO sales (sold_at, amount_cents) VALUES (?, 100)", (moment,))
        if moment == at and not list(tmp_path.glob("copies/*")):
            made = backup.back_up(database, tmp_path / "copies")
    lines = ccmon("restore", made.path, "--db", database).stdout.splitlines()
    assert [line.split()[2:] for line in lines if "newest data" in line] == [shown]
    assert max(map(len, lines[2:])) <= 90


def test_the_newest_data_is_that_of_the_switch_and_no_act_of_a_person(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO calls (source, call_id, entered_at) VALUES ('s', '1', 1795422000000)")
        connection.execute(
            "INSERT INTO follow_ups (created_at, due_at, promised_at, done_at) VALUES (1, 1, 1, 1795438000000)"
        )
    lines = ccmon("restore", backup.back_up(database, tmp_path / "copies").path, "--db", database).stdout.splitlines()
    assert [line.split()[2:] for line in lines if "newest data" in line] == [["2026-11-23", "09:20"] * 2]


def test_who_puts_a_copy_back_is_shown_what_that_does_and_asked(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO sales (sold_at, amount_cents, agent_id) VALUES (1795422000000, 100, NULL)")
    add_teams(database, "since")
    restoring = ("restore", made.path, "--db", database)
    run = ccmon(*restoring)
    assert run.returncode == 2
    command = f"ccmon restore {made.path} --db {database} --yes"
    assert run.stderr == f"ccmon: nothing was changed; to put it back without being asked: {command}\n"
    shown = run.stdout.splitlines()
    assert shown[0].startswith(f"Puts back {made.path} (")
    assert shown[1] == f"in the place of {database}:"
    assert [line.split("  ")[2].strip() for line in shown[2:9]] == [
        "", "newest data", "calls", "sales", "follow-ups", "acts on follow-ups", "changes of settings",
    ]  # fmt: skip
    assert [line[26:].split() for line in shown[2:9]] == [
        ["now", "in", "the", "copy"], ["2026-11-23", "09:20", UNKNOWN],
        ["0", "0"], ["1", "0"], ["0", "0"], ["0", "0"], ["0", "0"],
    ]  # fmt: skip
    assert shown[9:] == [
        "Times are those of Europe/Amsterdam.",
        "What is there now is kept as calls-before-restore-….db; no screen shows it then.",
    ]
    assert max(map(len, shown[2:])) <= 80
    monkeypatch.setattr(questions, "can_ask", lambda: True)
    for answer in ("n\n", "", "\n", "perhaps\nn\n"):
        assert ccmon(*restoring, stdin=answer).stdout.endswith("Nothing was changed.\n")
    assert "Type yes or no." in ccmon(*restoring, stdin="perhaps\n").stdout
    assert teams(database) == ["since"]
    assert [path.name for path in database.parent.iterdir() if "restore" in path.name] == []
    assert f"{database} now has what {made.path} has" in ccmon(*restoring, stdin="y\n").stdout
    assert teams(database) == []


def test_nothing_is_to_be_started_for_a_place_that_is_not_in_force(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO sources (name, kind, following) VALUES ('queue-log', 'queue-log', 1)")
    made = backup.back_up(database, tmp_path / "copies").path
    said = "Start again what follows the switch"
    assert said not in done("restore", made, "--yes", "--db", tmp_path / "new.db")
    again = done("restore", made, "--yes", "--db", database)
    assert said in again
    assert f"ccmon setup --db {database}): it continues" in again
    assert said in done("restore", made, "--yes", "--db", tmp_path / "lost.db", CCMON_DB=str(tmp_path / "lost.db"))


def test_what_a_copy_replaces_may_be_nothing_or_damaged(database: Path, tmp_path: Path) -> None:
    made = backup.back_up(database, tmp_path / "copies")
    nowhere, damaged = tmp_path / "nowhere.db", tmp_path / "damaged.db"
    damaged.write_bytes(database.read_bytes()[:5000])
    said = done("restore", made.path, "--yes", "--db", nowhere).splitlines()
    assert said[1:3] == [f"at {nowhere}, where there is none yet:", f"{'in the copy':>44}"]
    assert "before-restore" not in " ".join(said)
    said = done("restore", made.path, "--yes", "--db", damaged).splitlines()
    assert (
        "What is there now, which cannot be read, is kept as damaged-before-restore-….db; no screen shows it then."
        in said
    )


def test_the_commands_say_what_they_have_done(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    said = done("backup", folder, "--db", database)
    (made,) = backups(database, folder)
    assert said.startswith(f"Made {made.path} (")
    shutil.copy(made.path, folder / "calls-2020-01-01T000000Z.db")
    pruned = done("backup", folder, "--keep", 1, "--db", database)
    assert "calls-2020-01-01T000000Z.db, older than the newest 1." in pruned
    assert f"{made.path}, older than the newest 1." in pruned
    (newest,) = backups(database, folder)
    assert f"such as the newest: {newest.path}." in one_line(ccmon("restore", folder, "--db", database))
    *_, restored = done("restore", newest.path, "--yes", "--db", database).splitlines()
    (kept,) = database.parent.glob("calls-before-restore-*.db")
    remove = f"{'' if os.geteuid() else 'sudo '}rm {kept}"
    assert restored == f"The former database is kept in {kept}. Delete it when you no longer need it: {remove}"
    assert f"ccmon restore FILE; the newest: {newest.path}" not in one_line(
        ccmon("restore", "--db", database), status=2
    )
    shutil.copytree(folder, database.parent / "backups")
    beside = database.parent / "backups" / newest.path.name
    assert one_line(ccmon("restore", "--db", database), status=2).endswith(f"ccmon restore FILE; the newest: {beside}")
    assert "name a directory" in one_line(ccmon("backup", database, "--db", database))
    assert "Usage: ccmon backup [OPTIONS]" in done("backup", "--help")
    assert "  ccmon backup /var/lib/ccmon/backups --keep 60\n" in done("backup", "--help")
