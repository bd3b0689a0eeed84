"""Turn rows of a file into calls, by a mapping that is compiled once for the columns of the file.

A batch of rows is read column by column: the cells of a column are mostly equal or of one form, and one step for all
of them costs far less than one for each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingABC
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.call_table import TableCalls
from ccmon.model.calls import Direction, Outcome
from ccmon.number_texts import CellError, ImpossibleError
from ccmon.plausibility import EARLIEST_IN_TABLES_MS, LONGEST_MS
from ccmon.sources.table import cells as parsers
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.mapping import Mapping
from ccmon.sources.table.mapping_fields import MOMENTS
from ccmon.sources.table.row_batch import RowBatch, chosen
from ccmon.sources.table.row_reader import Row, garbled_rows
from ccmon.sources.table.rule_compiler import (
    ANOTHER_ENCODING,
    CompiledRules,
    Numbers,
    RowException,
    RuleCompiler,
    Texts,
    find_columns,
)
from ccmon.sources.table.written_moments import FIRST_ROWS

_NO_SITE = CellContext(ZoneInfo("UTC"))
_LATER = MOMENTS[2:]
"""The moments after a call's entry."""
# As texts: sqlite3 takes them quicker than members of an enumeration.
_ANSWERED, _UNKNOWN = Outcome.ANSWERED.value, Outcome.UNKNOWN.value
_INBOUND, _OUTBOUND = Direction.INBOUND.value, Direction.OUTBOUND.value


class ParsedRows(NamedTuple):
    """The results of rows, each identified by its place. Rows not mentioned here are left out by the mapping."""

    calls: TableCalls
    places: Sequence[int]
    """The place of each call's row."""
    errors: MappingABC[int, Exception]
    """Why a row is no call."""
    impossible: MappingABC[int, Sequence[str]]
    """Impossible values in the row of a call, which count as not given."""


