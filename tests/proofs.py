"""All proofs of a screen, and the check that the parts of one make the figure that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ccmon.formatting import UNKNOWN
from ccmon.time_units import SECOND_MS
from ccmon.views.panel import FloorPanel
from ccmon.views.proofs import Proof, ShownFigure, figures_of_head, figures_of_row
from ccmon.views.view_context import ViewContext

NOT_KNOWN = {"", UNKNOWN, "none", "too few", "met", "too early", "new", "not yet", "late"}
"""What stands on the screen in place of an unknown figure, or of one that is 0 or hidden."""


UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "day": 86_400}
"""Seconds of each unit of time."""


def check_proof(proof: Proof) -> None:
    """Raise unless the parts of a proof make the figure that stands on the screen, to its last digit."""
    figure, counting = proof.figure, proof.counting
    where = f"{figure.subject} {figure.title}: {figure.shown!r}, {proof.sentence}"
    value = None if counting is None else counting.value
    if counting is None or value is None:
        assert figure.shown.startswith(UNKNOWN) or figure.shown in NOT_KNOWN, where
        return
    if figure.shown in NOT_KNOWN or figure.shown.endswith(" none"):
        assert value == 0, where
        return
    shown, last_digit = number_shown(figure.shown, counting.measure.name)
    if figure.shown[0] in "<>":  # a chance is never certain
        assert value < shown if figure.shown[0] == "<" else value > shown, where
        return
    tolerance = last_digit if counting.measure.name == "s" else last_digit / 2
    if counting.measure.name == "cents":
        tolerance += 1  # means are shown in whole units, made of whole cents
    assert abs(abs(value) - shown) <= tolerance * (1 + 1e-9) + 1e-9, where
    for each in (counting.top, counting.of):
        assert each is None or abs(sum(part.value for part in each.parts) - each.value) < 1e-6, where
    assert counting.of is not None or counting.top.value == value, where


def number_shown(text: str, measure: str) -> tuple[float, float]:
    """The first number of a text in the unit of its measure, without its sign, and the worth of its last digit."""
    if measure == "s":
        in_units = re.findall(r"(\d[\d,]*) (h|min|days?|d|s)\b", text)
        if in_units:  # 1 h 9 min
            parts = [(int(number.replace(",", "")), UNITS[unit[:3]] * SECOND_MS) for number, unit in in_units[:2]]
            return sum(number * worth for number, worth in parts), parts[-1][1]
        clock = re.search(r"\d+(?::\d\d)+", text)
        assert clock is not None, text
        total = 0
        for each in clock[0].split(":"):
            total = total * 60 + int(each)
        return total * SECOND_MS, SECOND_MS
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    assert found is not None, text
    digits = found[0].replace(",", "")
    whole, _, decimals = digits.partition(".")
    scale = {"ratio": 0.01, "cents": 100}.get(measure, 1)
    return float(f"{whole}.{decimals or 0}") * scale, 10 ** -len(decimals) * scale


def every_figure(panels: Sequence[FloorPanel[Any]], context: ViewContext) -> Iterator[ShownFigure]:
    """Every figure of some panels that can be proved: of heads, of totals, then of each row."""
    for panel in panels:
        for tab in panel.tabs:
            yield from figures_of_head(tab, context)
            for row in (*tab.totals(context), *tab.rows(context)):
                yield from figures_of_row(tab, row, context)
