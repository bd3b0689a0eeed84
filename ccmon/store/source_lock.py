"""One writer a source: a lock on a file beside the database, which the system lets go of when the process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from pathlib import Path

from ccmon.errors import CcmonError


class SourceLock:
    """Held from construction until `release` or the end of the process."""

    def __init__(self, database: Path, source: str) -> None:
        """Take the lock.

        Raises:
            CcmonError: another process holds it, or the directory cannot be written.
        """
        name = re.sub(r"[^A-Za-z0-9_-]", "-", source)
        path = database.with_name(f"{database.name}-{name}.lock")
        self._file: int | None = None
        if not database.is_file():
            return  # opening the database says what is wrong with it
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as fault:
            raise CcmonError(
                f"{path} cannot be made: {fault.strerror}; ccmon must write beside its database."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise CcmonError(f'Another ccmon is writing the source "{source}" of {database}; stop it first.') from None

    def release(self) -> None:
        """Let go of the lock. The file stays: removing it would let two processes each hold one."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None
