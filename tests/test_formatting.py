"""Texts made harmless, and figures in words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.formatting import (
    UNKNOWN,
    amount,
    ascii_only,
    clock,
    coarse,
    count,
    dated,
    duration,
    fit,
    iso_minute,
    mean,
    money,
    percent,
    plain,
    size_in_words,
    width_of,
    wrapped,
)
from ccmon.metrics.percentage import percent_below
from ccmon.views.glyphs import DIGITS, big, needs_ascii


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Søren Kjærgaard", "Soren Kjaergaard"),
        ("Łukasz Dvořák, Đorđe", "Lukasz Dvorak, Dorde"),
        ("Þóra Guðmundsdóttir, Groß", "Thora Gudmundsdottir, Gross"),
        ("Nguyễn Minh Anh, İlker", "Nguyen Minh Anh, Ilker"),
        ("Siobhán O\u2019Brien \u2014 \u201clate\u201d", 'Siobhan O\'Brien - "late"'),
        ("李秀英", "???"),
    ],
)
def test_latin_letters_become_plain_ones_in_ascii(text: str, plain: str) -> None:
    assert ascii_only(text) == plain


@given(st.text(), st.integers(1, 60), st.booleans())
def test_any_text_takes_exactly_its_cells_and_nothing_else(text: str, width: int, right: bool) -> None:
    for more in ("…", "~"):
        fitted = fit(text, width, right=right, more=more)
        assert width_of(fitted) == width
        assert fitted.isprintable()
    assert fit(text, width, more="~").isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;x\x07", "␛]0;x␇"),
        ("[bold red]", "[bold red]"),
        ("🇳🇱", "NL"),
        ("👍🏽", "👍"),
        ("a\u202eb", "ab"),
        ("e\u0301", "é"),
        ("a\nb", "a␊b"),
    ],
)
def test_what_could_do_harm_is_shown_or_left_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(("ms", "shown"), [(None, UNKNOWN), (0, "0:00"), (59_999, "0:59"), (3_600_000, "1:00:00")])
def test_durations(ms: int | None, shown: str) -> None:
    assert duration(ms) == shown


def test_figures_are_rounded_half_up_once() -> None:
    assert percent(0.125, 0) == "13 %"
    assert percent(0.9996, 1) == "100.0 %"
    assert percent(None) == UNKNOWN
    assert mean(89_500) == "1:30"
    assert mean(89_499) == "1:29"
    assert money(123_450) == amount(123_450) == "1,235"
    assert money(250_050) == amount(250_050) == "2,501"
    assert (amount(100.5), amount(-100.5), amount(1_000_050, exact=True)) == ("1.01", "-1.01", "10,000.50")
    assert count(12_345) == "12,345"
    assert (count(2.5), count(-2.5), count(0.125, decimals=2), count(-0.3)) == ("3", "-3", "0.13", "0")


@given(st.integers(-10_000, 100_000), st.integers(1, 5_000), st.integers(0, 2))
def test_a_share_of_counts_is_rounded_half_up_as_the_exact_fraction_is(part: int, whole: int, decimals: int) -> None:
    scale = 10**decimals
    exact = Fraction(part, whole) * 100 * scale
    rounded = (abs(exact) + Fraction(1, 2)).__floor__() * (1 if exact >= 0 else -1)
    assert percent(part / whole, decimals) == f"{rounded / scale:.{decimals}f} %"


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.845, "85 %"), (0.145, "15 %"), (0.285, "29 %"), (0.844999999999, "84 %"), (-0.51, "-51 %"), (-0.001, "0 %")],
)
def test_a_half_goes_up_and_nothing_else_does(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("share", "limit", "shown"),
    [
        (0.845, 0.9, "85 %"),
        (0.845, 0.85, "84.5 %"),
        (0.996, 1.0, "99.6 %"),
        (0.9999, 1.0, "99.99 %"),
        (0.8, 0.8, "80 %"),
    ],
)
def test_a_share_below_its_limit_is_never_written_as_the_limit(share: float, limit: float, shown: str) -> None:
    assert percent_below(share, limit) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(40, "40 s"), (1380, "23 min"), (4140, "1 h 9 min"), (100_000, "27 h"), (300_000, "3 d"), (90_000_000, "1,041 d")],
)
def test_coarse_lengths(seconds: int, shown: str) -> None:
    assert coarse(seconds * 1000) == shown


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_moment_beyond_the_calendar_is_its_end(zone: str) -> None:
    """A program may write microseconds, or any number of 64 bits."""
    for at in (1_795_422_000_000_000, 2**63 - 1):
        assert iso_minute(at, ZoneInfo(zone)) == "9999-12-31 23:59"
    for at in (-1_795_422_000_000_000, -(2**63)):
        assert iso_minute(at, ZoneInfo(zone)).endswith("1-01-01 00:00")


def test_local_time_is_the_sites() -> None:
    assert clock(1_795_440_727_000, ZoneInfo("Europe/Amsterdam"), seconds=True) == "14:32:07"


def test_large_figures_are_rectangles() -> None:
    for glyph in DIGITS.values():
        assert len({len(row) for row in glyph}) == 1
    rows = big("12:30 %")
    assert rows is not None
    assert len({len(row) for row in rows}) == 1
    assert big("x") is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C", "LC_ALL": "nl_NL.utf8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "de_DE@euro"}, True),
    ],
)
def test_the_locale_says_whether_ascii_is_all_there_is(environment: dict[str, str], expected: bool) -> None:
    assert needs_ascii(environment) == expected


@given(st.text(), st.integers(8, 60))
def test_lines_are_wrapped_by_cells_and_lose_no_letter(text: str, width: int) -> None:
    lines = wrapped(text, width, "  ")
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


def test_letters_of_two_cells_count_as_two() -> None:
    assert wrapped("李秀英 talks in Aurora", 14) == ["李秀英 talks", "in Aurora"]
    assert wrapped("電話交換手の名前", 9) == ["電話交換", "手の名前"]


def test_a_moment_of_another_day_has_its_date() -> None:
    now = 1_795_441_000_000  # Mon 23 Nov 2026 14:36 in Amsterdam
    zone = ZoneInfo("Europe/Amsterdam")
    assert dated(now - 3_600_000, zone, now) == clock(now - 3_600_000, zone)
    assert dated(now - 17 * 86_400_000, zone, now).startswith("Fri 6 Nov ")
    assert dated(now - 400 * 86_400_000, zone, now).startswith("19 Oct 2025 ")
    assert dated(None, zone, now) == UNKNOWN


@given(
    st.one_of(
        st.floats(-2, 1_000_000),
        st.builds(lambda part, whole: part / whole, st.integers(0, 400), st.integers(1, 400)),
        st.builds(lambda number, decimals: number / 10**decimals, st.integers(0, 99_999), st.integers(0, 7)),
    ),
    st.integers(0, 4),
)
def test_a_share_is_rounded_as_the_decimal_that_it_is_written_as(share: float, decimals: int) -> None:
    exact = (Decimal(repr(share)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert percent(share, decimals) == f"{exact or abs(exact)} %"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 KiB"), (39_936, "39 KiB"), ((1 << 20) - 1, "1,024 KiB"), (1 << 20, "1 MiB"), (1_001_390_080, "955 MiB")],
)
def test_a_size_is_told_in_one_unit(size: int, words: str) -> None:
    assert size_in_words(size) == words
