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
    from ccmon.monitor.kept_views import ViewKeeper
    from ccmon.monitor.poller import Preparation
    from ccmon.monitor.screens.details import PageReader
    from ccmon.views.screen_view import ScreenView


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
    alarm_signal: str = "off",
    own_limits: Mapping[str, int] | None = None,
    keys: Mapping[str, tuple[str, str]] | None = None,
    view: str | None = None,
    fresh: bool = False,
    keeps_views: bool = True,
    preparation: Preparation | None = None,
    on_forced_exit: Callable[[int], int] | None = None,
) -> int:
    """Show the monitor until it is ended; the exit status is 0, 1, or 128 plus the number of the signal that ended it.

    ``queue``, ``team`` and ``client`` narrow what is shown from the start; ``ascii_only``: None asks the locale;
    ``theme`` is "terminal" (as the terminal says), "dark" or "light"; ``read_only`` removes the keys that change
    something; ``alarm_signal`` and ``keys`` are those of `Settings`, ``own_limits`` is `AlarmLimits.own`. If an orderly
    end takes too long, this function does not return; ``on_forced_exit`` is then called with the exit status.

    The screen begins as it was left, with ``fresh`` as usual, or with the ``view`` that has this name. With a view, and
    without ``keeps_views``, it is not kept how it is left. Filters that are given come before those that were kept.

    Raises:
        CcmonError: there is no terminal that can show a screen, ``keys`` make no sense, or no view has the name.
    """
    _load()
    from ccmon.database.live_reader import LiveReader
    from ccmon.monitor.app import Monitor
    from ccmon.monitor.poller import Poller
    from ccmon.snapshot.narrow import Filters
    from ccmon.views.colours import is_light
    from ccmon.views.glyphs import ASCII, UNICODE, needs_ascii
    from ccmon.views.keys import KeyChoice, mapped_keys

    keeper, beginning = _beginning(database, view, fresh=fresh, keeps_views=keeps_views)
    app = Monitor(
        Poller(LiveReader(database, own_limits or {}), every_s=refresh_s, preparation=preparation),
        ASCII if (needs_ascii() if ascii_only is None else ascii_only) else UNICODE,
        light=is_light() if theme == "terminal" else theme.endswith("light"),
        database=database,
        filters=Filters(queue, team, client) or beginning.kept_filters,
        read_only=read_only,
        alarm_signal=alarm_signal,
        keys=mapped_keys({action: KeyChoice(*choice) for action, choice in (keys or {}).items()}),
        view=beginning,
        keeper=keeper,
        make_detail_reader=lambda: _detail_reader(database),
    )
    app.shutdown.on_forced_exit = on_forced_exit
    with app.shutdown:
        app.run(mouse=mouse)
    return _status(app.return_code or 0, app.error)


def _detail_reader(database: Path) -> PageReader:
    """What reads the details of rows; imported when the first are opened."""
    from ccmon.database.detail_reader import DetailReader

    return DetailReader(database)


def _load() -> None:
    """Import what a screen needs, once there is a terminal that can show it."""
    import_parts("inspect", "asyncio")
    from ccmon.monitor.shutdown import check_terminal

    check_terminal()
    # Until the screen handles Ctrl-C there is nothing to restore: it ends the process at once, even while loading.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # until the first frame: what is imported stays
    import_parts("textual.app", "textual.drivers.linux_driver")
    use_one_arena()


def _status(status: int, error: str | None) -> int:
    """The exit status of a program that has ended.

    Raises:
        CcmonError: it failed; `error` is the traceback.
    """
    if status == 128 + signal.SIGHUP:
        _write_to_nobody()
    if error is not None:
        if os.environ.get("CCMON_DEBUG"):
            sys.stderr.write(error)
        last = error.strip().rpartition("\n")[2]
        raise CcmonError(f"The monitor failed ({last}); CCMON_DEBUG=1 shows where.")
    return status


def _beginning(
    database: Path, view: str | None, *, fresh: bool, keeps_views: bool
) -> tuple[ViewKeeper | None, ScreenView]:
    """What keeps how the screen is left, where it is kept at all, and how the screen begins.

    Raises:
        UsageError: no view has the name.
        CcmonError: the views cannot be read.
    """
    from ccmon.monitor.kept_views import ViewKeeper, named_view, views_file
    from ccmon.views.screen_view import AS_USUAL

    if view is not None:
        file = views_file()
        return ViewKeeper(file, database, keeps_left=False), named_view(file, view)
    if not keeps_views:
        return None, AS_USUAL
    try:
        keeper = ViewKeeper(views_file(), database)
    except CcmonError:  # a user without a home
        return None, AS_USUAL
    return keeper, AS_USUAL if fresh else keeper.begin()


def _write_to_nobody() -> None:
    """After a hang-up nobody reads any more: writing what is left must not turn the end into an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    for output in (1, 2):
        if stat.S_ISCHR(os.fstat(output).st_mode):  # standard error may be a log file
            os.dup2(nowhere, output)
