"""Which setting a name means: a field of `Settings`, a column of the site's row, or a column of a row of a table."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from msgspec import Struct

from ccmon import settings
from ccmon.configuration.names import Name, written
from ccmon.configuration.site_columns import LIMITS_INSTEAD, SECTIONS, SINGLE_ROWS, main_column, own_columns
from ccmon.database.table_specs import KINDS, CellType, ColumnSpec, TableSpec
from ccmon.errors import UsageError
from ccmon.number_texts import CellError
from ccmon.sources.table.cells import CellContext, parser_of, planned_day
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
_SCOPES, _PERIODS = ({column.name: column.words for column in KINDS["quotas"].columns}[name]
                     for name in ("scope", "period"))  # fmt: skip


class RowReference(Struct, frozen=True):
    """A setting that is a column of a row in the database."""

    section: str
    key: tuple[str, ...]
    """What the row is known by, in the order of its spec's key; empty for the site. Of a quota without the day."""
    column: ColumnSpec | None
    """None: the row itself, which a file names without any value."""
    from_day: str | None = None
    """The day that the name of a quota says it holds from (ISO)."""

    @property
    def spec(self) -> TableSpec:
        """The table."""
        return SECTIONS[self.section]


def is_in_file(name: Name) -> bool:
    """Whether a name is that of a field of `Settings`."""
    return len(name) == 1 and name[0] in settings.file_setting_names()


def is_own_limit(name: Name, *, site: bool | None) -> bool:
    """Whether a name means a person's own limit of alarms in a file, and not the site's in the database."""
    return site is False and name[0] == settings.ALARMS


def own_limit(name: Name) -> Name:
    """The name of a limit of alarms as it is written in a file.

    Raises:
        UsageError: there is no such limit.
    """
    if meant := limits_like(name):
        raise UsageError(f"there is no setting {written(name)}; did you mean {' or '.join(meant)}?")
    return settings.ALARMS, _column(name, (settings.ALARMS,), SECTIONS[settings.ALARMS], list(name[1:])).name


def without_aliases(name: Name) -> Name:
    """The name with its section as it is written here: capitals and hyphens do not matter."""
    section = name[0].lower().replace("-", "_")
    return (section, *name[1:]) if section in SECTIONS or section in settings.file_setting_names() else name


def find(name: Name, context: CellContext, *, is_row: bool = False, row_like: RowLike | None = None) -> RowReference:
    """What a name in the database means, whether or not there is such a row.

    Args:
        name: as `parse` gives it.
        context: decides which days are possible.
        is_row: whether it names a row instead of a column.
        row_like: decides which of several settings was meant by a name that is none.

    Raises:
        UsageError: there is no such setting; the sentence names the nearest one.
    """
    section, *parts = without_aliases(name)
    if section not in SECTIONS:
        raise UsageError(f"there is no setting {written(name)}; {hint(name, row_like)}")
    if section == "quotas":
        return _find_quota(name, parts, context, is_row=is_row)
    spec = SECTIONS[section]
    key = () if spec in SINGLE_ROWS else tuple(parts[:1])
    rest = parts[len(key) :]
    if spec not in SINGLE_ROWS and key:
        key = (_row_key(name, spec, key[0], context),)
    if is_row and not rest:
        return RowReference(section, key, None)
    if spec not in SINGLE_ROWS and (not parts or not key[0]):
        raise UsageError(_row_missing(section, spec))
    if meant := limits_like(name, row_like):
        raise UsageError(f"there is no setting {written(name)}; did you mean {' or '.join(meant)}?")
    if meant := pause_limits_instead(name):
        raise UsageError(f"there is no setting {written(name)}; pauses have {' and '.join(meant)}.")
    main = main_column(spec)
    if main is not None and not rest:
        return RowReference(section, key, main)
    return RowReference(section, key, _column(name, (section, *key), spec, rest))


def top_level() -> list[str]:
    """The first words of all names."""
    return [*settings.file_setting_names(), *SECTIONS]


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


