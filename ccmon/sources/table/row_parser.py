"""A mapping bound to the header of one file: rows in, calls out.

Everything that can be decided once is decided here; what is left for each row is a handful of small functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.call_table import TableCall
from ccmon.errors import CcmonError
from ccmon.limits import LONGEST_MS
from ccmon.model.calls import Direction, Outcome
from ccmon.sources.table import cells as parsers
from ccmon.sources.table.cells import CellContext, CellError, ImpossibleError
from ccmon.sources.table.local_time import DAY_MS, LocalClock, remember
from ccmon.sources.table.mapping import CLOSED, DURATIONS, MOMENTS, TEXTS, Mapping, Rule, moment_order, unit_ms

HALF_DAY_MS = DAY_MS // 2
_NO_SITE = CellContext(ZoneInfo("UTC"))

Row = Sequence[str]
TextOf = Callable[[Row], str | None]
MomentOf = Callable[[Row, MappingABC[str, int], int | None], int | None]
"""A moment of a row, from the moments known already and the latest of those before it."""


@dataclass(slots=True)
class RepairedCall:
    """Rows in which something was put right on the way."""

    out_of_order: int = 0
    """Moments in the wrong order by a little were taken as simultaneous."""
    endless: int = 0
    """No moment of the end: taken as ended, in an unknown way or after an unknown time, at the last moment known."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules for one sort of rows."""

    texts: tuple[tuple[str, TextOf], ...]
    moments: tuple[tuple[str, tuple[str, ...], MomentOf], ...]
    """Each moment with those that happen before it."""
    hold: Callable[[Row], int | None] | None


@dataclass(frozen=True, slots=True)
class _Special:
    """Rows of which some cells say that another plan counts; no plan: they are left out."""

    when: tuple[tuple[int, frozenset[str]], ...]
    plan: _Plan | None

    def matches(self, row: Row) -> bool:
        return all(row[index] in cells for index, cells in self.when)


