"""The totals of a business day as they stood at an earlier moment, counted from the rows themselves.

Each function returns the records that the query ``live_*`` of its name returns, so that what follows need not know
where the rows came from.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ccmon.metrics import wait_times
from ccmon.snapshot.live_rows import (
    AgentTotals,
    CampaignTotals,
    FollowUpsDone,
    HandlingCount,
    LongestWait,
    OpenFollowUpRow,
    PromiseRow,
    QuarterSums,
    QueueSums,
)

QUARTER_MS = 900_000
DEFAULT_TARGETS = (20_000, 0.8, 5_000)

Targets = Mapping[int, tuple[int, float, int]]


class VisitRow(NamedTuple):
    """A visit or outbound attempt as it was. A row of ``as_of_visits``."""

    direction: str
    queue_id: int | None
    campaign_id: int | None
    agent_id: int | None
    entered_at: int
    answered_at: int | None
    ended_at: int | None
    wrapped_up_at: int | None
    wraps_up: int
    hold_ms: int
    outcome: str | None
    right_party: int
    served: int
    """Whether it was known by then to be answered (``calls.served_at``)."""

    @property
    def kind(self) -> str:
        """The class of the visit (metrics.md 2), as the column ``calls.class`` says it."""
        if self.served:
            return "answered"
        if self.outcome in {"unknown", "blocked"}:
            return self.outcome
        return "open" if self.ended_at is None else CLASSES.get(self.outcome or "", "unknown")

    @property
    def wait_ms(self) -> int | None:
        """From entry to answer or end; None while open, and where it was answered without a moment of answer."""
        left_at = self.answered_at if self.served else self.ended_at
        return None if left_at is None else wait_times.wait_ms(self.entered_at, left_at)

    @property
    def cut_off(self) -> bool:
        """Whether it was answered and nobody saw its end (metrics.md 1.5), as the column ``calls.cut_off`` says it."""
        return self.outcome == "unknown" and self.answered_at is not None

    @property
    def handled(self) -> bool:
        """Whether it was answered and is over, wrap-up included, as the column ``calls.handled`` says it."""
        ended = self.answered_at is not None and self.ended_at is not None
        return ended and not self.cut_off and not self.wraps_up

    @property
    def times(self) -> tuple[int, int, int]:
        """Talk, hold and wrap-up of a handled call."""
        ended_at, answered_at = self.ended_at or 0, self.answered_at or 0
        talk_ms = max(0, ended_at - answered_at - self.hold_ms)
        wrap_up_ms = 0 if self.wrapped_up_at is None else max(0, self.wrapped_up_at - ended_at)
        return talk_ms, self.hold_ms, wrap_up_ms


class StateTime(NamedTuple):
    """An agent's time in a state. A row of ``as_of_times``."""

    agent_id: int
    state: str
    spent_ms: int


class MissedCount(NamedTuple):
    """Calls that an agent missed. A row of ``as_of_missed``."""

    agent_id: int
    missed: int


class SaleRow(NamedTuple):
    """A sale that was not cancelled. A row of ``as_of_sales``."""

    call_id: int | None
    agent_id: int | None
    campaign_id: int | None
    revenue_cents: int


CLASSES = {
    "abandoned": "abandoned",
    "timeout": "timed_out",
    "no_agents": "no_agents",
    "incompatible": "no_agents",
    "exit_key": "diverted",
    "withdrawn": "diverted",
}
FINISHED = frozenset({"answered", "abandoned", "timed_out", "no_agents", "diverted"})
COUNTED = ("timed_out", "no_agents", "diverted", "unknown")


class Totals(NamedTuple):
    """Rows as the totals would have held them."""

    queue_sums: Mapping[int, QueueSums]
    quarters: Mapping[int, Sequence[QuarterSums]]
    longest_waits: Sequence[LongestWait]
    histograms: Mapping[int, Sequence[HandlingCount]]
    outbound_histogram: Sequence[HandlingCount]
    agent_days: Sequence[AgentTotals]
    campaign_days: Sequence[CampaignTotals]


