"""The tables of a report: queues, teams, agents, problems, promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import inf

from ccmon.formatting import dated
from ccmon.metrics import agents as agent_ratios
from ccmon.metrics import ratios
from ccmon.metrics.contact_reasons import Occurrences, pareto, rising
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.queues import QueueFigures
from ccmon.model.sales import SalesFigures
from ccmon.model.stretches import ReasonName, StretchKind
from ccmon.report.figures import Better, Mark, Unit, reaches
from ccmon.report.goals import ON_PLAN
from ccmon.report.parts import Narrowed
from ccmon.report.tables import Column, Row, Table, row, without_unknown
from ccmon.views.handling import MUCH_OVER

REASONS_SHOWN = 12
LATE_SHOWN = 15
NOT_NOTED = ReasonName("no reason noted", None, is_problem=False)

QUEUE_COLUMNS = (
    Column("name", "Queue", Unit.TEXT),
    Column("offered", "Calls", Unit.COUNT, "Visits to the queue."),
    Column("answered", "Answered", Unit.COUNT, rank=4),
    Column("lost", "Lost", Unit.COUNT, "Not served: gave up (short abandons left out), waited too long, sent away."),
    Column(
        "abandonment_rate", "Abandoned", Unit.SMALL_SHARE, "Abandoned over finished visits, without short ones.", rank=3
    ),
    Column("service_level_live", "Service level", Unit.SHARE, "Answered within the queue's threshold."),
    Column("service_level_target", "Target", Unit.SHARE),
    Column("asa_ms", "Speed of answer", Unit.LENGTH, "Mean wait of the answered.", rank=2),
    Column("aht_ms", "Handling time", Unit.LENGTH, "Mean of talk, hold and wrap-up."),
    Column("handling_target_ms", "Its target", Unit.LENGTH, rank=5),
)
TEAM_COLUMNS = (
    Column("name", "Team", Unit.TEXT),
    Column("agents", "Agents", Unit.COUNT, "Those who were at work."),
    Column("inbound", "Calls in", Unit.COUNT, "Inbound calls handled."),
    Column("outbound", "Calls out", Unit.COUNT, "Outbound calls handled.", rank=6),
    Column("aht_inbound_ms", "Handling in", Unit.LENGTH, "Mean of talk, hold and wrap-up.", rank=7),
    Column("occupancy", "Occupancy", Unit.SHARE, "Handling over handling and ready time.", rank=5),
    Column("sales", "Orders", Unit.COUNT),
    Column("quota_sales", "Quota", Unit.COUNT, rank=4),
    Column("attainment", "Attained", Unit.SHARE),
    Column("conversion", "Conversion", Unit.SMALL_SHARE, rank=3),
    Column("satisfied", "Satisfied", Unit.SHARE, "Of the answers about these calls, from 10 on.", rank=2),
    Column("on_time_rate", "Promises kept", Unit.SHARE, rank=8),
)
AGENT_COLUMNS = (
    Column("name", "Agent", Unit.TEXT),
    Column("team", "Team", Unit.TEXT, rank=9),
    Column("inbound", "In", Unit.COUNT, "Inbound calls handled."),
    Column("outbound", "Out", Unit.COUNT, "Outbound calls handled.", rank=8),
    Column("aht_ms", "Handling", Unit.LENGTH, "Mean of talk, hold and wrap-up, both directions."),
    Column("occupancy", "Occupied", Unit.SHARE, "Handling over handling and ready time."),
    Column("logged_in_ms", "Logged in", Unit.HOURS, rank=6),
    Column("paused_ms", "Paused", Unit.HOURS, rank=7),
    Column("missed", "Missed", Unit.COUNT, "Calls that rang and were not answered.", rank=5),
    Column("sales", "Orders", Unit.COUNT),
    Column("quota_sales", "Quota", Unit.COUNT, rank=2),
    Column("attainment", "Attained", Unit.SHARE),
    Column("conversion", "Conv.", Unit.SMALL_SHARE, "Conversion.", rank=4),
    Column("satisfaction", "Satisfied", Unit.SHARE, "28 days, from 10 answers on.", rank=3),
)
REASON_COLUMNS = (
    Column("name", "Reason", Unit.TEXT),
    Column("product", "Product", Unit.TEXT, rank=3),
    Column("calls", "Calls", Unit.COUNT, "Answered calls with this reason."),
    Column("per_100_calls", "Of 100", Unit.NUMBER, "Of 100 answered calls.", rank=2),
    Column("usual", "Usual", Unit.NUMBER, "How many calls there would have been at the usual rate."),
    Column("ratio", "Times as usual", Unit.NUMBER),
    Column("rising", "Trend", Unit.TEXT),
)
OWNER_COLUMNS = (
    Column("name", "Agent", Unit.TEXT),
    Column("team", "Team", Unit.TEXT, rank=1),
    Column("kept", "Kept", Unit.COUNT, "Promised calls made on time."),
    Column("late", "Late", Unit.COUNT, "Promised calls made late, or due and not made."),
    Column("on_time_rate", "Kept on time", Unit.SHARE),
    Column("overdue", "Late and open", Unit.COUNT, "Of this and earlier days, still to be made."),
)
LATE_COLUMNS = (
    Column("name", "Customer", Unit.TEXT),
    Column("kind", "What", Unit.TEXT, rank=1),
    Column("owner", "Owed by", Unit.TEXT),
    Column("due", "Was due", Unit.TEXT),
    Column("overdue_ms", "Late by", Unit.HOURS),
)


def queues(narrowed: Narrowed) -> Table:
    """The queues, those furthest under their target first."""
    floor = narrowed.covered.floor
    at = floor.known_until

    def line(queue: QueueFigures, name: str, *, is_total: bool = False) -> Row:
        level, target = queue.service_level_live(at), queue.service_level_target
        aht, aht_target = queue.aht_ms, queue.handling_target_ms
        return row(
            name,
            queue.offered,
            queue.answered,
            queue.lost,
            queue.abandonment_rate,
            (level, _mark(level, target, Unit.SHARE, Better.MORE)),
            target,
            queue.asa_ms,
            (aht, _handling_mark(aht, aht_target)),
            aht_target,
            is_total=is_total,
        )

    def need(queue: QueueFigures) -> tuple[float, str]:
        level, target = queue.service_level_live(at), queue.service_level_target
        return inf if level is None or target is None else level - target, queue.name.casefold()

    rows = [line(queue, queue.name) for queue in sorted(floor.queues, key=need) if queue.offered or queue.answered]
    if len(rows) > 1:
        rows.append(line(floor.total, "All queues", is_total=True))
    return without_unknown(
        Table(
            key="queues",
            title="Queues",
            columns=QUEUE_COLUMNS,
            rows=tuple(rows),
            order="Furthest under the target of the service level first.",
            empty="No call came into a queue.",
        )
    )


def _mark(value: float | None, target: float | None, unit: Unit, better: Better) -> Mark:
    if value is None or target is None:
        return Mark.NONE
    return Mark.REACHED if reaches(value, target, unit, better) else Mark.MISSED


def _handling_mark(aht_ms: float | None, target_ms: float | None) -> Mark:
    """As on the screen: missed when it is much over its target."""
    if aht_ms is None or not target_ms:
        return Mark.NONE
    if aht_ms > MUCH_OVER * target_ms:
        return Mark.MISSED
    return Mark.REACHED if reaches(aht_ms, target_ms, Unit.LENGTH, Better.LESS) else Mark.NONE


def _sold(narrowed: Narrowed, kind: str) -> Mapping[int | None, SalesFigures]:
    """The lines of sales of a kind, by their id: of the floor at the moment, which knows quotas."""
    return {line.id: line for line in narrowed.floor.sales if line.kind == kind}


def _quota_cells(narrowed: Narrowed, line: SalesFigures | None) -> tuple[float | None, tuple[float | None, Mark]]:
    """The quota of a line, and how far it is attained: marked once nothing more can come."""
    quota = narrowed.quota_of(line)
    if quota is None or quota.quota_sales is None:
        return None, (None, Mark.NONE)
    attainment = quota.attainment
    if narrowed.stretch.is_over:
        return quota.quota_sales, (attainment, _mark(attainment, ON_PLAN, Unit.SHARE, Better.MORE))
    return quota.quota_sales, (attainment, _mark(quota.pace, ON_PLAN, Unit.SHARE, Better.MORE))


def teams(narrowed: Narrowed) -> Table:
    """The teams, those furthest from their quota first."""
    part, floor = narrowed.covered, narrowed.covered.floor
    by_team: defaultdict[str, list[AgentFigures]] = defaultdict(list)
    for agent in _at_work(narrowed):
        if agent.team is not None:
            by_team[agent.team].append(agent)
    lines = {line.name: line for line in _sold(narrowed, "team").values()}
    counted = {line.name: line for line in floor.sales if line.kind == "team"}
    handling = {
        line.name: line for line in floor.handling if line.kind == "team" and line.direction is Direction.INBOUND
    }
    answers = {line.name: line for line in floor.satisfaction or () if line.kind == "team"}
    found = []
    for name, people in by_team.items():
        quota, attained = _quota_cells(narrowed, lines.get(name))
        line, aht, said = counted.get(name), handling.get(name), answers.get(name)
        owners = [owner for owner in floor.follow_ups.owners or () if owner.team == name]
        kept, due = sum(owner.kept.on_time for owner in owners), sum(owner.kept.decided for owner in owners)
        found.append(
            row(
                name,
                len(people),
                sum(agent.inbound for agent in people),
                sum(agent.outbound for agent in people),
                None if aht is None else aht.aht_ms,
                _occupancy(people, part.floor.known_until),
                None if line is None else line.sales,
                quota,
                attained,
                None if line is None else line.conversion,
                None if said is None else said.top_two_box,
                ratios.share(kept, due),
            )
        )
    place = [column.key for column in TEAM_COLUMNS].index("attainment")
    return without_unknown(
        Table(
            key="teams",
            title="Teams",
            columns=TEAM_COLUMNS,
            rows=tuple(sorted(found, key=lambda each: (_number(each, place), each.name.casefold()))),
            order="Furthest from the quota first." if lines else "",
            empty="No team has handled a call.",
        )
    )


def _number(line: Row, place: int) -> float:
    value = line.cells[place].value
    return value if isinstance(value, (int, float)) else inf


def _occupancy(people: Iterable[AgentFigures], at: int) -> float | None:
    times = [each for agent in people if (each := agent.times(at)).logged_in_ms]
    return agent_ratios.occupancy(
        sum(each.talk_ms for each in times),
        sum(each.hold_ms for each in times),
        sum(each.wrap_up_ms for each in times),
        sum(each.ready_ms for each in times),
    )


def _at_work(narrowed: Narrowed) -> Sequence[AgentFigures]:
    """The agents who were there, or have calls or orders."""
    floor = narrowed.covered.floor
    return [
        agent
        for agent in floor.agents
        if agent.handled or agent.sales or agent.missed or agent.times(floor.known_until).logged_in_ms
    ]


def agents(narrowed: Narrowed) -> Table:
    """The agents who were at work, by team; in each those first who have come furthest with their quota."""
    at = narrowed.covered.floor.known_until
    sold = _sold(narrowed, "agent")
    lately: Mapping[int, float | None] = {agent.id: agent.satisfaction for agent in narrowed.floor.agents}
    found: list[tuple[tuple[str, float, int, str], Row]] = []
    for agent in _at_work(narrowed):
        quota, attained = _quota_cells(narrowed, sold.get(agent.id))
        times = agent.times(at)
        made = row(
            agent.name,
            agent.team,
            agent.inbound,
            agent.outbound,
            agent.aht_ms,
            times.occupancy,
            times.logged_in_ms or None,
            times.paused_ms if times.logged_in_ms else None,
            (agent.missed, Mark.NONE),
            agent.sales,
            quota,
            attained,
            agent.conversion,
            lately.get(agent.id),
        )
        order = (agent.team or "~").casefold(), -(attained[0] or 0.0), -agent.handled, agent.name.casefold()
        found.append((order, made))
    found.sort(key=lambda each: each[0])
    return without_unknown(
        Table(
            key="agents",
            title="Agents",
            columns=AGENT_COLUMNS,
            rows=tuple(made for _, made in found),
            order="By team; who has come furthest with the quota first.",
            empty="No agent was at work.",
        )
    )


def reasons(narrowed: Narrowed) -> Table | None:
    """Why customers called, the rising first; None where no reasons are kept, or they are not known for the part."""
    part, counts = narrowed.covered, narrowed.covered.reasons
    if counts is None or not narrowed.reason_names:
        return None
    found, compared = _reason_rows(narrowed)
    if not any(each.name != NOT_NOTED.name for _, each in found):
        return None
    found.sort(key=lambda each: each[0])
    usual = "on the same weekdays of past weeks" if part.stretch.kind is StretchKind.DAY else compared
    order = f"Rising ones first, then the most frequent. Usual: {usual}." if usual else "The most frequent first."
    return without_unknown(
        Table(
            key="problems",
            title="Why customers called",
            columns=REASON_COLUMNS,
            rows=tuple(made for _, made in found[:REASONS_SHOWN]),
            order=order,
        )
    )


_Ordered = list[tuple[tuple[int, int, float, str], Row]]


def _reason_rows(narrowed: Narrowed) -> tuple[_Ordered, str]:
    problems = narrowed.floor.problems
    if narrowed.stretch.kind is StretchKind.DAY and problems is not None:
        return [
            _reason_row(
                ReasonName(each.name, each.product, each.is_problem),
                each.calls,
                each.per_100_calls,
                each.usual,
                each.ratio,
                is_noted=each.id is not None,
                is_rising=bool(each.rising),
                is_new=bool(each.is_new) and each.is_problem,
            )
            for each in problems.reasons
        ], ""
    counts = narrowed.covered.reasons or {}
    answered = sum(counts.values())
    earlier = narrowed.compared
    before = earlier.reasons if earlier is not None and earlier.reasons is not None else {}
    answered_before = sum(before.values())
    occurrences = {
        reason: Occurrences(number, answered, before.get(reason, 0), answered_before)
        for reason, number in counts.items()
        if reason is not None
    }
    flagged = rising(occurrences) if answered_before else set()
    rows = []
    for bar in pareto(counts, answered):
        found = occurrences.get(bar.reason) if answered_before and bar.reason is not None else None
        rows.append(
            _reason_row(
                narrowed.reason_names.get(bar.reason, NOT_NOTED),
                round(bar.count),
                bar.per_100_calls,
                None if found is None else found.usual,
                None if found is None else found.ratio,
                is_noted=bar.reason is not None,
                is_rising=bar.reason in flagged,
                is_new=found is not None and found.is_new,
            )
        )
    kind = narrowed.stretch.kind
    return rows, f"by the {kind} before" if answered_before and kind is not StretchKind.SINCE else "a week before"


def _reason_row(
    name: ReasonName,
    calls: int,
    per_100_calls: float | None,
    usual: float | None,
    ratio: float | None,
    *,
    is_noted: bool,
    is_rising: bool,
    is_new: bool,
) -> tuple[tuple[int, int, float, str], Row]:
    mark = Mark.RISING if is_rising else Mark.NEW if is_new else Mark.NONE
    made = row(name.name, name.product, calls, per_100_calls, usual, ratio, (mark.value or None, mark))
    return (not is_noted, 0 if is_rising else 1, -calls, name.name.casefold()), made


def owners(narrowed: Narrowed) -> Table:
    """Who owed promised calls, those with most late ones first."""
    found = []
    for owner in narrowed.covered.floor.follow_ups.owners or ():
        late = owner.kept.decided - owner.kept.on_time
        if owner.kept.decided or owner.overdue:
            found.append(
                row(
                    owner.name,
                    owner.team,
                    owner.kept.on_time,
                    (late, Mark.LATE if late else Mark.NONE),
                    ratios.share(owner.kept.on_time, owner.kept.decided),
                    (owner.overdue, Mark.LATE if owner.overdue else Mark.NONE),
                )
            )
    found.sort(key=lambda each: (-_number(each, 3), -_number(each, 5), -_number(each, 2), each.name.casefold()))
    return Table(
        key="owners",
        title="Promised calls by agent",
        columns=OWNER_COLUMNS,
        rows=tuple(found),
        order="Most late ones first.",
        empty="No call was promised for this time.",
    )


def late_promises(narrowed: Narrowed) -> Table:
    """Promised calls that are late and still to be made, the oldest first."""
    floor, now = narrowed.floor, NextChange(narrowed.floor.at)
    items = [item for item in floor.follow_ups.items if item.is_overdue(now)]
    return Table(
        key="late_promises",
        title="Late and still to be made",
        columns=LATE_COLUMNS,
        rows=tuple(
            row(
                item.customer or "unknown",
                item.kind,
                item.owner or "nobody",
                dated(item.due_at, narrowed.zone, floor.at),
                (item.overdue_ms(floor.at), Mark.LATE),
            )
            for item in items[:LATE_SHOWN]
        ),
        order="The oldest first." if len(items) <= LATE_SHOWN else f"The oldest {LATE_SHOWN} of {len(items)}.",
        empty="None.",
    )
