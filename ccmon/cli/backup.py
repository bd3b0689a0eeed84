"""``ccmon backup`` and ``ccmon restore``: copies of the database, and back."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.model.sources import DEFAULT_SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from ccmon.database.restore_losses import Holdings

KEEP = 14
"""How many copies stay where none are asked for: two weeks of one a night."""


@app.command(epilog=examples("ccmon backup /var/lib/ccmon/backups", "ccmon backup /var/lib/ccmon/backups --keep 60"))
def backup(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the copies lie; made if missing.")],
    keep: Annotated[int, typer.Option(metavar="N", min=1, help="Delete all but the newest N copies there.")] = KEEP,
    db: DatabaseOption = None,
) -> None:
    """Copy the database, also while it is in use, into a dated file; check that the copy is whole."""
    from ccmon.cli.import_ import progress_bar
    from ccmon.database import backup as copies

    path = database_path(db)
    with progress_bar() as show:
        made = copies.back_up(path, directory, progress=show)
    tell(f"Made {made.path} ({_size(made.path)}), and found it whole.")
    for deleted in copies.prune(path, directory, keep):
        tell(f"Deleted {deleted}, older than the newest {keep}.")


NEWEST = "newest data"
NAMED_COPIES = 3
"""How many of the newest copies are named where none is given."""


class _DeclinedError(Exception):
    """A person does not want the copy put back."""


@app.command(
    epilog=examples(
        f"systemctl stop {DEFAULT_SERVICE}",
        "ccmon restore /var/lib/ccmon/backups/calls-2026-11-29T021500Z.db",
        f"systemctl start {DEFAULT_SERVICE}",
    )
)
def restore(
    copy: Annotated[Path | None, typer.Argument(metavar="FILE", help="A copy that ccmon backup has made.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Put it back without asking.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Put a copy in the place of the database, which is kept under another name. Stop what writes before."""
    from ccmon.configuration.history import record_restored
    from ccmon.database import restore as putting_back
    from ccmon.database.restore_losses import is_followed, lost_by_restoring
    from ccmon.errors import UsageError
    from ccmon.services.installed import after_restoring

    path = database_path(db)
    if copy is None:
        raise UsageError(_which_copy(path))
    lost: list[str] = []
    followed: list[bool] = []

    def agree_and_record(ready: Path, database: Path) -> None:
        lost.extend(lost_by_restoring(ready, database, database_path(None)))
        followed.append(is_followed(ready) or is_followed(database))
        _show_exchange(copy, ready, database)
        for sentence in lost:
            tell(sentence)
        if not yes:
            _require_agreement(copy, db)
        record_restored(copy, ready, database)

    try:
        done = putting_back.restore(copy, path, agree_and_record)
    except _DeclinedError:
        typer.echo("Nothing was changed.")
        return
    tell(f"{path} now has what {copy} has (schema {done.schema}).")
    if done.before:
        files, rm = [str(each) for each in done.before], "rm" if os.geteuid() else "sudo rm"
        tell(
            f"The former database is kept in {files[0]}. Delete it when you no longer need it: {rm} {shlex.join(files)}"
        )
    whence = "from now on" if lost else "where the copy ends"
    is_another = not done.before and path.resolve() != database_path(None).resolve()  # which nothing follows into yet
    is_in_force = path.resolve() == database_path(None).resolve()
    if sentence := after_restoring(path, whence, is_followed=any(followed) and not is_another, is_in_force=is_in_force):
        tell(sentence)


def _which_copy(database: Path) -> str:
    """The sentence that asks for a copy, with the newest of those that lie at the usual place."""
    from contextlib import suppress

    from ccmon.database.copies import USUAL_DIRECTORY, backups

    directory, newest = database.absolute().parent / USUAL_DIRECTORY, []
    with suppress(OSError):
        newest = [str(each.path) for each in backups(database, directory)[:NAMED_COPIES]]
    if not newest:
        return f"name the copy to be put back: ccmon restore FILE (there is none in {directory})"
    return f"name the copy to be put back: ccmon restore FILE; the newest: {', '.join(newest)}"


def _show_exchange(copy: Path, ready: Path, database: Path) -> None:
    """Print what the database holds now, and what it will hold; ready is the copy brought up to date."""
    from ccmon.database.restore import former_name
    from ccmon.database.restore_losses import holdings
    from ccmon.formatting import iso_minute, iso_second
    from ccmon.time_units import MINUTE_MS

    after, before = holdings(ready), holdings(database)
    tell(f"Puts back {copy} ({_size(copy)})")
    tell(f"in the place of {database}:" if database.exists() else f"at {database}, where there is none yet:")
    zone = None if after is None else after.zone
    columns = [("in the copy", after)] if before is None else [("now", before), ("in the copy", after)]
    moments = [each.newest_at for _, each in columns if each is not None and each.newest_at is not None]
    minutes = {moment // MINUTE_MS for moment in moments}
    written = iso_second if len(minutes) < len(set(moments)) else iso_minute
    shown = [_column(head, found, zone, written) for head, found in columns]
    for name, *texts in zip(_column("", None, None, written), *shown, strict=True):
        tell(f"    {name:22}" + "".join(f"{text:>{21 if written is iso_second else 18}}" for text in texts))
    if zone is not None:
        tell(f"Times are those of {zone}.")
    if database.exists():
        unreadable = "" if before is not None else ", which cannot be read,"
        tell(f"What is there now{unreadable} is kept as {former_name(database)}; no screen shows it then.")


def _column(
    head: str, found: Holdings | None, zone: ZoneInfo | None, written: Callable[[int, ZoneInfo], str]
) -> list[str]:
    """A column of the comparison, in one zone for all; without a database the names of its lines."""
    from ccmon.formatting import UNKNOWN, count

    if found is None:
        return [head, NEWEST, "calls", "sales", "follow-ups", "acts on follow-ups", "changes of settings"]
    newest = UNKNOWN if found.newest_at is None else written(found.newest_at, zone or found.zone)
    counts = found.counts
    numbers = (counts.calls, counts.sales, counts.follow_ups, counts.acts, counts.changes)
    return [head, newest, *map(count, numbers)]


def _require_agreement(copy: Path, db: Path | None) -> None:
    """Ask whether the copy is to be put back.

    Raises:
        UsageError: nobody can be asked.
        _DeclinedError: it is not.
    """
    from ccmon.cli import questions
    from ccmon.errors import UsageError

    if not questions.can_ask():
        command = shlex.join(["ccmon", "restore", str(copy), *([] if db is None else ["--db", str(db)]), "--yes"])
        raise UsageError(f"nothing was changed; to put it back without being asked: {command}")
    if not questions.agreed("Put it back?"):
        raise _DeclinedError


def _size(path: Path) -> str:
    from ccmon.formatting import size_in_words

    return size_in_words(path.stat().st_size)