def totals(
    visits: Iterable[VisitRow],
    times: Iterable[StateTime],
    missed: Iterable[MissedCount],
    sales: Iterable[SaleRow],
    *,
    targets: Targets,
    sales_queues: frozenset[int],
) -> Totals:
    """All totals of a day by the rows of the four queries ``as_of_visits``, ``_times``, ``_missed`` and ``_sales``."""
    day = _Day(targets, sales_queues)
    for visit in visits:
        day.count_visit(visit)
    day.count_times(times)
    for agent_id, number in missed:
        day.agents[agent_id][AGENT["missed"]] += number
    day.count_sales(sales)
    quarters: defaultdict[int, list[QuarterSums]] = defaultdict(list)
    for (queue_id, quarter_at), counts in sorted(day.quarters.items()):
        quarters[queue_id].append(QuarterSums(queue_id, quarter_at, *counts))
    return Totals(
        queue_sums={queue_id: _sums(queue_id, rows) for queue_id, rows in quarters.items()},
        quarters=dict(quarters),
        longest_waits=[LongestWait(*item) for item in sorted(day.longest.items())],
        histograms={queue_id: _histogram(calls) for queue_id, calls in day.inbound.items()},
        outbound_histogram=_histogram(day.outbound),
        agent_days=[AgentTotals(agent_id, *counts) for agent_id, counts in sorted(day.agents.items())],
        campaign_days=[CampaignTotals(campaign_id, *counts) for campaign_id, counts in sorted(day.campaigns.items())],
    )


class WaitRow(NamedTuple):
    """A row of wait_histogram."""

    queue_id: int
    day_at: int
    wait_s: int
    visits: int


class HandlingRow(NamedTuple):
    """A row of handling_histogram."""

    day_at: int
    direction: str
    queue_id: int
    handling_s: int
    calls: int


class AgentDayRow(NamedTuple):
    """A row of agent_days."""

    day_at: int
    agent_id: int
    inbound: int
    outbound: int
    inbound_talk_ms: int
    inbound_hold_ms: int
    inbound_wrap_up_ms: int
    outbound_talk_ms: int
    outbound_hold_ms: int
    outbound_wrap_up_ms: int
    sales_calls: int
    missed: int
    ready_ms: int
    paused_ms: int
    talking_ms: int
    other_ms: int
    hold_ms: int
    wrap_up_ms: int
    converted: int
    sales: int
    revenue_cents: int


class CampaignDayRow(NamedTuple):
    """A row of campaign_days."""

    day_at: int
    campaign_id: int
    attempts: int
    contacts: int
    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int


class TotalsText(NamedTuple):
    """The rows of one table of totals. A row of ``as_of_totals``."""

    total: str
    """The table."""
    rows: str
    """JSON: a list of rows, each a list in the order of the definition's columns."""


def totals_as_of(found: Iterable[TotalsText]) -> Totals:
    """All totals of a day by the rows of ``as_of_totals``."""
    rows = {row.total: json.loads(row.rows) for row in found}
    quarters: defaultdict[int, list[QuarterSums]] = defaultdict(list)
    for quarter in map(QuarterSums._make, rows["queue_quarters"]):
        quarters[quarter.queue_id].append(quarter)
    longest: dict[int, int] = {}
    for wait in map(WaitRow._make, rows["wait_histogram"]):
        longest[wait.queue_id] = max(wait.wait_s, longest.get(wait.queue_id, 0))
    inbound: defaultdict[int, list[HandlingCount]] = defaultdict(list)
    outbound: Counter[int] = Counter()
    for handling in map(HandlingRow._make, rows["handling_histogram"]):
        if handling.direction == "outbound":
            outbound[handling.handling_s] += handling.calls
        elif handling.queue_id:
            inbound[handling.queue_id].append(HandlingCount(handling.handling_s, handling.calls))
    agents = map(AgentDayRow._make, rows["agent_days"])
    campaigns = map(CampaignDayRow._make, rows["campaign_days"])
    return Totals(
        queue_sums={queue_id: _sums(queue_id, of_queue) for queue_id, of_queue in quarters.items()},
        quarters=dict(quarters),
        longest_waits=[LongestWait(*item) for item in longest.items()],
        histograms=dict(inbound),
        outbound_histogram=_histogram(outbound),
        agent_days=[AgentTotals._make(getattr(row, name) for name in AgentTotals._fields) for row in agents],
        campaign_days=[
            CampaignTotals._make(getattr(row, name) for name in CampaignTotals._fields) for row in campaigns
        ],
    )


