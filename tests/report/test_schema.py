"""The schema of ``ccmon status --json`` is made from the records, and holds what they write to all that they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ccmon.report.json_writer import as_text
from ccmon.report.schema import as_text as schema_text
from ccmon.report.schema import schema
from tests.busy_floor import busy_floor
from tests.floors import empty_floor, floor
from tests.status_json import snapshot_object

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "status.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PARTS = {key: VALIDATOR.evolve(schema=part) for key, part in SCHEMA["properties"].items()}
"""What holds each key's value of the whole object to its part of the schema."""
GOLDENS = sorted((ROOT / "tests" / "goldens" / "json").glob("*.json"))

PathTo = tuple[str | int, ...]


def test_the_file_is_what_the_records_say() -> None:
    """If not: ``python -m ccmon.report.schema > docs/status.schema.json``, and read the difference."""
    Draft202012Validator.check_schema(schema())
    assert (ROOT / "docs" / "status.schema.json").read_text(encoding="utf-8") == schema_text(schema()) + "\n"


def test_it_says_which_schema_it_is() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"].endswith(SCHEMA["version"])


def test_every_key_and_object_is_described() -> None:
    for name, part in (("", SCHEMA), *SCHEMA["$defs"].items()):
        assert part["description"], name
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), (name, key)
            assert "None" not in value["description"].split(), (name, key)


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.stem)
def test_goldens_meet_it(golden: Path) -> None:
    VALIDATOR.validate(json.loads(golden.read_text(encoding="utf-8")))


@pytest.mark.parametrize("agents", [1, 24, 60])
def test_floors_meet_it(agents: int) -> None:
    for whole in (floor(agents), busy_floor(agents)):
        VALIDATOR.validate(json.loads(as_text(whole)))
    VALIDATOR.validate(snapshot_object(empty_floor()))


@cache
def one_of_each() -> Any:
    """The object of a busy floor with the first of each list, every part known."""

    def first(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: first(part) for key, part in value.items()}
        return [first(part) for part in value[:1]] if isinstance(value, list) else value

    whole = first(json.loads(as_text(busy_floor(24))))
    VALIDATOR.validate(whole)
    return whole


