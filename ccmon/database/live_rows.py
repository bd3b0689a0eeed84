"""The rows of the latest moment, kept from poll to poll: what the trail of changes touches is read again.

What is read is what `ccmon.database.floor_queries.read_floor_data` would read from nothing; what did not change is the
same object as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from json import dumps
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from ccmon.database import floor_queries
from ccmon.database.driver import Database, Parameters
from ccmon.database.kept_rows import KeptRows
from ccmon.database.trail import Touched, TrailEdges, read_trail
from ccmon.model.agents import Membership
from ccmon.model.business_day import BusinessDay
from ccmon.model.sources import Progress, Source
from ccmon.snapshot.changes import Changes
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import (
    AgentTotals,
    CampaignTotals,
    OpenCallRow,
    QueueSums,
    QueueTargets,
    StateRow,
    TrackedSubject,
)
from ccmon.snapshot.site import Site
from ccmon.time_units import NEVER

EVERYTHING = Changes(everything=True)
_queue_and_agent = attrgetter("queue_id", "agent_id")


class LiveRows:
    """Reads the rows of the latest moment again and again."""

    def __init__(self) -> None:
        self._data: FloorData | None = None
        self._read_to = 0
        """The last row of the trail that is known."""
        self.is_settled = False
        """Whether time alone leaves the rows as they are: nothing lies in the future, and no long work is shown."""

    def read(self, database: Database, at: int) -> tuple[FloorData, Changes]:
        """The rows of now, and what has changed in them since they were last read.

        Args:
            database: in a transaction that reads.
            at: now, by the floor's clock.
        """
        edges = database.the_row("trail_edges", TrailEdges)
        rows = None if self._data is None else read_trail(database, self._read_to, edges)
        site, day = floor_queries.read_site_and_day(database, at)
        progress = database.rows("progress", Progress)
        sources = database.rows("sources_and_heartbeats", Source)
        data, self._read_to = self._data, edges.last
        if data is None or rows is None or not self._is_kept(data, site, day, progress, sources):
            data, changes = self._read_all(database, at), EVERYTHING
        else:
            data, changes = self._read_touched(database, data, Touched.of(rows, day), at)
            if progress != data.progress or sources != data.sources:
                data, changes = replace(data, progress=progress, sources=sources), replace(changes, sources=True)
            newest_at, is_ahead = floor_queries.newest_moment(database, at)
            if newest_at != data.newest_at:
                data, changes = replace(data, newest_at=newest_at), replace(changes, sources=True)
            self._settle(at, is_ahead=is_ahead, progress=progress)
        self._data = data
        return data, changes

    def _is_kept(
        self, data: FloorData, site: Site, day: BusinessDay, progress: list[Progress], sources: list[Source]
    ) -> bool:
        """Whether what all rows rest on is what it was."""
        if (data.site, data.day, bool(data.progress)) != (site, day, bool(progress)):
            return False
        before, now = ([(source.name, source.kind) for source in rows] for rows in (data.sources, sources))
        return before == now

    def _read_all(self, database: Database, at: int) -> FloorData:
        data = floor_queries.read_floor_data(database, at, is_latest=True)
        _, is_ahead = floor_queries.newest_moment(database, at)
        self._states = KeptRows(data.states, attrgetter("agent_id"))
        self._agents_of_call: defaultdict[int | None, set[int]] = defaultdict(set)
        self._note_calls(data.states)
        self._agent_days = KeptRows(data.agent_days, attrgetter("agent_id"))
        self._campaign_days = KeptRows(data.campaign_days, attrgetter("campaign_id"))
        self._calls = KeptRows(data.calls, attrgetter("id"), attrgetter("entered_at", "id"))
        self._members = KeptRows(data.members, _queue_and_agent)
        self._tracked = KeptRows(data.tracked, attrgetter("what", "id"))
        self._into_day = floor_queries.handled_into_day(database, data.site, data.day)
        self._settle(at, is_ahead=is_ahead, progress=data.progress)
        return data

    def _settle(self, at: int, *, is_ahead: bool, progress: Sequence[Progress]) -> None:
        are_over = all(call.wrapped_up_at <= at for call in self._into_day)
        self.is_settled = are_over and not is_ahead and not progress

    def _note_calls(self, states: Iterable[StateRow]) -> None:
        for state in states:
            self._agents_of_call[state.call_id].add(state.agent_id)

    def _read_touched(
        self, database: Database, data: FloorData, touched: Touched, at: int
    ) -> tuple[FloorData, Changes]:
        agents, queues, campaigns, members = set[int](), set[int](), set[int](), set[int]()
        found: dict[str, Any] = {}
        parameters = floor_queries.parameters_of(data.site, data.day, at)
        if touched.agents or touched.calls:
            agents = self._read_agents(database, touched, parameters, found)
        if touched.calls or touched.customers:
            queues |= self._read_calls(database, touched, parameters, found)
        if touched.campaigns:
            campaigns = self._read_campaigns(database, data, parameters, found)
        if touched.members:
            members = self._read_members(database, data, touched, found)
        if touched.quarters:
            queues |= self._read_totals(database, data, touched, parameters, found)
        if "outbound_call" in touched.subjects:
            outbound = database.pairs("outbound_handling_times", parameters)
            _keep(found, data, outbound_histogram=outbound)
        for tracked in self._read_tracked(database, touched, parameters, found):
            (agents if tracked[0] == "agent" else queues).add(tracked[1])
        if self._are_follow_ups_touched(data, touched):
            _keep(found, data, **floor_queries.follow_ups(database, parameters))
        if touched.past_days or "shift" in touched.subjects:
            past = floor_queries.past_days(
                database,
                data.site,
                data.day,
                complete=not data.progress,
                last=data.past,
                touched=touched.past_days,
            )
            _keep(found, data, past=past)
        agents |= self._read_into_day(database, data, touched, at, found)
        changes = Changes(
            agents=frozenset(agents),
            queues=frozenset(queues),
            campaigns=frozenset(campaigns),
            members=frozenset(members),
            follow_ups=any(name in found for name in ("follow_ups", "promises", "follow_ups_done")),
        )
        return (replace(data, **found) if found else data), changes

    def _read_agents(
        self, database: Database, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> set[int]:
        agents = touched.agents.union(*(self._agents_of_call.get(call, ()) for call in touched.calls))
        own = {**parameters, "agents": dumps(list(agents))}
        before = self._states.by_key
        rows = database.rows("open_states_of_agents", StateRow, own)
        changed = self._states.update(agents, rows)
        for agent in changed & before.keys():
            self._agents_of_call[before[agent].call_id].discard(agent)
            if not self._agents_of_call[before[agent].call_id]:
                del self._agents_of_call[before[agent].call_id]
        self._note_calls(row for row in rows if row.agent_id in changed)
        if changed:
            found["states"] = self._states.rows
        days = self._agent_days.update(agents, database.rows("agent_totals_of_agents", AgentTotals, own))
        if days:
            found["agent_days"] = self._agent_days.rows
        return changed | days

    def _read_calls(
        self, database: Database, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> set[int]:
        """Open calls; returns the queues in which they changed."""
        calls = touched.calls
        if touched.customers:
            calls = calls | {call.id for call in self._calls if call.customer_id in touched.customers}
        before = self._calls.by_key
        rows = database.rows("open_calls_by_id", OpenCallRow, {**parameters, "calls": dumps(list(calls))})
        changed = self._calls.update(calls, rows)
        if changed:
            found["calls"] = self._calls.rows
        both = (by_key[call] for by_key in (before, self._calls.by_key) for call in changed if call in by_key)
        return {call.queue_id for call in both}

    def _read_campaigns(
        self, database: Database, data: FloorData, parameters: Parameters, found: dict[str, Any]
    ) -> set[int]:
        rows = database.rows("campaign_totals", CampaignTotals, parameters)
        keys = {row.campaign_id for row in rows} | self._campaign_days.by_key.keys()
        changed = self._campaign_days.update(keys, rows)
        if changed:
            found["campaign_days"] = self._campaign_days.rows
        _keep(found, data, other_clients_sales=floor_queries.other_clients_sales(database, data.day))
        return changed

    def _read_members(self, database: Database, data: FloorData, touched: Touched, found: dict[str, Any]) -> set[int]:
        agents = touched.members
        rows = database.rows("current_members_of_agents", Membership, {"agents": dumps(list(agents))})
        keys = {_queue_and_agent(row) for row in rows}
        keys |= {(queue_id, agent) for agent in agents for queue_id in data.directory.queues}
        changed = self._members.update(keys, rows)
        if changed:
            found["members"] = self._members.rows
        return {agent for _, agent in changed}

    def _read_totals(
        self, database: Database, data: FloorData, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> set[int]:
        """Sums, quarters, histograms, longest waits and targets of queues; returns those that changed."""
        own = {**parameters, "queues": dumps(list(touched.quarters))}
        sums = {row.queue_id: row for row in database.rows("queue_totals", QueueSums, own)}
        histograms, quarters = {}, {}
        for queue_id, since in touched.quarters.items():
            if queue_id in sums:
                of_queue = {**parameters, "queue_id": queue_id, "since": since}
                before = [row for row in data.quarters.get(queue_id, ()) if row.starts_at < since]
                quarters[queue_id] = [*before, *database.rows("quarter_totals", QueueSums, of_queue)]
                if sums[queue_id].handled:
                    histograms[queue_id] = database.pairs("inbound_handling_times", of_queue)
        waits = database.pairs("longest_waits_of_queues", own)
        targets = {row.queue_id: row for row in database.rows("queue_targets", QueueTargets, parameters)}
        changed = _merge(found, data, touched.quarters, queue_sums=sums, quarters=quarters)
        changed |= _merge(found, data, touched.quarters, histograms=histograms, longest_waits=waits)
        return changed | _merge(found, data, targets.keys() | data.targets.keys(), targets=targets)

    def _read_tracked(
        self, database: Database, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> set[tuple[str, int]]:
        subjects = {"agent": touched.agents - {0}, "queue": touched.queues - {0}}
        keys = {(what, number) for what, numbers in subjects.items() for number in numbers}
        if not keys:
            return set()
        own = {"agents": dumps(list(subjects["agent"])), "queues": dumps(list(subjects["queue"]))}
        rows = database.rows("tracked", TrackedSubject, {**parameters, "at": NEVER, **own})
        changed: set[tuple[str, int]] = self._tracked.update(keys, rows)
        if changed:
            found["tracked"] = self._tracked.rows
        return changed

    def _are_follow_ups_touched(self, data: FloorData, touched: Touched) -> bool:
        return (
            "follow_up" in touched.subjects
            or (bool(touched.calls) and any(row.call_id in touched.calls for row in data.follow_ups))
            or (bool(touched.customers) and any(row.customer_id in touched.customers for row in data.follow_ups))
        )

    def _read_into_day(
        self, database: Database, data: FloorData, touched: Touched, at: int, found: dict[str, Any]
    ) -> set[int]:
        """Calls from before the day; returns the agents whose have changed, also because one is over since."""
        if touched.past_days:
            self._into_day = floor_queries.handled_into_day(database, data.site, data.day)
        if not self._into_day and not data.handled_into_day:
            return set()
        rows = floor_queries.over_by(self._into_day, at)
        _keep(found, data, handled_into_day=rows)
        return {row.agent_id for row in [*rows, *data.handled_into_day]} if "handled_into_day" in found else set()


def _keep(found: dict[str, Any], data: FloorData, **rows: object) -> None:
    """Note those that are not what they were."""
    found.update({name: value for name, value in rows.items() if value != getattr(data, name)})


def _merge(found: dict[str, Any], data: FloorData, touched: Iterable[int], **rows: Mapping[int, object]) -> set[int]:
    """Put values read again in the place of those of the touched keys; returns the keys whose values have changed."""
    changed_keys: set[int] = set()
    for name, values in rows.items():
        before: Mapping[int, object] = getattr(data, name)
        changed = {key for key in touched if before.get(key) != values.get(key)}
        if changed:
            merged = {key: value for key, value in before.items() if key not in changed}
            found[name] = merged | {key: values[key] for key in changed if key in values}
            changed_keys |= changed
    return changed_keys
