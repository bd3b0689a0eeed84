"""Which moments and lengths of time can be, at their edges."""

from __future__ import annotations

import pytest

from ccmon import plausibility

NOW = 1_795_420_800_000
DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (946_684_799_999, "before 2000"),
        (946_684_800_000, None),
        (NOW, None),
        (NOW + DAY_MS, None),
        (NOW + DAY_MS + 1, "more than a day ahead"),
        (-1, "before 2000"),
        (10**30, "more than a day ahead"),
    ],
)
def test_a_record_is_of_2000_or_later_and_at_most_a_day_ahead(at: int, reason: str | None) -> None:
    told = plausibility.impossible_moment(at, NOW)
    assert told is None if reason is None else reason in (told or "")


@pytest.mark.parametrize(
    ("length_ms", "reason"),
    [(0, None), (-1, "below 0"), (7 * DAY_MS, None), (7 * DAY_MS + 1, "over 7 days"), (10**30, "over 7 days")],
)
def test_nothing_lasts_less_than_no_time_or_more_than_a_week(length_ms: int, reason: str | None) -> None:
    told = plausibility.impossible_length(length_ms)
    assert told is None if reason is None else reason in (told or "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12", (12_000, None)),
        ("+012", (12_000, None)),
        ("000000000000000000000012", (12_000, None)),
        (" 12 ", (12_000, None)),
        ("", (None, None)),
        ("  ", (None, None)),
        ("604800", (604_800_000, None)),
        ("604801", (None, "'604801' is a length of time over 7 days")),
        ("-1", (None, "'-1' is a length of time below 0")),
        ("-0", (0, None)),
        ("99999999999999999999", (None, "'99999999999999999999' is a length of time over 7 days")),
        ("9" * 5000, (None, f"'{'9' * 40}…' is a length of time over 7 days")),
        ("-" + "9" * 5000, (None, f"'-{'9' * 39}…' is a length of time below 0")),
        ("1_0", (None, "'1_0' is not a whole number")),
        ("1.5", (None, "'1.5' is not a whole number")),
        ("١٢", (None, "'١٢' is not a whole number")),
        ("nan", (None, "'nan' is not a whole number")),
        ("\ud800", (None, "'\\ud800' is not a whole number")),
    ],
)
def test_a_length_is_what_a_text_says_or_what_is_wrong_with_it(text: str, said: tuple[int | None, str | None]) -> None:
    assert plausibility.length_ms(text, 1000) == said


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (631_151_999_999, "before 1990"),
        (631_152_000_000, None),
        (NOW + 3_653 * DAY_MS, None),
        (NOW + 3_653 * DAY_MS + 1, "more than 10 years ahead"),
    ],
)
def test_a_plan_may_lie_ten_years_ahead(at: int, reason: str | None) -> None:
    told = plausibility.impossible_plan(at, NOW)
    assert told is None if reason is None else reason in (told or "")


def test_a_table_may_tell_of_an_older_past() -> None:
    earliest = plausibility.EARLIEST_IN_TABLES_MS
    assert plausibility.impossible_moment(earliest, NOW, earliest) is None
    assert plausibility.impossible_moment(earliest - 1, NOW, earliest) == "has a time before 1990"