def _sums(queue_id: int, quarters: Iterable[QuarterSums]) -> QueueSums:
    _, _, *sums = map(sum, zip(*quarters, strict=True))
    return QueueSums(queue_id, *sums)


def _histogram(calls: Mapping[int, int]) -> list[HandlingCount]:
    return [HandlingCount(*item) for item in calls.items()]


def _places(names: str) -> dict[str, int]:
    return {name: place for place, name in enumerate(names.split())}


QUARTER = _places(
    "offered answered answered_in_threshold abandoned short_abandoned timed_out no_agents diverted unknown"
    " answered_wait_ms abandoned_wait_ms handled talk_ms hold_ms wrap_up_ms cut_off answered_without_wait"
)
AGENT = _places(
    "inbound outbound inbound_talk_ms inbound_hold_ms inbound_wrap_up_ms outbound_talk_ms outbound_hold_ms"
    " outbound_wrap_up_ms sales_calls missed ready_ms paused_ms talking_ms other_ms converted sales revenue_cents"
    " hold_ms wrap_up_ms"
)
CAMPAIGN = _places("attempts contacts sales_calls converted sales revenue_cents")
SPENT = defaultdict(
    lambda: AGENT["other_ms"],
    ready=AGENT["ready_ms"],
    paused=AGENT["paused_ms"],
    talking=AGENT["talking_ms"],
    hold=AGENT["talking_ms"],
)
PART_OF = {"hold": AGENT["hold_ms"], "wrap_up": AGENT["wrap_up_ms"]}
"""States that are counted once more, apart from those they are added to."""


