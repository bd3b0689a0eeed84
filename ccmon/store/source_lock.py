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
        path = _lock_file(database, source)
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


def is_locked(database: Path, source: str) -> bool | None:
    """Whether some process of this machine holds a source's lock; None where the system does not say.

    The lock is not tried: whoever starts in this moment would be turned away.
    """
    try:
        inode = _lock_file(database, source).stat().st_ino
        held = Path("/proc/locks").read_text(encoding="ascii")
    except FileNotFoundError as fault:
        return None if fault.filename == "/proc/locks" else False
    except OSError:
        return None
    return any(
        fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode)
        for fields in map(str.split, held.splitlines())
        if len(fields) > 5
    )


def _lock_file(database: Path, source: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", source)
    return database.with_name(f"{database.name}-{name}.lock")
