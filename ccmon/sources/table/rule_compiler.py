"""The rules of a mapping, compiled for the columns of one file into functions over a batch of its rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.number_texts import CellError, length
from ccmon.sources.table.local_time import REMEMBERED, LocalClock
from ccmon.sources.table.mapping import Mapping, moment_order
from ccmon.sources.table.mapping_checks import Rule, unit_ms
from ccmon.sources.table.mapping_fields import CALLS, CLOSED, MOMENTS, TEXTS
from ccmon.sources.table.row_batch import RowBatch
from ccmon.sources.table.row_reader import is_garbled
from ccmon.spelling import nearest
from ccmon.time_units import DAY_MS

ANOTHER_ENCODING = "name another in the mapping or with --encoding, such as windows-1252"
HASH_LETTERS = 16
"""Digits of what is made of a row's content: of a million rows, two are the same by chance once in 40 million."""
HALF_DAY_MS = DAY_MS // 2

T = TypeVar("T")

Texts = list[str | None]
Numbers = list[int | None]
TextsOf = Callable[[RowBatch], Texts]
"""A text of each row."""
NumbersOf = Callable[[RowBatch], Numbers]
"""A moment or a length of time of each row, in milliseconds."""


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The functions that make calls from rows."""

    texts: MappingABC[str, TextsOf]
    """The fields of `TEXTS` that have rules, in order."""
    moments: MappingABC[str, NumbersOf]
    """Each after those that it depends on."""
    hold: NumbersOf | None
    columns: MappingABC[str, str]
    """For sentences, the columns of the fields of `TEXTS` (see `RowBatch.fail`)."""


@dataclass(frozen=True, slots=True)
class RowException:
    """Rows with certain cells, to which other rules apply; without rules, they are left out."""

    when: tuple[tuple[int, frozenset[str]], ...]
    rules: CompiledRules | None

    def matches(self, batch: RowBatch) -> list[bool]:
        """Which rows match."""
        said = [[cell in cells for cell in batch.cells(column)] for column, cells in self.when]
        return list(map(all, zip(*said, strict=True))) if said else [True] * batch.size


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of a file to which a mapping is bound."""

    places: dict[str, int]
    """The place of each column by its name in small letters."""
    width: int
    """How many cells a row must have."""
    unused: list[str]
    """Columns that no rule names."""


def find_columns(mapping: Mapping, first: Sequence[str]) -> FileColumns:
    """The columns of a file by its first row: names of columns, or cells of columns called 1, 2, 3.

    Raises:
        CcmonError: the mapping names a column that is not there; the sentence names the nearest.
    """
    names = [cell.strip() if mapping.header else str(number) for number, cell in enumerate(first, 1)]
    places = {name.lower(): place for place, name in reversed(list(enumerate(names)))}
    missing = sorted(name for name in mapping.columns if name.lower() not in places)
    if missing:
        near = nearest(missing[0], filter(None, names)) if mapping.header else None
        likely = f", so did you mean {plain(repr(near))}?" if near else "."
        hint = f" Its first line is read by a wrong encoding: {ANOTHER_ENCODING}." if is_garbled(names) else ""
        has = ", ".join(map(plain, names))
        raise CcmonError(f"{mapping.name} names the column {missing[0]!r}; the file has: {has}{likely}{hint}")
    used = {name.lower() for name in mapping.columns}
    width = 1 + max((places[name] for name in used), default=0)
    return FileColumns(places, width, [name for name in names if name and name.lower() not in used])


