"""Runs ``ccmon monitor``: the live screen."""

from __future__ import annotations

import os
from pathlib import Path

from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import plain


def run_monitor(
    db: Path | None = None,
    *,
    refresh: float | None = None,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    ascii_only: bool | None = None,
    mouse: bool | None = None,
    read_only: bool = False,
    theme: str | None = None,
    view: str | None = None,
    fresh: bool = False,
) -> int:
    """Show the floor, live, until it is ended; None: as the settings say. Returns the exit status.

    Raises:
        CcmonError: no database is named anywhere, and there is none at the default path.
        UsageError: no view has this name, or the options exclude each other.
    """
    if view is not None and fresh:
        raise UsageError("--view and --fresh exclude each other: a view begins as it was saved.")
    if words := _asked_instead():
        raise CcmonError(
            f"this account gets the screen and nothing else, and cannot run {words}; ask the administrator for it."
        )
    from ccmon import settings
    from ccmon.database.left_behind import left_behind
    from ccmon.monitor import run

    site = settings.load(db)
    if (
        db is None
        and site.database == settings.default_database()
        and not (site.database.exists() or left_behind(site.database))
    ):
        raise CcmonError(
            f"There is no database {site.database}",
            command="ccmon setup sets up your own calls, ccmon demo shows a simulated floor.",
        )
    return run(
        site.database,
        refresh_s=site.refresh_seconds if refresh is None else refresh,
        queue=queue,
        team=team,
        client=client,
        ascii_only=(site.ascii or None) if ascii_only is None else ascii_only,
        theme=theme or site.theme,
        mouse=site.mouse if mouse is None else mouse,
        alarm_signal=site.alarm_signal,
        own_limits=site.alarms,
        keys=site.keys,
        view=view,
        fresh=fresh,
        read_only=read_only or _may_only_look(site.database),
    )


def _asked_instead() -> str:
    """Another command of ccmon that was asked for over SSH where sshd forces the screen; empty: none was."""
    asked = os.environ.get("SSH_ORIGINAL_COMMAND", "").split()
    is_other = len(asked) > 1 and asked[0].rpartition("/")[2] == "ccmon"
    return plain(" ".join(asked)) if is_other and asked[1] != "monitor" and not asked[1].startswith("-") else ""


def _may_only_look(database: Path) -> bool:
    """Whether this account can read the database, but change nothing: then it is offered no keys that would."""
    return os.access(database, os.R_OK) and not os.access(database, os.W_OK)
