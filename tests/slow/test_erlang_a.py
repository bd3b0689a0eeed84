"""The floor in a plain setting against the theory: Poisson arrivals, exponential service and patience, one queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from statistics import fmean, stdev
from zoneinfo import ZoneInfo

import pytest

from ccmon.events import CallAnswered, CallEnded, CallEntered
from ccmon.model.calls import Outcome
from ccmon.model.queues import Purpose
from ccmon.simulator.centre import Centre, QueueSetting, TeamSetting
from ccmon.simulator.day_plan import Arrival, DayPlan, Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.random_streams import Distribution, exponential, stream
from ccmon.simulator.shifts import AgentDay, CallBackHabit, SimulatedAgent
from ccmon.time_units import NEVER

DAY = date(2026, 11, 23)
ZONE = ZoneInfo("UTC")
BATCHES = 16
CALLS = 40_000
"""Per row of the table, over all batches."""
WARM_UP = 0.06
"""Share of the calls that is left out, while the floor fills."""
QUANTILE = 4.07
"""Student's t with 15 degrees of freedom at 0.1 % (two-sided): seven rows of six figures may all hold at once."""


@dataclass(frozen=True)
class Row:
    agents: int
    calls_per_hour: float
    aht_s: float
    patience_s: float
    waits: float
    abandons: float
    wait_s: float
    queue: float
    occupancy: float
    served_in_20_s: float


# metrics.md 11.9, Erlang A
ROWS = {
    "A1": Row(50, 2880, 60, 120, 0.467774, 0.030912, 3.7095, 2.9676, 0.930324, 0.943019),
    "A2": Row(14, 200, 180, 300, 0.145260, 0.013984, 4.1951, 0.2331, 0.704297, 0.916792),
    "A3": Row(13, 200, 180, 300, 0.225797, 0.024963, 7.4890, 0.4161, 0.750028, 0.858178),
    "A4": Row(30, 500, 210, 120, 0.405532, 0.070170, 8.4204, 1.1695, 0.904002, 0.782643),
    "A5": Row(34, 500, 210, 120, 0.185392, 0.025228, 3.0273, 0.4205, 0.836202, 0.923245),
    "A6": Row(10, 120, 300, 300, 0.542070, 0.125110, 37.5330, 1.2511, 0.874890, 0.538043),
    "A7": Row(100, 6120, 60, 60, 0.591719, 0.049918, 2.9951, 5.0916, 0.969084, 0.948963),
}


def plain_centre(row: Row) -> Centre:
    """One queue with nothing but what the theory knows."""
    queue = QueueSetting(
        "Plain",
        "Client",
        Purpose.SERVICE,
        row.calls_per_hour,
        exponential(row.aht_s),
        Distribution(lambda _: 0),
        0,
        (),
        patience=exponential(row.patience_s),
        ring=Distribution(lambda _: 0),
        hold_share=0,
        promise_share=0,
        exit_key_share=0,
        retry_share=0,
        survey_share=0,
    )
    return Centre(agents=row.agents, queues=(queue,), teams=(TeamSetting("Team", None, 1, ("Plain",)),))


def plain_desk(agent: SimulatedAgent, plan: DayPlan) -> AgentDay:
    """An agent like all others who is there from midnight to long after everybody has called."""
    plain = SimulatedAgent(
        agent.number,
        agent.login,
        agent.name,
        agent.team,
        leads=False,
        queues=agent.queues,
        campaign=None,
        pattern=agent.pattern,
        talk_factor=1,
        wrap_up_factor=1,
        sales_factor=1,
        kindness=0,
        miss_share=0,
        lateness_min=0,
        diligence=1,
        call_back_habit=CallBackHabit.WHEN_DUE,
        hourly_cost_cents=0,
    )
    return AgentDay(plain, plan.starts_at, plan.closes_at)


def batch(row: Row, number: int) -> dict[str, float]:
    """The figures of one run of its own seed, from the events that it told."""
    planner = Planner(plain_centre(row), number, ZONE, None)
    starts_at = round(datetime(2026, 11, 23, tzinfo=ZONE).timestamp() * 1000)
    plan = DayPlan(DAY, starts_at, starts_at, starts_at + 30 * 86_400_000)
    plan.agent_days = [plain_desk(agent, plan) for agent in planner.agents]
    chance, at = stream(number, "arrivals"), float(starts_at)
    for _ in range(CALLS // BATCHES):
        at += chance.expovariate(row.calls_per_hour / 3_600_000)
        plan.arrivals.append(Arrival(round(at), "Plain", None, None))
    begins = plan.arrivals[round(WARM_UP * len(plan.arrivals))].at
    ends = plan.arrivals[-1].at
    return figures(row, SimulatedFloor(planner, plan), begins, ends)


def figures(row: Row, floor: SimulatedFloor, begins: int, ends: int) -> dict[str, float]:
    entered: dict[str, int] = {}
    answered: dict[str, int] = {}
    waits: list[int] = []
    abandoned = served = busy_ms = waiting_ms = 0
    floor.advance(NEVER)
    for event in floor.take_events():
        if isinstance(event, CallEntered):
            entered[event.call_id] = event.at
        elif isinstance(event, CallAnswered):
            answered[event.call_id] = event.at
        if isinstance(event, CallEnded) and event.call_id in answered:
            busy_ms += max(0, min(event.at, ends) - max(answered[event.call_id], begins))
        if not isinstance(event, CallAnswered) and not (
            isinstance(event, CallEnded) and event.outcome is Outcome.ABANDONED
        ):
            continue
        came_at = entered[event.call_id]
        waiting_ms += max(0, min(event.at, ends) - max(came_at, begins))
        if came_at >= begins:
            waits.append(event.at - came_at)
            abandoned += isinstance(event, CallEnded)
            served += isinstance(event, CallAnswered) and event.at - came_at <= 20_000
    return {
        "waits": fmean(wait > 0 for wait in waits),
        "abandons": abandoned / len(waits),
        "wait_s": fmean(waits) / 1000,
        "queue": waiting_ms / (ends - begins),
        "occupancy": busy_ms / (ends - begins) / row.agents,
        "served_in_20_s": served / len(waits),
    }


@pytest.mark.parametrize("name", ROWS)
def test_the_plain_floor_meets_erlang_a(name: str) -> None:
    row = ROWS[name]
    batches = [batch(row, number) for number in range(BATCHES)]
    for figure in batches[0]:
        found = [each[figure] for each in batches]
        error = QUANTILE * stdev(found) / sqrt(BATCHES)
        expected = getattr(row, figure)
        assert fmean(found) == pytest.approx(expected, abs=error), (
            f"{figure}: {fmean(found)} ± {error}, theory {expected}"
        )
        assert error < 0.4 * expected, f"{figure} is known too badly to say anything: ± {error} of {expected}"