class _Day:
    def __init__(self, targets: Targets, sales_queues: frozenset[int]) -> None:
        self.targets, self.sales_queues = targets, sales_queues
        self.quarters: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(QUARTER))
        self.longest: dict[int, int] = {}
        self.inbound: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self.outbound: Counter[int] = Counter()
        self.agents: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(AGENT))
        self.campaigns: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(CAMPAIGN))

    def count_visit(self, visit: VisitRow) -> None:
        kind = visit.kind
        times = visit.times if visit.handled else None
        if visit.direction == "inbound" and visit.queue_id is not None and kind != "blocked":
            self._count_in_queue(visit, visit.queue_id, kind, times)
        if times is not None:
            seconds = sum(times) // 1000
            bucket = seconds if seconds < 600 else seconds - seconds % 10
            if visit.direction == "outbound":
                self.outbound[bucket] += 1
            elif visit.queue_id is not None:
                self.inbound[visit.queue_id][bucket] += 1
        if kind == "answered":
            self._count_for_agent(visit, times)
        if visit.direction == "outbound" and visit.campaign_id is not None:
            campaign = self.campaigns[visit.campaign_id]
            campaign[CAMPAIGN["attempts"]] += 1
            campaign[CAMPAIGN["contacts"]] += kind == "answered"
            campaign[CAMPAIGN["sales_calls"]] += kind == "answered" and visit.right_party

    def _count_in_queue(self, visit: VisitRow, queue_id: int, kind: str, times: tuple[int, int, int] | None) -> None:
        threshold_ms, _, short_ms = self.targets.get(queue_id, DEFAULT_TARGETS)
        counts = self.quarters[queue_id, visit.entered_at - visit.entered_at % QUARTER_MS]
        wait_ms = visit.wait_ms
        counts[0] += 1
        if kind == "answered":
            counts[QUARTER["answered"]] += 1
            counts[QUARTER["cut_off"]] += visit.cut_off
            if wait_ms is None:
                counts[QUARTER["answered_without_wait"]] += 1
            else:
                counts[QUARTER["answered_in_threshold"]] += wait_ms <= threshold_ms
                counts[QUARTER["answered_wait_ms"]] += wait_ms
        elif kind == "abandoned" and wait_ms is not None:
            counts[QUARTER["abandoned"]] += 1
            counts[QUARTER["short_abandoned"]] += wait_ms <= short_ms
            counts[QUARTER["abandoned_wait_ms"]] += wait_ms if wait_ms > short_ms else 0
        elif kind in COUNTED:
            counts[QUARTER[kind]] += 1
        if kind in FINISHED and wait_ms is not None:
            self.longest[queue_id] = max(self.longest.get(queue_id, 0), wait_ms // 1000)
        if times is not None:
            counts[QUARTER["handled"]] += 1
            for place, spent_ms in enumerate(times, start=QUARTER["talk_ms"]):
                counts[place] += spent_ms

    def _count_for_agent(self, visit: VisitRow, times: tuple[int, int, int] | None) -> None:
        agent = self.agents[visit.agent_id or 0]
        sales_call = visit.queue_id in self.sales_queues if visit.direction == "inbound" else bool(visit.right_party)
        agent[AGENT["sales_calls"]] += sales_call
        if times is not None:
            agent[AGENT[visit.direction]] += 1
            for place, spent_ms in enumerate(times, start=AGENT[f"{visit.direction}_talk_ms"]):
                agent[place] += spent_ms

    def count_times(self, times: Iterable[StateTime]) -> None:
        for agent_id, state, spent_ms in times:
            if state != "logged_out":
                agent = self.agents[agent_id]
                agent[SPENT[state]] += spent_ms
                if state in PART_OF:
                    agent[PART_OF[state]] += spent_ms

    def count_sales(self, sales: Iterable[SaleRow]) -> None:
        converted: set[tuple[str, int | None, int | None]] = set()
        for call_id, agent_id, campaign_id, revenue_cents in sales:
            for scope, identity, counts, places in (
                ("agent", agent_id or 0, self.agents[agent_id or 0], AGENT),
                ("campaign", campaign_id, self.campaigns[campaign_id] if campaign_id is not None else None, CAMPAIGN),
            ):
                if counts is None:
                    continue
                counts[places["sales"]] += 1
                counts[places["revenue_cents"]] += revenue_cents
                counts[places["converted"]] += call_id is None or (scope, identity, call_id) not in converted
                converted.add((scope, identity, call_id))


class FollowUpRow(NamedTuple):
    """A follow-up as it is now. A row of ``as_of_follow_ups``."""

    id: int
    customer: str | None
    agent_id: int | None
    kind: str
    due_at: int
    promised_at: int
    note: str | None
    customer_id: int | None
    phone: str | None
    done_at: int | None
    outcome: str | None


class AuditRow(NamedTuple):
    """What a follow-up was before somebody changed it. A row of ``as_of_audit``."""

    subject_id: int
    before: str
    """JSON: the columns that were changed."""


def follow_up_rows(
    follow_ups: Iterable[FollowUpRow], acts: Iterable[AuditRow], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Follow-ups as they were at an earlier moment.

    Args:
        follow_ups: as they are now.
        acts: what was done to them since then, the latest first.
        parameters: the moment and the edges of its business day.
    """
    at, starts_at, ends_at = parameters["at"], parameters["day_starts_at"], parameters["day_ends_at"]
    before: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for act in acts:
        before[act.subject_id] |= json.loads(act.before)
    due: list[OpenFollowUpRow] = []
    promises: list[PromiseRow] = []
    done_by: Counter[int | None] = Counter()
    for row in follow_ups:
        follow_up = row._replace(**before.get(row.id, {}))
        if follow_up.done_at is not None and follow_up.done_at > at:
            follow_up = follow_up._replace(done_at=None, outcome=None)
        if follow_up.done_at is None and follow_up.outcome is None and follow_up.due_at < ends_at:
            due.append(OpenFollowUpRow._make(getattr(follow_up, name) for name in OpenFollowUpRow._fields))
        if follow_up.outcome != "cancelled":
            if starts_at <= follow_up.promised_at < ends_at:
                promises.append(PromiseRow(follow_up.promised_at, follow_up.done_at, follow_up.agent_id))
            if follow_up.done_at is not None and starts_at <= follow_up.done_at < ends_at:
                done_by[follow_up.agent_id] += 1
    return {
        "follow_ups": sorted(due, key=lambda row: (row.due_at, row.id)),
        "promises": promises,
        "follow_ups_done": [FollowUpsDone(*item) for item in done_by.items()],
    }
