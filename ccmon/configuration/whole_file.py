"""Writing a text file as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ccmon.errors import CcmonError, os_error


def write_whole(path: Path, text: str, *, for_everybody: bool = False) -> None:
    """Replace a file's text. Its owner and permissions stay.

    Args:
        path: the file, which need not exist.
        text: all of it.
        for_everybody: whether everybody may read the file if it is made.

    Raises:
        CcmonError: it cannot be written; what was there stays.
    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                _take_over(path, file.fileno(), for_everybody=for_everybody)
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(unfinished).unlink()
            raise
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be written", error)) from None


def _take_over(path: Path, descriptor: int, *, for_everybody: bool) -> None:
    """Give a new file the owner and the permissions of the one that it replaces; else those of any new file."""
    try:
        before = path.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o644 if for_everybody else 0o666 & ~mask)
        return
    os.fchmod(descriptor, before.st_mode & 0o7777)
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
