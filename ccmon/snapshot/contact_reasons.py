"""Contact reasons: why customers call today, and what rises (metrics.md 10.4 and 10.5)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from ccmon.metrics.contact_reasons import (
    CLEARED_AFTER,
    TEST_EVERY_MS,
    Flags,
    Occurrences,
    last_test_at,
    pareto,
    rising,
)
from ccmon.model.business_day import BusinessDay
from ccmon.model.contact_reasons import ConcernedCustomer, ProblemFigures, RaisedFlag, ReasonFigures
from ccmon.snapshot.periodic_data import DayOfReasons, PeriodicData
from ccmon.snapshot.periodic_rows import ContactReasonRow, ReasonCount
from ccmon.time_units import NEVER

ALL_DAY = 1_000
"""More half hours than a day has."""

NOT_NOTED = ContactReasonRow(None, "no reason noted", None, 0)

CallsByReason = Counter[int | None]


def problem_figures(periodic_data: PeriodicData) -> ProblemFigures | None:
    """Today's reasons; None if no reasons are recorded."""
    if not periodic_data.contact_reasons:
        return None
    today = _Reasons(periodic_data.reasons).until(ALL_DAY)
    answered = sum(today.values())
    tested_at = last_test_at(periodic_data.at, periodic_data.day.starts_at)
    found, flags = _tests(periodic_data, tested_at)
    known = {reason.id: reason for reason in periodic_data.contact_reasons}
    concerned: defaultdict[int | None, list[ConcernedCustomer]] = defaultdict(list)
    for row in periodic_data.concerned:
        concerned[row.reason_id].append(row)
    reasons = []
    for bar in pareto(today, answered):
        reason, tested = known.get(bar.reason, NOT_NOTED), found.get(bar.reason)
        rises = None if periodic_data.finished is None else bar.reason in flags.raised
        customers = concerned[bar.reason]
        reasons.append(
            ReasonFigures(
                id=reason.id,
                name=reason.name,
                product=reason.product,
                is_problem=bool(reason.is_problem),
                calls=round(bar.count),
                per_100_calls=bar.per_100_calls,
                share=bar.share,
                cumulative=bar.cumulative,
                vital=bar.vital,
                customers=len(customers),
                usual=tested.usual if tested else None,
                ratio=tested.ratio if tested else None,
                is_new=None if rises is None else bool(tested and tested.exposure_baseline and tested.is_new),
                rising=rises,
                concerned=tuple(customers),
            )
        )
    return ProblemFigures(
        answered=answered,
        coded=answered - today[None],
        reasons=tuple(reasons),
        tested_at=tested_at if tested_at > periodic_data.day.starts_at else None,
        baseline_days=None if periodic_data.finished is None else len(_baseline(periodic_data)),
    )


def rising_reasons(periodic_data: PeriodicData) -> list[RaisedFlag]:
    """The reasons flagged as rising in the day so far, each from the test that raised the flag to the one that took it.

    None while the past days, with which today is compared, are not known.
    """
    if periodic_data.finished is None or not periodic_data.contact_reasons:
        return []
    names = {reason.id: reason.name for reason in periodic_data.contact_reasons}
    raised: dict[int | None, int] = {}
    found = []
    for at in range(periodic_data.day.starts_at, periodic_data.at + 1, TEST_EVERY_MS):
        _, flags = _tests(periodic_data, at)
        found += [RaisedFlag(names[each or 0], raised.pop(each), at) for each in raised.keys() - flags.raised]
        for reason in flags.raised - raised.keys():
            raised[reason] = at
    return found + [RaisedFlag(names[reason or 0], at, NEVER) for reason, at in raised.items()]


def _baseline(periodic_data: PeriodicData) -> tuple[DayOfReasons, ...]:
    """The days with which today is compared; empty while their rows are still coming in."""
    return periodic_data.finished.days_of_reasons if periodic_data.finished else ()


class _Reasons:
    """Calls of a day by reason, counted up to one half hour after the other."""

    def __init__(self, rows: Iterable[ReasonCount]) -> None:
        self._rows = sorted(rows, key=attrgetter("half_hour"))
        self._begin()

    def _begin(self) -> None:
        self._place = self._slot = 0
        self._counts: CallsByReason = Counter()

    def until(self, slot: int) -> CallsByReason:
        """Calls in the half hours before a given one; counting goes on from the last one asked for."""
        if slot < self._slot:  # the clocks were put back
            self._begin()
        self._slot = slot
        for row in self._rows[self._place :]:
            if row.half_hour >= slot:
                break
            self._counts[row.reason_id] += row.calls
            self._place += 1
        return self._counts


def same_time(today: BusinessDay, other: BusinessDay, at: int, zone: ZoneInfo) -> int:
    """The moment in another business day at which the wall clock shows the same time (metrics.md 1.7)."""
    local = datetime.fromtimestamp(at / 1000, zone)
    into = local.date() - date.fromisoformat(today.date)
    return round(datetime.combine(date.fromisoformat(other.date) + into, local.time(), zone).timestamp() * 1000)


def _tests(periodic_data: PeriodicData, tested_at: int) -> tuple[Mapping[int | None, Occurrences], Flags[int | None]]:
    """The day's last test, and the flags it leaves: only as many tests are made as negative ones clear a flag."""
    flags: Flags[int | None] = Flags()
    found: dict[int | None, Occurrences] = {}
    first = min((row.half_hour for row in periodic_data.reasons), default=ALL_DAY)
    last = (tested_at - periodic_data.day.starts_at) // TEST_EVERY_MS
    zone = ZoneInfo(periodic_data.site.time_zone)
    reasons = [reason.id for reason in periodic_data.contact_reasons]
    today = _Reasons(periodic_data.reasons)
    past_days = [(past.day, _Reasons(past.reasons)) for past in _baseline(periodic_data)]
    for slot in range(max(first, last - CLEARED_AFTER) + 1, last + 1):
        now = today.until(slot)
        before: CallsByReason = Counter()
        for day, past in past_days:
            at = same_time(periodic_data.day, day, periodic_data.day.starts_at + slot * TEST_EVERY_MS, zone)
            before.update(past.until((at - day.starts_at) // TEST_EVERY_MS))
        exposure_now, exposure_before = sum(now.values()), sum(before.values())
        found = {r: Occurrences(now[r], exposure_now, before[r], exposure_before) for r in reasons}
        flags = flags.after(rising(found))
    return found, flags
