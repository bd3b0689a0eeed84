"""Read a file of separated values, one row at a time in bounded memory; its encoding and separator are detected.

A table of an SQLite file is read in the same way.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from ccmon.database.connection import sqlite_address
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError, os_error

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet would take for a formula, or that apostrophes keep from that."""
_KEPT_FROM_FORMULAS = re.compile(r"'+[=+\-@\t\r]")
_SAMPLE_BYTES = 64 * 1024
_ODD = 0.01
"""Largest share of control characters in a text."""
_SQLITE = b"SQLite format 3\0"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file is written."""

    encoding: str
    separator: str
    table: str | None = None
    """The table of an SQLite file; None: a text file."""


class Row(NamedTuple):
    """One row and the line on which it starts, counted from 1."""

    line: int
    cells: list[str]
    error: str | None = None
    """What is wrong with the row, if it could not be split into cells."""


def find_format(
    path: Path, encoding: str | None = None, separator: str | None = None, table: str | None = None
) -> FileFormat:
    """How a file is written, detected as far as it is not given.

    The encoding is given by a byte order mark, else it is UTF-8, else (if the bytes are not valid) Windows-1252. The
    separator is the one that splits the first lines into equally many cells, and into most. The only table of an
    SQLite file need not be named.

    Raises:
        CcmonError: the file cannot be read or is empty, there is no such encoding, or it has several tables.
    """
    with translate_errors(path), path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if sample.startswith(_SQLITE):
        return FileFormat("utf-8", "", table or _only_table(path))
    if not sample.strip():
        raise CcmonError(f"{path} is empty; name a file that has rows.")
    encoding = encoding or find_encoding(sample)
    check_encoding(encoding)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return FileFormat(encoding, separator or find_separator(text))


def is_sqlite(path: Path) -> bool:
    """Whether a file is an SQLite database, which may hold several tables.

    Raises:
        CcmonError: it cannot be read.
    """
    with translate_errors(path), path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def check_encoding(encoding: str) -> None:
    """Check that an encoding exists.

    Raises:
        CcmonError: there is none of that name, or it is not for texts.
    """
    try:
        "a".encode(encoding)
        codecs.getincrementaldecoder(encoding)
    except (LookupError, UnicodeError, ValueError):
        raise CcmonError(f"There is no encoding {encoding!r}; name one such as utf-8 or windows-1252.") from None


def _only_table(path: Path) -> str:
    """The only table of an SQLite file."""
    try:
        with closing(_opened(path)) as connection:
            names = [str(name) for (name,) in connection.execute(sql("foreign_tables"))]
    except sqlite3.Error as error:
        raise CcmonError(f"{path} cannot be read: {error}.") from None
    if len(names) == 1:
        return names[0]
    if not names:
        raise CcmonError(f"{path} is an SQLite file without a table; name one that has a table.")
    raise CcmonError(
        f"{path} is an SQLite file with several tables: {', '.join(names)}. Name one with --table, or in a mapping as "
        f"[file] table = {names[0]!r}."
    )


def is_text(path: Path, form: FileFormat) -> bool:
    """Whether the first bytes of a file are text, rather than a program or a picture."""
    if form.table is not None:
        return True
    with translate_errors(path), path.open("rb") as file:
        text = codecs.getincrementaldecoder(form.encoding)("replace").decode(file.read(_SAMPLE_BYTES))
    odd = sum(letter < " " and letter not in "\t\n\r\f" for letter in text)
    return odd <= _ODD * len(text)


def find_encoding(sample: bytes) -> str:
    """Encoding of the first bytes of a file; a character cut off at their end does not count."""
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
    # The last line may be cut off.
    lines = lines[:-1] if len(lines) > 2 else lines

    def quality(separator: str) -> tuple[float, int]:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator) if cells)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (count / max(1, sum(widths.values())) if width > 1 else 0.0, width)

    return max(SEPARATORS.values(), key=quality)


def _text_rows(path: Path, text: IO[str], separator: str) -> Iterator[Row]:
    """Rows of a text file. An oversized cell (most likely an unclosed quote) is an error."""
    reader = csv.reader(text, delimiter=separator)
    line = 1
    with translate_errors(path):
        while True:
            try:
                for cells in reader:
                    if any(map(str.strip, cells)):
                        yield Row(line, _without_apostrophes(cells) if "'" in "".join(cells) else cells)
                    line = reader.line_num + 1
            except csv.Error as error:
                lines = f"lines {line} to {reader.line_num}" if reader.line_num > line else f"line {line}"
                yield Row(line, [], f"{lines} cannot be read: {error}; is a quote not closed?")
                line = reader.line_num + 1
            else:
                return


def _without_apostrophes(cells: list[str]) -> list[str]:
    """Cells without the apostrophe that keeps a spreadsheet from taking them for formulas: ``'+31 20`` is +31 20."""
    return [cell[1:] if _KEPT_FROM_FORMULAS.match(cell) else cell for cell in cells]


