"""The schema of a new database as one text: running all migrations would take three times as long.

It is generated from them, and a test compares it with them:

    python -m ccmon.database.new_schema > new_schema.sql && mv new_schema.sql ccmon/database/
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from ccmon.database import database_file

_HEAD = "-- What all migrations leave in a new database: made of them by new_schema.py, not to be edited.\n"
_MADE = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY rowid"
"""In order of creation, which is the order in which triggers fire."""
_WRITTEN = "SELECT printf('INSERT INTO changes (subject) VALUES (%Q)', subject) FROM changes ORDER BY id"
"""The change log begins with one row; all other tables are empty."""


def statements() -> list[str]:
    """The statements that make a new database, except for its version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        database_file.migrate(connection)
        return [sql for query in (_MADE, _WRITTEN) for (sql,) in connection.execute(query)]


def text() -> str:
    """The content of the file new_schema.sql."""
    return _HEAD + "".join(f"\n{statement};\n" for statement in statements())


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201
