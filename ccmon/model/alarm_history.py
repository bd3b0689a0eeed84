"""What the alarms of a moment need to know of the time before: waits that are over, calls missed in a row, and acts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from ccmon.metrics.alarm_stretches import Stretches


class LongWait(Struct, frozen=True, gc=False):
    """A wait that is over and was not short. A row of ``long_waits``."""

    id: int
    """``calls.id``."""
    queue_id: int
    entered_at: int
    left_at: int


class QueueHistory(Struct, frozen=True):
    """The recent past of a queue, as far back as an alarm that stands may have begun."""

    waits: tuple[LongWait, ...] = ()
    """Those that are over, in the order in which they ended."""
    unstaffed: Stretches = ()
    """When nobody was on the phones; only known around these waits and those that go on."""


NO_HISTORY = QueueHistory()


class MissedRun(Struct, frozen=True, gc=False):
    """The calls that an agent has missed since last doing anything else. A row of ``missed_runs``."""

    agent_id: int
    calls: int
    first_at: int
    last_at: int


class AlarmActKind(StrEnum):
    """What a person may do about an alarm."""

    HAVE = "have"
    """Take it on: everybody sees who has it."""
    QUIET = "quiet"
    """Hear no more of it until a moment."""
    RELEASE = "release"
    """Take either back."""


class AlarmAct(Struct, frozen=True, gc=False):
    """What a person has done about an alarm. A row of ``alarm_acts``."""

    rule: str
    subject: str
    since: int | None
    """When what the alarm is about had begun."""
    act: str
    who: str
    acted_at: int
    until: int | None
    """Until when it is to be quiet."""


Acts = Mapping[tuple[str, str], tuple[AlarmAct, ...]]
"""By rule and subject, the earliest first."""


class AlarmHistory(Struct, frozen=True, eq=False):
    """What alarms need to know of the past.

    How far back queues are known depends on when they were first read. That makes no difference to any alarm, and so
    none between two histories.
    """

    queues: Mapping[int, QueueHistory] = field(default_factory=dict)
    """By queue; the same object while nothing in it has changed."""
    missed: Mapping[int, MissedRun] = field(default_factory=dict)
    """By agent, those who have missed calls in a row."""
    acts: Acts = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AlarmHistory):
            return NotImplemented
        return (self.missed, self.acts) == (other.missed, other.acts)

    def __ne__(self, other: object) -> bool:  # a Struct has one of its own, which would be about identity
        return not self == other

    __hash__ = None  # type: ignore[assignment]


NOTHING_BEFORE = AlarmHistory()
