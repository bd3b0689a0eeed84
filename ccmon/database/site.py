"""What the site is."""

from __future__ import annotations

import sqlite3

from ccmon.database.driver import Database
from ccmon.snapshot.directory import Site


def read_site(connection: sqlite3.Connection) -> Site:
    """The one row that says what the site is."""
    return Database(connection).the_row("site", Site)
