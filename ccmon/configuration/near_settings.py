"""What a name that is no setting may mean, for the sentence that says so."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from ccmon import settings
from ccmon.configuration.names import Name, top_level, without_aliases, written
from ccmon.configuration.site_columns import LIMITS_INSTEAD, SECTIONS, SINGLE_ROWS, own_columns
from ccmon.database.table_specs import KINDS
from ccmon.errors import UsageError
from ccmon.spelling import FEWEST_LETTERS, folded, nearest, suggestion

_SURELY_ALIKE = 0.8
"""A word that is less alike another is first looked for in names of settings."""
_MOST_HINTS = 3
RowLike = Callable[[str, str], str | None]
"""The row of a section that a name means: itself, else the nearest one."""
_LIMITED = {
    (section, column): "pause" if section == "pause_reasons" else column.removesuffix("_limit")
    for section, column in LIMITS_INSTEAD
    if section != settings.ALARMS
}
"""What is limited by a column of a section, as the limit of the site is called."""
_SCOPES = next(column.words for column in KINDS["quotas"].columns if column.name == "scope")


def no_setting(name: Name, end: str) -> UsageError:
    """The error about a name that is no setting; ``end`` says which may be meant."""
    return UsageError(f"there is no setting {written(name)}; {end}")


def refuse_misplaced_limit(name: Name, row_like: RowLike | None = None) -> None:
    """Refuse a name that asks for the limit of one queue, team or reason where none is.

    Raises:
        UsageError: it does; the sentence names those that are there.
    """
    if meant := limits_like(name, row_like):
        raise no_setting(name, f"did you mean {' or '.join(meant)}?")
    if meant := _pause_limits_instead(name):
        raise no_setting(name, f"pauses have {' and '.join(meant)}.")


def hint(name: Name, row_like: RowLike | None = None) -> str:
    """The end of a sentence about a first word that is not known: the nearest one, else settings that it may mean."""
    word = name[0]
    near = nearest(word, top_level())
    if near is None or difflib.SequenceMatcher(None, word.casefold(), near).ratio() < _SURELY_ALIKE:
        columns = limits_like((settings.ALARMS, *name), row_like) or quotas_like(name) or _settings_with(word)
        if columns:
            return f"did you mean {' or '.join(columns)}?"
    return suggestion(word, top_level()) if near is None else f"did you mean {_whole(name, near)}?"


def quotas_like(name: Name) -> list[str]:
    """The quota that a name may mean which ends in what quotas ask for, such as ``teams.Care.conversion``; or none."""
    words = {word.removesuffix("s") for word in name[-1].replace("-", "_").split("_")}
    asked = [column for column in own_columns(KINDS["quotas"]) if column.removesuffix("s") in words]
    if len(asked) != 1:
        return []
    where = list(name[1:-1] if name[0] == "quotas" else name[:-1])
    if where and where[0] in SECTIONS:
        where[0] = SECTIONS[where[0]].singular
    is_of_one = len(where) >= 2 and where[0] in _SCOPES and where[0] != "centre"
    return [written(("quotas", *(where[:2] if is_of_one else ("centre",)), "day", *asked))]


def limits_like(name: Name, row_like: RowLike | None = None) -> list[str]:
    """The limits of one queue, team or reason that a name may mean such as ``alarms.talk.Sales``; or none.

    Args:
        name: a name that is none; what is limited and the name of the row stand in either order.
        row_like: which of them are there, or are nearest; None: that is not known.
    """
    if len(name) != 3 or without_aliases(name)[0] != settings.ALARMS:
        return []
    found: list[Name] = []
    for rule, word in (name[1:], name[:0:-1]):
        limited = nearest(rule.replace("-", "_").removesuffix("_limit"), dict.fromkeys(_LIMITED.values()))
        found += [(section, word, column) for (section, column), each in _LIMITED.items() if each == limited]
    rows = {} if row_like is None else {each: row_like(*each[:2]) for each in found}
    near = {each: (each[0], row, each[2]) for each, row in rows.items() if row is not None}
    exact = [meant for each, meant in near.items() if folded(each[1]) == folded(meant[1])]
    return [written(each) for each in exact or near.values() or found]


def _pause_limits_instead(name: Name) -> list[str]:
    """The limits of pauses that are there, for a name such as ``queues.Sales.pause_limit``; or none."""
    section, *parts = without_aliases(name)
    if section != "queues" or len(parts) != 2 or "pause" not in parts[1].lower():
        return []
    return [f"{section}.NAME.{column}" for section, column in (("teams", "pause_limit"), ("pause_reasons", "limit"))]


def _whole(name: Name, section: str) -> str:
    """A name with the right section in place of a wrong one, as far as it is known what it means then."""
    spec, parts = SECTIONS.get(section), name[1:]
    if spec is None or spec is KINDS["quotas"] or not parts:
        return section
    before = () if spec in SINGLE_ROWS else parts[:1]
    rest = parts[len(before) :]
    column = nearest(rest[0], own_columns(spec)) if len(rest) == 1 else None
    return section if column is None else written((section, *before, column))


def _settings_with(word: str) -> list[str]:
    """The names of the settings that hold a word; none if it says too little."""
    stem = word.casefold().replace("-", "_").removesuffix("s")
    found = [
        written((section, *(() if spec in SINGLE_ROWS else ("NAME",)), name))
        for section, spec in SECTIONS.items()
        if section != "quotas"
        for name in own_columns(spec)
        if stem in name
    ]
    return found if len(stem) >= FEWEST_LETTERS and len(found) <= _MOST_HINTS else []
