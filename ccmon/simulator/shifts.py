"""Who works when: agents with their habits, and the plan of a day, which depends only on seed and date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from random import Random
from typing import NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.simulator.centre import PATTERNS, Centre, PlannedPause, ShiftPattern, TeamSetting
from ccmon.simulator.names import agent_name
from ccmon.simulator.random_streams import log_normal, stream, weighted
from ccmon.simulator.table_rows import Values
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS


class CallBackHabit(Enum):
    """When an agent makes promised calls."""

    WHEN_DUE = auto()
    """As each falls due, before the next caller."""
    WHEN_QUIET = auto()
    """When nobody waits and colleagues are ready for the next callers."""
    BEFORE_LEAVING = auto()
    """Together, in the last hour of the shift."""


CALL_BACK_HABITS = weighted(
    {CallBackHabit.WHEN_DUE: 0.55, CallBackHabit.WHEN_QUIET: 0.2, CallBackHabit.BEFORE_LEAVING: 0.25}
)


class SimulatedAgent(Struct, frozen=True, eq=False):
    """An agent with skills and habits. Factors multiply the settings of the queue."""

    number: int
    login: str
    name: str
    team: TeamSetting
    leads: bool
    """Whether the agent leads the team, and so is only on the phones now and then."""
    queues: tuple[tuple[str, int], ...]
    """Queues with the level of skill: 0: the agent's own; 1: helps out."""
    campaign: str | None
    pattern: ShiftPattern
    """The pattern of shifts on weekdays."""
    talk_factor: float
    wrap_up_factor: float
    sales_factor: float
    kindness: float
    """Added to the mean score of surveys."""
    miss_share: float
    """Share of offered calls that ring out."""
    lateness_min: float
    diligence: float
    """Share of promises neither forgotten nor postponed."""
    call_back_habit: CallBackHabit
    hourly_cost_cents: int


class Pause(NamedTuple):
    """A pause that is due at a moment, when the agent is free."""

    at: int
    length_ms: int
    reason: str


class AgentDay(Struct):
    """What an agent does on one day."""

    agent: SimulatedAgent
    logs_in_at: int
    logs_out_at: int
    pauses: list[Pause] = []


class SimulatedQuota(NamedTuple):
    """A quota of the centre, a client, a team, an agent or a campaign, as a row of its table."""

    scope: str
    name: str | None
    period: str
    starts_on: str
    sales: int
    revenue_cents: int
    conversion: float | None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def moment(zone: ZoneInfo, day: date, minutes: float) -> int:
    """The moment at a number of minutes of the wall clock after midnight."""
    midnight, is_of_one_offset = _midnight(zone, day)
    wall_ms = round(minutes * MINUTE_MS)
    if is_of_one_offset and 0 <= wall_ms < DAY_MS:
        return midnight + wall_ms
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round((begins + timedelta(milliseconds=wall_ms)).timestamp() * 1000)


