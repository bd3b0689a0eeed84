"""What was measured, beside what it is compared with and what is wanted, and how it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.goals import ROWS, Row

Earlier = Mapping[tuple[str, str], float]
"""What an earlier run measured, by case and name: the ratio, or the value where there is none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    row: Row
    value: float
    """In the row's unit."""
    reference: float | None = None
    """The same of what it is compared with, in the same run; None: that was not there."""
    processor: float | None = None
    """Processor time, in the unit, where the value is wall time."""
    processor_reference: float | None = None
    """Processor time of what it is compared with."""
    note: str = ""
    """Sizes, number of repeats, what was left out."""
    partial: bool = False
    """True: less than the row asks for was measured, so the goal can be missed but not yet met."""

    @property
    def ratio(self) -> float | None:
        """Value over reference."""
        return self.value / self.reference if self.reference else None

    @property
    def processor_ratio(self) -> float | None:
        """The same of processor times."""
        return self.processor / self.processor_reference if self.processor and self.processor_reference else None

    @property
    def judged(self) -> float | None:
        """What goal and aim are compared with: the ratio, or the value where the row is compared with nothing."""
        return self.ratio if self.row.compared_with else self.value

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one, or without what it is compared with."""
        return self._reaches(self.row.goal)

    @property
    def aim_met(self) -> bool | None:
        """Whether the aim is met as well."""
        return self._reaches(self.row.aim)

    def _reaches(self, wanted: float | None) -> bool | None:
        if wanted is None or self.judged is None:
            return None
        reached = self.judged >= wanted if self.row.at_least else self.judged <= wanted
        return None if reached and self.partial else reached


def figure(
    key: str,
    value: float,
    reference: float | None = None,
    *,
    processor: float | None = None,
    processor_reference: float | None = None,
    note: str = "",
    partial: bool = False,
) -> Figure:
    """Return the figure of a row of `benchmarks.goals.ROWS`."""
    return Figure(ROWS[key], value, reference, processor, processor_reference, note, partial)


def as_json(figures: Iterable[Figure], earlier: Earlier | None = None) -> list[dict[str, Any]]:
    """Return the figures as objects for a JSON array, with an earlier run's beside them if there is one."""
    return [
        each.row._asdict()
        | {
            "value": each.value,
            "reference": each.reference,
            "ratio": each.ratio,
            "processor": each.processor,
            "processor_reference": each.processor_reference,
            "processor_ratio": each.processor_ratio,
            "met": each.met,
            "aim_met": each.aim_met,
            "note": each.note,
            "partial": each.partial,
        }
        | ({} if earlier is None else {"before": earlier.get((each.row.case, each.row.name))})
        for each in figures
    ]


def read_earlier(path: Path) -> Earlier:
    """Return what an earlier run's JSON says.

    Raises:
        ValueError: the file is not what ``--json`` prints.
    """
    try:
        figures = json.loads(path.read_text())["figures"]
        return {
            (each["case"], each["name"]): each["value"] if each["ratio"] is None else each["ratio"] for each in figures
        }
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is not a result of --json: {error!r}") from error


def print_table(figures: Iterable[Figure], caption: str, earlier: Earlier | None = None) -> None:
    """Print the figures as a table, those that miss their goal marked by a word.

    Args:
        figures: in the order of the table.
        caption: a line about the machine.
        earlier: what an earlier run measured; adds two columns.
    """
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="What ccmon costs", caption=caption)
    headings = ["", "figure", "measured", "processor", "compared with", "ratio", "goal", ""]
    headings += [] if earlier is None else ["before", "now / before"]
    for heading in headings:
        table.add_column(heading, justify="left" if heading in {"", "figure", "compared with"} else "right")
    case = ""
    for each in figures:
        line = ["" if each.row.case == case else each.row.case, *cells(each)]
        if earlier is not None:
            line += _beside_earlier(each, earlier)
        table.add_row(*line, style="bold" if each.met is False else None)
        case = each.row.case
    console = Console()
    Console(width=None if console.is_terminal else 160).print(table)


def cells(each: Figure) -> list[str]:
    """Return name, value, processor time, what it is compared with, ratio, goal and verdict as they are printed."""
    row = each.row
    return [
        f"{row.name} ({each.note})" if each.note else row.name,
        f"{number(each.value)} {row.unit}",
        "" if each.processor is None else f"{number(each.processor)} {row.unit}",
        compared(each),
        "" if each.ratio is None else f"{each.ratio:.3g}",
        goal(row),
        verdict(each),
    ]


def _beside_earlier(each: Figure, earlier: Earlier) -> list[str]:
    before = earlier.get((each.row.case, each.row.name))
    now = each.value if each.ratio is None else each.ratio
    if before is None:
        return ["", ""]
    return [number(before), f"{now / before:.2f}" if before else ""]


def compared(each: Figure) -> str:
    """Return what a figure is compared with, and its value."""
    if not each.row.compared_with:
        return ""
    return f"{each.row.compared_with} {'not there' if each.reference is None else number(each.reference)}"


def goal(row: Row) -> str:
    """Return what is wanted, and the aim where there is one."""
    if row.goal is None:
        return ""
    unit = "times" if row.compared_with else row.unit
    aim = "" if row.aim is None else f" (aim {number(row.aim)})"
    return f"{'≥' if row.at_least else '≤'} {number(row.goal)} {unit}{aim}"


def verdict(each: Figure) -> str:
    """Return in a word or two whether goal and aim are met."""
    if each.met is None:
        if each.row.goal is None:
            return ""
        return "not judged" if each.judged is None else "met so far"
    if not each.met:
        return "MISSED"
    return "aim met" if each.aim_met else "met"


def number(value: float) -> str:
    """Return a number with three digits, or whole from 1,000 on."""
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"
