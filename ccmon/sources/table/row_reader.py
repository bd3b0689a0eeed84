"""Read a table one row at a time in bounded memory: a file of separated values, a workbook or a table of SQLite.

How a file is written is found out from its content, whatever its name; it may be compressed by gzip. Titles above the
head and totals below the rows are left out, and told.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

from ccmon.errors import CcmonError, os_error
from ccmon.sources.table import text_form
from ccmon.sources.table.file_content import (
    Content,
    broken_gzip,
    content_of,
    first_bytes,
    is_piped,
    open_bytes,
    readable_file,
)
from ccmon.sources.table.row import FORMULA, Row, without_apostrophes
from ccmon.sources.table.sqlite_rows import only_table, open_table
from ccmon.sources.table.table_edges import LEAST_NAMES, SAMPLE, TotalLines, find_head, lines_of, quoted_lines, was_were
from ccmon.sources.table.text_form import SEPARATORS, find_encoding, find_separator
from ccmon.sources.table.workbook_rows import find_sheet, open_sheet

__all__ = [
    "FORMULA", "SEPARATORS", "FileFormat", "Row", "TableRows", "check_encoding", "find_format", "garbled_rows",
    "has_tables", "is_garbled", "is_piped", "is_text", "open_rows", "readable_file", "translate_errors",
]  # fmt: skip
_MOST_HEADS = 1_000
"""How many repeated heads are counted."""
_ODD = 0.01
"""Largest share of control characters in a text."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file is written, and where its table begins and ends."""

    encoding: str
    separator: str
    table: str | None = None
    """The table of an SQLite file, or the sheet of a workbook; None: a text file."""
    content: Content = Content.TEXT
    header: bool = True
    """False: no line names the columns, and nothing is left out."""
    columns: frozenset[str] = frozenset()
    """Names of columns by which the head is known; empty: by its form."""
    head_line: int | None = None
    """The line of the head, where a person has said it."""
    totals: tuple[str, ...] = ()
    """First cells of lines that are totals, where a person has said them; empty: the last lines, by their sums."""


def find_format(
    path: Path,
    encoding: str | None = None,
    separator: str | None = None,
    table: str | None = None,
    *,
    header: bool = True,
    columns: Collection[str] = (),
    head_line: int | None = None,
    totals: Sequence[str] = (),
) -> FileFormat:
    """How a file is written, detected as far as it is not given.

    The encoding is given by a byte order mark, else it is UTF-8, else (if the bytes are not valid) Windows-1252. The
    separator is the one that a first line ``sep=;`` names, else the one that splits the first lines into equally many
    cells, and into most. The only table of an SQLite file need not be named, nor the first sheet of a workbook that
    has rows. The others are those of `FileFormat`.

    Raises:
        CcmonError: the file cannot be read or is empty, there is no such encoding, or it has several tables.
    """
    with translate_errors(path):
        sample = first_bytes(path)
        content = content_of(path, sample)
    if content is Content.TEXT:
        if not sample.strip():
            raise CcmonError(f"{path} is empty; name a file that has rows.")
        encoding = text_form.byte_order_mark(sample) or encoding or find_encoding(sample)
        check_encoding(encoding)
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
        separator, table = separator or find_separator(text), None
    elif content is Content.SQLITE:
        encoding, separator, table = "utf-8", "", table or only_table(path)
    else:
        encoding, separator, table = "utf-8", "", find_sheet(path, table)
    return FileFormat(encoding, separator, table, content, header, frozenset(columns), head_line, tuple(totals))


def has_tables(path: Path) -> bool:
    """Whether a file may hold several tables: an SQLite database or a workbook.

    Raises:
        CcmonError: it cannot be read.
    """
    with translate_errors(path):
        return content_of(path, first_bytes(path)) is not Content.TEXT


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


def is_text(path: Path, form: FileFormat) -> bool:
    """Whether the first bytes of a file are text, rather than a program or a picture."""
    if form.table is not None:
        return True
    with translate_errors(path):
        text = codecs.getincrementaldecoder(form.encoding)("replace").decode(first_bytes(path))
    odd = sum(letter < " " and letter not in "\t\n\r\f" for letter in text)
    return odd <= _ODD * len(text)


def _text_rows(path: Path, text: IO[str], separator: str) -> Iterator[Row]:
    """Rows of a text file. An oversized cell (most likely an unclosed quote) is an error."""
    reader = csv.reader(text, delimiter=separator)
    line = 1
    with translate_errors(path), broken_gzip(path):
        while True:
            try:
                for cells in reader:
                    if any(map(str.strip, cells)) and not (line == 1 and text_form.names_separator(cells)):
                        yield Row(line, without_apostrophes(cells))
                    line = reader.line_num + 1
            except csv.Error as error:
                lines = f"lines {line} to {reader.line_num}" if reader.line_num > line else f"line {line}"
                yield Row(line, [], f"{lines} cannot be read: {error}; is a quote not closed?")
                line = reader.line_num + 1
            else:
                return


