"""The tables of teams and of agents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from ccmon.metrics import ratios
from ccmon.metrics.sales import conversion
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.sales import SalesFigures
from ccmon.report.figures import Better, Mark, Unit, mark_of
from ccmon.report.goals import ON_PLAN
from ccmon.report.parts import Narrowed, occupancy_of
from ccmon.report.tables import ReportColumn, ReportRow, Table, number_in, row, without_unknown
from ccmon.spelling import folded

TEAM_COLUMNS = (
    ReportColumn("name", "Team", Unit.TEXT),
    ReportColumn("agents", "Agents", Unit.COUNT, "Those who were at work."),
    ReportColumn("inbound", "Inbound", Unit.COUNT, "Inbound calls handled.", rank=1),
    ReportColumn("outbound", "Outbound", Unit.COUNT, "Outbound calls handled.", rank=6),
    ReportColumn("aht_inbound_ms", "AHT inbound", Unit.LENGTH, "Mean of talk, hold and wrap-up.", rank=7),
    ReportColumn("occupancy", "Occupancy", Unit.SHARE, "Handling over handling and ready time.", rank=11),
    ReportColumn("sales", "Sales", Unit.COUNT),
    ReportColumn("quota_sales", "Quota", Unit.COUNT, rank=4),
    ReportColumn("attainment", "Attainment", Unit.SHARE),
    ReportColumn("conversion", "Conversion", Unit.SMALL_SHARE, rank=3),
    ReportColumn("satisfied", "Satisfied", Unit.SHARE, "Of the answers about these calls, from 10 on.", rank=2),
    ReportColumn("on_time_rate", "On time", Unit.SHARE, rank=8),
)
AGENT_COLUMNS = (
    ReportColumn("name", "Agent", Unit.TEXT),
    ReportColumn("team", "Team", Unit.TEXT, rank=9),
    ReportColumn("inbound", "Inbound", Unit.COUNT, "Inbound calls handled."),
    ReportColumn("outbound", "Outbound", Unit.COUNT, "Outbound calls handled.", rank=8),
    ReportColumn("aht_ms", "AHT", Unit.LENGTH, "Mean of talk, hold and wrap-up, both directions."),
    ReportColumn("occupancy", "Occupancy", Unit.SHARE, "Handling over handling and ready time.", rank=2),
    ReportColumn("logged_in_ms", "Logged in", Unit.HOURS, rank=6),
    ReportColumn("paused_ms", "Paused", Unit.HOURS, rank=7),
    ReportColumn("missed", "Missed", Unit.COUNT, "Calls that rang and were not answered.", rank=5),
    ReportColumn("sales", "Sales", Unit.COUNT),
    ReportColumn("quota_sales", "Quota", Unit.COUNT, rank=2),
    ReportColumn("attainment", "Attainment", Unit.SHARE),
    ReportColumn("conversion", "Conversion", Unit.SMALL_SHARE, rank=4),
    ReportColumn("satisfaction", "Satisfied, 28 days", Unit.SHARE, "From 10 answers on.", rank=3),
)


def teams(narrowed: Narrowed) -> Table:
    """The teams, those with the smallest share of their quota first, and what adds up to all."""
    part, floor = narrowed.covered, narrowed.covered.floor
    by_team: defaultdict[str, list[AgentFigures]] = defaultdict(list)
    for agent in narrowed.at_work:
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
                *_calls(narrowed, people),
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
    found.sort(key=lambda each: (number_in(each, TEAM_COLUMNS, "attainment"), folded(each.name)))
    rest = _rest_of_teams(narrowed, {each.name for each in found})
    if found and rest is not None:
        found.append(rest)
    if len(found) > 1:
        found.append(_all_teams(narrowed))
    return without_unknown(
        Table(
            key="teams",
            title="Teams",
            columns=TEAM_COLUMNS,
            rows=tuple(found),
            order="The smallest share of the quota first." if lines else "",
            empty="No team has handled a call.",
        )
    )


def _rest_of_teams(narrowed: Narrowed, shown: Collection[str]) -> ReportRow | None:
    """What agents of no team did, and the sales and quota of no team shown; None without any."""
    people = [agent for agent in narrowed.at_work if agent.team is None]
    rest = _Rest.of(narrowed, "team", shown)
    if not (people or rest.is_any):
        return None
    return row(
        rest.name,
        len(people) or None,
        *(_calls(narrowed, people) if people else (None, None)),
        None,
        None,
        rest.sales,
        rest.quota_sales,
        None,
        rest.conversion,
        None,
        None,
        is_rest=True,
    )


def _all_teams(narrowed: Narrowed) -> ReportRow:
    """The total of the table of teams."""
    part = narrowed.covered
    handling, said, sales = part.handling(Direction.INBOUND), part.satisfaction, part.sales
    return row(
        TOTAL,
        len(narrowed.at_work),
        *_calls(narrowed, narrowed.at_work),
        None if handling is None else handling.aht_ms,
        part.occupancy,
        None if sales is None else sales.sales,
        *_quota_cells(narrowed, narrowed.at_end.sales),
        None if sales is None else sales.conversion,
        None if said is None else said.top_two_box,
        part.on_time_rate,
        is_total=True,
    )


def agents(narrowed: Narrowed) -> Table:
    """The agents who were at work, by team; in each those first who have come furthest with their quota."""
    at = narrowed.covered.floor.known_until
    sold = _sold(narrowed, "agent")
    lately: Mapping[int, float | None] = {agent.id: agent.satisfaction for agent in narrowed.floor.agents}
    found: list[tuple[tuple[str, float, int, str], ReportRow]] = []
    for agent in narrowed.at_work:
        quota, attained = _quota_cells(narrowed, sold.get(agent.id))
        times = agent.times(at)
        made = row(
            agent.name,
            agent.team,
            *_calls(narrowed, [agent]),
            agent.aht_ms,
            times.occupancy,
            times.logged_in_ms or None,
            times.paused_ms if times.logged_in_ms else None,
            (agent.missed if narrowed.recorded.calls else None, Mark.NONE),
            agent.sales,
            quota,
            attained,
            agent.conversion,
            lately.get(agent.id),
        )
        order = folded(agent.team or "~"), -(attained[0] or 0.0), -agent.handled, folded(agent.name)
        found.append((order, made))
    found.sort(key=lambda each: each[0])
    rows = [made for _, made in found]
    rest = _Rest.of(narrowed, "agent", {agent.id for agent in narrowed.at_work})
    if rows and rest.is_any:
        rows.append(
            row(rest.name, *[None] * 8, rest.sales, rest.quota_sales, None, rest.conversion, None, is_rest=True)
        )
    if len(rows) > 1:
        rows.append(_all_agents(narrowed))
    return without_unknown(
        Table(
            key="agents",
            title="Agents",
            columns=AGENT_COLUMNS,
            rows=tuple(rows),
            order=_order_of_agents(narrowed, found),
            empty="No agent was at work.",
        )
    )


def _order_of_agents(narrowed: Narrowed, found: Sequence[tuple[tuple[str, float, int, str], ReportRow]]) -> str:
    """In which order the rows of agents are, in words; each comes with what it is ordered by."""
    has_teams = any(agent.team is not None for agent in narrowed.at_work)
    if any(attained for (_, attained, _, _), _ in found):
        first = "the greatest share of the quota first"
    else:
        first = "most calls first" if narrowed.recorded.calls else "by name"
    return f"By team; in each, {first}." if has_teams else f"{first[0].upper()}{first[1:]}."


def _all_agents(narrowed: Narrowed) -> ReportRow:
    """The total of the table of agents."""
    part, people = narrowed.covered, narrowed.at_work
    times = [agent.times(part.floor.known_until) for agent in people]
    lately, sales = narrowed.at_end.satisfaction, part.sales
    return row(
        TOTAL,
        None,
        *_calls(narrowed, people),
        None,
        part.occupancy,
        sum(each.logged_in_ms for each in times) or None,
        sum(each.paused_ms for each in times) if any(each.logged_in_ms for each in times) else None,
        sum(agent.missed for agent in people) if narrowed.recorded.calls else None,
        None if sales is None else sales.sales,
        *_quota_cells(narrowed, narrowed.at_end.sales),
        None if sales is None else sales.conversion,
        None if lately is None else lately.top_two_box,
        is_total=True,
    )


class _Rest(Struct, frozen=True):
    """What the rows of a table lack of the sales and of the quota of all that is shown."""

    name: str
    sales: int | None
    quota_sales: int | None
    conversion: float | None

    @property
    def is_any(self) -> bool:
        """Whether they lack anything."""
        return bool(self.sales or self.quota_sales)

    @classmethod
    def of(cls, narrowed: Narrowed, kind: str, shown: Collection[int | str | None]) -> _Rest:
        """What the lines of sales of a kind lack, some of which are shown: teams by name, agents by id."""

        def is_shown(line: SalesFigures) -> bool:
            return line.kind == kind and (line.name if kind == "team" else line.id) in shown

        total = narrowed.covered.sales
        if total is None:
            return cls(OTHERS, None, None, None)
        lines = [line for line in narrowed.covered.floor.sales if is_shown(line)]
        asked = [narrowed.quota_of(line) for line in narrowed.floor.sales if is_shown(line)]
        quota, sales = narrowed.quota, total.sales - sum(line.sales for line in lines)
        lacking = None
        if quota is not None and quota.quota_sales is not None:
            lacking = quota.quota_sales - sum(each.quota_sales or 0 for each in asked if each is not None)
        converted, calls = (
            getattr(total, name) - sum(getattr(line, name) for line in lines) for name in ("converted", "sales_calls")
        )
        known = sales > 0 and converted >= 0 and calls > 0
        return cls(
            OTHERS if sales >= 0 else FOR_OTHERS,
            sales,
            lacking if lacking and lacking > 0 else None,
            conversion(converted, calls) if known else None,
        )


def _calls(narrowed: Narrowed, people: Sequence[AgentFigures]) -> tuple[int | None, int | None]:
    """Inbound and outbound calls that some agents handled; not known where the database has none."""
    if not narrowed.recorded.calls:
        return None, None
    return sum(agent.inbound for agent in people), sum(agent.outbound for agent in people)


TOTAL = "Total"
OTHERS, FOR_OTHERS = "Others, or no agent", "Less: sold for others"
"""Sales that no row has: of other teams, whose agents sell in a campaign of the client, of agents who were not at
work, or of no known agent; or sales of these rows that are not those of the client."""


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
