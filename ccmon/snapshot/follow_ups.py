"""Follow-up calls due, overdue and done, and whether each owner can keep them (metrics.md 10.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.follow_ups import KeptPromises, LateReason, LateWhy, Risk, kept, promises_at_risk
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.follow_ups import AT_RISK_FROM, AgentFollowUps, FollowUp, FollowUpFigures
from ccmon.snapshot.directory import AgentEntry
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OpenFollowUpRow
from ccmon.snapshot.follow_up_lateness import LateOutlook
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.periodic_rows import PlannedTime
from ccmon.snapshot.scopes import Scope

ENOUGH_CALLS = 10
"""Outbound calls from which on an agent's usual time is their own."""
ON_A_CALL = frozenset(
    {AgentState.TALKING, AgentState.HOLD, AgentState.WRAP_UP, AgentState.DIALLING, AgentState.RINGING}
)


def follow_up_figures(
    data: FloorData, agents: Mapping[int, AgentFigures], periodic: PeriodicFigures | None, at: int
) -> FollowUpFigures:
    """The follow-ups of the business day; ``items`` are open and due by its end, as far as they are known."""
    grace_ms, day = data.site.follow_up_grace_ms, data.day
    items = tuple(_item(row, data.directory.agents.get(row.agent_id or 0), grace_ms) for row in data.follow_ups)
    owners = _Owners(data, agents, periodic, at)
    risks = owners.risks(items)
    if periodic is not None and periodic.promises is not None and not data.progress:
        outlook = LateOutlook(data, periodic.promises, periodic.work, agents, at)
        certain = {number for risk in risks.values() for number in risk.late}
        chances = [outlook.late(item, item.id in certain) for item in items]
        items = tuple(
            replace(item, late_chance=chance, late_reason=reason)
            for item, (chance, reason) in zip(items, chances, strict=True)
        )
    promises: defaultdict[int | None, list[tuple[int, int | None]]] = defaultdict(list)
    for row in data.promises:
        promises[row.agent_id].append((row.promised_at, row.done_at))
    judged = {agent_id: kept(each, at, grace_ms) for agent_id, each in promises.items()}
    if data.progress:
        return FollowUpFigures(due_today=None, overdue=None, done_today=None, on_time=0, on_time_of=0, items=items)
    known = periodic is not None and periodic.baseline is not None
    return FollowUpFigures(
        due_today=sum(item.due_at >= day.starts_at for item in items),
        overdue=sum(item.overdue_since < at for item in items),
        done_today=sum(data.follow_ups_done.values()),
        on_time=sum(each.on_time for each in judged.values()),
        on_time_of=sum(each.promised for each in judged.values()),
        items=items,
        owners=tuple(owners.all(items, judged, risks)) if known else None,
    )


def _item(row: OpenFollowUpRow, owner: AgentEntry | None, grace_ms: int) -> FollowUp:
    return FollowUp(
        id=row.id,
        customer=row.customer,
        owner=owner.name if owner else None,
        team=owner.team if owner else None,
        client=owner.client if owner else None,
        kind=row.kind,
        due_at=row.due_at,
        promised_at=row.promised_at,
        overdue_since=row.due_at + grace_ms,
        note=row.note,
        phone=row.phone,
        owner_id=row.agent_id,
    )


class _UsualHandling(Struct, frozen=True):
    """Usual time of one outbound call."""

    handling_ms: int | None
    is_own: bool
    """The agent's own, not the centre's."""


NOT_KNOWN = _UsualHandling(None, is_own=False)


