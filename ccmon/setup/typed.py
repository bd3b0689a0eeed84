"""What was typed at a question: a line, or what was pasted."""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress

from rich.console import Console
from rich.text import Text

from ccmon.errors import UsageError

PASTE_S = 0.02
"""Further lines that arrive within this time of the first were pasted with it."""
_CHUNK = 4096


def read(console: Console, prompt: str) -> list[str]:
    """The lines that were typed at once, without empty ones; none: Enter alone.

    Raises:
        UsageError: a key that writes nothing, such as an arrow, is among them.
    """
    typed = console.input(Text(prompt, style="bold"))
    lines = [" ".join(line.split()) for line in (typed, *_pasted())]
    lines = [line for line in lines if line]
    if lines == ["\x1b"]:  # Escape and Enter
        return ["<"]
    if not all(line.isprintable() for line in lines):
        raise UsageError("That holds a key that writes nothing, such as an arrow, or a wrong encoding: type it again.")
    return lines


def _pasted() -> list[str]:
    """The whole lines that wait behind the one that was read; a terminal hands them over one by one."""
    lines = []
    with suppress(OSError, ValueError):  # no terminal
        number = sys.stdin.fileno()
        while os.isatty(number) and select.select([number], [], [], PASTE_S)[0]:
            data = os.read(number, _CHUNK)
            if not data:
                break
            lines.append(data.decode(sys.stdin.encoding, "replace"))
    return lines
