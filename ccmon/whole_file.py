"""Writing a text file as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from ccmon.errors import CcmonError, os_error


def write_whole(path: Path, text: str, *, mode: int | None = None, folder_mode: int | None = None) -> None:
    """Replace a file's text. Its owner stays.

    Args:
        path: the file, which need not exist.
        text: all of it.
        mode: its permissions, whatever the umask; None: they stay, and those of a new file are the usual ones.
        folder_mode: the permissions of its directory, which is made if it is missing; None: it must be there.

    Raises:
        CcmonError: it cannot be written; what was there stays.
    """
    if folder_mode is not None:
        _make_folder(path.parent, folder_mode)
    with open_whole(path, mode=mode) as file:
        file.write(text)


@contextmanager
def open_whole(path: Path, *, mode: int | None = None) -> Iterator[TextIO]:
    """A file to write, line ends as they are, that takes the place of one when the body ends, and only then.

    Args:
        path: the file, which need not exist.
        mode: as for `write_whole`.

    Raises:
        CcmonError: it cannot be written; what was there stays, as after any other error in the body.
    """
    import tempfile  # noqa: PLC0415 - with it come compressors, in memory for as long as a monitor runs

    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                yield file
                file.flush()
                _take_over(path, file.fileno(), mode)
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(unfinished).unlink()
            raise
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be written", error)) from None


def _make_folder(folder: Path, mode: int) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)
    except OSError as error:
        raise CcmonError(os_error(f"{folder} cannot be made", error)) from None


def _take_over(path: Path, descriptor: int, mode: int | None) -> None:
    """Give a new file the owner of the one that it replaces, and its permissions unless others are to hold."""
    try:
        before = path.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask if mode is None else mode)
        return
    os.fchmod(descriptor, before.st_mode & 0o7777 if mode is None else mode)
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
