"""Whether the object of ``ccmon status --json`` has changed, apart from what runs with time.

Records hold moments and counts, so most of them stay the same objects until something happens: only the parts whose
records differ are written and compared, and of these what a clock alone changes is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import Alarm, SourceAlarm
from ccmon.model.costs import ResourceFigures, WorkFigures
from ccmon.model.follow_ups import AgentFollowUps, FollowUp, FollowUpFigures
from ccmon.model.queues import QueueFigures
from ccmon.model.sales import QuotaFigures, SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import ObjectKey, present_keys, renamed_keys
from ccmon.report.json_writer import part_text
from ccmon.snapshot.chunked_rows import rows_that_differ

RUNNING: Mapping[type[Struct], str] = {
    FloorSnapshot: "at data_at data_age_s periodic_at",
    QueueFigures: "longest_wait_s longest_wait_today_s",
    AgentFigures: "seconds_in_state talk_s hold_s wrap_up_s ready_s paused_s logged_in_s occupancy",
    SalesFigures: "expected_by_now pace forecast_sales forecast_revenue_cents sales_per_hour",
    QuotaFigures: """expected_by_now pace forecast_sales forecast_sales_low forecast_sales_high
        forecast_revenue_cents forecast_revenue_low_cents forecast_revenue_high_cents required_per_hour
        required_conversion chance revenue_pace""",
    FollowUpFigures: "late_expected",
    FollowUp: "overdue_s late_chance late_reason",
    AgentFollowUps: "usual_call_s work_s time_left_s late_expected late_reason",
    Alarm: "text",
    SourceAlarm: "value text",
    ResourceFigures: """logged_in_s calls_per_hour labour_cents cost_per_contact_cents cost_per_sale_cents
        cost_per_new_customer_cents cost_per_kept_customer_cents revenue_per_hour_cents contribution_cents""",
    WorkFigures: "per_agent usual_per_agent_day",
}
"""By kind of record, the keys whose values run with time or follow from such a one; what they count is in others."""


class ChangeDetector:
    """Compares each snapshot with the last one that differed from the one before it."""

    def __init__(self, only: Collection[str] | None = None) -> None:
        """Compare some keys of the object; None: all."""
        running, wanted = (
            RUNNING[FloorSnapshot].split(),
            only and {renamed_keys(FloorSnapshot).get(key, key) for key in only},
        )
        self._keys = [
            key for key in present_keys(FloorSnapshot) if key.name not in running and (not wanted or key.name in wanted)
        ]
        self._records: dict[str, object] = {}
        """By key, what was last found to be as before."""
        self._texts: dict[str, str] = {}
        """By key, its text without what runs with time; not of agents."""
        self._agents: Sequence[AgentFigures] | None = None

    def has_changed(self, snapshot: FloorSnapshot) -> bool:
        """Whether anything has happened since the last change; of the first snapshot, yes."""
        changed = False
        for key in self._keys:
            records = _records_of(snapshot, key)
            if key.name in self._records and self._records[key.name] == records:
                continue
            if key.name == "agents" and self._agents is not None:
                changed = _agents_differ(self._agents, snapshot) or changed
            else:
                text = part_text(_in_fixed_order(snapshot, key.name), key.name, _lasting_keys)
                changed = changed or self._texts.get(key.name) != text
                self._texts[key.name] = text
            self._records[key.name] = records
            if key.name == "agents":
                self._agents = snapshot.agents
        return changed


def _agents_differ(before: Sequence[AgentFigures], snapshot: FloorSnapshot) -> bool:
    """Whether the objects of agents differ; of thousands only those whose records do are written."""
    differing = rows_that_differ(before, snapshot.agents)
    old, new = before, snapshot.agents
    if differing is not None:
        old, new = [former for _, former, _ in differing], [now for _, _, now in differing]
    texts = {part_text(replace(snapshot, agents=agents), "agents", _lasting_keys) for agents in (old, new)}
    return len(texts) > 1


def _records_of(snapshot: FloorSnapshot, key: ObjectKey) -> object:
    """What a key's value is made of, to be compared."""
    if key.computed_by is not None:
        return key.computed_by(snapshot, snapshot)
    found = getattr(snapshot, key.path)
    if key.name in {"queues", "total"}:
        # A caller who now waits past the threshold changes no record, but the live service level.
        queues: Sequence[QueueFigures] = found if key.name == "queues" else (found,)
        return found, [queue.waiting_past_threshold(snapshot.known_until) for queue in queues]
    return found


@cache
def _lasting_keys(record: type[Struct]) -> Sequence[ObjectKey]:
    """The keys of a record's objects without those that run with time."""
    running = next((RUNNING[kind] for kind in record.__mro__ if kind in RUNNING), "").split()
    found = [key for key in present_keys(record) if key.name not in running]
    if issubclass(record, Alarm):  # the value itself: one that is the time since then runs
        found = [ObjectKey(key.name, "value", None) if key.name == "value" else key for key in found]
    return found


def _in_fixed_order(snapshot: FloorSnapshot, name: str) -> FloorSnapshot:
    """The snapshot with one part in an order that time alone does not change."""

    def by_name(record: Any) -> tuple[str, ...]:
        return record.kind, record.name

    if name == "alarms":
        in_order = sorted(snapshot.alarms, key=lambda alarm: (alarm.rule, alarm.subject, alarm.since or 0))
        return replace(snapshot, alarms=in_order)
    if name == "sales":
        return replace(snapshot, sales=sorted(snapshot.sales, key=by_name))
    if name == "follow_ups" and snapshot.follow_ups.owners is not None:
        owners = sorted(snapshot.follow_ups.owners, key=lambda owner: (owner.name, owner.agent_id or 0))
        return replace(snapshot, follow_ups=replace(snapshot.follow_ups, owners=tuple(owners)))
    return snapshot