def pause_limits_instead(name: Name) -> list[str]:
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


def _row_key(name: Name, spec: TableSpec, text: str, context: CellContext) -> str:
    """What a row is known by, as the database has it: the name of a weekday and a day have one spelling there."""
    column = next(column for column in spec.columns if column.name == spec.keys[0][0])
    if column.type is CellType.TEXT:
        return text
    try:
        return str(parser_of(column)(text, context))
    except CellError as error:
        near = nearest(text, column.words)
        hint = f"did you mean {written((name[0], near))}?" if near else f"the {column.name} {error}."
        raise UsageError(f"there is no setting {written(name)}; {hint}") from None


def _row_missing(section: str, spec: TableSpec) -> str:
    """The sentence about a section alone, in the words of what its rows are known by: a name, a weekday, a day."""
    (known_by,) = (column for column in spec.columns if column.name == spec.keys[0][0])
    if known_by.type is CellType.TEXT:
        columns = own_columns(spec)
        return f"{section} needs a name: write {'.'.join((section, 'NAME', *list(columns)[:1]))}."
    example = known_by.words[0] if known_by.words else "2026-12-25"
    return f"{section} needs a {known_by.name}: write {section}.{example}."


def _column(name: Name, row: Name, spec: TableSpec, rest: list[str]) -> ColumnSpec:
    """The column that the last part of a name means."""
    columns = own_columns(spec)
    if not columns:
        raise UsageError(f"{spec.name} have nothing to set but their names; ccmon config apply adds one.")
    if len(rest) == 1:
        word = rest[0].lower().replace("-", "_")
        if word in columns:
            return columns[word]
        if any(column.name == word for column in spec.columns):
            raise UsageError(f"{written(name)} cannot be changed: a {spec.singular} is known by it.")
    if not rest:
        raise UsageError(
            f"{written(row)} is no single value: name one, such as {written((*row, next(iter(columns))))}."
        )
    near = nearest(rest[0], columns)
    meant = [written((*row, near))] if near else quotas_like(name)
    known = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(columns)}."
    raise UsageError(f"there is no setting {written(name)}; {known}")


def _find_quota(name: Name, parts: list[str], context: CellContext, *, is_row: bool) -> RowReference:
    spec = KINDS["quotas"]
    scope = _word(name, "scope", parts, 0, _SCOPES)
    key = [scope]
    if scope != "centre":
        if len(parts) < 2 or not parts[1]:
            raise UsageError(f"{written(name)} needs the name of the {scope}: {_example(scope)}")
        key.append(parts[1])
    key.append(_word(name, "period", parts, len(key), _PERIODS))
    rest = parts[len(key) :]
    day = None
    if rest and rest[0][:1].isdigit():
        try:
            day = planned_day(rest.pop(0), context)
        except CellError as error:
            raise UsageError(f"{written(name)}: the day {error}.") from None
    row = ("quotas", *key)
    if is_row and not rest:
        if day is None:
            raise UsageError(f"{written(name)} needs the day it holds from: {written((*row, '2026-11-01'))}.")
        return RowReference("quotas", tuple(key), None, day)
    return RowReference("quotas", tuple(key), _column(name, row, spec, rest), day)


def _word(name: Name, what: str, parts: list[str], place: int, words: tuple[str, ...]) -> str:
    if len(parts) <= place:
        raise UsageError(
            f"{written(name)} needs a {what}: {', '.join(words)}, as in quotas.centre.day.sales or {_example('team')}"
        )
    word = parts[place].lower().replace("center", "centre")
    if word not in words:
        meant = quotas_like(name) if place == len(parts) - 1 else []
        known = f"did you mean {meant[0]}?" if meant else suggestion(word, words)
        raise UsageError(f"{written(name)}: there is no {what} {parts[place]}; {known}")
    return word


def _example(scope: str) -> str:
    return "quotas.centre.day.sales." if scope == "centre" else f"quotas.{scope}.NAME.day.sales."
