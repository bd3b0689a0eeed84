"""``ccmon backup`` and ``ccmon restore``: copies of the database, and back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path

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
    typer.echo(f"Made {made.path} ({_size(made.path)}), and found it whole.")
    for deleted in copies.prune(path, directory, keep):
        typer.echo(f"Deleted {deleted}, older than the newest {keep}.")


@app.command(
    epilog=examples(
        "systemctl stop ccmon-follow",
        "ccmon restore /var/lib/ccmon/backups/calls-2026-11-29T021500Z.db",
        "systemctl start ccmon-follow",
    )
)
def restore(
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that ccmon backup has made.")],
    db: DatabaseOption = None,
) -> None:
    """Put a copy in the place of the database, which is kept under another name. Stop what writes before."""
    from ccmon.configuration.audit import record_restored
    from ccmon.database import restore as putting_back
    from ccmon.database.records_since import lost_by_restoring

    path = database_path(db)
    lost: list[str] = []

    def tell_and_record(ready: Path, database: Path) -> None:
        lost.extend(lost_by_restoring(ready, database))
        for sentence in lost:
            typer.echo(sentence)
        record_restored(copy, ready, database)

    done = putting_back.restore(copy, path, tell_and_record)
    typer.echo(f"{path} is now {copy} (schema {done.schema}).")
    if done.before:
        files = [str(each) for each in done.before]
        typer.echo(f"As it was before, it lies in {files[0]}; when it is not needed any more: rm {shlex.join(files)}")
    whence = "from now on" if lost else "where the copy ends"
    typer.echo(f"Start again what follows the switch: it continues {whence}.")


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:,.1f} MB"
