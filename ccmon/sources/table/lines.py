"""Reading a file of separated values: its encoding and separator found out, one row at a time, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from ccmon.errors import CcmonError

SEPARATORS = ",;\t|"
_SAMPLE_BYTES = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written."""

    encoding: str
    separator: str


class Row(NamedTuple):
    """One row and the line on which it starts, counted from 1."""

    line: int
    cells: list[str]


def find_form(path: Path, encoding: str | None = None, separator: str | None = None) -> Form:
    """How a file is written, as far as it was not said.

    The encoding is told by a byte order mark, else it is UTF-8, else (bytes that are none) Windows-1252. The
    separator is the one that splits the first lines into the same number of cells, the most of them.

    Raises:
        CcmonError: the file cannot be read or is empty, or there is no such encoding.
    """
    with faults(path), path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.strip():
        raise CcmonError(f"{path} is empty.")
    encoding = encoding or find_encoding(sample)
    try:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    except LookupError:
        raise CcmonError(f"There is no encoding {encoding!r}; name one such as utf-8 or windows-1252.") from None
    return Form(encoding, separator or find_separator(text))


def find_encoding(sample: bytes) -> str:
    """Encoding of the first bytes of a file; a letter cut at their end does not count."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def find_separator(text: str) -> str:
    """Separator of the first lines."""
    lines = text.splitlines()[:20]
    # The last line may be cut.
    lines = lines[:-1] if len(lines) > 2 else lines

    def quality(separator: str) -> tuple[float, int]:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator) if cells)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (count / max(1, sum(widths.values())) if width > 1 else 0.0, width)

    return max(SEPARATORS, key=quality)


class Reader:
    """Rows of an open file, and how far it has been read. Blank lines are no rows."""

    def __init__(self, path: Path, binary: IO[bytes], text: IO[str], separator: str) -> None:
        self._path = path
        self._binary = binary
        self._csv = csv.reader(text, delimiter=separator)

    def __iter__(self) -> Iterator[Row]:
        """Rows in order.

        Raises:
            CcmonError: a cell is larger than a cell can be: most likely a quote was opened and never closed.
        """
        line = 1
        with faults(self._path):
            while True:
                try:
                    cells = next(self._csv)
                except StopIteration:
                    return
                except csv.Error as fault:
                    raise CcmonError(f"{self._path} cannot be read from line {line} on: {fault}.") from None
                if any(map(str.strip, cells)):
                    yield Row(line, cells)
                line = self._csv.line_num + 1

    @property
    def bytes_read(self) -> int:
        """For a progress bar: bytes taken from the file, a little ahead of the rows."""
        return self._binary.tell()


@contextmanager
def open_rows(path: Path, form: Form) -> Iterator[Reader]:
    """Open a file for its rows.

    Bytes that are no letters of the encoding come as lone surrogates (see `is_garbled`).
    """
    with faults(path):
        binary = path.open("rb")
    with binary:
        # Lines end in whatever way they end: a carriage return alone, too.
        text = io.TextIOWrapper(binary, form.encoding, errors="surrogateescape", newline="")
        yield Reader(path, binary, text, form.separator)


def is_garbled(cells: list[str]) -> bool:
    """Whether a row has bytes that are no letters of the file's encoding."""
    row = "".join(cells)
    return not row.isascii() and any("\udc80" <= letter <= "\udcff" for letter in row)


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into one sentence."""
    try:
        yield
    except FileNotFoundError:
        raise CcmonError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise CcmonError(f"{path} is a directory; name a file in it.") from None
    except UnicodeError as fault:
        raise CcmonError(f"{path} is not written in the encoding named: {fault}.") from None
    except OSError as fault:
        raise CcmonError(f"{path} cannot be read: {fault.strerror}.") from None
