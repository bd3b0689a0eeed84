"""What a database has recorded that another one has not: that is left behind where the other comes into force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.site import site_zone
from ccmon.formatting import iso_minute, plural, regular

MOST_FOLLOW_UPS = 4
"""How many follow-ups are named."""
OF_LOG = " (what the log holds of them comes from it)"
"""After the number of calls, where a log is followed."""


class FollowUpState(Struct, frozen=True):
    """A follow-up as it stands. A row of ``follow_ups_to_compare``."""

    id: int
    created_at: int
    due_at: int
    promised_at: int
    done_at: int | None
    outcome: str | None
    kind: str
    note: str | None
    reference: str | None
    owner: str | None
    customer: str | None

    def is_same(self, other: FollowUpState) -> bool:
        """Whether both are one promise, whatever was done to it."""
        return (self.id, self.created_at, self.kind) == (other.id, other.created_at, other.kind)

    def in_words(self, zone: ZoneInfo) -> str:
        """What has become of it."""
        if self.done_at is None:
            return f"due {iso_minute(self.due_at, zone)}, {self.owner or 'nobody'}"
        return f"{self.outcome or 'done'} {iso_minute(self.done_at, zone)}"


class _Visit(Struct, frozen=True):
    """What a visit of a call is known by. A row of ``calls_to_compare``."""

    source: str
    call_id: str
    visit: int
    ended_at: int | None

    @property
    def key(self) -> tuple[str, str, int]:
        """What no other visit has."""
        return self.source, self.call_id, self.visit


class LeftRecords(Struct, frozen=True):
    """What only the one of two databases has."""

    calls: int = 0
    """That the other has not, or not to their end."""
    sales: int = 0
    """As they stand: one that is cancelled only here is among them."""
    answers: int = 0
    """To surveys."""
    customers: int = 0
    """By what they are known by, and their names."""
    follow_ups: tuple[str, ...] = ()
    """Each that stands otherwise, in words."""
    acts: int = 0
    """On follow-ups."""
    only_here: tuple[int, ...] = ()
    """Numbers of these follow-ups that the other one does not have at all."""
    in_both: tuple[int, ...] = ()
    """Numbers of those that stand otherwise there."""

    def __bool__(self) -> bool:
        return any((self.calls, self.sales, self.answers, self.customers, self.follow_ups, self.acts))

    def in_words(self, *, calls_come: bool = False) -> str:
        """All of it: how many, and of follow-ups which.

        Args:
            calls_come: whether calls come from a log that may hold some of them, too.
        """
        counts = {"sale": self.sales, "survey answer": self.answers, "customer": self.customers}
        parts = [f"{plural(self.calls, '{n} call', '{n} calls')}{OF_LOG if calls_come else ''}"] if self.calls else []
        parts += [plural(count, *regular(what)) for what, count in counts.items() if count]
        if self.follow_ups:
            parts.append(
                f"{plural(len(self.follow_ups), '{n} follow-up', '{n} follow-ups')} ({of_many(self.follow_ups)})"
            )
        if self.acts:
            parts.append(f"{plural(self.acts, '{n} act', '{n} acts')} on follow-ups")
        return ", ".join(parts)


def of_many(follow_ups: Sequence[str]) -> str:
    """The first of follow-ups in words, and how many more there are."""
    more = len(follow_ups) - MOST_FOLLOW_UPS
    return "; ".join([*follow_ups[:MOST_FOLLOW_UPS], *([f"{more} more"] if more > 0 else [])])


def left_records(here: Path, there: Path | None) -> LeftRecords:
    """What a database has recorded that another one has not.

    Args:
        here: the one that is left.
        there: the other; None: it is not there yet.

    Raises:
        CcmonError: one of them cannot be read.
    """
    with open_for_reading(here) as left, nullcontext() if there is None else open_for_reading(there) as other:
        zone, databases = site_zone(left), (Database(left), None if other is None else Database(other))
        follow_ups = [*_changed_follow_ups(*databases)]
        return LeftRecords(
            calls=_calls(*databases),
            sales=_missing("sales_to_compare", *databases),
            answers=_missing("survey_answers_to_compare", *databases),
            customers=_missing("customers_to_compare", *databases),
            follow_ups=tuple(_in_words(mine, theirs, zone) for mine, theirs in follow_ups),
            acts=_missing("acts_to_compare", *databases),
            only_here=tuple(mine.id for mine, theirs in follow_ups if theirs is None),
            in_both=tuple(mine.id for mine, theirs in follow_ups if theirs is not None),
        )


def open_left_follow_ups(here: Path, there: Path) -> tuple[str, ...]:
    """The open follow-ups of a database that another one does not have at all, in words.

    Raises:
        CcmonError: one of them cannot be read.
    """
    with open_for_reading(here) as left, open_for_reading(there) as other:
        zone, pairs = site_zone(left), [*_changed_follow_ups(Database(left), Database(other))]
        return tuple(_in_words(mine, None, zone) for mine, theirs in pairs if theirs is None and mine.done_at is None)


def settled_follow_ups(here: Path, there: Path) -> tuple[str, ...]:
    """The follow-ups that are settled in a database, and open in another one, in words.

    Raises:
        CcmonError: one of them cannot be read.
    """
    with open_for_reading(here) as left, open_for_reading(there) as other:
        zone, pairs = site_zone(left), [*_changed_follow_ups(Database(left), Database(other))]
        return tuple(
            _in_words(mine, theirs, zone)
            for mine, theirs in pairs
            if theirs is not None and mine.done_at is not None and theirs.done_at is None
        )


def _calls(here: Database, there: Database | None) -> int:
    """Both are read in one order, side by side: there may be millions."""
    missing = 0
    others: Iterator[_Visit] = iter(() if there is None else there.each("calls_to_compare", _Visit))
    other = next(others, None)
    for visit in here.each("calls_to_compare", _Visit):
        while other is not None and other.key < visit.key:
            other = next(others, None)
        is_there = other is not None and other.key == visit.key
        missing += not is_there or (other is not None and other.ended_at is None and visit.ended_at is not None)
    return missing


def _missing(query: str, here: Database, there: Database | None) -> int:
    """How many rows only the first has."""
    rows = Counter(here.values(query))
    rows.subtract(Counter(() if there is None else there.values(query)))
    return sum(count for count in rows.values() if count > 0)


def _changed_follow_ups(here: Database, there: Database | None) -> Iterator[tuple[FollowUpState, FollowUpState | None]]:
    """Each that stands otherwise, and how it stands there; None: it is not there."""
    others: Sequence[FollowUpState] = () if there is None else there.rows("follow_ups_to_compare", FollowUpState)
    known, by_number = set(others), {each.id: each for each in others}
    for mine in here.each("follow_ups_to_compare", FollowUpState):
        if mine not in known:
            other = by_number.get(mine.id)
            yield mine, other if other is not None and mine.is_same(other) else None


def _in_words(mine: FollowUpState, theirs: FollowUpState | None, zone: ZoneInfo) -> str:
    if theirs is None:
        return f"number {mine.id}: {mine.in_words(zone)}"
    was, there = mine.in_words(zone), theirs.in_words(zone)
    changed = f"{was}; there {there}" if was != there else "other notes or promise"
    return f"number {mine.id}: {changed}"