@dataclass(slots=True)
class RowParser:
    """See the module."""

    width: int
    tolerance_ms: int
    plan: _Plan
    special: tuple[_Special, ...]
    only: _Special
    """What every call has; its plan says nothing."""
    now: int
    """The reader's clock."""
    mended: RepairedCall = field(default_factory=RepairedCall)
    unsaid: list[str] = field(default_factory=list)
    """What the latest row says and cannot be: it counts as not said."""

    def call(self, row: Row) -> TableCall | None:
        """The call of a row of trimmed cells; None for a row that the mapping leaves out.

        Raises:
            CellError: a cell cannot be understood, or the row has not enough of them.
        """
        self.unsaid.clear()
        if len(row) < self.width:
            raise CellError(f"has {len(row)} cells, and the mapping needs {self.width}")
        if not self.only.matches(row):
            return None
        for special in self.special:
            if special.matches(row):
                return None if special.plan is None else self._call(special.plan, row)
        return self._call(self.plan, row)

    def _call(self, plan: _Plan, row: Row) -> TableCall:
        text = {name: text_of(row) for name, text_of in plan.texts}
        get = text.get
        outcome = get("outcome")
        moments = self._moments(plan, row, answered=outcome is None or outcome == Outcome.ANSWERED)
        answered_at, ended_at = moments.get("answered_at"), moments.get("ended_at")
        if outcome is None:
            outcome = Outcome.ANSWERED if answered_at is not None else Outcome.UNKNOWN
        direction = get("direction") or Direction.INBOUND
        talked = answered_at is not None or direction == Direction.OUTBOUND or outcome == Outcome.ANSWERED
        if ended_at is None:
            self.mended.endless += 1
            ended_at = answered_at if answered_at is not None else moments["entered_at"]
            if answered_at is not None or outcome != Outcome.ANSWERED:
                outcome = Outcome.UNKNOWN  # of an answered call: cut off (metrics.md 1.5)
        score = self._said("score", _number, get("score"), "score")
        scale = None if score is None else self._said("scale", _scale, score, get("scale"))
        # In the order of the fields: names would take longer than all the rest of it.
        return TableCall(
            get("call_id"),
            self._said("visit", _number, get("visit"), "visit"),
            direction,
            get("queue"),
            get("campaign"),
            get("agent") if talked else None,
            get("customer"),
            get("caller"),
            get("caller_name"),
            moments["entered_at"],
            answered_at,
            ended_at,
            moments.get("wrapped_up_at"),
            None if plan.hold is None else self._said("hold", plan.hold, row),
            outcome,
            get("ended_by"),
            get("disposition"),
            _flag(get("right_party")),
            get("reason"),
            None if scale is None else score,
            scale,
        )

    def _moments(self, plan: _Plan, row: Row, *, answered: bool) -> dict[str, int]:
        """The moments of a row in their order; a call that was not answered has ended where its wait did."""
        found: dict[str, int] = {}
        for name, before, moment_of in plan.moments:
            earlier = None
            for each in before:
                known = found.get(each)
                if known is not None and (earlier is None or known > earlier):
                    earlier = known
            moment = self._said(name, moment_of, row, found, earlier)
            if moment is not None and self._is_possible(name, moment):
                found[name] = moment
        if not answered:
            waited_until = found.pop("answered_at", None)
            if waited_until is not None:
                found.setdefault("ended_at", waited_until)
        if "entered_at" not in found:
            raise CellError("; ".join(["has no moment at which the call came in", *self.unsaid]))
        for name in MOMENTS[2:]:
            if name in found and found[name] - found["entered_at"] > LONGEST_MS:
                del found[name]
                self.unsaid.append(f"{name} lies over 7 days after entered_at")
        self._put_in_order(found)
        return found

    def _said(self, name: str, value_of: Callable[..., int | None], *given: Any) -> int | None:
        """A value of a row; None where the row does not say it, or says what cannot be."""
        try:
            return value_of(*given)
        except ImpossibleError as error:
            self.unsaid.append(f"{name} {error}")
            return None

    def _is_possible(self, name: str, moment: int) -> bool:
        """Whether something can have happened then; of a moment that cannot be, the row does without it.

        Raises:
            CellError: it is the call's own moment.
        """
        error = parsers.in_a_table(moment, self.now)
        if error is None:
            return True
        if name == "entered_at":
            raise CellError(f"{name} {error}: is the date written as the mapping says?")
        self.unsaid.append(f"{name} {error}")
        return False

    def _put_in_order(self, found: dict[str, int]) -> None:
        """Take moments in the wrong order by a little as the same moment.

        An answer before the entry moves the entry: the wait is none either way, and the talk stays whole.
        """
        last, last_name = found["entered_at"], "entered_at"
        for name in MOMENTS[2:]:
            moment = found.get(name)
            if moment is None:
                continue
            if moment < last:
                if last - moment > self.tolerance_ms:
                    raise CellError(f"{name} lies {(last - moment) // 1000:,} s before {last_name}")
                self.mended.out_of_order += 1
                if name == "answered_at":
                    found["entered_at"] = moment
                else:
                    found[name] = moment = last
            last, last_name = moment, name


def row_parser(mapping: Mapping, header: Sequence[str] | None, width: int, zone: ZoneInfo, now: int) -> RowParser:
    """Bind a mapping to a file.

    Args:
        mapping: the mapping.
        header: names of the columns; None: they are called 1, 2, 3 and so on.
        width: how many there are.
        zone: of the clock times.
        now: the reader's clock.

    Raises:
        CcmonError: the mapping names a column that is not there.
    """
    names = [name.strip() for name in header] if header is not None else [str(number + 1) for number in range(width)]
    places = {name.lower(): place for place, name in reversed(list(enumerate(names)))}
    missing = sorted(name for name in mapping.columns if name.lower() not in places)
    if missing:
        raise CcmonError(f"{mapping.name} names the column {missing[0]!r}; the file has: {', '.join(names)}.")
    clock = LocalClock(zone, mapping.date, mapping.time)
    binder = _Binder(mapping, places, clock)
    return RowParser(
        width=1 + max((places[name.lower()] for name in mapping.columns), default=0),
        tolerance_ms=parsers.duration(mapping.tolerance, _NO_SITE),
        plan=binder.plan(mapping.rules),
        only=_Special(binder.cells(mapping.only), None),
        special=tuple(
            _Special(
                binder.cells(rows.when),
                None if rows.skip else binder.plan({**mapping.rules, **rows.rules}),
            )
            for rows in mapping.exceptions
        ),
        now=now,
    )


