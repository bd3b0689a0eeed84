"""What SQLite keeps beside a database, where the database itself is gone.

It was moved or removed while in use. What was written last lies in the log alone, and a new database in its place would
take that log for its own, which damages both.
"""

from __future__ import annotations

import os
from pathlib import Path

from ccmon.database.copies import restore_command
from ccmon.errors import CcmonError

JOURNALS = ("-wal", "-journal")
"""What lies beside a database and belongs to it: what is not in it yet, or, after a killed seed, what was before."""


def left_behind(database: Path) -> list[Path]:
    """The files beside a database that is not there, if there is something in one of its logs; else none."""
    place = os.path.realpath(database)
    if os.path.exists(place) or not any(_holds_something(f"{place}{suffix}") for suffix in JOURNALS):  # noqa: PTH110
        return []
    return [path for suffix in (*JOURNALS, "-shm") if (path := Path(f"{place}{suffix}")).exists()]


def check_none_left_behind(database: Path) -> None:
    """Raise if a database is gone and something of it is left in a log beside it.

    Raises:
        CcmonError: there is; the sentence names the files.
    """
    files = list(map(str, left_behind(database)))
    if not files:
        return
    restore = restore_command(database) or f"ccmon restore COPY --db {database}"
    as_root = "sudo " if restore.startswith("sudo ") else ""
    is_or_are = "is" if len(files) == 1 else "are"
    raise CcmonError(
        f"There is no database {database}, but {' and '.join(files)} {is_or_are} left of one, which was probably moved "
        "or removed while it was in use",
        command=f"put it back: {as_root}mv WHERE_IT_IS {database}; only if it is lost: "
        f"{as_root}rm {' '.join(files)} and then {restore}",
    )


def _holds_something(path: str) -> bool:
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116 (each is one of many texts)
    except OSError:
        return False
