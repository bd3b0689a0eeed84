"""Follow-up calls due, overdue and done, and whether each owner can keep them (metrics.md 10.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.follow_ups import FollowUpLoad, LateCause, LateReason, OnTimeCount, count_on_time, follow_up_load
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import HANDLING_A_CALL, AgentFigures, AgentState
from ccmon.model.follow_ups import AgentFollowUps, FollowUp, FollowUpFigures
from ccmon.snapshot.directory import AgentEntry
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OpenFollowUpRow, PromiseRow
from ccmon.snapshot.follow_up_lateness import LateOutlook
from ccmon.snapshot.incremental import IncrementalValues, changed
from ccmon.snapshot.periodic import FollowUpInputs
from ccmon.snapshot.periodic_rows import PlannedTime
from ccmon.snapshot.scopes import CENTRE, Scope

ENOUGH_CALLS = 10
"""From this many outbound calls on, an agent's usual time is computed from their own calls."""


class _OwnersRows(Struct, frozen=True):
    """What an owner owes, has promised and has done."""

    open: Sequence[OpenFollowUpRow]
    promises: Sequence[PromiseRow]
    done: int


class _OwnerFollowUps(Struct, frozen=True, eq=False):
    """What one owner owes, as computed at a moment."""

    at: int
    items: tuple[FollowUp, ...]
    figures: AgentFollowUps

    def is_as_expected_from(self, before: _OwnerFollowUps) -> bool:
        """Whether only less is left of the owner's shift than before."""
        return self.items == before.items and self.figures == _owner_at_later_moment(before.figures, before.at, self.at)


class FollowUpsOfTheDay:
    """The follow-ups of a business day, updated from one snapshot to the next.

    An owner's are computed again only when one of their rows changes or something falls due.
    """

    def __init__(self, known: FollowUpInputs | None) -> None:
        self._known = known
        self._inputs: tuple[object, ...] = ()
        self._rows: Mapping[int, _OwnersRows] = {}
        self._of_owners = IncrementalValues[_OwnerFollowUps]()
        self._figures: FollowUpFigures | None = None
        self._are_running = False
        """Whether any owner has a shift, of which less is left with each moment."""
        self._at = 0
        self.edition = object()
        """A new object whenever more has changed than the time left of shifts."""

    def update(
        self, data: FloorData, agents: Mapping[int, AgentFigures], when: NextChange, *, touched: Iterable[int] = ()
    ) -> FollowUpFigures:
        """The follow-ups at another moment; ``items`` are those known to be open and due by the end of its day.

        Args:
            data: the rows.
            agents: all, by id.
            when: the moment; collects when more than the time left of shifts changes.
            touched: agents who have changed.
        """
        inputs = data.follow_ups, data.promises, data.follow_ups_done
        rows_before = self._rows
        if inputs != self._inputs:
            self._inputs, self._rows = inputs, _by_owner(data)

        def make(number: int, own: NextChange) -> _OwnerFollowUps | None:
            if number not in self._rows:
                return None
            owner = _Owner(data, agents, self._known, own, agent_id=number or None)
            rows, before = self._rows[number], self._of_owners.by_key.get(number)
            now = _OwnerFollowUps(own.at, *owner.figures(rows.open, rows.promises, rows.done))
            return now if before is None or not now.is_as_expected_from(before) else before

        owners = [*changed(rows_before, self._rows), *filter(self._depends_on, touched)]
        changes = {} if not owners and self._of_owners.nothing_due(when) else self._of_owners.update(owners, when, make)
        figures = self._figures
        if figures is not None and self._are_running:
            figures = _at_later_moment(figures, self._at, when.at)
        if changes or figures is None:
            added_up = self._added_up(data, when.at)
            if added_up != figures:
                figures, self.edition = added_up, object()
                self._are_running = any(owner.load is not None for owner in figures.owners or ())
        self._figures, self._at = figures, when.at
        return figures

    def _depends_on(self, agent_id: int) -> bool:
        """Whether what an agent does is of any consequence: for an owner with a shift today."""
        if agent_id not in self._rows or self._known is None:
            return False
        return agent_id in self._known.planned or self._known.work.starts(("agent", agent_id)) is not None

    def _added_up(self, data: FloorData, at: int) -> FollowUpFigures:
        items = {item.id: item for owner in self._of_owners.by_key.values() for item in owner.items}
        in_order = tuple(items[row.id] for row in data.follow_ups)
        if data.progress:
            return FollowUpFigures(
                due_today=None, overdue=None, done_today=None, on_time=0, on_time_of=0, items=in_order
            )
        owners = [_owner_at_later_moment(owner.figures, owner.at, at) for owner in self._of_owners.by_key.values()]
        known = self._known is not None and self._known.baseline is not None
        return FollowUpFigures(
            due_today=sum(owner.due_today for owner in owners),
            overdue=sum(owner.overdue for owner in owners),
            done_today=sum(data.follow_ups_done.values()),
            on_time=sum(owner.kept.on_time for owner in owners),
            on_time_of=sum(owner.kept.decided for owner in owners),
            items=in_order,
            owners=tuple(sorted(owners, key=_worst_first)) if known else None,
        )


