"""Runs ``ccmon status --check``: figures beside limits, as a monitoring plug-in says them.

One line on standard output with performance data, and the exit status as the Monitoring Plugins' guidelines have them
(monitoring-plugins.org/doc/guidelines.html): 0 OK, 1 warning, 2 critical, 3 unknown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path

from msgspec import Struct

from ccmon import formatting
from ccmon.cli.run_status import read_once, refuse_unknown
from ccmon.cli.sentences import tell
from ccmon.cli.values import database_path
from ccmon.errors import UsageError
from ccmon.metrics.durations import spoken
from ccmon.metrics.percentage import percent
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.number_texts import CellError, duration, share
from ccmon.report.json import present_keys, renamed_keys
from ccmon.report.json_writer import number
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.spelling import nearest
from ccmon.views.alarms import alarm_sentence

AGE, ALARMS, ALERTS = "data_age_s", "alarms", "alerts"
_SHARES = frozenset({"service_level", "service_level_live", "service_level_target", "abandonment_rate"})
_NO_FIGURES = frozenset({"name", "purpose", "client"})
FIGURES = (*(key.name for key in present_keys(QueueFigures) if key.name not in _NO_FIGURES), AGE, ALARMS)
"""What can be checked: the numbers of ``total``, the age of the data, and how many alarms there are."""
_FORMER_FIGURES = (*renamed_keys(QueueFigures), ALERTS)
"""Former names of figures."""
_MOST_DECIMALS = 4
_WORDS = {"asa": "ASA", "aht": "AHT"}


class State(IntEnum):
    """What a check has found, with its exit status."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_WORST_FIRST = (State.CRITICAL, State.WARNING, State.UNKNOWN, State.OK)
"""What is known to be wrong comes before what is not known."""


class Check(Struct, frozen=True):
    """A figure with its limits, in the figure's own unit."""

    figure: str
    is_below: bool
    """Whether a value below the limits is the bad one; else one above."""
    warning: float | None
    critical: float | None


class Found(Struct, frozen=True):
    """What one check has found."""

    check: Check
    state: State
    text: str
    value: float | None


def run_check(db: Path | None, texts: Sequence[str], filters: Filters) -> int:
    """Check figures, print the line, and return the exit status.

    Args:
        db: the database; None: as the settings say.
        texts: what is checked, such as ``service_level<0.8,0.6``.
        filters: the part of the floor whose total is checked.

    Raises:
        UsageError: a text cannot be understood.
        CcmonError: the database cannot be read, or a given name does not exist.
    """
    checks = [parse(text) for text in texts]
    snapshot, _ = read_once(db, None, as_json=True)
    refuse_unknown(database_path(db), snapshot, filters)
    floor = narrow(snapshot, filters.spelt(snapshot))
    found = sorted((_found(check, floor) for check in checks), key=lambda each: _WORST_FIRST.index(each.state))
    shown = filters.spelt(snapshot).in_force
    part = f"{', '.join(f'{kind} {name}' for kind, name in shown)}: " if shown else ""
    measured = {each.check.figure: _performance(each.check, each.value) for each in found if each.value is not None}
    _print(found[0].state, f"{part}{', '.join(each.text for each in found)}", " ".join(measured.values()))
    return found[0].state


def say_unknown(sentence: str) -> int:
    """Print the line of a check that cannot be made, and return its exit status."""
    _print(State.UNKNOWN, sentence)
    return State.UNKNOWN


def _print(state: State, text: str, performance: str = "") -> None:
    if sys.stdout is not None:
        # A bar would begin the performance data, a line of its own further text.
        said = " ".join(text.split()).replace("|", "/")
        tell(f"CCMON {state.name} - {said}{' | ' if performance else ''}{performance}")


def parse(text: str) -> Check:
    """A check of its text: a figure, ``<`` or ``>``, and the limits for warning and critical, either of which may lack.

    Raises:
        UsageError: it cannot be understood.
    """
    match = re.fullmatch(r"\s*(\w+)\s*([<>])\s*([^<>=]*)", text)
    parts = match[3].split(",") if match else []
    if match is None or len(parts) > 2 or not any(part.strip() for part in parts):
        raise UsageError(f'--check "{text}" is not FIGURE<WARNING,CRITICAL, such as service_level<0.8,0.6')
    figure = match[1]
    if figure not in FIGURES and figure not in _FORMER_FIGURES:
        near = nearest(figure, FIGURES)
        raise UsageError(
            f'--check: there is no figure "{figure}"; '
            + (f"did you mean {near}?" if near else f"the figures are {', '.join(FIGURES)}.")
        )
    limits = [_limit(figure, part.strip()) if part.strip() else None for part in parts]
    warning, critical = limits[0], limits[1] if len(limits) > 1 else None
    is_below = match[2] == "<"
    if warning is not None and critical is not None and (critical > warning if is_below else critical < warning):
        raise UsageError(f'--check "{text}": the warning comes first, and the critical limit lies beyond it.')
    return Check(figure, is_below, warning, critical)


