"""Services that run otherwise than their units are written: not started again since, or into another database."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ccmon import settings
from ccmon.database.doctor import Finding
from ccmon.errors import CcmonError
from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.real_time import real_now
from ccmon.services import systemd
from ccmon.services.followed import arguments_of_process, followed, written
from ccmon.services.systemd import Systemd
from ccmon.services.unit import has_command

CLOCK_STEP_S = 1.0
"""By how much the clock may have been set since a service was started: its unit may seem to be newer by as much."""


class OutdatedService(Struct, frozen=True):
    """A service whose process is not that of its unit as it is written."""

    name: str
    writes: Path | None
    """The database that its process writes, if that is not the one of its unit."""
    names: Path | None
    """The database that its unit names, with its drop-ins; None: it names none."""
    commands: tuple[str, ...]
    """What makes it run as its unit says."""

    @property
    def text(self) -> str:
        """What is wrong with it, and the commands that make it right."""
        what = "it was started before its unit was written, and runs as the one before said"
        if self.writes is not None:
            named = "which its unit does not name" if self.names is None else f"not {self.names}, which its unit names"
            what = f"it still writes {self.writes}, {named}"
        return f"{what}: {'; '.join(self.commands)}"


def outdated(services: Systemd, name: str) -> OutdatedService | None:
    """A service that runs, and was started before its unit was written; None: it was not, or that cannot be seen.

    Args:
        services: the system's or the user's own.
        name: of the service.
    """
    path, state = services.unit(name), dict[str, str]()
    with suppress(CcmonError):
        state = services.state(name)
    if not path.is_file() or not systemd.is_running(state):
        return None
    writes = _written_by(state.get("MainPID", "0"))
    found = written(services, name)
    is_known = found is None or found.is_database_known
    is_elsewhere = writes is not None and is_known and not (found is not None and found.is_into(writes))
    if not is_elsewhere and not _was_started_before([path, *services.drop_ins(name)], state):
        return None
    return OutdatedService(
        name, writes if is_elsewhere else None, found.database if found else None, _restarting(services, name)
    )


def _restarting(services: Systemd, name: str) -> tuple[str, ...]:
    """The commands by which a service runs as its unit says."""
    systemctl = "systemctl --user" if services.is_user else "sudo systemctl"
    return f"{systemctl} daemon-reload", f"{systemctl} restart {name}"


def findings(database: Path) -> Iterator[Finding]:
    """What ``ccmon doctor`` tells of services that should follow into a database, and still run otherwise."""
    if not systemd.is_there():
        return
    places = Systemd(is_user=False), Systemd(is_user=True)
    into = [
        (services, unit.stem)
        for services in places
        for unit in services.ours()
        if (follows := followed(services, unit.stem)) is not None and follows.is_into(database)
    ]
    for services, name in into:
        found = outdated(services, name)
        if found is not None:
            yield Finding("wrong", f"service {name}", found.text)
    if not into:
        yield from _of_former_database(places, database)


def _of_former_database(places: tuple[Systemd, ...], database: Path) -> Iterator[Finding]:
    """The service that setup installs, where it follows into another database than the one in force."""
    for services in places:
        unit = services.unit(DEFAULT_SERVICE)
        found = followed(services, DEFAULT_SERVICE) if unit in services.ours() else None
        other = found.database if found else None
        if other is None or not _is_in_force(database, of_user=services.is_user):
            continue
        text = f"it follows into {other}, not into {database}, which is in force"
        command = "ccmon setup" if services.is_user else "sudo ccmon setup"
        drop_in = next(filter(_says_what_runs, reversed(services.drop_ins(DEFAULT_SERVICE))), None)
        if drop_in is not None:  # setup writes the unit alone
            text = f"{text}: {drop_in} says so; correct it, or take it away"
            command = "; ".join(_restarting(services, DEFAULT_SERVICE))
        yield Finding("wrong", f"service {DEFAULT_SERVICE}", f"{text}: {command}")


def _says_what_runs(drop_in: Path) -> bool:
    with suppress(OSError, UnicodeDecodeError):
        return has_command(drop_in.read_text(encoding="utf-8"))
    return False


def _is_in_force(database: Path, *, of_user: bool) -> bool:
    """Whether settings name a database: the site's, or of a user all together."""
    site = settings.settings_files()[0]
    named = [str(each.value) for each in settings.given() if (each.name, each.where) == ("database", site)]
    found = [str(settings.load().database)] if of_user else named
    return bool(found) and Path(found[-1]).resolve() == database.resolve()


def _written_by(process: str) -> Path | None:
    """The database that a process follows into, by its command line; None if that cannot be seen."""
    found = arguments_of_process(process)
    return found.database if found else None


def _was_started_before(files: Sequence[Path], state: Mapping[str, str]) -> bool:
    """Whether a service has run since before its unit or a drop-in was written, or systemd has not read it since.

    Its start is counted back from now: a clock that was set after the boot gives other times of day before.
    """
    if state.get("NeedDaemonReload") == "yes":
        return True
    since_boot_us = state.get("ExecMainStartTimestampMonotonic", "")
    if not since_boot_us.isdecimal() or since_boot_us == "0":
        return False
    started_at = real_now() / 1000 - (time.monotonic() - int(since_boot_us) / 1e6)
    return max(file.stat().st_mtime for file in files) > started_at + CLOCK_STEP_S
