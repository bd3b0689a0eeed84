"""Signs and large figures: no two of them look alike."""

from __future__ import annotations

from itertools import combinations

import pytest

from ccmon.views.agents import STATES
from ccmon.views.glyphs import ASCII, DIGITS, big

Pixels = frozenset[tuple[int, int]]


def pixels(glyph: tuple[str, str, str]) -> Pixels:
    """What is lit of a figure, in half cells: column and half row from the top."""
    upper, lower = "▀█", "▄█"
    lit = set()
    for row, cells in enumerate(glyph):
        for column, cell in enumerate(cells):
            lit |= {(column, 2 * row)} if cell in upper else set()
            lit |= {(column, 2 * row + 1)} if cell in lower else set()
    return frozenset(lit)


def mirrored(lit: Pixels) -> Pixels:
    width = max(column for column, _ in lit)
    return frozenset((width - column, row) for column, row in lit)


def test_no_two_large_figures_look_alike() -> None:
    for one, other in combinations(set(DIGITS) - {" "}, 2):
        assert pixels(DIGITS[one]) != pixels(DIGITS[other]), (one, other)


def test_what_parts_thousands_is_no_decimal_point() -> None:
    comma, point = pixels(DIGITS[","]), pixels(DIGITS["."])
    baseline = max(row for digit in "0123456789" for _, row in pixels(DIGITS[digit]))
    assert {row for _, row in point} == {baseline}, "a point stands on the line"
    assert max(row for _, row in comma) > baseline, "a comma hangs below it"
    assert len(comma) > len(point)
    assert len(comma ^ point) >= 3
    assert big("5,008") != big("5.008")


def test_the_sign_of_per_cent_is_no_x() -> None:
    sign = pixels(DIGITS["%"])
    assert sign != mirrored(sign), "an X is its own mirror image"
    assert {(2, 0), (2, 1), (1, 2), (0, 3), (0, 4)} <= sign, "a stroke that leans to the right"
    assert sign - {(2, 0), (2, 1), (1, 2), (0, 3), (0, 4)} == {(0, 0), (2, 4)}, "between two dots"


@pytest.mark.parametrize("glyph", DIGITS)
def test_large_figures_are_as_wide_in_each_row(glyph: str) -> None:
    assert len({len(row) for row in DIGITS[glyph]}) == 1


def test_no_sign_of_ascii_means_two_things() -> None:
    signs = [
        ASCII.unknown, ASCII.more, ASCII.act, ASCII.watch, ASCII.fine, ASCII.live, ASCII.ahead, ASCII.behind,
        ASCII.undecided, ASCII.cursor, *(look.ascii_sign for look in STATES.values()),
    ]  # fmt: skip
    assert len(set(signs)) == len(signs)
    assert not {ASCII.ahead, ASCII.behind} & {"+", "-"}, "before a figure they would be its sign"
    assert "*" not in ASCII.heights
