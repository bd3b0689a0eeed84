"""Values made from a view are kept until something that was read from the view to make them has changed.

Nobody declares what a value depends on: while it is made, the view notes what is read from it. A value that reads the
clock is made again each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from ccmon.metrics.due_moments import DueMoments
from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import Alarm, Marked, Severity
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.narrow import Filters
from ccmon.views.alarm_marks import Mark, Marks
from ccmon.views.view import MOMENTS, AgentsById, Clock, View

Value = TypeVar("Value")

CLOCKS = MOMENTS | {"known_until", "data_age_ms"}
"""Parts of a snapshot that change with each poll: reading one counts as reading the clock."""


class Reads:
    """What was read from a view, and the values found there."""

    __slots__ = ("_edition", "_names", "agents", "alarms", "clock", "due", "marks", "snapshot", "view", "whole")

    def __init__(self) -> None:
        self.clock = False
        """Whether a moment was read."""
        self.due: dict[Clock, DueMoments] = {}
        """What was asked to have come by moments, until when the answers hold."""
        self.snapshot: dict[str, object] = {}
        """Parts read of the snapshot, by name."""
        self.whole: dict[str, object] = {}
        """Parts read of the snapshot before any filter, by name."""
        self.view: dict[str, object] = {}
        self.alarms: dict[tuple[type, int | None], Sequence[Alarm]] = {}
        """Alarms read about single rows."""
        self.marks: dict[tuple[type, int | None], Sequence[Mark]] = {}
        """What alarms mark in single rows."""
        self.agents: dict[int, AgentFigures | None] = {}
        """Single agents that were read."""
        self._edition: object = None
        """The edition of the last view in which all this was found."""
        self._names: set[str] | None = None

    def hold(self, view: View) -> bool:
        """Whether the same would be found in this view, apart from moments read as such."""
        if self.due and not self.are_in_time(view):
            return False
        if self._edition is view.edition:
            return True
        if self._edition is not None and self._edition is view.last_edition:
            if self._names is None:
                self._names = set()
                self.add_names_to(self._names)
            if view.changed.isdisjoint(self._names):
                self._edition = view.edition
                return True
        held = self._are_found_in(view)
        if held:
            self._edition = view.edition
        return held

    def _are_found_in(self, view: View) -> bool:
        if not (_same(view.snapshot, self.snapshot) and _same(view, self.view) and _same(view.whole, self.whole)):
            return False
        for key, marks in self.marks.items():
            if view.marks.get(key, ()) != marks:
                return False
        for key, alarms in self.alarms.items():
            if view.alarms.get(key, ()) != alarms:
                return False
        return all(view.agents.get(key) is agent for key, agent in self.agents.items()) if self.agents else True

    def are_in_time(self, view: View) -> bool:
        """Whether no moment that was asked about has come since."""
        return all(due.at <= getattr(view, clock) < due.next_at for clock, due in self.due.items())

    def found_in(self, view: View) -> None:
        """Note the view in which all this was found, once it is complete."""
        self._edition, self._names = view.edition, None

    def add_names_to(self, names: set[str]) -> None:
        """Add the names of all that was read, as `View.changed` has them."""
        names.update(self.snapshot, self.whole, self.view)
        if self.marks:
            names.add("marks")
        if self.alarms:
            names.add("alarms")
        if self.agents:
            names.add("agents")

    def add(self, other: Reads) -> None:
        """Add what was read for a part: it was read for the whole, too."""
        self.clock = self.clock or other.clock
        for clock, due in other.due.items():
            mine = self.due.setdefault(clock, DueMoments(due.at))
            mine.at, mine.next_at = max(mine.at, due.at), min(mine.next_at, due.next_at)
        self.snapshot |= other.snapshot
        self.whole |= other.whole
        self.view |= other.view
        self.alarms |= other.alarms
        self.marks |= other.marks
        self.agents |= other.agents


def _same(place: object, found: Mapping[str, object]) -> bool:
    for name, before in found.items():
        now = getattr(place, name)
        # Texts and numbers are compared by value; records are large, so any other object counts as different.
        if now is not before and not (isinstance(now, str | int | float | Filters) and now == before):
            return False
    return True


class _NotingParts:
    """A snapshot that notes which attributes are read."""

    __slots__ = ("_found", "_reads", "_snapshot")

    def __init__(self, snapshot: FloorSnapshot, reads: Reads, found: dict[str, object]) -> None:
        self._snapshot, self._reads, self._found = snapshot, reads, found

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._snapshot, name)
        if name in CLOCKS:
            self._reads.clock = True
        else:
            self._found[name] = value
        return value


class NotingView(View):
    """A view that notes all that is read from it."""

    plain: View
    """The same view, without noting anything."""
    reads: Reads
    _parts: FloorSnapshot
    _parts_of_whole: FloorSnapshot

    def __init__(self, view: View, reads: Reads) -> None:
        # A view is frozen, and its attributes are properties here.
        attributes = self.__dict__
        attributes["plain"], attributes["reads"] = view, reads
        # Whatever is drawn reads these, often in each cell.
        attributes["glyphs"] = reads.view["glyphs"] = view.glyphs
        attributes["_parts"] = _NotingParts(view.snapshot, reads, reads.snapshot)
        attributes["_parts_of_whole"] = _NotingParts(view.whole, reads, reads.whole)

    @property
    def snapshot(self) -> FloorSnapshot:
        """The filtered snapshot, noted by its parts."""
        return self._parts

    @property
    def whole(self) -> FloorSnapshot:
        """The snapshot before any filter, noted by its parts."""
        return self._parts_of_whole

    @property
    def now(self) -> int:
        """A moment."""
        self.reads.clock = True
        return self.plain.now

    @property
    def rows_at(self) -> int:
        """A moment."""
        self.reads.clock = True
        return self.plain.rows_at

    @property
    def drawn_until(self) -> int:
        """A moment."""
        self.reads.clock = True
        return self.plain.drawn_until

    @property
    def known_until(self) -> int:
        """A moment."""
        self.reads.clock = True
        return self.plain.known_until

    def due(self, clock: Clock) -> DueMoments:
        """Tells what has come by a moment, and notes until when that holds."""
        found = self.reads.due.get(clock)
        if found is None:
            found = self.reads.due[clock] = DueMoments(getattr(self.plain, clock))
        return found

    @property
    def zone(self) -> ZoneInfo:
        """Noted."""
        return self._noted("zone", self.plain.zone)

    @property
    def cache(self) -> InputCache:
        """Not noted: its contents are keyed by the identity of what was read, which is noted."""
        return self.plain.cache

    @property
    def filters(self) -> Filters:
        """Noted."""
        return self._noted("filters", self.plain.filters)

    @property
    def alarms(self) -> Mapping[tuple[type, int | None], Sequence[Alarm]]:
        """Noted as a whole."""
        return self._noted("alarms", self.plain.alarms)

    @property
    def marks(self) -> Marks:
        """Noted as a whole."""
        return self._noted("marks", self.plain.marks)

    @property
    def agents(self) -> AgentsById:
        """Noted as a whole."""
        return self._noted("agents", self.plain.agents)

    def agent(self, agent_id: int | None) -> AgentFigures | None:
        """An agent, noted singly."""
        found = self.plain.agent(agent_id)
        if agent_id is not None:
            self.reads.agents[agent_id] = found
        return found

    def alarms_about(self, row: QueueFigures | AgentFigures) -> Sequence[Alarm]:
        """The alarms about one row, noted singly."""
        found = self.reads.alarms[type(row), row.id] = self.plain.alarms_about(row)
        return found

    def severity(self, row: QueueFigures | AgentFigures, marked: Marked | None = None) -> Severity:
        """The severity of the worst alarm about one row; noted is what alarms mark in it, not how long they last."""
        subject = type(row), row.id
        self.reads.marks[subject] = self.plain.marks.get(subject, ())
        return self.plain.severity(row, marked)

    @property
    def floor_to_choose_from(self) -> FloorSnapshot:
        """The floor of the unfiltered view, all of it noted."""
        self.reads.clock = True
        return self.plain.floor_to_choose_from

    def _noted(self, name: str, value: Value) -> Value:
        self.reads.view[name] = value
        return value


class ListNotingView(NotingView):
    """A noting view for values made from all rows: alarms are noted as a whole, not row by row."""

    def severity(self, row: QueueFigures | AgentFigures, marked: Marked | None = None) -> Severity:
        """The severity of the worst alarm about a row; all alarms are noted."""
        return View.severity(self, row, marked)

    def alarms_about(self, row: QueueFigures | AgentFigures) -> Sequence[Alarm]:
        """The alarms about a row; all alarms are noted."""
        return View.alarms_about(self, row)


class Kept(Generic[Value]):
    """A value made from a view, and from a key that holds everything else it is made from."""

    __slots__ = ("_key", "_noting", "_reads", "_tick", "_value")

    def __init__(self, noting: type[NotingView] = ListNotingView) -> None:
        self._noting = noting
        self._key: object = None
        self._reads: Reads | None = None
        self._tick: object = None
        """The tick of the view that it was made from."""
        self._value: Value

    @property
    def runs(self) -> bool:
        """Whether it is made again each time, because it read the clock."""
        return self._reads is None or self._reads.clock

    def holds(self, view: View) -> bool:
        """Whether it would be the same for a view, apart from moments."""
        return self._reads is not None and self._reads.hold(view)

    def get(self, view: View, key: object, make: Callable[[View], Value]) -> Value:
        """The value for a view, made again if need be.

        The view may be one that notes: what this value was made from then counts for the value being made there, too.
        """
        noting = view if isinstance(view, NotingView) else None
        plain = view if noting is None else noting.plain
        reads = self._reads
        runs = reads is not None and reads.clock and self._tick is not plain.tick
        if reads is None or runs or self._key != key or not reads.hold(plain):
            reads = Reads()
            self._reads = None  # in case making it fails
            self._value = make(self._noting(plain, reads))
            reads.found_in(plain)
            self._key, self._reads, self._tick = key, reads, plain.tick
        if noting is not None:
            noting.reads.add(reads)
        return self._value
