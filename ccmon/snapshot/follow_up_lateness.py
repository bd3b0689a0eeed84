"""How likely a promised call will be late: from how its owner has kept such promises, and what they do now (10.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from ccmon.metrics.counts import total
from ccmon.metrics.follow_ups import LateCause, LateReason, RecordOf, TrackRecord, around_hour
from ccmon.metrics.forecast import arrival_chance
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.follow_ups import AT_RISK_FROM, FollowUp
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.intraday_profiles import AWAY, PAUSE, WORK, PlannedWork, time_of_day_ms
from ccmon.snapshot.periodic_rows import PromiseOutcome
from ccmon.time_units import HOUR_MS

RETURNS_AFTER_LEAVING = 0.25
"""Share of agents logged out during their working hours who are back when it matters."""
AWAY_LATE = 0.9
"""Usual share of late ones among promises for a time when the owner is away."""
USUAL_WEIGHT, TEAM_WEIGHT, OWNER_WEIGHT, HOUR_WEIGHT = 10.0, 10.0, 6.0, 6.0
"""Each record is shrunk towards the wider one as by this number of promises: the team's towards all, the
owner's towards the team's, the hour's towards the owner's."""
CANNOT_BE_KEPT = 0.95
"""How likely a promise is late if its owner has no time for it: some calls take less than the usual time."""
USUAL_LATE = 0.2
"""How likely a promise is late if nothing is known at all."""
NO_RECORD = TrackRecord(0, 0)


Key = TypeVar("Key")


class PromiseRecords:
    """Past promises by owner, kind, hour and whether the owner was scheduled to work."""

    def __init__(self, outcomes: Iterable[PromiseOutcome], directory: Directory) -> None:
        self._directory = directory
        self._found: dict[tuple[int | None, str, int, int], float] = {}
        self._hours: defaultdict[tuple[int | None, str, int], dict[int, TrackRecord]] = defaultdict(dict)
        every: defaultdict[int, list[TrackRecord]] = defaultdict(list)
        of_teams: defaultdict[tuple[int | None, int], list[TrackRecord]] = defaultdict(list)
        of_owners: defaultdict[tuple[int | None, int], list[TrackRecord]] = defaultdict(list)
        for row in outcomes:
            record = TrackRecord(row.late, row.promised)
            every[row.planned].append(record)
            of_teams[self._team(row.agent_id), row.planned].append(record)
            of_owners[row.agent_id, row.planned].append(record)
            self._hours[row.agent_id, row.kind, row.planned][row.hour] = record
        self._all, self._teams, self._owners = _totals(every), _totals(of_teams), _totals(of_owners)
        self._shifts_known = self._all[PAUSE].promised + self._all[WORK].promised > 0
        """Whether shifts are known at all."""

    def late_chance(self, agent_id: int | None, kind: str, time: int, planned: int) -> float:
        """How likely a promise for a time of day (wall-clock milliseconds since the day's start) is late."""
        key = agent_id, kind, time, planned
        if key not in self._found:  # asked for at each poll
            self._found[key] = self._late_chance(*key)
        return self._found[key]

    def _late_chance(self, agent_id: int | None, kind: str, time: int, planned: int) -> float:
        late = AWAY_LATE if planned == AWAY and self._shifts_known else USUAL_LATE
        usual = self._all[planned].shrunk_towards(late, USUAL_WEIGHT)
        team_id = self._team(agent_id)
        wider = usual if team_id is None else self._teams[team_id, planned].shrunk_towards(usual, TEAM_WEIGHT)
        owner = self._owners[agent_id, planned].shrunk_towards(wider, OWNER_WEIGHT)
        hours = around_hour(self._hours.get((agent_id, kind, planned), {}), time / HOUR_MS)
        return hours.shrunk_towards(owner, HOUR_WEIGHT)

    def reason(self, agent_id: int | None, kind: str, planned: int) -> LateReason:
        """The narrowest record with enough promises: the owner's of this kind, the owner's, the team's, or all."""
        own = sum(self._hours.get((agent_id, kind, planned), {}).values(), NO_RECORD)
        for record in (own, self._owners[agent_id, planned]):
            if record.promised >= OWNER_WEIGHT:
                return LateReason(LateCause.RECORD, round(record.late), round(record.promised))
        team_id = self._team(agent_id)
        wider, of = (
            (self._all[planned], RecordOf.ALL) if team_id is None else (self._teams[team_id, planned], RecordOf.TEAM)
        )
        return LateReason(LateCause.RECORD, round(wider.late), round(wider.promised), of)

    def _team(self, agent_id: int | None) -> int | None:
        agent = self._directory.agents.get(agent_id or 0)
        return None if agent is None else agent.team_id


def _totals(records: Mapping[Key, list[TrackRecord]]) -> defaultdict[Key, TrackRecord]:
    """The sum of each key's records."""
    return defaultdict(lambda: NO_RECORD, {key: total(each) for key, each in records.items()})


class LateOutlook:
    """How likely each open promise is late, at one moment."""

    def __init__(
        self,
        data: FloorData,
        records: PromiseRecords,
        work: PlannedWork,
        agents: Mapping[int, AgentFigures],
        when: NextChange,
    ) -> None:
        self._when = when
        self._day = data.day
        self._time = time_of_day_ms(data.day, when.at)
        self._records = records
        self._work = work
        self._agents = agents
        self._grace_ms = data.site.follow_up_grace_ms

    def late_chance(self, item: FollowUp, certain: bool) -> tuple[float, LateReason | None]:
        """How likely a promise is not done by the promised moment plus the grace period, and why.

        Args:
            item: an open promise.
            certain: whether it cannot be kept because of all that its owner owes.
        """
        if self._when.reached(item.promise_due_at + self._grace_ms + 1):
            return 1.0, None if item.is_overdue(self._when) else LateReason(LateCause.PASSED)
        if certain:
            return CANNOT_BE_KEPT, LateReason(LateCause.NO_TIME)
        time = time_of_day_ms(self._day, item.promise_due_at)
        planned = self._work.planned(item.owner_id, time)
        late = self._records.late_chance(item.owner_id, item.kind, time, planned)
        reason = self._records.reason(item.owner_id, item.kind, planned)
        if planned == AWAY:
            return late, LateReason(LateCause.AWAY) if self._work.known else reason
        presence = self._presence_chance(item.owner_id)
        # If the record alone does not put it at risk, the reason is that the owner should be there and is not.
        if presence < 1 and late < AT_RISK_FROM and self._shift_has_begun(item.owner_id):
            reason = LateReason(LateCause.LOGGED_OUT)
        return 1 - (1 - late) * presence, reason

    def _shift_has_begun(self, agent_id: int | None) -> bool:
        starts = self._work.starts(("agent", agent_id or 0))
        return starts is not None and self._reached(starts)

    def _presence_chance(self, agent_id: int | None) -> float:
        """How likely an owner with a shift today is there."""
        agent = self._agents.get(agent_id or 0)
        starts = self._work.starts(("agent", agent_id or 0))
        if agent is None or starts is None or agent.state is not AgentState.LOGGED_OUT:
            return 1.0
        if not agent.times_before.logged_in_ms:
            if self._reached(starts):
                self._when.note_steady_change()
            return arrival_chance(self._time - starts)
        for edge in self._work.edges(agent_id):
            self._reached(edge)
        return RETURNS_AFTER_LEAVING if self._work.planned(agent_id, self._time) == WORK else 1.0

    def _reached(self, time: int) -> bool:
        """Whether a time of day has come."""
        return self._when.reached(self._when.at + time - self._time)
