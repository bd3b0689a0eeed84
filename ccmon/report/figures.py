"""A figure of a report: its value beside its target and earlier values, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from ccmon.formatting import UNKNOWN, amount, count, mean
from ccmon.metrics.percentage import chance_text, percent, shown_at_least
from ccmon.time_units import HOUR_MS

Value = float | int | str | None
"""A number in the unit of its column, a text, or None where it is not known."""


class Unit(StrEnum):
    """What a number is. The words are those of the CSV and of the JSON."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    """With one decimal."""
    SHARE = "ratio"
    """From 0 to 1, shown as percent."""
    SMALL_SHARE = "small ratio"
    """The same, shown with one decimal."""
    CHANCE = "chance"
    """The same of a forecast, which is never certain."""
    LENGTH = "length"
    """Milliseconds, shown as m:ss."""
    HOURS = "hours"
    """Milliseconds, shown as hours."""
    MONEY = "money"
    """Cents, in the site's currency."""
    POINTS = "points"
    """Of the net promoter score, from -100 to 100."""


SHARES = {Unit.SHARE, Unit.SMALL_SHARE, Unit.CHANCE}
LENGTHS = {Unit.LENGTH, Unit.HOURS}


class Better(StrEnum):
    """Which direction is the good one."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Mark(StrEnum):
    """What is to be seen at once about a value."""

    NONE = ""
    REACHED = "reached"
    MISSED = "missed"
    RISING = "rising"
    NEW = "new"
    LATE = "late"


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of a stretch of time."""

    key: str
    label: str
    unit: Unit
    value: float | None
    better: Better = Better.NEITHER
    target: float | None = None
    before: float | None = None
    """The same figure of the day, week or month before."""
    week_before: float | None = None
    """The same figure of the same weekday a week before; None for a week or month."""
    may_grow: bool = False
    """Whether more of it may come: a target that is not reached yet is not missed."""

    @property
    def mark(self) -> Mark:
        """Whether the target is reached, as both are shown; none without a value or a target."""
        mark = mark_of(self.value, self.target, self.unit, self.better)
        return Mark.NONE if mark is Mark.MISSED and self.may_grow else mark


def mark_of(value: float | None, target: float | None, unit: Unit, better: Better) -> Mark:
    """Whether a value reaches its target; none where either is not known."""
    if value is None or target is None:
        return Mark.NONE
    return Mark.REACHED if reaches(value, target, unit, better) else Mark.MISSED


def reaches(value: float, target: float, unit: Unit, better: Better) -> bool:
    """Whether a value reaches its target; what is shown as the same number does (metrics.md 1.10)."""
    if better is Better.LESS:
        return value <= target or written(value, unit) == written(target, unit)
    if unit in SHARES:
        return shown_at_least(value, target)
    return value >= target


def written(value: Value, unit: Unit, unknown: str = UNKNOWN) -> str:
    """A value as it is shown. Money without the name of its currency."""
    if value is None or isinstance(value, str):
        return unknown if value is None else value
    return _WRITTEN[unit](value)


_WRITTEN: Mapping[Unit, Callable[[float], str]] = {
    Unit.TEXT: str,
    Unit.COUNT: count,
    Unit.NUMBER: lambda value: count(value, decimals=1),
    Unit.SHARE: percent,
    Unit.SMALL_SHARE: lambda value: percent(value, 1),
    Unit.CHANCE: chance_text,
    Unit.LENGTH: mean,
    Unit.HOURS: lambda value: f"{count(value / HOUR_MS, decimals=1)} h",
    Unit.MONEY: amount,
    Unit.POINTS: lambda value: _signed(count(abs(value)), value),
}


class Change(Struct, frozen=True):
    """How a value differs from an earlier one."""

    text: str
    """Such as "+12 %", "-4 points" or "the same"."""
    is_better: bool | None
    """None: neither better nor worse."""

    @property
    def word(self) -> str:
        """Better or worse, in a word; empty where it is neither."""
        return "" if self.is_better is None else "better" if self.is_better else "worse"

    @property
    def in_words(self) -> str:
        """The difference and its word, such as "+12 % better"."""
        return f"{self.text} {self.word}".rstrip()


class Earlier(Struct, frozen=True):
    """An earlier stretch that figures are compared with."""

    field: str
    """The field of a `Figure` that holds its values."""
    name: str
    """What it is called at the head of a column."""
    is_comparable: bool
    """Whether it has enough calls to say differences (`is_comparable`)."""

    def value(self, figure: Figure) -> float | None:
        """The figure of this stretch."""
        found: float | None = getattr(figure, self.field)
        return found

    def change(self, figure: Figure) -> Change | None:
        """How a figure differs from the one of this stretch; None where that says nothing."""
        return change(figure.value, self.value(figure), figure.unit, figure.better) if self.is_comparable else None


SAME = "same"
TIMES_FROM = 3
"""From so many times as much on, it is said as a multiple."""
FEW = 20
"""Of fewer, a difference is said as a number: a share of so few says little."""


def change(value: float | None, earlier: float | None, unit: Unit, better: Better) -> Change | None:
    """How a value differs from an earlier one, in the words of its unit; None where either is not known."""
    if value is None or earlier is None:
        return None
    text = _difference(value, earlier, unit)
    if text is None:
        return None
    if text == SAME or better is Better.NEITHER:
        return Change(text, None)
    return Change(text, (value > earlier) is (better is Better.MORE))


def _difference(value: float, earlier: float, unit: Unit) -> str | None:
    """The difference in words; None where it says nothing, such as a multiple of nothing."""
    difference, kind = value - earlier, ""
    if unit in SHARES:
        decimals = 1 if unit is Unit.SMALL_SHARE else 0
        # Of the shares as shown, so that whoever subtracts them finds the same.
        difference = _shown_points(value, decimals) - _shown_points(earlier, decimals)
        size, kind = count(abs(difference), decimals=decimals), " pt"
    elif unit is Unit.LENGTH:
        size = mean(abs(difference))
    elif unit is Unit.POINTS or (unit is Unit.COUNT and abs(earlier) < FEW):
        size = count(abs(difference))
    elif earlier > 0 and value >= TIMES_FROM * earlier:
        return f"{count(value / earlier, decimals=1)}×"  # noqa: RUF001 (the sign for times)
    elif earlier > 0:
        size = percent(abs(difference) / earlier)
    else:
        return None
    return f"{_signed(size, difference)}{kind}" if any(each in "123456789" for each in size) else SAME


def _shown_points(share: float, decimals: int) -> float:
    return float(percent(share, decimals).removesuffix(" %"))


def _signed(size: str, number: float) -> str:
    return size if number == 0 else f"{'+' if number > 0 else '−'}{size}"  # noqa: RUF001 (a minus, not a hyphen)
