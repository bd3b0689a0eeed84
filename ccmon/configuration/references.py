"""Which setting a name means: a field of `Settings`, a column of the site's row, or a column of a row of a table."""

from __future__ import annotations

from msgspec import Struct

from ccmon import settings
from ccmon.configuration.names import Name, without_aliases, written
from ccmon.configuration.near_settings import RowLike, hint, no_setting, quotas_like, refuse_misplaced_limit
from ccmon.configuration.site_columns import SECTIONS, SINGLE_ROWS, main_column, own_columns
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.errors import UsageError
from ccmon.number_texts import CellError
from ccmon.sources.table.cells import CellContext, parser_of, planned_day
from ccmon.spelling import nearest, suggestion

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


def is_own_limit(name: Name, *, site: bool | None) -> bool:
    """Whether a name means a person's own limit of alarms in a file, and not the site's in the database."""
    return site is False and name[0] == settings.ALARMS


def own_limit(name: Name) -> Name:
    """The name of a limit of alarms as it is written in a file.

    Raises:
        UsageError: there is no such limit.
    """
    refuse_misplaced_limit(name)
    return settings.ALARMS, _column(name, (settings.ALARMS,), SECTIONS[settings.ALARMS], list(name[1:])).name


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
        raise no_setting(name, hint(name, row_like))
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
    refuse_misplaced_limit(name, row_like)
    main = main_column(spec)
    if main is not None and not rest:
        return RowReference(section, key, main)
    return RowReference(section, key, _column(name, (section, *key), spec, rest))


def _row_key(name: Name, spec: TableSpec, text: str, context: CellContext) -> str:
    """What a row is known by, as the database has it: the name of a weekday and a day have one spelling there."""
    column = next(column for column in spec.columns if column.name == spec.keys[0][0])
    if column.type is CellType.TEXT:
        return text
    try:
        return str(parser_of(column)(text, context))
    except CellError as error:
        near = nearest(text, column.words)
        end = f"did you mean {written((name[0], near))}?" if near else f"the {column.name} {error}."
        raise no_setting(name, end) from None


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
    raise no_setting(name, known)


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
