"""The first rows of a file of which a mapping is guessed, and what is written of them as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.sources.table import heads, row_reader
from ccmon.sources.table.mapping_fields import CALLS, MOMENTS
from ccmon.sources.table.sample_column import ENOUGH, SampleColumn, has_header
from ccmon.sources.table.table_edges import LEAST_NAMES

SAMPLE = 2_000
_MOST_TITLES = 30
"""The first lines, of which one may be the head."""
MOST = 0.5
"""`ENOUGH` for a column named exactly like a moment of a call, and for all columns if none looks like a moment."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a file."""

    form: row_reader.FileFormat
    rows: Sequence[row_reader.Row]
    """All rows that were read, the header included."""
    columns: list[SampleColumn]
    has_header: bool

    @property
    def names(self) -> list[str]:
        """The heads of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def body_rows(self) -> range:
        """The rows below the header, by the place of their cells in a column."""
        return range(len(self.columns[0].every))

    @property
    def file_lines(self) -> list[str]:
        """The lines of a mapping that say how the file is written."""
        if self.form.table is not None:
            return [f"table = {quoted(self.form.table)}"]
        lines = [f"encoding = {quoted(self.form.encoding)}", f"separator = {quoted(self.form.separator)}"]
        if not self.has_header:
            lines.append(f"header = false{unsure(['the first line looks like data; columns are called 1, 2, 3'])}")
        return lines


def read_sample(file: Path, encoding: str | None = None, table: str | None = None, enough: float = ENOUGH) -> Sample:
    """Read the first rows of a file; ``enough`` is the share of a column's cells that must look alike.

    Raises:
        CcmonError: the file cannot be read, is no table, or has no rows below its header.
    """
    form = row_reader.find_format(file, encoding, table=table)
    if not row_reader.is_text(file, form):
        raise CcmonError(f"{file} is no table: its bytes are no text. Export what it holds as CSV.")
    read = _first_rows(file, form)
    if (line := _line_of_head(read)) is not None:
        form = replace(form, head_line=line)
        read = _first_rows(file, form)
    rows = [[cell.strip() for cell in row.cells] for row in read]
    if not rows:
        raise CcmonError(f"{file} has no rows; name a file that has.")
    header = form.table is not None or has_header(rows)
    names = rows[0] if header else [str(number + 1) for number in range(len(rows[0]))]
    body = rows[1:] if header else rows
    if not body:
        raise CcmonError(f"{file} has a header and no row below it; a mapping is guessed from what the rows say.")
    columns = [_column(place, name, body, enough) for place, name in enumerate(names)]
    return Sample(form, read, columns, header)


def _first_rows(file: Path, form: row_reader.FileFormat) -> list[row_reader.Row]:
    with row_reader.open_rows(file, form) as (found, _):
        return list(islice(found, SAMPLE))


def _line_of_head(rows: Sequence[row_reader.Row]) -> int | None:
    """The line of a head that is known by the usual heads, below narrower titles; None if the first row may be it."""
    above = 0
    for place, row in enumerate(rows[:_MOST_TITLES]):
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if sum(map(heads.is_usual, cells)) >= LEAST_NAMES and has_header([cells]):
            return row.line if place and len(cells) > above else None
        above = max(above, len(cells))
    return None


def source_name(file: Path) -> str:
    """What the rows of a file are known by."""
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "table"


def _column(place: int, name: str, body: Sequence[Sequence[str]], enough: float) -> SampleColumn:
    every = tuple(row[place] if place < len(row) else "" for row in body)
    known = name.lower() in MOMENTS
    english = heads.english(CALLS, name) or ""
    return SampleColumn(name, every, tuple(filter(None, every)), MOST if known else enough, english)


def quoted(text: str | Iterable[str]) -> str:
    """A text, or a list of texts, as TOML."""
    return json.dumps(text if isinstance(text, str) else list(text), ensure_ascii=False)


def unsure(doubts: Iterable[str]) -> str:
    """A comment at the end of a line about what a person should check; "" for nothing."""
    said = "; ".join(doubts)
    return f"   # UNSURE: {said}" if said else ""
