"""From the facts of the database to the one record that a frame is drawn from.

`assemble` is pure: the same facts and moment give the same snapshot, whoever read them. It adds what runs on between
two reads: time in state, waits, follow-ups that fall due.
"""

from __future__ import annotations

from dataclasses import replace

from ccmon.alerts import DEFAULT_LIMITS, Limits, alerts
from ccmon.model import FloorSnapshot, Progress, SourceHealth
from ccmon.snapshot.agents import agent_figures, memberships
from ccmon.snapshot.facts import Facts
from ccmon.snapshot.follow_ups import follow_up_figures
from ccmon.snapshot.handling import handling_figures
from ccmon.snapshot.queues import OpenCalls, queue_figures, total_figures, waiting_calls
from ccmon.snapshot.sales import sales_figures


def assemble(facts: Facts, at: int, limits: Limits = DEFAULT_LIMITS) -> FloorSnapshot:
    """The floor at ``at``, which lies in the business day of the facts or later."""
    members = memberships(facts)
    agents = agent_figures(facts, members, at)
    calls = OpenCalls(facts, at)
    queues = queue_figures(facts, calls, members, agents, at)
    sources = tuple(
        SourceHealth(name, kind, bool(following), last_record_at, checked_at, records, rejected)
        for name, kind, following, last_record_at, checked_at, records, rejected in facts.sources
    )
    snapshot = FloorSnapshot(
        at=at,
        data_at=_data_at(facts, sources, at),
        time_zone=facts.site.time_zone,
        site=facts.site.name,
        currency=facts.site.currency,
        day=facts.day,
        queues=queues,
        total=total_figures(queues, members, agents),
        waiting=waiting_calls(facts, calls),
        agents=agents,
        memberships=members,
        sales=sales_figures(facts, at),
        handling=handling_figures(facts),
        follow_ups=follow_up_figures(facts, at),
        alerts=(),
        sources=sources,
        progress=tuple(Progress(task, done, total) for task, done, total in facts.progress),
    )
    return replace(snapshot, alerts=alerts(snapshot, pause_limits=facts.directory.pause_limits, limits=limits))


def _data_at(facts: Facts, sources: tuple[SourceHealth, ...], at: int) -> int | None:
    """The newest moment for which the database is known to be complete.

    Every followed source must have been looked at by then; without one, it is the newest moment that any row tells of.
    """
    checked = [source.checked_at for source in sources if source.following and source.checked_at is not None]
    newest_at = min(checked) if checked else facts.newest_at
    return newest_at if newest_at is None else min(newest_at, at)
