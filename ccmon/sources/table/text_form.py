"""Finds out how a text file of separated values is written: its encoding and its separator."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANY = 0.4
"""From this share of NULs at every second place on, bytes are UTF-16: hardly another text has any."""
_LINES = 40
_TITLES = 15
"""At most so many lines above the head do not count for the separator."""
_NAMED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The first line by which Excel is told the separator."""


def byte_order_mark(sample: bytes) -> str | None:
    """The encoding that the first bytes of a file name; None if they name none."""
    return next((encoding for mark, encoding in _MARKS if sample.startswith(mark)), None)


def find_encoding(sample: bytes) -> str:
    """Encoding of the first bytes of a file; a character cut off at their end does not count."""
    if (named := byte_order_mark(sample)) is not None:
        return named
    pairs = max(1, len(sample) // 2)
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) > _MANY * pairs and not sample[1 - first :: 2].count(0):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def find_separator(text: str) -> str:
    """Separator of the first lines: the one that Excel is told, else the one that splits them into most equal parts.

    Titles above the head do not count.
    """
    lines = text.splitlines()[:_LINES]
    if lines and (named := _NAMED.fullmatch(lines[0].rstrip())):
        return named[1]
    # The last line may be cut off.
    lines = lines[:-1] if len(lines) > 2 else lines

    widths = {
        separator: [len(cells) for cells in csv.reader(lines, delimiter=separator) if cells]
        for separator in SEPARATORS.values()
    }
    common = {separator: _common(each) for separator, each in widths.items()}
    # A title has no separator's common number of cells; a head has that of the right one, if not of others.
    regular = [
        next((place for place, width in enumerate(each) if width == common[separator] > 1), len(each))
        for separator, each in widths.items()
    ]
    titles = min(regular) if min(regular) <= _TITLES else 0

    def quality(separator: str) -> tuple[float, int, int]:
        below = widths[separator][titles:]
        width = common[separator]
        odd = max((place for place, each in enumerate(below) if each != width), default=-1)
        return (below.count(width) / max(1, len(below)) if width > 1 else 0.0, -odd, width)

    return max(SEPARATORS.values(), key=quality)


def _common(widths: Sequence[int]) -> int:
    """The number of cells that most lines have, the larger one of two."""
    return max(Counter(widths).items(), key=lambda item: (item[1], item[0]), default=(1, 0))[0]


def names_separator(cells: Sequence[str]) -> bool:
    """Whether a first row only tells Excel the separator; it may have been split at it."""
    first = cells[0].strip().lower() if cells else ""
    return first.startswith("sep=") and len(first) <= 5 and not any(map(str.strip, cells[1:]))
