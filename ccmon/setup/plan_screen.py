"""The plan on a terminal: as many details as fit, and all of them page by page."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ccmon.formatting import plain, wrapped
from ccmon.setup.steps import PlannedStep

LARGEST_WIDTH = 80
MOST_DETAILS = 12
LEVELS = (MOST_DETAILS, 6, 4, 3, 2, 1, 0)
"""How many lines of details each step has, the most that fit."""
FILE_LINES = ("+", "-", "@")
"""How a line of a difference begins."""


def show_plan(steps: list[PlannedStep], console: Console) -> None:
    """What will be done, by number, with all details."""
    _print(_lines(steps, _width(console), MOST_DETAILS), console)


def show_fitting(steps: list[PlannedStep], console: Console, height: int) -> bool:
    """What will be done, in that many lines if it can be; return whether details were left out."""
    level = next((each for each in LEVELS if len(_lines(steps, _width(console), each)) <= height), LEVELS[-1])
    _print(_lines(steps, _width(console), level), console)
    return _lines(steps, _width(console), level) != _lines(steps, _width(console), MOST_DETAILS)


def show_pages(steps: list[PlannedStep], console: Console) -> None:
    """All of it; Enter shows the next page."""
    lines, height = _lines(steps, _width(console), MOST_DETAILS), max(1, console.height - 2)
    for first in range(0, len(lines), height):
        console.clear()
        _print(lines[first : first + height], console)
        more = "the next page" if first + height < len(lines) else "the question"
        console.input(Text(f"Enter shows {more}: ", style="bold"))


def _width(console: Console) -> int:
    return min(console.width, LARGEST_WIDTH)


def _print(lines: Sequence[Text], console: Console) -> None:
    for line in lines:
        console.print(line)


def _lines(steps: list[PlannedStep], width: int, level: int) -> list[Text]:
    lines = []
    for number, planned in enumerate(steps, start=1):
        first, *rest = wrapped(planned.description.text, width - 4)
        lines.append(Text(f"{number:2}  {first}"))
        lines += [Text(f"    {line}") for line in rest]
        lines += [Text(f"      {line}", style="dim") for line in _details(planned.description.details, width, level)]
    return lines


def _details(details: Sequence[str], width: int, level: int) -> list[str]:
    """What stands below a step: all lines of files that change, and the first of the others."""
    of_files = [plain(detail) for detail in details if detail[:1] in FILE_LINES]
    others = [detail for detail in details if detail[:1] not in FILE_LINES]
    if level == MOST_DETAILS:
        more = [f"and {len(others) - level} more"] if len(others) > level else []
        return [*of_files, *(line for each in [*others[:level], *more] for line in wrapped(each, width - 6))]
    lines = [line for each in others for line in wrapped(each, width - 6)]
    return [*of_files[:level], *lines[: max(0, level - len(of_files))]]
