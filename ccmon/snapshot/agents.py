"""Agents: the state now and the business day so far (metrics.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.handling import Handling, handling_since
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.open_calls import orphaned_at
from ccmon.model.agents import IN_A_CALL, AgentFigures, AgentState, AgentTimes
from ccmon.snapshot.agent_totals import AgentTotalsByTeam
from ccmon.snapshot.directory import AgentEntry, Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, EarlierCall, StateRow, TrackedSubject
from ccmon.snapshot.incremental import Changes, IncrementalValues, RowsByKey, changed
from ccmon.snapshot.members import MembersByAgent
from ccmon.snapshot.satisfaction import SurveyAnswers

NO_HANDLING = Handling()
NO_ANSWERS = SurveyAnswers(0, 0)
LOGGED_OUT = StateRow(0, AgentState.LOGGED_OUT)
UNTRACKED = StateRow(0, AgentState.UNKNOWN)
_queue_name = attrgetter("queue")
STATES = {state.value: state for state in AgentState}


class AgentsOfTheDay:
    """Every active agent of a directory, and others who were at work today, updated from one snapshot to the next.

    An agent without a change keeps the same record; without any change at all, the tuple is the same.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._states = RowsByKey[StateRow](attrgetter("agent_id"))
        self._tracked = RowsByKey[TrackedSubject](attrgetter("what", "id"))
        self._answers: Mapping[int | None, SurveyAnswers] = {}
        self._earlier_calls: Sequence[EarlierCall] = ()
        self._earlier_handling: Mapping[int, Handling] = {}
        self._figures = IncrementalValues[AgentFigures](directory.agents)
        self._touched: set[int] = set(directory.agents)

    @property
    def tracked(self) -> Container[object]:
        """Pairs of ``agent`` or ``queue`` and an id, for each one that some source reports on."""
        return self._tracked.by_key

    @property
    def all(self) -> Sequence[AgentFigures]:
        """In the order of the directory."""
        return self._figures.in_chunks

    @property
    def by_id(self) -> Mapping[int, AgentFigures]:
        """The same by id."""
        return self._figures.by_key

    def update(
        self,
        data: FloorData,
        totals: AgentTotalsByTeam,
        members: MembersByAgent,
        answers: Mapping[int | None, SurveyAnswers],
        when: NextChange,
        *,
        touched: Iterable[int],
    ) -> Changes[AgentFigures]:
        """Take the rows of another moment; return the records that have changed, before and now, by agent id.

        Args:
            data: the rows.
            totals: the agents' totals.
            members: who serves which queue.
            answers: what customers answered about each agent.
            when: the moment; collects when an agent's record changes.
            touched: agents whose totals or queues have changed.
        """
        touched = {*self._touched, *touched, *self._states.update(data.states)}
        for what, number in self._tracked.update(data.tracked):
            if what == "agent":
                touched.add(number)
        earlier_handling = self._earlier_handling
        if data.earlier_calls_handled_today is not self._earlier_calls:
            earlier_handling = _earlier_handling_today(data)
            touched.update(changed(self._earlier_handling, earlier_handling))
        if answers is not self._answers:
            touched.update(number for number in changed(self._answers, answers) if number is not None)
        self._touched, self._earlier_handling, self._answers = set(), earlier_handling, answers
        self._earlier_calls = data.earlier_calls_handled_today

        def make(agent_id: int, own: NextChange) -> AgentFigures | None:
            agent, state = self._directory.agents.get(agent_id), self._states.by_key.get(agent_id)
            if agent is None or not (agent.active or agent_id in totals or state is not None):
                return None
            if state is None:
                state = LOGGED_OUT if ("agent", agent_id) in self._tracked.by_key else UNTRACKED
            rows = _AgentRows(
                _without_orphaned_call(data, state, own),
                totals.of(agent_id),
                earlier_handling.get(agent_id, NO_HANDLING),
                (*map(_queue_name, members.of(agent_id)),),
                answers.get(agent_id, NO_ANSWERS),
                data.day.starts_at,
            )
            return _figures(data, agent, rows)

        return self._figures.update(touched, when, make)


class _AgentRows(Struct, frozen=True):
    """What an agent's figures are made from, apart from the directory."""

    now: StateRow
    day: AgentTotals
    earlier_handling: Handling
    served: tuple[str, ...]
    surveys: SurveyAnswers
    day_starts_at: int


def _without_orphaned_call(data: FloorData, now: StateRow, when: NextChange) -> StateRow:
    """Ready if the call is orphaned (metrics.md 1.5): its end was never reported but must be long past."""
    if now.entered_at is None or now.state not in IN_A_CALL:
        return now
    ended_at = orphaned_at(now.entered_at, data.site.max_open_ms)
    if not when.reached(ended_at):
        return now
    return replace(now, state=AgentState.READY, started_at=ended_at, queue_id=None, campaign_id=None)


def _figures(data: FloorData, agent: AgentEntry, rows: _AgentRows) -> AgentFigures:
    now, day, earlier_handling, surveys = rows.now, rows.day, rows.earlier_handling, rows.surveys
    handled = Handling(
        day.inbound_talk_ms + day.outbound_talk_ms,
        day.inbound_hold_ms + day.outbound_hold_ms,
        day.inbound_wrap_up_ms + day.outbound_wrap_up_ms,
    )
    spent = handled if earlier_handling is NO_HANDLING else handled + earlier_handling
    return AgentFigures(
        id=agent.id,
        login=agent.login,
        name=agent.name,
        team=agent.team,
        client=agent.client,
        state=STATES[now.state],
        reason=now.reason,
        since=now.started_at,
        queue=_work(data, now),
        call_id=now.call_id,
        is_queue=now.queue_id is not None,
        queues=rows.served,
        handled=day.inbound + day.outbound,
        inbound=day.inbound,
        outbound=day.outbound,
        handled_talk_ms=handled.talk_ms,
        handled_hold_ms=handled.hold_ms,
        handled_wrap_up_ms=handled.wrap_up_ms,
        inbound_talk_ms=day.inbound_talk_ms,
        inbound_wrap_up_ms=day.inbound_wrap_up_ms,
        times_before=AgentTimes(
            talk_ms=day.talking_ms - day.hold_ms,
            hold_ms=day.hold_ms,
            wrap_up_ms=day.wrap_up_ms,
            ready_ms=day.ready_ms,
            paused_ms=day.paused_ms,
            logged_in_ms=day.ready_ms + day.paused_ms + day.talking_ms + day.other_ms,
        ),
        counts_from=None if now.started_at is None else max(now.started_at, rows.day_starts_at),
        times_of_calls=AgentTimes(spent.talk_ms, spent.hold_ms, spent.wrap_up_ms),
        missed=day.missed,
        sales_calls=day.sales_calls,
        converted=day.converted,
        sales=day.sales,
        revenue_cents=day.revenue_cents,
        satisfied=surveys.satisfied,
        surveys=surveys.answers,
    )


def _work(data: FloorData, now: StateRow) -> str | None:
    """The queue or campaign of the call at hand."""
    if now.queue_id is not None:
        return data.directory.queues[now.queue_id].name
    return None if now.campaign_id is None else data.directory.campaigns[now.campaign_id].name


def _earlier_handling_today(data: FloorData) -> dict[int, Handling]:
    """By agent, the time within the day that calls from before it took."""
    found: defaultdict[int, Handling] = defaultdict(Handling)
    for call in data.earlier_calls_handled_today:
        spent = handling_since(data.day.starts_at, call.answered_at, call.ended_at, call.wrapped_up_at, call.hold_ms)
        found[call.agent_id] += spent
    return found
