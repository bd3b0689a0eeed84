"""Times of day, wherever one is typed: of opening hours, of the start of a day, in setup and in the configuration."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from ccmon import time_of_day
from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SITE
from ccmon.errors import UsageError
from ccmon.number_texts import CellError
from ccmon.setup import parsers
from ccmon.setup.discovery import Findings
from ccmon.setup.machine import Machine
from ccmon.setup.question import SetupContext
from ccmon.sources.table.cells import CellContext
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS

(DAY_STARTS,) = (column for column in SITE.columns if column.name == "day_starts")


def in_configuration(text: str) -> str:
    return value_texts.write(DAY_STARTS, value_texts.parse(DAY_STARTS, text, CellContext(ZoneInfo("UTC"))), None)


def in_setup(text: str) -> str:
    return parsers.day_start(text, "", SetupContext(Machine(), Findings()))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("5:30", "05:30"), ("05:30", "05:30"), ("5.30", "05:30"), ("5", "05:00"), ("5 am", "05:00"), ("5 AM", "05:00"),
        ("12 am", "00:00"), ("10:30 p.m.", "22:30"), ("23:45", "23:45"), ("0", "00:00"),
    ],
)  # fmt: skip
def test_a_start_of_the_day_is_typed_alike_in_setup_and_in_the_configuration(text: str, kept: str) -> None:
    assert (in_setup(text), in_configuration(text)) == (kept, kept)


@pytest.mark.parametrize(
    "text", ["", "noon", "24:00", "5:10", "25", "5:60", "13 pm", "-1", "5:3", "\N{ARABIC-INDIC DIGIT FIVE}"]
)
def test_what_is_no_start_of_a_day(text: str) -> None:
    with pytest.raises(UsageError, match="must be a time in quarters of an hour"):
        in_setup(text)
    with pytest.raises(CellError, match="must be a time in quarters of an hour"):
        in_configuration(text)


def test_the_time_of_a_toml_file_has_seconds() -> None:
    assert in_configuration("05:30:00") == "05:30"


def test_what_is_written_is_read_again() -> None:
    times = range(0, DAY_MS + MINUTE_MS, MINUTE_MS)
    assert [time_of_day.parse(time_of_day.written(each)) for each in times] == list(times)
    assert time_of_day.written(9 * HOUR_MS + 5 * MINUTE_MS) == "09:05"
