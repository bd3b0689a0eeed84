"""Copies text: to the clipboard of the terminal, which may swallow it without a word, and therefore to a file, too."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from ccmon import settings
from ccmon.errors import CcmonError
from ccmon.whole_file import write_whole

MOST_BYTES = 74_000
"""Terminals ignore longer texts: in base64 these are just below 100,000 characters."""
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
"""Calls have names and numbers of customers."""
CHUNK = 240
"""Screen passes no longer strings on."""


def copy_sequence(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """What a terminal is sent to copy a text (OSC 52); empty where it is too long.

    tmux takes the plain form if it may set the clipboard, and passes the wrapped form on if it may do that.
    """
    data = text.encode()
    if len(data) > MOST_BYTES:
        return ""
    plain = f"\x1b]52;c;{b64encode(data).decode()}\a"
    if environment.get("TMUX"):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY"):
        return "".join(f"\x1bP{plain[at : at + CHUNK]}\x1b\\" for at in range(0, len(plain), CHUNK))
    return plain


def copied_file() -> Path:
    """The file in which the last copied text is.

    Raises:
        CcmonError: this user has no home.
    """
    return settings.state_directory() / "copied.txt"


def keep_copied(text: str) -> Path | None:
    """Write a text to the file of copied ones; None where that cannot be."""
    try:
        file = copied_file()
        write_whole(file, f"{text}\n", mode=PRIVATE, folder_mode=PRIVATE_FOLDER)
    except CcmonError:
        return None
    return file
