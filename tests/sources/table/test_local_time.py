"""Moments of a table: those whose minute is remembered are what the whole cell says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.number_texts import CellError
from ccmon.sources.table.local_time import LocalClock

ZONE = ZoneInfo("Europe/Amsterdam")
CLOCK = LocalClock(ZONE)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)), st.sampled_from(" T"))
def test_a_moment_to_the_second_is_that_of_the_zone(naive: datetime, between: str) -> None:
    whole = naive.replace(microsecond=0, fold=0)
    expected = round(whole.replace(tzinfo=ZONE).timestamp() * 1000)
    assert CLOCK.moment(whole.isoformat(between), None) == expected


@pytest.mark.parametrize(
    ("cell", "same"),
    [
        ("2026-W48-1T14:30:07", "2026-11-23T14:30:07.000"),
        ("2026-11-23T14+02:30", "2026-11-23T11:30:00Z"),
        ("20261123T143000.500", "2026-11-23T14:30:00.500"),
        ("2026-11-23T14:30:07", "2026-11-23T13:30:07Z"),
    ],
)
def test_other_ways_of_writing_nineteen_letters_keep_their_meaning(cell: str, same: str) -> None:
    assert len(cell) == 19
    assert CLOCK.moment(cell, None) == CLOCK.moment(same, None)


@pytest.mark.parametrize(
    "cell", ["2026-11-23 14:30:60", "2026-11-23 24:30:00", "2026-11-31 14:30:00", "a" * 16 + ":07"]
)
def test_what_is_no_moment_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match="no moment"):
        CLOCK.moment(cell, None)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("0:00", 0), ("9:05:07", 32707), ("23:59:59", 86399), ("23:59:59,5", 86399.5), ("12:30 a.m.", 1800)],
)
def test_a_time_of_day_is_counted_from_midnight(cell: str, seconds: float) -> None:
    assert CLOCK.time(cell) == seconds * 1000


@pytest.mark.parametrize("cell", ["24:00:00", "25:06:00", "99:00", "12:60:00", "12:00:60", "1:75 PM"])
def test_a_time_that_no_day_has_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match=f"is '{cell}', no time of day: it ends at 23:59:59"):
        CLOCK.time(cell)


@pytest.mark.parametrize("cell", ["1795440600500", "1712120112345"])
def test_milliseconds_since_1970_are_refused_with_their_format(cell: str) -> None:
    with pytest.raises(CellError) as error:
        LocalClock(ZoneInfo("UTC")).moment(cell, None)
    assert str(error.value) == (
        f"is {cell!r}, no moment such as 2026-11-23 14:30:00; if it is milliseconds since 1970, say format = "
        '"epoch_ms" in a mapping'
    )
    assert LocalClock(ZoneInfo("UTC")).moment(cell, "epoch_ms") == int(cell)
    assert LocalClock(ZoneInfo("UTC")).moment(cell[:10], None) == int(cell[:10]) * 1000
