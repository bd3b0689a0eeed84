"""What is drawn from at one tick: the snapshot, what it is narrowed to, and how to write things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, compress
from operator import attrgetter, is_not
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import fields, replace

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, Membership
from ccmon.model.alarms import Alarm, Marked, Severity
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.chunked_rows import ChunkedRows, rows_that_differ
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.narrow import NO_FILTER, Filters, narrow
from ccmon.snapshot.staffing import agents_in_queues
from ccmon.snapshot.windows import Window, windowed
from ccmon.views.alarm_marks import AlarmIndex, Marks, subject_of, worst_severity
from ccmon.views.glyphs import UNICODE, GlyphSet
from ccmon.views.styled_text import Span, TextStyle

MomentName = Literal["rows_at", "known_until", "drawn_until"]
"""A moment of a context that runs on with time."""


class AgentsById:
    """Agents by their ids, found by their places."""

    def __init__(self, agents: Sequence[AgentFigures], places: Mapping[int, int] | None = None) -> None:
        self.rows = agents
        self._places = {agent.id: place for place, agent in enumerate(agents)} if places is None else places

    def get(self, agent_id: int) -> AgentFigures | None:
        """The agent of an id, if it is one of these."""
        place = self._places.get(agent_id)
        return None if place is None else self.rows[place]

    def with_rows(self, agents: Sequence[AgentFigures]) -> AgentsById:
        """The agents of another moment."""
        if agents is self.rows:
            return self
        others = rows_that_differ(self.rows, agents)
        same_places = others is not None and all(old.id == new.id for _, old, new in others)
        return AgentsById(agents, self._places if same_places else None)


NO_AGENTS = AgentsById(())


@dataclass(frozen=True, eq=False)
class ViewContext:
    """What everything is drawn from at one tick: the snapshot as filtered, and the moment it is drawn for."""

    # Defaults are made by functions, so that the class has none: a context that records would show them as its own.
    snapshot: FloorSnapshot
    unfiltered: FloorSnapshot
    """The snapshot before any filter."""
    now: int
    rows_at: int
    """The moment of the rows: now, or that of the last answer while no new one comes."""
    zone: ZoneInfo
    glyphs: GlyphSet = UNICODE
    marks: Marks = field(default_factory=Marks)
    """What alarms mark for each queue and each agent by its id, the worst first: the same object until that changes,
    though lengths of time in alarms run on."""
    act_now_count: int = field(default_factory=int)
    """Alarms that somebody must act on."""
    data_age_alarm: Alarm | None = field(default_factory=lambda: None)
    """The alarm about the age of the data, if there is one."""
    agents: AgentsById = field(default_factory=lambda: NO_AGENTS)
    """The agents by id, for rows about them in other panels."""
    in_queues: frozenset[int] | None = field(default_factory=lambda: None)
    """Agents who could take a call of the queues shown once they are ready, by their ids: the same object until that
    changes; None where no source reports who serves which queue."""
    filters: Filters = NO_FILTER

    cache: InputCache = field(default_factory=InputCache)
    """What views have made from parts of the snapshot: handed on from context to context, like those parts."""
    edition: object = field(default_factory=object)
    """One object for all contexts that differ only in moments."""
    last_edition: object = field(default_factory=lambda: None)
    """The edition of the context before; None where there was none, or one with another filter."""
    changed: frozenset[str] = field(default_factory=frozenset)
    """Parts of the snapshot, and attributes of the context, that are not the same objects as in the context before."""
    tick: object = field(default_factory=object)
    """An object of its own for each context."""
    wanted: Filters = field(default_factory=lambda: NO_FILTER)
    """The filters as they were given, before their names were respelt as on the floor."""
    window: Window = field(default_factory=lambda: Window.TODAY)
    """Over which part of the day calls of queues are counted; `FloorSnapshot.queue_window` says since when."""

    @classmethod
    def of(
        cls,
        unfiltered: FloorSnapshot,
        now: int | None = None,
        glyphs: GlyphSet = UNICODE,
        filters: Filters = NO_FILTER,
        *,
        is_current: bool = True,
        last: ViewContext | None = None,
        window: Window = Window.TODAY,
    ) -> ViewContext:
        """The context of a snapshot at `now` (by default its moment); not `is_current`: the last poll had no answer.

        Parts that equal those of the `last` context are the same objects.
        """
        wanted = filters
        if last is not None and last.unfiltered is unfiltered and last.wanted == wanted and last.window is window:
            snapshot, filters = last.snapshot, last.filters
        else:
            filters = filters.spelt(unfiltered)
            snapshot = windowed(narrow(unfiltered, filters), window)
            if snapshot is not unfiltered and last is not None:
                snapshot = _with_parts_of(last.snapshot, snapshot)
        cache = InputCache() if last is None else last.cache
        zone, alarm_index = ZoneInfo(snapshot.time_zone), cache.get("marks", (), AlarmIndex).update(snapshot.alarms)
        in_queues = cache.get("agents in queues", (), _AgentsInQueues).of(snapshot, unfiltered)
        edition, last_edition, changed = object(), None, set[str]()
        if last is not None and last.glyphs is glyphs and last.filters == filters and last.window is window:
            last_edition = last.edition
            changed.update(_changed_parts(last.snapshot, snapshot))
            if snapshot is not unfiltered or last.snapshot is not last.unfiltered:
                changed.update(_changed_parts(last.unfiltered, unfiltered))
            if not changed:
                edition = last_edition
            if last.marks is not alarm_index.marks:
                changed.add("marks")
            if last.in_queues is not in_queues:
                changed.add("in_queues")
            if last.zone is not zone:
                changed.add("zone")
        return cls(
            snapshot=snapshot,
            unfiltered=unfiltered,
            now=snapshot.at if now is None else now,
            rows_at=now if is_current and now is not None else snapshot.at,
            zone=zone,
            glyphs=glyphs,
            marks=alarm_index.marks,
            act_now_count=alarm_index.act_now_count,
            data_age_alarm=alarm_index.data_age_alarm,
            agents=(NO_AGENTS if last is None else last.agents).with_rows(snapshot.agents),
            in_queues=in_queues,
            filters=filters,
            cache=cache,
            edition=edition,
            last_edition=last_edition,
            changed=frozenset(changed),
            wanted=wanted,
            window=window,
        )

    @property
    def alarms(self) -> Mapping[tuple[type, int | None], Sequence[Alarm]]:
        """The alarms about each queue and each agent by its id, the worst first."""
        alarms = self.snapshot.alarms
        return self.cache.get("alarms by row", (alarms,), lambda: _by_subject(alarms))

    def agent(self, agent_id: int | None) -> AgentFigures | None:
        """The agent of an id, if it is one of those shown."""
        return None if agent_id is None else self.agents.get(agent_id)

    def absent(self, section: str) -> str:
        """Why a section of the snapshot cannot be computed for what is shown, in words; empty if it can."""
        return dict(self.snapshot.absent).get(section, "")

    @property
    def floor_to_choose_from(self) -> FloorSnapshot:
        """The floor to choose others from, such as a new owner of a follow-up: wider than what is shown.

        All of it; on a screen narrowed to a client, all of the client's, who is not to see others' agents.
        """
        return narrow(self.unfiltered, Filters(client=self.filters.client))

    def wider_scope(self, section: str) -> str:
        """What a section's figures cover, if that is more than what is shown: a queue's calls are all teams'."""
        return "all teams" if section == "queues" and self.filters.team is not None else ""

    @property
    def more_may_come(self) -> bool:
        """Whether figures on which alarms depend are still being read, so that there may be more alarms."""
        return self.snapshot.incomplete is not None

    @property
    def without_data(self) -> bool:
        """Whether no record has come yet: then the absence of alarms means nothing."""
        return self.unfiltered.data_at is None

    @property
    def shows_nobody(self) -> bool:
        """Whether filters leave neither a queue nor an agent: then the absence of alarms means nothing either."""
        return bool(self.filters) and not self.snapshot.queues and not self.snapshot.agents

    @cached_property
    def drawn_until(self) -> int:
        """The snapshot's `known_until`, carried on to the drawing while answers come and the data is current."""
        snapshot = self.snapshot
        return self.rows_at if snapshot.known_until >= snapshot.at else snapshot.known_until

    @property
    def known_until(self) -> int:
        """The snapshot's `known_until`."""
        return self.snapshot.known_until

    def when(self, moment_name: MomentName) -> NextChange:
        """Tells what has come by one of the context's moments. What asks it need not be made again before the next."""
        return NextChange(getattr(self, moment_name))

    def elapsed_ms(self, moment: int | None) -> int | None:
        """Milliseconds since a moment, as far as anything is known; None where it is unknown."""
        return None if moment is None else max(0, self.drawn_until - moment)

    def waited(self, entered_at: int | None) -> int | None:
        """How long a caller has waited so far, in whole seconds as every wait (metrics.md 1.1); None: nobody waits."""
        return None if entered_at is None else wait_ms(entered_at, self.drawn_until)

    def alarms_about(self, row: QueueFigures | AgentFigures) -> Sequence[Alarm]:
        """The alarms about a queue or an agent, the worst first."""
        return self.alarms.get((type(row), row.id), ())

    def has_alarm(self, row: object) -> bool:
        """Whether a row is a queue or an agent with an alarm."""
        return isinstance(row, QueueFigures | AgentFigures) and bool(self.severity(row))

    def severity(self, row: QueueFigures | AgentFigures, marked: Marked | None = None) -> Severity:
        """The severity of the worst alarm about a row, or of the worst that marks a figure in it."""
        return worst_severity(self.marks.by_row.get((type(row), row.id), ()), marked)

    def sign(self, severity: Severity) -> Span:
        """The sign of a severity, one cell wide."""
        if severity is Severity.ACT:
            return Span(self.glyphs.act, TextStyle.BAD)
        return Span(self.glyphs.watch, TextStyle.WATCH) if severity else Span(" ")