class RuleCompiler:
    """Compiles rules into functions, for columns at given places."""

    def __init__(self, mapping: Mapping, places: dict[str, int], zone: ZoneInfo) -> None:
        self._mapping = mapping
        self._places = places
        self.clock = LocalClock(zone, mapping.date, mapping.time)
        self._closed = CLOSED if mapping.kind == CALLS else {}

    def compile(self, rules: MappingABC[str, tuple[Rule, ...]]) -> CompiledRules:
        """The rules as functions."""
        return CompiledRules(
            texts={name: _first([self.text(name, rule) for rule in rules[name]]) for name in TEXTS if rules.get(name)},
            moments={
                # A call must have come in at some time: the last rule for that takes 00:00:00 as midnight.
                name: _first(
                    [
                        self._moment(name, rule, happened=name == "entered_at" and rule is rules[name][-1])
                        for rule in rules[name]
                    ]
                )
                for name in moment_order(rules, self._mapping.name)
            },
            hold=_first([self._length("hold", rule) for rule in rules["hold"]]) if rules.get("hold") else None,
            columns={name: columns_of(name, *rules[name]) for name in TEXTS if rules.get(name)},
        )

    def cells(self, said: MappingABC[str, tuple[str, ...]]) -> tuple[tuple[int, frozenset[str]], ...]:
        """Columns by their place, with the cells asked for."""
        return tuple((self._places[column.lower()], frozenset(cells)) for column, cells in said.items())

    def column(self, column: str, rule: Rule, *, happened: bool = False) -> TextsOf:
        """Cells of a column; None for empty ones and those that mean nothing, but for no clock time if ``happened``."""
        place = self._places[column.lower()]
        anywhere = {cell for cell in self._mapping.nothing if not (happened and self._is_time(cell))}
        nothing = anywhere | {"", *map(str, rule.get("nothing", ()))}
        return lambda batch: [None if cell in nothing else cell for cell in batch.cells(place)]

    def text(self, name: str, rule: Rule) -> TextsOf:
        """The texts that a rule finds for a field."""
        plain = self._plain_text(rule)
        words = {str(word).lower(): str(meaning) for word, meaning in rule.get("words", {}).items()}
        otherwise = rule.get("otherwise")
        closed, best = self._closed.get(name), rule.get("best")
        if "pattern" not in rule and not words and otherwise is None and closed is None and best is None:
            return plain

        def meaning(found: str) -> str | None:
            if words or otherwise is not None:
                found = words.get(found.lower(), found if otherwise is None else otherwise)
            if closed is not None and found and found not in closed:
                raise CellError(
                    f"is {found!r}, which the mapping gives no meaning; there can be: {', '.join(sorted(closed))}"
                )
            return _score(found, best, rule["worst"]) if found and best is not None else found or None

        columns = columns_of(name, rule)
        return lambda batch: batch.meanings(plain(batch), meaning, name, columns)

    def _plain_text(self, rule: Rule) -> TextsOf:
        if "value" in rule:
            value = rule["value"]
            return lambda batch: [value] * batch.size
        if "row" in rule:
            return lambda batch: [None] * batch.size
        if "made_of" in rule:
            each = [self.column(str(column), {}) for column in rule["made_of"]]
            return lambda batch: list(map(_hash, *(column(batch) for column in each)))
        if "columns" in rule:
            each = [self.column(str(column), rule) for column in rule["columns"]]
            joint = str(rule.get("join", "-"))
            return lambda batch: [
                joint.join(filter(None, cells)) or None
                for cells in zip(*(column(batch) for column in each), strict=True)
            ]
        cells = self.column(rule["column"], rule)
        if "pattern" not in rule:
            return cells
        pattern = re.compile(rule["pattern"])

        def matched(cell: str) -> str | None:
            match = pattern.search(cell)
            return None if match is None else match[match.lastindex or 0]

        return lambda batch: batch.meanings(cells(batch), matched)

    def _length(self, field: str, rule: Rule) -> NumbersOf:
        plain = self._plain_text(rule)
        length_of = lru_cache(REMEMBERED)(partial(length, unit_ms=unit_ms(rule)))
        columns = columns_of(field, rule)
        return lambda batch: batch.meanings(plain(batch), length_of, field, columns)

    def _is_time(self, cell: str) -> bool:
        try:
            self.clock.time(cell)
        except CellError:
            return False
        return True

    def _moment(self, name: str, rule: Rule, *, happened: bool) -> NumbersOf:
        for reference, sign in (("after", 1), ("before", -1)):
            if reference in rule:
                return _away_from(rule[reference], sign, self._length(name, rule))
        clock, columns = self.clock, columns_of(name, rule)
        if "date" in rule:
            days, times = self.column(rule["date"], rule), self.column(rule["time"], rule, happened=happened)
            return _by_clock(clock, days, times, MOMENTS[: MOMENTS.index(name)], field=name, columns=columns)
        cells, form = self.column(rule["column"], rule), rule.get("format")

        def by_cell(batch: RowBatch) -> Numbers:
            said = cells(batch)
            moments = clock.moments(said) if form is None else None
            if moments is not None:
                return moments
            return batch.meanings(said, partial(clock.moment, form=form), name, columns)

        return by_cell


