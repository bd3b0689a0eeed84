"""The object of ``ccmon status --json``: its keys are a contract, and each is explained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import pytest
from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics import forecast
from ccmon.model.alarms import Alarm, Rule
from ccmon.model.costs import ResourceFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.queues import QueueFigures
from ccmon.model.sales import QuotaFigures, SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import COMPUTED_KEYS, OBJECTS, keys, renamed_keys
from ccmon.report.json_writer import _JsonWriter, as_text
from tests import floors
from tests.busy_floor import busy_floor
from tests.status_json import snapshot_object

DOCS = Path(__file__).parents[2] / "docs"
METRICS = (DOCS / "metrics.md").read_text(encoding="utf-8")

QUEUE = """name purpose client waiting longest_wait_s talking agents_ready agents_on_phones agents_needed
    agents_allotted offered answered answered_in_threshold abandoned short_abandoned timed_out no_agents diverted
    unknown cut_off answered_without_wait open service_level service_level_live service_level_target asa_s
    average_abandon_s longest_wait_today_s abandonment_rate handled talk_s hold_s wrap_up_s aht_s agents_staffed
    agents_required"""
CONTRACT = {
    "": """at data_at data_age_s time_zone queues total agents sales handling follow_ups alerts business_at incomplete
        absent opening_hours queue_window satisfaction low_scores lost_callers retention not_given_up_count not_given_up
        second_purchases_count second_purchases problems resources value alarms periodic_at
        unresolved_customers_count unresolved_customers""",
    "queues": QUEUE,
    "total": QUEUE,
    "agents": """login name team state reason since seconds_in_state queue handled inbound outbound aht_s talk_s hold_s
        wrap_up_s ready_s paused_s logged_in_s occupancy missed sales conversion satisfaction""",
    "sales": """scope name sales_calls sales conversion conversion_low conversion_high revenue_cents currency
        quota_sales attainment expected_by_now pace projection client verdict
        revenue_projection_cents revenue_per_call_cents sales_per_hour
        quotas detail forecast_sales forecast_revenue_cents""",
    "handling": "scope name direction handled aht_s median_s p90_s talk_s hold_s wrap_up_s target_s usual_aht_s",
    "follow_ups": "due_today overdue done_today on_time_rate items owners at_risk late_expected",
    "items": "id customer owner kind due_at overdue_s promised_at phone note late_chance late_reason",
    "alerts": "rule severity subject since value limit text eased_at taken_by quiet_until parts",
    "alarms": "rule severity subject since value limit text eased_at taken_by quiet_until parts",
}
"""The keys as the design fixes them, in their order."""


def parts(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {"": whole, "items": whole["follow_ups"]["items"][0]}
    return found | {
        key: value[0] if isinstance(value, list) else value for key, value in whole.items() if key in CONTRACT
    }


@pytest.mark.parametrize("part", CONTRACT)
def test_keys_and_their_order(part: str) -> None:
    whole = snapshot_object(floors.floor(24))
    assert list(parts(whole)[part]) == CONTRACT[part].split()


def test_former_keys_have_the_values_of_the_present_ones() -> None:
    found = 0

    def compare(record: type[Struct], value: dict[str, Any]) -> None:
        nonlocal found
        for old, new in renamed_keys(record).items():
            assert value[old] == value[new]
            found += 1

    whole = snapshot_object(busy_floor(24))
    compare(FloorSnapshot, whole)
    for queue in (whole["total"], *whole["queues"]):
        compare(QueueFigures, queue)
    for line in whole["sales"]:
        compare(SalesFigures, line)
        for quota in line["quotas"]:
            compare(QuotaFigures, quota)
    for owner in whole["follow_ups"]["owners"]:
        compare(AgentFollowUps, owner)
    compare(ResourceFigures, whole["resources"])
    assert found > 100


def test_a_former_key_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Mock(side_effect=COMPUTED_KEYS[Alarm]["text"])
    monkeypatch.setitem(cast(dict[str, Any], COMPUTED_KEYS[Alarm]), "text", calls)
    keys.cache_clear()
    floor = busy_floor(24)
    as_text(floor)
    keys.cache_clear()
    assert calls.call_count == len(floor.alarms) > 0


def test_an_empty_floor_knows_nothing() -> None:
    whole = snapshot_object(floors.empty_floor())
    assert (whole["data_at"], whole["data_age_s"], whole["total"]["service_level"]) == (None, None, None)


@pytest.mark.parametrize("name", ["Öztürk", "\x1b]0;x\x07", "\x9b31m", '"', "\u202e"])
def test_text_is_the_same_object_and_harmless(name: str) -> None:
    floor = floors.floor(2)
    floor = replace(floor, agents=(replace(floor.agents[0], name=name), *floor.agents[1:]))
    text = as_text(floor)
    assert json.loads(text)["agents"][0]["name"] == name
    assert text.isascii()
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("floor", [floors.empty_floor(), floors.floor(24), busy_floor(12)])
def test_numbers_and_texts_are_written_as_python_writes_them(floor: FloorSnapshot) -> None:
    text = as_text(floor)
    lines = []
    for key, value in json.loads(text).items():
        several = isinstance(value, list) and value
        parts = ",\n    ".join(map(json.dumps, value)) if several else ""
        lines.append(f'  "{key}": ' + (f"[\n    {parts}\n  ]" if several else json.dumps(value)))
    assert text == "{\n" + ",\n".join(lines) + "\n}"


@pytest.mark.parametrize("length_ms", [0, 1, 999, 1_000, 86_399_999, 86_400_000 * 36 + 7, 1_234.4996, 0.25])
def test_seconds_are_rounded_to_the_millisecond(length_ms: float) -> None:
    floor = floors.floor(2)
    floor = replace(floor, total=replace(floor.total, talk_ms=length_ms))
    assert f'"talk_s": {round(length_ms / 1000, 3)!r}, ' in as_text(floor)


def test_every_key_is_explained() -> None:
    found = {key.name for record in OBJECTS for key in keys(record)}
    assert {key for key in found if f"`{key}`" not in METRICS} == set()


def test_every_rule_is_explained() -> None:
    assert {rule for rule in Rule if f"`{rule}`" not in METRICS} == set()


def test_times_carry_the_offset_of_the_site_and_lengths_are_seconds() -> None:
    whole = snapshot_object(floors.floor(24))
    assert whole["at"] == "2026-11-23T14:32:07+01:00"
    assert whole["data_age_s"] == 0.4
    summer = snapshot_object(floors.empty_floor(at=floors.moment("2026-07-01T09:00:00")))
    assert summer["at"] == "2026-07-01T09:00:00+02:00"


def test_overdue_counts_from_the_moment_it_is_due_now() -> None:
    """Not from the first promise: the agent has moved this one by an hour since. Only once its grace is over."""
    floor = floors.floor(24)
    due_at = floor.at - 20 * 60_000
    item = replace(
        floor.follow_ups.items[0], due_at=due_at, promised_at=due_at - 3_600_000, grace_ends_at=due_at + 15 * 60_000
    )

    def found(at: int) -> Any:
        moved = replace(floor, at=at, follow_ups=replace(floor.follow_ups, items=(item,)))
        return snapshot_object(moved)["follow_ups"]["items"][0]["overdue_s"]

    assert found(floor.at) == 20 * 60
    assert found(due_at + 15 * 60_000) is None


def test_a_forecast_is_worked_out_once_for_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = busy_floor(12)
    made = Mock(side_effect=forecast.forecast)
    monkeypatch.setattr(forecast, "forecast", made)
    snapshot_object(whole)
    assert made.call_count == sum(quota.remaining is not None for line in whole.sales for quota in line.quotas) > 0


class OneKey(Struct, frozen=True):
    """A record of one value."""

    wait_ms: int


def test_a_record_of_one_value_is_an_object_of_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("Any", OBJECTS), OneKey, "wait_s")
    texts = _JsonWriter(floors.floor(1))._json_values([OneKey(1500), None, OneKey(2000)])
    assert list(texts) == ['{"wait_s": 1.5}', "null", '{"wait_s": 2.0}']