def places(value: Any, path: PathTo = ()) -> Iterator[PathTo]:
    """Where each object and each value is."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def at(whole: Any, path: PathTo) -> Any:
    for key in path:
        whole = whole[key]
    return whole


def is_valid_with(change: Callable[[Any], None], path: PathTo) -> bool:
    """Whether the object is valid with what is at a path changed. Of the rest, which is valid, nothing is checked."""
    if not path:
        whole = dict(one_of_each())
        change(whole)
        return VALIDATOR.is_valid(whole)
    part = {path[0]: deepcopy(one_of_each()[path[0]])}
    change(at(part, path))
    return PARTS[str(path[0])].is_valid(part[path[0]])


def is_valid_as(path: PathTo, value: Any) -> bool:
    """Whether the object is valid with another value at a path."""
    if len(path) == 1:
        return PARTS[str(path[0])].is_valid(value)
    return is_valid_with(methodcaller("__setitem__", path[-1], value), path[:-1])


def test_no_key_may_be_missing_and_none_be_added() -> None:
    objects = [path for path in places(one_of_each()) if isinstance(at(one_of_each(), path), dict)]
    assert len(objects) > 20
    for path in objects:
        for key in at(one_of_each(), path):
            assert not is_valid_with(methodcaller("pop", key), path), (*path, key)
        if path != ("absent",):
            assert not is_valid_with(methodcaller("__setitem__", "of_nobody", None), path), path


def test_no_value_may_be_of_another_kind() -> None:
    """Objects where there are texts and numbers, numbers for texts, texts for numbers."""
    for path in places(one_of_each()):
        if not path:
            continue
        value = at(one_of_each(), path)
        assert is_valid_as(path, value), path
        wrong: list[Any] = [{"a": 1}, [[1]]]
        if value is not None:
            wrong.append(value if isinstance(value, dict | list) else 7.5 if isinstance(value, str) else "text")
            wrong = wrong if not isinstance(value, dict | list) else wrong[:2]
        for other in wrong:
            assert not is_valid_as(path, other), (path, other)


QUOTA: PathTo = ("sales", 0, "quotas", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("at",), None),
        (("data_age_s",), -1),
        (("queues",), None),
        (("total",), None),
        (("absent",), {"queues": 1}),
        (("absent",), None),
        (("queues", 0, "name"), None),
        (("queues", 0, "purpose"), "play"),
        (("queues", 0, "waiting"), -1),
        (("queues", 0, "waiting"), 1.5),
        (("queues", 0, "waiting"), None),
        (("queues", 0, "agents_needed"), -1),
        (("queues", 0, "talk_s"), None),
        (("queues", 0, "longest_wait_s"), -1),
        (("total", "service_level"), 1.01),
        (("total", "service_level"), -0.01),
        (("total", "abandonment_rate"), 2),
        (("agents", 0, "state"), "unknown"),
        (("agents", 0, "state"), "asleep"),
        (("agents", 0, "talk_s"), -1),
        (("agents", 0, "logged_in_s"), None),
        (("agents", 0, "seconds_in_state"), -1),
        (("agents", 0, "occupancy"), 1.01),
        (("agents", 0, "sales"), None),
        (("sales", 0, "scope"), "queue"),
        (("sales", 0, "conversion_high"), 1.01),
        (("sales", 0, "revenue_cents"), None),
        (("sales", 0, "revenue_projection_cents"), 0.5),
        (("sales", 0, "pace"), -0.1),
        (("sales", 0, "verdict"), "good"),
        (("sales", 0, "quotas"), None),
        ((*QUOTA, "period"), "year"),
        ((*QUOTA, "starts_on"), None),
        ((*QUOTA, "spread"), None),
        ((*QUOTA, "basis"), "guess"),
        ((*QUOTA, "projection_low"), -1),
        ((*QUOTA, "quota_revenue_cents"), -1),
        ((*QUOTA, "chance"), 1.01),
        ((*QUOTA, "chance_rate"), "any"),
        (("sales", 0, "detail", "right_party_rate"), 1.01),
        (("sales", 0, "detail", "gross_cents"), None),
        (("handling", 0, "scope"), "agent"),
        (("handling", 0, "direction"), None),
        (("follow_ups", "on_time_rate"), 1.01),
        (("follow_ups", "items", 0, "id"), None),
        (("follow_ups", "items", 0, "due_at"), None),
        (("follow_ups", "items", 0, "overdue_s"), -1),
        (("follow_ups", "items", 0, "late_chance"), 1.01),
        (("follow_ups", "owners", 0, "late"), None),
        (("follow_ups", "owners", 0, "needed_s"), -1),
        (("alerts", 0, "text"), None),
        (("satisfaction", 0, "scope"), "client"),
        (("satisfaction", 0, "nps"), -100.1),
        (("satisfaction", 0, "nps"), 100.1),
        (("satisfaction", 0, "nps_margin"), -1),
        (("satisfaction", 0, "confidence"), None),
        (("satisfaction", 0, "confidence"), "sure"),
        (("satisfaction", 0, "few_responses"), None),
        (("satisfaction", 0, "repeats_today"), None),
        (("low_scores", 0, "score"), None),
        (("retention", "moves", 0, "before"), "gone"),
        (("retention", "moves", 0, "after"), None),
        (("retention", "at_risk_days"), None),
        (("retention", "cohorts", 0, "rate"), 1.01),
        (("not_given_up_count",), -1),
        (("not_given_up", 0, "why"), "tired"),
        (("not_given_up", 0, "why"), None),
        (("second_purchases", 0, "closes_on"), None),
        (("problems", "reasons", 0, "per_100_calls"), 100.1),
        (("problems", "reasons", 0, "share"), None),
        (("problems", "reasons", 0, "calls"), -1),
        (("resources", "work", 0, "direction"), "sideways"),
        (("resources", "labour_cents"), -1),
        (("resources", "cost_per_sale_cents"), -1),
        (("resources", "margin"), 1.01),
        (("value", "incrementality"), None),
        (("value", "rows", 0, "goal"), "fun"),
        (("value", "rows", 0, "cost_cents"), -1),
        (("value", "rows", 0, "starts_on"), None),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_known_wrong_documents_fail(path: PathTo, value: Any) -> None:
    at(one_of_each(), path)
    assert not is_valid_as(path, value)
