"""The rows of a simulated centre that stand before its first day: clients, teams, agents, queues, what words mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ccmon.database import simulator_writer
from ccmon.simulator.day_plan import Planner

SOURCE = "simulator"
"""Name and kind of the source that the simulated floor is."""


def set_up(connection: sqlite3.Connection, planner: Planner, first_day: date, created_at: int) -> None:
    """Write the centre into an open transaction, where no other is."""
    centre = planner.centre
    simulator_writer.name_site(
        connection, name=centre.name, currency=centre.currency, margin=centre.margin, created_at=created_at
    )
    for statement, rows in _structure(planner, first_day):
        simulator_writer.insert(connection, statement, rows)


def _structure(planner: Planner, first_day: date) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    centre = planner.centre
    yield "insert_client", [{"name": client} for client in centre.clients]
    yield "insert_team", [{"name": team.name, "client": team.client} for team in centre.teams]
    yield (
        "insert_agent",
        [
            {"login": a.login, "name": a.name, "team": a.team.name, "hourly_cost_cents": a.hourly_cost_cents}
            for a in planner.agents
        ],
    )
    yield (
        "insert_queue",
        [
            {
                "name": queue.name,
                "client": queue.client,
                "purpose": queue.purpose,
                "threshold_ms": queue.service_level_threshold_s * 1000,
                "target": queue.service_level_target,
                "handling_target_ms": queue.handling_target_s * 1000,
            }
            for queue in centre.queues
        ],
    )
    yield (
        "insert_campaign",
        [
            {
                "name": c.name,
                "client": c.client,
                "purpose": c.purpose,
                "starts_on": first_day.isoformat(),
                "ends_on": None,
            }
            for c in centre.campaigns
        ],
    )
    yield from _meanings(planner, first_day)


def _meanings(planner: Planner, first_day: date) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    centre = planner.centre
    yield (
        "insert_pause_reason",
        [
            {
                "reason": reason.name,
                "paid": reason.paid,
                "productive": reason.productive,
                "planned": reason.planned,
                "limit_ms": None if reason.limit_min is None else reason.limit_min * 60_000,
            }
            for reason in centre.pause_reasons
        ],
    )
    yield (
        "insert_contact_reason",
        [
            {"name": reason.name, "product": reason.product, "is_problem": reason.is_problem}
            for queue in centre.queues
            for reason in queue.reasons
        ],
    )
    yield (
        "insert_investment",
        [
            {
                "name": investment.name,
                "goal": investment.goal,
                "starts_on": first_day.isoformat(),
                "ends_on": (first_day + timedelta(days=27)).isoformat(),
                "cost_cents": investment.cost_cents,
                "revenue_cents": investment.revenue_cents,
                "customers_won": investment.customers_won,
                "customers_kept": investment.customers_kept,
            }
            for investment in centre.investments
        ],
    )