@lru_cache
def _midnight(zone: ZoneInfo, day: date) -> tuple[int, bool]:
    """The moment of a day's local midnight, and whether the zone keeps its offset all day."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    ends = begins + timedelta(days=1)
    return (begins - _EPOCH) // _MILLISECOND, begins.utcoffset() == ends.utcoffset()


def hire(centre: Centre, seed: int) -> tuple[SimulatedAgent, ...]:
    """The agents of a centre, team by team, the leader of a team first."""
    sizes = _team_sizes(centre)
    agents: list[SimulatedAgent] = []
    logins: set[str] = set()
    for team, size in zip(centre.teams, sizes, strict=True):
        for place in range(size):
            number = len(agents)
            login = _login(agent_name(number), number, logins)
            agents.append(_hire_one(team, place, number, login, seed))
    return tuple(agents)


def _team_sizes(centre: Centre) -> list[int]:
    """Whole numbers close to the shares, which add up to all agents."""
    sizes = [int(team.share * centre.agents) for team in centre.teams]
    by_rest = sorted(range(len(sizes)), key=lambda index: sizes[index] - centre.teams[index].share * centre.agents)
    for index in by_rest[: max(0, centre.agents - sum(sizes))]:
        sizes[index] += 1
    return sizes


def _hire_one(team: TeamSetting, place: int, number: int, login: str, seed: int) -> SimulatedAgent:
    rng = stream(seed, "agent", number)
    return SimulatedAgent(
        number=number,
        login=login,
        name=agent_name(number),
        team=team,
        leads=place == 0,
        queues=(
            *((queue, 0) for queue in team.queues),
            # Spread evenly, so that even a small team has helpers, whatever the seed.
            *(
                (queue, 1)
                for offset, (queue, share) in enumerate(team.second_queues)
                if (place * share + offset * 0.5) % 1 < share
            ),
        ),
        campaign=team.campaigns[place % len(team.campaigns)] if team.campaigns else None,
        pattern=PATTERNS[place % len(PATTERNS)],
        talk_factor=rng.lognormvariate(0, 0.13),
        wrap_up_factor=rng.lognormvariate(0, 0.22),
        sales_factor=rng.lognormvariate(0, 0.2),
        kindness=rng.gauss(0, 0.3),
        miss_share=0.06 if rng.random() < 0.08 else 0.006 + 0.012 * rng.random(),
        lateness_min=max(0.4, rng.gauss(2, 1.2)),
        diligence=min(0.99, max(0.8, rng.gauss(0.95, 0.03))),
        call_back_habit=CALL_BACK_HABITS.draw(stream(seed, "call back habit", number)),
        hourly_cost_cents=round(team.hourly_cost_cents * (1.25 if place == 0 else rng.uniform(0.93, 1.08)) / 5) * 5,
    )


def _login(name: str, number: int, logins: set[str]) -> str:
    """An unused login of plain letters, made from a name."""
    words = normalize("NFKD", name.replace("ø", "o").replace("ł", "l").replace("Ø", "O").replace("đ", "d"))
    plain = "".join(letter for letter in words.lower() if letter.isascii() and (letter.isalpha() or letter == " "))
    parts = plain.split()
    login = f"{parts[0][0]}{parts[-1]}"[:12] if len(parts) > 1 else f"agent{1001 + number}"
    if login in logins:
        login = f"{login}{number}"
    logins.add(login)
    return login


class Rosters:
    """Plans the work of the agents of one centre, day by day."""

    def __init__(self, centre: Centre, agents: tuple[SimulatedAgent, ...], seed: int, zone: ZoneInfo) -> None:
        self.centre = centre
        self.agents = agents
        self.seed = seed
        self.zone = zone
        # A day's hours are asked for by the quotas of its week and month, its shifts when it comes.
        self._planned = lru_cache(maxsize=64)(self._plan_all)

    def plan(self, day: date) -> tuple[list[AgentDay], list[Values]]:
        """Who comes on a day, possibly late or for part of it; and the planned shifts, of absent agents, too."""
        agent_days: list[AgentDay] = []
        shifts: list[Values] = []
        rng = stream(self.seed, day, "attendance")
        for agent, pattern, planned, ill in self._planned(day):
            shifts += self._shifts(agent.login, pattern, planned, day)
            if not ill:
                agent_days.append(self._desk(agent, pattern, planned, day, rng))
        return agent_days, shifts

    def hours(self, day: date) -> dict[str, float]:
        """Planned hours of work by login."""
        return {
            agent.login: (pattern.ends - pattern.starts - sum(length for _, length, _ in planned)) / 60
            for agent, pattern, planned, _ in self._planned(day)
        }

    def _plan_all(self, day: date) -> list[tuple[SimulatedAgent, ShiftPattern, list[PlannedPause], bool]]:
        """Each scheduled agent, with shift, pauses, and whether the agent is ill."""
        opening = self.centre.opening[day.weekday()]
        return [] if opening is None else list(self._plan_each(day, opening))

    def _plan_each(
        self, day: date, opening: tuple[int, int]
    ) -> Iterator[tuple[SimulatedAgent, ShiftPattern, list[PlannedPause], bool]]:
        rng = stream(self.seed, day, "roster")
        for agent in self.agents:
            pattern = self._pattern(agent, day, opening)
            on_leave = rng.random() < 0.05
            if pattern is not None and not on_leave:
                planned = _planned_pauses(agent, pattern, day, rng.random(), rng.random())
                yield agent, pattern, planned, rng.random() < 0.03

    def _pattern(self, agent: SimulatedAgent, day: date, hours: tuple[int, int]) -> ShiftPattern | None:
        """The agent's shift of the day; on a short day, one in three works, in turn."""
        if day.weekday() < 5:
            return agent.pattern
        if (agent.number + day.toordinal() // 7) % 3:
            return None
        middle = (hours[0] + hours[1]) // 2 // 15 * 15
        return ShiftPattern(hours[0], hours[1], ((middle, 15, "Break"),))

    def _shifts(self, login: str, pattern: ShiftPattern, planned: list[PlannedPause], day: date) -> Iterator[Values]:
        """The rows of a shift: periods that do not overlap."""
        edges: list[tuple[int, int, str]] = []
        start = pattern.starts
        for begins, length, reason in planned:
            edges += [(start, begins, "work"), (begins, begins + length, reason.lower())]
            start = begins + length
        edges.append((start, pattern.ends, "work"))
        for begins, ends, activity in edges:
            if ends > begins:
                starts_at, ends_at = moment(self.zone, day, begins), moment(self.zone, day, ends)
                yield {"agent": login, "starts_at": starts_at, "ends_at": ends_at, "activity": activity}

    def _desk(
        self, agent: SimulatedAgent, pattern: ShiftPattern, planned: list[PlannedPause], day: date, rng: Random
    ) -> AgentDay:
        """The agent's real day, made from the plan."""
        late = rng.uniform(9, 26) if rng.random() < 0.05 else rng.expovariate(1 / agent.lateness_min) - 4
        early = rng.uniform(8, 45) if rng.random() < 0.035 else -rng.expovariate(1 / 1.5)
        logs_in_at = moment(self.zone, day, pattern.starts + late)
        logs_out_at = moment(self.zone, day, pattern.ends - early)
        pauses: list[Pause] = []
        for begins, length, reason in planned:
            actual = log_normal(length * 60, 0.1 if reason == "Floor support" else 0.16).draw(rng)
            pauses.append(Pause(moment(self.zone, day, begins + rng.gauss(1, 4)), actual, reason))
        if not agent.leads:
            pauses += _unplanned_pauses(logs_in_at, logs_out_at - 20 * MINUTE_MS, rng)
        pauses = sorted(pause for pause in pauses if logs_in_at < pause.at < logs_out_at - 5 * MINUTE_MS)
        return AgentDay(agent, logs_in_at, logs_out_at, pauses)


def _unplanned_pauses(begins: int, ends: int, rng: Random) -> Iterator[Pause]:
    """Pauses that are not in the plan."""
    at = float(begins)
    while (at := at + rng.expovariate(1 / (5.5 * HOUR_MS))) <= ends:
        back_office = rng.random() < 0.3
        length = log_normal(780 if back_office else 260, 0.5).draw(rng)
        yield Pause(round(at), length, "Back office" if back_office else "Personal")


def _planned_pauses(
    agent: SimulatedAgent, pattern: ShiftPattern, day: date, coached: float, trained: float
) -> list[PlannedPause]:
    """Breaks of the shift and other planned pauses: (start, length, reason), in minutes after midnight."""
    planned = list(pattern.breaks)
    middle = pattern.starts + (pattern.ends - pattern.starts) * 2 // 3
    if agent.leads:
        planned += [(start, 60, "Floor support") for start in range(pattern.starts + 15, pattern.ends - 60, 90)]
    elif coached < 0.09:
        planned.append((pattern.starts + 70, 25, "Coaching"))
    elif trained < 0.03:
        planned.append((middle, 60, "Training"))
    elif day.weekday() == agent.number % 4 and len(pattern.breaks) > 1:
        planned.append((pattern.starts + 35, 20, "Team meeting"))
    planned.sort()
    apart: list[PlannedPause] = []
    for start, length, reason in planned:
        begins = max(start, apart[-1][0] + apart[-1][1]) if apart else start
        room = min(length, pattern.ends - begins)
        following = [other for other in pattern.breaks if other[0] >= begins and other[2] != reason]
        if reason == "Floor support" and following:
            room = min(room, following[0][0] - begins)
        if room >= 10:
            apart.append((begins, room, reason))
    return apart


def quotas(
    centre: Centre, agents: tuple[SimulatedAgent, ...], hours: dict[str, float], period: str, on: date
) -> list[SimulatedQuota]:
    """Quotas of the centre, its clients, teams, agents and campaigns, given planned hours of work."""
    rows: list[SimulatedQuota] = []
    of_clients: dict[str, list[SimulatedQuota]] = {client: [] for client in centre.clients}
    clients = {campaign.name: campaign.client for campaign in centre.campaigns}

    def quota(scope: str, name: str, goal: int, team: TeamSetting) -> SimulatedQuota:
        revenue = goal * team.order_cents
        return SimulatedQuota(scope, name, period, on.isoformat(), goal, revenue, team.quota_conversion)

    def total(scope: str, name: str | None, parts: list[SimulatedQuota], conversion: float | None) -> SimulatedQuota:
        sold, revenue = sum(part.sales for part in parts), sum(part.revenue_cents for part in parts)
        return SimulatedQuota(scope, name, period, on.isoformat(), sold, revenue, conversion)

    for team in centre.teams:
        if not team.quota_sales_per_hour:
            continue
        goals = {
            agent: round(hours.get(agent.login, 0.0) * team.quota_sales_per_hour * (0.35 if agent.leads else 1))
            for agent in agents
            if agent.team is team
        }
        campaigns = {
            name: quota("campaign", name, sum(goal for agent, goal in goals.items() if agent.campaign == name), team)
            for name in team.campaigns
        }
        if period == "day":
            rows += [quota("agent", agent.login, goal, team) for agent, goal in goals.items()]
            rows += campaigns.values()
        of_team = quota("team", team.name, sum(goals.values()), team)
        rows.append(of_team)
        if team.client:
            of_clients[team.client].append(of_team)
        else:  # such a team's sales for a campaign belong to the campaign's client
            for name, row in campaigns.items():
                of_clients[clients[name]].append(row)
    teams = [row for row in rows if row.scope == "team"]
    for client, own in of_clients.items():
        if own:
            calls = sum(row.sales / row.conversion for row in own if row.conversion)
            conversion = sum(row.sales for row in own) / calls if calls else own[0].conversion
            rows.append(total("client", client, own, conversion))
    return [total("centre", None, teams, 0.28), *rows]
