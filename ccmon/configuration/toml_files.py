"""The configuration as a TOML file: written as a whole, and read with the line of each value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from ccmon import settings
from ccmon.configuration import file_settings
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, quoted, written
from ccmon.configuration.references import without_aliases
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.site_columns import SECTIONS, main_column, own_columns, setting_name
from ccmon.database.table_specs import CellType, ColumnSpec
from ccmon.errors import CcmonError, UsageError, os_error

_NUMBERS = (CellType.SHARE, CellType.COST, CellType.COUNT)
_HEAD = """\
# The configuration of a ccmon site, by ccmon config export. ccmon config apply brings a database and this machine's
# settings into line with it; what it does not name stays as it is.
"""


def export(values: DatabaseValues) -> str:
    """Everything that files of this machine and the database set, as TOML."""
    parts = [_HEAD]
    of_files = file_settings.from_files()
    parts += [f"{name} = {_toml(value)}\n" for name, value in of_files.items()]
    for section in SECTIONS:
        columns = own_columns(SECTIONS[section])
        last: Name = ()
        for row in values.rows_of(section, in_order=True):
            named = {setting_name(section, row.key, column): column for column in columns.values()}
            texts = {name: values.text(column, row.values[column.name]) for name, column in named.items()}
            given = {name: text for name, text in texts.items() if text is not None}
            if not given and main_column(SECTIONS[section]) is not None:
                continue  # a weekday without opening hours
            table = next((name[:-1] for name in given), (section, *row.key))
            if table != last:
                parts.append(f"\n[{written(table)}]\n")
            parts += [f"{written(name[-1:])} = {_toml_text(named[name], text)}\n" for name, text in given.items()]
            last = table
    return "".join(parts)


def _toml_text(column: ColumnSpec, text: str) -> str:
    """A value of the database, written as TOML."""
    if column.type is CellType.FLAG:
        return "true" if text == "yes" else "false"
    return text if column.type in _NUMBERS else quoted(text)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else quoted(str(value))


def read(file: Path, text: str) -> list[RequestedChange]:
    """The changes that the text of a file asks for, each with its line.

    Args:
        file: where the text is from; a relative path in it starts there.
        text: TOML.

    Raises:
        UsageError: it is no TOML.
    """
    try:
        document = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is not valid TOML: {error}; correct it.") from None
    lines = _lines(text)
    found = []
    for name, value in _leaves(document, ()):
        line = next((lines[name[:size]] for size in range(len(name), 0, -1) if name[:size] in lines), None)
        place = f"{file}: " if line is None else f"{file}:{line}: "
        section = without_aliases(name)[0]
        if value == {} and section not in settings.file_setting_names():
            if len(name) > 1 or section not in SECTIONS:
                found.append(RequestedChange(name, None, place, is_row=True))
            continue
        said = _text(value)
        if said is None:
            raise UsageError(f"{place}{written(name)} is a list or something else that no setting can be.")
        if name == ("database",) and said:
            said = str(file.parent.absolute() / Path(said).expanduser()) if "://" not in said else said
        found.append(RequestedChange(name, said or None, place))
    return found


def read_file(file: Path) -> str:
    """The text of a file; ``-`` is standard input.

    Raises:
        CcmonError: it cannot be read.
    """
    try:
        if str(file) == "-":
            import sys  # noqa: PLC0415 (few pass it in)

            return sys.stdin.read()
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be read", error)) from None
    except UnicodeDecodeError:
        raise CcmonError(f"{file} is not UTF-8; save it as UTF-8.") from None


def _leaves(table: Mapping[str, Any], name: Name) -> Iterator[tuple[Name, Any]]:
    """Each value of a table and of those in it, and each empty table, with its name."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*name, key))
        else:
            yield (*name, key), value


def _text(value: Any) -> str | None:
    """A value as a person would type it; None: it can be none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) else None


def _lines(text: str) -> dict[Name, int]:
    """The line of each table and value, by its name. Lines that mean nothing by themselves are left out."""
    found: dict[Name, int] = {}
    table: Name = ()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            name = _only_name(tomllib.loads(line))
        except tomllib.TOMLDecodeError:
            continue
        if line.lstrip().startswith("["):
            table = name
            found.setdefault(name, number)
        else:
            found.setdefault((*table, *name), number)
    return found


def _only_name(document: Any) -> Name:
    """The name of the only value in a document of one line."""
    name: list[str] = []
    while isinstance(document, dict) and len(document) == 1:
        [(key, document)] = document.items()
        name.append(key)
    return tuple(name)