class _AgentsInQueues:
    """The agents among members who could take calls, updated from tick to tick: a call changes few of the chunks."""

    def __init__(self) -> None:
        self._chunks: Sequence[Sequence[Membership]] = ()
        self._by_chunk: Sequence[tuple[int, ...]] = ()
        self._found: frozenset[int] = frozenset()

    def of(self, snapshot: FloorSnapshot, unfiltered: FloorSnapshot) -> frozenset[int] | None:
        """`ViewContext.in_queues` of a snapshot; the same object as before where they are the same."""
        if not unfiltered.memberships:
            return None
        members = snapshot.memberships
        chunks = members.chunks if isinstance(members, ChunkedRows) else (members,)
        if chunks is not self._chunks:
            known = {id(chunk): found for chunk, found in zip(self._chunks, self._by_chunk, strict=True)}
            by_chunk = [known.get(id(chunk)) or tuple(agents_in_queues(chunk)) for chunk in chunks]
            self._chunks, self._by_chunk = chunks, by_chunk
            found = frozenset(chain.from_iterable(by_chunk))
            if found != self._found:
                self._found = found
        return self._found


def _by_subject(alarms: Sequence[Alarm]) -> Mapping[tuple[type, int | None], Sequence[Alarm]]:
    about: defaultdict[tuple[type, int | None], list[Alarm]] = defaultdict(list)
    for alarm in chain.from_iterable((each, *each.parts) for each in alarms):
        row = subject_of(alarm)
        if row is not None:
            about[row].append(alarm)
    return about


MOMENTS = frozenset({"at", "data_at", "data_ends_at", "periodic_at"})
"""The parts of a snapshot that change with each poll."""
_PARTS = tuple(each.name for each in fields(FloorSnapshot) if each.name not in MOMENTS)
_parts = attrgetter(*_PARTS)


def _changed_parts(one: FloorSnapshot, other: FloorSnapshot) -> Iterable[str]:
    """The parts of two snapshots that are not the same objects, apart from moments."""
    return () if one is other else compress(_PARTS, map(is_not, _parts(one), _parts(other)))


def _with_parts_of(last: FloorSnapshot, snapshot: FloorSnapshot) -> FloorSnapshot:
    """A snapshot that reuses the last one's object for each part that is equal."""
    same = {}
    for each in fields(snapshot):
        before, now = getattr(last, each.name), getattr(snapshot, each.name)
        if before is not now and before == now:
            same[each.name] = before
    return replace(snapshot, **same)


def severity_style(severity: Severity, otherwise: TextStyle = TextStyle.TEXT) -> TextStyle:
    """The style of a figure that an alarm is about."""
    if severity is Severity.ACT:
        return TextStyle.BAD
    return TextStyle.WATCH if severity else otherwise
