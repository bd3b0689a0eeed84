"""pg_activity on a PostgreSQL of its own: a screen of the same kind, to compare ours with.

The server is the machine's (Debian's packages), runs as an unprivileged user, keeps its files and its socket in a
temporary folder, and listens nowhere else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.terminal import Terminal, terminal_environment, wait_until

SERVERS = Path("/usr/lib/postgresql")
UNPRIVILEGED = ("postgres", "nobody")
SHOWN = "RUNNING QUERIES"
"""On pg_activity's screen as soon as it shows anything."""

POSITION_QUESTION = b"\x1b[6n"


class MissingError(Exception):
    """What is needed to run pg_activity is not there; the text says what."""


def find_server() -> Path:
    """Return the folder of the newest PostgreSQL server's programs.

    Raises:
        MissingError: there is none.
    """
    found = [folder for folder in SERVERS.glob("*/bin") if (folder / "postgres").exists()]
    if not found:
        raise MissingError("no PostgreSQL server in /usr/lib/postgresql")
    return max(found, key=lambda folder: float(folder.parent.name))


def find_pg_activity() -> str:
    """Return the program, beside this Python or on the PATH.

    Raises:
        MissingError: it is not installed.
    """
    beside = Path(sys.executable).with_name("pg_activity")
    found = str(beside) if beside.exists() else shutil.which("pg_activity")
    if found is None:
        raise MissingError('no pg_activity (pip install pg_activity "psycopg[binary]")')
    return found


@contextmanager
def server() -> Iterator[Path]:
    """Run a server; yields the folder of its socket.

    Raises:
        MissingError: there is no server, or nobody to run it as.
    """
    programs, user = find_server(), _user()
    with tempfile.TemporaryDirectory(prefix="ccmon-postgres-") as name:
        folder = Path(name)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        _start(initdb, folder, user).wait()
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            data,
            "-k",
            folder,
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
        ]
        process = _start(command, folder, user)
        try:
            wait_until(lambda: _is_ready(data) or process.poll() is not None)
            if process.poll() is not None:
                raise MissingError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-300:]}")
            yield folder
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


class AnsweringTerminal(Terminal):
    """A terminal that also says where its cursor is: pg_activity's library waits for that before it shows anything."""

    def _answer(self, data: bytes) -> None:
        super()._answer(data)
        for _ in range(data.count(POSITION_QUESTION)):
            self.send(b"\x1b[1;1R")


def terminal(socket: Path, *, size: tuple[int, int] = (120, 40)) -> Terminal:
    """Start pg_activity on a server in a terminal, one look a second."""
    command = [find_pg_activity(), "-h", str(socket), "-U", "postgres", "-d", "postgres", "--refresh", "1"]
    return AnsweringTerminal(command, size=size)


def _is_ready(data: Path) -> bool:
    """Tell whether a server takes connections: it says so in the last line of its file, as `pg_ctl` reads it."""
    file = data / "postmaster.pid"
    return file.exists() and file.read_text().split()[-1:] == ["ready"]


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: None for whoever runs this, who must not be root."""
    if os.geteuid():
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingError("no unprivileged user to run PostgreSQL as")


def _start(command: list[str | Path], folder: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=terminal_environment(),
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )
