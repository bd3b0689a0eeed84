"""The machine as setup sees it: its files, accounts and ports. Tests give it a tree of files of their own."""

from __future__ import annotations

import grp
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ccmon import settings
from ccmon.accounts import account_name
from ccmon.errors import CcmonError, os_error, sentence
from ccmon.services.systemd import Systemd
from ccmon.setup.source import SourceKind
from ccmon.setup.switch_login import login_refusal
from ccmon.setup.time_zone import machine_time_zone
from ccmon.sources.connection import Login

GREETING_S = 1.0
"""How long a program may take to greet who has connected to it."""

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
Greeting = Callable[[str, int], str | None]
Refusal = Callable[[SourceKind, Login], str | None]


def greeting(host: str, port: int) -> str | None:
    """The first line that a program says to who connects; None if nobody listens there."""
    with suppress(OSError), socket.create_connection((host, port), GREETING_S) as connection:
        connection.settimeout(GREETING_S)
        lines = connection.recv(200).decode("utf-8", "replace").splitlines()
        return lines[0].strip() if lines else ""
    return None


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    try:
        return subprocess.run(list(command), capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise CcmonError(os_error(f"{command[0]} cannot be run", error)) from error


class Machine(Struct, frozen=True):
    """Where setup looks, and what it can do."""

    root: Path = Path("/")
    """Stands for ``/`` in every path of the system's."""
    is_root: bool = False
    run: Runner = run
    greeting: Greeting = greeting
    refusal: Refusal = login_refusal

    def path(self, absolute: str) -> Path:
        """A path of the system's."""
        return self.root / absolute.lstrip("/")

    @property
    def time_zone(self) -> str:
        """IANA name of the machine's time zone."""
        return machine_time_zone(self.root)

    @property
    def default_database(self) -> Path:
        """Where a database is made unless another place is named."""
        return self.path("/var/lib/ccmon/calls.db") if self.is_root else settings.default_database()

    @property
    def has_access_lists(self) -> bool:
        """Whether the program is there that lets some act and others only look; it may be installed meanwhile."""
        return shutil.which("setfacl") is not None

    @property
    def account(self) -> str:
        """The account that the follower runs as."""
        return "ccmon" if self.is_root else account_name()

    @property
    def systemd(self) -> Systemd:
        """The systemd that runs the follower: the system's for root, else this account's own."""
        return Systemd(is_user=not self.is_root)

    def has_account(self, name: str) -> bool:
        """Whether there is such an account."""
        if self.root != Path("/"):
            return name in _names(self.path("/etc/passwd"))
        with suppress(KeyError):
            return bool(pwd.getpwnam(name))
        return False

    def home(self, name: str) -> Path | None:
        """The home of an account; None if there is none."""
        if self.root != Path("/"):
            fields = _names(self.path("/etc/passwd")).get(name, [])
            return self.path(fields[5]) if len(fields) > 5 else None
        with suppress(KeyError):
            return Path(pwd.getpwnam(name).pw_dir)
        return None

    def members(self, group: str) -> tuple[str, ...] | None:
        """The accounts that are in a group; None if there is no such group."""
        if self.root != Path("/"):
            found = _names(self.path("/etc/group")).get(group)
            return None if found is None else tuple(filter(None, found[-1].split(",")))
        with suppress(KeyError):
            return tuple(grp.getgrnam(group).gr_mem)
        return None

    def group_number(self, group: str) -> int | None:
        """The number of a group; None if there is no such group."""
        if self.root != Path("/"):
            found = _names(self.path("/etc/group")).get(group)
            return None if found is None else int(found[2])
        with suppress(KeyError):
            return grp.getgrnam(group).gr_gid
        return None

    def do(self, *command: str) -> None:
        """Run a program that has to succeed.

        Raises:
            CcmonError: it failed; the sentence holds what it said.
        """
        ran = self.run(command)
        if ran.returncode:
            said = " ".join((ran.stderr or ran.stdout).split())
            raise CcmonError(sentence(f"{' '.join(command)} failed: {said or ran.returncode}"))


def _names(file: Path) -> dict[str, list[str]]:
    """The fields of each line of a file such as ``/etc/passwd``, by the first."""
    with suppress(OSError):
        return {line.split(":")[0]: line.split(":") for line in file.read_text(encoding="utf-8").splitlines()}
    return {}


def owner_of(path: Path) -> str:
    """The account that a file belongs to."""
    with suppress(KeyError):
        return path.owner()
    return str(path.stat().st_uid)


_BELOW_ROOT = ("home", "media", "mnt", "opt", "root", "srv", "tmp", "usr/local", "var", "var/lib", "var/opt", "var/tmp")
OF_SYSTEM = frozenset({Path("/"), *(Path("/") / name for name in _BELOW_ROOT)})
"""Directories of the whole system, even where nothing is in them yet."""


def is_of_its_own(folder: Path, name: str, account: str) -> bool:
    """Whether a directory is there for the database of that name alone, or not there yet."""
    if folder in OF_SYSTEM:
        return False
    if not folder.is_dir() or all(each.name.startswith(name) for each in folder.iterdir()):
        return True
    return owner_of(folder) == account


def may_be_there(path: Path) -> bool:
    """Whether there is such a file, or a directory that this account may not look into."""
    try:
        return path.exists()
    except PermissionError:
        return True


def group_of(path: Path) -> str:
    """The group of a file; where this account may not see it, that of the directory that it may not enter."""
    try:
        number = path.stat().st_gid
    except PermissionError:
        return group_of(path.parent)
    with suppress(KeyError):
        return grp.getgrgid(number).gr_name
    return str(number)
