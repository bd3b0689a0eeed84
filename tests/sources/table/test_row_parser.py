"""Rows are read column by column: together they say what each says alone."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.sources.table.mapping import parse
from ccmon.sources.table.row_parser import RowParser
from ccmon.sources.table.row_reader import Row
from tests.sources.table.test_fuzz_rows import CORPUS, HEADER, INTACT, LOST, MAPPING, NOW, TIMED

ONLY = """
[only]
Queue = ["sales", "9999-12-31", "-5"]

[[except]]
when = { Agent = ["", "K-1001"] }
skip = true
"""
TEXTS = (*CORPUS[::3], "-", "23:59:00", "2026-11-23 10:00:11", "2026-11-23 09:58:00", "2027-01-01 00:00:00")


def rows() -> list[Row]:
    """Rows of calls with each cell of some texts in each column, and such as cannot be read."""
    cells = [
        [*row[:place], text, *row[place + 1 :]]
        for row in (INTACT, LOST, TIMED)
        for place in range(len(HEADER))
        for text in TEXTS
    ]
    cells += [INTACT[:3], [], [*INTACT, "more"], [*TIMED[:-1], "ja\udcff"]]
    return [*(Row(line, each) for line, each in enumerate(cells)), Row(0, [], "line 5 cannot be read")]


def said(parser: RowParser, rows: Sequence[Row]) -> tuple[dict[int, Any], dict[int, str], dict[int, list[str]]]:
    """The call of each row, its error, and what in it cannot be, by its place."""
    parsed = parser.parse(rows)
    calls = dict(zip(parsed.places, zip(*parsed.calls, strict=True), strict=True))
    assert len(calls) == parsed.calls.size
    errors = {place: f"{type(error).__name__}: {error}" for place, error in parsed.errors.items()}
    return calls, errors, {place: list(each) for place, each in parsed.impossible.items()}


@pytest.mark.parametrize("more", ["", ONLY], ids=["all", "some left out"])
def test_rows_say_together_what_each_says_alone(more: str) -> None:
    mapping = parse(tomllib.loads(MAPPING + more), "mutated.toml")
    together, alone = (RowParser(mapping, HEADER, ZoneInfo("Europe/Amsterdam"), NOW) for _ in range(2))
    each = rows()
    calls, errors, impossible = said(together, each)
    assert len(calls) > 100
    assert len(errors) > 100
    assert len(impossible) > 50
    assert not calls.keys() & errors.keys()
    assert list(calls) == sorted(calls), "calls are in the order of their rows"
    for place, row in enumerate(each):
        expected = said(alone, [row])
        found = [{0: part[place]} if place in part else {} for part in (calls, errors, impossible)]
        assert found == list(expected), row
    assert together.out_of_order == alone.out_of_order > 0
    assert together.endless == alone.endless > 0