def _by_owner(data: FloorData) -> dict[int, _OwnersRows]:
    """The rows of each owner; 0: nobody."""
    open_rows: defaultdict[int, list[OpenFollowUpRow]] = defaultdict(list)
    for row in data.follow_ups:
        open_rows[row.agent_id or 0].append(row)
    promises: defaultdict[int, list[PromiseRow]] = defaultdict(list)
    for promise in data.promises:
        promises[promise.agent_id or 0].append(promise)
    done = {agent_id or 0: number for agent_id, number in data.follow_ups_done.items()}
    return {
        owner: _OwnersRows(open_rows.get(owner, ()), promises.get(owner, ()), done.get(owner, 0))
        for owner in {**open_rows, **promises, **done}
    }


def _worst_first(owner: AgentFollowUps) -> tuple[int, int, int, int, str, int]:
    return (
        -owner.certainly_late,
        -owner.overdue,
        -(owner.at_risk or 0),
        -owner.open_count,
        owner.name,
        owner.agent_id or 0,
    )


def _at_later_moment(figures: FollowUpFigures, was_at: int, at: int) -> FollowUpFigures:
    """The figures at a later moment, before anything in them falls due: less is left of the owners' shifts."""
    if figures.owners is None:
        return figures
    owners = tuple(_owner_at_later_moment(owner, was_at, at) for owner in figures.owners)
    return figures if owners == figures.owners else replace(figures, owners=owners)


def _owner_at_later_moment(owner: AgentFollowUps, was_at: int, at: int) -> AgentFollowUps:
    if owner.load is None or owner.shift_ends_at is None or owner.load.left_ms != owner.shift_ends_at - was_at:
        return owner
    return replace(owner, load=replace(owner.load, left_ms=max(0, owner.shift_ends_at - at)))


def _item(row: OpenFollowUpRow, owner: AgentEntry | None, data: FloorData) -> FollowUp:
    due_moments = data.due_moments
    due_at = due_moments.counts_as(row.due_at)
    return FollowUp(
        id=row.id,
        customer=row.customer,
        owner=owner.name if owner else None,
        team=owner.team if owner else None,
        client=owner.client if owner else None,
        kind=row.kind,
        due_at=due_at,
        promised_at=row.promised_at,
        promise_due_at=due_moments.counts_as(row.promised_at),
        grace_ends_at=due_at + data.site.follow_up_grace_ms,
        note=row.note,
        phone=row.phone,
        owner_id=row.agent_id,
        customer_id=row.customer_id,
    )


class _UsualHandling(Struct, frozen=True):
    """Usual time of one outbound call."""

    handling_ms: int | None
    is_own: bool
    """Whether it is the agent's own, not the centre's."""


NOT_KNOWN = _UsualHandling(None, is_own=False)


