"""Business days over changes of the clock, and the table that holds them."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from ccmon.database import creation, database_file, doctor
from ccmon.database.business_days import ALL_YEARS, Years, business_days, fill
from ccmon.database.site import named_zone
from ccmon.errors import CcmonError
from tests.databases import rows

HOUR_MS = 3_600_000


def days(time_zone: str, first: str, last: str, day_starts_ms: int = 0) -> list[tuple[str, str, float]]:
    """Date, start in UTC and length in hours."""
    return [
        (
            day.date,
            f"{datetime.fromtimestamp(day.starts_at / 1000, UTC):%m-%d %H:%M}",
            (day.ends_at - day.starts_at) / HOUR_MS,
        )
        for day in business_days(time_zone, day_starts_ms, date.fromisoformat(first), date.fromisoformat(last))
    ]


@pytest.mark.parametrize(
    ("time_zone", "first", "last", "day_starts_ms", "expected"),
    [
        pytest.param(
            "Europe/Amsterdam",
            "2026-03-28",
            "2026-03-30",
            0,
            [("2026-03-28", "03-27 23:00", 24), ("2026-03-29", "03-28 23:00", 23), ("2026-03-30", "03-29 22:00", 24)],
            id="spring",
        ),
        pytest.param(
            "Europe/Amsterdam", "2026-10-25", "2026-10-25", 0, [("2026-10-25", "10-24 22:00", 25)], id="autumn"
        ),
        pytest.param(
            "Europe/Amsterdam",
            "2026-10-24",
            "2026-10-25",
            4 * HOUR_MS,
            [("2026-10-24", "10-24 02:00", 25), ("2026-10-25", "10-25 03:00", 24)],
            id="a day that starts at four has the long night in the day before",
        ),
        pytest.param(
            "America/Havana",
            "2026-03-07",
            "2026-03-08",
            0,
            [("2026-03-07", "03-07 05:00", 24), ("2026-03-08", "03-08 05:00", 23)],
            id="midnight that does not exist: the day starts when the clock jumps over it",
        ),
        pytest.param(
            "America/Havana",
            "2026-10-31",
            "2026-11-02",
            0,
            [("2026-10-31", "10-31 04:00", 24), ("2026-11-01", "11-01 04:00", 25), ("2026-11-02", "11-02 05:00", 24)],
            id="midnight that comes twice: the first",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2026-04-05",
            "2026-04-05",
            0,
            [("2026-04-05", "04-04 13:00", 24.5)],
            id="half an hour",
        ),
        pytest.param("Asia/Kolkata", "2026-11-23", "2026-11-23", 0, [("2026-11-23", "11-22 18:30", 24)], id="offset"),
        pytest.param("Asia/Kathmandu", "2026-11-23", "2026-11-23", 0, [("2026-11-23", "11-22 18:15", 24)], id="45"),
        pytest.param(
            "Pacific/Apia",
            "2011-12-29",
            "2011-12-31",
            0,
            [("2011-12-29", "12-29 10:00", 24), ("2011-12-31", "12-30 10:00", 24)],
            id="a date that was left out",
        ),
    ],
)
def test_days(
    time_zone: str, first: str, last: str, day_starts_ms: int, expected: list[tuple[str, str, float]]
) -> None:
    assert days(time_zone, first, last, day_starts_ms) == expected


@pytest.mark.parametrize("time_zone", [*sorted(available_timezones())[::40], "Asia/Pyongyang", "America/Caracas"])
def test_in_every_zone_days_join_without_gap_and_hold_whole_quarters(time_zone: str) -> None:
    filled = list(business_days(time_zone, 0, date(ALL_YEARS.first, 1, 1), date(2038, 1, 1)))
    assert all(one.ends_at == other.starts_at for one, other in pairwise(filled))
    assert all(day.starts_at % 900_000 == 0 for day in filled)
    assert min(day.ends_at - day.starts_at for day in filled) >= 20 * HOUR_MS


def test_the_table_is_filled_and_noticed_when_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    creation.create(path, time_zone="Asia/Kolkata", day_starts_ms=6 * HOUR_MS)
    with closing(database_file.open_writer(path)) as connection:
        first, last, count = connection.execute("SELECT min(date), max(date), count(*) FROM business_days").fetchone()
        assert (first, last) == ("1990-01-01", "2060-12-31")
        assert count == (date(2061, 1, 1) - date(1990, 1, 1)).days
        row = connection.execute("SELECT starts_at FROM business_days WHERE date = '2026-11-23'").fetchone()
        assert row == (1_795_393_800_000,)  # 2026-11-23T00:30Z, six o'clock in Kolkata

        connection.execute("UPDATE site SET time_zone = 'Europe/Amsterdam'")
        (wrong,) = (each for each in doctor.examine(path, connection, 1_795_393_800_000) if each.verdict == "wrong")
        assert wrong.subject == "business days"
        assert "ccmon doctor --rebuild" in wrong.text
        doctor.repair(connection, recompute_targets=False)
        assert all(each.verdict != "wrong" for each in doctor.examine(path, connection, 1_795_393_800_000))


@pytest.mark.parametrize("time_zone", ["Europe/Amsterdam", "Pacific/Apia", "UTC"])
def test_the_days_of_some_years_are_those_of_all(tmp_path: Path, time_zone: str) -> None:
    some, whole = tmp_path / "some.db", tmp_path / "whole.db"
    creation.create(some, time_zone=time_zone, day_starts_ms=4 * HOUR_MS, years=Years(2010, 2012))
    creation.create(whole, time_zone=time_zone, day_starts_ms=4 * HOUR_MS)
    every = rows(whole, "SELECT * FROM business_days ORDER BY 1")
    assert rows(some, "SELECT * FROM business_days ORDER BY 1") == [
        row for row in every if "2010" <= str(row[2]) < "2013"
    ]
    with closing(database_file.open_writer(some)) as connection:
        fill(connection)
    assert rows(some, "SELECT * FROM business_days ORDER BY 1") == every


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Amsterdm", "did you mean Europe/Amsterdam?"),
        ("amsterdam", "did you mean Europe/Amsterdam?"),
        ("New York", "did you mean America/New_York?"),
        ("Europe", "IANA name|did you mean"),
        ("../etc/passwd", "IANA name|did you mean"),
        ("", "IANA name|did you mean"),
        ("xyzzy", "give an IANA name such as Europe/Amsterdam"),
        ("Europe/Pairs", "did you mean Europe/Paris?"),
        ("Zürich", "did you mean Europe/Zurich?"),
        ("Viena", "did you mean Europe/Vienna?"),
        ("Europ/Berlin", "did you mean Europe/Berlin?"),
        ("europe/new_york", "did you mean America/New_York?"),
        # Not NZ, Europe/Berlin, Asia/Gaza, Europe/Minsk.
        ("Linz", "give an IANA name"),
        ("Bern", "give an IANA name"),
        ("Graz", "give an IANA name"),
        ("Europe/Linz", "give an IANA name"),
    ],
)
def test_an_unknown_zone_gets_a_sentence_with_one_that_is_written_alike(name: str, hint: str) -> None:
    with pytest.raises(CcmonError, match=re.escape("There is no time zone")) as told:
        named_zone(name)
    assert re.search(hint.replace("?", r"\?"), str(told.value))


@pytest.mark.parametrize("day_starts_ms", [-900_000, 1, 86_400_000])
def test_a_day_starts_at_a_quarter_of_an_hour(tmp_path: Path, day_starts_ms: int) -> None:
    with pytest.raises(CcmonError, match="whole quarter of an hour"):
        creation.create(tmp_path / "calls.db", time_zone="UTC", day_starts_ms=day_starts_ms)
    assert list(tmp_path.iterdir()) == []
