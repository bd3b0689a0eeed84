"""Counts of today's calls. Calls that are over are counted once and not at each reading.

Half a minute changes some dozens of a day's thousands of calls. The counts of the others are kept; the trail of changes
names the calls to read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from ccmon.database.contacts import RepeatCounts, finds_by_customer, read_repeats, read_repeats_of_calls
from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.query_context import QueryContext
from ccmon.database.trail import TrailEdges, read_trail
from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.snapshot.periodic_rows import FunnelCount, ReasonCount
from ccmon.time_units import MINUTE_MS

READ_AGAIN_AT_MOST = 256
"""When more calls than this are read again, those that are over by now join the others."""
REASON_NOTED_MS = MINUTE_MS
"""A call's reason is usually noted within this time after its end."""
_CALL_SUBJECTS = frozenset({"call", "outbound_call", "call_reason"})
Row = TypeVar("Row", bound=Struct)
Groups = Mapping[tuple[Any, ...], Row]


class _Counts(NamedTuple):
    """Counts of some calls, by group."""

    funnel: Groups[FunnelCount]
    reasons: Groups[ReasonCount]
    repeats: RepeatCounts

    def plus(self, other: _Counts, sign: int = 1) -> _Counts:
        """The sum, or with a sign of -1 the difference."""
        return _Counts(
            _sum(self.funnel, other.funnel, sign),
            _sum(self.reasons, other.reasons, sign),
            self.repeats.plus(other.repeats, sign),
        )


class DayCounts(NamedTuple):
    """Counts of today's calls."""

    funnel: list[FunnelCount]
    reasons: list[ReasonCount]
    repeats: RepeatCounts
    concerned: list[ConcernedCustomer]


class CallsOfDay:
    """The calls of one business day, read again and again; nothing in the database is later than the moment."""

    def __init__(self) -> None:
        self._at = 0
        self._others: _Counts | None = None
        """Counts of the calls that are not read again: all their moments have passed."""
        self._read_again: Collection[int] = ()
        self._read_to = self._last_call = 0
        self._finished: FinishedDays | None = None
        self._concerned: list[ConcernedCustomer] | None = None
        """None: to be read again."""

    def read(self, database: Database, context: QueryContext, at: int, finished: FinishedDays | None) -> DayCounts:
        """The counts at a moment; those of calls that are over are kept."""
        if finished is None or finds_by_customer(finished):
            self._others = None
            return read_calls_of_day(database, context, at, finished)
        if at < self._at:
            self._others = None
        self._at = at
        if self._is_known(database, finished):
            counts = self._read_few(database, context, finished)
        else:
            counts = _whole(database, context, at, finished)
            self._finished, self._concerned = finished, None
            unsettled = database.values("unsettled_calls_of_day", _settled(context))
            self._keep_others(database, context, counts, unsettled)
        concerned = self._concerned
        if concerned is None:
            concerned = _concerned(database, context)
        self._concerned = None if _have_reasons(database, self._read_again) else concerned
        return _day_counts(counts, concerned)

    def _is_known(self, database: Database, finished: FinishedDays) -> bool:
        """Whether the other calls are unchanged; adds the calls touched since to those read again."""
        edges = database.one_row("trail_edges", TrailEdges)
        trail = read_trail(database, self._read_to, edges)
        before, self._read_to = self._last_call, edges.last
        self._last_call = database.value("last_call")
        if self._others is None or trail is None or finished is not self._finished:
            return False
        if any(row.subject == "customer" for row in trail):
            self._concerned = None
        touched = {row.subject_id or 0 for row in trail if row.subject in _CALL_SUBJECTS}
        known = set(self._read_again)
        self._read_again = known | touched
        return all(call > before for call in touched - known)

    def _read_few(self, database: Database, context: QueryContext, finished: FinishedDays) -> _Counts:
        assert self._others is not None  # noqa: S101 - they are known
        counts = self._others.plus(_of_calls(database, context, self._at, finished, self._read_again))
        if _have_reasons(database, self._read_again):
            self._concerned = None
        if len(self._read_again) > READ_AGAIN_AT_MOST:
            some = {**_settled(context), **_given(self._read_again)}
            self._keep_others(database, context, counts, database.values("unsettled_calls", some))
        return counts

    def _keep_others(
        self, database: Database, context: QueryContext, counts: _Counts, unsettled: Collection[int]
    ) -> None:
        """Keep the counts of all calls that are settled."""
        assert self._finished is not None  # noqa: S101 - counts are kept beside it
        self._read_again = unsettled
        of_unsettled = _of_calls(database, context, self._at, self._finished, unsettled)
        self._others = counts.plus(of_unsettled, -1)


def read_calls_of_day(database: Database, context: QueryContext, at: int, finished: FinishedDays | None) -> DayCounts:
    """The counts of a business day's calls at a moment of it."""
    return _day_counts(_whole(database, context, at, finished), _concerned(database, context))


def _whole(database: Database, context: QueryContext, at: int, finished: FinishedDays | None) -> _Counts:
    return _Counts(
        _by_group(database.rows("sales_funnel", FunnelCount, context.parameters)),
        _by_group(database.rows("reason_counts", ReasonCount, context.whole_day)),
        read_repeats(database, context, at, finished) if finished else RepeatCounts.none(),
    )


def _of_calls(
    database: Database, context: QueryContext, at: int, finished: FinishedDays, calls: Collection[int]
) -> _Counts:
    """What some calls add to the counts."""
    given = {**context.whole_day, **_given(calls)}
    return _Counts(
        _by_group(database.rows("sales_funnel_of_calls", FunnelCount, given)),
        _by_group(database.rows("reason_counts_of_calls", ReasonCount, given)),
        read_repeats_of_calls(database, context, at, finished, _given(calls)),
    )


def _concerned(database: Database, context: QueryContext) -> list[ConcernedCustomer]:
    return database.rows("customers_by_reason", ConcernedCustomer, context.parameters)


def _have_reasons(database: Database, calls: Collection[int]) -> bool:
    return bool(database.value("any_reason_of_calls", _given(calls)))


def _given(calls: Collection[int]) -> Parameters:
    return {"calls": dumps(sorted(calls))}


def _settled(context: QueryContext) -> Parameters:
    at: Any = context.parameters["at"]
    return {**context.parameters, "settled_at": at - REASON_NOTED_MS}


def _day_counts(counts: _Counts, concerned: list[ConcernedCustomer]) -> DayCounts:
    return DayCounts(list(counts.funnel.values()), list(counts.reasons.values()), counts.repeats, concerned)


_GROUPED_BY: Mapping[type[Struct], int] = {FunnelCount: 4, ReasonCount: 2}
"""How many of a row's first fields name its group; the next field counts calls."""


def _by_group(rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    return {astuple(row)[: _GROUPED_BY[type(row)]]: row for row in rows}


def _sum(rows: Groups[Row], others: Groups[Row], sign: int) -> Groups[Row]:
    """The sums of each group, in the order of the database."""
    found = dict(rows)
    for group, other in others.items():
        before = found.get(group)
        added = [sign * value for value in astuple(other)[len(group) :]]
        if before is not None:
            added = [value + more for value, more in zip(astuple(before)[len(group) :], added, strict=True)]
        found[group] = type(other)(*group, *added)
        if added[0] == 0:
            del found[group]
    if not others.keys() <= rows.keys():
        return dict(sorted(found.items(), key=lambda item: [(value is not None, value) for value in item[0]]))
    return found