class RowParser:
    """Makes calls of the rows of one file."""

    def __init__(self, mapping: Mapping, first: Sequence[str], zone: ZoneInfo, now: int) -> None:
        """Bind a mapping to a file by its first row: names of columns, or cells of columns called 1, 2, 3.

        Raises:
            CcmonError: the mapping names a column that is not there.
        """
        columns = find_columns(mapping, first)
        self.unused = columns.unused
        """Columns that no rule names."""
        compiler = RuleCompiler(mapping, columns.places, zone)
        self._width = columns.width
        self._tally = compiler.clock.tally
        self._mapping = mapping
        self._tolerance_ms = parsers.duration(mapping.tolerance, _NO_SITE)
        self._rules = compiler.compile(mapping.rules)
        self._only = RowException(compiler.cells(mapping.only), None)
        """Cells that the row of every call has; without rules."""
        self._exceptions = [
            RowException(
                compiler.cells(rows.when), None if rows.skip else compiler.compile({**mapping.rules, **rows.rules})
            )
            for rows in mapping.exceptions
        ]
        self._now = now
        self.out_of_order = 0
        """How many moments slightly out of order were taken as simultaneous."""
        self.endless = 0
        """Rows without an end: taken as ended at the last known moment, in an unknown way or after an unknown time."""

    def parse(self, rows: Sequence[Row]) -> ParsedRows:
        """The calls of rows, in order.

        Raises:
            CcmonError: after many rows, a format of moments has fitted none.
        """
        errors = self._unreadable(rows)
        readable = [place for place in range(len(rows)) if place not in errors]
        # Rows may differ in length, but no cell is needed that one of them lacks.
        columns = list(zip(*(rows[place].cells for place in readable), strict=False)) or [()] * self._width
        batch = RowBatch(columns, len(readable))
        found: list[TableCalls] = []
        places: list[int] = []
        for rules, places_of_part in self._by_rules(batch):
            whole = len(places_of_part) == batch.size
            found.append(self._calls(rules, batch if whole else batch.part(places_of_part)))
            places += places_of_part
        calls = found[0] if len(found) == 1 else TableCalls.joined(found)
        if batch.errors or len(found) > 1:
            order = sorted(range(len(places)), key=places.__getitem__)
            order = [number for number in order if places[number] not in batch.errors]
            calls, places = calls.chosen(order), chosen(places, order)
        first = range(FIRST_ROWS)
        if len(readable) >= FIRST_ROWS and all(batch.has_failed(place, "entered_at") for place in first):
            self._tally.require_fit(self._mapping.name, least=1)
        errors |= {readable[place]: _with(error, batch.impossible.get(place)) for place, error in batch.errors.items()}
        impossible = {readable[place]: said for place, said in batch.impossible.items() if place not in batch.errors}
        return ParsedRows(calls, chosen(readable, places), errors, impossible)

    def _unreadable(self, rows: Sequence[Row]) -> dict[int, Exception]:
        """Why rows cannot be read at all, by place."""
        garbled = garbled_rows(rows)
        short = {place for place, (_, cells, _) in enumerate(rows) if len(cells) < self._width}
        errors: dict[int, Exception] = {}
        for place in garbled | short:
            _, cells, error = rows[place]  # a row with an error has no cells
            if error is None and place in garbled:
                error = f"has bytes that are not in the encoding by which the file is read; {ANOTHER_ENCODING}"
            errors[place] = CellError(error or f"has {len(cells)} cells, and the mapping needs {self._width}")
        return errors

    def _by_rules(self, batch: RowBatch) -> Iterator[tuple[CompiledRules, Sequence[int]]]:
        """Rules, with the rows to which they apply."""
        places: Sequence[int] = range(batch.size)
        if self._only.when:
            matches = self._only.matches(batch)
            places = [place for place in places if matches[place]]
        for exception in self._exceptions:
            matches = exception.matches(batch)
            if exception.rules is not None:
                yield exception.rules, [place for place in places if matches[place]]
            places = [place for place in places if not matches[place]]
        yield self._rules, places

    def _calls(self, rules: CompiledRules, batch: RowBatch) -> TableCalls:
        """A call for each row; for a row with an error, it is meaningless."""
        nothing: list[Any] = [None] * batch.size
        texts = {name: texts_of(batch) for name, texts_of in rules.texts.items()}

        def text(name: str) -> Texts:
            return texts.get(name, nothing)

        def numbers(name: str, meaning: Callable[[str], int]) -> Numbers:
            return batch.meanings(texts[name], meaning, name, rules.columns[name]) if name in texts else nothing

        self._find_moments(rules, batch, [outcome is None or outcome == _ANSWERED for outcome in text("outcome")])
        answered_at = batch.moments.get("answered_at", nothing)
        outcomes = [
            outcome or (_UNKNOWN if answered is None else _ANSWERED)
            for outcome, answered in zip(text("outcome"), answered_at, strict=True)
        ]
        directions = [direction or _INBOUND for direction in text("direction")]
        talked = zip(text("agent"), answered_at, outcomes, directions, strict=True)
        agents = [
            agent if answered is not None or outcome == _ANSWERED or direction == _OUTBOUND else None
            for agent, answered, outcome, direction in talked
        ]
        ended_at = self._ends(batch, outcomes)
        scores, scales = numbers("score", _number), nothing
        if "score" in texts:
            said = zip(scores, text("scale"), strict=True)
            pairs = [None if score is None else (score, scale) for score, scale in said]
            scales = batch.meanings(pairs, _scale, "scale")
            scores = [None if scale is None else score for score, scale in zip(scores, scales, strict=True)]
        visits = numbers("visit", _number)
        holds = nothing if rules.hold is None else rules.hold(batch)
        return TableCalls(
            text("call_id"), visits, directions, text("queue"), text("campaign"), agents, text("customer"),
            text("caller"), text("caller_name"), _certain(batch.moments["entered_at"]), answered_at, ended_at,
            batch.moments.get("wrapped_up_at", nothing), holds, outcomes, text("ended_by"), text("disposition"),
            numbers("right_party", _flag), text("reason"), scores, scales,
        )  # fmt: skip

    def _find_moments(self, rules: CompiledRules, batch: RowBatch, answered: Sequence[bool]) -> None:
        """Find the moments of rows, in order; an unanswered call has ended when its wait did."""
        moments = batch.moments
        for name, moments_of in rules.moments.items():
            moments[name] = self._possible(batch, name, moments_of(batch))
        if "answered_at" in moments and not all(answered):
            waited_until = moments["answered_at"]
            moments["answered_at"] = [
                moment if is_answered else None for moment, is_answered in zip(waited_until, answered, strict=True)
            ]
            moments["ended_at"] = [
                end if is_answered or end is not None else waited
                for end, waited, is_answered in zip(
                    moments.get("ended_at", [None] * batch.size), waited_until, answered, strict=True
                )
            ]
        for place, moment in enumerate(moments["entered_at"]):
            if moment is None and not batch.has_failed(place, "entered_at"):
                batch.fail(place, CellError("has no moment at which the call came in"))
        for place in sorted(_disordered(batch)):
            found = {name: moment for name in moments if (moment := moments[name][place]) is not None}
            try:
                self._put_in_order(found, batch, place)
            except CellError as error:
                batch.fail(place, error)
            for name in moments:
                moments[name][place] = found.get(name)

    def _possible(self, batch: RowBatch, name: str, moments: Numbers) -> Numbers:
        """The possible ones among moments; a row does without an impossible one, unless it is the call's entry."""
        known = [moment for moment in moments if moment is not None]
        if not known or (min(known) >= EARLIEST_IN_TABLES_MS and max(known) <= self._now):
            return moments
        found = list(moments)
        for place, moment in enumerate(moments):
            error = None if moment is None else parsers.in_a_table(moment, self._now)
            if error is not None:
                found[place] = None
                if name == "entered_at":
                    batch.fail(place, CellError(f"{error}: is the date written as the mapping says?"), name)
                else:
                    batch.fail(place, ImpossibleError(error), name)
        return found

    def _put_in_order(self, found: dict[str, int], batch: RowBatch, place: int) -> None:
        """Take a row's moments that are slightly out of order as the same moment.

        An answer before the entry moves the entry: the wait is 0 either way, and the talk keeps its length.
        """
        for name in _LATER:
            if name in found and found[name] - found["entered_at"] > LONGEST_MS:
                del found[name]
                batch.fail(place, ImpossibleError("lies over 7 days after entered_at"), name)
        last, last_name = found["entered_at"], "entered_at"
        for name in _LATER:
            moment = found.get(name)
            if moment is None:
                continue
            if moment < last:
                if last - moment > self._tolerance_ms:
                    raise CellError(f"{name} lies {(last - moment) // 1000:,} s before {last_name}")
                self.out_of_order += 1
                if name == "answered_at":
                    found["entered_at"] = moment
                else:
                    found[name] = moment = last
            last, last_name = moment, name

    def _ends(self, batch: RowBatch, outcomes: list[str]) -> list[int]:
        """The ends of calls; without an end, the last known moment, and the outcome in ``outcomes`` becomes unknown."""
        moments = batch.moments
        ended_at: Numbers = list(moments.get("ended_at", [None] * batch.size))
        for place in [place for place, moment in enumerate(ended_at) if moment is None]:
            if place not in batch.errors:
                self.endless += 1
                answered = moments["answered_at"][place] if "answered_at" in moments else None
                ended_at[place] = moments["entered_at"][place] if answered is None else answered
                if answered is not None or outcomes[place] != _ANSWERED:
                    outcomes[place] = _UNKNOWN  # for an answered call: cut off (metrics.md 1.5)
        return _certain(ended_at)


