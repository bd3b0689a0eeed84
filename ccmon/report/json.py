"""A snapshot as the object of ``ccmon status --json``: seconds, ratios from 0 to 1, ISO times, null for unknown.

The keys and their order are a contract (docs/status.schema.json, docs/metrics.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from json import dumps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarms import Alarm
from ccmon.model.follow_ups import FollowUp, FollowUpFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.queues import QueueFigures
from ccmon.model.sales import SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report import business_json as business
from ccmon.report.business_json import LISTED, seconds
from ccmon.snapshot.alarms import why_at_risk

Time = Callable[[int | None], str | None]
Row = TypeVar("Row")
ABSENT_KEYS = {"stuck": "not_given_up"}
"""Parts of a snapshot that have another name in the object."""


def snapshot_object(snapshot: FloorSnapshot) -> dict[str, Any]:
    """The whole snapshot, ready for ``json.dumps``."""
    zone = ZoneInfo(snapshot.time_zone)

    def time(at: int | None) -> str | None:
        if at is None:
            return None
        return datetime.fromtimestamp(at // 1000, zone).isoformat()

    return {
        "at": time(snapshot.at),
        "data_at": time(snapshot.data_at),
        "data_age_s": seconds(snapshot.data_age_ms),
        "time_zone": snapshot.time_zone,
        "queues": [queue_object(queue, snapshot.runs_until) for queue in snapshot.queues],
        "total": queue_object(snapshot.total, snapshot.runs_until),
        "agents": [agent_object(agent, snapshot.runs_until, time) for agent in snapshot.agents],
        "sales": [sales_object(line) for line in snapshot.sales],
        "handling": [handling_object(line) for line in snapshot.handling],
        "follow_ups": follow_ups_object(snapshot.follow_ups, snapshot.at, time),
        "alerts": [alarm_object(alarm, time) for alarm in snapshot.alarms],
        "business_at": time(snapshot.business_at),
        "incomplete": snapshot.incomplete,
        "absent": {ABSENT_KEYS.get(part, part): reason for part, reason in snapshot.absent},
        "satisfaction": _known(snapshot.satisfaction, business.satisfaction_object),
        "low_scores": _known(snapshot.low_scores, lambda low: business.low_score_object(low, time)),
        "retention": None if snapshot.retention is None else business.retention_object(snapshot.retention),
        "not_given_up_count": None if snapshot.stuck is None else len(snapshot.stuck),
        "not_given_up": _known(snapshot.stuck, lambda stuck: business.stuck_object(stuck, time), LISTED),
        "second_purchases_count": None if snapshot.second_purchases is None else len(snapshot.second_purchases),
        "second_purchases": _known(snapshot.second_purchases, business.second_purchase_object, LISTED),
        "problems": None if snapshot.problems is None else business.problems_object(snapshot.problems, time),
        "resources": None if snapshot.resources is None else business.resources_object(snapshot.resources),
        "value": None if snapshot.value is None else business.value_object(snapshot.value),
    }


def _known(
    rows: Iterable[Row] | None, as_object: Callable[[Row], dict[str, Any]], at_most: int | None = None
) -> list[dict[str, Any]] | None:
    """Rows as objects; null where they are not known yet."""
    return None if rows is None else [as_object(row) for row in islice(rows, at_most)]


def as_text(whole: dict[str, Any]) -> str:
    """The object as JSON text, one queue, agent or line of sales a line.

    All ASCII, so that no name means anything to a terminal. Python's own indentation takes ten times as long.
    """
    return "{\n" + ",\n".join(f"  {dumps(key)}: {_indented(value)}" for key, value in whole.items()) + "\n}"


def _indented(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return dumps(value)
    return "[\n    " + ",\n    ".join(map(dumps, value)) + "\n  ]"


def queue_object(queue: QueueFigures, at: int) -> dict[str, Any]:
    """One queue, or all together."""
    since = queue.longest_wait_since
    return {
        "name": queue.name,
        "purpose": queue.purpose,
        "client": queue.client,
        "waiting": queue.waiting,
        "longest_wait_s": None if since is None else seconds(wait_ms(since, at)),
        "talking": queue.talking,
        "agents_ready": queue.agents_ready if queue.agents_known else None,
        "agents_on_phones": queue.agents_on_phones if queue.agents_known else None,
        "agents_needed": queue.agents_needed,
        "agents_allotted": queue.agents_allotted,
        "offered": queue.offered,
        "answered": queue.answered,
        "answered_in_threshold": queue.answered_in_threshold,
        "abandoned": queue.abandoned,
        "short_abandoned": queue.short_abandoned,
        "timed_out": queue.timed_out,
        "no_agents": queue.no_agents,
        "diverted": queue.diverted,
        "unknown": queue.unknown,
        "cut_off": queue.cut_off,
        "answered_without_wait": queue.answered_without_wait,
        "open": queue.open,
        "service_level": queue.service_level,
        "service_level_live": queue.service_level_live,
        "service_level_target": queue.service_level_target,
        "asa_s": seconds(queue.asa_ms),
        "average_abandon_s": seconds(queue.average_abandon_ms),
        "longest_wait_today_s": seconds(queue.longest_wait_today_ms),
        "abandonment_rate": queue.abandonment_rate,
        "handled": queue.handled,
        "talk_s": seconds(queue.talk_ms),
        "hold_s": seconds(queue.hold_ms),
        "wrap_up_s": seconds(queue.wrap_up_ms),
        "aht_s": seconds(queue.aht_ms),
    }


def agent_object(agent: AgentFigures, at: int, time: Time) -> dict[str, Any]:
    """One agent."""
    return {
        "login": agent.login,
        "name": agent.name,
        "team": agent.team,
        "state": None if agent.state is AgentState.UNKNOWN else agent.state.value,
        "reason": agent.reason,
        "since": time(agent.since),
        "seconds_in_state": None if agent.since is None else seconds(max(0, at - agent.since)),
        "queue": agent.queue,
        "handled": agent.handled,
        "inbound": agent.inbound,
        "outbound": agent.outbound,
        "aht_s": seconds(agent.aht_ms),
        "talk_s": seconds(agent.talk_ms),
        "hold_s": seconds(agent.hold_ms),
        "wrap_up_s": seconds(agent.wrap_up_ms),
        "ready_s": seconds(agent.ready_ms),
        "paused_s": seconds(agent.paused_ms),
        "logged_in_s": seconds(agent.logged_in_ms),
        "occupancy": agent.occupancy,
        "missed": agent.missed,
        "sales": agent.sales,
        "conversion": agent.conversion,
        "satisfaction": agent.satisfaction,
    }


def sales_object(line: SalesFigures) -> dict[str, Any]:
    """Sales of the centre, a team, a campaign or an agent."""
    low, high = line.conversion_interval or (None, None)
    return {
        "scope": line.scope,
        "name": line.name,
        "sales_calls": line.sales_calls,
        "sales": line.sales,
        "conversion": line.conversion,
        "conversion_low": low,
        "conversion_high": high,
        "revenue_cents": line.revenue_cents,
        "currency": line.currency,
        "quota_sales": line.quota_sales,
        "attainment": line.attainment,
        "expected_by_now": line.expected_by_now,
        "pace": line.pace,
        "projection": line.projection,
        **business.sales_more(line),
    }


def handling_object(line: HandlingFigures) -> dict[str, Any]:
    """Handling time of the centre, a queue or a team in one direction."""
    return {
        "scope": line.scope,
        "name": line.name,
        "direction": line.direction.value,
        "handled": line.handled,
        "aht_s": seconds(line.aht_ms),
        "median_s": seconds(line.median_ms),
        "p90_s": seconds(line.p90_ms),
        "talk_s": seconds(line.talk_ms),
        "hold_s": seconds(line.hold_ms),
        "wrap_up_s": seconds(line.wrap_up_ms),
        "target_s": seconds(line.target_ms),
        "usual_aht_s": seconds(line.usual_aht_ms),
    }


def follow_ups_object(figures: FollowUpFigures, at: int, time: Time) -> dict[str, Any]:
    """Follow-up calls due."""
    return {
        "due_today": figures.due_today,
        "overdue": figures.overdue,
        "done_today": figures.done_today,
        "on_time_rate": figures.on_time_rate,
        "items": [_follow_up_object(item, at, time) for item in figures.items],
        "owners": _known(figures.owners, lambda owner: business.owner_object(owner, time)),
        "at_risk": figures.at_risk,
        "late_expected": figures.late_expected,
    }


def _follow_up_object(item: FollowUp, at: int, time: Time) -> dict[str, Any]:
    return {
        "id": item.id,
        "customer": item.customer,
        "owner": item.owner,
        "kind": item.kind,
        "due_at": time(item.due_at),
        "overdue_s": seconds(at - item.due_at) if item.overdue_since < at else None,
        "promised_at": time(item.promised_at),
        "phone": item.phone,
        "note": item.note,
        "late_chance": item.late_chance,
        "late_reason": None if item.late_reason is None else why_at_risk(item.late_reason),
    }


def alarm_object(alarm: Alarm, time: Time) -> dict[str, Any]:
    """Something a person should look at."""
    return {
        "rule": alarm.rule,
        "subject": alarm.subject,
        "since": time(alarm.since),
        "value": alarm.value,
        "limit": alarm.limit,
        "text": alarm.text,
    }
