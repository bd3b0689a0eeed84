"""A floor on which nothing is wrong, and the same with one queue, one agent or its sources changed."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ccmon.model.agents import AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Source
from tests import floors

AT = floors.moment()


def quiet() -> FloorSnapshot:
    """A floor on which nothing is wrong."""
    full = floors.floor(1)
    agent = replace(full.agents[0], state=AgentState.READY, since=AT - 60_000, missed=0, reason=None)
    queue = replace(
        full.queues[0],
        waiting=0,
        longest_wait_since=None,
        agents_on_phones=1,
        agents_needed=1,
        answered=100,
        answered_in_threshold=90,
        abandoned=0,
        short_abandoned=0,
        timed_out=0,
        no_agents=0,
        threshold_passed_at=(),
        service_level_threshold_ms=20_000,
        name="Sales",
    )
    figures = replace(full.follow_ups, items=())
    return replace(full, queues=(queue,), agents=(agent,), follow_ups=figures, alarms=(), memberships=())


def with_queue(**changes: Any) -> FloorSnapshot:
    floor = quiet()
    return replace(floor, queues=(replace(floor.queues[0], **changes),))


def with_agent(**changes: Any) -> FloorSnapshot:
    floor = quiet()
    return replace(floor, agents=(replace(floor.agents[0], **changes),))


def with_sources(floor: FloorSnapshot, *sources: Source) -> FloorSnapshot:
    return replace(floor, sources=sources)


SOURCE = floors.floor(1).sources[0]


def source(name: str, *, following: bool = True, heartbeat: bool = True, **moments: Any) -> Source:
    return replace(SOURCE, name=name, following=following, heartbeat=heartbeat, **moments)
