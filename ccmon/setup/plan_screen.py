"""The plan on a terminal: as many details as fit, and all of them page by page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import takewhile

from rich.console import Console
from rich.text import Text

from ccmon.formatting import fit, plain, width_of, wrapped
from ccmon.setup import screen
from ccmon.setup.steps import PlannedStep

EVERY_DETAIL = sys.maxsize
MOST_DETAILS = 12
LEVELS = (
    *((most, True) for most in (EVERY_DETAIL, MOST_DETAILS, 6, 5)),
    *((most, False) for most in (EVERY_DETAIL, MOST_DETAILS, 6, 5, 4, 3, 2, 1, 0)),
)
"""How many lines of details each step has, and whether all that can be done instead is shown: the first that fit."""
LINES_OF_HEAD = 4
"""As many lines of a difference of files say nothing yet: its two files, the place, and a line that stays."""
INSTEAD = "? shows what can be done instead."
FILE_LINES = ("+", "-", "@", " ")
"""How a line of a difference begins."""
CONTINUED = "    "
"""What a long line of a file goes on with."""
MORE = " …"
"""After the last line that is shown where more are left out."""


def show_plan(steps: list[PlannedStep], console: Console) -> None:
    """What will be done, by number, with all details of files and the first of the others."""
    _print(_lines(steps, screen.width(console), (MOST_DETAILS, True)), console)


def show_fitting(steps: list[PlannedStep], console: Console, height: int) -> bool:
    """What will be done, in that many lines if it can be; return whether details were left out."""
    by_level = {level: _lines(steps, screen.width(console), level) for level in LEVELS}
    shown = next((lines for lines in by_level.values() if len(lines) <= height), by_level[LEVELS[-1]])
    _print(shown, console)
    return shown != by_level[LEVELS[0]]


def show_pages(steps: list[PlannedStep], console: Console) -> None:
    """All of it; Enter shows the next page."""
    lines, height = _lines(steps, screen.width(console), LEVELS[0]), max(1, console.height - 2)
    for first in range(0, len(lines), height):
        console.clear()
        _print(lines[first : first + height], console)
        more = "the next page" if first + height < len(lines) else "the question"
        console.input(Text(f"Enter shows {more}: ", style="bold"))


def _print(lines: Sequence[Text], console: Console) -> None:
    for line in lines:
        console.print(line)


def _lines(steps: list[PlannedStep], width: int, level: tuple[int, bool]) -> list[Text]:
    lines = []
    most, has_instead = level
    for number, planned in enumerate(steps, start=1):
        details = _details(planned.description.details, width, most)
        text = planned.description.text + (MORE if planned.description.details and not details else "")
        first, *rest = wrapped(text, width - 4)
        lines.append(Text(f"{number:2}  {first}"))
        lines += [Text(f"    {line}") for line in rest]
        lines += [Text(f"      {line}", style="dim") for line in details]
        instead = planned.instead if has_instead or not planned.instead else [INSTEAD]
        below = screen.with_commands([*planned.warnings, *instead], width - 4)
        lines += [Text(f"    {line}", style="bold") for line in below]
    return lines


def _details(details: Sequence[str], width: int, most: int) -> list[str]:
    """What stands below a step, in its order; where lines are left out, an ellipsis ends the last one."""
    if most >= MOST_DETAILS:
        return _all_details(details, width, most)
    if most <= LINES_OF_HEAD and details and details[0].startswith("---"):
        return []
    shortened = _where_they_differ(details, width - 8)
    lines = [fit(line, width - 8).rstrip() for each in shortened for line in _wrapped(each, width - 8)]
    shown = lines[:most]
    if shown and len(lines) > most:
        shown[-1] += MORE
    return shown


def _where_they_differ(details: Sequence[str], width: int) -> list[str]:
    """The same lines, but what differs alone of a long line of a file that goes and of the one that comes for it."""
    found = list(details)
    going = {_key(line): place for place, line in enumerate(details) if line.startswith("-") and "=" in line}
    for place, line in enumerate(details):
        before = going.get(_key(line)) if line.startswith("+") and "=" in line else None
        if before is None or max(width_of(line), width_of(details[before])) <= width:
            continue
        pairs = zip(line[1:], details[before][1:], strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        first = line[1:].rfind(" ", 0, same) + 1  # of the word in which they begin to differ
        if first > len(_key(line)) + 1:
            found[before], found[place] = (
                f"{each[0]}{_key(each)}=… {each[1 + first :]}" for each in (details[before], line)
            )
    return found


def _key(line: str) -> str:
    """What a line of a unit sets, such as ExecStart."""
    return line[1:].partition("=")[0]


def _all_details(details: Sequence[str], width: int, most: int) -> list[str]:
    """All lines of files that change, and the first of the others, as many as that."""
    others = [place for place, detail in enumerate(details) if not _is_of_file(detail)]
    left_out = set(others[most:])
    kept = [detail for place, detail in enumerate(details) if place not in left_out]
    more = [f"and {len(left_out)} more"] if left_out else []
    return [line for each in (*kept, *more) for line in _whole(each, width - 6)]


def _is_of_file(detail: str) -> bool:
    return detail[:1] in FILE_LINES


def _whole(detail: str, width: int) -> list[str]:
    """A detail in as many lines as it takes, broken between words; a command is one line, to be copied."""
    is_command = detail.startswith("  ")
    if is_command or not _is_of_file(detail) or width_of(detail) <= width:
        return _wrapped(detail, width)
    first, *rest = wrapped(detail[1:], width - 1, CONTINUED[1:])
    return [f"{detail[0]}{first}", *(f" {line}" for line in rest)]


def _wrapped(detail: str, width: int) -> list[str]:
    return [plain(detail)] if _is_of_file(detail) else wrapped(detail, width)