@dataclass(slots=True)
class TableReader:
    """Rows of an SQLite table, starting with the names of its columns; numbered from 1."""

    path: Path
    connection: sqlite3.Connection
    table: str
    done: int = 0
    count: int = 1

    def rows(self) -> Iterator[Row]:
        """Rows in the order in which they were written.

        Raises:
            CcmonError: there is no such table, or it cannot be read.
        """
        quoted = '"' + self.table.replace('"', '""') + '"'
        try:
            (self.count,) = self.connection.execute(sql("foreign_row_count").replace("a_table", quoted)).fetchone()
            cursor = self.connection.execute(sql("foreign_rows").replace("a_table", quoted))
            yield Row(0, [column[0] for column in cursor.description])
            for self.done, cells in enumerate(cursor, 1):
                yield Row(self.done, ["" if cell is None else str(cell) for cell in cells])
        except sqlite3.Error as error:
            raise CcmonError(f"{self.path} cannot be read: {error}.") from None

    def bytes_read(self) -> int:
        """The share of rows read so far, expressed in bytes of the file."""
        return self.path.stat().st_size * self.done // max(1, self.count)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(sqlite_address(path), uri=True)


@contextmanager
def open_rows(path: Path, form: FileFormat) -> Iterator[tuple[Iterator[Row], Callable[[], int]]]:
    """Open a file; yields its rows, and for a progress bar a function for the bytes read, a little ahead of the rows.

    Blank lines of a text are no rows. Bytes invalid in the encoding become lone surrogates (see `is_garbled`).
    """
    if form.table is not None:
        with closing(_opened(path)) as connection:
            connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
            reader = TableReader(path, connection, form.table)
            yield reader.rows(), reader.bytes_read
        return
    with translate_errors(path):
        binary = path.open("rb")
    with binary:
        # Any line ending is accepted, even a single carriage return.
        text = io.TextIOWrapper(binary, form.encoding, errors="surrogateescape", newline="")
        yield _text_rows(path, text, form.separator), binary.tell


def garbled_rows(rows: Sequence[Row]) -> set[int]:
    """The places of the rows that are garbled."""
    if not is_garbled(["".join(row.cells) for row in rows]):
        return set()
    return {place for place, row in enumerate(rows) if is_garbled(row.cells)}


def is_garbled(cells: Sequence[str]) -> bool:
    """Whether a row has bytes that are invalid in the file's encoding."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return True
    return False


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors about a file into one sentence."""
    try:
        yield
    except FileNotFoundError:
        raise CcmonError(f"There is no file {path}; check its path.") from None
    except IsADirectoryError:
        raise CcmonError(f"{path} is a directory; name a file in it.") from None
    except UnicodeError as error:
        raise CcmonError(
            f"{path} is not written in the encoding named: {error}; name the right one with --encoding."
        ) from None
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be read", error)) from None
