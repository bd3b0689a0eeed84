"""The rows of the latest moment, cached from poll to poll: only what the change log touches is read again.

The result equals that of `ccmon.database.floor_reader.read_floor_data`; what did not change is the same object as
before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import add, attrgetter, sub
from typing import Any, TypeVar

from msgspec.structs import replace

from ccmon.database import floor_reader
from ccmon.database.alarm_history import AlarmHistoryReader, PolledRows
from ccmon.database.change_log import (
    ALL_PARTS,
    MOST_ROWS,
    SUBJECTS_READ_WHOLE,
    ChangeLogEdges,
    NumberedChangeLogRow,
    Touched,
    TouchedParts,
    touched_calls,
    touched_customers,
    touched_parts,
)
from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.moments import NewestMoment, SeldomChanged
from ccmon.database.row_cache import RowCache
from ccmon.model.agents import Membership
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.model.sources import Progress, Source
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData, with_rows
from ccmon.snapshot.floor_rows import (
    QUEUE_COUNTS,
    AgentTotals,
    CampaignTotals,
    OpenCallRow,
    OpenFollowUpRow,
    QueueTargets,
    QueueTotals,
    StateRow,
    TrackedSubject,
    queue_counts,
)
from ccmon.snapshot.incremental import Changes
from ccmon.time_units import NEVER

Value = TypeVar("Value")

_start = attrgetter("starts_at")
_subject = attrgetter("subject")
_calls_and_customers = attrgetter("call_id", "customer_id")
_queue_and_agent = attrgetter("queue_id", "agent_id")
_handling = attrgetter("handled", "talk_ms", "hold_ms", "wrap_up_ms")


class LiveRows:
    """Reads the rows of the latest moment again and again."""

    def __init__(self, own_limits: Mapping[str, int] = NO_LIMITS) -> None:
        """Read with a person's own limits of alarms (`AlarmLimits.own`)."""
        self._own_limits = own_limits
        self._history = AlarmHistoryReader()
        self._data: FloorData | None = None
        self._seldom_changed: SeldomChanged | None = None
        """As it was when all rows were read."""
        self._newest: NewestMoment | None = None
        self._reported: list[int | None] = []
        """When each source reported last, when those were read."""
        self._read_to = 0
        """The last row of the change log that has been taken into account."""
        self._touched_parts, self._touched_calls = set(ALL_PARTS), set[int]()
        self._touched_customers = set[int]()
        self._follow_ups: Sequence[OpenFollowUpRow] = ()
        self._calls_of_follow_ups: frozenset[int | None] = frozenset()
        self._customers_of_follow_ups: frozenset[int | None] = frozenset()
        """Whom those follow-ups are about."""
        self.is_timeless = False
        """Whether time alone changes none of the rows: nothing is in the future, no long work is shown."""

    def read(self, database: Database, at: int) -> FloorData:
        """The rows of now; unchanged ones are the same objects as before.

        Args:
            database: in a transaction that reads.
            at: now, by the floor's clock.
        """
        found = self.read_few(database, at, MOST_ROWS)
        if found is None:
            last = database.one_row("change_log_edges", ChangeLogEdges).last
            found = self._read_all(database, at)
            self._data, self._read_to = found, last
            self._touched_parts, self._touched_calls = set(ALL_PARTS), set()
            self._touched_customers = set()
        return found

    def take_touched_parts(self) -> TouchedParts:
        """The parts of the periodic rows that have been touched since the last call."""
        taken = TouchedParts(
            frozenset(self._touched_parts),
            self._read_to,
            frozenset(self._touched_calls),
            customers=frozenset(self._touched_customers),
        )
        self._touched_parts, self._touched_calls, self._touched_customers = set(), set(), set()
        return taken

    def read_few(self, database: Database, at: int, at_most: int) -> FloorData | None:
        """As `read`, if the log has at most this many new rows; None if it has more, or all must be read again."""
        log_rows = None if self._data is None else self._new_log_rows(database, at_most)
        if self._data is None or log_rows is None:
            return None
        seldom_changed = database.row("seldom_changed", SeldomChanged, {"at": at})
        if seldom_changed is None or seldom_changed != self._seldom_changed:
            return None
        progress = database.rows("progress", Progress) if seldom_changed.has_progress else []
        sources = database.rows("sources_and_heartbeats", Source)
        data = self._data
        if not _are_of_same_work(data, progress, sources):
            return None
        touched = Touched.of(log_rows, data.day) if log_rows else None
        if touched is not None:
            data = self._read_touched(database, data, touched, at)
            self._touched_parts |= touched_parts(log_rows, data.day)
            self._touched_calls |= touched_calls(log_rows)
            self._touched_customers |= touched_customers(log_rows)
        newest_at, is_ahead = self._newest_moment(database, at, sources, is_log_new=bool(log_rows))
        earlier_calls = floor_reader.handled_by(self._earlier_calls, at)
        data = with_rows(
            data, progress=progress, sources=sources, newest_at=newest_at, earlier_calls_handled_today=earlier_calls
        )
        data = self._with_history(database, data, touched, at)
        self._note_whether_timeless(at, is_ahead=is_ahead, progress=progress)
        self._data = data
        if log_rows:
            self._read_to = log_rows[-1].id
        return data

    def _new_log_rows(self, database: Database, at_most: int) -> list[NumberedChangeLogRow] | None:
        """The rows of the change log since the last poll; None if all must be read again.

        The last one that was read is read again: if it is still there, so are those after it.
        """
        rows = database.rows("change_log_from", NumberedChangeLogRow, {"first": self._read_to, "at_most": at_most + 2})
        if self._read_to and (not rows or rows.pop(0).id != self._read_to):
            return None
        return None if len(rows) > at_most or not SUBJECTS_READ_WHOLE.isdisjoint(map(_subject, rows)) else rows

    def _read_all(self, database: Database, at: int) -> FloorData:
        data = floor_reader.read_floor_data(
            database, at, is_latest=True, own_limits=self._own_limits, history=self._history
        )
        data = replace(data, members=_with_names_of(data.directory, data.members))
        _, is_ahead = self._newest_moment(database, at, data.sources, is_log_new=True)
        self._seldom_changed = database.row("seldom_changed", SeldomChanged, {"at": at})
        self._states = RowCache(data.states, attrgetter("agent_id"))
        self._changed_states: Changes[StateRow] = {}
        """What the last poll has read, and what was there before."""
        self._agents_of_call: defaultdict[int | None, set[int]] = defaultdict(set)
        self._note_calls(data.states)
        self._agent_days = RowCache(data.agent_days, attrgetter("agent_id"))
        self._campaign_days = RowCache(data.campaign_days, attrgetter("campaign_id"))
        self._calls = RowCache(data.calls, attrgetter("id"), attrgetter("entered_at", "id"))
        self._changed_calls: Changes[OpenCallRow] = {}
        self._members = RowCache(data.members, _queue_and_agent)
        self._tracked = RowCache(data.tracked, attrgetter("what", "id"))
        self._earlier_calls = floor_reader.earlier_calls_handled_today(database, data.site, data.day)
        self._note_whether_timeless(at, is_ahead=is_ahead, progress=data.progress)
        return data

    def _newest_moment(
        self, database: Database, at: int, sources: Sequence[Source], *, is_log_new: bool
    ) -> tuple[int | None, bool]:
        """As `floor_reader.newest_moment`; what it is of is in the change log, but for what sources report."""
        reported = [source.last_record_at for source in sources]
        if is_log_new or self._newest is None or reported != self._reported:
            self._newest, self._reported = floor_reader.newest_of_all(database), reported
        return floor_reader.newest_until(database, self._newest, at)

    def _note_whether_timeless(self, at: int, *, is_ahead: bool, progress: Sequence[Progress]) -> None:
        are_over = not self._earlier_calls or all(call.wrapped_up_at <= at for call in self._earlier_calls)
        self.is_timeless = are_over and not is_ahead and not progress

    def _note_calls(self, states: Iterable[StateRow]) -> None:
        for state in states:
            self._agents_of_call[state.call_id].add(state.agent_id)

    def _read_touched(self, database: Database, data: FloorData, touched: Touched, at: int) -> FloorData:
        found: dict[str, Any] = {}
        parameters = floor_reader.parameters_of(data.site, data.day, at)
        self._changed_states, self._changed_calls = {}, {}
        if touched.agents or touched.calls:
            self._read_agents(database, touched, parameters, found)
        if touched.calls or touched.customers:
            self._read_calls(database, touched, parameters, found)
        if touched.campaigns:
            self._read_campaigns(database, parameters, found)
            found["other_clients_sales"] = floor_reader.other_clients_sales(database, data.day)
        if touched.members:
            self._read_members(database, data, touched, found)
        if touched.quarters:
            self._read_totals(database, data, touched, parameters, found)
        if "outbound_call" in touched.subjects:
            found["outbound_histogram"] = database.pairs("outbound_handling_times", parameters)
        self._read_tracked(database, data, touched, parameters, found)
        if self._are_follow_ups_touched(data, touched):
            found.update(floor_reader.follow_ups(database, parameters, data.day, data.due_moments))
        if touched.past_moments or "shift" in touched.subjects:
            found["past"] = floor_reader.past_days(
                database,
                data.site,
                data.day,
                data.directory.calendar,
                complete=not data.progress,
                last=data.past,
                touched=touched.past_moments,
            )
        if touched.past_moments:
            self._earlier_calls = floor_reader.earlier_calls_handled_today(database, data.site, data.day)
        return with_rows(data, **found)

    def _with_history(self, database: Database, data: FloorData, touched: Touched | None, at: int) -> FloorData:
        """The rows with the history of alarms, once all others have been read."""
        polled = PolledRows(self._agent_days.by_key, self._states.by_key, self._changed_states, self._changed_calls)
        history = self._history.update(database, data, touched, polled, at)
        return data if history is data.alarm_history else replace(data, alarm_history=history)

    def _read_agents(self, database: Database, touched: Touched, parameters: Parameters, found: dict[str, Any]) -> None:
        agents = touched.agents.union(*(self._agents_of_call.get(call, ()) for call in touched.calls))
        own = {**parameters, "agents": dumps(list(agents))}
        rows = database.rows("open_states_of_agents", StateRow, own)
        changes = self._changed_states = self._states.update(agents, rows)
        for agent, (before, _) in changes.items():
            if before is not None:
                self._agents_of_call[before.call_id].discard(agent)
                if not self._agents_of_call[before.call_id]:
                    del self._agents_of_call[before.call_id]
        self._note_calls(now for _, now in changes.values() if now is not None)
        self._agent_days.update(agents, database.rows("agent_totals_of_agents", AgentTotals, own))
        found.update(states=self._states.rows, agent_days=self._agent_days.rows)

    def _read_calls(self, database: Database, touched: Touched, parameters: Parameters, found: dict[str, Any]) -> None:
        """Read open calls."""
        calls = touched.calls
        if touched.customers:
            calls = calls | {call.id for call in self._calls if call.customer_id in touched.customers}
        own = {**parameters, "calls": dumps(list(calls))}
        self._changed_calls = self._calls.update(calls, database.rows("open_calls_by_id", OpenCallRow, own))
        found["calls"] = self._calls.rows

    def _read_campaigns(self, database: Database, parameters: Parameters, found: dict[str, Any]) -> None:
        rows = database.rows("campaign_totals", CampaignTotals, parameters)
        keys = {row.campaign_id for row in rows} | self._campaign_days.by_key.keys()
        self._campaign_days.update(keys, rows)
        found["campaign_days"] = self._campaign_days.rows

    def _read_members(self, database: Database, data: FloorData, touched: Touched, found: dict[str, Any]) -> None:
        agents = touched.members
        rows = database.rows("current_members_of_agents", Membership, {"agents": dumps(list(agents))})
        rows = _with_names_of(data.directory, rows)
        keys = {_queue_and_agent(row) for row in rows}
        keys |= {(queue_id, agent) for agent in agents for queue_id in data.directory.queues}
        self._members.update(keys, rows)
        found["members"] = self._members.rows

    def _read_totals(
        self, database: Database, data: FloorData, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> None:
        """Read sums, quarters, histograms and longest waits of queues, and targets where these have been written."""
        since = min(touched.quarters.values())
        own = {**parameters, "queues": dumps(list(touched.quarters)), "since": since}
        read = floor_reader.by_queue(database.rows("quarter_totals", QueueTotals, own))
        sums, histograms, quarters, queues = {}, {}, {}, touched.quarters
        for queue_id in queues:
            before, now = data.quarters.get(queue_id, ()), read.get(queue_id, ())
            unchanged = before[: bisect_left(before, since, key=_start)]
            if unchanged or now:
                quarters[queue_id] = [*unchanged, *now]
                sums[queue_id] = _of_day(queue_id, data, replaced=before[len(unchanged) :], rows=now)
                if _same_handling(queue_id, data, sums[queue_id], touched):
                    histograms[queue_id] = data.histograms[queue_id]
                elif sums[queue_id].handled:
                    own["queue_id"] = queue_id
                    histograms[queue_id] = database.pairs("inbound_handling_times", own)
        waits = database.pairs("longest_waits_of_queues", own)
        found["queue_totals"] = _merged(data.queue_totals, queues, sums)
        found["quarters"] = _merged(data.quarters, queues, quarters)
        found["histograms"] = _merged(data.histograms, queues, histograms)
        found["longest_waits"] = _merged(data.longest_waits, queues, waits)
        if "targets" in touched.subjects:
            targets = {row.queue_id: row for row in database.rows("queue_targets", QueueTargets, parameters)}
            found["targets"] = _merged(data.targets, targets.keys() | data.targets.keys(), targets)

    def _read_tracked(
        self, database: Database, data: FloorData, touched: Touched, parameters: Parameters, found: dict[str, Any]
    ) -> None:
        # Agents in a state are tracked, and so are queues that somebody serves: these need no query.
        tracked, agents, queues, in_a_state, served = self._tracked.by_key, set(), set(), set(), set()
        for agent in touched.agents - {0}:
            if agent in self._states.by_key and agent in data.directory.agents:
                if ("agent", agent) in tracked:
                    continue
                in_a_state.add(agent)
            agents.add(agent)
        for queue in touched.queues - {0}:
            if self._members.has_any(queue) and queue in data.directory.queues:
                if ("queue", queue) in tracked:
                    continue
                served.add(queue)
            queues.add(queue)
        if not agents and not queues:
            return
        rows = [TrackedSubject("agent", agent) for agent in agents & in_a_state]
        rows += [TrackedSubject("queue", queue) for queue in queues & served]
        rows += floor_reader.tracked_subjects(
            database, {**parameters, "at": NEVER}, agents - in_a_state, queues - served
        )
        keys = {*(("agent", agent) for agent in agents), *(("queue", queue) for queue in queues)}
        self._tracked.update(keys, rows)
        found["tracked"] = self._tracked.rows

    def _are_follow_ups_touched(self, data: FloorData, touched: Touched) -> bool:
        if "follow_up" in touched.subjects:
            return True
        if data.follow_ups is not self._follow_ups:
            self._follow_ups = data.follow_ups
            calls, customers = (
                zip(*map(_calls_and_customers, data.follow_ups), strict=True) if data.follow_ups else ((), ())
            )
            self._calls_of_follow_ups, self._customers_of_follow_ups = frozenset(calls), frozenset(customers)
        return not (
            self._calls_of_follow_ups.isdisjoint(touched.calls)
            and self._customers_of_follow_ups.isdisjoint(touched.customers)
        )


def _are_of_same_work(data: FloorData, progress: Sequence[Progress], sources: Sequence[Source]) -> bool:
    """Whether long work is shown as before, and the sources are the same, but for what they report."""
    if bool(data.progress) != bool(progress):
        return False
    before, now = data.sources, sources
    return before == now or [(each.name, each.kind) for each in before] == [(each.name, each.kind) for each in now]


def _with_names_of(directory: Directory, members: Iterable[Membership]) -> list[Membership]:
    """Memberships with the directory's own names: each row that is read has others, 0.13 KB of them."""
    queues, agents = directory.queues, directory.agents
    return [
        replace(row, queue=queues[row.queue_id].name, agent=agents[row.agent_id].login)
        if row.queue_id in queues and row.agent_id in agents
        else row
        for row in members
    ]


def _of_day(
    queue_id: int, data: FloorData, *, replaced: Sequence[QueueTotals], rows: Sequence[QueueTotals]
) -> QueueTotals:
    """A queue's sums of the day after rows of quarters have been replaced by others."""
    before = data.queue_totals.get(queue_id)
    counts = [0] * len(QUEUE_COUNTS) if before is None else list(queue_counts(before))
    for row in replaced:
        counts = list(map(sub, counts, queue_counts(row)))
    for row in rows:
        counts = list(map(add, counts, queue_counts(row)))
    return QueueTotals(queue_id, data.day.starts_at, *counts)


def _same_handling(queue_id: int, data: FloorData, sums: QueueTotals, touched: Touched) -> bool:
    """Whether the handling times of a queue's calls are unchanged, as far as their sums can tell.

    They can tell if one call has changed: of several, one may have grown by as much as another shrank.
    """
    before = data.queue_totals.get(queue_id)
    return (
        before is not None
        and queue_id in data.histograms
        and len(touched.calls_of_queues[queue_id]) <= 1
        and _handling(before) == _handling(sums)
    )


def _merged(before: Mapping[int, Value], touched: Iterable[int], values: Mapping[int, Value]) -> Mapping[int, Value]:
    """The values with those of touched keys replaced; the same object if none has changed."""
    merged = None
    for key in touched:
        if before.get(key) != values.get(key):
            merged = dict(before) if merged is None else merged
            if key in values:
                merged[key] = values[key]
            else:
                merged.pop(key, None)
    return before if merged is None else merged
