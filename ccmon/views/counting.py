"""How figures come about: what is added up, and what it is divided by. Pure: records in, amounts and sentences out.

A figure's definition is the meaning of its column or fact, and nowhere else. Here is what it is counted from: an
`Amount` is a sum of parts, and a `Counting` is an amount, or one divided by another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from ccmon.formatting import amount, count, duration, mean, percent
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")


class Measure(NamedTuple):
    """What a number is, and how it is written."""

    name: str
    """What it is in JSON: count, number, ratio, s, cents or points."""
    write: Callable[[float], str]
    divisor: int = 1
    """Of a number, so that it is in the unit of its name."""


COUNT = Measure("count", count)
NUMBER = Measure("number", lambda number: count(number, decimals=1))
SHARE = Measure("ratio", lambda share: percent(share, 1))
LENGTH = Measure("s", duration, 1000)
MEAN = Measure("s", mean, 1000)
MONEY = Measure("cents", amount)
SCORE = Measure("number", lambda number: count(number, decimals=2))
POINTS = Measure("points", lambda number: count(number, decimals=1))


class Addend(NamedTuple):
    """What is added up, or below 0 what is taken off."""

    value: float
    words: str
    """What it counts."""


class Amount(NamedTuple):
    """A count, a length of time or an amount of money: the sum of its parts."""

    parts: Sequence[Addend]
    words: str = ""
    """What all of it is; empty where that needs no saying."""
    measure: Measure = COUNT

    @property
    def value(self) -> float:
        """The sum."""
        return sum(part.value for part in self.parts)

    @property
    def shown_parts(self) -> Sequence[Addend]:
        """The parts that are not 0; the first of them where all are."""
        return [part for part in self.parts if part.value] or self.parts[:1]

    @property
    def text(self) -> str:
        """The sum with what it is."""
        return f"{self.measure.write(self.value)} {self._words}".rstrip()

    @property
    def sum_text(self) -> str:
        """The parts with their signs; empty where there is one only."""
        parts = self.shown_parts
        if len(parts) < 2:
            return ""
        texts = [
            f"{'-' if each.value < 0 else '+'} {self.measure.write(abs(each.value))} {each.words}" for each in parts
        ]
        return " ".join(texts).removeprefix("+ ")

    @property
    def _words(self) -> str:
        parts = self.shown_parts
        return self.words or (parts[0].words if len(parts) == 1 else "")


def one(value: float, words: str, measure: Measure = COUNT) -> Amount:
    """An amount of one part."""
    return Amount((Addend(value, words),), measure=measure)


class Counting(Struct, frozen=True):
    """How a figure comes about."""

    top: Amount
    of: Amount | None = None
    """What the amount is divided by; None: the figure is the amount itself."""
    measure: Measure = COUNT
    """That of the figure."""
    factor: float = 1
    """The quotient is multiplied by it."""
    unknown: str = ""
    """Why the figure is not shown, although it is counted; empty: it is."""
    left_out: Sequence[Addend] = ()
    """What is in neither amount."""
    left_out_in: Measure = COUNT
    """The measure of what is left out."""
    notes: Sequence[str] = ()
    """Further sentences, such as what is missing for the target."""

    @property
    def value(self) -> float | None:
        """The figure, as its parts make it; None where it is unknown."""
        if self.unknown:
            return None
        if self.of is None:
            return self.top.value
        return self.top.value * self.factor / self.of.value if self.of.value else None

    def sentence(self, unknown: str) -> str:
        """How the parts make the figure: ``75.8 % = 339 answered within 20 s of 447 = 417 answered + ...``."""
        parts = self.top.sum_text
        if self.of is None:
            text = self.top.text + (f" = {parts}" if parts else "")
            return f"{unknown}, {self.unknown}: {text}" if self.unknown else text
        value = self.value
        figure = unknown if value is None else self.measure.write(value)
        joint = "of" if self.measure is SHARE or self.measure is POINTS else "over"
        of = self.of.text + (f" = {self.of.sum_text}" if self.of.sum_text else "")
        why = f", {self.unknown}," if self.unknown else ""
        return f"{figure}{why} = {self.top.text}{f' ({parts})' if parts else ''} {joint} {of}"


class Behind(NamedTuple):
    """Which rows of the database are behind a figure: a named query, and of whom."""

    query: str
    ids: Sequence[int] = ()
    """The queues, agents or teams that the query is about."""


class Counted(NamedTuple, Generic[Row]):
    """A figure that can be proved."""

    name: str
    """By which it is asked for in a command: its key in the JSON, without the unit, where it has one."""
    counting: Callable[[Row, ViewContext], Counting | None]
    """How it comes about for a row; None where nothing is known of it."""
    behind: Callable[[Row, ViewContext], Behind | None] = lambda _row, _context: None
    """Which rows of the database are behind it."""
    over: str = ""
    """Over what it is counted; empty: the business day so far, for queues the window."""


NOW = "now"
"""A figure of the present is counted over no stretch of time."""


Of = TypeVar("Of")


def of_floor(counted: Counted[Of], row_of: Callable[[FloorSnapshot], Of | None]) -> Counted[FloorSnapshot]:
    """A figure in the head of a panel, which is one of a row: of the total, the centre."""

    def counting(floor: FloorSnapshot, context: ViewContext) -> Counting | None:
        row = row_of(floor)
        return None if row is None else counted.counting(row, context)

    def behind(floor: FloorSnapshot, context: ViewContext) -> Behind | None:
        row = row_of(floor)
        return None if row is None else counted.behind(row, context)

    return Counted(counted.name, counting, behind, counted.over)
