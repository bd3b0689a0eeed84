"""Writes the report of the day from the screen in another process, so that this one goes on drawing.

The process is `ccmon report`. It reads the database, and writes one file: an HTML page in the directory that the
setting `report_folder` names, or else in the home of whoever watches, or else in the current directory.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ccmon import settings, subprocesses
from ccmon.errors import CcmonError
from ccmon.formatting import local_time
from ccmon.monitor.follow_up_command import PATIENCE_S, ActResult, run_words
from ccmon.monitor.lines_app import DONE_S, FAILED_S
from ccmon.snapshot.narrow import Filters
from ccmon.spelling import folded
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

LONGEST_NAME = 60
"""So many characters of a file's name come from what is shown."""
NOTHING_WRITTEN = "Nothing was written"
PRIVATE = 0o077
"""The file has names of customers: others on the machine need not read it."""
OF_GROUP = 0o027
"""In a directory that the site has named for reports, those in its group read it."""


class ReportingApp(Protocol):
    """What is needed of the program that shows the floor."""

    database: Path

    def show_message(self, sentence: str, style: TextStyle, seconds: float) -> None:
        """Show a sentence for a while."""


def report_file(filters: Filters, now: datetime, *folders: Path | None) -> Path:
    """The file that a report is written to: its name says when and of what, its directory can be written.

    Args:
        filters: what is shown.
        now: the present, as the screen shows it.
        folders: where it may lie, the best first: it lies in the first that can be written, else in the last. None:
            there is no such one.
    """
    shown = "-".join(re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-") for _, name in filters.in_force)
    name = f"ccmon-{now:%Y-%m-%d-%H%M}{f'-{shown[:LONGEST_NAME]}' if shown.strip('-') else ''}.html"
    known = [folder for folder in folders if folder is not None]
    return next((folder for folder in known if os.access(folder, os.W_OK | os.X_OK)), known[-1]) / name


def shared_folder() -> Path | None:
    """The directory that settings name for reports; None: they name none, or cannot be read."""
    try:
        return settings.load().report_folder
    except CcmonError:
        return None


def done_sentence(file: Path, *, is_shared: bool) -> str:
    """Where a report is. Whoever comes over SSH may have the screen alone, and no way to fetch a file.

    Args:
        file: the report.
        is_shared: whether it is where the site collects reports.
    """
    if is_shared or not os.environ.get("SSH_CONNECTION"):
        return f"The report of the day is in {file}."
    return f"The administrator can send you the report of the day: it is in {file}."


def home_directory() -> Path | None:
    """The home directory of this account; None where it has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


async def write_report(database: Path, filters: Filters, now: datetime) -> ActResult:
    """Write the report of the day so far, of what is shown; say where it is, or why it is not."""
    shared = shared_folder()
    file = report_file(filters, now, shared, home_directory(), Path.cwd())
    shown = [f"--{kind}={name}" for kind, name in filters.in_force]
    words = ["report", "day", "--format=html", f"--output={file}", "--db", str(database), *shown]
    is_shared = file.parent == shared
    done = done_sentence(file, is_shared=is_shared)
    umask = OF_GROUP if is_shared else PRIVATE
    return await run_words(subprocesses.command("ccmon", *words), done, NOTHING_WRITTEN, umask=umask)


async def report_of(app: ReportingApp, context: ViewContext | None) -> None:
    """Write the report of what a program shows; show there where it is, or why it is not written."""
    if context is None:  # nothing is shown yet
        return
    app.show_message("Writing the report of the day.", TextStyle.WATCH, PATIENCE_S)
    now = local_time(context.now, context.zone)
    result = await write_report(app.database, context.filters.spelt(context.unfiltered), now)
    style, seconds = (TextStyle.BADGE_GOOD, DONE_S) if result.done else (TextStyle.BADGE_BAD, FAILED_S)
    app.show_message(result.sentence, style, seconds)
