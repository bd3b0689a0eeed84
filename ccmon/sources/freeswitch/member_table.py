"""Turns what differs between two readings of FreeSWITCH's members table into floor events.

What the database does not show even when polled every second: why an unanswered caller left (hang-up, time-out, key and
no agents are all ``Abandoned`` and count as abandoned here), how often and how long a telephone rang between two polls,
and calls that began and ended between two polls without changing an agent's ``last_bridge_start``. Nothing in the file
says that the switch is down: its last callers then seem to go on waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database.source_records import is_of_a_record, unexpected_error_reason
from ccmon.events import (
    AnswerUndone,
    CallAnswered,
    CallEnded,
    CallEntered,
    CallMissed,
    CallOffered,
    FloorEvent,
    OfferWithdrawn,
)
from ccmon.model.calls import Outcome
from ccmon.sources.freeswitch.reported_agents import RECEIVING, ReportedAgents
from ccmon.sources.freeswitch.tables import AgentRow, CallCenterTables, MemberRow
from ccmon.sources.freeswitch.translator import Caller

_TO_ALL: Final = frozenset({"ring-all", "ring-progressively"})


@dataclass
class SeenCaller:
    """A caller as the last poll found them."""

    row: MemberRow
    answered_at: int | None = None


class MemberTableComparison:
    """Compares each reading of the tables with the one before."""

    def __init__(self, reported: ReportedAgents, callers: dict[str, Caller]) -> None:
        """``callers``: the callers in the queues, shared with the event socket's translator."""
        self.reported = reported
        self._callers = callers
        self._seen: dict[str, SeenCaller] = {}
        self._left: frozenset[str] = frozenset()
        """Rows left over at the last poll: the switch keeps those of abandoned callers, some for ever."""
        self._agents: dict[str, AgentRow] = {}
        self.errors: list[str] = []
        """One entry per caller whose row could not be understood, with the reason."""

    def resume(self, state_machine: CallStateMachine) -> None:
        """Take over the callers whom the database has in the queues; the next reading is compared with them."""
        self._seen.clear()
        self._callers.clear()
        for visits in state_machine.calls.values():
            for visit in visits:
                if visit.ended_at is None and visit.queue is not None:
                    state = "Waiting" if visit.answered_at is None else "Answered"
                    row = MemberRow(visit.queue, visit.call_id, state=state, serving_agent=visit.agent or "")
                    row = row._replace(bridge_epoch=(visit.answered_at or 0) // 1000)
                    self._seen[visit.call_id] = SeenCaller(row, visit.answered_at)
                    ringing_since = dict.fromkeys(visit.ringing or (), visit.entered_at)
                    self._callers[visit.call_id] = Caller(visit.queue, visit.agent, ringing_since)

    def compare(
        self, at: int, tables: CallCenterTables, is_known: Callable[[str], bool], *, clock_offset_ms: int = 0
    ) -> Iterator[FloorEvent]:
        """What has changed since the last reading. ``is_known``: whether a call was reported before, to skip it."""
        reading = _TableReading(self, at, tables, clock_offset_ms)
        yield from self.reported.refresh(at, tables)
        present = {row.uuid: row for row in tables.members}
        for uuid in self._seen.keys() - present.keys():
            yield from self._unless_it_raises(uuid, reading.gone(uuid, self._seen.pop(uuid)))
        for uuid, row in present.items():
            if row.in_queue:
                yield from self._unless_it_raises(uuid, reading.in_queue(row, self._seen.get(uuid)))
            elif row.left_over:
                if uuid in self._seen:
                    yield from self._unless_it_raises(uuid, reading.abandoned(row, self._seen.pop(uuid)))
                elif row.abandoned_epoch and uuid not in self._left and not is_known(uuid):
                    yield from self._unless_it_raises(uuid, reading.came_and_left(row))
        self._left = frozenset(uuid for uuid, row in present.items() if row.left_over)
        yield from reading.ringing_changes()
        self._agents = {row.name: row for row in tables.agents}

    def _unless_it_raises(self, uuid: str, reported: Iterator[FloorEvent]) -> list[FloorEvent]:
        """The events of one caller; none, and an entry in ``errors``, where that raises."""
        try:
            return list(reported)
        except Exception as error:
            if not is_of_a_record(error):
                raise
            self.errors.append(f"{uuid} {unexpected_error_reason(error)}")
            return []


class _TableReading:
    """One reading of the tables, and the events that follow from it for single callers."""

    def __init__(
        self, comparison: MemberTableComparison, at: int, tables: CallCenterTables, clock_offset_ms: int
    ) -> None:
        self.comparison = comparison
        self.at = at
        self.tables = tables
        self.offset = clock_offset_ms
        self.agents = {row.name: row for row in tables.agents}
        self.callers = comparison._callers

    def moment(self, epoch: int) -> int:
        """A moment of the switch's clock by our clock; now where the switch gives none."""
        return min(self.at, epoch * 1000 + self.offset) if epoch else self.at

    def in_queue(self, row: MemberRow, seen: SeenCaller | None) -> Iterator[FloorEvent]:
        if seen is None:
            yield from self.enter(row)
            seen = self.comparison._seen[row.uuid] = SeenCaller(row._replace(state="Waiting", serving_agent=""))
        before, seen.row = seen.row, row
        caller = self.callers[row.uuid]
        if row.state == "Answered" and (before.state != "Answered" or before.serving_agent != row.serving_agent):
            yield from self.answer(row, seen, caller)
        elif row.state != "Answered" and before.state == "Answered":
            caller.agent = seen.answered_at = None
            yield AnswerUndone(self.at, row.uuid, row.queue, before.serving_agent)

    def enter(self, row: MemberRow) -> Iterator[FloorEvent]:
        self.callers[row.uuid] = Caller(row.queue)
        entered_at = self.moment(row.rejoined_epoch or row.joined_epoch)
        yield CallEntered(entered_at, row.uuid, row.queue, row.cid_number or None, row.cid_name or None)

    def answer(self, row: MemberRow, seen: SeenCaller, caller: Caller) -> Iterator[FloorEvent]:
        seen.answered_at = self.moment(row.bridge_epoch)
        for agent in caller.ringing_since:
            if agent != row.serving_agent:
                yield OfferWithdrawn(self.at, row.uuid, row.queue, agent)
        caller.ringing_since.clear()
        caller.agent = row.serving_agent
        yield from self.comparison.reported.wrap_ups.end(seen.answered_at, row.serving_agent)
        yield CallAnswered(seen.answered_at, row.uuid, row.queue, row.serving_agent)

    def abandoned(self, row: MemberRow, seen: SeenCaller) -> Iterator[FloorEvent]:
        """End an abandoned caller's visit; as unknown without a moment, as after a crash of the switch."""
        yield from self.stop_rings(row.uuid)
        if seen.row.state == "Answered" and row.abandoned_epoch:
            yield AnswerUndone(self.at, row.uuid, row.queue, seen.row.serving_agent)
        outcome, ended_by = (Outcome.ABANDONED, "caller") if row.abandoned_epoch else (Outcome.UNKNOWN, None)
        yield CallEnded(self.moment(row.abandoned_epoch), row.uuid, row.queue, outcome, ended_by)

    def came_and_left(self, row: MemberRow) -> Iterator[FloorEvent]:
        """A caller who came and left between two polls, or before the first."""
        yield from self.enter(row)
        del self.callers[row.uuid]
        yield CallEnded(self.moment(row.abandoned_epoch), row.uuid, row.queue, Outcome.ABANDONED, "caller")

    def gone(self, uuid: str, seen: SeenCaller) -> Iterator[FloorEvent]:
        """A row is gone: the switch deletes a served caller's at the end of the call."""
        row = seen.row
        yield from self.stop_rings(uuid)
        if row.state != "Answered":
            served_by = self.served_unseen(row)
            if served_by is None:
                yield CallEnded(self.at, uuid, row.queue, Outcome.UNKNOWN)
                return
            row = row._replace(serving_agent=served_by.name, bridge_epoch=served_by.last_bridge_start)
            yield CallAnswered(self.moment(row.bridge_epoch), uuid, row.queue, served_by.name)
        agent = self.agents.get(row.serving_agent)
        ended = agent.last_bridge_end if agent and agent.last_bridge_end >= row.bridge_epoch else 0
        ended_at = self.moment(ended)
        wraps_up = self.comparison.reported.begin_wrap_up(ended_at, row.serving_agent)
        yield CallEnded(ended_at, uuid, row.queue, Outcome.ANSWERED, agent=row.serving_agent, wraps_up=wraps_up)

    def served_unseen(self, row: MemberRow) -> AgentRow | None:
        """The agent to whom this caller was offered, if they began and ended a call since the last poll."""
        now, before = self.agents.get(row.serving_agent), self.comparison._agents.get(row.serving_agent)
        if now and before and now.last_bridge_start > before.last_bridge_start <= now.last_bridge_end:
            return now
        return None

    def stop_rings(self, uuid: str) -> Iterator[FloorEvent]:
        caller = self.callers.pop(uuid, None)
        for agent in caller.ringing_since if caller else ():
            yield OfferWithdrawn(self.at, uuid, caller.queue if caller else "", agent)

    def ringing_changes(self) -> Iterator[FloorEvent]:
        """Changes since the last poll in which telephones ring for which callers."""
        ringing = dict(self.ringing())
        for uuid, caller in self.callers.items():
            for agent in [name for name in caller.ringing_since if ringing.get(name) != uuid]:
                yield self.stopped(uuid, caller, agent)
        for agent, uuid in ringing.items():
            caller = self.callers[uuid]
            if agent not in caller.ringing_since:
                caller.ringing_since[agent] = self.at
                yield CallOffered(self.at, uuid, caller.queue, agent)

    def ringing(self) -> Iterator[tuple[str, str]]:
        offered = {(tier.queue, tier.agent) for tier in self.tables.tiers if tier.state == "Offering"}
        for row in self.tables.members:
            if row.state != "Trying" or not row.in_queue:
                continue
            if row.serving_agent not in _TO_ALL:
                yield row.serving_agent, row.uuid
                continue
            for agent in self.tables.agents:
                if agent.state == RECEIVING and (row.queue, agent.name) in offered:
                    yield agent.name, row.uuid

    def stopped(self, uuid: str, caller: Caller, agent: str) -> FloorEvent:
        """A ringing that ended. Only a call that rang out raises the agent's count; one refused or busy does not."""
        since = caller.ringing_since.pop(agent)
        now, before = self.agents.get(agent), self.comparison._agents.get(agent)
        if now and before and now.no_answer_count > before.no_answer_count:
            return CallMissed(self.at, uuid, caller.queue, agent, max(0, self.at - since))
        return OfferWithdrawn(self.at, uuid, caller.queue, agent)