class TableRows(Iterator[Row]):
    """The rows of a table, the head first. Once all are read, it can say what was left out."""

    def __init__(
        self,
        path: Path,
        form: FileFormat,
        again: Callable[[], Iterator[Row]],
        bytes_read: Callable[[], int],
        *,
        notes: Callable[[], list[str]] = list,
        other_tables: str = "",
    ) -> None:
        """Read the rows that ``again`` gives, each time from the beginning."""
        self.other_tables = other_tables
        """Which sheet is read of several; empty: it is the only one."""
        self.bytes_read = bytes_read
        """How many bytes of the file have been read, a little ahead of the rows."""
        self._path = path
        self._form = form
        self._again = again
        self._notes = notes
        self._above: list[Row] = []
        self._head: Row | None = None
        self._heads: dict[int, Row] = {}
        """Lines that repeat the head."""
        self._totals = TotalLines.named(form.totals)
        self._rows = self._all()

    def __next__(self) -> Row:
        return next(self._rows)

    def _all(self) -> Iterator[Row]:
        rows = self._again()
        if self._form.content is Content.SQLITE:
            yield from rows
            return
        sample = list(islice(rows, SAMPLE))
        if not self._form.header:
            body = chain(sample, rows)
            yield from self._totals.without(body, self._again) if self._form.totals else body
            return
        head = self._place_of_head(sample)
        self._above = sample[:head]
        if head < len(sample):
            self._head = sample[head]
            yield sample[head]
        yield from self._totals.without(self._below(chain(sample[head + 1 :], rows)), self._body)

    def _place_of_head(self, sample: Sequence[Row]) -> int:
        line = self._form.head_line
        if line is None:
            return find_head(sample, self._form.columns)
        place = next((place for place, row in enumerate(sample) if row.line == line), None)
        if place is None:
            raise CcmonError(
                f"Line {line} of {self._path}, which is named as its head, is empty or not there; correct head_line in "
                "[file] of the mapping."
            )
        return place

    def _body(self) -> Iterator[Row]:
        """The rows below the head, once more."""
        line = -1 if self._head is None else self._head.line
        return self._below(row for row in self._again() if row.line > line)

    def _below(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows below the head, without those that only repeat it, as in a report of pages or joined files."""
        names = self._head.cells if self._head is not None else []
        if sum(map(bool, names)) < LEAST_NAMES:
            yield from rows
            return
        for row in rows:
            if row.cells != names:
                yield row
            elif len(self._heads) < _MOST_HEADS:
                self._heads[row.line] = row

    @property
    def notes(self) -> list[str]:
        """What a person should know: the sheet that was read, and lines that were left out."""
        notes = self._notes()
        if self._above and self._head is not None:
            notes.append(
                f"Line {self._head.line} was taken as the head ({quoted_lines([self._head])}). "
                f"{lines_of(self._above)} above it {was_were(self._above)} left out: {quoted_lines(self._above)}."
            )
        if self._heads:
            heads = list(self._heads.values())
            repeat = "repeats" if len(heads) == 1 else "repeat"
            notes.append(f"{lines_of(heads)} {repeat} the head, and {was_were(heads)} left out.")
        return [*notes, *self._totals.notes()]


@contextmanager
def open_rows(path: Path, form: FileFormat) -> Iterator[tuple[TableRows, Callable[[], int]]]:
    """Open a file; yields its rows, and for a progress bar a function for the bytes read, a little ahead of the rows.

    Blank lines are no rows. Bytes invalid in the encoding become lone surrogates (see `is_garbled`).
    """
    with ExitStack() as opened:
        if form.content is Content.SQLITE:
            table = opened.enter_context(open_table(path, form.table or ""))
            rows = TableRows(path, form, table.rows, table.bytes_read)
        elif form.content is Content.WORKBOOK:
            with translate_errors(path):
                sheet = opened.enter_context(open_sheet(path, form.table or ""))
            rows = TableRows(
                path, form, sheet.rows, sheet.bytes_read, notes=sheet.notes, other_tables=sheet.other_sheets
            )
        else:
            file = _TextFile(path, form, opened)
            rows = TableRows(path, form, file.rows, file.bytes_read)
        yield rows, rows.bytes_read


class _TextFile:
    """A text file that is read more than once where its totals are looked for."""

    def __init__(self, path: Path, form: FileFormat, opened: ExitStack) -> None:
        self._path = path
        self._form = form
        self._opened = opened
        self._first: IO[bytes] | None = None
        self._unread: Iterator[Row] | None = self._open()

    def _open(self) -> Iterator[Row]:
        with translate_errors(self._path):
            content, raw = self._opened.enter_context(open_bytes(self._path))
        self._first = self._first or raw
        # Any line ending is accepted, even a single carriage return.
        wrapper = io.TextIOWrapper(content, self._form.encoding, errors="surrogateescape", newline="")
        text = self._opened.enter_context(wrapper)
        return _text_rows(self._path, text, self._form.separator)

    def rows(self) -> Iterator[Row]:
        rows, self._unread = self._unread, None
        return rows or self._open()

    def bytes_read(self) -> int:
        return 0 if self._first is None else self._first.tell()


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
