"""The order of alarms, the worst first, and how long it holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise

from ccmon.metrics.next_change import NextChange
from ccmon.model.alarms import AgentAlarm, Alarm, QueueAlarm, Rule
from ccmon.snapshot.chunked_rows import ChunkEditor, ChunkedRows
from ccmon.time_units import NEVER, SECOND_MS

ORDER = {rule: place for place, rule in enumerate(Rule)}


def worst_first(alarm: Alarm) -> tuple[int, int, bool, int]:
    """The sort key of an alarm among those of other rules.

    What nobody sees to yet and must be acted on comes first; what has ended, and may begin again, after what goes on.
    """
    aside = 2 if alarm.quiet_until is not None else int(alarm.taken_by is not None)
    return aside, -alarm.severity, alarm.eased_at is not None, ORDER[alarm.rule]


def place_of(alarm: Alarm, at: int) -> tuple[int, int, bool, int, float, str, int]:
    """The sort key of an alarm at a moment, up to which times run: how far it is beyond its limit, within a rule."""
    number = 0
    if isinstance(alarm, AgentAlarm):
        number = alarm.agent.id
    elif isinstance(alarm, QueueAlarm):
        number = alarm.queue.id or 0
    value, rule = alarm.value, alarm.rule
    if value is None:
        value = alarm.measured(at) or 0.0
    excess = value / alarm.limit if alarm.limit else value
    return *worst_first(alarm), excess if rule.low_is_bad else -excess, alarm.subject, number


def merged(some: ChunkedRows[Alarm], others: tuple[Alarm, ...], at: int) -> Sequence[Alarm]:
    """Two groups of alarms in one order; all of one come between two alarms of the other, as agents' alarms do."""
    if not some:
        return others
    place = bisect_left(others, place_of(some[0], at), key=partial(place_of, at=at))
    return ChunkedRows([others[:place], *some.chunks, others[place:]])


def ordered(alarms: Iterable[Alarm], when: NextChange) -> tuple[Alarm, ...]:
    """What must be acted on first, then in the order of the rules, then by how far it has gone.

    Args:
        alarms: those to be put in order.
        when: the moment up to which it is known what goes on; collects when the order may change.
    """
    at = when.at
    found = sorted(alarms, key=partial(place_of, at=at))
    note_overtaking(found, when)
    return tuple(found)


class AlarmsInOrder:
    """Alarms in the order of a moment, of which single ones come and go at moments at which it is the same."""

    def __init__(self, alarms: Iterable[Alarm] = ()) -> None:
        self._alarms = list(alarms)
        self._chunks = ChunkEditor(self._alarms)

    @property
    def rows(self) -> ChunkedRows[Alarm]:
        """All as they are now."""
        return self._chunks.rows

    def remove(self, alarm: Alarm, when: NextChange) -> None:
        """Take out an alarm; collects when the order of its neighbours may change."""
        place = self._place(alarm, when.at)
        del self._alarms[place]
        self._chunks.remove(place)
        note_overtaking(self._alarms[max(0, place - 1) : place + 1], when)

    def insert(self, alarm: Alarm, when: NextChange) -> None:
        """Put in an alarm; collects when it may change places with a neighbour."""
        place = self._place(alarm, when.at)
        self._alarms.insert(place, alarm)
        self._chunks.insert(place, alarm)
        note_overtaking(self._alarms[max(0, place - 1) : place + 2], when)

    def _place(self, alarm: Alarm, at: int) -> int:
        return bisect_left(self._alarms, place_of(alarm, at), key=partial(place_of, at=at))


def note_overtaking(alarms: Iterable[Alarm], when: NextChange) -> None:
    """Collect the moments when one of two neighbours may overtake the other."""
    for ahead, behind in pairwise(alarms):
        if ahead.rule is behind.rule and ahead.value is None and behind.value is None:
            when.note(_may_be_overtaken(ahead, behind, when.at))


def _may_be_overtaken(ahead: Alarm, behind: Alarm, at: int) -> int:
    """A moment until which an alarm stays ahead of another of the same rule, both about lengths of time."""
    if isinstance(ahead, QueueAlarm):
        if ahead.eased_at is not None or behind.eased_at is not None:
            return NEVER
        return at - at % SECOND_MS + SECOND_MS  # waits are whole seconds: the order may change with each
    ahead_limit, behind_limit = ahead.limit or 1.0, behind.limit or 1.0
    if ahead_limit <= behind_limit:
        return NEVER
    # The moment at which the time since each began is the same multiple of its limit.
    before = at - (ahead.since or at), at - (behind.since or at)
    later_ms = (before[0] * behind_limit - before[1] * ahead_limit) / (ahead_limit - behind_limit)
    return at + max(1, int(later_ms) - 1)