class _Owner:
    """An owner of follow-ups at one moment; owner None: nobody has taken them."""

    def __init__(
        self,
        data: FloorData,
        agents: Mapping[int, AgentFigures],
        known: FollowUpInputs | None,
        when: NextChange,
        *,
        agent_id: int | None,
    ) -> None:
        self._data = data
        self._agents = agents
        self._known = known
        self._when = when
        self._agent_id = agent_id

    def figures(
        self, rows: Iterable[OpenFollowUpRow], promises: Iterable[PromiseRow], done: int
    ) -> tuple[tuple[FollowUp, ...], AgentFollowUps]:
        """The owner's open follow-ups, and how many of them can be kept."""
        data, known, grace_ms = self._data, self._known, self._data.site.follow_up_grace_ms
        agent = data.directory.agents.get(self._agent_id or 0)
        items = tuple(_item(row, agent, data) for row in rows)
        load = self._load(items)
        if known is not None and known.promises is not None and not data.progress:
            outlook = LateOutlook(data, known.promises, known.work, self._agents, self._when)
            certain = frozenset(load.certainly_late) if load is not None else frozenset()
            chances = [outlook.late_chance(item, item.id in certain) for item in items]
            items = tuple(
                replace(item, late_chance=chance, late_reason=reason)
                for item, (chance, reason) in zip(items, chances, strict=True)
            )
        counts_as = data.due_moments.counts_as
        judged = count_on_time(
            [(counts_as(row.promised_at), row.done_at) for row in promises], self._when.at, grace_ms, self._when
        )
        return items, self._agent_follow_ups(open_items=items, done=done, promises=judged, load=load)

    def _plan(self) -> PlannedTime | None:
        return self._known.planned.get(self._agent_id or 0) if self._known else None

    def _agent_follow_ups(
        self, *, open_items: tuple[FollowUp, ...], done: int, promises: OnTimeCount, load: FollowUpLoad | None
    ) -> AgentFollowUps:
        agent = self._data.directory.agents.get(self._agent_id or 0)
        plan = self._plan()
        usual = self._handling()
        return AgentFollowUps(
            agent_id=self._agent_id,
            name=agent.name if agent else "nobody",
            team=agent.team if agent else None,
            client=agent.client if agent else None,
            due_today=sum(item.due_at >= self._data.day.starts_at for item in open_items),
            overdue=sum(item.is_overdue(self._when) for item in open_items),
            done_today=done,
            kept=promises,
            shift_ends_at=plan.ends_at if plan else None,
            handling_ms=usual.handling_ms,
            handling_is_own=usual.is_own,
            load=load,
            late_chances=None
            if self._known is None or self._known.promises is None
            else self._late_chances(open_items),
            late_reason=self._late_reason(open_items),
            open_count=len(open_items),
        )

    def _late_reason(self, open_items: Iterable[FollowUp]) -> LateReason | None:
        """Why most promises at risk are so, apart from those there is no time for."""
        reasons = [item.late_reason for item in open_items if item.is_at_risk(self._when)]
        counted = Counter(reason for reason in reasons if reason is not None and reason.why is not LateCause.NO_TIME)
        return max(counted, key=lambda reason: counted[reason], default=None)

    def _late_chances(self, open_items: Iterable[FollowUp]) -> tuple[float, ...]:
        coming = (item.late_chance for item in open_items if not item.is_overdue(self._when))
        return tuple(chance for chance in coming if chance is not None)

    def _handling(self) -> _UsualHandling:
        baseline = self._known.baseline if self._known else None
        if baseline is None:
            return NOT_KNOWN
        scopes: tuple[Scope, ...] = (("agent", self._agent_id or 0), CENTRE)
        for scope in scopes:
            work = baseline.calling(scope)
            if work.handled >= ENOUGH_CALLS:
                return _UsualHandling(work.handling_ms // work.handled, is_own=scope != CENTRE)
        return NOT_KNOWN

    def _load(self, open_items: Iterable[FollowUp]) -> FollowUpLoad | None:
        """What the owner can still keep, from the end of what they do now to the shift's end; None: not known."""
        plan, handling_ms = self._plan(), self._handling().handling_ms
        if plan is None or handling_ms is None:
            return None
        agent = self._agents.get(plan.agent_id)
        free_at = plan.starts_at
        if agent is not None and agent.since is not None:
            limit_ms = None
            if agent.state in HANDLING_A_CALL:
                limit_ms = handling_ms
            elif agent.state is AgentState.PAUSED:
                limit_ms = self._data.directory.alarm_limits.of_reason(agent.reason)
            if limit_ms is not None:
                free_at = max(free_at, agent.since + limit_ms)
        return follow_up_load(
            [(item.id, item.due_at) for item in open_items],
            at=self._when.at,
            shift_ends_at=plan.ends_at,
            handling_ms=handling_ms,
            free_at=free_at,
            grace_ms=self._data.site.follow_up_grace_ms,
            when=self._when,
        )
