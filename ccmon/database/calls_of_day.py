"""Counts of today's calls. Calls that are over are counted once and not at each reading.

Half a minute changes some dozens of a day's thousands of calls. The counts of the others are cached; the change log
names the calls to read again.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from ccmon.database.contacts import (
    RepeatCounts,
    finds_by_customer,
    read_repeats,
    read_repeats_of_visits,
    read_visits_by_caller,
)
from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.query_context import QueryContext
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.snapshot.periodic_rows import FunnelCount, ReasonCount, VisitCaller
from ccmon.time_units import MINUTE_MS

if TYPE_CHECKING:
    from ccmon.database.visits_by_caller import VisitsByCaller

REASON_NOTED_MS = MINUTE_MS
"""A call's reason is usually noted within this time after its end."""
Row = TypeVar("Row", bound=Struct)
Groups = Mapping[tuple[Any, ...], Row]


class DayCounts(Struct, frozen=True):
    """Counts of today's calls."""

    funnel: Mapping[tuple[Any, ...], FunnelCount]
    reasons: list[ReasonCount]
    repeats: RepeatCounts
    reasons_edition: object
    """The same object as long as no call that has a reason, or had one, has been counted again."""
    kept_edition: object
    """The same for calls that may have kept their customer."""


class CallNotes(Struct, frozen=True, gc=False):
    """What is noted of some calls. The row of ``notes_of_calls``."""

    reasons: int
    """Whether a reason is noted of one of them."""
    kept: int
    """Whether one of them may have kept its customer."""


_NO_NOTES = CallNotes(0, 0)


class _CallCounts(Struct, frozen=True):
    """Counts of some calls, by group."""

    funnel: Groups[FunnelCount]
    reasons: Groups[ReasonCount]
    repeats: RepeatCounts

    def plus(self, other: _CallCounts, sign: int = 1) -> _CallCounts:
        """The sum, or with a sign of -1 the difference."""
        return _CallCounts(
            _sum(self.funnel, other.funnel, sign),
            _in_order(_sum(self.reasons, other.reasons, sign)),
            self.repeats.plus(other.repeats, sign),
        )

    def of_day(self, reasons_edition: object, kept_edition: object) -> DayCounts:
        """The counts as they are handed out."""
        return DayCounts(self.funnel, list(self.reasons.values()), self.repeats, reasons_edition, kept_edition)


_NO_COUNTS = _CallCounts({}, {}, RepeatCounts.none())


class CallsOfDay:
    """The calls of one business day, read again and again; nothing in the database is later than the moment."""

    def __init__(self) -> None:
        self._at = 0
        self._others: _CallCounts | None = None
        """Counts of the calls that are not read again: all their moments have passed."""
        self._read_again: set[int] = set()
        self._last_call = 0
        self._finished: FinishedDays | None = None
        self._by_caller: VisitsByCaller | None = None
        """All calls that are looked at."""
        self._notes = _NO_NOTES
        """Of the calls that are read again, as they were at the last reading."""
        self._reasons_edition, self._kept_edition = object(), object()

    def read(
        self,
        database: Database,
        context: QueryContext,
        at: int,
        finished: FinishedDays | None,
        *,
        touched: Collection[int],
        named_again: Collection[int],
    ) -> DayCounts:
        """The counts at a moment; those of calls that are over are cached.

        Args:
            database: the database.
            context: the moment.
            at: the moment.
            finished: what finished days say.
            touched: calls written since the last reading, according to the change log.
            named_again: `TouchedParts.named_again`.
        """
        if finished is None or finds_by_customer(finished):
            self._others = None
            return read_calls_of_day(database, context, at, finished)
        if at < self._at:
            self._others = None
        self._at = at
        if self._is_known(database, finished, touched):
            counts = self._read_few(database, context, named_again)
        else:
            counts = self._read_all(database, context, finished, named_again)
        return counts.of_day(self._reasons_edition, self._kept_edition)

    def counts_few(self, touched: Collection[int]) -> bool:
        """Whether a reading counts few calls, if these have been touched since the last and no finished day has."""
        known = self._read_again
        return self._others is not None and all(call > self._last_call or call in known for call in touched)

    def _is_known(self, database: Database, finished: FinishedDays, touched: Collection[int]) -> bool:
        """Whether the other calls are unchanged; adds the calls touched since to those read again."""
        counts_few = self.counts_few(touched)
        self._last_call = database.value("last_call")
        if self._others is None or finished is not self._finished:
            return False
        self._read_again.update(touched)
        if self._by_caller is not None and touched:
            self._by_caller.add(database.each("callers_of_calls", VisitCaller, _given(touched)))
        return counts_few

    def _read_all(
        self, database: Database, context: QueryContext, finished: FinishedDays, named_again: Collection[int]
    ) -> _CallCounts:
        counts = _NO_COUNTS.plus(_all_calls(database, context, self._at, finished))
        self._finished, self._by_caller = finished, read_visits_by_caller(database, context, finished)
        unfinished = database.values("unfinished_calls_of_day", _ended_by(context))
        self._read_again = {*unfinished, *named_again}
        _, of_these = self._of_calls(database, context, self._read_again)
        self._others = counts.plus(of_these, -1)
        self._notes = _notes(database, self._read_again)
        self._reasons_edition, self._kept_edition = object(), object()
        return counts

    def _read_few(self, database: Database, context: QueryContext, named_again: Collection[int]) -> _CallCounts:
        assert self._others is not None  # noqa: S101 - they are known
        calls = self._read_again
        before, self._notes = self._notes, _notes(database, calls)
        if before.reasons or self._notes.reasons:
            self._reasons_edition = object()
        if before.kept or self._notes.kept:
            self._kept_edition = object()
        unfinished = database.values("unfinished_calls", {**_ended_by(context), **_given(calls)})
        self._read_again = {*unfinished, *named_again}
        of_finished, of_others = self._of_calls(database, context, calls)
        self._others = self._others.plus(of_finished)
        return self._others.plus(of_others)

    def _of_calls(self, database: Database, context: QueryContext, calls: set[int]) -> tuple[_CallCounts, _CallCounts]:
        """What some calls add to the counts: those that need not be read again, and then the others."""
        assert self._finished is not None and self._by_caller is not None  # noqa: S101 - cached with the counts
        repeats = read_repeats_of_visits(
            database,
            context,
            self._at,
            self._finished,
            visit_ids=calls,
            read_again=self._read_again,
            by_caller=self._by_caller,
        )
        of_finished, of_others = (
            _counts_of_calls(database, context, some, of_these)
            for some, of_these in zip((calls - self._read_again, self._read_again), repeats, strict=True)
        )
        return of_finished, of_others


