"""The business in the text and the JSON of a status."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import as_text, snapshot_object
from ccmon.report.status import print_status
from tests.business import busy_floor
from tests.floors import known

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "status.schema.json").read_text(encoding="utf-8"))


def shown(snapshot: FloorSnapshot, width: int = 120) -> str:
    file = io.StringIO()
    print_status(snapshot, Console(file=file, width=width, highlight=False, markup=False, emoji=False))
    return file.getvalue()


@pytest.mark.parametrize("agents", [1, 24, 200])
def test_the_business_meets_the_schema(agents: int) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(as_text(snapshot_object(busy_floor(agents)))))


@pytest.mark.parametrize("width", [80, 100, 130, 200])
def test_the_business_fits(width: int) -> None:
    assert all(cell_len(line) <= width for line in shown(busy_floor(), width).splitlines())


def test_each_of_the_four_goals_is_told() -> None:
    text = shown(busy_floor(), 130)
    for words in (
        "Quotas", "chance", "Sold today", "right-party contacts",
        "Satisfaction, 28 days", "first contact", "Call back",
        "Customers", "one-time", "Promises", "1 is late", "Not given up", "second purchase",
        "Why they call", "rising",
        "Resources", "wages", "The same money elsewhere",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("name", ["\x1b]0;x\x07", "[bold red]Bob[/]", "a\nb", "\u202eevil"])
def test_names_of_customers_are_harmless(name: str) -> None:
    floor = busy_floor()
    floor = replace(
        floor,
        low_scores=tuple(low._replace(customer=name) for low in known(floor.low_scores)),
        stuck=tuple(stuck._replace(customer=name) for stuck in known(floor.stuck)),
        second_purchases=tuple(buyer._replace(customer=name) for buyer in known(floor.second_purchases)),
    )
    text = shown(floor)
    assert all(letter not in text for letter in "\x1b\x07\u202e")
    assert "[bold red]Bob[/]" in text or not name.startswith("[")
