"""Runs ``ccmon seed``: an empty database is filled with a simulated floor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

DAYS_BEFORE = (0, 1000)
"""The least and the most allowed."""


def run_seed(
    db: Path | None = None,
    *,
    days: int = 35,
    agents: int = 40,
    seed_number: int = 1,
    until: str | None = None,
    yes: bool = False,
) -> None:
    """Fill a database with the days before a moment and the day of that moment up to it, and say so.

    It is made, in this machine's time zone, where there is none. With ``yes``, also one that somebody has configured.

    Raises:
        CcmonError: it cannot be made, it is a site's, it holds other data, or ``until`` is no moment.
    """
    from ccmon.cli.values import database_path
    from ccmon.database.site import zone_of_database
    from ccmon.formatting import iso_minute, plural
    from ccmon.real_time import real_now
    from ccmon.simulator import history

    path = database_path(db)
    if not path.exists():
        _make(path)
    history.check_may_be_filled(path)
    if not yes:
        history.check_is_no_site(path, unless="; with --yes this one is filled all the same.")
    zone = zone_of_database(path)
    ends_at = real_now() if until is None else _moment(until, path)
    calls = history.seed(path, days=days, agents=agents, seed=seed_number, until=ends_at, progress=_progress())
    until_text = f"{iso_minute(ends_at, zone)} ({zone.key})"
    sys.stdout.write(f"{path}: {calls} calls of {plural(days + 1, '{n} day', '{n} days')}, until {until_text}.\n")


def _moment(text: str, path: Path) -> int:
    from ccmon.cli.values import present_of
    from ccmon.views.moments import moment

    return moment(text, present_of(path))


def _make(path: Path) -> None:
    from ccmon import settings
    from ccmon.database import creation
    from ccmon.setup.time_zone import machine_time_zone

    if path == settings.default_database():
        path.parent.mkdir(parents=True, exist_ok=True)
    zone = machine_time_zone()
    creation.create(path, time_zone=zone)
    sys.stdout.write(f"Made {path}, in the time zone {zone}.\n")


def _progress() -> Callable[[int, int], None]:
    """A function that shows progress on standard error, only on a terminal."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} of {total} days" if done < total else "\r\x1b[K")
            sys.stderr.flush()

    return show