def _hash(*cells: str | None) -> str | None:
    """A short text that is the same for equal cells; None for empty ones."""
    if not any(cells):
        return None
    content = "\x1f".join(" ".join((cell or "").split()) for cell in cells)
    return hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()[:HASH_LETTERS]


def _score(cell: str, best: int, worst: int) -> str:
    """A score of which the highest is the best, from one in a scale between any two ends."""
    number = re.fullmatch(r"(\d{1,4})([.,]0+)?", cell, re.ASCII)
    if number is None or not min(best, worst) <= int(number[1]) <= max(best, worst):
        raise CellError(f"is {cell!r}, and must be a whole number from {min(best, worst)} to {max(best, worst)}")
    return number[1] if best > worst else str(best + worst - int(number[1]))


def _away_from(reference: str, sign: int, lengths: NumbersOf) -> NumbersOf:
    def away(batch: RowBatch) -> Numbers:
        spans = lengths(batch)
        starts = batch.moments_of(reference)
        if starts is None:
            return [None] * batch.size
        return [
            None if start is None or span is None else start + sign * span
            for start, span in zip(starts, spans, strict=True)
        ]

    return away


def _by_clock(
    clock: LocalClock, days: TextsOf, times: TextsOf, before: Sequence[str], *, field: str, columns: str
) -> NumbersOf:
    """Moments from a date and a time of day, after the moments ``before``."""

    def moment(said: tuple[str, str, int | None]) -> int:
        day, time, earlier = said
        local = clock.date(day) + clock.time(time)
        found = clock.utc(local)
        # After midnight, the date is still that of the day on which the call began.
        return clock.utc(local + DAY_MS) if earlier is not None and found < earlier - HALF_DAY_MS else found

    def by_clock(batch: RowBatch) -> Numbers:
        known = [moments for name in before if (moments := batch.moments_of(name)) is not None]
        latest: Numbers = [None] * batch.size
        for moments in known:
            latest = [
                here if last is None or (here is not None and here > last) else last
                for here, last in zip(moments, latest, strict=True)
            ]
        said = [
            None if day is None or time is None else (day, time, earlier)
            for day, time, earlier in zip(days(batch), times(batch), latest, strict=True)
        ]
        return batch.meanings(said, moment, field, columns)

    return by_clock


def columns_of(field: str, *rules: Rule) -> str:
    """The columns of a field's rules in brackets, for sentences; "" if they are called as the field is."""
    each = [str(rule[key]) for rule in rules for key in ("column", "date", "time") if key in rule]
    each += [str(column) for rule in rules for key in ("columns", "made_of") for column in rule.get(key, ())]
    named = list(dict.fromkeys(each))
    return f" ({', '.join(named)})" if named and named != [field] else ""


def _first(rules: Sequence[Callable[[RowBatch], list[T | None]]]) -> Callable[[RowBatch], list[T | None]]:
    """A function that returns what the first successful rule finds."""
    return rules[0] if len(rules) == 1 else lambda batch: batch.first(rules)
