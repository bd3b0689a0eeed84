"""Services that ccmon has written, as they are found on this machine: what each follows, and into which database."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon.database.source_lock import is_locked, sources_with_lock
from ccmon.errors import CcmonError, NeedsFollowerError
from ccmon.file_rights import first_refused
from ccmon.formatting import plural
from ccmon.model.sources import FollowService
from ccmon.services import systemd
from ccmon.services.account import identity_of, rights_to_open
from ccmon.services.followed import account, followed
from ccmon.services.systemd import Systemd, units_in
from ccmon.services.unit import Account


def service_of(database: Path, source: str) -> FollowService | None:
    """The service that follows a source into a database; None if there is none."""
    found = (_service(services, name, database) for services, name, followed in _into(database) if followed == source)
    return next(found, None)


def with_start_command(error: NeedsFollowerError) -> CcmonError:
    """The same error, with the command that starts the follower, if that has a service which is stopped."""
    command = start_command(Path(error.database))
    if command is None:
        return error
    return CcmonError(str(error).removesuffix("."), command=f"start its service: {command}")


def after_restoring(database: Path, whence: str, *, is_followed: bool, is_in_force: bool = True) -> str:
    """What becomes of those who follow into a database, after a copy was put in its place, in a sentence.

    Args:
        database: its path.
        whence: from where on they continue.
        is_followed: whether a source of it is to be followed.
        is_in_force: whether it is the database that commands take by themselves.

    Returns:
        Empty where nothing follows into it.
    """
    found = [(name, _service(services, name, database)) for services, name, _ in _into(database)]
    for name, service in found:
        if service.starts_again:
            return f"{name} starts again by itself: it continues {whence}."
    runs = any(service.is_running for _, service in found)
    if runs or any(is_locked(database, source) for source in sources_with_lock(database)):
        return f"What follows the switch goes on running: it continues {whence}."
    stopped = next((service.start_command for _, service in found if service.is_running is False), None)
    if stopped is None:
        if not found and not is_followed:
            return ""
        setup = ["ccmon", "setup", *([] if is_in_force else ["--db", str(database)])]
        by_setup = f"for a service: {shlex.join(['sudo', *setup] if os.geteuid() == 0 else setup)}"
        return f"Start again what follows the switch ({by_setup}): it continues {whence}."
    who = "an administrator: " if stopped.startswith("sudo ") and os.geteuid() else ""
    return f"Start again what follows the switch ({who}{stopped}): it continues {whence}."


def start_command(database: Path) -> str | None:
    """The command that starts the service that follows into a database; None: none is there that is stopped."""
    of_database = (_service(services, name, database) for services, name, _ in _into(database))
    return next((service.start_command for service in of_database if service.is_running is False), None)


def _into(database: Path) -> Iterator[tuple[Systemd, str, str]]:
    """Where a service is installed that follows into a database, its name, and that of its source."""
    if not systemd.is_there():
        return
    for services in (Systemd(is_user=False), Systemd(is_user=True)):
        for path in services.ours():
            found = followed(services, path.stem)
            if found is not None and found.is_into(database):
                yield services, path.stem, found.source


def _service(services: Systemd, name: str, database: Path) -> FollowService:
    state: dict[str, str] = {}
    with suppress(CcmonError):
        state = services.state(name)
    is_running = systemd.is_running(state) if "ActiveState" in state else None
    was_stopped = state.get("Result") == "success"
    return FollowService(
        start_command=f"{'systemctl --user' if services.is_user else 'sudo systemctl'} start {name}",
        is_running=is_running,
        last_line=services.last_line(name) if is_running or not was_stopped else None,
        starts_again=systemd.starts_again(state),
        refused=_refused(account(services, name), database),
    )


def _refused(runs_as: Account | None, database: Path) -> str | None:
    """What the account of a service may not do that it must to write a database, as far as that can be seen."""
    with suppress(OSError, KeyError):
        if runs_as is not None:
            refused = first_refused(identity_of(runs_as), rights_to_open(database.resolve(), writes=True))
            return None if refused is None else f"account {runs_as.user} cannot {refused}"
    return None


def elsewhere(services: Systemd) -> Iterator[str]:
    """A sentence for each other place that has services of ccmon: the system, or an account that asks by sudo."""
    if services.is_user:
        yield from _told(Systemd(is_user=False).ours(), "The system has", "ccmon service status --system")
        return
    asks = os.environ.get("SUDO_USER", "")
    own = Systemd(is_user=True)
    yield from _told(own.ours(), "This account has, of its own,", "ccmon service status --user")
    try:
        home = Path(pwd.getpwnam(asks).pw_dir)
    except KeyError:
        return
    units = home / ".config" / "systemd" / "user"
    if units != own.directory:
        yield from _told(units_in(units), f"{asks} has, of their own,", "ccmon service status, without sudo")


def _told(units: list[Path], whose: str, command: str) -> Iterator[str]:
    if units:
        names = ", ".join(unit.stem for unit in units)
        yield f"{whose} {plural(len(units), '{n} service', '{n} services')}: {names} ({command})."
