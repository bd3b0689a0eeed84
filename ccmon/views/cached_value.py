"""Values cached until something has changed that was read to make them.

Nobody declares what a value depends on: while it is made, a `RecordingContext` records what is read from it. A value
that reads the clock is made again at each tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import Alarm, Marked, Severity
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.narrow import Filters
from ccmon.views.alarm_marks import Mark, Marks, worst_severity
from ccmon.views.view_context import MOMENTS, AgentsById, MomentName, ViewContext

Value = TypeVar("Value")

CLOCKS = MOMENTS | {"known_until", "data_age_ms"}
"""Parts of a snapshot that change with each poll: reading one counts as reading the clock."""


class Dependencies:
    """What was read from a context to make a value, and what was found there."""

    __slots__ = (
        "_edition",
        "_names",
        "agents",
        "alarms",
        "attributes",
        "clock",
        "marks",
        "snapshot",
        "unfiltered",
        "when",
    )

    def __init__(self) -> None:
        self.clock = False
        """Whether a moment was read."""
        self.when: dict[MomentName, NextChange] = {}
        """What was asked to have come by moments, until when the answers hold."""
        self.snapshot: dict[str, object] = {}
        """Parts read of the snapshot, by name."""
        self.unfiltered: dict[str, object] = {}
        """Parts read of the snapshot before any filter, by name."""
        self.attributes: dict[str, object] = {}
        """Attributes read of the context itself, by name."""
        self.alarms: dict[tuple[type, int | None], Sequence[Alarm]] = {}
        """Alarms read about single rows."""
        self.marks: dict[tuple[type, int | None], Sequence[Mark]] = {}
        """What alarms mark in single rows."""
        self.agents: dict[int, AgentFigures | None] = {}
        """Single agents that were read."""
        self._edition: object = None
        """The edition of the last context in which all this was found."""
        self._names: set[str] | None = None

    def are_unchanged(self, context: ViewContext) -> bool:
        """Whether the same would be found in this context, apart from moments read as such."""
        if self.when and not self.are_in_time(context):
            return False
        if self._edition is context.edition:
            return True
        if self._edition is not None and self._edition is context.last_edition:
            if self._names is None:
                self._names = set()
                self.add_names_to(self._names)
            if context.changed.isdisjoint(self._names):
                self._edition = context.edition
                return True
        unchanged = self._are_found_in(context)
        if unchanged:
            self._edition = context.edition
        return unchanged

    def _are_found_in(self, context: ViewContext) -> bool:
        if not (
            _same(context.snapshot, self.snapshot)
            and _same(context, self.attributes)
            and _same(context.unfiltered, self.unfiltered)
        ):
            return False
        for key, marks in self.marks.items():
            if context.marks.by_row.get(key, ()) != marks:
                return False
        for key, alarms in self.alarms.items():
            if context.alarms.get(key, ()) != alarms:
                return False
        return all(context.agents.get(key) is agent for key, agent in self.agents.items()) if self.agents else True

    def are_in_time(self, context: ViewContext) -> bool:
        """Whether no moment that was asked about has come since."""
        for moment_name, when in self.when.items():  # noqa: SIM110 - asked for each row, and twice as fast
            if not when.at <= getattr(context, moment_name) < when.next_at:
                return False
        return True

    def mark_current(self, context: ViewContext) -> None:
        """Note that all this is as found in a context; to be called once everything has been read."""
        self._edition, self._names = context.edition, None

    def add_names_to(self, names: set[str]) -> None:
        """Add the names of all that was read, as `ViewContext.changed` has them."""
        names.update(self.snapshot, self.unfiltered, self.attributes)
        if self.marks:
            names.add("marks")
        if self.alarms:
            names.add("alarms")
        if self.agents:
            names.add("agents")

    def add_moments(self, asked: Mapping[MomentName, NextChange]) -> None:
        """Add what a part asked to have come by moments."""
        for moment_name, when in asked.items():
            mine = self.when.get(moment_name)
            if mine is None:
                mine = self.when[moment_name] = NextChange(when.at)
            mine.at, mine.next_at = max(mine.at, when.at), min(mine.next_at, when.next_at)

    def add(self, other: Dependencies) -> None:
        """Add what was read for a part: it was read for the whole, too."""
        self.clock = self.clock or other.clock
        self.add_moments(other.when)
        self.snapshot |= other.snapshot
        self.unfiltered |= other.unfiltered
        self.attributes |= other.attributes
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


class _RecordingParts:
    """A snapshot that records which attributes are read."""

    __slots__ = ("_dependencies", "_found", "_snapshot")

    def __init__(self, snapshot: FloorSnapshot, dependencies: Dependencies, found: dict[str, object]) -> None:
        self._snapshot, self._dependencies, self._found = snapshot, dependencies, found

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._snapshot, name)
        if name in CLOCKS:
            self._dependencies.clock = True
        else:
            self._found[name] = value
        return value


class RecordingContext(ViewContext):
    """A context that records all that is read from it."""

    plain: ViewContext
    """The same context, which records nothing."""
    dependencies: Dependencies
    _parts: FloorSnapshot
    _parts_of_unfiltered: FloorSnapshot

    def __init__(self, context: ViewContext, dependencies: Dependencies) -> None:
        # A context is frozen, and its attributes are properties here.
        attributes = self.__dict__
        attributes["plain"], attributes["dependencies"] = context, dependencies
        # Whatever is drawn reads these, often in each cell.
        attributes["glyphs"] = dependencies.attributes["glyphs"] = context.glyphs
        attributes["_parts"] = _RecordingParts(context.snapshot, dependencies, dependencies.snapshot)
        attributes["_parts_of_unfiltered"] = _RecordingParts(context.unfiltered, dependencies, dependencies.unfiltered)

    @property
    def snapshot(self) -> FloorSnapshot:
        """The filtered snapshot, recorded by its parts."""
        return self._parts

    @property
    def unfiltered(self) -> FloorSnapshot:
        """The snapshot before any filter, recorded by its parts."""
        return self._parts_of_unfiltered

    @property
    def now(self) -> int:
        """A moment."""
        self.dependencies.clock = True
        return self.plain.now

    @property
    def rows_at(self) -> int:
        """A moment."""
        self.dependencies.clock = True
        return self.plain.rows_at

    @property
    def drawn_until(self) -> int:
        """A moment."""
        self.dependencies.clock = True
        return self.plain.drawn_until

    @property
    def known_until(self) -> int:
        """A moment."""
        self.dependencies.clock = True
        return self.plain.known_until

    def when(self, moment_name: MomentName) -> NextChange:
        """Tells what has come by a moment, and notes until when that holds."""
        found = self.dependencies.when.get(moment_name)
        if found is None:
            found = self.dependencies.when[moment_name] = NextChange(getattr(self.plain, moment_name))
        return found

    @property
    def zone(self) -> ZoneInfo:
        """Recorded."""
        return self._record("zone", self.plain.zone)

    @property
    def cache(self) -> InputCache:
        """Not recorded: its contents are keyed by the identity of what was read, which is recorded."""
        return self.plain.cache

    @property
    def filters(self) -> Filters:
        """Recorded."""
        return self._record("filters", self.plain.filters)

    @property
    def alarms(self) -> Mapping[tuple[type, int | None], Sequence[Alarm]]:
        """Recorded as a whole."""
        return self._record("alarms", self.plain.alarms)

    @property
    def marks(self) -> Marks:
        """Recorded as a whole."""
        return self._record("marks", self.plain.marks)

    @property
    def agents(self) -> AgentsById:
        """Recorded as a whole."""
        return self._record("agents", self.plain.agents)

    @property
    def in_queues(self) -> frozenset[int] | None:
        """Recorded."""
        return self._record("in_queues", self.plain.in_queues)

    def agent(self, agent_id: int | None) -> AgentFigures | None:
        """An agent, recorded singly."""
        found = self.plain.agent(agent_id)
        if agent_id is not None:
            self.dependencies.agents[agent_id] = found
        return found

    def alarms_about(self, row: QueueFigures | AgentFigures) -> Sequence[Alarm]:
        """The alarms about one row, recorded singly."""
        found = self.dependencies.alarms[type(row), row.id] = self.plain.alarms_about(row)
        return found

    def severity(self, row: QueueFigures | AgentFigures, marked: Marked | None = None) -> Severity:
        """The severity of the worst alarm about one row; recorded is what alarms mark in it, not how long they last."""
        subject, recorded = (type(row), row.id), self.dependencies.marks
        found = recorded.get(subject)
        if found is None:
            found = recorded[subject] = self.plain.marks.by_row.get(subject, ())
        return worst_severity(found, marked)

    @property
    def floor_to_choose_from(self) -> FloorSnapshot:
        """The floor to choose others from, all of it recorded."""
        self.dependencies.clock = True
        return self.plain.floor_to_choose_from

    def _record(self, name: str, value: Value) -> Value:
        self.dependencies.attributes[name] = value
        return value


class ListRecordingContext(RecordingContext):
    """A recording context for values made from all rows: alarms are recorded as a whole, not row by row."""

    def severity(self, row: QueueFigures | AgentFigures, marked: Marked | None = None) -> Severity:
        """The severity of the worst alarm about a row; all alarms are recorded."""
        return ViewContext.severity(self, row, marked)

    def alarms_about(self, row: QueueFigures | AgentFigures) -> Sequence[Alarm]:
        """The alarms about a row; all alarms are recorded."""
        return ViewContext.alarms_about(self, row)


class CachedValue(Generic[Value]):
    """A value made from a context, and from a key that holds everything else it is made from."""

    __slots__ = ("_dependencies", "_key", "_recording", "_tick", "_value")

    def __init__(self, recording: type[RecordingContext] = ListRecordingContext) -> None:
        self._recording = recording
        self._key: object = None
        self._dependencies: Dependencies | None = None
        self._tick: object = None
        """The tick of the context that it was made from."""
        self._value: Value

    @property
    def reads_clock(self) -> bool:
        """Whether it is made again each time, because it read the clock."""
        return self._dependencies is None or self._dependencies.clock

    def is_unchanged(self, context: ViewContext) -> bool:
        """Whether it would be the same for a context, apart from moments."""
        return self._dependencies is not None and self._dependencies.are_unchanged(context)

    def get(self, context: ViewContext, key: object, make: Callable[[ViewContext], Value]) -> Value:
        """The value for a context, made again if need be.

        The context may be one that records: what this value was made from then counts for the value being made there,
        too.
        """
        recording = context if isinstance(context, RecordingContext) else None
        plain = context if recording is None else recording.plain
        dependencies = self._dependencies
        reads_clock = dependencies is not None and dependencies.clock and self._tick is not plain.tick
        if dependencies is None or reads_clock or self._key != key or not dependencies.are_unchanged(plain):
            dependencies = Dependencies()
            self._dependencies = None  # in case making it fails
            self._value = make(self._recording(plain, dependencies))
            dependencies.mark_current(plain)
            self._key, self._dependencies, self._tick = key, dependencies, plain.tick
        if recording is not None:
            recording.dependencies.add(dependencies)
        return self._value
