"""Each command with what it cannot use: one sentence on standard error that says what to do, exit status 1 or 2."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from typer.core import TyperGroup

from ccmon.database import database_file
from tests.commands import all_commands, ccmon, one_line
from tests.databases import new_database

IS_ROOT = os.geteuid() == 0
OTHER = 61_002

READ = (
    "status", "status --json", "sources", "sources --rejected", "config show", "config export {out}", "backup {out}",
    "config log", "follow-up list", "follow-up history F1", "openmetrics", "openmetrics --listen 127.0.0.1:0",
    "openmetrics --output {out}.prom --every 5", "status --watch --every 5", "report", "report --output {out}.html",
    "export calls", "export customers --output {out}.csv", "proof service_level", "proof lost --sql",
)  # fmt: skip
WRITE = (
    "sources --retire x", "sources --forget x --yes", "seed --days 0", "import queue-log {log}",
    "import table customers {table}", "import table calls {calls} --mapping {mapping}", "follow queue-log {log}",
    "follow ami --user x --password-file {password}",
    "follow freeswitch --event-socket 127.0.0.1:9 --password-file {password}", "config set site.name X",
    "config unset site.name", "config apply {site} --yes", "follow-up done F1", "follow-up undo F1",
    "follow-up hand-over F1 eva", "follow-up add K-1 2026-12-01", "follow-up move F1 2026-12-01 --by agent",
)  # fmt: skip
MAKE = ("init", "restore {copy}", "setup --yes --user --source none --time-zone UTC")
"""Commands that may make a database."""
ELSEWHERE = {"doctor", "monitor", "demo", "setup ssh", "templates", "service install", "service show", "service status",
             "service remove", "alarms have", "alarms quiet", "alarms release", "views list",
             "views remove"}  # fmt: skip
"""They print what is wrong, need a terminal or no database, or are tried by other tests."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where other accounts may look, too."""
    place = Path(tempfile.mkdtemp(prefix="ccmon-errors-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def files(folder: Path) -> dict[str, Path]:
    texts = {
        "log": "1790000000|c|sales|NONE|ENTERQUEUE||123|1\n",
        "table": "reference,name\nK-1,Ada\n",
        "calls": "id,t\n1,2026-11-23 10:00\n",
        "mapping": 'source = "x"\n[call]\ncall_id = "id"\nentered_at = "t"\n',
        "password": "secret\n",
        "site": '[site]\nname = "Y"\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "password").chmod(0o640)
    found = {name: folder / name for name in (*texts, "copy", "out")}
    new_database(found["copy"], time_zone="UTC")
    return found


def words(command: str, files: dict[str, Path]) -> list[str]:
    return [word.format(**files) for word in command.split()]


def leaves(group: TyperGroup, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup) and command.commands:
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_tried() -> None:
    tried = (*READ, *WRITE, *MAKE)
    left = [each for each in leaves(all_commands()) if not any(re.match(rf"{each}\b", command) for command in tried)]
    assert set(left) == ELSEWHERE


def refused(command: str, files: dict[str, Path], database: Path) -> str:
    """The sentence with which a command refuses a database."""
    home = files["log"].parent / "home"
    places = {"HOME": str(home), "CCMON_SITE_DIR": str(home / "site")}
    ran = ccmon(*words(command, files), "--db", database, **places)
    assert ran.returncode in {1, 2}, (command, ran)
    lines = ran.stderr.splitlines()
    assert len(lines) == 1, (command, lines)
    assert lines[0].startswith("ccmon: "), (command, lines)
    assert "should not happen" not in lines[0], (command, lines)
    return lines[0]


def directory(path: Path) -> None:
    path.mkdir()


def newer(path: Path) -> None:
    new_database(path, time_zone="UTC")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def text(path: Path) -> None:
    path.write_text("hello, this is no database\n" * 100)


def other(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE x (a)")


def nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "commands", "sentence"),
    [
        (nothing, (*READ, *WRITE), "There is no database"),
        (directory, (*READ, *WRITE), "is a directory; name the database file in it"),
        (newer, (*READ, *WRITE, "init"), "was written by a newer ccmon (schema 999, this one knows"),
        (text, (*READ, *WRITE, "init"), "is no call database: it is not even an SQLite file; name one"),
        (other, (*READ, *WRITE, "init"), "is an SQLite database, but not a call database of ccmon; name one"),
        (Path.touch, (*READ, *WRITE), "is empty; remove it and make a database with: ccmon init --db"),
    ],
)
def test_what_is_no_database(
    files: dict[str, Path], folder: Path, make: Callable[[Path], None], commands: tuple[str, ...], sentence: str
) -> None:
    path = folder / "calls.db"
    for command in commands:
        make(path)
        if make is nothing and command.startswith("seed"):
            continue
        assert sentence in refused(command, files, path), command
        assert not (folder / "out").exists(), command
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


def test_setup_refuses_it_too(files: dict[str, Path], folder: Path) -> None:
    for make in (directory, newer, text, other):
        make(path := folder / f"{make.__name__}.db")
        refused(MAKE[-1], files, path)


@contextmanager
def another_account() -> Iterator[None]:
    """As root, act as an account that owns nothing."""
    if IS_ROOT:
        os.setresgid(OTHER, OTHER, 0)
        os.setresuid(OTHER, OTHER, 0)
    try:
        yield
    finally:
        if IS_ROOT:
            os.setresuid(0, 0, 0)
            os.setresgid(0, 0, 0)


def test_no_right_to_it(files: dict[str, Path], folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    path.chmod(0o000)
    files["password"].chmod(0o644)
    commands = [command for command in (*READ, *WRITE) if "password" not in command]
    for command in commands:  # what they import may lie where only root looks
        ccmon(*words(command, files), "--db", folder / "none.db")
        (folder / "none.db").unlink(missing_ok=True)
    (folder / "out").unlink(missing_ok=True)
    with another_account():
        said = {command: refused(command, files, path) for command in commands}
    assert all("no right to it" in line or "cannot be made" in line for line in said.values()), said


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another account")
@pytest.mark.parametrize(
    "command",
    [
        "import queue-log {log} --queues-conf {closed}", "import table customers {closed}",
        "import table calls {calls} --mapping {closed}", "follow ami --user x --password-file {closed}",
        "config apply {closed} --yes", "restore {closed}",
    ],
)  # fmt: skip
def test_a_file_that_may_not_be_read_is_named_with_what_to_do(
    files: dict[str, Path], folder: Path, command: str
) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    files["closed"] = folder / "closed"
    ccmon(*words(command, files), "--db", path)
    files["closed"].write_text("x")
    files["closed"].chmod(0o600)
    with another_account():
        line = refused(command, files, path)
    assert line == (
        f"ccmon: {files['closed']} cannot be read: this user has no right to it; give the user the right to read it."
    )


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another account")
def test_setup_in_a_folder_that_may_not_be_entered(files: dict[str, Path], folder: Path) -> None:
    refused(MAKE[-1], files, folder)  # what setup imports may lie where only root looks
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with another_account():
        line = refused(MAKE[-1], files, closed / "calls.db")
    assert f"'{closed}/calls.db' cannot be used: Permission denied; give this user access to it." in line


def test_a_locked_database(files: dict[str, Path], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_file, "_WRITER_TIMEOUT_S", 0.05)
    monkeypatch.setattr(database_file, "_READER_TIMEOUT_S", 0.05)
    path = new_database(folder / "calls.db", time_zone="UTC")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA locking_mode = EXCLUSIVE")
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("UPDATE site SET name = 'z'")
        for command in (*READ, *WRITE, "init"):
            if not command.startswith("follow "):  # they wait until they can go on
                assert "is locked by another program; try again" in refused(command, files, path), command


def test_a_demo_is_not_written_into_a_database_that_somebody_writes(
    files: dict[str, Path], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "_WRITER_TIMEOUT_S", 0.05)
    path = new_database(folder / "calls.db", time_zone="UTC")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert "is locked by another program; try again" in refused("seed --days 0", files, path)


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    place = folder / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4200k", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no disk can be made here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(disk: Path) -> None:
    with (disk / "filling").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))


def test_a_full_disk(files: dict[str, Path], disk: Path) -> None:
    """SQLite calls it a fault of the disk if the file beside a database finds no room: nothing needs to be put back."""
    path = new_database(disk / "calls.db", time_zone="UTC")
    fill(disk)
    for command in (*READ, *WRITE):
        assert "the disk is full; make room on it" in refused(command, files, path), command
    shutil.rmtree(files["out"], ignore_errors=True)
    for each in disk.iterdir():
        each.unlink()
    fill(disk)
    for command in ("init", "seed --days 0", "restore {copy}", MAKE[-1]):
        line = refused(command, files, path)
        assert "make room on it" in line, line
    assert [each.name for each in disk.iterdir()] == ["filling"]
    line = refused(f"backup {disk}/copies", files, files["copy"])
    assert "the disk is full; make room on it" in line
    assert list((disk / "copies").iterdir()) == []


def test_a_disk_that_becomes_full(files: dict[str, Path], disk: Path) -> None:
    path = new_database(disk / "calls.db", time_zone="UTC")
    assert "the disk is full; make room on it" in refused("seed --days 3", files, path)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("config set queues..x 1", "a name is missing in 'queues..x'; write it as queues.Sales.purpose"),
        ("config set queues. 1", "a name is missing in 'queues.'; write it as"),
        ("config set .x 1", "a name is missing in '.x'; write it as"),
        ("config show quotas..day.sales", "a name is missing in 'quotas..day.sales'; write it as"),
        ("follow ami --user x --wrap-up sales=inf --password-file {password}", "--wrap-up sales=inf is not QUEUE="),
        ("follow queue-log {log} --source=", "--source: give the source a name"),
        ("import queue-log {log} --source=", "--source: give the source a name"),
        (
            "import table customers {table} --table x",
            "--table: {table} is no workbook and no SQLite file: leave it out.",
        ),
        ("init --time-zone=", "There is no time zone ''"),
        ("status --db=", "the path is empty; name the database file."),
        (
            "service install --dry-run --name ../x queue-log {log}",
            "'../x' cannot be a service's name; write one such as",
        ),
        ("service install --dry-run --name= queue-log {log}", "'' cannot be a service's name"),
        ("service remove --name a/b", "'a/b' cannot be a service's name"),
    ],
)
def test_a_value_that_means_nothing(files: dict[str, Path], folder: Path, command: str, sentence: str) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    before, rest = words(command, files)[:2], words(command, files)[2:]
    if "init" in before:
        path.unlink()
    database = [] if "remove" in before or "--db=" in before else ["--db", path]
    assert sentence.format(**files) in one_line(ccmon(*before, *database, *rest), 2)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("restore {empty}", "{empty} is empty and no copy; name another file that ccmon backup has made."),
        ("import table calls {calls} --mapping {binary}", "The mapping {binary} is not UTF-8; save it as UTF-8."),
        ("follow freeswitch --database {folder}", "{folder} is a directory; name FreeSWITCH's callcenter.db in it."),
        ("import queue-log {log} --time-zone Mars", "There is no time zone 'Mars'"),
        ("import queue-log {folder}", "is a directory; name the queue logs in it"),
        ("follow queue-log {folder}", "is a directory; name the queue log in it"),
    ],
)
def test_a_file_that_is_something_else(files: dict[str, Path], folder: Path, command: str, sentence: str) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    files |= {"empty": folder / "empty", "binary": folder / "binary", "folder": folder}
    files["empty"].touch()
    files["binary"].write_bytes(bytes(range(256)) * 50)
    assert sentence.format(**files) in refused(command, files, path)


def test_an_import_of_what_is_no_queue_log_has_failed(files: dict[str, Path], folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    ran = ccmon("import", "queue-log", files["table"], "--db", path)
    assert (ran.returncode, ran.stderr) == (
        1, "ccmon: no line was understood: is it a queue log, and --encoding its encoding?\n"
    )  # fmt: skip
    assert ccmon("import", "queue-log", files["log"], files["table"], "--db", path).returncode == 0
