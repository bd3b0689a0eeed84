"""The live screen: a Textual program. Textual is imported only when `run` is called."""

from __future__ import annotations

import gc
import os
import signal
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ccmon.errors import CcmonError
from ccmon.freed_memory import use_one_arena
from ccmon.partial_imports import import_parts

if TYPE_CHECKING:
    from ccmon.monitor.poller import Preparation


def run(
    database: Path,
    *,
    refresh_s: float = 1.0,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    ascii_only: bool | None = None,
    theme: str = "terminal",
    mouse: bool = False,
    read_only: bool = False,
    own_limits: Mapping[str, int] | None = None,
    keys: Mapping[str, tuple[str, str]] | None = None,
    preparation: Preparation | None = None,
    on_forced_exit: Callable[[int], int] | None = None,
) -> int:
    """Show the monitor until it is ended; the exit status is 0, 1, or 128 plus the number of the signal that ended it.

    ``queue``, ``team`` and ``client`` narrow what is shown from the start; ``ascii_only``: None asks the locale;
    ``theme`` is "terminal" (as the terminal says), "dark" or "light"; ``read_only`` removes the keys that change
    follow-ups; ``own_limits`` are `AlarmLimits.own`, ``keys`` is `Settings.keys`. If an orderly end takes too long,
    this function does not return; ``on_forced_exit`` is then called with the exit status and returns the one to use.

    Raises:
        CcmonError: there is no terminal that can show a screen, or ``keys`` make no sense.
    """
    import_parts("inspect", "asyncio")
    from ccmon.monitor.shutdown import check_terminal

    check_terminal()
    # Until the screen handles Ctrl-C there is nothing to restore: it ends the process at once, even while loading.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # until the first frame: what is imported stays
    import_parts("textual.app", "textual.drivers.linux_driver")
    use_one_arena()
    from ccmon.database.live_reader import LiveReader
    from ccmon.monitor.app import Monitor
    from ccmon.monitor.poller import Poller
    from ccmon.snapshot.narrow import Filters
    from ccmon.views.colours import is_light
    from ccmon.views.glyphs import ASCII, UNICODE, needs_ascii
    from ccmon.views.keys import KeyChoice, mapped_keys

    app = Monitor(
        Poller(LiveReader(database, own_limits or {}), every_s=refresh_s, preparation=preparation),
        ASCII if (needs_ascii() if ascii_only is None else ascii_only) else UNICODE,
        light=is_light() if theme == "terminal" else theme.endswith("light"),
        database=database,
        filters=Filters(queue, team, client),
        read_only=read_only,
        keys=mapped_keys({action: KeyChoice(*choice) for action, choice in (keys or {}).items()}),
    )
    app.shutdown.on_forced_exit = on_forced_exit
    with app.shutdown:
        app.run(mouse=mouse)
    if app.return_code == 128 + signal.SIGHUP:
        _write_to_nobody()
    if app.error is not None:
        if os.environ.get("CCMON_DEBUG"):
            sys.stderr.write(app.error)
        last = app.error.strip().rpartition("\n")[2]
        raise CcmonError(f"The monitor failed ({last}); CCMON_DEBUG=1 shows where.")
    return app.return_code or 0


def _write_to_nobody() -> None:
    """After a hang-up nobody reads any more: writing what is left must not turn the end into an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    for output in (1, 2):
        if stat.S_ISCHR(os.fstat(output).st_mode):  # standard error may be a log file
            os.dup2(nowhere, output)
