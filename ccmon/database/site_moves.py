"""That a site was moved to another database: noted in the former one, for whoever still looks at it."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.database.driver import Database
from ccmon.database.moments import floor_time
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError
from ccmon.model.site import Clock, SiteMove
from ccmon.real_time import real_now


def read_site_move(path: Path) -> SiteMove | None:
    """To which database the site was moved that this one was of; None: to none, or no database is there.

    Raises:
        CcmonError: it cannot be read.
    """
    if not path.is_file():
        return None
    with open_for_reading(path) as connection:
        return Database(connection).row("site_move", SiteMove)


def note_site_move(path: Path, to: Path) -> None:
    """Note in a database that the site is moved to another one now.

    Raises:
        CcmonError: it cannot be written.
    """
    with open_for_writing(path) as connection:
        at = floor_time(Database(connection).row("clock", Clock), real_now())
        _write(connection, SiteMove(str(to), at))


def put_in_force(path: Path) -> None:
    """Take away the note that the site was moved from a database to another one; nothing is written without one.

    Raises:
        CcmonError: it cannot be read or written.
    """
    if read_site_move(path) is not None:
        with open_for_writing(path) as connection:
            _write(connection, None)


def keep_site_move(database: Path, copy: Path) -> None:
    """Give a copy that is to take the place of a database the note of that one, or none.

    Whether a site was moved away is a matter of the place: a copy of a former database may be put in force, and an old
    copy may be put back in a former one.

    Raises:
        CcmonError: the copy cannot be written.
    """
    here = None
    with suppress(CcmonError):  # damaged
        here = read_site_move(database)
    if read_site_move(copy) != here:
        with open_for_writing(copy) as connection:
            _write(connection, here)


def _write(connection: sqlite3.Connection, move: SiteMove | None) -> None:
    found = {"database": None, "at": None} if move is None else {"database": move.database, "at": move.at}
    with transaction(connection):
        connection.execute(sql("note_site_move"), found)
