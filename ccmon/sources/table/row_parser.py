"""Rows of a file to calls, by a mapping that is compiled for the columns of the file once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from ccmon import plausibility
from ccmon.database.call_table import TableCall
from ccmon.errors import CcmonError
from ccmon.model.calls import Direction, Outcome
from ccmon.plausibility import LONGEST_MS
from ccmon.sources.table import cells as parsers
from ccmon.sources.table.cells import CellContext, CellError, ImpossibleError
from ccmon.sources.table.mapping import MOMENTS, Mapping
from ccmon.sources.table.rule_compiler import CompiledRules, Row, RowException, RuleCompiler

_NO_SITE = CellContext(ZoneInfo("UTC"))
_LATER = MOMENTS[2:]
"""Those of a call that came in."""
# As texts: sqlite3 takes them quicker than members of an enumeration.
_ANSWERED, _UNKNOWN = Outcome.ANSWERED.value, Outcome.UNKNOWN.value
_INBOUND, _OUTBOUND = Direction.INBOUND.value, Direction.OUTBOUND.value


class RowParser:
    """Makes calls of the rows of one file."""

    def __init__(self, mapping: Mapping, first: Sequence[str], zone: ZoneInfo, now: int) -> None:
        """Bind a mapping to a file by its first row: names of columns, or cells of columns that are called 1, 2, 3.

        Raises:
            CcmonError: the mapping names a column that is not there.
        """
        names = [cell.strip() if mapping.header else str(number) for number, cell in enumerate(first, 1)]
        places = {name.lower(): place for place, name in reversed(list(enumerate(names)))}
        missing = sorted(name for name in mapping.columns if name.lower() not in places)
        if missing:
            raise CcmonError(f"{mapping.name} names the column {missing[0]!r}; the file has: {', '.join(names)}.")
        compiler = RuleCompiler(mapping, places, zone)
        self._width = 1 + max((places[name.lower()] for name in mapping.columns), default=0)
        self._tolerance_ms = parsers.duration(mapping.tolerance, _NO_SITE)
        self._rules = compiler.compile(mapping.rules)
        self._only = RowException(compiler.cells(mapping.only), None)
        """What the row of every call has; it has no rules."""
        self._exceptions = [
            RowException(
                compiler.cells(rows.when), None if rows.skip else compiler.compile({**mapping.rules, **rows.rules})
            )
            for rows in mapping.exceptions
        ]
        self._now = now
        self.impossible: list[str] = []
        """What the latest row says and cannot be: it counts as not said."""
        self.out_of_order = 0
        """Moments in the wrong order by a little that were taken as simultaneous."""
        self.endless = 0
        """Rows without an end: taken as ended, in an unknown way or after an unknown time, at the last moment known."""

    def call(self, row: Row) -> TableCall | None:
        """The call of a row of trimmed cells; None for a row that the mapping leaves out.

        Raises:
            CellError: a cell cannot be understood, or the row has not enough of them.
        """
        self.impossible.clear()
        if len(row) < self._width:
            raise CellError(f"has {len(row)} cells, and the mapping needs {self._width}")
        if self._only.when and not self._only.matches(row):
            return None
        for exception in self._exceptions:
            if exception.matches(row):
                return None if exception.rules is None else self._call(exception.rules, row)
        return self._call(self._rules, row)

    def _call(self, rules: CompiledRules, row: Row) -> TableCall:
        # In the order of `TEXTS`: names would take longer than all the rest of it.
        (
            call_id, visit, direction, queue, campaign, agent, customer, caller, caller_name, outcome,
            ended_by, disposition, right_party, reason, score_cell, scale_cell,
        ) = rules.texts(row)  # fmt: skip
        moments = self._moments(rules, row, answered=outcome is None or outcome == _ANSWERED)
        answered_at, ended_at = moments.get("answered_at"), moments.get("ended_at")
        if outcome is None:
            outcome = _ANSWERED if answered_at is not None else _UNKNOWN
        direction = direction or _INBOUND
        talked = answered_at is not None or direction == _OUTBOUND or outcome == _ANSWERED
        if ended_at is None:
            self.endless += 1
            ended_at = answered_at if answered_at is not None else moments["entered_at"]
            if answered_at is not None or outcome != _ANSWERED:
                outcome = _UNKNOWN  # of an answered call: cut off (metrics.md 1.5)
        score = None if score_cell is None else self._said("score", _number, score_cell, "score")
        scale = None if score is None else self._said("scale", _scale, score, scale_cell)
        return TableCall(
            call_id,
            None if visit is None else self._said("visit", _number, visit, "visit"),
            direction,
            queue,
            campaign,
            agent if talked else None,
            customer,
            caller,
            caller_name,
            moments["entered_at"],
            answered_at,
            ended_at,
            moments.get("wrapped_up_at"),
            None if rules.hold is None else self._said("hold", rules.hold, row),
            outcome,
            ended_by,
            disposition,
            None if right_party is None else _flag(right_party),
            reason,
            None if scale is None else score,
            scale,
        )

    def _moments(self, rules: CompiledRules, row: Row, *, answered: bool) -> dict[str, int]:
        """The moments of a row in their order; a call that was not answered has ended where its wait did."""
        found: dict[str, int] = {}
        first, last = plausibility.EARLIEST_IN_TABLES_MS, self._now
        for name, before, moment_of in rules.moments:
            earlier: int | None = None
            for each in before:
                known = found.get(each)
                if known is not None and (earlier is None or known > earlier):
                    earlier = known
            try:
                moment = moment_of(row, found, earlier)
            except ImpossibleError as error:
                self.impossible.append(f"{name} {error}")
                continue
            if moment is not None and (first <= moment <= last or self._is_possible(name, moment)):
                found[name] = moment
        if not answered:
            waited_until = found.pop("answered_at", None)
            if waited_until is not None:
                found.setdefault("ended_at", waited_until)
        if "entered_at" not in found:
            raise CellError("; ".join(["has no moment at which the call came in", *self.impossible]))
        if self._are_in_order(found):
            return found
        for name in _LATER:
            if name in found and found[name] - found["entered_at"] > LONGEST_MS:
                del found[name]
                self.impossible.append(f"{name} lies over 7 days after entered_at")
        self._put_in_order(found)
        return found

    @staticmethod
    def _are_in_order(found: dict[str, int]) -> bool:
        """Whether moments are as they nearly always are: one after the other, and soon after the call came in."""
        last = found["entered_at"]
        latest = last + LONGEST_MS
        for name in _LATER:
            moment = found.get(name)
            if moment is not None:
                if not last <= moment <= latest:
                    return False
                last = moment
        return True

    def _said(self, name: str, value_of: Callable[..., int | None], *given: Any) -> int | None:
        """A value of a row; None where the row does not say it, or says what cannot be."""
        try:
            return value_of(*given)
        except ImpossibleError as error:
            self.impossible.append(f"{name} {error}")
            return None

    def _is_possible(self, name: str, moment: int) -> bool:
        """Whether something can have happened then; of a moment that cannot be, the row does without it.

        Raises:
            CellError: it is the call's own moment.
        """
        error = parsers.in_a_table(moment, self._now)
        if error is None:
            return True
        if name == "entered_at":
            raise CellError(f"{name} {error}: is the date written as the mapping says?")
        self.impossible.append(f"{name} {error}")
        return False

    def _put_in_order(self, found: dict[str, int]) -> None:
        """Take moments in the wrong order by a little as the same moment.

        An answer before the entry moves the entry: the wait is none either way, and the talk stays whole.
        """
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


def _number(cell: str, name: str) -> int:
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", cell, re.ASCII):
        raise CellError(f"{name} is {cell!r}, and must be a whole number")
    return parsers.count(cell.partition(".")[0], _NO_SITE)


def _flag(cell: str) -> int:
    try:
        return parsers.yes_no(cell, _NO_SITE)
    except CellError as error:
        raise CellError(f"right_party {error}") from None


def _scale(score: int, cell: str | None) -> int:
    if cell is None:
        raise CellError("has a score, and the mapping gives no scale")
    scale = _number(cell, "scale")
    if score > scale:
        raise CellError(f"its score of {score} lies above its scale of {scale}")
    return scale
