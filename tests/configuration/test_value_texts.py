"""Values are written as people write them, and read again as the same value."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.number_texts import DIGITS, CellError
from ccmon.plausibility import LONGEST_MS
from ccmon.sources.table.cells import MOST_CENTS, CellContext

COLUMNS = [
    pytest.param(column, id=f"{section}.{name}")
    for section, spec in SECTIONS.items()
    for name, column in own_columns(spec).items()
]
NOW = 1_795_431_600_000


def context(currency: str | None = "EUR") -> CellContext:
    return CellContext(ZoneInfo("Europe/Amsterdam"), 0, currency, NOW)


def hours() -> st.SearchStrategy[str]:
    """Opening hours of a day as they are kept: up to two spans, the second perhaps over midnight."""
    times = st.lists(st.integers(1, 47), min_size=4, max_size=4, unique=True).map(sorted)
    clocks = times.map(lambda halves: [f"{half // 2:02}:{half % 2 * 30:02}" for half in halves])
    day = clocks.map(lambda each: f"{each[0]}-{each[1]}, {each[2]}-{each[3]}")
    night = clocks.map(lambda each: f"{each[1]}-{each[2]}, {each[3]}-{each[0]}")
    return st.one_of(st.sampled_from(["closed", "24 h", "18:00-24:00"]), day, night)


def values(column: ColumnSpec) -> st.SearchStrategy[object]:
    if column.words:
        return st.sampled_from(column.words)
    return {
        CellType.TEXT: st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
        CellType.COUNT: st.integers(int(column.above_zero), 10**9),
        CellType.SHARE: st.floats(0, 1),
        CellType.FLAG: st.sampled_from([0, 1]),
        CellType.COST: st.integers(0, MOST_CENTS),
        CellType.CURRENCY: st.sampled_from(["EUR", "JPY"]),
        CellType.LENGTH: st.integers(int(column.above_zero), LONGEST_MS),
        CellType.TIME_OF_DAY: st.integers(0, 95).map(lambda quarters: quarters * 900_000),
        CellType.TIME_ZONE: st.sampled_from(["UTC", "Europe/Amsterdam"]),
        CellType.OPENING_HOURS: hours(),
        CellType.PLANNED_DAY: st.dates(date(1991, 1, 1), date(2036, 1, 1)).map(date.isoformat),
    }[column.type]


@pytest.mark.parametrize(
    ("text", "said"),
    [("0.855", "85.5 %"), ("0.57", "57 %"), ("1", "100 %"), ("0", "0 %"), ("0.000000000000001", "0.0000000000001 %")],
)
def test_people_are_shown_a_share_in_percent_and_exactly(text: str, said: str) -> None:
    assert value_texts.shown(("queues", "Sales NL", "service_level_target"), text) == said
    column = own_columns(SECTIONS["queues"])["service_level_target"]
    assert value_texts.write(column, value_texts.parse(column, said, context()), None) == text
    assert value_texts.shown(("site", "name"), text) == text


@pytest.mark.parametrize("column", COLUMNS)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same(column: ColumnSpec, data: st.DataObject) -> None:
    value = data.draw(values(column))
    currency = data.draw(st.sampled_from(["EUR", "JPY", "KWD", None]))
    text = value_texts.write(column, value, currency)
    found = value_texts.parse(column, text, context(currency))
    assert value_texts.write(column, found, currency) == text
    if column.type is CellType.SHARE:
        assert abs(found - value) < 1e-15
    else:
        assert found == value


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [
        (0, "0 s"), (1, "0.001 s"), (5000, "5 s"), (1500, "1.5 s"), (75_000, "75 s"), (95_000, "1:35"),
        (60_000, "1 min"), (120_000, "2 min"), (900_000, "15 min"), (3_600_000, "1 h"),
        (60_500, "60.5 s"), (5_400_000, "90 min"), (3_661_000, "1:01:01"),
        (7_200_000, "2 h"), (90_061_000, "25:01:01"),
    ],
)  # fmt: skip
def test_lengths_are_written_as_people_say_them(length_ms: int, text: str) -> None:
    column = own_columns(SECTIONS["queues"])["handling_target"]
    assert value_texts.write(column, length_ms, None) == text


@pytest.mark.parametrize("name", ["service_level_threshold", "short_abandon"])
@pytest.mark.parametrize(
    ("length_ms", "text"),
    [(0, "0 s"), (20_000, "20 s"), (60_000, "60 s"), (95_000, "95 s"), (300_000, "300 s"), (300_500, "300.5 s"),
     (301_000, "5:01"), (360_000, "6 min")],
)  # fmt: skip
def test_a_limit_of_seconds_is_written_in_seconds(name: str, length_ms: int, text: str) -> None:
    column = own_columns(SECTIONS["queues"])[name]
    assert value_texts.write(column, length_ms, None) == text
    assert value_texts.parse(column, text, context()) == length_ms


@pytest.mark.parametrize(
    ("text", "length_ms"),
    [("0", 0), ("90:00", 5_400_000), ("100:00:00", 360_000_000),
     ("20 s", 20_000), ("20s", 20_000), ("0:20", 20_000), ("00:20", 20_000), ("15 min", 900_000),
     ("15min", 900_000), ("1.5 h", 5_400_000), ("1,5 min", 90_000), ("250 ms", 250), ("1:30:00", 5_400_000),
     ("5 minutes", 300_000), ("1 minute", 60_000), ("20 m", 1_200_000), ("3 mins", 180_000),
     ("90 seconds", 90_000), ("1 second", 1_000), ("1 hour", 3_600_000), ("1.5 hours", 5_400_000)],
)  # fmt: skip
def test_lengths_are_read_as_people_write_them(text: str, length_ms: int) -> None:
    column = own_columns(SECTIONS["queues"])["short_abandon"]
    assert value_texts.parse(column, text, context()) == length_ms


@pytest.mark.parametrize("text", ["1:05 h", "min", "20 M", "-5", "- 5 s", "1.2.3 s", "8 days", "169 h", "٣ s"])
def test_what_is_no_length_is_refused(text: str) -> None:
    column = own_columns(SECTIONS["queues"])["short_abandon"]
    with pytest.raises(CellError):
        value_texts.parse(column, text, context())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5", "is '5' without a unit: write 5 s or 5 min"),
        ("1.5", "is '1.5' without a unit: write 1.5 s or 1.5 min"),
        ("05", "is '05' without a unit: write 05 s or 05 min"),
        ("1:75", "is '1:75', and after a colon must stand a number from 00 to 59"),
        ("1:60:00", "is '1:60:00', and after a colon must stand a number from 00 to 59"),
        ("1:00:100", "is '1:00:100', and after a colon must stand a number from 00 to 59"),
    ],
)
def test_what_people_read_in_two_ways_is_refused(text: str, said: str) -> None:
    column = own_columns(SECTIONS["queues"])["short_abandon"]
    with pytest.raises(CellError) as raised:
        value_texts.parse(column, text, context())
    assert str(raised.value) == said


def test_amounts_have_the_decimals_of_the_currency() -> None:
    column = own_columns(SECTIONS["agents"])["hourly_cost"]
    assert DIGITS["JPY"] == 0
    assert [value_texts.write(column, 123_456, code) for code in ("EUR", "JPY", "KWD")] == [
        "1234.56", "123456", "123.456",
    ]  # fmt: skip
    assert value_texts.parse(column, "JPY 1200", context("JPY")) == 1200
    assert value_texts.for_json(column, 1234, "EUR") == 12.34


def test_json_counts_in_seconds_and_whole_units() -> None:
    queues = own_columns(SECTIONS["queues"])
    assert value_texts.for_json(queues["short_abandon"], 1500, "EUR") == 1.5
    assert value_texts.for_json(own_columns(SECTIONS["agents"])["active"], 0, "EUR") is False
    assert value_texts.for_json(own_columns(SECTIONS["site"])["day_starts"], 0, "EUR") == "00:00"
    assert value_texts.for_json(queues["client"], None, "EUR") is None


def test_each_column_says_what_it_may_be() -> None:
    assert value_texts.allowed(own_columns(SECTIONS["queues"])["purpose"]) == "sales, service or retention"
    assert value_texts.allowed(own_columns(SECTIONS["agents"])["team"]) == "name of a team"
    assert all(value_texts.allowed(parameter.values[0]) for parameter in COLUMNS)  # type: ignore[arg-type]
