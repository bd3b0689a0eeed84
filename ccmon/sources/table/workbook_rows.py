"""Reads the rows of a sheet of an XLSX file as texts, one at a time; openpyxl is an extra, imported when it is needed.

Dates become ISO 8601, numbers plain decimals, yes and no what they say. Of a formula the value is read that the
spreadsheet program has stored.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import ParseError, iterparse

from ccmon.errors import CcmonError
from ccmon.formatting import plain, plural
from ccmon.sources.table.row import Row, without_apostrophes
from ccmon.sources.table.shared_texts import SharedTexts
from ccmon.sources.table.workbook_values import written

_BLOCK = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?(?:v|t)[\s>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
_WITHOUT_VALUE = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<v></v>)?\s*</(?:\w+:)?c>")
_OWN_FORMATS = 164
"""The first number of a format that a workbook brings along."""
_DAY_AND_TIME = 22
"""The only one of the formats that Excel knows by their numbers which shows a day and hours."""
_SAMPLE = 500
"""Rows by which a column of days is told from one of moments."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What openpyxl raises where a file is not what it should be."""


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn the errors of a broken workbook into one sentence."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles that openpyxl does not know, and of their like
            yield
    except CcmonError:
        raise
    except (*_BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the file, not of what it holds
        said = plain(str(error)).partition("\n")[0] or type(error).__name__
        raise CcmonError(
            f"{path} cannot be read as a workbook ({said}); open it in a spreadsheet program, and save it again as "
            "XLSX or as CSV."
        ) from None


class _SheetPart(NamedTuple):
    """Where a sheet is in its workbook."""

    title: str
    name: str
    """Of the file in the archive."""
    is_shown: bool


class _Workbook(NamedTuple):
    """An open workbook."""

    archive: zipfile.ZipFile
    sheets: Sequence[_SheetPart]
    texts: SharedTexts
    styles: Any
    """openpyxl's workbook, which knows the formats of cells."""

    def open(self, sheet: _SheetPart) -> IO[bytes]:
        """The content of a sheet."""
        return self.archive.open(sheet.name)


@contextmanager
def _opened(path: Path, *, with_texts: bool = True) -> Iterator[_Workbook]:
    """The workbook; without the texts of its cells, which take long to read, only for its sheets."""
    try:
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.styles.stylesheet import apply_stylesheet
        from openpyxl.xml.constants import SHARED_STRINGS
    except ImportError:
        raise CcmonError(
            f'{path} is a workbook: install what reads those, pip install "ccmon-floor[excel]", or save it as CSV.'
        ) from None
    with path.open("rb") as file, closing(SharedTexts()) as texts:  # by its path alone, openpyxl judges by the name
        with _translated(path):
            # By its parts: openpyxl's sheets look for their size in all of their rows, and keep an element of each.
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            part = reader.package.find(SHARED_STRINGS)
            if with_texts and part is not None:
                with reader.archive.open(part.PartName[1:]) as source:
                    texts.extend(_shared_texts(source))
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            sheets = [
                _SheetPart(str(sheet.name), place.target, sheet.state == "visible")
                for sheet, place in reader.parser.find_sheets()
                if place.target in reader.valid_files and "chartsheet" not in place.Type
            ]
        yield _Workbook(reader.archive, sheets, texts, reader.wb)


def _shared_texts(source: IO[bytes]) -> Iterator[str]:
    """The texts of a workbook's list of them, without the formatting of their parts.

    openpyxl's own loop does the same, and keeps them all, and an empty element of each.
    """
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHEET_MAIN_NS

    tag = f"{{{SHEET_MAIN_NS}}}si"
    whole: Any = None
    # Expat itself refuses entities that grow without measure.
    for event, element in iterparse(source, events=("start", "end")):  # noqa: S314
        if whole is None:
            whole = element
        elif event == "end" and element.tag == tag:
            text: str = Text.from_tree(element).content.replace("x005F_", "")
            whole.clear()
            yield text


def find_sheet(path: Path, name: str | None = None) -> str:
    """The sheet of this name, else the first one with rows that is shown, else the first one with rows.

    Raises:
        CcmonError: there is none, or the workbook cannot be read.
    """
    with _opened(path, with_texts=False) as workbook, _translated(path):
        if not workbook.sheets:
            raise CcmonError(
                f"{path} has no sheet that can be read (is it strict Open XML?); open it in a spreadsheet program, and "
                "save it as an ordinary workbook (XLSX) or as CSV."
            )
        if name is not None:
            return _of_name(path, name, [sheet.title for sheet in workbook.sheets])
        for sheet in sorted(workbook.sheets, key=lambda each: not each.is_shown):
            if _has_cells(workbook, sheet):
                return sheet.title
    raise CcmonError(f"{path} has no sheet with rows; name a file that has.")


def _of_name(path: Path, name: str, titles: Sequence[str]) -> str:
    """The sheet of this name, or of the same but for capitals."""
    if name in titles:
        return name
    found = [title for title in titles if title.strip().casefold() == name.strip().casefold()]
    if not found:
        raise CcmonError(
            f"{path} has no sheet {plain(name)!r}; it has: {', '.join(map(plain, titles))}. Name one with --table, or "
            "in a mapping as [file] table."
        )
    return found[0]


def _has_cells(workbook: _Workbook, sheet: _SheetPart) -> bool:
    with workbook.open(sheet) as file:
        before = b""
        while block := file.read(_BLOCK):
            if _CELL.search(before + block):
                return True
            before = block[-32:]
    return False


class _Survey(NamedTuple):
    """What stands in a sheet, known before its rows are read."""

    rows: int
    columns: dict[int, list[tuple[int, int]]]
    """By column (counted from 0) the first and last lines of cells that are merged over several rows."""
    without_value: int
    """Formulas whose value nobody has stored."""


def _survey(workbook: _Workbook, sheet: _SheetPart) -> _Survey:
    from openpyxl.utils import column_index_from_string

    rows = without_value = 0
    columns: dict[int, list[tuple[int, int]]] = {}
    with workbook.open(sheet) as file:
        tail = b""
        while (block := file.read(_BLOCK)) or tail:
            text = tail + block
            cut = text.rfind(b"row>") + 4 if b"row>" in text else 0  # whole rows only
            part, tail = (text[:cut], text[cut:]) if block else (text, b"")
            rows += len(_ROW.findall(part))
            without_value += len(_WITHOUT_VALUE.findall(part))
            for left, first, last in _MERGED.findall(part):
                if first != last:
                    place = column_index_from_string(left.decode()) - 1
                    columns.setdefault(place, []).append((int(first), int(last)))
    return _Survey(rows, columns, without_value)


class Sheet:
    """A sheet of a workbook."""

    def __init__(self, path: Path, workbook: _Workbook, title: str) -> None:
        """Look through a sheet of an open workbook."""
        self._path = path
        self._workbook = workbook
        self._sheet = {sheet.title: sheet for sheet in workbook.sheets}[title]
        self._survey = _survey(workbook, self._sheet)
        self._done = 0
        self._errors: Counter[str] = Counter()
        self._first_error = ""
        self._has_filled = False
        self._with_time: dict[int, bool] = {}
        self._moments: set[int] = set()
        """Columns, counted from 1, in which a moment is not a midnight."""

    def rows(self) -> Iterator[Row]:
        """The rows that have cells, each with its number in the sheet.

        Raises:
            CcmonError: the workbook cannot be read any further.
        """
        self._errors.clear()
        rows = self._read()
        while True:
            with _translated(self._path):
                row = next(rows, None)
            if row is None:
                return
            yield row

    def _read(self) -> Iterator[Row]:
        parsed = self._parsed()
        sample = list(islice(parsed, _SAMPLE))
        each = chain.from_iterable(cells for _, cells in sample)
        self._moments = {
            cell["column"] for cell in each if isinstance(cell["value"], datetime) and cell["value"].time() != time.min
        }
        merged = {
            (line, place): first
            for place, stretches in self._survey.columns.items()
            for first, last in stretches
            for line in range(first + 1, min(last, first + 100_000) + 1)
        }
        spread: dict[tuple[int, int], str] = {}
        firsts = {(first, place) for (_, place), first in merged.items()}
        for line, found in chain(sample, parsed):
            self._done += 1
            cells = [""] * (max(cell["column"] for cell in found) if found else 0)
            for cell in found:
                cells[cell["column"] - 1] = self._text(cell, line)
            if merged:
                self._spread(line, cells, merged, firsts, spread)
            if any(map(str.strip, cells)):
                yield Row(line, without_apostrophes(cells))

    def _parsed(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The cells of each row as openpyxl understands them."""
        from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser

        styles = self._workbook.styles
        with self._workbook.open(self._sheet) as source:
            parser = WorkSheetParser(
                source,
                self._workbook.texts,
                data_only=True,
                epoch=styles.epoch,
                date_formats=styles._date_formats,
                timedelta_formats=styles._timedelta_formats,
            )
            data: Any = None
            # openpyxl's own loop keeps an empty element of each row: a million of them would not be little.
            # Expat itself refuses entities that grow without measure.
            for event, element in iterparse(source, events=("start", "end")):  # noqa: S314
                if event == "start":
                    data = element if element.tag == DATA_TAG else data
                    continue
                if element.tag == ROW_TAG:
                    row = parser.parse_row(element)
                    if data is not None:
                        data.clear()
                    parser.row_dimensions.clear()
                    yield row

    def _spread(
        self,
        line: int,
        cells: list[str],
        merged: dict[tuple[int, int], int],
        firsts: set[tuple[int, int]],
        spread: dict[tuple[int, int], str],
    ) -> None:
        """A cell that is merged over several rows counts for each of them."""
        for place in self._survey.columns:
            if (line, place) in firsts and place < len(cells):
                spread[line, place] = cells[place]
            first = merged.get((line, place))
            if first is not None and spread.get((first, place)):
                cells += [""] * (place + 1 - len(cells))
                cells[place] = spread[first, place]
                self._has_filled = True

    def _text(self, cell: dict[str, Any], line: int) -> str:
        value = cell["value"]
        if value is None:
            return ""
        if cell["data_type"] == "e":
            self._errors[str(value)] += 1
            self._first_error = self._first_error or f"line {line}"
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, datetime) and value.time() == time.min:
            is_moment = cell["column"] in self._moments and self._shows_time(cell["style_id"])
            value = value if is_moment else value.date()
        return written(value)

    def _shows_time(self, style: int) -> bool:
        """Whether cells of a style show hours: midnight is then a time, not only a day."""
        known = self._with_time.get(style)
        if known is None:
            formats = self._workbook.styles._number_formats
            number = self._workbook.styles._cell_styles[style].numFmtId
            form = next(iter(formats[number - _OWN_FORMATS :]), "") if number >= _OWN_FORMATS else ""
            plain_form = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", form).lower()
            known = self._with_time[style] = number == _DAY_AND_TIME or "h" in plain_form
        return known

    def bytes_read(self) -> int:
        """The share of rows read so far, expressed in bytes of the file."""
        return self._path.stat().st_size * min(self._done, self._survey.rows) // max(1, self._survey.rows)

    @property
    def other_sheets(self) -> str:
        """Which sheet is read of several; empty: it is the only one."""
        others = [sheet.title for sheet in self._workbook.sheets if sheet.title != self._sheet.title]
        if not others:
            return ""
        named = ", ".join(map(plain, others[:5])) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
        return f"Of the workbook, the sheet {plain(self._sheet.title)} was read (--table names another: {named})."

    def notes(self) -> list[str]:
        """What a person should know of the rows that have been read."""
        notes = []
        if self.other_sheets:
            notes.append(self.other_sheets)
        if self._errors:
            kinds = ", ".join(sorted(self._errors))
            number = self._errors.total()
            shows, counts = ("shows an error", "it counts") if number == 1 else ("show an error", "they count")
            notes.append(
                f"{plural(number, '{n} cell', '{n} cells')} {shows} ({kinds}), first on {self._first_error}: "
                f"{counts} as empty."
            )
        if self._survey.without_value:
            notes.append(
                f"{plural(self._survey.without_value, '{n} formula', '{n} formulas')} without a stored value: "
                "open the workbook in a spreadsheet program and save it."
            )
        if self._has_filled:
            notes.append("A cell that is merged over several rows counts for each of them.")
        return notes


@contextmanager
def open_sheet(path: Path, title: str) -> Iterator[Sheet]:
    """Open a sheet of a workbook.

    Raises:
        CcmonError: it cannot be read.
    """
    with _opened(path) as workbook:
        with _translated(path):
            sheet = Sheet(path, workbook, title)
        yield sheet
