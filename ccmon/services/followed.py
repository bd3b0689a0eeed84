"""What a service follows: as its unit and drop-ins say, and as its process was started."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.services import systemd
from ccmon.services.systemd import Systemd
from ccmon.services.unit import Account, FollowArguments, account_of, arguments_in, follow_arguments

PROCESSES = Path("/proc")
"""Holds a directory for each process."""


def written(services: Systemd, name: str) -> FollowArguments | None:
    """What a service will follow when it is started again, by its files; None: they run another command."""
    return follow_arguments(services.text(name), name, is_user=services.is_user)


def followed(services: Systemd, name: str) -> FollowArguments | None:
    """As `written`, but where that holds what only systemd knows, and the service runs, as its process was started."""
    found = written(services, name)
    if found is None or not found.has_unknown:
        return found
    state = dict[str, str]()
    with suppress(CcmonError):
        state = services.state(name)
    runs = arguments_of_process(state.get("MainPID", "0")) if systemd.is_running(state) else None
    return found if runs is None else runs._replace(password_file=found.password_file)


def account(services: Systemd, name: str) -> Account | None:
    """As whom a service runs; None: as root, or as the user whose service it is."""
    return account_of(services.text(name), name)


def arguments_of_process(process: str) -> FollowArguments | None:
    """What a process follows, by its command line; None if that cannot be seen, or it is another command."""
    with suppress(OSError):
        line = (PROCESSES / process / "cmdline").read_text(encoding="utf-8", errors="surrogateescape")
        return arguments_in(line.removesuffix("\0").split("\0"))
    return None
