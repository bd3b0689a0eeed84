"""What was measured, beside what was wanted, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    case: str
    name: str
    value: float
    unit: str
    goal: float | None = None
    """Wanted, in the same unit; of ``goal_ratio`` and this at most one is set."""
    at_least: bool = False
    """True: more is better."""
    beside: float | None = None
    """The same of what it is compared with in the same run: the bare Textual program, or the first of a row."""
    goal_ratio: float | None = None
    """Wanted ratio of value to beside, at most."""

    @property
    def ratio(self) -> float | None:
        """Value over what stands beside it."""
        return self.value / self.beside if self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal_ratio is not None:
            return None if self.ratio is None else self.ratio <= self.goal_ratio
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return the figures as objects for a JSON array."""
    return [asdict(figure) | {"ratio": figure.ratio, "met": figure.met} for figure in figures]


def print_table(figures: Iterable[Figure], machine: str) -> None:
    """Print the figures as a table, those that miss their goal marked by a word."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="What ccmon costs", caption=machine)
    for heading in ("", "figure", "measured", "beside", "ratio", "goal", ""):
        table.add_column(heading, justify="right" if heading in {"measured", "beside", "ratio", "goal"} else "left")
    case = ""
    for figure in figures:
        table.add_row(
            "" if figure.case == case else figure.case,
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            "" if figure.beside is None else _number(figure.beside),
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            _goal(figure),
            {None: "", True: "met", False: "MISSED"}[figure.met],
            style="bold" if figure.met is False else None,
        )
        case = figure.case
    Console(width=None if Console().is_terminal else 120).print(table)


def _goal(figure: Figure) -> str:
    if figure.goal_ratio is not None:
        return f"≤ {figure.goal_ratio:g} times"
    if figure.goal is None:
        return ""
    return f"{'≥' if figure.at_least else '≤'} {_number(figure.goal)} {figure.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"
