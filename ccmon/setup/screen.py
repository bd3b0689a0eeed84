"""How setup writes on a terminal: all screens have one width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from ccmon.formatting import plain, wrapped

LARGEST_WIDTH = 80
MOST_NAMES = 4


def width(console: Console) -> int:
    """Cells of a line."""
    return min(console.width, LARGEST_WIDTH)


def paragraph(console: Console, text: str, style: str = "") -> None:
    """Write a text in lines of that width; an empty text is an empty line."""
    for line in _lines_of(text, width(console)):
        console.print(Text(line, style=style))


def with_commands(texts: Iterable[str], width: int) -> list[str]:
    """Sentences as lines of a width; what is indented is a command to copy, and stays as it is."""
    return [line for text in texts for line in ([plain(text)] if text.startswith(" ") else _lines_of(text, width))]


def _lines_of(text: str, width: int) -> list[str]:
    """A text of any length in lines of a width; what comes from elsewhere, such as a name, is cut by itself alone."""
    lines = [""]
    for word in text.split():
        lines[-1:] = wrapped(f"{lines[-1]} {word}", width)
    return lines


def first_names(names: Sequence[str]) -> str:
    """Names with commas between them; of many, the first, and an ellipsis."""
    return f"{', '.join(names[:MOST_NAMES])}{', …' if len(names) > MOST_NAMES else ''}"
