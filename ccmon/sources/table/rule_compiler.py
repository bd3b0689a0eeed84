"""The rules of a mapping, compiled for the columns of one file into functions of a row's cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from ccmon.sources.table import cells as parsers
from ccmon.sources.table.cells import CellError
from ccmon.sources.table.local_time import REMEMBERED, LocalClock
from ccmon.sources.table.mapping import CLOSED, MOMENTS, TEXTS, Mapping, Rule, moment_order, unit_ms
from ccmon.time_units import DAY_MS

HALF_DAY_MS = DAY_MS // 2

P = ParamSpec("P")
T = TypeVar("T")

Row = Sequence[str]
TextOf = Callable[[Row], str | None]
MomentOf = Callable[[Row, MappingABC[str, int], int | None], int | None]
"""A moment of a row, from the moments known already and the latest of those before it."""


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """What a call of a row is made by."""

    texts: Callable[[Row], Sequence[str | None]]
    """All `TEXTS` of a row, in their order."""
    moments: tuple[tuple[str, tuple[str, ...], MomentOf], ...]
    """Each moment with those that happen before it, where its rules ask for them."""
    hold: Callable[[Row], int | None] | None


@dataclass(frozen=True, slots=True)
class RowException:
    """Rows of which some cells say that other rules count; without rules they are left out."""

    when: tuple[tuple[int, frozenset[str]], ...]
    rules: CompiledRules | None

    def matches(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return all(row[index] in cells for index, cells in self.when)


class RuleCompiler:
    """Makes functions of rules, for the columns at their places."""

    def __init__(self, mapping: Mapping, places: dict[str, int], zone: ZoneInfo) -> None:
        self._mapping = mapping
        self._places = places
        self._clock = LocalClock(zone, mapping.date, mapping.time)

    def compile(self, rules: MappingABC[str, tuple[Rule, ...]]) -> CompiledRules:
        """The rules as functions."""
        return CompiledRules(
            texts=_all_texts(
                {name: _first(self._text(name, rule) for rule in rules[name]) for name in TEXTS if rules.get(name)}
            ),
            moments=tuple(
                (
                    name,
                    MOMENTS[: MOMENTS.index(name)] if any("date" in rule for rule in rules[name]) else (),
                    # A call came in some time: the last of the rules for it takes 00:00:00 as midnight.
                    _first(
                        self._moment(rule, happened=name == "entered_at" and rule is rules[name][-1])
                        for rule in rules[name]
                    ),
                )
                for name in moment_order(rules, self._mapping.name)
            ),
            hold=_first(map(self._length, rules["hold"])) if rules.get("hold") else None,
        )

    def cells(self, said: MappingABC[str, tuple[str, ...]]) -> tuple[tuple[int, frozenset[str]], ...]:
        """Columns by their place, with the cells asked for."""
        return tuple((self._places[column.lower()], frozenset(cells)) for column, cells in said.items())

    def _cell(self, column: str, rule: Rule, *, happened: bool = False) -> TextOf:
        """The cell of a column; None where it is empty or means nothing, which no clock time does that ``happened``."""
        place = self._places[column.lower()]
        anywhere = {cell for cell in self._mapping.nothing if not (happened and self._is_time(cell))}
        nothing = anywhere | {"", *map(str, rule.get("nothing", ()))}

        def cell(row: Row) -> str | None:
            found = row[place]
            return None if found in nothing else found

        return cell

    def _text(self, name: str, rule: Rule) -> TextOf:
        plain = self._plain_text(rule)
        words = {str(word).lower(): str(meaning) for word, meaning in rule.get("words", {}).items()}
        otherwise = rule.get("otherwise")
        closed = CLOSED.get(name)
        if "column" in rule and "pattern" not in rule and not words and otherwise is None and closed is None:
            return plain

        def text(row: Row) -> str | None:
            found = plain(row)
            if found is None:
                return None
            if words or otherwise is not None:
                found = words.get(found.lower(), found if otherwise is None else otherwise)
            if closed is not None and found and found not in closed:
                raise CellError(
                    f"{name} is {found!r}, which the mapping gives no meaning; "
                    f"there can be: {', '.join(sorted(closed))}"
                )
            return found or None

        return text

    def _plain_text(self, rule: Rule) -> TextOf:
        if "value" in rule:
            value = rule["value"]
            return lambda _: value
        if "row" in rule:
            return lambda _: None
        if "columns" in rule:
            each = [self._cell(str(column), rule) for column in rule["columns"]]
            joint = str(rule.get("join", "-"))
            return lambda row: joint.join(filter(None, (cell(row) for cell in each))) or None
        cell = self._cell(rule["column"], rule)
        if "pattern" not in rule:
            return cell
        pattern = re.compile(rule["pattern"])

        def matched(row: Row) -> str | None:
            found = cell(row)
            match = pattern.search(found) if found is not None else None
            return None if match is None else match[match.lastindex or 0]

        return matched

    def _length(self, rule: Rule) -> Callable[[Row], int | None]:
        plain = self._plain_text(rule)
        length_of = lru_cache(REMEMBERED)(partial(parsers.length, unit_ms=unit_ms(rule)))

        def length(row: Row) -> int | None:
            found = plain(row)
            return None if found is None else length_of(found)

        return length

    def _is_time(self, cell: str) -> bool:
        try:
            self._clock.time(cell)
        except CellError:
            return False
        return True

    def _moment(self, rule: Rule, *, happened: bool) -> MomentOf:
        for reference, sign in (("after", 1), ("before", -1)):
            if reference in rule:
                return _away_from(rule[reference], sign, self._length(rule))
        clock = self._clock
        if "date" in rule:
            day, time = self._cell(rule["date"], rule), self._cell(rule["time"], rule, happened=happened)

            def by_clock(row: Row, _: MappingABC[str, int], earlier: int | None) -> int | None:
                date_cell, time_cell = day(row), time(row)
                if date_cell is None or time_cell is None:
                    return None
                local = clock.date(date_cell) + clock.time(time_cell)
                moment = clock.utc(local)
                # Past midnight the date is still that of the day on which the call began.
                return clock.utc(local + DAY_MS) if earlier is not None and moment < earlier - HALF_DAY_MS else moment

            return by_clock
        cell, form = self._cell(rule["column"], rule), rule.get("format")

        def by_cell(row: Row, _: MappingABC[str, int], __: int | None) -> int | None:
            found = cell(row)
            return None if found is None else clock.moment(found, form)

        return by_cell


def _all_texts(text_of: MappingABC[str, TextOf]) -> Callable[[Row], Sequence[str | None]]:
    """Gives all texts of a row, by the functions of those that a mapping has."""
    functions = list(text_of.values())
    places = {name: place for place, name in enumerate(text_of)}
    in_order = itemgetter(*(places.get(name, -1) for name in TEXTS))

    def texts(row: Row) -> Sequence[str | None]:
        found = [function(row) for function in functions]
        found.append(None)
        in_their_order: Sequence[str | None] = in_order(found)
        return in_their_order

    return texts


def _away_from(reference: str, sign: int, length: Callable[[Row], int | None]) -> MomentOf:
    def away(row: Row, moments: MappingABC[str, int], _: int | None) -> int | None:
        start, span = moments.get(reference), length(row)
        return None if start is None or span is None else start + sign * span

    return away


def _first(functions: Iterable[Callable[P, T | None]]) -> Callable[P, T | None]:
    """Gives what the first of some functions finds."""
    each = list(functions)
    if len(each) == 1:
        return each[0]

    def first(*args: P.args, **kwargs: P.kwargs) -> T | None:
        return next((found for find in each if (found := find(*args, **kwargs)) is not None), None)

    return first