def read_calls_of_day(database: Database, context: QueryContext, at: int, finished: FinishedDays | None) -> DayCounts:
    """The counts of a business day's calls at a moment of it."""
    return _all_calls(database, context, at, finished).of_day(object(), object())


def _all_calls(database: Database, context: QueryContext, at: int, finished: FinishedDays | None) -> _CallCounts:
    return _CallCounts(
        _by_group(database.rows("sales_funnel", FunnelCount, context.parameters)),
        _by_group(database.rows("reason_counts", ReasonCount, context.whole_day)),
        read_repeats(database, context, at, finished) if finished else RepeatCounts.none(),
    )


def _counts_of_calls(
    database: Database, context: QueryContext, calls: Collection[int], repeats: RepeatCounts
) -> _CallCounts:
    given = {**context.whole_day, **_given(calls)}
    return _CallCounts(
        _by_group(database.rows("sales_funnel_of_calls", FunnelCount, given)),
        _by_group(database.rows("reason_counts_of_calls", ReasonCount, given)),
        repeats,
    )


def _notes(database: Database, calls: Collection[int]) -> CallNotes:
    return database.one_row("notes_of_calls", CallNotes, _given(calls))


def _given(calls: Collection[int]) -> Parameters:
    return {"calls": dumps(sorted(calls))}


def _ended_by(context: QueryContext) -> Parameters:
    at: Any = context.parameters["at"]
    return {**context.parameters, "ended_by": at - REASON_NOTED_MS}


_GROUPED_BY: Mapping[type[Struct], int] = {FunnelCount: 4, ReasonCount: 2}
"""How many of a row's first fields name its group; the next field counts calls."""


def _by_group(rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    return {astuple(row)[: _GROUPED_BY[type(row)]]: row for row in rows}


def _sum(rows: Groups[Row], others: Groups[Row], sign: int) -> Groups[Row]:
    """The sums of each group."""
    found = dict(rows)
    for group, other in others.items():
        before = found.get(group)
        added = [sign * value for value in astuple(other)[len(group) :]]
        if before is None:
            # A thousand groups have the same few words, and each row that was read has its own.
            names: Sequence[Any] = [sys.intern(each) if type(each) is str else each for each in group]
            group = tuple(names)  # noqa: PLW2901 - an equal one
        else:
            names = astuple(before)[: len(group)]
            added = [value + more for value, more in zip(astuple(before)[len(group) :], added, strict=True)]
        found[group] = type(other)(*names, *added)
        if added[0] == 0:
            del found[group]
    return found


def _in_order(rows: Groups[Row]) -> Groups[Row]:
    """The groups in the order of the database."""
    return dict(sorted(rows.items(), key=lambda item: [(value is not None, value) for value in item[0]]))
