"""What was typed at a question: a line, or what was pasted."""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress

try:
    import readline
except ImportError:  # not every Python has it
    readline = None  # type: ignore[assignment]

from rich.console import Console
from rich.text import Text

from ccmon.errors import UsageError

BACK = "<"
"""Goes back; Escape with Enter does so, too."""
EXPLAIN = "?"
"""Explains a question."""
PASTE_S = 0.02
"""Further lines that arrive within this time of the first were pasted with it."""
_CHUNK = 4096


def read(console: Console, prompt: str, before: str = "") -> list[str]:
    """The lines that were typed at once, without empty ones; none: Enter alone.

    Args:
        console: the terminal.
        prompt: what stands before the line.
        before: a line that was refused, to be edited; keys that mean something alone do so after it, too.

    Raises:
        UsageError: a key that writes nothing, such as an arrow, is among them.
    """
    typed = _line(console, prompt, before)
    lines = [" ".join(line.split()) for line in (typed, *_pasted())]
    lines = [line for line in lines if line]
    if before and lines[:1] in ([f"{before}{BACK}"], [f"{before}{EXPLAIN}"]):
        return [lines[0].removeprefix(before)]
    if lines == ["\x1b"]:  # Escape and Enter
        return [BACK]
    if not all(line.isprintable() for line in lines):
        raise UsageError("That holds a key that writes nothing, such as an arrow, or a wrong encoding: type it again.")
    return lines


def _line(console: Console, prompt: str, before: str) -> str:
    """A line; in a terminal it can be edited, and those before it come back with the arrow up."""
    if not (console.is_terminal and sys.stdin.isatty() and _edits_lines()):
        return console.input(Text(prompt, style="bold"))
    on, off = ("\x01\x1b[1m\x02", "\x01\x1b[0m\x02") if console.color_system else ("", "")
    if readline is not None and before:
        readline.set_startup_hook(lambda: readline.insert_text(before))
    try:
        return input(f"{on}{prompt}{off}")  # in one: the editor must know where the line begins
    finally:
        if readline is not None:
            readline.set_startup_hook(None)


def _edits_lines() -> bool:
    if readline is None:
        return False
    if "libedit" not in (readline.__doc__ or ""):
        readline.parse_and_bind("set enable-bracketed-paste off")
        readline.parse_and_bind("set keyseq-timeout 0")  # Escape waits for Enter, however long it takes
        for enter in (r"\C-m", r"\C-j"):  # the second: typed before the editor has the terminal
            readline.parse_and_bind(rf'"\e{enter}": "\C-a\C-k{BACK}\C-m"')
    return True


def _pasted() -> list[str]:
    """The lines that wait behind the one that was read; a terminal hands them over one by one, or all at once."""
    lines = []
    with suppress(OSError, ValueError):  # no terminal
        number = sys.stdin.fileno()
        while os.isatty(number) and select.select([number], [], [], PASTE_S)[0]:
            data = os.read(number, _CHUNK)
            if not data:
                break
            lines += data.decode(sys.stdin.encoding, "replace").splitlines()
    return lines
