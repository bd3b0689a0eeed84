"""The figures that are read rarely in the JSON of a status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ccmon.report.json import as_text, snapshot_object
from tests.business import busy_floor

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "status.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("agents", [1, 24, 200])
def test_all_figures_meet_the_schema(agents: int) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(as_text(snapshot_object(busy_floor(agents)))))
