"""What keeps a follower from going on, written down for whoever looks: not everybody may read its journal."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from ccmon.database.database_file import open_for_writing
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError

_LOCKED_MS = 100
"""How long to wait for somebody else's transaction: a follower has other things to do."""


def note_error(database: Path, source: str, sentence: str) -> None:
    """Write down what keeps a source's follower from going on; nothing where the database cannot be written just now.

    Its next commit that says until when it knows everything takes it away.
    """
    with suppress(CcmonError, sqlite3.Error), open_for_writing(database) as connection:
        connection.execute(f"PRAGMA busy_timeout = {_LOCKED_MS}")
        connection.execute(sql("note_error_of_follower"), {"name": source, "sentence": sentence})
