"""A figure of a report: its value beside its target and earlier values, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from ccmon.formatting import UNKNOWN, amount, count, duration, mean
from ccmon.metrics.durations import in_two_units
from ccmon.metrics.percentage import chance_text, percent, shown_at_least
from ccmon.time_units import HOUR_MS, SECOND_MS

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
    DAYS = "days"
    """Milliseconds, shown as days and hours, or hours and minutes."""
    MONEY = "money"
    """Cents, in the site's currency."""
    POINTS = "points"
    """Of the net promoter score, from -100 to 100."""


SHARES = {Unit.SHARE, Unit.SMALL_SHARE, Unit.CHANCE}
LENGTHS = {Unit.LENGTH, Unit.HOURS, Unit.DAYS}


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
    def is_known(self) -> bool:
        """Whether the figure is known, now or of an earlier stretch."""
        return not self.value is self.before is self.week_before is None

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


def with_currency(cents: float, currency: str | None) -> str:
    """An amount with the site's currency, if that is known."""
    return f"{written(cents, Unit.MONEY)} {currency or ''}".rstrip()


_WRITTEN: Mapping[Unit, Callable[[float], str]] = {
    Unit.TEXT: str,
    Unit.COUNT: count,
    Unit.NUMBER: lambda value: count(value, decimals=1),
    Unit.SHARE: percent,
    Unit.SMALL_SHARE: lambda value: percent(value, 1),
    Unit.CHANCE: chance_text,
    Unit.LENGTH: mean,
    Unit.HOURS: lambda value: f"{count(value / HOUR_MS, decimals=1)} h",
    Unit.DAYS: in_two_units,
    Unit.MONEY: amount,
    Unit.POINTS: lambda value: _signed(count(abs(value)), value),
}


class Change(Struct, frozen=True):
    """How a value differs from an earlier one."""

    text: str
    """Such as "12 % higher", "4 pt lower" or "same"."""
    is_better: bool | None
    """None: neither better nor worse."""

    @property
    def word(self) -> str:
        """Better or worse, in a word; empty where it is neither."""
        return "" if self.is_better is None else "better" if self.is_better else "worse"

    @property
    def in_words(self) -> str:
        """The difference and its word, such as "12 % higher (better)"."""
        return f"{self.text} ({self.word})" if self.word else self.text


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
DIRECTIONS = {
    Unit.COUNT: ("more", "fewer"),
    Unit.LENGTH: ("longer", "shorter"),
    Unit.HOURS: ("more", "less"),
    Unit.MONEY: ("more", "less"),
}
"""The words for a difference up and down, where it is not higher and lower."""
TIMES_FROM = 3
"""From so many times as much on, it is said as a multiple."""
FEW = 20
"""Of fewer, a difference is said as a number: a share of so few says little."""


def change(value: float | None, earlier: float | None, unit: Unit, better: Better) -> Change | None:
    """How a value differs from an earlier one, in the words of its unit; None where either is not known.

    It is the difference of the two as they are shown, so that whoever subtracts them finds the same.
    """
    if value is None or earlier is None:
        return None
    now, then = (_as_shown(each, unit) for each in (value, earlier))
    text = _difference(now, then, unit)
    if text is None:
        return None
    if text == SAME or better is Better.NEITHER:
        return Change(text, None)
    return Change(text, (now > then) is (better is Better.MORE))


def _as_shown(value: float, unit: Unit) -> float:
    """The number that stands in a value as it is written: shares as percent, lengths as seconds or hours."""
    if unit in SHARES:
        return float(percent(value, _decimals(unit)).removesuffix(" %"))
    if unit is Unit.LENGTH:
        return int(value / SECOND_MS + 0.5)
    if unit is Unit.HOURS:
        value /= HOUR_MS
    elif unit is Unit.MONEY:
        return float(amount(value).replace(",", ""))
    return float(count(value, decimals=_decimals(unit)).replace(",", ""))


def _decimals(unit: Unit) -> int:
    return 1 if unit in {Unit.SMALL_SHARE, Unit.NUMBER, Unit.HOURS} else 0


def _difference(now: float, then: float, unit: Unit) -> str | None:
    """The difference of two values as shown, in words; None where it says nothing, such as a multiple of nothing."""
    difference = now - then
    if difference == 0:
        return SAME
    more, less = DIRECTIONS.get(unit, ("higher", "lower"))
    if unit in SHARES:
        size = f"{count(abs(difference), decimals=_decimals(unit))} pt"
    elif unit is Unit.LENGTH:
        size = duration(abs(difference) * SECOND_MS)
    elif unit is Unit.POINTS or (unit is Unit.COUNT and abs(then) < FEW):
        size = count(abs(difference))
    elif then > 0 and now >= TIMES_FROM * then:
        return f"{count(now / then, decimals=1)}×"  # noqa: RUF001 (the sign for times)
    elif then > 0:
        size = percent(abs(difference) / then)
    else:
        return None
    return f"{size} {more if difference > 0 else less}" if any(each in "123456789" for each in size) else SAME


def _signed(size: str, number: float) -> str:
    return size if number == 0 else f"{'+' if number > 0 else '−'}{size}"  # noqa: RUF001 (a minus, not a hyphen)