def _limit(figure: str, text: str) -> float:
    """A limit in the figure's unit, of a text as people write it: 80 %, 0.8, 20 s, 1:30, 5."""
    try:
        if figure.endswith("_s"):
            return duration(text) / 1000
        return share(text) if figure in _SHARES else _number(text)
    except CellError as error:
        raise UsageError(f"--check: the limit of {figure} {error}.") from None


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) is None:
        raise CellError(f"is {text!r}, and must be a number such as 5")
    return float(text)


def _found(check: Check, floor: FloorSnapshot) -> Found:
    name, shown = _name(check.figure), _writer(check.figure)
    value = _value(check.figure, floor)
    if floor.data_ends_at is not None and check.figure not in {AGE, ALARMS, ALERTS}:
        age = spoken(floor.at - floor.data_ends_at)
        return Found(check, State.UNKNOWN, f"{name} not known: the data ends {age} ago", None)
    if value is None:
        if check.figure == "longest_wait_s" and not floor.total.waiting:
            return Found(check, State.OK, f"{name} none: nobody waits", None)
        return Found(check, State.UNKNOWN, f"{name} not known", None)
    beyond = {State.CRITICAL: check.critical, State.WARNING: check.warning}
    for state, limit in beyond.items():
        if limit is not None and (value < limit if check.is_below else value > limit):
            decimals = _decimals(value, limit, shown)
            side = "below" if check.is_below else "over"
            text = f"{name} {shown(value, decimals)} is {side} {shown(limit, decimals)}"
            if check.figure in {ALARMS, ALERTS} and floor.alarms:
                text = f"{text} ({alarm_sentence(floor.alarms[0], floor).rstrip('.')})"
            return Found(check, state, text, value)
    return Found(check, State.OK, f"{name} {shown(value, 0)}", value)


def _value(figure: str, floor: FloorSnapshot) -> float | None:
    """A figure's value as the JSON has it; None: it is not known."""
    if figure in {ALARMS, ALERTS}:
        return len(floor.alarms)
    return number(floor, floor if figure == AGE else floor.total, figure)


def _name(figure: str) -> str:
    """The figure in words."""
    first, *rest = figure.removesuffix("_s").split("_")
    return " ".join([_WORDS.get(first, first), *rest])


def _writer(figure: str) -> Callable[[float, int], str]:
    """The function that writes the figure's values for a person, with so many decimals."""
    if figure.endswith("_s"):
        return lambda value, decimals: formatting.duration(value * 1000) if not decimals else f"{value:.{decimals}f} s"
    if figure in _SHARES:
        return percent
    return lambda value, decimals: formatting.count(value, decimals=decimals)


def _decimals(value: float, limit: float, shown: Callable[[float, int], str]) -> int:
    """How many decimals it takes to see that a value is beyond a limit."""
    for decimals in range(_MOST_DECIMALS):
        if shown(value, decimals) != shown(limit, decimals):
            return decimals
    return _MOST_DECIMALS


def _performance(check: Check, value: float) -> str:
    """A figure's performance data: its value with unit, the ranges in which it is no alarm, least, most."""
    unit = "s" if check.figure.endswith("_s") else ""
    most = "1" if check.figure in _SHARES else ""
    ranges = [_range(check, limit) for limit in (check.warning, check.critical)]
    return f"{check.figure}={';'.join([_plain(value) + unit, *ranges, '0', most]).rstrip(';')}"


def _range(check: Check, limit: float | None) -> str:
    """The range in which a value is no alarm: 10 is 0 to 10, 10: is 10 and more."""
    if limit is None:
        return ""
    return f"{_plain(limit)}{':' if check.is_below else ''}"


def _plain(value: float) -> str:
    """A number as programs read it in any locale, to four decimals."""
    return f"{value:.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")
