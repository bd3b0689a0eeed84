"""Writing a file of settings, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from ccmon.errors import CcmonError, os_error


def write(file: Path, text: str, *, mode: int, folder_mode: int = 0o700) -> None:
    """Put a text in the place of a file.

    Args:
        file: which; its directory is made if missing.
        text: what it is to hold.
        mode: its permissions, whatever the umask.
        folder_mode: those of a directory that has to be made.

    Raises:
        CcmonError: it cannot be written.
    """
    unfinished = file.with_name(f"{file.name}.new")
    try:
        if not file.parent.exists():
            file.parent.mkdir(parents=True)
            file.parent.chmod(folder_mode)
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as to:
            to.write(text)
        unfinished.chmod(mode)
        unfinished.replace(file)
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be written", error)) from error
