"""Sentences in the width of a terminal: broken between words, never within what somebody may copy from it."""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

from ccmon.formatting import ascii_only, plain, width_of

LEAST_WIDTH = 40
"""A narrower terminal breaks lines by itself."""
_PROGRAMS = "sudo|systemctl|journalctl|rm|chmod|chgrp|chown|usermod|gpasswd|setfacl"


def tell(text: str, indent: str = "  ", output: TextIO | None = None) -> None:
    """Print a line, made harmless: names in it may come from elsewhere. Without UTF-8 it has ASCII characters only.

    Args:
        text: the line.
        indent: how its further lines begin where a terminal is too narrow for it.
        output: where it goes; None: standard output.
    """
    output = sys.stdout if output is None else output
    has_all = "utf" in (output.encoding or "").lower()
    harmless = " ".join(map(plain, text.split(" ")))
    output.write(f"{fitted(harmless if has_all else ascii_only(harmless.replace('→', '->')), output, indent)}\n")


def fitted(text: str, output: TextIO, indent: str = "  ") -> str:
    """A text as it is; where it goes to a terminal, as lines of its width.

    Args:
        text: one line, harmless. Spaces within it stay.
        output: where it goes. What is no terminal gets one line.
        indent: how the lines after the first begin.
    """
    width = width_of_terminal(output)
    if width is None or width_of(text) <= width:
        return text
    lines, line = [], ""
    for spaces, piece in _pieces(text):
        longer = f"{line}{spaces}{piece}"
        if line.strip() and width_of(longer) > width:
            lines.append(line)
            longer = f"{indent}{piece}"
        line = longer
    return "\n".join([*lines, line])


def width_of_terminal(output: TextIO) -> int | None:
    """The width of lines on it; None: it is no terminal, or too narrow for any."""
    try:
        if not output.isatty():
            return None
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size(output.fileno()).columns
    except (OSError, ValueError):
        return None
    return columns if columns >= LEAST_WIDTH else None


def _pieces(text: str) -> list[tuple[str, str]]:
    """The words of a text, and its commands and percentages as wholes, each with the spaces before it."""
    from ccmon.cli.typer_app import COMMANDS  # few texts are longer than a line

    command = rf"(?:ccmon(?= (?:{'|'.join(COMMANDS)})\b)|{_PROGRAMS})(?: [^\s;,()]+(?<!\.))+"
    return re.findall(rf"(\s*)(\(?{command}[;,.):?]*|\S+(?: %[;,.):?]*(?!\S))?)", text)
