"""The object of ``ccmon status --json`` in one line, and a part of it."""

from __future__ import annotations

import json

import pytest

from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json_writer import ALWAYS, as_line, as_text, number
from tests.busy_floor import busy_floor
from tests.floors import empty_floor, floor
from tests.report.test_schema import PARTS, VALIDATOR


@pytest.mark.parametrize("whole", [empty_floor(), floor(24), busy_floor(24)])
def test_a_line_is_the_whole_object(whole: FloorSnapshot) -> None:
    line = as_line(whole)
    assert "\n" not in line
    assert line == json.dumps(json.loads(as_text(whole)))
    VALIDATOR.validate(json.loads(line))


@pytest.mark.parametrize("only", [(), ("queues",), ("value", "agents"), ("at", "total")])
def test_a_part_has_the_keys_asked_for_and_how_old_they_are(only: tuple[str, ...]) -> None:
    whole = json.loads(as_text(busy_floor(24)))
    for text in (as_line(busy_floor(24), only), as_text(busy_floor(24), only)):
        part = json.loads(text)
        assert list(part) == [key for key in whole if key in only or key in ALWAYS]
        assert all(value == whole[key] for key, value in part.items())
        for key, value in part.items():
            PARTS[key].validate(value)


@pytest.mark.parametrize("name", ["waiting", "service_level", "longest_wait_s", "agents_ready", "asa_s"])
def test_a_number_of_a_record_is_that_of_its_object(name: str) -> None:
    whole = floor(24)
    assert number(whole, whole.total, name) == json.loads(as_text(whole))["total"][name]
    empty = empty_floor()
    assert number(empty, empty.total, name) == json.loads(as_text(empty))["total"][name]