def _with(error: Exception, impossible: Sequence[str] | None) -> Exception:
    """Why a row is no call, with what else is impossible in it."""
    return CellError("; ".join([str(error), *impossible])) if impossible and isinstance(error, CellError) else error


def _certain(moments: Numbers) -> list[int]:
    """Moments that only rows with an error lack."""
    return [0 if moment is None else moment for moment in moments]


def _disordered(batch: RowBatch) -> set[int]:
    """Rows with unusual moments: not one after the other, or not soon after the call came in."""
    places: set[int] = set()
    entered = _certain(batch.moments["entered_at"])
    last = entered
    for name in _LATER:
        moments = batch.moments.get(name)
        if moments is not None:
            each = zip(moments, last, entered, strict=True)
            places.update(
                place
                for place, (moment, before, first) in enumerate(each)
                if moment is not None and first and not before <= moment <= first + LONGEST_MS
            )
            last = [before if moment is None else moment for moment, before in zip(moments, last, strict=True)]
    return places


def _number(cell: str) -> int:
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", cell, re.ASCII):
        raise CellError(f"is {cell!r}, and must be a whole number")
    return parsers.count(cell.partition(".")[0], _NO_SITE)


def _flag(cell: str) -> int:
    return parsers.yes_no(cell, _NO_SITE)


def _scale(said: tuple[int, str | None]) -> int:
    """The scale of a score, which is not above it."""
    score, cell = said
    if cell is None:
        raise CellError("is missing, and there is a score")
    scale = _number(cell)
    if score > scale:
        raise CellError(f"is {scale}, and the score {score}, which lies above it")
    return scale
