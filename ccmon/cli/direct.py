"""The most frequent commands, without Typer: importing it takes as long as all that they import themselves.

Only options in their plain form are understood here. Help, wrong usage and other forms of options are left to Typer:
its commands do the same, and tests/cli/test_direct.py compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ccmon.errors import CcmonError

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes as long as fifteen of our modules
    from typing import Any


class Option:
    """What an option on the command line sets. A plain class: any other takes longer to define at each start."""

    def __init__(self, parameter: str, value: Callable[[str], Any] | bool, *, repeatable: bool = False) -> None:
        """An option.

        Args:
            parameter: the command's parameter that it sets.
            value: a flag's value, or a function that makes it of the next word and raises ValueError or CcmonError if
                it cannot.
            repeatable: whether the parameter is a list, to which each use adds a value.
        """
        self.parameter, self.value, self.repeatable = parameter, value, repeatable


def _text(word: str) -> str:
    return word


def _within(limits: tuple[float, float], number: float) -> float:
    least, most = limits
    if not least <= number <= most:
        raise ValueError
    return number


def _refresh(word: str) -> float:
    from ccmon.settings import REFRESH_SECONDS

    return _within(REFRESH_SECONDS, float(word))


def _speed(word: str) -> float:
    from ccmon.cli.run_demo import SPEEDS

    return _within(SPEEDS, float(word))


def _agents(word: str) -> float:
    from ccmon.cli.run_demo import AGENTS

    return _within(AGENTS, int(word))


def _days(word: str) -> float:
    from ccmon.cli.run_demo import PAST_DAYS

    return _within(PAST_DAYS, int(word))


def _days_before(word: str) -> float:
    from ccmon.cli.run_seed import DAYS_BEFORE

    return _within(DAYS_BEFORE, int(word))


def _every(word: str) -> float:
    from ccmon.cli.status_forms import EVERY_S

    return _within(EVERY_S, float(word))


def _theme(word: str) -> str:
    from ccmon.settings import THEMES

    if word not in THEMES:
        raise ValueError
    return word


def _window(word: str) -> str:
    from ccmon.cli.status_forms import WINDOWS

    if word not in WINDOWS:
        raise ValueError
    return word


def _database(word: str) -> object:
    from ccmon.database_path import database_named

    return database_named(word)


_FLOOR = {
    "--db": Option("db", _database),
    "--queue": Option("queue", _text),
    "--team": Option("team", _text),
    "--client": Option("client", _text),
}
_OF_FORMS = {
    "--only": Option("only", _text),
    "--watch": Option("watch", value=True),
    "--every": Option("every", _every),
    "--check": Option("check", _text, repeatable=True),
}
"""Those of ``ccmon status`` that ask for another form of it."""
OPTIONS: Mapping[str, Mapping[str, Option]] = {
    "monitor": _FLOOR
    | {
        "--refresh": Option("refresh", _refresh),
        "--ascii": Option("ascii_only", value=True),
        "--no-ascii": Option("ascii_only", value=False),
        "--mouse": Option("mouse", value=True),
        "--no-mouse": Option("mouse", value=False),
        "--read-only": Option("read_only", value=True),
        "--theme": Option("theme", _theme),
        "--view": Option("view", _text),
        "--fresh": Option("fresh", value=True),
    },
    "demo": {
        "--db": Option("db", _database),
        "--speed": Option("speed", _speed),
        "--agents": Option("agents", _agents),
        "--seed": Option("seed_number", int),
        "--days": Option("days", _days),
    },
    "seed": {
        "--db": Option("db", _database),
        "--days": Option("days", _days_before),
        "--agents": Option("agents", _agents),
        "--seed": Option("seed_number", int),
        "--until": Option("until", _text),
        "--yes": Option("yes", value=True),
    },
    "status": _FLOOR
    | {
        "--json": Option("as_json", value=True),
        "--at": Option("at", _text),
        "--window": Option("window", _window),
    }
    | _OF_FORMS,
}
"""By command and option: what it sets."""


def command(arguments: list[str]) -> Callable[[], object] | None:
    """Return a function that runs a command; None where that is left to Typer.

    Args:
        arguments: the command's name and all that follows it.
    """
    name, *words = arguments
    options = OPTIONS.get(name)
    if options is None:
        return None
    from ccmon.partial_imports import import_datetime, import_parts

    import_datetime()
    import_parts("pathlib")
    if name != "status":  # that imports them while it opens the database
        import_parts("msgspec", "zoneinfo")
    found = values(options, words)
    if found is None:
        return None
    return partial(_function(name, found), **found)


def _function(name: str, found: Mapping[str, Any]) -> Callable[..., object]:
    """The function that runs a command whose parameters are these."""
    if name == "status":
        if not found.keys().isdisjoint(each.parameter for each in _OF_FORMS.values()):
            from ccmon.cli.status_forms import run_status_form

            return run_status_form
        from ccmon.cli.run_status import run_status

        return run_status
    if name == "demo":
        from ccmon.cli.run_demo import run_demo

        return run_demo
    if name == "seed":
        from ccmon.cli.run_seed import run_seed

        return run_seed
    from ccmon.cli.run_monitor import run_monitor

    return run_monitor


def values(options: Mapping[str, Option], words: list[str]) -> dict[str, Any] | None:
    """Return the value of each parameter that the words set; None where they are not in their plain form."""
    found: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        name, has_value, text = word.partition("=")
        option = options.get(name)
        if option is None:
            return None
        if isinstance(option.value, bool):
            if has_value:
                return None
            found[option.parameter] = option.value
            continue
        text = text if has_value else next(rest, "")
        if not text or text.startswith("-"):
            return None
        try:
            value = option.value(text)
        except (ValueError, CcmonError):
            return None
        if option.repeatable:
            found.setdefault(option.parameter, []).append(value)
        else:
            found[option.parameter] = value
    return found
