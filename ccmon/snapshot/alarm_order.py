"""The order of alarms, the worst first, and how long it holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise

from ccmon.metrics.next_change import NextChange
from ccmon.model.alarms import AgentAlarm, Alarm, QueueAlarm, Rule
from ccmon.snapshot.chunked_rows import ChunkEditor, ChunkedRows
from ccmon.time_units import NEVER

ORDER = {rule: place for place, rule in enumerate(Rule)}
FIRST_OF_QUEUES = min(ORDER[Rule.NOBODY_ON_PHONES], ORDER[Rule.LONGEST_WAIT], ORDER[Rule.SHORT_OF_AGENTS])
"""The place of all rules about queues: whose caller waits longest comes first, whatever the rule."""


def worst_first(alarm: Alarm) -> tuple[int, int, bool, int]:
    """The sort key of an alarm among those of other rules.

    What nobody sees to yet and must be acted on comes first; what has ended, and may begin again, after what goes on.
    """
    aside = 2 if alarm.quiet_until is not None else int(alarm.taken_by is not None)
    rule = FIRST_OF_QUEUES if isinstance(alarm, QueueAlarm) else ORDER[alarm.rule]
    return aside, -alarm.severity, alarm.eased_at is not None, rule


def place_of(alarm: Alarm, at: int) -> tuple[int, int, bool, int, float, str, int]:
    """The sort key of an alarm at a moment, up to which times run: how far it is beyond its limit, within a rule.

    Of queues it is since when the caller has waited who waits longest.
    """
    if isinstance(alarm, QueueAlarm):
        waits_since = float("inf") if alarm.queue.longest_wait_since is None else alarm.queue.longest_wait_since
        return *worst_first(alarm), waits_since, alarm.subject, alarm.queue.id or 0
    number = alarm.agent.id if isinstance(alarm, AgentAlarm) else 0
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
    """What must be acted on first, then in the order of the rules, then by how far it has gone (`place_of`).

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
        is_of_queue = isinstance(ahead, QueueAlarm)
        if ahead.rule is behind.rule and ahead.value is None and behind.value is None and not is_of_queue:
            when.note(_may_be_overtaken(ahead, behind, when.at))


def _may_be_overtaken(ahead: Alarm, behind: Alarm, at: int) -> int:
    """A moment until which an alarm stays ahead of another of the same rule, both about lengths of time."""
    ahead_limit, behind_limit = ahead.limit or 1.0, behind.limit or 1.0
    if ahead_limit <= behind_limit:
        return NEVER
    # The moment at which the time since each began is the same multiple of its limit.
    before = at - (ahead.since or at), at - (behind.since or at)
    later_ms = (before[0] * behind_limit - before[1] * ahead_limit) / (ahead_limit - behind_limit)
    return at + max(1, int(later_ms) - 1)
