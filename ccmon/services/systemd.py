"""Units of ccmon in systemd's directories: written, started, shown, taken away."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ccmon.errors import CcmonError, os_error
from ccmon.services.unit import MARK
from ccmon.whole_file import write_whole

RUNNING = Path("/run/systemd/system")
"""Is there while systemd runs this machine."""
SYSTEM_UNITS = Path("/etc/systemd/system")
LINGERING = Path("/var/lib/systemd/linger")
"""Has a file for each account whose services run without a session."""
_RUNNING = frozenset({"active", "activating", "reloading"})

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def _captured(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


class Systemd(Struct, frozen=True):
    """The system's services, or the user's own."""

    is_user: bool

    @property
    def directory(self) -> Path:
        """Where units lie that an administrator, or the user, has written."""
        if not self.is_user:
            return SYSTEM_UNITS
        home = os.environ.get("XDG_CONFIG_HOME", "")
        return (Path(home) if home.startswith("/") else Path.home() / ".config") / "systemd" / "user"

    def unit(self, name: str) -> Path:
        """The file of a service."""
        return self.directory / f"{name}.service"

    def ours(self) -> list[Path]:
        """The units that `install` has written."""
        return units_in(self.directory)

    def drop_ins(self, name: str) -> list[Path]:
        """The files beside a unit that change it, in the order in which systemd reads them after it.

        They are what ``systemctl edit`` writes; of two with the same name the administrator's lasting one counts.
        """
        found = {
            path.name: path
            for folder in (self._until_reboot, self.directory)
            for path in (folder / f"{name}.service.d").glob("*.conf")
        }
        return [found[each] for each in sorted(found)]

    @property
    def _until_reboot(self) -> Path:
        """Where units and drop-ins lie that are gone after the next boot, or with the user's last session."""
        if not self.is_user:
            return RUNNING
        return Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent") / "systemd" / "user"

    def text(self, name: str) -> str:
        """What systemd reads of a service: its unit, and then its drop-ins; empty if there is no unit."""
        return "\n".join(_read(path) for path in (self.unit(name), *self.drop_ins(name)))

    def difference(self, name: str, text: str) -> list[str]:
        """The lines that would go from a unit (-) and those that would come (+); none if it stays as it is."""
        path = self.unit(name)
        before = _read(path).splitlines() if path.exists() else []
        return list(difflib.unified_diff(before, text.splitlines(), str(path), str(path), lineterm="", n=1))

    def install(self, name: str, text: str) -> None:
        """Write a unit, start it, and have it started at each boot.

        Raises:
            CcmonError: a file of that name is somebody else's, or it cannot be written, or systemd does not start it.
        """
        path = self.unit(name)
        if path.exists() and not _read(path).startswith(MARK):
            raise CcmonError(f"{path} was not written by ccmon; give another --name, or remove it first.")
        write_whole(path, text, mode=None if self.is_user else 0o644, folder_mode=0o755)
        self.run("daemon-reload")
        self.run("enable", path.name)
        try:
            self.run("restart", path.name)
        except CcmonError as error:
            raise error.followed_by(f"{' '.join(self.journal(name))} says more.") from error

    def remove(self, name: str) -> None:
        """Stop a service, and take its unit away.

        Raises:
            CcmonError: there is none of ours of that name, or it cannot be removed.
        """
        path = self.unit(name)
        if path not in self.ours():
            known = ", ".join(each.stem for each in self.ours()) or "none"
            raise CcmonError(f"ccmon has written no service {name}; there are: {known}.")
        self.run("disable", "--now", path.name)
        try:
            path.unlink()
        except OSError as error:
            raise CcmonError(os_error(f"{path} cannot be removed", error)) from error
        self.run("daemon-reload")

    def state(self, name: str) -> dict[str, str]:
        """What systemd says of a service: ActiveState, SubState, NRestarts, and so on."""
        wanted = (
            "LoadState,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp,UnitFileState,"
            "MainPID,ExecMainStartTimestampMonotonic,NeedDaemonReload"
        )
        told = self.run("show", f"--property={wanted}", f"{name}.service")
        return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)

    def journal(self, name: str) -> list[str]:
        """The command that shows what a service has said."""
        return ["journalctl", *(["--user"] if self.is_user else []), "-u", name]

    def last_line(self, name: str, run: Runner = _captured) -> str | None:
        """What was said since its last start by ccmon as this service, or by systemd where it could not run ccmon.

        Args:
            name: of the service.
            run: runs a command.

        Returns:
            None as far as the journal is not there, or not ours to read.
        """
        since = self._last_start(name)
        for words in (("--identifier", "ccmon"), ("--priority", "err")):
            ends = ["--lines", "1", "--output", "cat", *(["--since", since] if since else [])]
            try:
                ran = run([*self.journal(name), *words, *ends])
            except (OSError, CcmonError):
                return None
            last = ran.stdout.strip().splitlines()[-1:] if ran.returncode == 0 else []
            if last and not last[0].startswith("-- "):
                return last[0].removeprefix("ccmon: ").removeprefix(f"{name}.service: ")
        return None

    def _last_start(self, name: str) -> str:
        """When its program was last started, to the microsecond; empty if systemd does not say."""
        with suppress(CcmonError):
            wanted = ["--timestamp=us", "--property=ExecMainStartTimestamp"]
            return self.run("show", *wanted, f"{name}.service").strip().partition("ExecMainStartTimestamp=")[2]
        return ""

    def run(self, *words: str) -> str:
        """Run systemctl; return what it printed.

        Raises:
            CcmonError: it failed; the sentence holds what it said.
        """
        command = ["systemctl", *(["--user"] if self.is_user else []), *words]
        try:
            ran = _captured(command)
        except OSError as error:
            raise CcmonError(os_error("systemctl cannot be run", error)) from error
        if ran.returncode:
            said = " ".join((ran.stderr or ran.stdout).split())
            raise CcmonError(f"{' '.join(command)} failed: {said.removesuffix('.') or ran.returncode}.")
        return ran.stdout


def is_running(state: Mapping[str, str]) -> bool:
    """Whether a service runs, by its `Systemd.state`; not while it has ended and waits to be started again."""
    return state.get("ActiveState") in _RUNNING and not starts_again(state)


def starts_again(state: Mapping[str, str]) -> bool:
    """Whether a service has ended and waits to be started again by itself, by its `Systemd.state`."""
    return state.get("SubState") == "auto-restart"


def how_to_stay(account: str) -> str:
    """A sentence for a user whose service ends with the last session; empty if it goes on without one."""
    if (LINGERING / account).exists():
        return ""
    return f"It ends when you log out, unless the administrator runs: loginctl enable-linger {account}"


def units_in(directory: Path) -> list[Path]:
    """The units in a directory that `Systemd.install` has written; none if it cannot be looked into."""
    try:
        return [path for path in sorted(directory.glob("*.service")) if _read(path).startswith(MARK)]
    except OSError:
        return []


def is_there(*, is_user: bool = False) -> bool:
    """Whether systemd runs this machine, and for a service of the user's own also this session."""
    session = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent") / "systemd"
    return RUNNING.is_dir() and (not is_user or session.is_dir())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
