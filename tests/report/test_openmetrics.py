"""Metrics, read by Prometheus' own parsers of both formats, beside the JSON that they are made from."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client import Metric, parser
from prometheus_client.openmetrics import parser as strict_parser
from prometheus_client.samples import Sample

from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import renamed_keys
from ccmon.report.openmetrics import exposition, exposition_without_data
from ccmon.report.schema import schema
from tests.busy_floor import busy_floor
from tests.floors import empty_floor
from tests.status_json import snapshot_object

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "sample_data" / "dashboards" / "grafana.json").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs" / "streams.md").read_text(encoding="utf-8")
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def families(text: str) -> dict[str, Metric]:
    """What the parser of OpenMetrics, which is strict, makes of a text."""
    found: list[Metric] = list(strict_parser.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    assert len({family.name for family in found}) == len(found), "each family is in one piece"
    return {family.name: family for family in found}


def key_of(sample: Sample) -> tuple[str, frozenset[tuple[str, str]]]:
    return sample.name, frozenset(sample.labels.items())


def values(text: str) -> Values:
    """Each sample's value, by both parsers."""
    strict = {key_of(sample): sample.value for family in families(text).values() for sample in family.samples}
    older = {
        key_of(sample): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert strict == older
    return strict


def value(found: Values, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def test_figures_of_queues_are_those_of_the_json() -> None:
    whole, found = snapshot_object(busy_floor(24)), values(exposition(busy_floor(24)))
    for key in ("waiting", "offered", "answered", "abandoned", "agents_ready", "handled"):
        assert value(found, f"ccmon_centre_{key}") == whole["total"][key]
        for queue in whole["queues"]:
            assert value(found, f"ccmon_queue_{key}", queue=queue["name"]) == queue[key]
    for queue in whole["queues"]:
        name = queue["name"]
        for key, metric in (
            ("longest_wait_s", "longest_wait_seconds"),
            ("asa_s", "asa_seconds"),
            ("aht_s", "aht_seconds"),
            ("service_level", "service_level_ratio"),
            ("service_level_live", "service_level_live_ratio"),
            ("abandonment_rate", "abandonment_ratio"),
        ):
            assert value(found, f"ccmon_queue_{metric}", queue=name) == queue[key], (name, key)
    assert any(queue["longest_wait_s"] is None for queue in whole["queues"]), "absent, not 0"


def test_every_number_of_a_queue_is_a_metric() -> None:
    found = families(exposition(busy_floor(24)))
    former = {new: old for old, new in renamed_keys(QueueFigures).items()}
    for key, part in schema()["$defs"]["QueueFigures"]["properties"].items():
        kinds = {part.get("type")} | {each.get("type") for each in part.get("anyOf", ())}
        if not kinds & {"integer", "number"}:
            continue
        is_share = any(each.get("maximum") == 1 for each in [part, *part.get("anyOf", ())])
        metric = re.sub("_s$", "_seconds", former.get(key, key))
        metric = f"{metric.removesuffix('_rate')}_ratio" if is_share else metric
        assert f"ccmon_queue_{metric}" in found, key
        assert f"ccmon_centre_{metric}" in found, key


def test_agents_are_counted_by_state_and_named_only_if_asked_for() -> None:
    whole = snapshot_object(busy_floor(24))
    found = values(exposition(busy_floor(24)))
    states = Counter((agent["team"] or "", agent["state"] or "unknown") for agent in whole["agents"])
    for team in {team for team, _ in states}:
        for state in AgentState:
            assert value(found, "ccmon_agents", team=team, state=state) == states[team, state]
    assert sum(number for (name, _), number in found.items() if name == "ccmon_agents") == len(whole["agents"])
    assert not [name for name, labels in found if dict(labels).get("agent")]
    of_each = values(exposition(busy_floor(24), agents=True))
    for agent in whole["agents"]:
        login = agent["login"]
        assert value(of_each, "ccmon_agent_state", agent=login, state=agent["state"] or "unknown") == 1
        assert value(of_each, "ccmon_agent_handled", agent=login) == agent["handled"]
        assert value(of_each, "ccmon_agent_in_state_seconds", agent=login) == agent["seconds_in_state"]
        assert value(of_each, "ccmon_agent_occupancy_ratio", agent=login) == agent["occupancy"]
    assert found.items() <= of_each.items()


def test_sales_handling_satisfaction_and_follow_ups() -> None:
    whole, found = snapshot_object(busy_floor(24)), values(exposition(busy_floor(24)))
    scopes = Counter(line["scope"] for line in whole["sales"])
    assert {"centre", "client", "team", "agent"} <= scopes.keys()
    for line in whole["sales"]:
        labels = {} if line["scope"] == "centre" else {line["scope"]: line["name"]}
        expected = None if line["scope"] == "agent" else line["sales"]
        assert value(found, f"ccmon_{line['scope']}_sales", **labels) == expected
        if expected is not None:
            revenue = value(found, f"ccmon_{line['scope']}_revenue", **labels, currency=line["currency"])
            assert revenue == line["revenue_cents"] / 100
            assert value(found, f"ccmon_{line['scope']}_conversion_ratio", **labels) == line["conversion"]
    for line in whole["handling"]:
        if line["scope"] == "team":
            labels = {"team": line["name"], "direction": line["direction"]}
            assert value(found, "ccmon_team_handling_aht_seconds", **labels) == line["aht_s"]
    assert whole["satisfaction"]
    for line in whole["satisfaction"]:
        if line["scope"] == "queue":
            assert value(found, "ccmon_queue_satisfaction_ratio", queue=line["name"]) == line["top_two_box"]
    assert value(found, "ccmon_centre_follow_ups_overdue") == whole["follow_ups"]["overdue"]
    assert value(found, "ccmon_centre_not_given_up") == whole["not_given_up_count"]


def test_yen_have_no_minor_units() -> None:
    whole = busy_floor(24)
    line = replace(whole.sales[0], currency="JPY", revenue_cents=1234)
    found = values(exposition(replace(whole, sales=(line, *whole.sales[1:]))))
    assert value(found, "ccmon_centre_revenue", currency="JPY") == 1234


def test_alerts_are_counted_by_rule_and_none_is_0() -> None:
    whole, found = snapshot_object(busy_floor(24)), values(exposition(busy_floor(24)))
    counted = Counter(alert["rule"] for alert in whole["alerts"])
    assert {rule: value(found, "ccmon_alerts", rule=rule) for rule in Rule} == {rule: counted[rule] for rule in Rule}


def test_the_age_of_the_data_is_a_metric() -> None:
    whole = busy_floor(24)
    found = values(exposition(whole))
    assert value(found, "ccmon_up") == 1
    assert value(found, "ccmon_data_age_seconds") == 0.4
    assert value(found, "ccmon_snapshot_timestamp_seconds") == whole.at // 1000
    assert value(found, "ccmon_data_current") == 1
    assert value(values(exposition(replace(whole, data_ends_at=whole.data_at))), "ccmon_data_current") == 0


def test_of_an_empty_floor_nothing_is_claimed() -> None:
    found = values(exposition(empty_floor()))
    assert value(found, "ccmon_centre_waiting") == 0
    assert value(found, "ccmon_centre_service_level_ratio") is None
    assert value(found, "ccmon_data_age_seconds") is None
    assert value(found, "ccmon_data_current") == 0
    assert value(found, "ccmon_open") is None


def test_without_a_database_only_that_is_said() -> None:
    assert {name: number for (name, _), number in values(exposition_without_data()).items()} == {
        "ccmon_up": 0,
        "ccmon_build_info": 1,
    }


@pytest.mark.parametrize(
    "name",
    ['a"b', "a\\b", "a\\nb", "a\nb", 'x"} 1\nccmon_up 0 #', "Öztürk & Søn", "\x1b]0;x\x07", "\u202e", "\\"],
)
def test_names_are_labels_whatever_is_in_them(name: str) -> None:
    whole = busy_floor(24)
    floor = replace(whole, queues=(replace(whole.queues[0], name=name), *whole.queues[1:]))
    found = values(exposition(floor))
    assert value(found, "ccmon_queue_offered", queue=name) == whole.queues[0].offered
    assert value(found, "ccmon_up") == 1


def test_half_a_letter_can_be_sent() -> None:
    whole = busy_floor(24)
    text = exposition(replace(whole, queues=(replace(whole.queues[0], name="a\ud800"), *whole.queues[1:])))
    assert value(values(text.encode().decode()), "ccmon_queue_offered", queue="a?") == whole.queues[0].offered


def test_names_follow_the_conventions() -> None:
    """prometheus.io/docs/practices/naming: base units as suffixes, no total on what may fall, one prefix."""
    found = families(exposition(busy_floor(24), agents=True))
    for name, family in found.items():
        assert re.fullmatch(r"ccmon_[a-z][a-z0-9_]*", name)
        assert family.type == "gauge"
        assert not name.endswith(("_total", "_count", "_sum", "_bucket", "_s", "_ms", "_cents", "_percent"))
        assert family.unit == next((unit for unit in ("seconds", "ratio") if name.endswith(f"_{unit}")), "")
        assert family.documentation.endswith(".")
        assert all(sample.timestamp is None for sample in family.samples)
    assert len({family.documentation for family in found.values()}) > 60


def test_the_document_names_every_metric() -> None:
    shown = set(re.findall(r"`(ccmon_\w+)`", DOCUMENT))
    exported = set(families(exposition(busy_floor(24), agents=True)))
    assert {name for name in shown if not name.endswith("_")} <= exported | {"ccmon_open"}
    ends = set(re.findall(r"`_(\w+)`", DOCUMENT)) - {"seconds", "ratio"}
    prefixes = ("ccmon_centre_", "ccmon_queue_", "ccmon_client_", "ccmon_team_", "ccmon_campaign_", "ccmon_agent_")
    parts = {name.removeprefix(prefix) for name in exported for prefix in prefixes if name.startswith(prefix)}
    assert ends <= parts
    assert {name for name in exported if name not in shown and not name.startswith(prefixes)} == set()
    assert {part for part in parts if part not in ends and not any(f"{p}{part}" in shown for p in prefixes)} == set()


def expressions(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [text for key, text in part.items() if key in {"expr", "definition"}]
        return own + [text for each in part.values() for text in expressions(each)]
    return [text for each in part for text in expressions(each)] if isinstance(part, list) else []


def test_the_dashboard_uses_metrics_that_there_are() -> None:
    found = families(exposition(busy_floor(24)))
    asked = expressions(DASHBOARD)
    assert len(asked) > 20
    named = {name for text in asked for name in re.findall(r"\bccmon_\w+", text)}
    assert len(named) > 18
    assert named <= set(found)
    for text in asked:
        for name, labels in re.findall(r"\b(ccmon_\w+)\{(\w+)[=!]", text):
            assert all(labels in sample.labels for sample in found[name].samples), text
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on this machine")
@pytest.mark.parametrize("whole", [busy_floor(24), empty_floor()])
def test_promtool_finds_nothing_wrong(whole: FloorSnapshot) -> None:
    text = exposition(whole, agents=True)
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_the_parser_is_strict() -> None:
    """What the tests above rest on."""
    for wrong in ("ccmon_up 1\n", "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na 2\n# EOF\n", 'a{b="c} 1\n# EOF\n'):
        with pytest.raises(ValueError, match=r"."):
            families(wrong)