class _Binder:
    """Makes functions of rules."""

    def __init__(self, mapping: Mapping, places: dict[str, int], clock: LocalClock) -> None:
        self._mapping = mapping
        self._places = places
        self._clock = clock

    def plan(self, rules: MappingABC[str, tuple[Rule, ...]]) -> _Plan:
        hold = [self._length(rule) for rule in rules.get(DURATIONS[0], ())]
        return _Plan(
            texts=tuple(
                (name, _first([self._text(name, rule) for rule in rules[name]])) for name in TEXTS if rules.get(name)
            ),
            moments=tuple(
                (
                    name,
                    MOMENTS[: MOMENTS.index(name)],
                    # A call came in some time: the last of the rules for it takes 00:00:00 as midnight.
                    _first_moment(
                        [
                            self._moment(rule, happened=name == "entered_at" and rule is rules[name][-1])
                            for rule in rules[name]
                        ]
                    ),
                )
                for name in moment_order(rules)
            ),
            hold=(lambda row: next((length for length_of in hold if (length := length_of(row)) is not None), None))
            if hold
            else None,
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

        def text(row: Row) -> str | None:
            found = plain(row)
            if found is None:
                return None
            if words or otherwise is not None:
                found = words.get(found.lower(), found if otherwise is None else otherwise)
            if closed is not None and found and found not in closed:
                raise CellError(
                    f"{name} is {found!r}, which the mapping gives no meaning; there can be: {_all(closed)}"
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
        plain_ms = unit_ms(rule)
        known: dict[str, int] = {}

        def length(row: Row) -> int | None:
            found = plain(row)
            if found is None:
                return None
            length_ms = known.get(found)
            if length_ms is None:
                length_ms = parsers.length(found, plain_ms)
                remember(known, found, length_ms)
            return length_ms

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


def _away_from(reference: str, sign: int, length: Callable[[Row], int | None]) -> MomentOf:
    def away(row: Row, moments: MappingABC[str, int], _: int | None) -> int | None:
        start, span = moments.get(reference), length(row)
        return None if start is None or span is None else start + sign * span

    return away


def _first(each: list[TextOf]) -> TextOf:
    if len(each) == 1:
        return each[0]
    return lambda row: next((text for text_of in each if (text := text_of(row)) is not None), None)


def _first_moment(each: list[MomentOf]) -> MomentOf:
    if len(each) == 1:
        return each[0]

    def first(row: Row, moments: MappingABC[str, int], earlier: int | None) -> int | None:
        return next((found for of in each if (found := of(row, moments, earlier)) is not None), None)

    return first


def _all(words: frozenset[Any]) -> str:
    return ", ".join(sorted(map(str, words)))


def _number(cell: str | None, name: str) -> int | None:
    if cell is None:
        return None
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", cell, re.ASCII):
        raise CellError(f"{name} is {cell!r}, and must be a whole number")
    return parsers.count(cell.split(".")[0], _NO_SITE)


def _flag(cell: str | None) -> int | None:
    if cell is None:
        return None
    try:
        return parsers.yes_no(cell, _NO_SITE)
    except CellError as error:
        raise CellError(f"right_party {error}") from None


def _scale(score: int, cell: str | None) -> int:
    scale = _number(cell, "scale")
    if scale is None:
        raise CellError("has a score, and the mapping gives no scale")
    if score > scale:
        raise CellError(f"its score of {score} lies above its scale of {scale}")
    return scale
