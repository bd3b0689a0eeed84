"""The tables of teams and of agents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ccmon.metrics import ratios
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.sales import SalesFigures
from ccmon.report.figures import Better, Mark, Unit, mark_of
from ccmon.report.goals import ON_PLAN
from ccmon.report.parts import Narrowed, occupancy_of
from ccmon.report.tables import ReportColumn, ReportRow, Table, number_in, row, without_unknown

TEAM_COLUMNS = (
    ReportColumn("name", "Team", Unit.TEXT),
    ReportColumn("agents", "Agents", Unit.COUNT, "Those who were at work."),
    ReportColumn("inbound", "Calls in", Unit.COUNT, "Inbound calls handled.", rank=1),
    ReportColumn("outbound", "Calls out", Unit.COUNT, "Outbound calls handled.", rank=6),
    ReportColumn("aht_inbound_ms", "Handling in", Unit.LENGTH, "Mean of talk, hold and wrap-up.", rank=7),
    ReportColumn("occupancy", "Occupancy", Unit.SHARE, "Handling over handling and ready time.", rank=11),
    ReportColumn("sales", "Orders", Unit.COUNT),
    ReportColumn("quota_sales", "Quota", Unit.COUNT, rank=4),
    ReportColumn("attainment", "Attained", Unit.SHARE),
    ReportColumn("conversion", "Conversion", Unit.SMALL_SHARE, rank=3),
    ReportColumn("satisfied", "Satisfied", Unit.SHARE, "Of the answers about these calls, from 10 on.", rank=2),
    ReportColumn("on_time_rate", "Promises kept", Unit.SHARE, rank=8),
)
AGENT_COLUMNS = (
    ReportColumn("name", "Agent", Unit.TEXT),
    ReportColumn("team", "Team", Unit.TEXT, rank=9),
    ReportColumn("inbound", "In", Unit.COUNT, "Inbound calls handled."),
    ReportColumn("outbound", "Out", Unit.COUNT, "Outbound calls handled.", rank=8),
    ReportColumn("aht_ms", "Handling", Unit.LENGTH, "Mean of talk, hold and wrap-up, both directions."),
    ReportColumn("occupancy", "Occupied", Unit.SHARE, "Handling over handling and ready time."),
    ReportColumn("logged_in_ms", "Logged in", Unit.HOURS, rank=6),
    ReportColumn("paused_ms", "Paused", Unit.HOURS, rank=7),
    ReportColumn("missed", "Missed", Unit.COUNT, "Calls that rang and were not answered.", rank=5),
    ReportColumn("sales", "Orders", Unit.COUNT),
    ReportColumn("quota_sales", "Quota", Unit.COUNT, rank=2),
    ReportColumn("attainment", "Attained", Unit.SHARE),
    ReportColumn("conversion", "Conv.", Unit.SMALL_SHARE, "Conversion.", rank=4),
    ReportColumn("satisfaction", "Satisfied", Unit.SHARE, "28 days, from 10 answers on.", rank=3),
)


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
                occupancy_of(people, part.floor.known_until),
                None if line is None else line.sales,
                quota,
                attained,
                None if line is None else line.conversion,
                None if said is None else said.top_two_box,
                ratios.share(kept, due),
            )
        )
    found.sort(key=lambda each: (number_in(each, TEAM_COLUMNS, "attainment"), each.name.casefold()))
    return without_unknown(
        Table(
            key="teams",
            title="Teams",
            columns=TEAM_COLUMNS,
            rows=tuple(
                sorted(found, key=lambda each: (number_in(each, TEAM_COLUMNS, "attainment"), each.name.casefold()))
            ),
            order="Furthest from the quota first." if lines else "",
            empty="No team has handled a call.",
        )
    )


def agents(narrowed: Narrowed) -> Table:
    """The agents who were at work, by team; in each those first who have come furthest with their quota."""
    at = narrowed.covered.floor.known_until
    sold = _sold(narrowed, "agent")
    lately: Mapping[int, float | None] = {agent.id: agent.satisfaction for agent in narrowed.floor.agents}
    found: list[tuple[tuple[str, float, int, str], ReportRow]] = []
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
        return quota.quota_sales, (attainment, mark_of(attainment, ON_PLAN, Unit.SHARE, Better.MORE))
    return quota.quota_sales, (attainment, mark_of(quota.pace, ON_PLAN, Unit.SHARE, Better.MORE))


def _at_work(narrowed: Narrowed) -> Sequence[AgentFigures]:
    """The agents who were there, or have calls or orders."""
    floor = narrowed.covered.floor
    return [
        agent
        for agent in floor.agents
        if agent.handled or agent.sales or agent.missed or agent.times(floor.known_until).logged_in_ms
    ]
