"""Of a value out of its limits is said what is allowed, and which allowed value is nearest."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.configuration.value_limits import limits, refusal
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.number_texts import CellError, ImpossibleError
from ccmon.sources.table.cells import CellContext
from tests.configuration.test_value_texts import COLUMNS, NOW, context

SITES = [
    CellContext(ZoneInfo(zone), day_starts_ms, "EUR", NOW)
    for zone in ("Europe/Amsterdam", "Pacific/Kiritimati", "America/Los_Angeles", "UTC")
    for day_starts_ms in (0, 20 * 3_600_000)
]


def why_not(column: ColumnSpec, text: str, site: CellContext) -> str:
    with pytest.raises(CellError) as raised:
        value_texts.parse(column, text, site)
    return refusal(column, text, raised.value, site)


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.time_zone}-{site.day_starts_ms}")
@pytest.mark.parametrize("column", COLUMNS)
def test_the_limits_are_the_outermost_values_that_are_taken(column: ColumnSpec, site: CellContext) -> None:
    found = limits(column, site)
    if found is None:
        return
    for value, step in zip(found, (-1, 1), strict=True):
        text = value_texts.write(column, value, site.currency)
        assert value_texts.parse(column, text, site) == value
        if column.type is CellType.PLANNED_DAY:
            beyond = (date.fromisoformat(value) + timedelta(days=step)).isoformat()
        elif column.type is CellType.LENGTH:
            beyond = f"{value + step} ms"
        elif column.type is CellType.COST:
            beyond = f"{(value + step) / 100:.2f}"
        else:
            beyond = str(value + step)
        with pytest.raises(ImpossibleError):
            value_texts.parse(column, beyond, site)
        said = why_not(column, beyond, site)
        assert "and must be " in said
        if "is nearest" in said:
            nearest = said.rpartition("; ")[2].removesuffix(" is nearest").replace(",", "")
            assert value_texts.parse(column, nearest, site) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("service_level_target", "850 %", "at most 100 %, such as 15 %; did you mean 85 %?"),
        ("service_level_target", "1000", "such as 0.15 or 15 %; did you mean 10 %?"),
        ("service_level_target", "825%", "did you mean 82.5 %?"),
        ("service_level_target", "101 %", "did you mean 10.1 %?"),
        ("service_level_target", "-5 %", "a share from 0 to 1, such as 0.15 or 15 %"),
        ("service_level_target", "many", "a share from 0 to 1, such as 0.15 or 15 %"),
        ("short_abandon", "soon", "m:ss or h:mm:ss"),
        ("talk_limit", "0:00", "is '0:00', and must be more than 0 s and at most 168 h"),
        ("talk_limit", "8 days", "more than 0 s and at most 168 h; 168 h is nearest"),
    ],
)
def test_what_is_allowed_and_nearest_is_said(name: str, text: str, said: str) -> None:
    assert why_not(own_columns(SECTIONS["queues"])[name], text, context()).endswith(said)


@pytest.mark.parametrize(
    ("text", "near"), [("4:07", "04:00"), ("4:08", "04:15"), ("23:59", "23:45"), ("24:00", "23:45")]
)
def test_the_nearest_quarter_of_an_hour_is_named(text: str, near: str) -> None:
    said = why_not(own_columns(SECTIONS["site"])["day_starts"], text, context())
    assert said.endswith(f"such as 04:00 or 22:30; did you mean {near}?")
