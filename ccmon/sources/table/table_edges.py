"""Finds where a table begins and ends in its file: titles above the head and totals below the rows are no rows.

Nothing that could be a row is left out: what is above a head cannot be one, and a line is only a total if its figures
are the sums of those above it, while a cell is empty that every row has.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat

from ccmon.formatting import plain
from ccmon.sources.table.row import Row
from ccmon.sources.table.sample_column import has_header

SAMPLE = 200
"""Rows in which the head is looked for."""
_ABOVE = 30
"""The most lines above a head."""
_FOOT = 8
"""The last rows, among which totals are looked for."""
LEAST_NAMES = 2
"""Columns that a head names at least."""
_LEAST = 2
"""Rows, and figures, that have a sum."""
_COMPARED, _DOUBLED = 100_000, 1_000
"""The most rows of which is known that they stand twice, and the most that do."""
_ONCE = "; rows that stand twice count once in it"
_UNPROVEN = "; its figures are not the sums of these: see whether rows are missing"
_SHOWN = 3
_NAMED = 12
"""The most lines that are named."""
_LETTERS = 40
_WORDS = frozenset({
    "total", "totals", "totaal", "totalen", "eindtotaal", "subtotaal", "subtotal", "generaal", "sum", "sums", "summe",
    "summen", "gesamt", "gesamtsumme", "gesamtbetrag", "endsumme", "zwischensumme", "insgesamt", "totale", "totali",
    "somme", "totaux", "sous", "suma", "sumas", "importe", "totales", "somma", "soma", "totalt", "summa", "grand",
})  # fmt: skip
"""First words of a line of totals, in the languages of Western Europe."""
_FURTHER = frozenset({
    "aantal", "gemiddeld", "gemiddelde", "anzahl", "durchschnitt", "mittelwert", "nombre", "moyenne", "cantidad",
    "promedio", "media", "numero", "número", "count", "number", "average", "mean", "rows", "avg",
})  # fmt: skip
"""First words of what else may stand beside or below a total."""


def find_head(rows: Sequence[Row], known: Collection[str] = ()) -> int:
    """The place of the head among the first rows: 0 if nothing says that it is another one.

    The head is the first row that names two of the ``known`` columns; else the first one that is as wide as the rows
    below it, if it looks like names and all above it are much narrower.
    """
    first = rows[: _ABOVE + 1]
    names = set(map(_normal, known))
    named = [len(names & set(map(_normal, row.cells))) for row in first]
    if not named or named[0] >= min(LEAST_NAMES, len(names) or LEAST_NAMES):
        return 0
    place = next((place for place, number in enumerate(named) if number >= LEAST_NAMES), None)
    return _widest(rows) if place is None else place


def _normal(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip().casefold())


def _widest(rows: Sequence[Row]) -> int:
    """The place of the first row that is as wide as most are, if it looks like a head below titles; else 0."""
    widths = [_width(row.cells) for row in rows]
    common = max(Counter(widths).items(), key=lambda each: (each[1], each[0]))[0]
    filled = [sum(map(bool, map(str.strip, row.cells))) for row in rows]
    for place in range(1, min(_ABOVE + 1, len(rows) - 1)):
        if widths[place] < common or filled[place] < max(LEAST_NAMES, common * 3 // 4):
            continue
        narrow = all(2 * number <= filled[place] for number in filled[:place])
        names = [cell.strip() for cell in rows[place].cells if cell.strip()]
        return place if narrow and has_header([names]) else 0
    return 0


def _width(cells: Sequence[str]) -> int:
    return next((place + 1 for place in reversed(range(len(cells))) if cells[place].strip()), 0)


def quoted_lines(rows: Sequence[Row], number: int | None = None) -> str:
    """What stands on lines that are left out, cut where it is long; the rows are the first of a ``number``."""
    number = len(rows) if number is None else number
    said = []
    for row in rows[:_SHOWN]:
        text = plain(" ".join(filter(None, map(str.strip, row.cells))))
        said.append(repr(text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"))
    return ", ".join(said) + (f" and {number - _SHOWN:,} more" if number > _SHOWN else "")


def lines_of(rows: Sequence[Row], number: int | None = None) -> str:
    """The numbers of lines; the rows are the first of a ``number``."""
    number = len(rows) if number is None else number
    numbers = [f"{row.line:,}" for row in rows]
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    if number > _NAMED:
        return f"Lines {', '.join(numbers[:_NAMED])} and {number - _NAMED:,} more"
    return f"Lines {', '.join(numbers[:-1])} and {numbers[-1]}"


def was_were(rows: Sequence[Row]) -> str:
    """The verb that lines have."""
    return "was" if len(rows) == 1 else "were"


@dataclass(slots=True)
class TotalLines:
    """Leaves out the lines of totals of a table."""

    words: frozenset[str] = frozenset()
    """The first cells of such lines, where a person has named them: then these, and no others, are left out."""
    left_out: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    """Lines of one cell below the totals."""
    number: int = 0
    """How many lines were left out by the words; ``left_out`` has the first."""
    suspect: Row | None = None
    """The last row, if it begins like a total and is none."""
    remark: str = ""
    """What else is to be said of the totals."""

    @classmethod
    def named(cls, words: Iterable[str]) -> TotalLines:
        """Totals whose first cell is one of these words, or that are found by their sums if there are none."""
        return cls(frozenset(map(_word, words)))

    def without(self, rows: Iterator[Row], again: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        """The rows of a table without its totals; ``again`` gives all of them from the beginning."""
        if self.words:
            yield from self._without_named(rows)
            return
        last: deque[Row] = deque()
        for row in rows:
            last.append(row)
            if len(last) > _FOOT:
                yield last.popleft()
        foot = list(last)
        kept = self._rows_of(foot, again)
        yield from foot[:kept]

    def _without_named(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            first = next(filter(None, map(str.strip, row.cells)), "")
            if _word(first) not in self.words:
                yield row
                continue
            self.number += 1
            if len(self.left_out) < _NAMED:
                self.left_out.append(row)

    def _rows_of(self, foot: Sequence[Row], again: Callable[[], Iterator[Row]]) -> int:
        """How many of the last rows are rows."""
        place = len(foot)
        while place and _may_follow(foot[place - 1].cells):
            place -= 1
        while place < len(foot) and not _may_be_total(foot[place].cells):
            place += 1
        if place == len(foot):
            return place
        sums = _Sums()
        doubled: list[Sequence[str]] = []
        seen: set[int] = set()
        for row in again():
            if row.line >= foot[place].line:
                break
            sums.add(row.cells)
            number = hash(tuple(row.cells))
            if number in seen and len(doubled) < _DOUBLED:
                doubled.append(row.cells)
            elif len(seen) < _COMPARED:
                seen.add(number)
        first = foot[place]
        if _begins_with_word(first.cells) and sums.are_incomplete(first.cells):
            self.suspect = first
        for without in ([], doubled)[: 1 + bool(doubled)]:
            start = self._first_total(foot, place, sums.less(without))
            if start < len(foot):
                self.remark = _ONCE if without else ""
                return start
        if self.suspect is not None and sums.is_below(first.cells):
            self.left_out, self.below = [first], list(foot[place + 1 :])
            self.suspect, self.remark = None, _UNPROVEN
            return place
        return len(foot)

    def _first_total(self, foot: Sequence[Row], place: int, sums: _Sums) -> int:
        """The place of the first of the last rows, from a place on, that is a total."""
        for start in range(place, len(foot)):
            if sums.make(foot[start].cells):
                for row in foot[start:]:
                    (self.left_out if sums.make(row.cells) else self.below).append(row)
                if not any(_are_figures(row.cells) for row in self.below):
                    self.suspect = None
                    return start
                self.left_out, self.below = [], []
            sums.add(foot[start].cells)
        return len(foot)

    def notes(self) -> list[str]:
        """What was left out."""
        notes = []
        if self.left_out and self.words:
            rows = self.left_out
            lines, said = lines_of(rows, self.number), quoted_lines(rows, self.number)
            notes.append(f"{lines} {was_were(rows)} left out, as the mapping's totals: {said}.")
        elif self.left_out:
            rows = self.left_out
            what = "a total of the rows above" if len(rows) == 1 else "totals of the rows above"
            notes.append(f"{lines_of(rows)} {was_were(rows)} left out, as {what}: {quoted_lines(rows)}{self.remark}.")
        if self.suspect is not None:
            notes.append(
                f"Line {self.suspect.line:,} begins like a total ({quoted_lines([self.suspect])}), but its figures are "
                "not the sums of those above: it counts as a row. If it is none, say so in a mapping: totals in [file]."
            )
        if self.below:
            rows = self.below
            notes.append(f"{lines_of(rows)} below the totals {was_were(rows)} left out: {quoted_lines(rows)}.")
        return notes


def _word(cell: str) -> str:
    return cell.strip().rstrip(":").rstrip().casefold()


def _begins_with_word(cells: Sequence[str], words: Collection[str] = _WORDS) -> bool:
    first = next(filter(None, map(str.strip, cells)), "")
    said = re.findall(r"[^\W\d_]+", first.casefold())
    return bool(said) and said[0] in words


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


def _is_figure(cell: str) -> bool:
    return any(reading is not None for reading in _readings(cell))


def _are_figures(cells: Sequence[str]) -> bool:
    return all(map(_is_figure, _filled(cells)))


def _may_be_total(cells: Sequence[str]) -> bool:
    """Whether a row has figures, and beside them nothing, or the word for a total."""
    return any(map(_is_figure, _filled(cells))) and (_are_figures(cells) or _begins_with_word(cells))


def _may_follow(cells: Sequence[str]) -> bool:
    """Whether a row may be a total, or stand below one: a remark in one cell, a count, an average."""
    filled = _filled(cells)
    is_further = _begins_with_word(cells, _FURTHER) and _are_figures(filled[1:])
    return len(filled) == 1 or is_further or _may_be_total(cells)


_NOTHING = frozenset({"-", "\u2013"})
_NO_DIGITS = re.compile(r"[\s'\u2019]|[€$£¥]|\b[A-Z]{3}\b")
_PLAIN = re.compile(r"([+-]?)(\d*)(?:[.,](\d+))?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)([1-9]\d{0,2}(?:([.,])\d{3})(?:\3\d{3})*)(?:(?!\3)[.,](\d+))?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,7}):)?(\d{1,5}):(\d\d)", re.ASCII)
_MOST = 30
"""The most letters of a figure."""
Readings = tuple[Decimal | None, Decimal | None, Decimal | None]


def _readings(cell: str) -> Readings:
    """A figure, read with a decimal point, with a decimal comma and as a length of time in seconds.

    Where it can only be meant in one way (1.234,50; 1234.5), it is the same with point and comma.
    """
    if len(cell) > _MOST:
        return None, None, None
    if (clock := _CLOCK.fullmatch(cell)) is not None:
        hours, minutes, seconds = clock.groups(default="0")
        return None, None, Decimal(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
    text = _NO_DIGITS.sub("", cell)
    plain = _PLAIN.fullmatch(text)
    grouped = _GROUPED.fullmatch(text)
    decimal = Decimal(f"{plain[1]}{plain[2] or 0}.{plain[3] or 0}") if plain and (plain[2] or plain[3]) else None
    if decimal is not None and plain is not None and plain[3] is None:
        decimal = Decimal(text)
    if grouped is None:
        return decimal, decimal, None
    whole = Decimal(f"{grouped[1]}{re.sub('[.,]', '', grouped[2])}{'.' + grouped[4] if grouped[4] else ''}")
    if decimal is None:
        return whole, whole, None
    return (whole, decimal, None) if grouped[3] == "," else (decimal, whole, None)


class _Sums:
    """The sums of the columns of all rows so far."""

    def __init__(self) -> None:
        self.rows = 0
        self._filled: list[int] = []
        self._sums: list[list[Decimal | None]] = []
        self._figures: list[int] = []

    def add(self, cells: Sequence[str]) -> None:
        """Count a row."""
        self._count(cells, 1)

    def _count(self, cells: Sequence[str], sign: int) -> None:
        self.rows += sign
        while len(self._filled) < len(cells):
            self._filled.append(0)
            self._sums.append([Decimal(0), Decimal(0), Decimal(0)])
            self._figures.append(0)
        for place, cell in enumerate(map(str.strip, cells)):
            if not cell:
                continue
            self._filled[place] += sign
            sums = self._sums[place]
            if cell in _NOTHING or sums == [None, None, None]:
                continue
            readings = _readings(cell)
            self._figures[place] += sign * any(readings)
            sums[:] = [
                None if each is None or reading is None else each + sign * reading
                for each, reading in zip(sums, readings, strict=True)
            ]

    def less(self, rows: Iterable[Sequence[str]]) -> _Sums:
        """The sums without some of the rows."""
        found = deepcopy(self)
        for cells in rows:
            found._count(cells, -1)
        return found

    def is_below(self, cells: Sequence[str]) -> bool:
        """Whether a row has the word for a total and figures, and nothing in the first column, which every row has."""
        further = _filled(cells)[1:]
        is_first_empty = not next(iter(cells), "").strip() and self._filled[:1] == [self.rows]
        return is_first_empty and _begins_with_word(cells) and bool(further) and _are_figures(further)

    def are_incomplete(self, cells: Sequence[str]) -> bool:
        """Whether cells lack what every row has; two rows at least."""
        texts = chain(map(str.strip, cells), repeat(""))
        return self.rows >= _LEAST and any(
            number == self.rows and not text for number, text in zip(self._filled, texts, strict=False)
        )

    def make(self, cells: Sequence[str]) -> bool:
        """Whether a row holds these sums, and lacks what every row has."""
        if not self.are_incomplete(cells):
            return False
        texts = [cell.strip() for cell in cells]
        figures = [place for place, text in enumerate(texts) if any(each is not None for each in _readings(text))]
        sums = [place for place in figures if self._is_sum(place, texts[place])]
        if _begins_with_word(texts):
            return bool(sums) or any(_readings(texts[place])[0] == self.rows for place in figures)
        return bool(sums) and len(sums) == len([text for text in texts if text])

    def _is_sum(self, place: int, text: str) -> bool:
        if place >= len(self._sums) or self._figures[place] < _LEAST:
            return False
        for total, reading in zip(self._sums[place], _readings(text), strict=True):
            if total and reading is not None:
                exponent = reading.as_tuple().exponent
                half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
                if abs(total - reading) <= half:
                    return True
        return False