class _Owners:
    """Owners of follow-ups at one moment."""

    def __init__(
        self, data: FloorData, agents: Mapping[int, AgentFigures], periodic: PeriodicFigures | None, at: int
    ) -> None:
        self._data = data
        self._agents = agents
        self._periodic = periodic
        self._at = at

    def risks(self, items: Iterable[FollowUp]) -> dict[int | None, Risk]:
        """What each owner can still keep at best, where a shift and a usual time are known."""
        found = {agent_id: self._risk(agent_id, owed) for agent_id, owed in _by_owner(items).items()}
        return {agent_id: risk for agent_id, risk in found.items() if risk is not None}

    def all(
        self, items: Iterable[FollowUp], judged: Mapping[int | None, KeptPromises], risks: Mapping[int | None, Risk]
    ) -> Iterable[AgentFollowUps]:
        """Those with most promises that will be late first."""
        owed = _by_owner(items)
        done = Counter(self._data.follow_ups_done)
        found = [
            self._one(
                agent_id,
                owed=owed[agent_id],
                done=done[agent_id],
                promises=judged.get(agent_id, KeptPromises(0, 0)),
                risk=risks.get(agent_id) or self._risk(agent_id, owed[agent_id]),
            )
            for agent_id in {**owed, **judged, **done}
        ]
        return sorted(found, key=lambda each: (-each.late, -each.overdue, -(each.at_risk or 0), -each.owed, each.name))

    def _plan(self, agent_id: int | None) -> PlannedTime | None:
        return self._periodic.rows.planned.get(agent_id or 0) if self._periodic else None

    def _one(
        self, agent_id: int | None, *, owed: list[FollowUp], done: int, promises: KeptPromises, risk: Risk | None
    ) -> AgentFollowUps:
        agent = self._data.directory.agents.get(agent_id or 0)
        plan = self._plan(agent_id)
        usual = self._handling(agent_id)
        return AgentFollowUps(
            agent_id=agent_id,
            name=agent.name if agent else "nobody",
            team=agent.team if agent else None,
            client=agent.client if agent else None,
            due_today=sum(item.due_at >= self._data.day.starts_at for item in owed),
            overdue=sum(item.overdue_since < self._at for item in owed),
            done_today=done,
            kept=promises,
            shift_ends_at=plan.ends_at if plan else None,
            handling_ms=usual.handling_ms,
            handling_is_own=usual.is_own,
            risk=risk,
            late_chances=None
            if self._periodic is None or self._periodic.promises is None
            else self._late_chances(owed),
            late_reason=self._late_reason(owed),
            owed=len(owed),
        )

    def _late_reason(self, owed: Iterable[FollowUp]) -> LateReason | None:
        """Why most of those at risk are, those left out for which there is no time."""
        reasons = [
            item.late_reason
            for item in owed
            if item.overdue_since >= self._at and (item.late_chance or 0.0) >= AT_RISK_FROM
        ]
        counted = Counter(reason for reason in reasons if reason is not None and reason.why is not LateWhy.NO_TIME)
        return max(counted, key=lambda reason: counted[reason], default=None)

    def _late_chances(self, owed: Iterable[FollowUp]) -> tuple[float, ...]:
        coming = (item.late_chance for item in owed if item.overdue_since >= self._at)
        return tuple(chance for chance in coming if chance is not None)

    def _handling(self, agent_id: int | None) -> _UsualHandling:
        baseline = self._periodic.baseline if self._periodic else None
        if baseline is None:
            return NOT_KNOWN
        scopes: tuple[Scope, ...] = (("agent", agent_id or 0), ("centre", 0))
        for scope in scopes:
            work = baseline.calling(scope)
            if work.handled >= ENOUGH_CALLS:
                return _UsualHandling(work.handling_ms // work.handled, is_own=scope[0] == "agent")
        return NOT_KNOWN

    def _risk(self, agent_id: int | None, owed: Iterable[FollowUp]) -> Risk | None:
        """What the owner can still keep by the end of the shift, from the end of what they do now; None: not known."""
        plan, handling_ms = self._plan(agent_id), self._handling(agent_id).handling_ms
        if plan is None or handling_ms is None:
            return None
        agent = self._agents.get(plan.agent_id)
        free_at = max(self._at, plan.starts_at)
        if agent is not None and agent.since is not None:
            limit_ms = None
            if agent.state in ON_A_CALL:
                limit_ms = handling_ms
            elif agent.state is AgentState.PAUSED:
                limit_ms = self._data.directory.pause_limits.get(agent.reason or "")
            if limit_ms is not None:
                free_at = max(free_at, agent.since + limit_ms)
        return promises_at_risk(
            [(item.id, item.due_at) for item in owed],
            at=self._at,
            shift_ends_at=plan.ends_at,
            handling_ms=handling_ms,
            free_at=free_at,
            grace_ms=self._data.site.follow_up_grace_ms,
        )


def _by_owner(items: Iterable[FollowUp]) -> defaultdict[int | None, list[FollowUp]]:
    owed: defaultdict[int | None, list[FollowUp]] = defaultdict(list)
    for item in items:
        owed[item.owner_id].append(item)
    return owed
