"""Services that are there already, where an error names them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ccmon.database.backup import back_up
from ccmon.database.database_file import open_for_writing
from ccmon.database.source_lock import SourceLock
from ccmon.services.systemd import Systemd
from ccmon.services.unit import FollowUnit
from tests.accounts import open_folder, with_no_special_rights
from tests.commands import ccmon, done, one_line
from tests.databases import new_database
from tests.systemctl import noting_systemctl

CANNOT = "cannot be opened: this user must be able to write in its directory, or a ccmon that writes must be running"


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made
        (made / "floor").chmod(0o755)


@pytest.fixture
def database(folder: Path) -> Path:
    """One beside which its follower has left a log, and which others may only read."""
    path = folder / "floor/calls.db"
    path.parent.mkdir()
    new_database(path, time_zone="UTC")
    path.with_name("calls.db-wal").write_text("not empty")
    for each in path.parent.iterdir():
        each.chmod(0o444)
    path.parent.chmod(0o555)
    return path


@pytest.mark.parametrize("name", ["stopped", "running"])
def test_a_database_that_only_a_follower_opens_is_told_with_the_command_that_starts_it(
    folder: Path, database: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    noting_systemctl(folder, monkeypatch)
    words = ("/usr/bin/ccmon", "follow", "queue-log", "/var/log/queue_log", "--db", str(database))
    Systemd(is_user=False).install(name, FollowUnit(command=words, database=database, needs_network=False).text())
    path = os.environ.get("PATH", "")
    for each in ("doctor", "sources"):  # all is imported before the user changes: Python may lie where only root looks
        ccmon(each, "--db", folder / "none.db")
    with with_no_special_rights():
        line = one_line(ccmon("sources", "--db", database, PATH=path))
        told = ccmon("doctor", "--db", database, PATH=path)
    said = f"{database} {CANNOT}{f'; start its service: sudo systemctl start {name}' if name == 'stopped' else '.'}"
    assert line == f"ccmon: {said}"
    assert f"! wrong database {said} " in " ".join(told.stdout.split()), told.stderr


def test_where_there_is_no_service_none_is_named(database: Path) -> None:
    ccmon("sources", "--db", "none.db")
    with with_no_special_rights():
        assert one_line(ccmon("sources", "--db", database)).endswith(f"{CANNOT}.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("stopped", "Start again what follows the switch (sudo systemctl start stopped): it continues"),
        ("running", "What follows the switch goes on running: it continues"),
        ("waiting", "waiting starts again by itself: it continues"),
    ],
)
def test_restore_ends_with_what_becomes_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    copy = back_up(path, tmp_path / "copies").path
    noting_systemctl(tmp_path, monkeypatch)
    words = ("/usr/bin/ccmon", "follow", "queue-log", "/var/log/queue_log", "--db", str(path))
    Systemd(is_user=False).install(name, FollowUnit(command=words, database=path, needs_network=False).text())
    restore = partial(done, "restore", copy, "--yes", "--db", path, PATH=os.environ.get("PATH", ""))
    assert restore().splitlines()[-1] == f"{said} where the copy ends."
    monkeypatch.setattr(os, "geteuid", lambda: 61_001)
    assert restore().splitlines()[-1] == f"{said} where the copy ends.".replace("(sudo", "(an administrator: sudo")


def test_restore_ends_with_what_becomes_of_a_follower_that_is_no_service(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    lock = SourceLock(path, "queue log")
    copy = back_up(path, tmp_path / "copies").path
    path.unlink()  # a follower goes on with what will be in the place
    said = done("restore", copy, "--yes", "--db", path).splitlines()
    assert said[-1] == "What follows the switch goes on running: it continues where the copy ends."
    lock.release()


def _followed(path: Path, *, following: int) -> None:
    with open_for_writing(path) as connection, connection:
        row = (
            "INSERT OR REPLACE INTO sources (name, kind, following, started_at) VALUES ('queue-log', 'queue-log', ?, 0)"
        )
        connection.execute(row, (following,))


@pytest.mark.parametrize(
    ("in_copy", "now", "is_told"), [(0, 0, False), (1, 0, True), (0, 1, True), (None, None, False), (1, None, True)]
)
def test_restore_ends_with_what_is_to_be_started_where_something_is_followed(
    tmp_path: Path, in_copy: int | None, now: int | None, is_told: bool
) -> None:
    """Followed in the copy, and in the database in force that it replaces; None: there is no source, or no database."""
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    if in_copy is not None:
        _followed(path, following=in_copy)
    copy = back_up(path, tmp_path / "copies").path
    if now is None:
        path.unlink()
    else:
        _followed(path, following=now)
    said = done("restore", copy, "--yes", CCMON_DB=str(path))
    again = r"\nStart again what follows the switch \(for a service: (sudo )?ccmon setup\): it continues where the copy"
    assert bool(re.search(again, said)) == is_told
    assert ("switch" in said) == is_told
